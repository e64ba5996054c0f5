//! What people edit and delete in Discord is followed.

use queue::{Edited, What};
use store::{Fact, Origin};
use twilight_model::id::Id;

use crate::world::World;

/// Ann said something that Grim keeps, and learned from.
async fn said(world: &World, text: &str, learned: &[(&str, Origin)]) -> u64 {
    let message = world.said_to("grim", world.ann, world.channel, text).await;
    for (what, origin) in learned {
        let id = match origin {
            Origin::Told => message.to_string(),
            Origin::Distilled => format!("{message}-1"),
        };
        let fact = Fact {
            message_id: Some(Id::new(message)),
            origin: *origin,
            ..world.fact(world.ann, &id, what)
        };
        world.knows("grim", world.ann, fact).await;
    }
    message
}

async fn edit(world: &World, message: u64, text: &str) {
    let edited = Edited { message_id: Id::new(message), text: text.to_owned(), mentions: vec![] };
    let event = world.event_of(world.ann, world.channel, What::Edited(edited));
    for _ in 0..2 {
        assert_eq!(world.serve(&event).await, den_worker::Verdict::Done);
    }
}

#[tokio::test]
async fn an_edited_message_is_kept_as_it_is_now() {
    let world = World::new().await;
    let told = [("I live in Cologne", Origin::Told), ("lives in Cologne", Origin::Distilled)];
    let message = said(&world, "Remember that I live in Cologne.", &told).await;
    edit(&world, message, "Remember that I live in Bonn.").await;
    let book = world.book("grim", world.ann).await;
    let known: Vec<_> = book.facts.iter().map(|fact| fact.text.as_str()).collect();
    assert_eq!(known, ["I live in Bonn"], "what was overheard is gone until it is heard again");
    let table = world.table().await;
    assert!(!table.contains("Cologne") && table.contains("Remember that I live in Bonn."));
}

#[tokio::test]
async fn what_is_not_asked_for_any_more_is_forgotten() {
    let world = World::new().await;
    let told = [("I live in Cologne", Origin::Told)];
    let message = said(&world, "Remember that I live in Cologne.", &told).await;
    edit(&world, message, "Never mind.").await;
    assert_eq!(world.book("grim", world.ann).await.facts, []);
    assert!(!world.table().await.contains("Cologne"));
}

#[tokio::test]
async fn a_message_remembered_by_its_menu_is_followed() {
    let world = World::new().await;
    let message = world.sim.world().say(world.ben, world.channel, "I collect spoons").unwrap();
    let used = world.menu(world.ann, message, "Remember this", "grim").await;
    world.served(&used).await;
    edit(&world, message.get(), "I collect forks").await;
    let page = world.memories(world.ben, "grim").await;
    assert!(page.text.contains("I collect forks"), "{}", page.text);
    assert!(!world.table().await.contains("spoons"));

    let gone = What::Deleted { message_ids: vec![Id::new(message.get())] };
    world.serve(&world.event_of(world.ben, world.channel, gone)).await;
    assert!(!world.table().await.contains("forks"));
}

#[tokio::test]
async fn a_message_that_lost_all_its_words_is_forgotten() {
    let world = World::new().await;
    let message = said(&world, "Remember that I live in Cologne.", &[]).await;
    edit(&world, message, "\u{200B}").await;
    assert!(!world.table().await.contains("Cologne"));
}

#[tokio::test]
async fn of_who_opted_out_an_edit_is_not_kept() {
    let world = World::new().await;
    type Change = fn(&mut store::Preferences);
    let changes: [Change; 2] = [|wants| wants.no_memory = true, |wants| wants.blocked = true];
    for change in changes {
        let ann = Id::new(world.ann.get());
        let told = [("I live in Cologne", Origin::Told)];
        let message = said(&world, "Remember that I live in Cologne.", &told).await;
        world.worker.store.change_preferences(ann, change).await.unwrap();
        edit(&world, message, "Remember that I live in Bonn.").await;
        let table = world.table().await;
        assert!(!table.contains("Bonn"), "nothing new is kept");
        assert!(!table.contains("Cologne"), "the old words were taken back");
        world
            .worker
            .store
            .change_preferences(ann, |wants| *wants = Default::default())
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_deleted_channel_is_forgotten_with_its_threads_wherever_its_words_lie() {
    let world = World::new().await;
    let city = world.sim.world();
    let pantry = city.add_text_channel(world.guild, "pantry").unwrap();
    let thread = city.add_thread(pantry, "jars").unwrap();
    let row = store::ChannelRow {
        guild_id: Some(Id::new(world.guild.get())),
        parent_id: Some(Id::new(pantry.get())),
        ..Default::default()
    };
    world.worker.store.keep_channel(Id::new(thread.get()), &row).await.unwrap();
    // The pantry was public once: some of its words lie in the guild's memory.
    let mut fact = world.fact(world.ann, "1", "I like plums");
    fact.channel_id = Id::new(pantry.get());
    world.knows("grim", world.ann, fact).await;
    world.said_to("grim", world.ann, pantry, "The plums are mine.").await;
    world.said_to("mabel", world.ben, thread, "The pears are plum.").await;
    world.said_to("grim", world.ann, world.channel, "The soup is hot.").await;

    let here = Id::new(world.channel.get());
    let set = |row: &mut store::GuildRow| {
        let settings = store::ChannelSettings { chime_in: Some(5), ..Default::default() };
        for channel in [Id::new(pantry.get()), Id::new(thread.get()), here] {
            row.channels.insert(channel, settings.clone());
        }
        Ok::<_, std::convert::Infallible>(())
    };
    let guild = Id::new(world.guild.get());
    let Ok(()) = world.worker.store.change_guild(guild, set).await.unwrap();

    city.delete_channel(pantry).unwrap();
    let gone = world.event_of(world.ann, pantry, What::ChannelDeleted);
    for _ in 0..2 {
        assert_eq!(world.serve(&gone).await, den_worker::Verdict::Done);
    }
    let table = world.table().await;
    assert!(!table.contains("plum"), "{table}");
    assert!(table.contains("The soup is hot."), "the rest of the server stays");
    let noted = world.worker.store.traces(Id::new(world.ben.get())).await.unwrap();
    assert_eq!(noted, [], "nothing of Ben's is left");
    let row = world.worker.store.guild(guild).await.unwrap();
    assert_eq!(row.channels.keys().collect::<Vec<_>>(), [&here], "settings take room");
}

#[tokio::test]
async fn deleted_messages_are_forgotten_with_what_came_from_them() {
    let world = World::new().await;
    let told = [("I live in Cologne", Origin::Told), ("lives in Cologne", Origin::Distilled)];
    let first = said(&world, "Remember that I live in Cologne.", &told).await;
    let second = said(&world, "The soup was thin.", &[]).await;
    let third = said(&world, "The stew was thick.", &[]).await;
    let gone = What::Deleted { message_ids: vec![Id::new(first), Id::new(second), Id::new(77)] };
    let gone = world.event_of(world.ann, world.channel, gone);
    for _ in 0..2 {
        assert_eq!(world.serve(&gone).await, den_worker::Verdict::Done);
    }
    let table = world.table().await;
    assert!(!table.contains("Cologne") && !table.contains("thin"));
    assert!(table.contains("thick"), "message {third} stays");
}

#[tokio::test]
async fn what_a_command_asked_goes_with_the_message_that_shows_it() {
    let world = World::new().await;
    // Kept under the command's id, and shown by the answer to it.
    let asked = said(&world, "Grim, does Ben still hide at the mill?", &[]).await;
    let shown = Id::new(asked + 1);
    let now_ms = world.sim.clock().now_ms();
    world.worker.store.note_shown(shown, Id::new(asked), now_ms).await.unwrap();
    let gone = What::Deleted { message_ids: vec![shown] };
    world.serve(&world.event_of(world.mia, world.channel, gone)).await;
    assert!(!world.table().await.contains("the mill"));
    assert_eq!(world.worker.store.buried(&[Id::new(asked)]).await.unwrap(), [Id::new(asked)]);
}

#[tokio::test]
async fn a_reply_goes_with_any_of_its_messages() {
    let world = World::new().await;
    let first = world.answered("grim", world.ann, "First of all: the mill.").await;
    world.kept("grim", world.channel, first.get(), store::Speaker::Me, "The mill, and more.").await;
    let row = world.worker.store.reply(Id::new(first.get())).await.unwrap().unwrap();
    let second = Id::new(first.get() + 1);
    let messages = [first.get(), second.get()].map(|id| store::Shown {
        message_id: Id::new(id),
        channel_id: row.channel_id,
        via: store::Via::Bot,
    });
    let row = store::ReplyRow { message_id: second, messages: messages.to_vec(), ..row };
    world.worker.store.keep_reply(&row, world.sim.clock().now_ms()).await.unwrap();
    assert!(world.table().await.contains("The mill, and more."));
    let gone = What::Deleted { message_ids: vec![second] };
    world.serve(&world.event_of(world.mia, world.channel, gone)).await;
    assert!(!world.table().await.contains("The mill, and more."));
}

#[tokio::test]
async fn a_summary_does_not_outlive_the_deletion_of_what_it_tells() {
    const DAY_MS: u64 = 86_400_000;
    let world = World::new().await;
    let (store, channel) = (&world.worker.store, Id::new(world.channel.get()));
    let now_ms = world.sim.clock().now_ms();
    let said_before = |days: u64| Id::new((now_ms - days * DAY_MS - 1_420_070_400_000) << 22);
    let grim = "grim".parse().unwrap();
    let told = store.change_summary(channel, &grim, store::retention::SUMMARY, now_ms, |summary| {
        summary.text = "Ben hides at the mill.".to_owned();
        summary.from = Some(said_before(60));
        summary.upto = Some(said_before(1));
        Ok::<_, std::convert::Infallible>(())
    });
    let Ok(()) = told.await.unwrap();
    for (days, is_there) in [(70, true), (50, false)] {
        let gone = What::Deleted { message_ids: vec![said_before(days)] };
        world.serve(&world.event_of(world.mia, world.channel, gone)).await;
        let summary = store.summary(channel, &grim, now_ms).await.unwrap();
        assert_eq!(!summary.text.is_empty(), is_there, "of {days} days ago");
    }
}

/// Nobody ever talked to a personality in the cellar.
#[tokio::test]
async fn what_is_remembered_where_nobody_talks_goes_with_its_server() {
    let world = World::new().await;
    let options = [("personality", "grim"), ("what", "the key lies under the mill")];
    world.command(world.ann, world.cellar, "remember", &options).await;
    assert!(world.table().await.contains("under the mill"));
    let guild = Id::new(world.guild.get());
    world.worker.store.erase_guild(guild, world.sim.clock().now_ms(), |_| ()).await.unwrap();
    assert!(!world.table().await.contains("under the mill"), "{}", world.table().await);
}
