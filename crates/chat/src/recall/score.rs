//! Which messages answer a question best.
//!
//! Words alone find half of the answers in chat, as the answer often stands beside the words: "Did you name him
//! yet?" "Yes! Biscuit." So each thing asked for counts in a message as well as it is said in it, or nearly as
//! well as it is said close by; and on top of that count whose words they are, the talk they are part of, and
//! what kind of answer is wanted.

use super::{
    asked::{Age, Asked},
    concept::Concept,
    dates::{self, Span},
    index::{Entry, Index, Place},
    query::Query,
    sheet::Sheet,
    term::{Mark, Term},
    weights::WEIGHTS,
};

/// A message that may answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Its id.
    pub id: u64,
    /// How well it answers; only to be compared with other hits of the same question.
    pub score: f32,
    /// Which share of what the question asks for is said in it or close by, from nought to about one.
    pub share: f32,
}

/// How long after a message another still belongs to it.
const HOUR_MS: u64 = 3_600_000;
/// The rarity of a word that one message in seven has.
const COMMON: f32 = 2.0;
/// How many messages away it may stand.
const NEIGHBOURS: usize = 12;

impl Index {
    /// The messages that answer a question, best first, and none where nothing is to be found. Takes time with
    /// the number of messages that have the question's words, about 0.1 ms in 5,000 messages.
    pub fn recall(&self, query: &Query<'_>) -> Vec<Hit> {
        if self.is_empty() || query.k == 0 {
            return Vec::new();
        }
        let asked = Asked::read(query, self);
        let mut whole: f32 = asked.concepts.iter().map(|thing| self.weight(thing)).sum();
        let mut sheet = Sheet::new(self.places.len());
        for thing in &asked.concepts {
            self.add(thing, whole * WEIGHTS.least, &mut sheet);
        }
        if !asked.spans.is_empty() {
            whole += self.add_dates(&asked.spans, &mut sheet);
        }
        let mut hits = self.weigh(&asked, query, &sheet, whole);
        // The later of two that are as good; ids make it one order, whatever the order things came in.
        let order = |a: &Candidate, b: &Candidate| {
            b.score.total_cmp(&a.score).then((b.at_ms, b.id).cmp(&(a.at_ms, a.id)))
        };
        if hits.len() > query.k {
            hits.select_nth_unstable_by(query.k - 1, order);
            hits.truncate(query.k);
        }
        hits.sort_unstable_by(order);
        let floor = hits.first().map_or(0.0, |best| best.score * WEIGHTS.relative_floor);
        let hits = hits.into_iter().take_while(|hit| hit.score >= floor);
        hits.map(|Candidate { id, score, share, .. }| Hit { id, score, share }).collect()
    }

    /// How rare a term is. A rare word for a common thing says no more than the common word.
    fn rarity_of(&self, term: Term, thing: &Concept) -> f32 {
        let rarity = |term| self.rarity(self.n_with(term));
        rarity(term).min(rarity(thing.terms[0].0).max(COMMON))
    }

    /// How much of the question a thing is.
    fn weight(&self, thing: &Concept) -> f32 {
        let weights =
            thing.terms.iter().map(|(term, weight)| weight * self.rarity_of(*term, thing));
        thing.weight * weights.fold(0.0, f32::max)
    }

    /// Writes down who says the thing, and who stands beside it. Loans of less than `least` are not made.
    fn add(&self, thing: &Concept, least: f32, sheet: &mut Sheet) {
        for (term, weight) in &thing.terms {
            let Some(postings) = self.postings.get(term) else { continue };
            let weight = thing.weight * weight * self.rarity_of(*term, thing);
            for posting in postings {
                let place = &self.places[posting.entry as usize];
                let value = weight * self.saturated(posting.n, place);
                sheet.raise(posting.entry, value);
                sheet.raise_talk(place.talk, value);
                self.lend(posting.entry, value, least, sheet);
            }
        }
        sheet.add_up();
    }

    /// How often a word is said in a message, as BM25 counts it.
    fn saturated(&self, n: u32, place: &Place) -> f32 {
        let w = &WEIGHTS;
        let n = n as f32;
        let length = 1.0 - w.b + w.b * place.n_terms as f32 / self.average_length();
        n * (w.k1 + 1.0) / (n + w.k1 * length)
    }

    /// Lends what a message says to those beside it, in time and along replies.
    fn lend(&self, from: u32, value: f32, least: f32, sheet: &mut Sheet) {
        let w = &WEIGHTS;
        let place = &self.places[from as usize];
        let (before, after) =
            self.channels[place.channel as usize].split_at(place.position as usize);
        let asks = place.marks & Mark::Question.bit() != 0;
        let (mut value_left, mut near_ms) = (value, place.at_ms);
        for number in after[1..].iter().take(NEIGHBOURS) {
            let other = &self.places[*number as usize];
            if other.at_ms - near_ms > HOUR_MS || value_left < least {
                break;
            }
            near_ms = other.at_ms;
            let share = match (other.speaker == place.speaker, asks) {
                (true, _) => w.lend_same,
                (false, true) => w.lend_answer,
                (false, false) => w.lend_after,
            };
            sheet.raise(*number, value_left * share);
            value_left *= w.fade;
        }
        (value_left, near_ms) = (value, place.at_ms);
        for number in before.iter().rev().take(NEIGHBOURS) {
            let other = &self.places[*number as usize];
            if near_ms - other.at_ms > HOUR_MS || value_left < least {
                break;
            }
            near_ms = other.at_ms;
            let is_same = other.speaker == place.speaker;
            let share = if is_same { w.lend_same_before } else { w.lend_before };
            sheet.raise(*number, value_left * share);
            value_left *= w.fade;
        }
        if self.replies.is_empty() {
            return;
        }
        let Some(Entry { message, .. }) = self.entry(from) else { return };
        let parent = message.reply_to.and_then(|id| self.number(id));
        let replies = self.replies.get(&message.id).into_iter().flatten().copied();
        for number in parent.into_iter().chain(replies) {
            sheet.raise(number, value * w.lend_reply);
        }
    }

    /// Writes down what was said in the times that a question names, or told soon after. A day says much, a
    /// year little: as with words, it is the rarer the better.
    fn add_dates(&self, spans: &[Span], sheet: &mut Sheet) -> f32 {
        let near = self.channels.iter().flatten().filter_map(|number| {
            let nearness = dates::nearness(spans, self.places[*number as usize].at_ms);
            (nearness > 0.0).then_some((*number, nearness))
        });
        let near: Vec<(u32, f32)> = near.collect();
        let n = near.iter().filter(|(_, nearness)| *nearness == 1.0).count();
        let value = self.rarity(n) * WEIGHTS.date;
        for (number, nearness) in near {
            sheet.raise(number, value * nearness);
        }
        sheet.add_up();
        value
    }

    fn weigh(&self, asked: &Asked, query: &Query<'_>, sheet: &Sheet, whole: f32) -> Vec<Candidate> {
        let w = &WEIGHTS;
        let (first_ms, last_ms) = self.times().unwrap_or_default();
        let long_ms = (last_ms - first_ms).max(1) as f32;
        let mut candidates = Vec::new();
        for (number, sum) in sheet.messages() {
            let place = &self.places[number as usize];
            let relevance = sum + w.talk * sheet.of_talk(place.talk);
            if relevance < w.floor * whole {
                continue;
            }
            let Some(entry) = self.entry(number) else { continue };
            if (query.exclude)(entry.message.id) {
                continue;
            }
            let youth = (place.at_ms - first_ms) as f32 / long_ms;
            let fit = self.whose(asked, place, entry) * kind(asked, place, entry);
            let score = relevance * fit * by_age(asked.age, youth);
            let (at_ms, id) = (place.at_ms, entry.message.id);
            candidates.push(Candidate { score, share: sum / whole, at_ms, id });
        }
        candidates
    }

    /// How well a message fits whom the question is about: they said it, or else it was said to them, or of them.
    fn whose(&self, asked: &Asked, place: &Place, entry: &Entry) -> f32 {
        let w = &WEIGHTS;
        let meant = |speaker| asked.whose.iter().find(|(who, _)| *who == speaker);
        if asked.whose.is_empty() {
            return 1.0;
        }
        if let Some((_, weight)) = meant(place.speaker) {
            return *weight;
        }
        let line = &self.channels[place.channel as usize];
        let is_theirs = |position: Option<usize>| {
            let beside = position.and_then(|position| line.get(position));
            let beside = beside.map(|number| &self.places[*number as usize]);
            let beside = beside.filter(|it| it.at_ms.abs_diff(place.at_ms) <= HOUR_MS);
            beside.is_some_and(|it| meant(it.speaker).is_some())
        };
        let position = place.position as usize;
        let mut fit = 1.0;
        if is_theirs(position.checked_sub(1)) {
            fit *= w.after_them;
        }
        if is_theirs(Some(position + 1)) {
            fit *= w.before_them;
        }
        if entry.terms.iter().any(|term| asked.names.contains(term)) {
            fit *= w.names_them;
        }
        fit
    }
}

struct Candidate {
    score: f32,
    share: f32,
    at_ms: u64,
    id: u64,
}

/// What age does: little, where it is not asked for. `youth` is one for the newest message.
fn by_age(age: Age, youth: f32) -> f32 {
    match age {
        Age::Any => 1.0 + WEIGHTS.recent * youth,
        Age::Newest => 1.0 + WEIGHTS.age * youth,
        Age::Oldest => 1.0 + WEIGHTS.age * (1.0 - youth),
    }
}

/// How well a message is of the kind that is asked for.
fn kind(asked: &Asked, place: &Place, entry: &Entry) -> f32 {
    let w = &WEIGHTS;
    let mut fit = 1.0 - w.empty / (1.0 + place.n_terms as f32);
    fit *= 1.0 + w.in_date * dates::nearness(&asked.spans, place.at_ms);
    if place.marks & Mark::Question.bit() != 0 {
        fit *= w.question;
        if !entry.terms.is_empty() && entry.terms.iter().all(|term| asked.is_for(*term)) {
            fit *= w.same_question;
        }
    }
    let wanted = asked.marks & place.marks;
    if wanted & (Mark::Time.bit() | Mark::Number.bit()) != 0 {
        fit *= w.time_mark;
    } else if wanted != 0 {
        fit *= w.mark;
    }
    fit
}
