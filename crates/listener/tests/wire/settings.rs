//! What guilds and the operator set, and when it holds.

use std::convert::Infallible;

use aws_sdk_dynamodb::types::AttributeValue;
use den_listener::{Patience, registration};
use discord_sim::InteractionState;
use queue::Addressed;
use store::{ChannelSettings, FOREVER, GuildRow, Pause};

use crate::town::{Town, dynamo, twilight};

impl Town {
    async fn set(&self, mut change: impl FnMut(&mut GuildRow)) {
        let changed = self.store.change_guild(twilight(self.guild.get()), |row| {
            change(row);
            Ok::<_, Infallible>(())
        });
        let Ok(()) = changed.await.unwrap();
    }

    async fn set_channel(&self, settings: ChannelSettings) {
        let channel = twilight(self.channel.get());
        self.set(|row| _ = row.channels.insert(channel, settings.clone())).await;
    }

    /// Talks until somebody answers unasked; settings are read again before long.
    async fn until_talk_is_heard(&self) {
        let waited = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            while self.inbox.message_ids().is_empty() {
                self.says("nice weather");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        });
        waited.await.expect("somebody answers");
    }
}

fn bound_to(personality: &str) -> ChannelSettings {
    ChannelSettings { bound: personality.parse().ok(), ..Default::default() }
}

#[tokio::test]
async fn a_bound_channel_works_from_the_first_message_on() {
    let town = Town::new().await;
    town.set_channel(bound_to("mabel")).await;
    let running = town.started().await;
    let messages: Vec<_> = (0..20).map(|n| town.says(&format!("line {n}"))).collect();
    town.until_queued(&messages).await;
    assert_eq!(town.inbox.message_ids(), messages, "in order");
    let events = town.inbox.events();
    assert!(events.iter().all(|event| event.personality.as_str() == "mabel"));
    let first = events[0].message().unwrap();
    assert_eq!(first.addressed, Addressed::Channel);
    assert_eq!(events[5].preceding.last().unwrap().text, "line 4");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_waits_for_settings_is_lost_neither_by_a_crash_nor_by_an_orderly_end() {
    let town = Town::new().await;
    town.set_channel(bound_to("mabel")).await;
    let running = town.started().await;
    let mut messages: Vec<_> =
        (0..5).map(|n| town.says(&format!("before the crash {n}"))).collect();
    running.crash().await;
    messages.push(town.says("after the crash"));
    let running = town.started().await;
    messages.push(town.says("before the end"));
    running.stop().await.unwrap();
    let running = town.started().await;
    messages.push(town.says("after the end"));
    town.until_queued(&messages).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_set_while_we_listen_holds_before_long() {
    let town = Town::new().await;
    let running = town.started().await;
    let asked = town.says("Grim, hello");
    town.until_queued(&[asked]).await;
    town.inbox.take();
    town.set_channel(bound_to("mabel")).await;
    town.until_talk_is_heard().await;
    let event = town.inbox.events().remove(0);
    assert_eq!(event.personality.as_str(), "mabel");

    town.set_channel(ChannelSettings { chime_in: Some(100), ..Default::default() }).await;
    town.until("it is chance that speaks", || {
        town.says("nice weather");
        let events = town.inbox.events();
        let last = events.iter().filter_map(|event| event.message()).next_back();
        last.is_some_and(|message| message.addressed == Addressed::Chance)
    })
    .await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_command_sets_holds_when_it_is_tried() {
    let town = Town::new().await;
    let application = twilight(town.app.application_id.get());
    town.discord.put_commands(application, &registration()).await.unwrap();
    let half_a_minute = Patience::default().settings;
    let running = town.start_with(|listener| listener.patience.settings = half_a_minute).await;
    running.until_active().await;
    let asked = town.says("Grim, hello");
    town.until_queued(&[asked]).await;
    let options = [("personality", "mabel")];
    let admin = town.world.as_hostile_client();
    let bind = admin.slash(town.ann, town.channel, "bind", &options).unwrap();
    town.until("it is deferred", || town.inbox.ids().contains(&format!("{bind}:steward"))).await;
    town.inbox.take();
    // What the steward does then.
    town.set_channel(bound_to("mabel")).await;
    let began = std::time::Instant::now();
    town.until_talk_is_heard().await;
    assert!(began.elapsed() < half_a_minute / 3, "it took {:?}", began.elapsed());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_mute_and_a_pause_leave_direct_questions_to_the_worker() {
    let town = Town::new().await;
    town.set_channel(bound_to("mabel")).await;
    town.set(|row| _ = row.muted.insert("mabel".parse().unwrap(), FOREVER)).await;
    let running = town.started().await;
    town.says("anyone?");
    let asked = town.says("Mabel, why so silent?");
    town.until_queued(&[asked]).await;
    assert_eq!(town.inbox.message_ids(), [asked]);
    running.stop().await.unwrap();

    town.set(|row| row.muted.clear()).await;
    town.store.change_den(|den| den.paused = Some(Pause { by: None, at_ms: 1 })).await.unwrap();
    let running = town.started().await;
    town.says("anyone?");
    let again = town.says("Mabel, and now?");
    town.until_queued(&[again]).await;
    assert_eq!(town.inbox.message_ids(), [asked, again]);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn guilds_that_are_not_on_the_allowlist_get_one_plain_line() {
    let town = Town::new().await;
    town.store.change_den(|den| den.allowlist = true).await.unwrap();
    let running = town.started_with_commands().await;
    town.says("Grim, hello");
    let asked = town.world.slash(town.ann, town.channel, "personalities", &[]).unwrap();
    town.until("an answer", || {
        let state = town.world.interaction(asked).unwrap().state;
        matches!(state, InteractionState::Answered { .. })
    })
    .await;
    let told = town.world.messages_seen_by(town.ann, town.channel).pop().unwrap();
    assert_eq!(told.ephemeral_for, Some(town.ann));
    assert!(told.content.starts_with("This den is only open to servers"), "{}", told.content);
    running.until_health("both counted", |health| health["counts"]["turned_away"] == 2).await;

    // The steward knows who runs the den, and what is theirs people reach all the same.
    for command in ["privacy show", "forget me", "den allow"] {
        let client = town.world.as_hostile_client();
        client.slash(town.ann, town.channel, command, &[]).unwrap();
        town.until("it is passed on", || !town.inbox.events().is_empty()).await;
        let event = town.inbox.take().remove(0);
        assert!(matches!(&event.what, queue::What::Command(used) if used.name == command));
    }
    running.until_health("no more", |health| health["counts"]["turned_away"] == 2).await;

    // People can still write to us, and the guild can be let in while we listen.
    let direct = town.world.open_dm(town.ann, town.app.application_id).unwrap();
    let message = town.world.say(town.ann, direct, "hello").unwrap().get();
    town.until_queued(&[message]).await;
    assert_eq!(town.inbox.ids(), [format!("{message}:grim")]);
    town.set(|row| row.allowed = true).await;
    town.until("the guild is served", || {
        let message = town.says("Grim, hello");
        town.inbox.message_ids().contains(&message) || town.inbox.ids().len() > 1
    })
    .await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn settings_nobody_can_read_change_nothing() {
    let town = Town::new().await;
    let nonsense = dynamo(town.database)
        .put_item()
        .table_name("roast-den")
        .item("pk", AttributeValue::S(format!("G#{}", town.guild)))
        .item("sk", AttributeValue::S("ROW".to_owned()))
        .item("channels", AttributeValue::S("nonsense".to_owned()));
    nonsense.send().await.unwrap();
    let running = town.started().await;
    let message = town.says("Grim, do you hear me?");
    town.until_queued(&[message]).await;
    assert!(running.count("unread_settings").await > 0);
    running.stop().await.unwrap();
}
