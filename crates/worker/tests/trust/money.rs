//! What is spent: never more than may be, whoever asks at once, and whatever breaks.

mod crash;
mod crowd;
mod purse;
