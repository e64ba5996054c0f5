//! Strings that look like secrets.

/// What stands where a secret was.
const MASK: &str = "[hidden]";
/// What interaction tokens begin with: `interaction:` in base64.
const INTERACTION: &str = "aW50ZXJhY3Rpb246";
/// Characters a growing word may have and still be shown: it is no secret yet.
const HARMLESS: usize = 12;

/// The text with everything that is, or looks like, a secret masked: `known` values; Discord's bot, webhook
/// and interaction tokens; AWS' access keys and Bedrock's API keys; and other services' keys as far as their
/// form is known.
pub(super) fn masked(text: &str, known: &[String]) -> String {
    let mut masked = text.to_owned();
    for secret in known {
        if masked.contains(secret.as_str()) {
            masked = masked.replace(secret.as_str(), MASK);
        }
    }
    masked = each_run(&masked, is_address, |run| is_webhook(run).then_some((0, run.len())));
    each_run(&masked, is_token, secret_in)
}

/// The byte up to which a growing text cannot be the beginning of a secret: its last word stays back, once it
/// is long and of the letters that secrets are made of.
pub(super) fn settled(text: &str) -> usize {
    let word = text.trim_end_matches(|c: char| is_address(c));
    if text.len() - word.len() > HARMLESS { word.len() } else { text.len() }
}

/// Masks in each run of characters that `belongs` what `find` finds, until it finds nothing more.
fn each_run(
    text: &str,
    belongs: fn(char) -> bool,
    find: fn(&str) -> Option<(usize, usize)>,
) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(belongs) {
        masked.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !belongs(c)).unwrap_or(rest.len());
        let mut run = &rest[..end];
        while let Some((from, to)) = find(run) {
            masked.push_str(&run[..from]);
            masked.push_str(MASK);
            run = &run[to..];
        }
        masked.push_str(run);
        rest = &rest[end..];
    }
    masked.push_str(rest);
    masked
}

/// Characters of an address, without the brackets that may stand around one.
fn is_address(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '`' | '*' | '|')
}

/// Characters of tokens and keys.
fn is_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+')
}

/// An address with a webhook's token in it: `…/webhooks/{id}/{token}`, of any host and version.
fn is_webhook(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    let Some(at) = lower.find("/webhooks/") else { return false };
    let mut parts = address[at + "/webhooks/".len()..].split(['/', '?', '#']);
    let is_id = |id: &str| id.len() >= 15 && id.bytes().all(|b| b.is_ascii_digit());
    parts.next().is_some_and(is_id) && parts.next().is_some_and(|token| token.len() >= 30)
}

/// Where in a run of token characters a secret stands.
fn secret_in(run: &str) -> Option<(usize, usize)> {
    dotted(run).or_else(|| prefixed(run)).or_else(|| bare(run))
}

/// Bot tokens and web tokens: three parts between dots.
fn dotted(run: &str) -> Option<(usize, usize)> {
    let mut start = 0;
    let parts: Vec<(usize, &str)> = run
        .split('.')
        .map(|part| {
            let at = start;
            start += part.len() + 1;
            (at, part)
        })
        .collect();
    let whole = |first: (usize, &str), last: (usize, &str)| Some((first.0, last.0 + last.1.len()));
    for three in parts.windows(3) {
        let lengths = [three[0].1.len(), three[1].1.len(), three[2].1.len()];
        // The first part is a user's id in base64, whose digits make it begin with one of these.
        let is_bot = three[0].1.starts_with(['M', 'N', 'O'])
            && (22..=32).contains(&lengths[0])
            && (5..=8).contains(&lengths[1])
            && (25..=60).contains(&lengths[2]);
        let is_web = three[0].1.starts_with("eyJ") && lengths.iter().all(|length| *length >= 10);
        if (is_bot || is_web) && three.iter().all(|(_, part)| part.bytes().all(is_url_safe)) {
            return whole(three[0], three[2]);
        }
    }
    None
}

/// Keys that tell what they are by how they begin, with the least number of characters behind it.
fn prefixed(run: &str) -> Option<(usize, usize)> {
    const PREFIXES: [(&str, usize); 7] = [
        (INTERACTION, 40),
        ("mfa.", 60),
        ("ABSK", 60),
        ("bedrock-api-key-", 40),
        ("sk-", 24),
        ("gsk_", 40),
        ("hf_", 30),
    ];
    PREFIXES.iter().find_map(|(prefix, least)| {
        let start = run.find(prefix)?;
        let is_start = !run[..start].ends_with(|c: char| c.is_ascii_alphanumeric());
        let key = &run[start + prefix.len()..];
        let has_digit = key.bytes().any(|b| b.is_ascii_digit());
        (is_start && has_digit && key.len() >= *least).then_some((start, run.len()))
    })
}

/// AWS' access keys: ids of 20 capitals and digits, secrets of exactly 40 characters.
fn bare(run: &str) -> Option<(usize, usize)> {
    let is_id = |word: &str| {
        word.len() == 20
            && ["AKIA", "ASIA", "ABIA", "ACCA"].iter().any(|prefix| word.starts_with(prefix))
            && word.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    let is_secret = |word: &str| {
        let count = |is: fn(&u8) -> bool| word.bytes().filter(is).count();
        // A hash has no capitals, a path no such mixture.
        word.len() == 40
            && count(u8::is_ascii_uppercase) >= 6
            && count(u8::is_ascii_lowercase) >= 6
            && count(u8::is_ascii_digit) >= 2
    };
    word_where(run, &['/', '+', '.', '-', '_'], is_id)
        .or_else(|| word_where(run, &['.', '-', '_'], is_secret))
}

/// Where the first word between `separators` stands for which `is` holds.
fn word_where(run: &str, separators: &[char], is: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut start = 0;
    for word in run.split(separators) {
        if is(word) {
            return Some((start, start + word.len()));
        }
        start += word.len() + 1;
    }
    None
}

fn is_url_safe(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A string of this length, of the letters tokens have. Put together here, so that no file of ours holds
    /// one that a scanner would take for real.
    fn letters(length: usize) -> String {
        "aB3dE5gH1jK7mN9pQ2sT".chars().cycle().take(length).collect()
    }

    #[test]
    fn whatever_looks_like_a_secret_is_masked() {
        let bot = format!("M{}.{}.{}", letters(23), letters(6), letters(38));
        for secret in [
            bot.clone(),
            format!("mfa.{}", letters(84)),
            format!("https://discord.com/api/webhooks/1234567890123456789/{}", letters(68)),
            format!(
                "https://ptb.discord.com/api/v10/Webhooks/1234567890123456789/{}?wait=1",
                letters(68)
            ),
            format!("/webhooks/1234567890123456789/{}", letters(68)),
            format!("{INTERACTION}{}", letters(200)),
            format!("AKIA{}", "ABCDEFGH12345678"),
            letters(40),
            format!("wJal/{}/+{}", letters(20), letters(13)),
            format!("ABSK{}", letters(128)),
            format!("sk-proj-{}", letters(48)),
            format!("eyJ{}.{}.{}", letters(30), letters(80), letters(43)),
        ] {
            for text in [
                secret.clone(),
                format!("here: {secret} bye"),
                format!("`{secret}`"),
                format!("(see <{secret}>)"),
                format!("{secret}\n{secret}"),
            ] {
                let masked = masked(&text, &[]);
                assert!(masked.contains(MASK) && !masked.contains(&secret), "{text} -> {masked}");
                assert!(!masked.contains(&letters(12)), "{text} -> {masked}");
            }
        }
        assert_eq!(masked(&format!("token={bot}."), &[]), format!("token={MASK}."));
    }

    #[test]
    fn a_known_secret_is_masked_whatever_it_looks_like() {
        let known = ["correct horse battery".to_owned()];
        assert_eq!(masked("it is correct horse battery.", &known), format!("it is {MASK}."));
    }

    #[test]
    fn what_people_write_stays() {
        for text in [
            "https://discord.com/channels/1234567890123456789/1234567890123456789/1234567890123456789",
            "https://discord.com/developers/docs/resources/webhooks/create",
            "da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "6f1ed002ab5595859014ebf0951522d9 and 123e4567-e89b-12d3-a456-426614174000",
            "a.b.c 1.2.3 www.example.com...",
            "sk-learn is a library, risk-averse people like it",
            "AKIAS are dogs",
            "supercalifragilisticexpialidocious-antidisestablishmentarianism",
            "~/Projects/Rust/2026/den/src/lib",
            "Вот длинное слово достопримечательность",
        ] {
            assert_eq!(masked(text, &[]), text);
        }
    }

    #[test]
    fn a_secret_is_held_back_while_it_grows() {
        let whole = format!("It is M{}.{}.{} there.", letters(23), letters(6), letters(38));
        for end in 1..=whole.len() {
            let text = &whole[..end];
            let shown = masked(&text[..settled(text)], &[]);
            assert!(!shown.contains(&letters(HARMLESS)), "{shown}");
        }
        let ordinary = "Well, 我们今天去看一个很长很长的电影吧";
        assert_eq!(settled(ordinary), ordinary.len());
    }
}
