//! Texts as words: what is read of a message, and how it is written down.

/// A word as it stands in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Word<'a> {
    /// As it was written.
    pub(super) raw: &'a str,
    /// In small letters, without accents and without `'s` and the like. Never empty.
    pub(super) plain: String,
    /// Whether a sentence begins with it, so that its capital letter says nothing.
    pub(super) is_first: bool,
}

/// What a text is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece<'a> {
    /// A word between spaces or signs.
    Word(Word<'a>),
    /// Signs in a script that puts no spaces between its words, such as Chinese or Thai.
    Run(&'a str),
}

/// How a character takes part in words.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Letter,
    Unspaced,
    Apostrophe,
    Other,
}

/// The pieces of a text, in order. Links, mentions and custom emoji are passed over: they are ids, and an id is
/// nothing that people remember each other by.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut is_first = true;
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        if let Some(length) = skipped(rest) {
            at += length;
            continue;
        }
        let kind = kind(c);
        let length = match kind {
            Kind::Letter => word_length(rest),
            Kind::Unspaced => rest.find(|c| self::kind(c) != Kind::Unspaced).unwrap_or(rest.len()),
            Kind::Apostrophe | Kind::Other => {
                is_first |= matches!(c, '.' | '!' | '?' | '\n' | ':' | '"' | '…');
                at += c.len_utf8();
                continue;
            }
        };
        let raw = &rest[..length];
        if kind == Kind::Unspaced {
            pieces.push(Piece::Run(raw));
        } else {
            let plain = plain(raw);
            if !plain.is_empty() {
                pieces.push(Piece::Word(Word { raw, plain, is_first }));
                is_first = false;
            }
        }
        at += length;
    }
    pieces
}

/// The words of a text, without the scripts that have none.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    only_words(&pieces(text))
}

/// The words among some pieces.
pub(super) fn only_words<'a>(pieces: &[Piece<'a>]) -> Vec<Word<'a>> {
    let words = pieces.iter().filter_map(|piece| match piece {
        Piece::Word(word) => Some(word.clone()),
        Piece::Run(_) => None,
    });
    words.collect()
}

/// How long the link, mention or custom emoji is that `text` begins with.
fn skipped(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    match bytes[0] {
        b'<' => {
            let end = text.find('>')?;
            let inner = &text[1..end];
            let is_ours = inner.starts_with(['@', '#', ':', '/'])
                || inner.starts_with("a:")
                || inner.starts_with("t:")
                || inner.starts_with("id:");
            (is_ours && !inner.contains(char::is_whitespace)).then_some(end + 1)
        }
        b'h' | b'H' | b'w' | b'W' => {
            let starts = |with: &str| {
                bytes.len() > with.len()
                    && bytes[..with.len()].eq_ignore_ascii_case(with.as_bytes())
            };
            let is_link = ["https://", "http://", "www."].into_iter().any(starts);
            is_link.then(|| text.find([' ', '\n', '\t', '>', ')']).unwrap_or(text.len()))
        }
        _ => None,
    }
}

/// The bytes of the word that `text` begins with; an apostrophe between letters belongs to it.
fn word_length(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match kind(c) {
            Kind::Letter => {}
            Kind::Apostrophe => match chars.peek() {
                Some((_, next)) if kind(*next) == Kind::Letter => {}
                _ => return at,
            },
            Kind::Unspaced | Kind::Other => return at,
        }
    }
    text.len()
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Kind::Letter,
        '\'' | '’' | '‘' | 'ʼ' => Kind::Apostrophe,
        _ if c.is_ascii() => Kind::Other,
        // Thai to Tibetan, Burmese, Khmer; kana; Chinese characters; Hangul, whose endings cling to its words.
        '\u{0E00}'..='\u{0FFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1100}'..='\u{11FF}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30FA}'
        | '\u{30FC}'..='\u{318F}'
        | '\u{3400}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{323AF}' => Kind::Unspaced,
        // The scripts of India: their vowel signs and viramas are no letters, but stand within words.
        '\u{0964}' | '\u{0965}' => Kind::Other,
        '\u{0900}'..='\u{0DFF}' => Kind::Letter,
        // Accents written after their letter.
        '\u{0300}'..='\u{036F}' => Kind::Letter,
        _ if c.is_alphanumeric() => Kind::Letter,
        _ => Kind::Other,
    }
}

/// A word in small letters, without accents, endings such as `'s`, and the third of any letter in a row.
fn plain(raw: &str) -> String {
    let mut plain = String::with_capacity(raw.len());
    let mut run = 0;
    for c in raw.chars().flat_map(char::to_lowercase) {
        let before = plain.len();
        match c {
            'a'..='z' | '0'..='9' => plain.push(c),
            '’' | '‘' | 'ʼ' | '\'' => plain.push('\''),
            '\u{0300}'..='\u{036F}' => {}
            '\u{FF10}'..='\u{FF19}' | '\u{FF41}'..='\u{FF5A}' => {
                plain.extend(char::from_u32(u32::from(c) - 0xFEE0));
            }
            _ => match without_accent(c) {
                Some(letters) => plain.push_str(letters),
                None => plain.push(c),
            },
        }
        // "sooooo" is "soo": no word has a letter three times in a row, years and sums have.
        let is_again = plain.len() > before && plain[..before].ends_with(c) && !c.is_ascii_digit();
        run = if is_again { run + 1 } else { 0 };
        if run >= 2 {
            plain.truncate(before);
        }
    }
    if let Some(at) = plain.find('\'') {
        let ending = &plain[at + 1..];
        if matches!(ending, "s" | "re" | "ve" | "ll" | "d" | "m") {
            plain.truncate(at);
        } else {
            plain.retain(|c| c != '\'');
        }
    }
    plain
}

fn without_accent(c: char) -> Option<&'static str> {
    Some(match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ạ'..='ặ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ĉ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'ẹ'..='ệ' => "e",
        'ğ' | 'ģ' => "g",
        'ì'..='ï' | 'ī' | 'į' | 'ı' | 'ỉ' | 'ị' => "i",
        'ł' | 'ļ' | 'ľ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'ơ' | 'ọ'..='ợ' => "o",
        'œ' => "oe",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ţ' | 'ț' => "t",
        'ù'..='ü' | 'ū' | 'ů' | 'ű' | 'ų' | 'ư' | 'ụ'..='ự' => "u",
        'ý' | 'ÿ' | 'ỳ'..='ỹ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain_words(text: &str) -> Vec<String> {
        words(text).into_iter().map(|word| word.plain).collect()
    }

    #[test]
    fn endings_accents_and_capitals_do_not_matter() {
        assert_eq!(plain_words("Ann’s CAFÉ, isn't it?"), ["ann", "cafe", "isnt", "it"]);
        assert_eq!(plain_words("we're sooooo late in 2000"), ["we", "soo", "late", "in", "2000"]);
    }

    #[test]
    fn links_mentions_and_emoji_are_passed_over() {
        let text =
            "look <@123> https://example.com/watch?v=cat <:wave:99> 🎉 a < b www.example.com";
        assert_eq!(plain_words(text), ["look", "a", "b"]);
    }

    #[test]
    fn a_script_without_spaces_is_a_run() {
        let found = pieces("私の犬 Hachi です");
        let runs: Vec<_> = found.iter().filter(|piece| matches!(piece, Piece::Run(_))).collect();
        assert_eq!(runs, [&Piece::Run("私の犬"), &Piece::Run("です")]);
    }

    #[test]
    fn vowel_signs_stay_in_their_words() {
        assert_eq!(plain_words("मेरा कुत्ता।").len(), 2);
    }

    #[test]
    fn the_first_word_of_a_sentence_is_known() {
        let firsts: Vec<_> = words("Hi there. Mark is in").iter().map(|w| w.is_first).collect();
        assert_eq!(firsts, [true, false, true, false, false]);
    }
}
