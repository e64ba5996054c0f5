//! Which facts have a place in the prompt.

use std::collections::HashSet;

use crate::{
    recall::{Term, terms},
    tokens::estimate,
};

/// Days after which a distilled fact of the least weight counts half; a heavier one in proportion longer.
const HALF_LIFE_DAYS: f64 = 14.0;
const DAY_MS: f64 = 86_400_000.0;

/// A fact that competes for a place.
#[derive(Clone, Copy, Debug)]
pub struct Statement<'a> {
    /// What is so.
    pub text: &'a str,
    /// When it was said, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// How much it matters, from 1 to 10.
    pub weight: u8,
    /// Whether somebody asked for it to be remembered: then it does not fade.
    pub is_told: bool,
    /// Whether it is about who asks.
    pub is_about_asker: bool,
    /// Whether the person it is about said it themselves: what others say is weaker.
    pub is_own: bool,
}

/// The places of the statements that are handed over, oldest first, at most `tokens` of them: those that have to
/// do with the question first, then what matters most. `hints` is what the personality pricks up its ears at.
pub fn choose(
    statements: &[Statement<'_>],
    question: &str,
    hints: &[&str],
    now_ms: u64,
    tokens: usize,
) -> Vec<usize> {
    let wanted: HashSet<Term> = terms(question).into_iter().collect();
    let dear: HashSet<Term> = hints.iter().flat_map(|hint| terms(hint)).collect();
    let mut ranked: Vec<(f64, usize)> = statements
        .iter()
        .enumerate()
        .map(|(place, statement)| (worth(statement, &wanted, &dear, now_ms), place))
        .collect();
    // Of two that are worth the same, the newer one first.
    ranked.sort_by(|(a, place_a), (b, place_b)| {
        b.total_cmp(a).then(statements[*place_b].at_ms.cmp(&statements[*place_a].at_ms))
    });
    let mut room = tokens;
    let mut chosen = Vec::new();
    for (_, place) in ranked {
        let cost = estimate(statements[place].text);
        if cost <= room {
            room -= cost;
            chosen.push(place);
        }
    }
    chosen.sort_by_key(|place| (statements[*place].at_ms, *place));
    chosen
}

fn worth(
    statement: &Statement<'_>,
    wanted: &HashSet<Term>,
    dear: &HashSet<Term>,
    now_ms: u64,
) -> f64 {
    let own = terms(statement.text);
    let shares = |others: &HashSet<Term>| own.iter().filter(|term| others.contains(term)).count();
    let weight = f64::from(statement.weight.clamp(1, 10));
    let age_days = now_ms.saturating_sub(statement.at_ms) as f64 / DAY_MS;
    let faded = match statement.is_told {
        true => 1.0,
        false => 0.5_f64.powf(age_days / (HALF_LIFE_DAYS * weight)),
    };
    let told = if statement.is_told { 2.0 } else { 1.0 };
    let who = match (statement.is_about_asker, statement.is_own) {
        (true, true) => 2.0,
        (true, false) | (false, true) => 1.3,
        (false, false) => 1.0,
    };
    let hint = if shares(dear) > 0 { 1.5 } else { 1.0 };
    weight * faded * told * who * hint + 40.0 * shares(wanted) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_795_219_200_000;
    const DAY: u64 = 86_400_000;

    fn statement(text: &str, days_ago: u64) -> Statement<'_> {
        Statement {
            text,
            at_ms: NOW - days_ago * DAY,
            weight: 5,
            is_told: false,
            is_about_asker: true,
            is_own: true,
        }
    }

    fn chosen<'a>(statements: &[Statement<'a>], question: &str, tokens: usize) -> Vec<&'a str> {
        let places = choose(statements, question, &["food someone dislikes"], NOW, tokens);
        places.into_iter().map(|place| statements[place].text).collect()
    }

    #[test]
    fn what_was_asked_about_comes_before_what_is_new() {
        let statements = [statement("plays the cello badly", 300), statement("was tired today", 0)];
        assert_eq!(chosen(&statements, "how is the cello?", 10), ["plays the cello badly"]);
        assert_eq!(chosen(&statements, "hello", 10), ["was tired today"]);
    }

    #[test]
    fn what_somebody_asked_to_be_remembered_does_not_fade() {
        let told = Statement { is_told: true, weight: 1, ..statement("allergic to nuts", 900) };
        let statements = [told, statement("liked the soup a lot", 200)];
        assert_eq!(chosen(&statements, "hello", 9), ["allergic to nuts"]);
    }

    #[test]
    fn what_the_personality_cares_for_weighs_more() {
        let statements = [statement("dislikes olives in food", 3), statement("has a red bike", 3)];
        assert_eq!(chosen(&statements, "hello", 10), ["dislikes olives in food"]);
    }

    #[test]
    fn all_that_has_room_is_handed_over_oldest_first() {
        let statements = [statement("new", 1), statement("old", 5)];
        assert_eq!(chosen(&statements, "hello", 400), ["old", "new"]);
    }
}
