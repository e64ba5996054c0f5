//! Answering again: the reply is taken back, and its question asked anew.

use std::collections::BTreeMap;

use queue::{Again, Command, Event, EventId, Mention, Person, Target, VERSION, What};
use store::{AskedBy, Episode, ReplyRow, Speaker};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use super::{
    rights::note,
    stop::{Stop, refused},
    take_back::{forget, remove, reply_of, shown},
};
use crate::{
    Worker,
    clock::now_ms,
    steward::{Asked, Told},
    turn::{is_over_budget, stopped, unwelcome, would_refuse},
};

const GONE: &str =
    "I no longer have the question: it was deleted, is too old, or was not to be kept. Ask again.";
/// How many answers by personalities an answer may still cause: as much as a person's own message.
const CREDIT: u8 = 3;

/// Answers the question of the reply a menu was opened on again.
pub(super) async fn again(asked: &Asked<'_>) -> Result<Told, Stop> {
    let row = reply_of(asked).await?;
    answer(asked.worker, asked.event, &row).await?;
    let who = asked.worker.roster.get(&row.personality);
    Ok(Told::line(format!("**{}** thinks again.", who.map_or("It", |who| &who.name))))
}

/// Answers the question of a reply again.
///
/// The old answer is forgotten first, so that the new one is not made of it, and leaves the channel last, so
/// that a crash in between loses nothing: delivered again, this goes on, and the question asked twice is
/// answered once.
pub(super) async fn answer(worker: &Worker, event: &Event, row: &ReplyRow) -> Result<(), Stop> {
    let asking = asking(worker, event, row).await?;
    refuse_in_vain(worker, &asking, row).await?;
    note(worker, event, row, "ask again for").await?;
    forget(worker, row, now_ms()).await?;
    for sent in worker.sink.send(&asking).await {
        sent?;
    }
    remove(worker, event, row).await
}

/// The questions of a reply, as events for whoever is to answer them: where it answered several people, what is left
/// of each.
async fn asking(worker: &Worker, event: &Event, row: &ReplyRow) -> Result<Vec<Event>, Stop> {
    let Some(who) = worker.roster.get(&row.personality) else {
        return refused("Whoever said that does not live here any more.");
    };
    if let Some(asked) = row.command.as_ref().filter(|asked| asked.name != "ask") {
        let (author, command) = used(worker, event, row, asked).await?;
        return Ok(vec![about(event, row, "again", author, What::Command(command))]);
    }
    let mut asking: Vec<Event> = Vec::new();
    let others = row.others.iter().map(|other| other.question);
    for question in others.chain(row.question) {
        let turn = worker.store.turn(row.channel_id, &who.id, question, now_ms()).await?;
        let Some(Episode { message_id, speaker: Speaker::Person { id, name }, text, .. }) = turn
        else {
            continue;
        };
        // What one person said in several lines is one question.
        let said_more = asking.iter_mut().find(|event| event.author.id == id);
        if let Some(Event { what: What::Again(again), .. }) = said_more {
            again.text = format!("{}\n{text}", again.text);
            again.question = message_id;
            continue;
        }
        let (reply, mentions) = (first_of(row), row.mentions.clone());
        let again = Again { reply, question: message_id, text, mentions };
        let label = match asking.len() {
            0 => "again".to_owned(),
            n => format!("again-{n}"),
        };
        asking.push(about(event, row, &label, Person { id, name }, What::Again(again)));
    }
    if asking.is_empty() {
        return refused(GONE);
    }
    Ok(asking)
}

/// The event that has whoever said a reply say another.
fn about(event: &Event, row: &ReplyRow, label: &str, author: Person, what: What) -> Event {
    Event {
        v: VERSION,
        id: EventId::labelled(first_of(row).get(), label, &row.personality),
        personality: row.personality.clone(),
        application_id: event.application_id,
        guild_id: event.guild_id,
        channel_id: row.channel_id,
        author,
        what,
        preceding: Vec::new(),
        credit: CREDIT,
        trace: event.trace.clone(),
        received_at_ms: event.received_at_ms,
        audience_changed_ms: event.audience_changed_ms,
    }
}

fn first_of(row: &ReplyRow) -> Id<MessageMarker> {
    row.messages.first().map_or(row.message_id, |shown| shown.message_id)
}

/// The command that a reply answered, as if it were used again by whoever used it. What it names is looked up anew,
/// as nothing but ids was kept; nobody waits for its answer.
async fn used(
    worker: &Worker,
    event: &Event,
    row: &ReplyRow,
    asked: &AskedBy,
) -> Result<(Person, Command), Stop> {
    let Some(id) = row.question.and_then(|id| Id::new_checked(id.get())) else {
        return refused(GONE);
    };
    let author = person(worker, event, row.asker).await?;
    let mut command = Command {
        id,
        token: String::new(),
        name: asked.name.clone(),
        options: BTreeMap::new(),
        target: None,
        people: Vec::new(),
        permissions: None,
    };
    if let Some(person_id) = asked.person {
        let Person { id, name } = person(worker, event, person_id).await?;
        command.options.insert("person".to_owned(), id.to_string());
        command.people.push(Mention { id, name });
    }
    if let Some(target) = asked.target {
        command.target = Some(target_of(worker, event, row, target).await?);
    }
    if asked.name == "higherself ask" {
        let who = &row.personality;
        let question = id.cast();
        let turn = worker.store.turn(row.channel_id, who, question, now_ms()).await?;
        let Some(turn) = turn else { return refused(GONE) };
        command.options.insert("question".to_owned(), turn.text);
    }
    Ok((author, command))
}

/// Somebody, under the name they have now.
async fn person(worker: &Worker, event: &Event, id: Id<UserMarker>) -> Result<Person, Stop> {
    let name = match event.guild_id {
        _ if event.author.id == id => event.author.name.clone(),
        Some(guild) => match worker.discord.guild_member(guild, id).await {
            Ok(member) => member.name().to_owned(),
            Err(e) if e.is_final() => return refused(GONE),
            Err(e) => return Err(e.into()),
        },
        None => return refused(GONE),
    };
    Ok(Person { id, name })
}

/// The message a menu was opened on, as it stands now. What a personality says in it is not told from the rest
/// here: only people's messages are looked up.
async fn target_of(
    worker: &Worker,
    event: &Event,
    row: &ReplyRow,
    message: Id<MessageMarker>,
) -> Result<Target, Stop> {
    let before = Id::new_checked(message.get() - 1).unwrap_or(message);
    let seen = match worker.discord.messages_after(row.channel_id, before, 1).await {
        Ok(seen) => seen.into_iter().find(|seen| seen.id == message),
        Err(e) if e.is_final() => None,
        Err(e) => return Err(e.into()),
    };
    let Some(seen) = seen.filter(|seen| seen.application_id != Some(event.application_id)) else {
        return refused(GONE);
    };
    let author = person(worker, event, seen.author_id).await?;
    Ok(Target { message_id: message, ours: false, author, text: seen.content })
}

/// Refuses where nothing would come in the place of what is taken back: nobody answers here, or not this person, or a
/// limit or a budget is reached. What is being taken back already is finished.
async fn refuse_in_vain(worker: &Worker, asking: &[Event], row: &ReplyRow) -> Result<(), Stop> {
    let (Some(who), Some(last)) = (worker.roster.get(&row.personality), asking.last()) else {
        return Ok(());
    };
    let now_ms = now_ms();
    let askers: Vec<_> = asking.iter().map(|event| event.author.id).collect();
    let shown = shown(row);
    let messages: Vec<Id<MessageMarker>> = shown.iter().map(|shown| shown.message_id).collect();
    let (rows, channel) = tokio::try_join!(
        worker.store.marks(last.guild_id, &askers, &messages),
        worker.store.channel(row.channel_id),
    )?;
    // People who delete one message in Discord leave the others.
    if messages.iter().all(|message| rows.deleted.contains(message)) {
        return Ok(());
    }
    let is_closed = channel.is_some_and(|channel| channel.closed_until_ms > now_ms);
    let is_unwelcome = |asker| unwelcome(who, rows.people.get(asker), now_ms).is_some();
    let is_silent =
        is_closed || stopped(who, last, &rows, now_ms).is_some() || askers.iter().all(is_unwelcome);
    if is_silent {
        return refused(format!("**{}** is silent here at the moment.", who.name));
    }
    if would_refuse(worker, who, asking, &rows.guild.limits, now_ms).await?
        || is_over_budget(worker, who, last, &rows, now_ms).await?
    {
        return refused(format!(
            "**{}** has no answer left to give right now, so this one stays. Try again later.",
            who.name
        ));
    }
    Ok(())
}
