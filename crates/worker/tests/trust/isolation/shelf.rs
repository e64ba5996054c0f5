//! The same at the store: much more is kept, forgotten and asked than turns could do in the time, and all that
//! one read returns is judged, whatever a turn would choose of it.

use proptest::prelude::*;

/// Something that is done to the table. Numbers choose among what there is.
#[derive(Clone, Debug)]
pub enum Act {
    /// People say things to a personality.
    Keep {
        place: u8,
        to: u8,
        by: Vec<u8>,
    },
    /// Somebody tells something about somebody.
    Tell {
        place: u8,
        to: u8,
        by: u8,
        about: u8,
    },
    /// What was said in a channel is put in short, word for word.
    Summarise {
        place: u8,
        to: u8,
    },
    Edit {
        word: u16,
    },
    Delete {
        word: u16,
    },
    Erase {
        who: u8,
    },
    ForgetPlace {
        place: u8,
    },
    Quoting {
        who: u8,
        allow: bool,
    },
    /// The oldest messages are folded.
    Fold {
        place: u8,
        to: u8,
    },
    /// A worker, which remembers what it read before, reads what a turn reads, and answers people.
    Look {
        place: u8,
        to: u8,
        worker: bool,
        asks: Vec<(u8, u8)>,
    },
    /// A worker starts anew.
    Restart {
        worker: bool,
    },
}

impl Act {
    /// How many cases it is: everything said and everything asked is one.
    pub fn cases(&self) -> usize {
        match self {
            Act::Keep { by, .. } => by.len(),
            Act::Look { asks, .. } => asks.len(),
            _ => 1,
        }
    }
}

pub fn act() -> impl Strategy<Value = Act> {
    let n = any::<u8>;
    let keep = (n(), n(), prop::collection::vec(n(), 1..20));
    let look = (n(), n(), any::<bool>(), prop::collection::vec((n(), n()), 16..28));
    prop_oneof![
        10 => keep.prop_map(|(place, to, by)| Act::Keep { place, to, by }),
        4 => (n(), n(), n(), n()).prop_map(|(place, to, by, about)| Act::Tell { place, to, by, about }),
        2 => (n(), n()).prop_map(|(place, to)| Act::Summarise { place, to }),
        3 => any::<u16>().prop_map(|word| Act::Edit { word }),
        3 => any::<u16>().prop_map(|word| Act::Delete { word }),
        1 => n().prop_map(|who| Act::Erase { who }),
        1 => n().prop_map(|place| Act::ForgetPlace { place }),
        2 => (n(), any::<bool>()).prop_map(|(who, allow)| Act::Quoting { who, allow }),
        2 => (n(), n()).prop_map(|(place, to)| Act::Fold { place, to }),
        12 => look.prop_map(|(place, to, worker, asks)| Act::Look { place, to, worker, asks }),
        1 => any::<bool>().prop_map(|worker| Act::Restart { worker }),
    ]
}
