//! An answer on the terminal: it grows where it stands. Without a terminal it is printed once, whole.

use std::{
    io::{self, Write},
    time::Duration,
};

use chat::{Explanation, Outcome};
use indicatif::ProgressBar;
use owo_colors::{OwoColorize, Stream::Stdout};
use personality::Personality;

use crate::why;

/// How often the sign for typing turns.
const TURN: Duration = Duration::from_millis(100);

/// Where an answer is shown.
pub(super) struct Screen<'a> {
    who: &'a Personality,
    is_terminal: bool,
    typing: Option<ProgressBar>,
    /// What stands on the terminal of the answer.
    standing: String,
}

impl<'a> Screen<'a> {
    pub(super) fn new(who: &'a Personality, is_terminal: bool) -> Self {
        Self { who, is_terminal, typing: None, standing: String::new() }
    }

    /// Shows that the personality types, until its first words come.
    pub(super) fn typing(&mut self) {
        if !self.is_terminal || !self.standing.is_empty() || self.typing.is_some() {
            return;
        }
        let typing =
            ProgressBar::new_spinner().with_message(format!("{} is typing …", self.who.name));
        typing.enable_steady_tick(TURN);
        self.typing = Some(typing);
    }

    /// Takes the sign for typing away.
    pub(super) fn clear(&mut self) {
        if let Some(typing) = self.typing.take() {
            typing.finish_and_clear();
        }
    }

    /// Shows what the answer is so far.
    pub(super) fn grow(&mut self, text: &str) -> io::Result<()> {
        if !self.is_terminal {
            return Ok(());
        }
        self.clear();
        write_growth(&mut io::stdout().lock(), &name(self.who), &mut self.standing, text)
    }

    /// Shows the whole answer, or why there is none.
    pub(super) fn end(&mut self, text: &str, why: &str) -> anyhow::Result<()> {
        self.clear();
        write_growth(&mut io::stdout().lock(), &name(self.who), &mut self.standing, text)?;
        let is_silent = serde_json::from_str::<Explanation>(why)?.outcome == Outcome::Silent;
        if is_silent {
            print!("{}", why::in_words(&[why.to_owned()])?);
        } else {
            println!();
        }
        if self.is_terminal {
            println!();
        }
        Ok(())
    }
}

/// Makes `standing` become `text`: most growth only adds words behind. Where the beginning changed, as when
/// a mark was closed, all of it is said anew: nobody can reliably take back what a terminal has scrolled.
fn write_growth(
    out: &mut impl Write,
    name: &str,
    standing: &mut String,
    text: &str,
) -> io::Result<()> {
    if text.is_empty() || text == standing.as_str() {
        return Ok(());
    }
    match text.strip_prefix(standing.as_str()) {
        Some(more) if !standing.is_empty() => write!(out, "{more}")?,
        Some(_) => write!(out, "{name}: {text}")?,
        None => write!(out, "\n{name}: {text}")?,
    }
    text.clone_into(standing);
    out.flush()
}

/// The sign that it is the person's turn.
pub(super) fn prompt() -> io::Result<()> {
    print!("{} ", ">".if_supports_color(Stdout, |sign| sign.cyan()));
    io::stdout().flush()
}

/// A name as the talk shows it.
pub(super) fn name(who: &Personality) -> String {
    who.name.if_supports_color(Stdout, |name| name.bold()).to_string()
}

/// What was said in a message, without the line that links what it answers and without the name.
pub(super) fn words(content: &str) -> &str {
    let said = match content.strip_prefix("-# ↩") {
        Some(rest) => rest.split_once('\n').map_or("", |(_, said)| said),
        None => content,
    };
    let named = said.strip_prefix("**").and_then(|rest| rest.split_once(":** "));
    named.filter(|(name, _)| !name.contains(['*', '\n'])).map_or(said, |(_, said)| said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_grows_where_it_stands() {
        let mut out = Vec::new();
        let mut standing = String::new();
        for text in ["", "Ah.", "Ah. A guest", "Ah. A guest", "Ah. A guest. Come in!"] {
            write_growth(&mut out, "Baroness", &mut standing, text).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), "Baroness: Ah. A guest. Come in!");
    }

    #[test]
    fn an_answer_that_changes_its_beginning_is_said_anew() {
        let mut out = Vec::new();
        let mut standing = "Baroness Crumb: Ah".to_owned();
        write_growth(&mut out, "Baroness", &mut standing, "Ah. A guest.").unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "\nBaroness: Ah. A guest.");
    }

    #[test]
    fn only_what_was_said_is_shown() {
        let link = "-# ↩ [You: hi](<https://discord.com/channels/1/2/3>)\n";
        assert_eq!(words(&format!("{link}Ah, **you**.")), "Ah, **you**.");
        assert_eq!(words("**Baroness Crumb:** Ah."), "Ah.");
        assert_eq!(words("**No:** way** is this** a name"), "way** is this** a name");
        assert_eq!(words("*bows* Ah."), "*bows* Ah.");
    }
}
