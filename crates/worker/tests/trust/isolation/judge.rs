//! Whether a word may stand where it was found.

use std::fmt;

use discord_sim::UserId;

use super::words::{Fate, Kind, Place, Word, Words};

/// Who gets to see something, where.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    pub place: Place,
    pub eyes: Eyes<'a>,
}

#[derive(Clone, Copy, Debug)]
pub enum Eyes<'a> {
    /// A personality, about to answer somebody. What the event itself carries it may see: what is answered, what
    /// that replies to, and the lines said just before.
    Answering {
        personality: usize,
        asker: UserId,
        said: &'a [usize],
        quoted: &'a [usize],
        before: &'a [usize],
    },
    /// A personality, making notes.
    Digesting { personality: usize },
    /// Somebody, asking what a personality remembers.
    Asking { personality: usize, asker: UserId },
    /// Somebody, who is handed what is theirs.
    Exporting { asker: UserId },
    /// Anybody, asking why.
    Why,
}

/// How often words were seen that had come a way.
#[derive(Debug, Default)]
pub struct Seen {
    pub before: usize,
    pub elsewhere: usize,
    pub facts: usize,
    pub exported: usize,
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { before, elsewhere, facts, exported } = self;
        write!(
            f,
            "{before} of before, {elsewhere} of other places, {facts} told, {exported} exported"
        )
    }
}

impl Words {
    /// Whether everything in a text may be seen there.
    pub fn judge(&mut self, what: &str, view: View<'_>, text: &str) -> Result<(), String> {
        for number in self.found(text) {
            let word = &self.all[number];
            if let Err(why) = self.may_see(view, number, word) {
                return Err(format!("{what}: {why}\n  {word:?}\n  in {view:?}\n  {text}"));
            }
            let is_own = matches!(view.eyes, Eyes::Answering { said, quoted, before, .. }
                if [said, quoted, before].iter().any(|came| came.contains(&number)));
            if !is_own {
                self.seen.before += 1;
                self.seen.elsewhere += usize::from(word.place.channel != view.place.channel);
                self.seen.facts += usize::from(word.kind == Kind::Fact);
                self.seen.exported += usize::from(matches!(view.eyes, Eyes::Exporting { .. }));
            }
        }
        Ok(())
    }

    fn may_see(&self, view: View<'_>, number: usize, word: &Word) -> Result<(), &'static str> {
        let is_here = word.place.channel == view.place.channel
            || (word.place.is_public && word.place.guild == view.place.guild);
        match view.eyes {
            Eyes::Answering { said, .. } if said.contains(&number) => match word.fate {
                Fate::Deleted => Err("what is answered was deleted"),
                _ => Ok(()),
            },
            Eyes::Answering { quoted, before, asker, .. }
                if quoted.contains(&number) || before.contains(&number) =>
            {
                match word.fate {
                    Fate::Deleted => Err("it came along, and was deleted"),
                    // Whoever replies to something brings it along.
                    _ if quoted.contains(&number) => Ok(()),
                    Fate::Erased => Err("it came along, and was erased"),
                    _ => self.quotable(word, asker),
                }
            }
            Eyes::Answering { personality, asker, .. } => {
                self.remembered(word, is_here, personality)?;
                self.quotable(word, asker)
            }
            Eyes::Digesting { personality } => self.remembered(word, is_here, personality),
            Eyes::Asking { personality, asker } => {
                self.remembered(word, is_here, personality)?;
                match word.concerns(asker) {
                    true => Ok(()),
                    false => Err("it does not concern who asks"),
                }
            }
            Eyes::Exporting { asker } => match word.fate {
                Fate::Lives | Fate::Corrected if word.is_by(asker) => Ok(()),
                // What others told of them is read where it was told.
                Fate::Lives | Fate::Corrected if word.about == Some(asker) => match is_here {
                    true => Ok(()),
                    false => Err("it was told elsewhere"),
                },
                Fate::Lives | Fate::Corrected => Err("it is not theirs"),
                _ => Err("it is gone"),
            },
            Eyes::Why => Err("an explanation has no words"),
        }
    }

    fn quotable(&self, word: &Word, asker: UserId) -> Result<(), &'static str> {
        // What somebody was told is as much theirs as what they said.
        match word.people().any(|person| person != asker && self.unquoted.contains(&person)) {
            true => Err("its author does not want to be quoted"),
            false => Ok(()),
        }
    }

    fn remembered(
        &self,
        word: &Word,
        is_here: bool,
        personality: usize,
    ) -> Result<(), &'static str> {
        if !is_here {
            return Err("it was said elsewhere");
        }
        if word.personality != personality {
            return Err("another personality heard it");
        }
        match word.fate {
            Fate::Lives => Ok(()),
            Fate::NotKept => Err("it was not to be kept"),
            Fate::Forgotten => Err("it was forgotten"),
            Fate::Erased => Err("it was erased"),
            Fate::Deleted => Err("it was deleted"),
            Fate::Edited => Err("it was edited"),
            Fate::Corrected => Err("it was corrected"),
        }
    }
}
