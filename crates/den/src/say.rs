//! What `den up` says on the terminal.

use std::net::SocketAddr;

use owo_colors::{OwoColorize, Stream::Stdout};
use personality::Roster;

use crate::up::Den;

/// The den is up, and this is its page.
pub fn ready(den: &Den, address: SocketAddr) {
    println!();
    introduce(&den.roster);
    println!("  {}", unmarked(&den.model_note));
    println!();
    let url = format!("http://{address}/");
    println!("  Talk to them at {}", url.if_supports_color(Stdout, |url| url.bold()));
    println!(
        "  {}",
        "Ctrl-C stops the den; what they remember stays.".if_supports_color(Stdout, |t| t.dimmed())
    );
    println!();
}

/// The den is in the real Discord.
pub fn joined(bot: &str, roster: &Roster, model_note: &str) {
    println!();
    introduce(roster);
    println!("  {}", unmarked(model_note));
    println!();
    println!("  {} listens on Discord.", bot.if_supports_color(Stdout, |name| name.bold()));
    println!(
        "  {}",
        "Ctrl-C stops the den; what they remember stays.".if_supports_color(Stdout, |t| t.dimmed())
    );
    println!();
}

/// The den is going down.
pub fn stopping() {
    println!("  Finishing what was begun …");
}

fn introduce(roster: &Roster) {
    for who in roster.iter() {
        println!("  {} — {}", who.name.if_supports_color(Stdout, |name| name.bold()), who.summary);
    }
    println!();
}

/// The note is markdown for the page; a terminal shows it plain.
pub(crate) fn unmarked(note: &str) -> String {
    note.replace("**", "").replace('`', "")
}
