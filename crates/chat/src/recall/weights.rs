//! How much everything counts. Found on histories of a dozen people, and checked on others; near these values
//! none of them matters much, and that is why they are trusted.

/// How much everything counts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Weights {
    /// How soon saying a word again adds nothing: BM25's k1. Low, since chat repeats for fun.
    pub(super) k1: f32,
    /// How much a long message has to say to keep up with a short one: BM25's b.
    pub(super) b: f32,
    /// A word of the asking: "tell", "kind".
    pub(super) frame: f32,
    /// A word that is common wherever people talk: "keep", "nice".
    pub(super) light: f32,
    /// A word of time, or a number, which is also read as a date.
    pub(super) time_word: f32,
    /// Another word for what is asked.
    pub(super) alike: f32,
    /// A thing of the kind that is asked for.
    pub(super) instance: f32,
    /// A word one letter away from one that nobody ever used.
    pub(super) slip: f32,
    /// A rare word one letter away from a common one.
    pub(super) rare_slip: f32,
    /// Half of a word that nobody ever used.
    pub(super) half: f32,
    /// Said by whom the question names, or by the asker who says "I".
    pub(super) named: f32,
    /// Said by the asker, where somebody else is named as well.
    pub(super) asker_too: f32,
    /// Said right after one of those spoke.
    pub(super) after_them: f32,
    /// Said right before.
    pub(super) before_them: f32,
    /// Names one of them.
    pub(super) names_them: f32,
    /// What the whole talk has to say, lent to each message of it.
    pub(super) talk: f32,
    /// Lent by a question to what another person says next.
    pub(super) lend_answer: f32,
    /// Lent to what the same person says next.
    pub(super) lend_same: f32,
    /// Lent to what the same person said just before.
    pub(super) lend_same_before: f32,
    /// Lent to what another person says next.
    pub(super) lend_after: f32,
    /// Lent to what another person said just before.
    pub(super) lend_before: f32,
    /// Lent along a reply, both ways.
    pub(super) lend_reply: f32,
    /// What is left of a loan with each message further.
    pub(super) fade: f32,
    /// The least share of the question that is worth a loan.
    pub(super) least: f32,
    /// A message that only asks.
    pub(super) question: f32,
    /// One that asks with no other words than the question's: the same question, once before.
    pub(super) same_question: f32,
    /// A message with a name or a reason in it, where one is asked for.
    pub(super) mark: f32,
    /// A message with a time or a number in it, where one is asked for.
    pub(super) time_mark: f32,
    /// What a message without a word of its own is short of a full one.
    pub(super) empty: f32,
    /// A time the question names, as if it were a word.
    pub(super) date: f32,
    /// What more a message counts that was said at that time.
    pub(super) in_date: f32,
    /// The newest before the oldest, in a tie.
    pub(super) recent: f32,
    /// The same where the question asks for the newest, or the oldest.
    pub(super) age: f32,
    /// The least share of the question that is worth telling.
    pub(super) floor: f32,
    /// The least share of the best hit's score.
    pub(super) relative_floor: f32,
}

/// How much everything counts.
pub(super) const WEIGHTS: Weights = Weights {
    k1: 1.0,
    b: 0.25,
    frame: 0.3,
    light: 0.7,
    time_word: 0.7,
    alike: 0.5,
    instance: 0.4,
    slip: 0.7,
    rare_slip: 0.4,
    half: 0.6,
    named: 2.2,
    asker_too: 1.4,
    after_them: 1.4,
    before_them: 1.2,
    names_them: 1.4,
    talk: 0.3,
    lend_answer: 0.8,
    lend_same: 0.6,
    lend_same_before: 0.5,
    lend_after: 0.55,
    lend_before: 0.3,
    lend_reply: 0.6,
    fade: 0.8,
    least: 0.02,
    question: 0.75,
    same_question: 0.6,
    mark: 1.2,
    time_mark: 1.4,
    empty: 0.5,
    date: 0.8,
    in_date: 0.7,
    recent: 0.02,
    age: 0.3,
    floor: 0.05,
    relative_floor: 0.15,
};
