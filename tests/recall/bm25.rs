//! Plain BM25 over stems, as every textbook has it: what the den's recall is held against.

use std::collections::HashMap;

use rust_stemmers::{Algorithm, Stemmer};

use crate::history::History;

/// The usual constants.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// Messages by their stems.
pub struct Bm25 {
    stemmer: Stemmer,
    ids: Vec<String>,
    lengths: Vec<f64>,
    /// How often each message has a stem.
    postings: HashMap<String, HashMap<usize, f64>>,
}

impl Bm25 {
    /// Reads all that was said.
    pub fn read(history: &History) -> Self {
        let mut bm25 = Self {
            stemmer: Stemmer::create(Algorithm::English),
            ids: Vec::new(),
            lengths: Vec::new(),
            postings: HashMap::new(),
        };
        for (at, message) in history.messages.iter().enumerate() {
            let stems = bm25.stems(&message.text);
            bm25.ids.push(message.id.clone());
            bm25.lengths.push(stems.len() as f64);
            for stem in stems {
                *bm25.postings.entry(stem).or_default().entry(at).or_default() += 1.0;
            }
        }
        bm25
    }

    /// The ids of the best messages.
    pub fn find(&self, question: &str, k: usize) -> Vec<String> {
        let n = self.ids.len() as f64;
        let average = self.lengths.iter().sum::<f64>() / n;
        let mut scores: HashMap<usize, f64> = HashMap::new();
        for stem in self.stems(question) {
            let Some(postings) = self.postings.get(&stem) else { continue };
            let n_with = postings.len() as f64;
            let rarity = (1.0 + (n - n_with + 0.5) / (n_with + 0.5)).ln();
            for (at, often) in postings {
                let length = 1.0 - B + B * self.lengths[*at] / average;
                *scores.entry(*at).or_default() +=
                    rarity * often * (K1 + 1.0) / (often + K1 * length);
            }
        }
        let mut scores: Vec<(usize, f64)> = scores.into_iter().collect();
        scores.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        scores.into_iter().take(k).map(|(at, _)| self.ids[at].clone()).collect()
    }

    fn stems(&self, text: &str) -> Vec<String> {
        let text = text.to_lowercase();
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(|word| self.stemmer.stem(word).into_owned()).collect()
    }
}
