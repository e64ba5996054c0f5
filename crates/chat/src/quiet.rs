//! Answers ping nobody and open no mark.

/// A text without our marks and without pings. Every request says that nobody is pinged; this also takes away
/// the look of it. A look-alike instead of an invisible character in between: those are stripped elsewhere.
pub(crate) fn quiet(text: &str) -> String {
    let mut text = text.replace("@everyone", "＠everyone").replace("@here", "＠here");
    for mark in ["said", "quote", "memory", "file name="] {
        text = text.replace(&format!("<{mark}"), &format!("‹{mark}"));
    }
    for mark in ["</said", "</quote", "</memory", "</file>"] {
        text = text.replace(mark, &mark.replace('<', "‹"));
    }
    let mut quiet = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("<@") {
        quiet.push_str(&rest[..start]);
        rest = &rest[start + 2..];
        let digits = rest.trim_start_matches(['!', '&']);
        let after = digits.trim_start_matches(|c: char| c.is_ascii_digit());
        match after.strip_prefix('>') {
            Some(behind) if after.len() < digits.len() => {
                quiet.push_str(if rest.starts_with('&') { "@role" } else { "@someone" });
                rest = behind;
            }
            _ => quiet.push_str("<@"),
        }
    }
    quiet.push_str(rest);
    quiet
}
