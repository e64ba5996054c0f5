//! The behaviour of the whole, told in the users' words: a message on its way from Discord's gateway through
//! the listener, SQS and the worker to Bedrock and back to Discord, and everything that may come in between.
//!
//! A story about what becomes of the programs has a town of its own ([`world`]) in an AWS account of its own.
//! Nothing of the den is replaced: the programs are the ones that are deployed, and only addresses differ. A
//! story about what a den does has a [`home`]: the same listener and worker in one process, as `den up` runs
//! them.

#![expect(
    clippy::unwrap_used,
    reason = "a story that unwraps says all there is to say when it fails"
)]

mod account;
mod characters;
mod home;
mod looking;
mod patience;
mod process;
mod proxy;
mod telling;
mod world;

mod bad_input;
mod commands;
mod crowd;
mod lambda;
mod outage;
mod refusals;
mod restarts;
mod speaking;
mod understudy;
mod up;
mod weeks;
