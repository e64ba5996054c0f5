//! What people do, at random. Numbers choose among what there is.

use proptest::prelude::*;

#[derive(Clone, Debug)]
pub enum Act {
    /// People say one thing after the other to a personality, faster than it answers. A late event is dealt with
    /// some acts later.
    Talk {
        place: u8,
        to: u8,
        lines: Vec<Line>,
        is_late: bool,
    },
    /// The oldest late event arrives.
    Arrive,
    /// Somebody changes what they said.
    Edit {
        said: u8,
    },
    Delete {
        said: u8,
    },
    /// Somebody has a personality remember something, about themselves or somebody else.
    Remember {
        place: u8,
        to: u8,
        who: u8,
        about: Option<u8>,
    },
    /// Somebody has a message remembered.
    RememberThis {
        said: u8,
        to: u8,
        who: u8,
    },
    Memories {
        place: u8,
        to: u8,
        who: u8,
    },
    /// Somebody has something forgotten that was told.
    ForgetThing {
        fact: u8,
        place: u8,
        who: u8,
    },
    /// Somebody corrects something that was told.
    Fix {
        fact: u8,
    },
    ForgetMe {
        place: u8,
        who: u8,
    },
    ForgetHere {
        place: u8,
        who: u8,
    },
    Show {
        place: u8,
        who: u8,
    },
    Export {
        place: u8,
        who: u8,
    },
    Erase {
        place: u8,
        who: u8,
    },
    Quoting {
        place: u8,
        who: u8,
        allow: bool,
    },
    Memory {
        place: u8,
        who: u8,
        allow: bool,
    },
    Why {
        reply: u8,
        who: u8,
    },
    TakeBack {
        reply: u8,
    },
    Again {
        reply: u8,
    },
    /// The notes that were ordered are made.
    Digest,
    /// A worker starts anew, with nothing in its memory.
    Restart,
    /// The other worker goes on.
    Switch,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub by: u8,
    pub topic: u8,
    pub how: How,
}

#[derive(Clone, Debug)]
pub enum How {
    Tell,
    Ask,
    /// "Remember that I …"
    Remember,
    /// "Remember that Ben …"
    RememberOf(u8),
    /// As a reply to something that stands there.
    Reply(u8),
}

/// How many cases an act is: everything said is one.
impl Act {
    pub fn cases(&self) -> usize {
        match self {
            Act::Talk { lines, .. } => lines.len(),
            _ => 1,
        }
    }
}

fn line() -> impl Strategy<Value = Line> {
    let how = prop_oneof![
        4 => Just(How::Tell),
        3 => Just(How::Ask),
        2 => Just(How::Remember),
        1 => any::<u8>().prop_map(How::RememberOf),
        1 => any::<u8>().prop_map(How::Reply),
    ];
    (any::<u8>(), any::<u8>(), how).prop_map(|(by, topic, how)| Line { by, topic, how })
}

/// An act.
pub fn act() -> impl Strategy<Value = Act> {
    let n = any::<u8>;
    let talk = (n(), n(), prop::collection::vec(line(), 1..6), prop::bool::weighted(0.1));
    prop_oneof![
        30 => talk.prop_map(|(place, to, lines, is_late)| Act::Talk { place, to, lines, is_late }),
        2 => Just(Act::Arrive),
        4 => n().prop_map(|said| Act::Edit { said }),
        5 => n().prop_map(|said| Act::Delete { said }),
        6 => (n(), n(), n(), any::<Option<u8>>())
            .prop_map(|(place, to, who, about)| Act::Remember { place, to, who, about }),
        3 => (n(), n(), n()).prop_map(|(said, to, who)| Act::RememberThis { said, to, who }),
        4 => (n(), n(), n()).prop_map(|(place, to, who)| Act::Memories { place, to, who }),
        2 => (n(), n(), n()).prop_map(|(fact, place, who)| Act::ForgetThing { fact, place, who }),
        2 => n().prop_map(|fact| Act::Fix { fact }),
        1 => (n(), n()).prop_map(|(place, who)| Act::ForgetMe { place, who }),
        1 => (n(), n()).prop_map(|(place, who)| Act::ForgetHere { place, who }),
        2 => (n(), n()).prop_map(|(place, who)| Act::Show { place, who }),
        3 => (n(), n()).prop_map(|(place, who)| Act::Export { place, who }),
        2 => (n(), n()).prop_map(|(place, who)| Act::Erase { place, who }),
        2 => (n(), n(), any::<bool>())
            .prop_map(|(place, who, allow)| Act::Quoting { place, who, allow }),
        2 => (n(), n(), prop::bool::weighted(0.7))
            .prop_map(|(place, who, allow)| Act::Memory { place, who, allow }),
        3 => (n(), n()).prop_map(|(reply, who)| Act::Why { reply, who }),
        2 => n().prop_map(|reply| Act::TakeBack { reply }),
        2 => n().prop_map(|reply| Act::Again { reply }),
        3 => Just(Act::Digest),
        2 => Just(Act::Restart),
        6 => Just(Act::Switch),
    ]
}
