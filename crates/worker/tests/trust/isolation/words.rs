//! Words that tell where they were said: `w17g3s2x` is the seventeenth, of guild 3 and its second place. Whoever
//! finds one can say whether it may stand where it was found.

use std::fmt;

use discord_sim::{ChannelId, GuildId, MessageId, UserId};

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub channel: ChannelId,
    /// None of a direct message.
    pub guild: Option<GuildId>,
    /// Whether everybody in the guild may read it.
    pub is_public: bool,
}

/// What became of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    Lives,
    /// Its author does not want to be remembered: it is there for one answer.
    NotKept,
    /// Its author had it forgotten where it was said; it still stands there for all to read.
    Forgotten,
    /// Its author had everything erased.
    Erased,
    Deleted,
    /// Its author put another in its place.
    Edited,
    /// It was a memory, and somebody corrected it.
    Corrected,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Said by a person.
    Message,
    /// Said by a personality.
    Reply,
    /// Told by a command.
    Fact,
}

#[derive(Clone, Debug)]
pub struct Word {
    pub text: String,
    pub kind: Kind,
    pub place: Place,
    /// Which personality heard or said it.
    pub personality: usize,
    /// Who said it; of a reply, to whom it was said.
    pub by: UserId,
    pub about: Option<UserId>,
    pub message: Option<MessageId>,
    pub fate: Fate,
}

impl Word {
    /// Whether it goes when somebody's words do. What is said of somebody in talk stays, and only what was
    /// learned from it goes.
    pub fn belongs_to(&self, person: UserId) -> bool {
        self.by == person || (self.kind == Kind::Fact && self.about == Some(person))
    }

    /// Whether somebody said it, or it is about them.
    fn concerns(&self, person: UserId) -> bool {
        self.by == person || self.about == Some(person)
    }
}

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

/// Every word, by its number.
#[derive(Debug, Default)]
pub struct Words {
    all: Vec<Word>,
    /// People whose words are not to be told to others.
    pub unquoted: Vec<UserId>,
    /// What was seen of what was said before, in another place, told by command, and folded into notes.
    pub seen: Seen,
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
    /// A new word, of nobody else.
    pub fn add(&mut self, word: Word) -> usize {
        let number = self.all.len();
        let guild = word.place.guild.map_or(0, GuildId::get) % 100_000;
        let space = word.place.channel.get() % 100_000;
        self.all.push(Word { text: format!("w{number}g{guild}s{space}x"), ..word });
        number
    }

    pub fn get(&self, number: usize) -> &Word {
        &self.all[number]
    }

    pub fn get_mut(&mut self, number: usize) -> &mut Word {
        &mut self.all[number]
    }

    /// The numbers of those of which something holds.
    pub fn those(&self, holds: impl Fn(&Word) -> bool) -> Vec<usize> {
        (0..self.all.len()).filter(|number| holds(&self.all[*number])).collect()
    }

    /// Those that live become something else.
    pub fn end(&mut self, fate: Fate, holds: impl Fn(&Word) -> bool) {
        for word in self.all.iter_mut().filter(|word| word.fate == Fate::Lives && holds(word)) {
            word.fate = fate;
        }
    }

    /// The numbers of the words in a text.
    pub fn found(&self, text: &str) -> Vec<usize> {
        let mut found = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find('w') {
            rest = &rest[at + 1..];
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let Some(number) = rest[..digits].parse().ok() else { continue };
            let is_word = |word: &Word| {
                word.text.strip_prefix('w').is_some_and(|tail| rest.starts_with(tail))
            };
            if self.all.get(number).is_some_and(is_word) {
                found.push(number);
            }
        }
        found
    }

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
                Fate::Lives | Fate::Corrected if word.by == asker => Ok(()),
                // What others told of them stays where they could read it.
                Fate::Lives | Fate::Corrected if word.about == Some(asker) => {
                    match word.place.is_public || is_here {
                        true => Ok(()),
                        false => Err("it was told where they cannot read"),
                    }
                }
                Fate::Lives | Fate::Corrected => Err("it is not theirs"),
                _ => Err("it is gone"),
            },
            Eyes::Why => Err("an explanation has no words"),
        }
    }

    fn quotable(&self, word: &Word, asker: UserId) -> Result<(), &'static str> {
        let is_theirs = word.kind == Kind::Reply || word.by == asker;
        match !is_theirs && self.unquoted.contains(&word.by) {
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
