//! After the person has the answer: what is remembered, and the claims closed.

use chat::{Explanation, Outcome};
use futures_util::future::{join_all, try_join_all};
use personality::Personality;
use queue::{Event, EventId, What};
use store::{Attempt, Claimed, Error, ReplyRow, Shown, Speaker, Store, WindowTurn};
use twilight_model::id::Id;

use crate::clock::now_ms;

/// What a turn came to.
pub(crate) struct Settled<'a> {
    pub(crate) store: &'a Store,
    pub(crate) who: &'a Personality,
    /// The events answered together; the first one leads.
    pub(crate) events: &'a [Event],
    /// Events answered with them that were not delivered this time.
    pub(crate) absent: &'a [EventId],
    pub(crate) attempt: &'a Attempt,
    pub(crate) shown: &'a [Shown],
    /// What it said in words of its own; nothing for fixed lines.
    pub(crate) said: Option<&'a str>,
    pub(crate) why: &'a Explanation,
    /// Whether what people said is kept in the window.
    pub(crate) remember: bool,
}

/// Writes it all down, then closes the claims: the members' first, the leader's last, so that a crash in
/// between finds the leader open and finishes rather than answers again.
///
/// # Errors
/// The store's; then the leader's claim is open, and the next attempt comes back here.
pub(crate) async fn settle(settled: Settled<'_>) -> Result<(), Error> {
    let Settled { store, who, events, absent, attempt, shown, said, why, remember } = settled;
    let leader = &events[0];
    let turns = if remember { turns(events, shown, said) } else { Vec::new() };
    tokio::try_join!(
        keep_rows(store, who, events, shown, why),
        store.remember_turns(leader.channel_id, &who.id, &turns, now_ms()),
    )?;

    let why_json = why.to_json();
    let spoke = why.outcome != Outcome::Silent;
    // What was not delivered is not claimed yet; closed ones, and ones another attempt is at, stay theirs.
    let claimed = join_all(absent.iter().map(|id| store.claim(id, absent, attempt))).await;
    let taken =
        absent.iter().zip(claimed).filter(|(_, claim)| matches!(claim, Ok(Claimed::Won(_))));
    let members = events[1..].iter().map(|event| &event.id).chain(taken.map(|(id, _)| id));
    let closed = join_all(members.map(|id| store.close(id, attempt, spoke, &why_json))).await;
    closed.into_iter().collect::<Result<Vec<()>, Error>>()?;
    store.close(&leader.id, attempt, spoke, &why_json).await
}

/// Keeps a row for every message shown: whose it is, and why it was said.
///
/// # Errors
/// The store's.
pub(crate) async fn keep_rows(
    store: &Store,
    who: &Personality,
    events: &[Event],
    shown: &[Shown],
    why: &Explanation,
) -> Result<(), Error> {
    let last = events.last().expect("a turn has at least one event");
    let (why, now) = (why.to_json(), now_ms());
    let rows = shown.iter().map(|message| ReplyRow {
        message_id: message.message_id,
        channel_id: message.channel_id,
        personality: who.id.clone(),
        event: events[0].id.clone(),
        asker: last.author.id,
        why: why.clone(),
    });
    try_join_all(rows.map(|row| async move { store.keep_reply(&row, now).await })).await.map(drop)
}

/// Gives up every claim of a turn that is to be tried again, so that the next attempt need not wait for the
/// lock and does not count this one as a crash. Best effort: a lock runs out by itself.
pub(crate) async fn give_up(
    store: &Store,
    events: impl Iterator<Item = &EventId>,
    attempt: &Attempt,
) {
    for given_up in join_all(events.map(|event| store.give_up(event, attempt))).await {
        if let Err(e) = given_up {
            tracing::debug!(error = %e, "a claim was not given up; it runs out");
        }
    }
}

fn turns(events: &[Event], shown: &[Shown], said: Option<&str>) -> Vec<WindowTurn> {
    let heard = events.iter().filter_map(|event| {
        let (message_id, text) = match &event.what {
            What::Message(message) => (message.id, chat::clean(&message.text, &message.mentions)),
            What::Command(command) => {
                let question = command.options.get("question").map_or("", String::as_str);
                (Id::new(command.id.get()), chat::clean(question, &[]))
            }
        };
        let speaker =
            Speaker::Person { id: event.author.id, name: chat::clean_name(&event.author.name) };
        (!text.is_empty()).then_some(WindowTurn { message_id, speaker, text })
    });
    let own = said.zip(shown.first()).map(|(text, first)| WindowTurn {
        message_id: first.message_id,
        speaker: Speaker::Me,
        text: text.to_owned(),
    });
    heard.chain(own).collect()
}
