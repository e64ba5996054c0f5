//! The page as a browser sees it.

mod bot;
mod commands;
mod den;
mod guard;
mod messages;
mod talk;
