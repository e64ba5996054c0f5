//! What `den up` says on the terminal. A terminal that is gone does not end a den: nothing here can fail.

use std::{
    fmt::Display,
    io::{Write, stdout},
    net::SocketAddr,
};

use owo_colors::{OwoColorize, Stream::Stdout};
use personality::Roster;

use crate::up::Den;

/// The den is up, and this is its page.
pub fn ready(den: &Den, address: SocketAddr) {
    introduce(&den.roster, &den.model_note);
    let url = format!("http://{address}/");
    line(format_args!("Talk to them at {}", url.if_supports_color(Stdout, |url| url.bold())));
    end();
}

/// The den is in the real Discord.
pub fn joined(bot: &str, roster: &Roster, model_note: &str) {
    introduce(roster, model_note);
    line(format_args!("{} listens on Discord.", bot.if_supports_color(Stdout, |name| name.bold())));
    end();
}

/// The den is going down.
pub fn stopping() {
    line("Finishing what was begun …");
}

fn introduce(roster: &Roster, model_note: &str) {
    line("");
    for who in roster.iter() {
        let name = who.name.if_supports_color(Stdout, |name| name.bold());
        line(format_args!("{name} — {}", who.summary));
    }
    line("");
    line(unmarked(model_note));
    line("");
}

fn end() {
    let how = "Ctrl-C stops the den; what they remember stays.";
    line(how.if_supports_color(Stdout, |text| text.dimmed()));
    line("");
}

fn line(text: impl Display) {
    let _ = writeln!(stdout(), "  {text}");
}

/// The note is markdown for the page; a terminal shows it plain.
pub(crate) fn unmarked(note: &str) -> String {
    note.replace("**", "").replace('`', "")
}
