//! How many tokens a text is likely to cost.

/// An estimate that rather overstates: a quarter token per ASCII character, one per other character, and
/// four for a turn's frame. Newer models count up to a third more than this for plain English, which the
/// budgets leave room for.
pub fn estimate(text: &str) -> usize {
    let (ascii, other) = text.chars().fold((0, 0), |(ascii, other), c| {
        if c.is_ascii() { (ascii + 1, other) } else { (ascii, other + 1) }
    });
    ascii / 4 + other + 4
}
