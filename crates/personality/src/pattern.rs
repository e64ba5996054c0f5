//! The texts of a file that have a form: written once as a pattern for editors, and once as a check that
//! can say what is wrong. Tests hold the two together; reading a file needs no regex engine.

use crate::{PersonalityId, Snowflake};

pub(crate) const ID: &str = "^[a-z][a-z0-9-]{0,31}$";
pub(crate) const SNOWFLAKE: &str = "^[1-9][0-9]{16,19}$";
pub(crate) const COLOR: &str = "^#[0-9a-fA-F]{6}$";
pub(crate) const DATE: &str = "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";
/// See Discord Docs/Webhook Resource, "Create Webhook", for the words, and User Resource, "Usernames and
/// Nicknames", for the signs.
pub(crate) const NAME: &str = concat!(
    "^(?!.*([Cc][Ll][Yy][Dd][Ee]|[Dd][Ii][Ss][Cc][Oo][Rr][Dd]))",
    "(?!([Ee][Vv][Ee][Rr][Yy][Oo][Nn][Ee]|[Hh][Ee][Rr][Ee])$)",
    r"[^@#:`\s\x00-\x1f\x7f]([^@#:`\x00-\x1f\x7f]*[^@#:`\s\x00-\x1f\x7f])?$",
);
pub(crate) const AVATAR: &str = concat!(
    r"^(https://[^\s/]+(/\S*)?",
    r"|(?!/)(?!.*\\)(?!.*:)(?!(.*/)?\.\.(/|$)).*[^/]\.([Pp][Nn][Gg]|[Jj][Pp][Gg]|[Ww][Ee][Bb][Pp]|[Ss][Vv][Gg]))$",
);
/// What every text without a form of its own must have: something to read.
pub(crate) const SOLID: &str = r"\S";
/// What a model may end an answer at: line breaks, too.
pub(crate) const STOP: &str = r"^[\s\S]";

/// A form a text may have to have.
pub(crate) struct Form {
    /// The pattern that stands for it in the schema.
    pub pattern: &'static str,
    /// What would be right, as in `a colour like #c0392b`.
    pub right: &'static str,
    /// What is wrong with a text, if anything.
    pub complaint: fn(&str) -> Option<String>,
}

static FORMS: [Form; 8] = [
    Form {
        pattern: ID,
        right: "1 to 32 of a–z, 0–9 and `-`, beginning with a letter",
        complaint: |text| {
            text.parse::<PersonalityId>().is_err().then(|| format!("`{text}` is no personality id"))
        },
    },
    Form {
        pattern: SNOWFLAKE,
        right: "a Discord id: 17 to 20 digits in quotes, as Copy ID gives it in developer mode",
        complaint: |text| {
            let is_wrong = text.starts_with('0') || text.parse::<Snowflake>().is_err();
            is_wrong.then(|| format!("`{text}` is no Discord id"))
        },
    },
    Form {
        pattern: COLOR,
        right: "`#` and six hexadecimal digits, as in `#c0392b`",
        complaint: |text| {
            let digits = text.strip_prefix('#').unwrap_or_default();
            let is_color = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
            (!is_color).then(|| format!("`{text}` is no colour"))
        },
    },
    Form {
        pattern: DATE,
        right: "a day as in `2026-05-31`",
        complaint: |text| (!is_date(text)).then(|| format!("`{text}` is no date")),
    },
    Form {
        pattern: NAME,
        right: "a name that Discord accepts for webhooks and nobody mistakes for a mention",
        complaint: name_complaint,
    },
    Form {
        pattern: AVATAR,
        right: "an https address, or the path of a .png, .jpg, .webp or .svg in or below this file's folder",
        complaint: avatar_complaint,
    },
    Form {
        pattern: SOLID,
        right: "something to read",
        complaint: |text| text.trim().is_empty().then(|| "is blank".to_owned()),
    },
    Form {
        pattern: STOP,
        right: "a text",
        complaint: |text| text.is_empty().then(|| "is empty".to_owned()),
    },
];

/// The form a pattern of the schema stands for.
pub(crate) fn form(pattern: &str) -> Option<&'static Form> {
    FORMS.iter().find(|form| form.pattern == pattern)
}

fn is_date(text: &str) -> bool {
    // The TOML crate knows how many days a month has.
    text.len() == 10
        && text
            .parse::<toml::value::Datetime>()
            .is_ok_and(|at| at.date.is_some() && at.time.is_none())
}

fn name_complaint(name: &str) -> Option<String> {
    let lower = name.to_lowercase();
    if let Some(word) = ["clyde", "discord"].into_iter().find(|word| lower.contains(word)) {
        return Some(format!("contains `{word}`, which Discord refuses"));
    }
    if lower == "everyone" || lower == "here" {
        return Some(format!("`{name}` would read as a mention of all"));
    }
    if let Some(sign) = name.chars().find(|c| "@#:`".contains(*c)) {
        return Some(format!("contains `{sign}`, which Discord gives a meaning"));
    }
    if name.chars().any(char::is_control) {
        return Some("contains a line break or another control character".to_owned());
    }
    (name.trim() != name).then(|| "begins or ends with a space".to_owned())
}

/// What is wrong with a picture's address or path, apart from not being there.
pub(crate) fn avatar_complaint(avatar: &str) -> Option<String> {
    if let Some(address) = avatar.strip_prefix("https://") {
        let is_address = !address.is_empty()
            && !address.starts_with('/')
            && !address.contains(char::is_whitespace);
        return (!is_address).then(|| format!("`{avatar}` is no address"));
    }
    if avatar.contains(':') {
        return Some(format!("`{avatar}` is neither an https address nor a path"));
    }
    if avatar.starts_with('/')
        || avatar.contains('\\')
        || avatar.split('/').any(|part| part == "..")
    {
        return Some(format!("`{avatar}` leads out of this file's folder"));
    }
    let lower = avatar.to_ascii_lowercase();
    let file = lower.rsplit('/').next().unwrap_or_default();
    let is_picture = file.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty() && ["png", "jpg", "webp", "svg"].contains(&end)
    });
    (!is_picture).then(|| format!("`{avatar}` is no picture Discord or a browser shows"))
}
