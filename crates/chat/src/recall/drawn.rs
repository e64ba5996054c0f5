//! What an answer is drawn from: whose words stand in it again.

use std::collections::HashSet;

use super::{
    term::{Term, pairs, stem},
    vocabulary,
    word::{Piece, pieces},
};

/// The words with a meaning that an answer has and its question had not.
#[derive(Clone, Debug)]
pub struct Drawn(HashSet<Term>);

impl Drawn {
    /// Those of an answer to a question.
    pub fn new(answer: &str, question: &str) -> Self {
        let asked: HashSet<Term> = words(question).collect();
        Self(words(answer).filter(|word| !asked.contains(word)).collect())
    }

    /// Whether one of them stands in a source as well. Translated or told in other words it is not found.
    pub fn is_from(&self, source: &str) -> bool {
        words(source).any(|word| self.0.contains(&word))
    }
}

fn words(text: &str) -> impl Iterator<Item = Term> {
    pieces(text).into_iter().flat_map(|piece| match piece {
        Piece::Word(word) => {
            let plain = word.plain.as_str();
            let is_empty = vocabulary::is_stop(plain)
                || vocabulary::is_light(plain)
                || vocabulary::is_frame(plain);
            let stem = if is_empty { None } else { stem(plain) };
            stem.map(|stem| Term::of(&stem)).into_iter().collect()
        }
        Piece::Run(run) => pairs(run),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_drawn_from_whoever_said_its_words() {
        let drawn = Drawn::new("Her cat? Biscuit, of course!", "What is Ann's cat called?");
        assert!(drawn.is_from("my cat is called Biscuit"));
        assert!(drawn.is_from("i bake biscuits"), "another's word is as good");
        assert!(!drawn.is_from("My cat is called Tom"), "the question brought the others");
        assert!(!Drawn::new("I do not know.", "Who is it?").is_from("I do not know either"));
        assert!(Drawn::new("小白です", "犬の名前は？").is_from("犬は小白"));
    }
}
