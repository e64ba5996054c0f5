//! A page of memories, with what may be done with each.

use personality::PersonalityId;
use store::{About, Fact};
use twilight_model::{
    channel::message::{Component, component::ButtonStyle},
    id::Id,
};

use super::{
    entry::{Right, Subject, read_about},
    listing::{Known, and_yet, known},
    name_of, named,
};
use crate::steward::{Asked, Told, Trouble, told::button};

/// Memories on a page: as many as a row has buttons.
const PAGE: usize = 5;
/// Characters of a memory shown however many stand beside it.
const FEWEST_CHARS: usize = 60;
/// Characters of a page, below what a message holds.
const ROOM: usize = 1_950;
/// Characters of a name.
const NAME: usize = 32;

/// Which page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    /// From 0; beyond the last, the last.
    pub(super) page: usize,
    /// Only what is about this subject.
    pub(super) only: Option<About>,
}

/// Answers `/memories`.
pub(super) async fn open(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let who = match named(asked) {
        Ok(who) => who,
        Err(told) => return Ok(told),
    };
    let only = match asked.option("about") {
        None => None,
        Some(id) => match id.parse().ok().and_then(Id::new_checked) {
            Some(user) => Some(About::Person(user)),
            None => {
                return Ok(Told::line(
                    "I do not know whom you mean. Leave `about` out to see all.",
                ));
            }
        },
    };
    show(asked, &who.id, View { page: 0, only }, None).await
}

/// Turns to another page.
pub(super) async fn turned(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let arguments = asked.arguments();
    let read = || {
        let (personality, page, only) = match arguments.as_slice() {
            [personality, page] => (personality, page, None),
            [personality, page, about] => (personality, page, Some(read_about(about)?)),
            _ => return None,
        };
        Some((personality.parse().ok()?, View { page: page.parse().ok()?, only }))
    };
    let Some((personality, view)): Option<(PersonalityId, View)> = read() else {
        return Ok(Told::line("This page is not there any more. Use `/memories` again."));
    };
    show(asked, &personality, view, None).await
}

/// A page, with what happened on top.
pub(super) async fn show(
    asked: &Asked<'_>,
    personality: &PersonalityId,
    view: View,
    happened: Option<String>,
) -> Result<Told, Trouble> {
    let known = known(asked, personality, view.only).await?;
    let name = name_of(asked, personality);
    let n_pages = known.len().div_ceil(PAGE).max(1);
    let page = view.page.min(n_pages - 1);
    let first = page * PAGE;
    let shown: Vec<&Known> = known.iter().skip(first).take(PAGE).collect();

    let mut head = happened.map(|happened| happened + "\n\n").unwrap_or_default();
    let is_other = view.only.is_some_and(|only| is_other(asked, only));
    head.push_str(&match (known.len(), is_other) {
        (0, true) => format!("{name} remembers nothing here that concerns you."),
        (0, false) => {
            let and_yet = and_yet(asked, personality).await?;
            format!("{name} remembers nothing here that concerns you.{and_yet}")
        }
        (1, false) => format!("{name} remembers one thing here that concerns you."),
        (n, false) => format!("{name} remembers {n} things here that concern you."),
        (n, true) => format!("{n} of them you told {name} here; the rest is shown to them alone."),
    });
    if n_pages > 1 {
        head.push_str(&format!(" Page {} of {n_pages}.", page + 1));
    }
    let told = Told::line(text(asked, &head, &shown, first));
    let told = buttons(told, &shown, first, page, view.only.is_some());
    Ok(turning(told, personality, page, n_pages, view.only))
}

fn is_other(asked: &Asked<'_>, only: About) -> bool {
    matches!(only, About::Person(user) if user != asked.who().id)
}

/// The page's text. Where not all of it fits, every memory is cut to the same length.
fn text(asked: &Asked<'_>, head: &str, shown: &[&Known], first: usize) -> String {
    let sources: Vec<String> = shown.iter().map(|known| source(asked, known)).collect();
    let mut taken = head.chars().count();
    taken += sources.iter().map(|source| source.chars().count() + 16).sum::<usize>();
    let room = ROOM.saturating_sub(taken) / shown.len().max(1);
    let room = room.clamp(FEWEST_CHARS, store::MOST_CHARS);
    let mut text = head.to_owned();
    for (n, (known, source)) in shown.iter().zip(sources).enumerate() {
        let words = chat::plain(&known.fact.text, room);
        text.push_str(&format!("\n**{}.** {words}\n-# {source}", first + n + 1));
    }
    text
}

/// Whom a memory is about, who said so, when, and where it can be read.
fn source(asked: &Asked<'_>, known: &Known) -> String {
    let Fact { by, by_name, at_ms, channel_id, message_id, .. } = &known.fact;
    let me = asked.who().id;
    let about = match known.about {
        About::Place => "this place".to_owned(),
        About::Person(user) if user == me => "you".to_owned(),
        About::Person(_) => chat::plain(&known.name, NAME),
    };
    let by = if *by == me { "you".to_owned() } else { chat::plain(by_name, NAME) };
    let mut source = format!("about {about} · said by {by} · <t:{}:d>", at_ms / 1000);
    if let Some(message) = message_id {
        let place = asked.guild().map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
        let link = format!("https://discord.com/channels/{place}/{channel_id}/{message}");
        source.push_str(&format!(" · [source]({link})"));
    }
    source
}

/// A row to correct and a row to forget, for those that the person may change.
fn buttons(told: Told, shown: &[&Known], first: usize, page: usize, is_narrow: bool) -> Told {
    let row = |verb: &str, sign: &str, style: ButtonStyle| -> Vec<Component> {
        let numbered = shown.iter().enumerate().filter(|(_, known)| known.right != Right::None);
        let one = |(n, known): (usize, &&Known)| {
            let id = known.entry(page, is_narrow).button_id(verb);
            button(id, format!("{sign} {}", first + n + 1), style)
        };
        numbered.map(one).collect()
    };
    let (fix, drop) =
        (row("fix", "✏️", ButtonStyle::Secondary), row("drop", "🗑️", ButtonStyle::Secondary));
    if fix.is_empty() { told } else { told.with(fix).with(drop) }
}

/// A row to turn the page, where there are several.
fn turning(
    told: Told,
    personality: &PersonalityId,
    page: usize,
    n_pages: usize,
    only: Option<About>,
) -> Told {
    let turn = |to: usize, sign: &str| {
        let only = only.map(|only| format!(":{}", Subject(only))).unwrap_or_default();
        button(format!("memories:{personality}:{to}{only}"), sign, ButtonStyle::Secondary)
    };
    let back = (page > 0).then(|| turn(page - 1, "◀"));
    let on = (page + 1 < n_pages).then(|| turn(page + 1, "▶"));
    let row: Vec<Component> = back.into_iter().chain(on).collect();
    if row.is_empty() { told } else { told.with(row) }
}
