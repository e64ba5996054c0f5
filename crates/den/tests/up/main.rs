//! A whole den in one process, over a simulated Discord.

use std::{sync::Arc, time::Duration};

use den::{choice::Choice, local::LocalTable, up::Den};
use den_worker::Models;
use model::Understudy;
use personality::Roster;
use queue::{Addressed, Event, EventId, Message, Person, VERSION, What};
use store::{Attempt, Claimed};
use twilight_model::id::Id;

const PATIENCE: Duration = Duration::from_secs(20);

fn roster() -> Arc<Roster> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personalities");
    Arc::new(Roster::load(&folder, &den_worker::allows).expect("the shipped characters are sound"))
}

async fn den(data: &std::path::Path) -> Den {
    let choice = Choice { models: Models::understudy(Understudy::new()), note: String::new() };
    Den::start(data, choice, roster(), Arc::new(den_worker::prices(None).expect("the table")))
        .await
        .expect("a den")
}

/// Waits until `name` has said something in the first channel, and returns it.
async fn said_by(den: &Den, name: &str) -> String {
    let said = den.world.wait_for(PATIENCE, |world| {
        let messages = world.messages(den.channel);
        let own = messages.iter().find(|message| message.author.name == name)?;
        Some(own.content.clone())
    });
    said.await.expect("an answer")
}

#[tokio::test]
async fn who_is_named_answers_and_nobody_else() {
    let data = tempfile::tempdir().unwrap();
    let den = den(data.path()).await;
    den.world.say(den.you, den.channel, "Baroness, how was the bagel?").unwrap();
    assert!(said_by(&den, "Baroness Crumb").await.contains("understudy"));
    den.quiet().await;
    assert_eq!(den.world.messages(den.channel).len(), 2);
    den.stop().await;
}

#[tokio::test]
async fn a_den_is_started_as_often_as_one_likes() {
    let data = tempfile::tempdir().unwrap();
    let den = den(data.path()).await;
    let application = Id::new(den.bot.application_id.get());
    den.stop().await;
    // As if it had been started a hundred times since midnight: Discord's own limit would have it wait for minutes.
    let table = LocalTable::open(data.path()).await.unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let now_ms = now.as_millis() as u64;
    let (day, hour) = (chat::day(now_ms), now_ms / 3_600_000 % 24);
    for span in [day.clone(), format!("{day}T{hour:02}")] {
        for _ in 0..100 {
            table.store.count_identify(application, &span, now_ms).await.unwrap();
        }
    }
    table.close().await;
    self::den(data.path()).await.stop().await;
}

#[tokio::test]
async fn what_a_killed_den_had_accepted_is_dealt_with_at_the_next_start() {
    let data = tempfile::tempdir().unwrap();
    let first = den(data.path()).await;
    let (guild, channel, you) = (first.guild, first.channel, first.you);
    let application_id = Id::new(first.bot.application_id.get());
    first.stop().await;

    // Accepted, and then the den was killed: the row is all that is left.
    let table = LocalTable::open(data.path()).await.unwrap();
    let turbo = "turbo".parse().unwrap();
    let event = Event {
        v: VERSION,
        id: EventId::new(5, &turbo),
        personality: turbo,
        application_id,
        guild_id: Some(Id::new(guild.get())),
        channel_id: Id::new(channel.get()),
        author: Person { id: Id::new(you.get()), name: "Robin".to_owned() },
        what: What::Message(Message {
            id: Id::new(5),
            text: "Turbo, are you there?".to_owned(),
            addressed: Addressed::Name,
            reply_to: None,
            attachments: vec![],
            mentions: vec![],
        }),
        preceding: vec![],
        credit: 3,
        trace: None,
        received_at_ms: u64::try_from(
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis(),
        )
        .unwrap(),
        audience_changed_ms: 0,
    };
    table.store.put_in_inbox(&event).await.unwrap();
    // It was in the middle of a turn that might have taken ten minutes more.
    let now_ms = event.received_at_ms;
    let attempt = Attempt { token: "killed".to_owned(), now_ms, lock_ms: now_ms + 600_000 };
    let ids = [event.id.clone()];
    let claimed = table.store.claim(&event.id, &ids, &attempt, None).await.unwrap();
    assert!(matches!(claimed, Claimed::Won(_)), "{claimed:?}");
    table.close().await;

    let second = den(data.path()).await;
    assert!(said_by(&second, "Coach Turbo").await.contains("understudy"));
    second.quiet().await;
    assert!(second.store.inbox().await.unwrap().is_empty());
    second.stop().await;
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_put_aside_and_holds_nothing_up() {
    let data = tempfile::tempdir().unwrap();
    let table = LocalTable::open(data.path()).await.unwrap();
    table.store.put_body_in_inbox("9:turbo", "not an event", 1).await.unwrap();
    table.close().await;

    let den = den(data.path()).await;
    den.world.say(den.you, den.channel, "Turbo, good morning!").unwrap();
    said_by(&den, "Coach Turbo").await;
    den.quiet().await;
    assert!(den.store.inbox().await.unwrap().is_empty());
    den.stop().await;
}
