//! Who spoke, and what they are called.

use std::collections::HashMap;

use super::word::words;

/// The speakers of a history, numbered, each with the names they spoke under.
#[derive(Debug, Default)]
pub(super) struct People {
    people: Vec<Person>,
    by_id: HashMap<String, u32>,
    /// A word of a name, and whose it is.
    by_word: HashMap<String, Vec<u32>>,
}

#[derive(Debug, Default)]
struct Person {
    id: String,
    /// Their names, each with how many messages bear it.
    names: Vec<(String, u32)>,
}

impl People {
    /// Notes one more message of somebody and returns their number.
    pub(super) fn enter(&mut self, id: &str, name: &str) -> u32 {
        let number = match self.by_id.get(id) {
            Some(number) => *number,
            None => {
                let number =
                    u32::try_from(self.people.len()).expect("fewer speakers than messages");
                self.people.push(Person { id: id.to_owned(), names: Vec::new() });
                self.by_id.insert(id.to_owned(), number);
                number
            }
        };
        let names = &mut self.people[number as usize].names;
        match names.iter_mut().find(|(known, _)| known == name) {
            Some((_, n)) => *n += 1,
            None => {
                names.push((name.to_owned(), 1));
                for word in words(name) {
                    let whose = self.by_word.entry(word.plain).or_default();
                    if !whose.contains(&number) {
                        whose.push(number);
                    }
                }
            }
        }
        number
    }

    /// Notes that a message of theirs is gone. Whoever has none left has no name here either.
    pub(super) fn leave(&mut self, number: u32, name: &str) {
        let names = &mut self.people[number as usize].names;
        let Some(at) = names.iter().position(|(known, _)| known == name) else { return };
        names[at].1 -= 1;
        if names[at].1 > 0 {
            return;
        }
        names.swap_remove(at);
        let kept: Vec<String> =
            names.iter().flat_map(|(name, _)| words(name)).map(|word| word.plain).collect();
        for word in words(name).into_iter().map(|word| word.plain) {
            if !kept.contains(&word)
                && let Some(whose) = self.by_word.get_mut(&word)
            {
                whose.retain(|known| *known != number);
                if whose.is_empty() {
                    self.by_word.remove(&word);
                }
            }
        }
    }

    /// Their number, where they said anything.
    pub(super) fn number(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied().filter(|number| !self.people[*number as usize].names.is_empty())
    }

    /// The id of somebody.
    pub(super) fn id(&self, number: u32) -> &str {
        &self.people[number as usize].id
    }

    /// Whose name has this plain word in it.
    pub(super) fn called(&self, plain: &str) -> &[u32] {
        self.by_word.get(plain).map_or(&[], Vec::as_slice)
    }

    /// Whose name begins with a plain word, as in "Mel" for Melanie: only where it is one person's.
    pub(super) fn shortened(&self, plain: &str) -> Option<u32> {
        let fitting = self.by_word.iter().filter(|(word, _)| word.starts_with(plain));
        let mut found = fitting.flat_map(|(_, whose)| whose);
        let first = *found.next()?;
        found.all(|other| *other == first).then_some(first)
    }

    /// The other one, where two talk.
    pub(super) fn other(&self, than: u32) -> Option<u32> {
        let mut others = (0..)
            .zip(&self.people)
            .filter(|(number, person)| *number != than && !person.names.is_empty());
        let other = others.next()?.0;
        others.next().is_none().then_some(other)
    }
}
