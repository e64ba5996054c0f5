//! What people write, made safe to read: for the model, and for other people.

use queue::Mention;

/// The longest text of one message that is read. Discord's own bound is 2,000 characters, 4,000 for
/// subscribers (See Discord Docs/Message Resource).
const MAX_CHARS: usize = 4_000;

/// A person's text as the personality reads it: mentions as names, no invisible or control characters,
/// at most 4,000 characters. Empty where nothing visible was said.
pub fn clean(text: &str, mentions: &[Mention]) -> String {
    let bounded: String = visible(text).chars().take(MAX_CHARS).collect();
    name_mentions(&bounded, mentions).trim().to_owned()
}

/// A text without invisible and control characters, whatever its length.
pub fn visible(text: &str) -> String {
    text.chars().filter(|c| !is_hidden(*c)).collect()
}

/// A person's name as it may stand in a prompt or a quote: one line, no quotes or brackets, at most 64
/// characters, never empty.
pub fn clean_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .filter(|c| !is_hidden(*c) && !matches!(c, '"' | '<' | '>' | '[' | ']' | '\n' | '\r' | '`'))
        .take(64)
        .collect();
    let kept = kept.trim();
    if kept.is_empty() { "someone".to_owned() } else { kept.to_owned() }
}

/// A short quote of `text` on one line, without anything Discord would format, link or ping.
pub fn plain(text: &str, max_chars: usize) -> String {
    let is_markup = |c: char| {
        matches!(
            c,
            '*' | '_' | '~' | '`' | '|' | '[' | ']' | '(' | ')' | '<' | '>' | '@' | '#' | '\\'
        )
    };
    let without_addresses = text
        .split_whitespace()
        .map(|word| if word.contains("://") { "…" } else { word })
        .collect::<Vec<_>>()
        .join(" ");
    let mut kept = String::new();
    for c in without_addresses.chars().filter(|c| !is_markup(*c) && !is_hidden(*c)) {
        if kept.chars().count() == max_chars {
            return kept.trim_end().to_owned() + "…";
        }
        kept.push(c);
    }
    kept.trim().to_owned()
}

/// Characters that show nothing: controls, format characters, the tag block and variation selectors used
/// to hide text from people while a model reads it.
fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        // Joins emoji sequences such as families and flags, and is needed in some scripts.
        '\u{200D}' | '\u{FE0F}' => false,
        _ => {
            c.is_control()
                || matches!(c,
                    '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
                    | '\u{180B}'..='\u{180F}' | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}'
                    | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
                    | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
                    | '\u{FFFE}' | '\u{FFFF}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
        }
    }
}

/// `<@123>` becomes `@Ann`; an unknown person becomes `@someone`, channels and roles keep no ids either.
fn name_mentions(text: &str, mentions: &[Mention]) -> String {
    let mut named = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        named.push_str(&rest[..start]);
        rest = &rest[start..];
        let token = rest.find('>').map(|end| &rest[1..end]);
        match token.and_then(|token| mention(token, mentions)) {
            Some(name) => {
                named.push_str(&name);
                rest = &rest[rest.find('>').expect("found above") + 1..];
            }
            None => {
                named.push('<');
                rest = &rest[1..];
            }
        }
    }
    named.push_str(rest);
    named
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
    fn a_text_is_bounded() {
        assert_eq!(clean(&"x".repeat(10_000), &[]).chars().count(), 4_000);
    }

    #[test]
    fn a_name_cannot_break_out_of_its_place() {
        assert_eq!(clean_name("Ann\">\n<system>"), "Annsystem");
        assert_eq!(clean_name("\u{200B}"), "someone");
    }

    #[test]
    fn a_quote_is_inert() {
        assert_eq!(plain("**hi** @everyone [x](https://evil.example)", 60), "hi everyone …");
        assert_eq!(plain("one two three", 7), "one two…");
    }
}
