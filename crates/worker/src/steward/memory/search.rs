//! Finding the memory that somebody means, by its words.

use std::{cmp::Reverse, collections::HashSet};

use twilight_model::channel::message::component::ButtonStyle;

use super::{
    entry::Right,
    keeping::Statement,
    listing::{Known, and_yet, known},
    named,
};
use crate::{
    memory::terms,
    steward::{Asked, Told, Trouble, told::button},
};

/// Memories that are offered: as many as a row has buttons.
const MOST: usize = 5;
/// Characters shown of each.
const QUOTED: usize = 200;
/// Terms below this say what a text is like, not which words it has.
const MARKS: u32 = 32;

/// Answers `/forget thing`: offers what the person may mean. Pressing deletes it.
pub(super) async fn forget_thing(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let who = match named(asked) {
        Ok(who) => who,
        Err(told) => return Ok(told),
    };
    let what = Statement::of(asked.option("what").unwrap_or_default(), &[]).text;
    if what.is_empty() {
        return Ok(Told::line("Say in a few words what is to be forgotten."));
    }
    let mut known = known(asked, &who.id, None).await?;
    known.retain(|known| known.right != Right::None);
    let found = best(&known, &what);
    let button = |known: &Known, label: String| {
        button(known.entry(0, false).button_id("drop"), label, ButtonStyle::Danger)
    };
    Ok(match found.as_slice() {
        [] => Told::line(format!(
            "{} remembers nothing like that here which you could have forgotten. `/memories` shows all of it.{}",
            who.name,
            and_yet(asked, &who.id).await?
        )),
        [one] => {
            let words = chat::plain(&one.fact.text, store::MOST_CHARS);
            Told::line(format!("Shall {} forget this? “{words}”", who.name))
                .with(vec![button(one, "Forget it".to_owned())])
        }
        several => {
            let mut text = "Which of these?".to_owned();
            for (n, known) in several.iter().enumerate() {
                text.push_str(&format!(
                    "\n**{}.** {}",
                    n + 1,
                    chat::plain(&known.fact.text, QUOTED)
                ));
            }
            let row = several.iter().enumerate();
            let row = row.map(|(n, known)| button(known, format!("Forget {}", n + 1))).collect();
            Told::line(text).with(row)
        }
    })
}

/// The memories that hold the words as they stand; where none does, those that share the most of them, by
/// their stems.
fn best<'k>(known: &'k [Known], what: &str) -> Vec<&'k Known> {
    let lower = what.to_lowercase();
    let holds = |known: &&Known| known.fact.text.to_lowercase().contains(&lower);
    let exact: Vec<&Known> = known.iter().filter(holds).take(MOST).collect();
    if !exact.is_empty() {
        return exact;
    }
    let wanted = words(what);
    let shared = |known: &Known| words(&known.fact.text).intersection(&wanted).count();
    let mut scored: Vec<(usize, &Known)> =
        known.iter().map(|known| (shared(known), known)).filter(|(n, _)| *n > 0).collect();
    // Stable: among equals the newest stays first.
    scored.sort_by_key(|(n, _)| Reverse(*n));
    let most = scored.first().map_or(0, |(n, _)| *n);
    scored.into_iter().filter(|(n, _)| *n * 2 > most).take(MOST).map(|(_, known)| known).collect()
}

fn words(text: &str) -> HashSet<u32> {
    terms(text).into_iter().filter(|term| *term >= MARKS).collect()
}

#[cfg(test)]
mod tests {
    use store::{About, Fact, Origin, Scope, Space};
    use twilight_model::id::Id;

    use super::*;

    fn known(text: &str) -> Known {
        Known {
            scope: Scope::new(Space::Channel(Id::new(9)), "grim".parse().unwrap()),
            about: About::Place,
            name: String::new(),
            fact: Fact {
                id: "1".to_owned(),
                text: text.to_owned(),
                by: Id::new(7),
                by_name: "Ann".to_owned(),
                to: None,
                channel_id: Id::new(9),
                message_id: None,
                at_ms: 0,
                until_ms: None,
                origin: Origin::Told,
                weight: 5,
            },
            right: Right::Own,
        }
    }

    #[test]
    fn a_memory_is_found_by_some_of_its_words() {
        let all = ["I am allergic to nuts", "my cat is called Soup", "I walk the dogs on Fridays"];
        let known: Vec<Known> = all.iter().map(|text| known(text)).collect();
        let found = |what: &str| {
            best(&known, what).iter().map(|known| known.fact.text.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(found("CALLED SOUP"), [all[1]]);
        assert_eq!(found("walking the dog"), [all[2]]);
        assert_eq!(found("the nut allergy"), [all[0]]);
        assert_eq!(found("I"), all, "one letter stands in all of them");
        assert_eq!(found("the moon"), [""; 0]);
    }

    #[test]
    fn of_many_like_each_other_only_as_many_as_fit_are_offered() {
        let known: Vec<Known> = (0..5_000).map(|n| known(&format!("soup number {n}"))).collect();
        assert_eq!(best(&known, "soup").len(), MOST);
        assert_eq!(best(&known, "soups").len(), MOST);
    }
}
