//! The sheet on which a question's score is kept: what each message has, and what each talk has.

/// What each message and each talk has so far. A thing asked for counts once in each, at its best.
pub(super) struct Sheet {
    messages: Column,
    talks: Column,
}

struct Column {
    sums: Vec<f32>,
    /// The thing at hand.
    best: Vec<f32>,
    touched: Vec<u32>,
    /// Everything with a sum, in no order.
    scored: Vec<u32>,
}

impl Sheet {
    /// An empty sheet for `n` messages.
    pub(super) fn new(n: usize) -> Self {
        Self { messages: Column::new(n), talks: Column::new(n) }
    }

    /// A message has the thing at hand, at least so well.
    pub(super) fn raise(&mut self, message: u32, value: f32) {
        self.messages.raise(message, value);
    }

    /// A talk has the thing at hand, at least so well.
    pub(super) fn raise_talk(&mut self, talk: u32, value: f32) {
        self.talks.raise(talk, value);
    }

    /// The thing at hand is done with.
    pub(super) fn add_up(&mut self) {
        self.messages.add_up();
        self.talks.add_up();
    }

    /// The messages that have anything, each with its sum.
    pub(super) fn messages(&self) -> impl Iterator<Item = (u32, f32)> {
        self.messages.scored.iter().map(|message| (*message, self.messages.sums[*message as usize]))
    }

    /// What a talk has.
    pub(super) fn of_talk(&self, talk: u32) -> f32 {
        self.talks.sums[talk as usize]
    }
}

impl Column {
    fn new(n: usize) -> Self {
        Self { sums: vec![0.0; n], best: vec![0.0; n], touched: Vec::new(), scored: Vec::new() }
    }

    fn raise(&mut self, number: u32, value: f32) {
        let known = &mut self.best[number as usize];
        if *known == 0.0 {
            self.touched.push(number);
        }
        *known = known.max(value);
    }

    fn add_up(&mut self) {
        for number in self.touched.drain(..) {
            let value = std::mem::take(&mut self.best[number as usize]);
            let sum = &mut self.sums[number as usize];
            if *sum == 0.0 {
                self.scored.push(number);
            }
            *sum += value;
        }
    }
}
