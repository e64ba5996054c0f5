//! Words that tell where they were said: `w17g3s2x` is the seventeenth, of guild 3 and its second place. Whoever
//! finds one can say whether it may stand where it was found.

use discord_sim::{ChannelId, GuildId, MessageId, UserId};

use super::judge::Seen;

/// Where something is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub channel: ChannelId,
    /// None of a direct message.
    pub guild: Option<GuildId>,
    /// Whether everybody in the guild may read it.
    pub is_public: bool,
}

impl Place {
    /// Whether what is said here may lie in a partition of the table: the space's, or the channel's own.
    pub fn is_partition(&self, partition: &str) -> bool {
        let (channel, guild) = (self.channel, self.guild.filter(|_| self.is_public));
        partition == format!("C#{channel}")
            || partition == format!("S#C{channel}") && guild.is_none()
            || guild.is_some_and(|guild| partition == format!("S#G{guild}"))
    }
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
    /// Of a reply: to whom it was said as well.
    pub with: Vec<UserId>,
    pub about: Option<UserId>,
    pub message: Option<MessageId>,
    pub fate: Fate,
}

impl Word {
    /// Whether it goes when somebody's words do. What is said of somebody in talk stays, and only what was
    /// learned from it goes.
    pub fn belongs_to(&self, person: UserId) -> bool {
        self.is_by(person) || (self.kind == Kind::Fact && self.about == Some(person))
    }

    /// Whether somebody said it, or it was said to them.
    pub fn is_by(&self, person: UserId) -> bool {
        self.people().any(|by| by == person)
    }

    /// Who said it, or everybody it was said to.
    pub fn people(&self) -> impl Iterator<Item = UserId> {
        [self.by].into_iter().chain(self.with.iter().copied())
    }

    /// Whether somebody said it, or it is about them.
    pub fn concerns(&self, person: UserId) -> bool {
        self.is_by(person) || self.about == Some(person)
    }
}

/// Every word, by its number.
#[derive(Debug, Default)]
pub struct Words {
    pub(super) all: Vec<Word>,
    /// People whose words are not to be told to others.
    pub unquoted: Vec<UserId>,
    /// What was seen of what was said before, in another place, told by command, and folded into notes.
    pub seen: Seen,
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
}
