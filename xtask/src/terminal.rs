//! What a person sees: headings, outcomes and times, in colour where there is a terminal.

use std::{
    env,
    io::{IsTerminal, stderr},
    sync::LazyLock,
    time::Duration,
};

/// Off in a pipe and under `NO_COLOR` (See no-color.org); `CLICOLOR_FORCE` turns it on, as for cargo.
static COLOURED: LazyLock<bool> = LazyLock::new(|| {
    let forced = env::var_os("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    forced || (env::var_os("NO_COLOR").is_none() && stderr().is_terminal())
});

#[derive(Clone, Copy)]
pub enum Colour {
    Bold = 1,
    Dim = 2,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

pub fn paint(colour: Colour, text: &str) -> String {
    if *COLOURED { format!("\x1b[{}m{text}\x1b[0m", colour as u8) } else { text.to_owned() }
}

/// What begins now.
pub fn begin(name: &str, about: &str) {
    eprintln!(
        "\n{} {} {}",
        paint(Colour::Cyan, "▶"),
        paint(Colour::Bold, name),
        paint(Colour::Dim, about)
    );
}

/// A detail of what is going on.
pub fn note(text: &str) {
    eprintln!("  {}", paint(Colour::Dim, text));
}

/// Something a person should look at, although work goes on.
pub fn warning(text: &str) {
    eprintln!("{} {text}", paint(Colour::Yellow, "!"));
}

/// Something that stops the work.
pub fn problem(text: &str) {
    eprintln!("{} {text}", paint(Colour::Red, "✗"));
}

/// How long something took, short: `4.2 s`, `3 min 07 s`.
pub fn duration(time: Duration) -> String {
    match time.as_secs() {
        0..60 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_reads_like_a_person_would_say_it() {
        assert_eq!(duration(Duration::from_millis(40)), "0.0 s");
        assert_eq!(duration(Duration::from_millis(4_240)), "4.2 s");
        assert_eq!(duration(Duration::from_secs(187)), "3 min 07 s");
    }
}
