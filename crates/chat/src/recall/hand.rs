//! What is handed over to whoever answers.

use super::{
    dates::day_of,
    index::{Index, Message},
    score::Hit,
    term::Mark,
};
use crate::tokens;

/// A message handed over, to stand in a prompt as something remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// Which message it is.
    pub id: u64,
    /// Where it was said.
    pub channel: u64,
    /// Who said it, as an opaque id.
    pub speaker: String,
    /// What they are called.
    pub name: String,
    /// When it was said, in milliseconds since the Unix epoch.
    pub at_ms: u64,
    /// What was said; a long text is cut off with `…`.
    pub text: String,
    /// Whether it was found. Otherwise it stands beside one that was, and gives it its sense.
    pub is_hit: bool,
}

impl Remembered {
    /// The day it was said, in UTC, as in `2026-05-03`.
    pub fn day(&self) -> String {
        day_of(self.at_ms).map(|day| day.to_string()).unwrap_or_default()
    }
}

/// A question of which no message has such a share is about something that was never said. Three of five that were
/// asked of a stranger's history stay below it, and one of ten that were asked of their own.
const ENOUGH: f32 = 0.28;
/// What has less than this stands in the list by its company.
const ANYTHING: f32 = 0.15;
/// The longest text of one message, in characters.
const MAX_CHARS: usize = 600;
/// A message of so few terms is read only with the one before it.
const SHORT: u32 = 4;
/// How long ago the message may be that gives another its sense.
const HOUR_MS: u64 = 3_600_000;

/// What is worth telling of the hits, each with the neighbour that gives it its sense, oldest first and each once, within `max_tokens`.
/// The best go in first; `exclude` tells which messages, by their ids, the reader has anyway. Nothing is handed
/// over where the question found too little: a wrong memory is worse than none.
pub fn handed_over(
    index: &Index,
    hits: &[Hit],
    max_tokens: usize,
    exclude: &dyn Fn(u64) -> bool,
) -> Vec<Remembered> {
    let mut taken: Vec<Remembered> = Vec::new();
    let mut n_left = max_tokens;
    if hits.iter().all(|hit| hit.share < ENOUGH) {
        return taken;
    }
    for hit in hits.iter().filter(|hit| hit.share >= ANYTHING) {
        let Some(number) = index.number(hit.id) else { continue };
        let beside = index.sense_of(number).filter(|message| !exclude(message.id));
        let Some(message) = index.get(hit.id).filter(|message| !exclude(message.id)) else {
            continue;
        };
        // A hit may have been somebody's neighbour.
        if let Some(known) = taken.iter_mut().find(|known| known.id == hit.id) {
            known.is_hit = true;
        }
        let new = [(Some(message), true), (beside, false)];
        let new = new.into_iter().filter_map(|(message, is_hit)| Some((message?, is_hit)));
        for (message, is_hit) in new {
            if taken.iter().any(|known| known.id == message.id) {
                continue;
            }
            let remembered = remembered(message, is_hit);
            let n = cost(&remembered);
            if n > n_left {
                break;
            }
            n_left -= n;
            taken.push(remembered);
        }
    }
    taken.sort_by_key(|remembered| (remembered.at_ms, remembered.id));
    taken
}

impl Index {
    /// The message that gives another its sense: what it replies to; the question it answers; of a question,
    /// the answer; of a few words, what was said before them.
    fn sense_of(&self, number: u32) -> Option<&Message> {
        let place = &self.places[number as usize];
        let parent = self.entry(number)?.message.reply_to.and_then(|id| self.get(id));
        if parent.is_some() {
            return parent;
        }
        let line = &self.channels[place.channel as usize];
        let at = place.position as usize;
        let beside = |at: usize| {
            let number = *line.get(at)?;
            let other = &self.places[number as usize];
            let is_near = other.at_ms.abs_diff(place.at_ms) <= HOUR_MS;
            is_near.then_some((number, other))
        };
        let asks = |place: &super::index::Place| place.marks & Mark::Question.bit() != 0;
        let found = if asks(place) {
            beside(at + 1)
        } else {
            at.checked_sub(1).and_then(beside).filter(|(_, before)| {
                place.n_terms < SHORT || asks(before) && before.speaker != place.speaker
            })
        };
        self.entry(found?.0).map(|entry| &entry.message)
    }
}

fn remembered(message: &Message, is_hit: bool) -> Remembered {
    let Message { id, channel, speaker, name, at_ms, text, .. } = message;
    let text = match text.char_indices().nth(MAX_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.clone(),
    };
    let (speaker, name) = (speaker.clone(), name.clone());
    Remembered { id: *id, channel: *channel, speaker, name, at_ms: *at_ms, text, is_hit }
}

/// Day, name and text on a line.
fn cost(remembered: &Remembered) -> usize {
    tokens::estimate(&remembered.day())
        + tokens::estimate(&remembered.name)
        + tokens::estimate(&remembered.text)
}
