//! Which memory a button means, as its id says it.
//!
//! A button's id comes back from whoever presses it and may be forged. So it does not name a space: it says
//! *the guild* or *this channel*, of where it is pressed, and can mean nothing that is not read there.

use std::fmt;

use personality::PersonalityId;
use store::{About, Fact, Scope, Space};
use twilight_model::id::Id;

use crate::steward::Asked;

/// Digits and dashes a memory's id has at most: a message's id, and a number behind it.
const LONGEST_ID: usize = 24;

/// A memory, and the page it was pressed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) scope: Scope,
    pub(super) about: About,
    /// The memory's id in the book about its subject.
    pub(super) id: String,
    /// The page it stands on, from 0.
    pub(super) page: usize,
    /// Whether that page shows only what is about the same subject.
    pub(super) is_narrow: bool,
}

impl Entry {
    /// What a button means; nothing where it means nothing here.
    pub(super) fn read(asked: &Asked<'_>) -> Option<Self> {
        let arguments = asked.arguments();
        let &[personality, space, about, id, ref view @ ..] = arguments.as_slice() else {
            return None;
        };
        let space = match space {
            "g" => Space::Guild(asked.guild()?),
            "c" => Space::Channel(asked.channel()),
            _ => return None,
        };
        let is_id = (1..=LONGEST_ID).contains(&id.len())
            && id.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        if !is_id {
            return None;
        }
        let (page, is_narrow) = match view {
            [] => ("0", false),
            [view] => match view.strip_suffix('n') {
                Some(page) => (page, true),
                None => (*view, false),
            },
            _ => return None,
        };
        Some(Self {
            scope: Scope::new(space, personality.parse().ok()?),
            about: read_about(about)?,
            id: id.to_owned(),
            page: page.parse().ok()?,
            is_narrow,
        })
    }

    /// The id of a button that does `verb` with it.
    pub(super) fn button_id(&self, verb: &str) -> String {
        let Self { scope, about, id, page, is_narrow } = self;
        let space = match scope.space {
            Space::Guild(_) => 'g',
            Space::Channel(_) => 'c',
        };
        let narrow = if *is_narrow { "n" } else { "" };
        let about = Subject(*about);
        format!("{verb}:{}:{space}:{about}:{id}:{page}{narrow}", scope.personality)
    }

    /// The personality it belongs to.
    pub(super) fn personality(&self) -> &PersonalityId {
        &self.scope.personality
    }
}

/// A subject, as it stands in a button's id.
pub(super) struct Subject(pub(super) About);

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            About::Person(user) => write!(f, "u{user}"),
            About::Place => f.write_str("p"),
        }
    }
}

/// Reads a subject from a button's id.
pub(super) fn read_about(text: &str) -> Option<About> {
    match text.strip_prefix('u') {
        Some(id) => id.parse().ok().and_then(Id::new_checked).map(About::Person),
        None => (text == "p").then_some(About::Place),
    }
}

/// Whose memory it is to the person who asks, and so what they may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Right {
    /// It is about them, or they said it, or it was said to them.
    Own,
    /// It is others', and they may manage messages where it is read.
    Moderator,
    /// None of their business.
    None,
}

/// What the person who asks may do with a memory of a space.
pub(super) fn right(asked: &Asked<'_>, space: Space, about: About, fact: &Fact) -> Right {
    if is_own(asked, about, fact) {
        Right::Own
    } else if asked.moderates(space) {
        Right::Moderator
    } else {
        Right::None
    }
}

/// Whether a memory is about the person who asks, or was said by them or to them.
pub(super) fn is_own(asked: &Asked<'_>, about: About, fact: &Fact) -> bool {
    about == About::Person(asked.who().id) || fact.belongs_to(asked.who().id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_button_has_no_more_characters_than_discord_takes() {
        let scope =
            Scope::new(Space::Guild(Id::new(u64::MAX)), format!("p{:031}", 0).parse().unwrap());
        let about = About::Person(Id::new(u64::MAX));
        let id = format!("{}-99", u64::MAX);
        let entry = Entry { scope, about, id, page: 999, is_narrow: true };
        let button = entry.button_id("drop");
        assert!(button.len() <= 100, "{} characters: {button}", button.len());
    }

    #[test]
    fn a_subject_is_read_back_from_a_button() {
        for about in [About::Place, About::Person(Id::new(7))] {
            assert_eq!(read_about(&Subject(about).to_string()), Some(about));
        }
        for nobody in ["", "u", "u0", "uu7", "7", "place", "u7 "] {
            assert_eq!(read_about(nobody), None, "{nobody}");
        }
    }
}
