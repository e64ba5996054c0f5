//! What people write, made safe to read: for the model, and for other people.

use queue::Mention;
use unicode_segmentation::UnicodeSegmentation;

/// The longest text of one message that is read. Discord's own bound is 2,000 characters, 4,000 for
/// subscribers (See Discord Docs/Message Resource).
const MAX_CHARS: usize = 4_000;
/// Mentions of one message that are read by name; the others are counted.
const MAX_MENTIONS: usize = 10;
/// Emoji of one message that are read. They say less the more there are, and each costs several tokens.
const MAX_EMOJI: usize = 20;
/// Combining marks on one letter. No language needs more; texts that drip over their lines do.
const MAX_MARKS: usize = 3;

/// A person's text as the personality reads it: mentions as names, no invisible or control characters, no
/// floods of mentions, emoji or combining marks, at most 4,000 characters and what the names add. Empty where
/// nothing visible was said.
pub fn clean(text: &str, mentions: &[Mention]) -> String {
    let bounded: String = visible(text).chars().take(MAX_CHARS).collect();
    let calm = without_emoji_floods(&without_mark_floods(&bounded));
    name_mentions(&calm, mentions).trim().to_owned()
}

/// A text without invisible and control characters, whatever its length. Joiners and selectors stay where they
/// do something, and nowhere else: one behind each letter would be a text of its own that nobody sees.
pub fn visible(text: &str) -> String {
    let seen: Vec<char> = text.chars().filter(|c| !is_hidden(*c)).collect();
    let mut kept = String::with_capacity(text.len());
    let mut before = None;
    for (at, c) in seen.iter().copied().enumerate() {
        let after = seen.get(at + 1).copied();
        let is_kept = match c {
            JOINER => before.zip(after).is_some_and(|(before, after)| joins(before, after)),
            AS_EMOJI => before.is_some_and(|before| makes_emoji(before, after)),
            _ => true,
        };
        if is_kept {
            kept.push(c);
            before = Some(c);
        }
    }
    kept
}

/// A person's name as it may stand in a prompt or a quote: one line, no quotes or brackets, at most 64
/// characters, never empty.
pub fn clean_name(name: &str) -> String {
    let kept: String = without_mark_floods(&visible(name))
        .chars()
        .filter(|c| !matches!(c, '"' | '<' | '>' | '[' | ']' | '\n' | '`'))
        .take(64)
        .collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    if kept.is_empty() { "someone".to_owned() } else { kept }
}

/// A short quote of `text` on one line, without anything Discord would format, link or ping.
pub fn plain(text: &str, max_chars: usize) -> String {
    let is_markup = |c: char| {
        matches!(
            c,
            '*' | '_' | '~' | '`' | '|' | '[' | ']' | '(' | ')' | '<' | '>' | '@' | '#' | '\\'
        )
    };
    // Addresses go last: what goes before them could have kept one apart.
    let bare: String = visible(text).chars().filter(|c| !is_markup(*c)).collect();
    let kept = bare
        .split_whitespace()
        .map(|word| if word.contains("://") { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ");
    match kept.char_indices().nth(max_chars) {
        Some((end, _)) => kept[..end].trim_end().to_owned() + "…",
        None => kept,
    }
}

/// Joins emoji sequences such as families and flags, and is needed in some scripts.
pub(crate) const JOINER: char = '\u{200D}';
/// Makes an emoji of the character before it.
const AS_EMOJI: char = '\u{FE0F}';

/// Characters that show nothing: controls, format characters, line and paragraph separators, the tag block and
/// variation selectors used to hide text from people while a model reads it.
pub(crate) fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' | JOINER | AS_EMOJI => false,
        _ => {
            c.is_control()
                || matches!(c,
                    '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                    | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}'
                    | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
                    | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
                    | '\u{FFFE}' | '\u{FFFF}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
        }
    }
}

/// Whether a joiner between these shows: it makes one picture of two, or shapes letters of scripts that join.
fn joins(before: char, after: char) -> bool {
    (before == AS_EMOJI || is_pictograph(before)) && is_pictograph(after)
        || is_of_joining_script(before) && is_of_joining_script(after)
}

/// Whether a selector between these shows: behind a picture, or in a keycap such as 1️⃣.
fn makes_emoji(before: char, after: Option<char>) -> bool {
    let is_keycap = matches!(before, '0'..='9' | '#' | '*') && after == Some('\u{20E3}');
    is_pictograph(before) || is_keycap
}

/// What is a picture, or becomes one with a selector. See Unicode/emoji-variation-sequences.txt.
fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2194}'..='\u{2199}'
            | '\u{21A9}' | '\u{21AA}' | '\u{231A}' | '\u{231B}' | '\u{2328}' | '\u{23CF}' | '\u{23E9}'..='\u{23FA}'
            | '\u{24C2}' | '\u{25AA}' | '\u{25AB}' | '\u{25B6}' | '\u{25C0}' | '\u{25FB}'..='\u{25FE}'
            | '\u{2600}'..='\u{27BF}' | '\u{2934}' | '\u{2935}' | '\u{2B00}'..='\u{2BFF}' | '\u{3030}' | '\u{303D}'
            | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Scripts whose letters a joiner shapes: Arabic and its kin, those of India, Myanmar, Khmer and Mongolian. See
/// Unicode/Blocks.
fn is_of_joining_script(c: char) -> bool {
    matches!(c,
        '\u{0600}'..='\u{0DFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{A8E0}'..='\u{A8FF}')
}

/// `<@123>` becomes `@Ann`; an unknown person becomes `@someone`, channels and roles keep no ids either. What
/// is beyond the bound goes, and is counted at the end.
fn name_mentions(text: &str, mentions: &[Mention]) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    let mut n_mentions = 0;
    while let Some(start) = rest.find('<') {
        named.push_str(&rest[..start]);
        rest = &rest[start..];
        let token = rest.find('>').map(|end| &rest[1..end]);
        match token.and_then(|token| mention(token, mentions)) {
            Some(name) => {
                rest = &rest[rest.find('>').expect("found above") + 1..];
                n_mentions += usize::from(!name.starts_with(':'));
                if n_mentions <= MAX_MENTIONS {
                    named.push_str(&name);
                } else {
                    // The commas and spaces between mentions that are gone would be a flood themselves.
                    rest = rest.trim_start_matches([' ', ',', '\n', '\t']);
                }
            }
            None => {
                named.push('<');
                rest = &rest[1..];
            }
        }
    }
    named.push_str(rest);
    match n_mentions.saturating_sub(MAX_MENTIONS) {
        0 => named,
        more => format!("{} and {more} more", named.trim_end_matches([' ', ',', '\n', '\t'])),
    }
}

/// A text whose letters carry no more than a few combining marks.
fn without_mark_floods(text: &str) -> String {
    let mut n_marks = 0;
    let is_kept = |c: &char| {
        n_marks = if is_combining(*c) { n_marks + 1 } else { 0 };
        n_marks <= MAX_MARKS
    };
    text.chars().filter(is_kept).collect()
}

/// The combining marks that can be heaped upon any letter: the general blocks, and of single scripts those
/// that are known for it. See Unicode/Blocks.
fn is_combining(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{0610}'..='\u{061A}'
            | '\u{064B}'..='\u{065F}' | '\u{06D6}'..='\u{06ED}' | '\u{0E31}' | '\u{0E34}'..='\u{0E3A}'
            | '\u{0E47}'..='\u{0E4E}' | '\u{0F71}'..='\u{0F84}' | '\u{1AB0}'..='\u{1AFF}'
            | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// A text with no more than a few emoji, Discord's own (`<:name:id>`) included; the ones beyond go.
fn without_emoji_floods(text: &str) -> String {
    if text.is_ascii() && !text.contains(":") {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    let mut n_emoji = 0;
    while !rest.is_empty() {
        let own = own_emoji(rest);
        let (length, is_one) = match own {
            Some(length) => (length, true),
            None => {
                let grapheme = rest.graphemes(true).next().unwrap_or(rest);
                (grapheme.len(), grapheme.chars().any(is_emoji))
            }
        };
        n_emoji += usize::from(is_one);
        if !is_one || n_emoji <= MAX_EMOJI {
            kept.push_str(&rest[..length]);
        }
        rest = &rest[length..];
    }
    kept
}

/// The length of the custom emoji that `text` begins with.
fn own_emoji(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('<')?;
    let end = inner.find('>')?;
    mention(&inner[..end], &[]).filter(|name| name.starts_with(':'))?;
    Some(end + 2)
}

/// Pictures, flags, and whatever a selector or a keycap makes one. See Unicode/Emoji Charts.
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{20E3}')
        || c == AS_EMOJI
}

fn mention(token: &str, mentions: &[Mention]) -> Option<String> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if let Some(role) = token.strip_prefix("@&") {
        return digits(role).then(|| "@role".to_owned());
    }
    if let Some(id) = token.strip_prefix("@!").or_else(|| token.strip_prefix('@')) {
        let named = mentions.iter().find(|mention| mention.id.to_string() == id);
        let name = named.map_or_else(|| "someone".to_owned(), |mention| clean_name(&mention.name));
        return digits(id).then(|| format!("@{name}"));
    }
    if let Some(channel) = token.strip_prefix('#') {
        return digits(channel).then(|| "#channel".to_owned());
    }
    // Custom emoji: <:name:id> and <a:name:id>.
    let emoji = token.strip_prefix("a:").or_else(|| token.strip_prefix(':'))?;
    let (name, id) = emoji.split_once(':')?;
    digits(id).then(|| format!(":{name}:"))
}

#[cfg(test)]
mod tests {
    use twilight_model::id::Id;

    use super::*;

    #[test]
    fn mentions_become_names() {
        let ann = Mention { id: Id::new(7), name: "Ann".to_owned() };
        assert_eq!(
            clean("<@7> and <@!7> met <@9> in <#5>", &[ann]),
            "@Ann and @Ann met @someone in #channel"
        );
        assert_eq!(clean("<@&4> <:wave:12> <a:dance:13>", &[]), "@role :wave: :dance:");
        assert_eq!(clean("2 < 3 and <b> and <@x>", &[]), "2 < 3 and <b> and <@x>");
    }

    #[test]
    fn invisible_text_is_not_read() {
        assert_eq!(clean("\u{200B}\u{2060}\u{3164} \u{FEFF}", &[]), "");
        assert_eq!(clean("hi\u{E0041}\u{E0042}", &[]), "hi");
        assert_eq!(clean("👨\u{200D}👩\u{200D}👧 stays", &[]), "👨\u{200D}👩\u{200D}👧 stays");
    }

    #[test]
    fn joiners_that_join_nothing_are_nothing() {
        assert_eq!(clean("\u{200D}\u{FE0F} \u{200D}", &[]), "");
        assert_eq!(
            clean("❤\u{FE0F}\u{200D}🔥 a\u{200D}\u{200D}\u{200D}b", &[]),
            "❤\u{FE0F}\u{200D}🔥 ab"
        );
        assert_eq!(clean("one\u{2028}two\u{2029}", &[]), "onetwo");
    }

    #[test]
    fn nothing_is_hidden_behind_letters() {
        let hiding = "s\u{200D}o\u{FE0F}u\u{FE0F}\u{200D}p 1\u{FE0F} и\u{200D}й 我\u{FE0F}们";
        assert_eq!(clean(hiding, &[]), "soup 1 ий 我们");
        assert_eq!(clean_name("A\u{FE0F}n\u{200D}n\u{FE0F}"), "Ann");
        for stays in [
            "❤\u{FE0F} ☎\u{FE0F} ©\u{FE0F} 1\u{FE0F}\u{20E3} #\u{FE0F}\u{20E3}",
            "🏳\u{FE0F}\u{200D}🌈 👩🏽\u{200D}🚀 🧑\u{200D}⚕\u{FE0F} 🙂\u{200D}↔\u{FE0F}",
            "क्\u{200D}ष ශ්\u{200D}රී ه\u{200D}ا",
        ] {
            assert_eq!(clean(stays, &[]), stays);
        }
    }

    #[test]
    fn a_flood_of_mentions_is_counted() {
        let named: Vec<Mention> =
            (1..=40).map(|n| Mention { id: Id::new(n), name: format!("p{n}") }).collect();
        let all: String = (1..=40).map(|n| format!("<@{n}>, ")).collect();
        let first = "@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10";
        assert_eq!(clean(&all, &named), format!("{first} and 30 more"));
        assert_eq!(
            clean(&format!("hey {all}wake up"), &named),
            format!("hey {first}, wake up and 30 more")
        );
        let ten: String = (1..=10).map(|n| format!("<@{n}> ")).collect();
        assert!(clean(&ten, &named).ends_with("@p10"));
        assert!(clean(&"<@&7><#8>".repeat(440), &[]).chars().count() < 200);
    }

    #[test]
    fn a_flood_of_emoji_runs_dry() {
        assert_eq!(clean(&"👍🏽".repeat(500), &[]), "👍🏽".repeat(20));
        assert_eq!(clean(&"<:wave:12>".repeat(100), &[]), ":wave:".repeat(20));
        assert_eq!(
            clean(&format!("{} ok? ok.", "🇩🇪1️⃣👨\u{200D}👩\u{200D}👧".repeat(100)), &[])
                .matches("ok")
                .count(),
            2
        );
        assert_eq!(clean("12:30: 10 × 🍜 für dich, #1!", &[]), "12:30: 10 × 🍜 für dich, #1!");
    }

    #[test]
    fn letters_do_not_drip() {
        let zalgo: String = "hello"
            .chars()
            .flat_map(|c| std::iter::once(c).chain(std::iter::repeat_n('\u{0334}', 40)))
            .collect();
        assert_eq!(clean(&zalgo, &[]).chars().count(), 5 * 4);
        assert_eq!(clean_name(&zalgo).chars().count(), 5 * 4);
        for text in ["tiê\u{0301}ng Việt", "ที่นี่", "שָׁלוֹם", "مُحَمَّدٌ", "नमस्ते"]
        {
            assert_eq!(clean(text, &[]), text);
        }
    }

    #[test]
    fn a_text_is_bounded() {
        assert_eq!(clean(&"x".repeat(10_000), &[]).chars().count(), 4_000);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_place() {
        assert_eq!(clean_name("Ann\">\n<system>"), "Annsystem");
        assert_eq!(clean_name("\u{200B}"), "someone");
        assert_eq!(clean_name(" Ann\t\u{2028} of\n  York "), "Ann of York");
    }

    #[test]
    fn a_quote_is_inert() {
        assert_eq!(plain("**hi** @everyone [x](https://evil.example)", 60), "hi everyone …");
        assert_eq!(plain("one two three", 7), "one two…");
        assert_eq!(plain(" one  two ", 7), "one two");
    }

    #[test]
    fn no_address_is_put_together_by_what_is_taken_out() {
        for text in [
            "see https:*//evil.example/nitro now",
            "see https:/_/evil.example/nitro now",
            "see https\u{200B}:\u{2060}//evil.example/nitro now",
            "see https:\u{FE0F}/\u{200D}/evil.example/nitro now",
            "see <https://evil.example/nitro> now",
        ] {
            assert_eq!(plain(text, 60), "see … now", "{text}");
        }
    }
}
