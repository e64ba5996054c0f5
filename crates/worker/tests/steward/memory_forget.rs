//! Forgetting one thing, everything about oneself here, and a channel.

use store::Speaker;
use twilight_model::id::Id;

use crate::world::World;

async fn asked_to_forget(world: &World, what: &str) -> crate::acting::Answer {
    let options = [("what", what), ("personality", "grim")];
    world.command(world.ann, world.channel, "forget thing", &options).await
}

#[tokio::test]
async fn one_thing_is_forgotten_once_ann_has_confirmed_it() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ann, "1", "I walk the dogs on Fridays")).await;
    world.knows("grim", world.ann, world.fact(world.ann, "2", "I like leeks")).await;
    let told = asked_to_forget(&world, "walking the dog").await;
    assert_eq!(told.text, "Shall Grim forget this? “I walk the dogs on Fridays”");
    assert!(world.table().await.contains("Fridays"), "not before she says so");
    let told = world.press(world.ann, &told, "Forget it").await;
    assert!(told.text.starts_with("Forgotten: “I walk the dogs on Fridays”"), "{}", told.text);
    let table = world.table().await;
    assert!(!table.contains("Fridays") && table.contains("leeks"));
}

#[tokio::test]
async fn of_several_things_ann_chooses() {
    let world = World::new().await;
    for n in 1..=7 {
        let fact = world.fact(world.ann, &n.to_string(), &format!("I like soup number {n}"));
        world.knows("grim", world.ann, fact).await;
    }
    let told = asked_to_forget(&world, "SOUP").await;
    assert!(told.text.starts_with("Which of these?\n**1.** I like soup number 7"), "{}", told.text);
    assert_eq!(told.labels(), ["Forget 1", "Forget 2", "Forget 3", "Forget 4", "Forget 5"]);
    let told = world.press(world.ann, &told, "Forget 2").await;
    assert!(told.text.starts_with("Forgotten: “I like soup number 6”"), "{}", told.text);

    let none = asked_to_forget(&world, "the moon").await;
    assert!(none.text.starts_with("Grim remembers nothing like that here"), "{}", none.text);
    let nothing = asked_to_forget(&world, " \u{200B}").await;
    assert_eq!(nothing.text, "Say in a few words what is to be forgotten.");
    let endless = asked_to_forget(&world, &"soup ".repeat(400)).await;
    assert_eq!(endless.buttons.len(), 5, "{}", endless.text);
}

#[tokio::test]
async fn what_others_told_about_others_is_not_offered() {
    let world = World::new().await;
    world.knows("grim", world.ben, world.fact(world.mia, "1", "he likes leeks")).await;
    let told = asked_to_forget(&world, "leeks").await;
    assert!(told.buttons.is_empty(), "{told:?}");
    assert!(!told.text.contains("he likes"), "{}", told.text);
}

#[tokio::test]
async fn everything_about_ann_is_forgotten_here_and_only_here() {
    let world = World::new().await;
    world.said_to("grim", world.ann, world.channel, "I am the soup").await;
    world.said_to("mabel", world.ann, world.channel, "I am the cake").await;
    world.said_to("grim", world.ann, world.cellar, "I am the gold").await;
    world.said_to("grim", world.ben, world.channel, "I am the spoon").await;
    world.knows("grim", world.ann, world.fact(world.ben, "1", "she is the ladle")).await;
    world.knows("mabel", world.ben, world.fact(world.ann, "2", "he is the fork")).await;

    let asked = world.command(world.ann, world.channel, "forget me", &[]).await;
    assert_eq!(asked.labels(), ["Forget me", "Keep it"]);
    let kept = world.press(world.ann, &asked, "Keep it").await;
    assert_eq!(kept.text, "Nothing is forgotten.");
    assert!(world.table().await.contains("I am the soup"));

    let asked = world.command(world.ann, world.channel, "forget me", &[]).await;
    let used = world.pressed(world.ann, &asked, "Forget me").await;
    let told = world.served(&used).await;
    let expected = "Forgotten: 2 messages and 2 memories. Nothing of yours is left here. What is kept of you \
                    in other places stays: `/privacy show`.";
    assert_eq!(told.text, expected);
    let table = world.table().await;
    for gone in ["the soup", "the cake", "the ladle", "the fork"] {
        assert!(!table.contains(gone), "{gone} is still there");
    }
    assert!(table.contains("the spoon") && table.contains("the gold"));
    let again = world.served(&used).await;
    assert!(again.text.starts_with("Nothing of yours is left here."), "{}", again.text);
    let nothing = world.command(world.ann, world.channel, "forget me", &[]).await;
    assert!(nothing.text.starts_with("Nothing of yours is kept here."), "{}", nothing.text);
}

#[tokio::test]
async fn a_channel_is_forgotten_by_whoever_may_manage_messages() {
    let world = World::new().await;
    world.said_to("grim", world.ann, world.channel, "I am the soup").await;
    world.said_to("mabel", world.ben, world.channel, "I am the cake").await;
    let reply = world.sim.world().say(world.ben, world.channel, "You are the pot").unwrap();
    world.kept("grim", world.channel, reply.get(), Speaker::Me, "You are the pot").await;
    world.said_to("grim", world.ann, world.cellar, "I am the gold").await;
    world.knows("grim", world.ann, world.fact(world.ann, "1", "I am the ladle")).await;

    let refused = world.command(world.ann, world.channel, "forget here", &[]).await;
    assert_eq!(refused.text, "Only people who may manage messages can have a channel forgotten.");
    let refused = world.forged(world.ann, world.channel, "forget-here:yes", &[]).await;
    assert_eq!(refused.text, "Only people who may manage messages can have a channel forgotten.");
    assert!(world.table().await.contains("the soup"));

    let asked = world.command(world.mia, world.channel, "forget here", &[]).await;
    let used = world.pressed(world.mia, &asked, "Forget this channel").await;
    let told = world.served(&used).await;
    let expected = "Forgotten: 3 messages and one memory. Nothing of this channel is left.";
    assert_eq!(told.text, expected);
    let table = world.table().await;
    for gone in ["the soup", "the cake", "the pot", "the ladle"] {
        assert!(!table.contains(gone), "{gone} is still there");
    }
    assert!(table.contains("the gold"), "another channel stays");
    assert_eq!(world.served(&used).await.text, "Nothing of this channel is left.");
    let acts = world.worker.store.acts(Some(Id::new(world.guild.get())), 10).await.unwrap();
    let acts: Vec<&str> = acts.iter().map(|act| act.what.as_str()).collect();
    assert_eq!(acts, [format!("forget channel {}", world.channel)], "delivered twice, it is one");
}

#[tokio::test]
async fn in_a_direct_message_everybody_may_have_it_forgotten() {
    let world = World::new().await;
    let direct = world.sim.world().open_dm(world.ann, world.app.application_id).unwrap();
    world.said_to("grim", world.ann, direct, "I am the soup").await;
    world.said_to("grim", world.ann, world.channel, "I am the cake").await;
    let asked = world.command(world.ann, direct, "forget here", &[]).await;
    let told = world.press(world.ann, &asked, "Forget this channel").await;
    assert!(told.text.starts_with("Forgotten: one message and 0 memories."), "{}", told.text);
    let table = world.table().await;
    assert!(!table.contains("the soup") && table.contains("the cake"));
}

#[tokio::test]
async fn what_was_forgotten_here_is_not_kept_again_by_a_menu() {
    let world = World::new().await;
    let message = world.sim.world().say(world.ann, world.channel, "I collect spoons").unwrap();
    let space = store::Space::Guild(Id::new(world.guild.get()));
    let ann = Id::new(world.ann.get());
    let now_ms = world.sim.clock().now_ms() + 1;
    world.worker.store.note_forgotten_person(ann, &[space], now_ms).await.unwrap();
    let used = world.menu(world.ben, message, "Remember this", "grim").await;
    let answer = world.served(&used).await;
    assert!(answer.text.contains("forgotten here since then"), "{}", answer.text);
    assert!(!world.table().await.contains("spoons"));
}

/// The first delivery was killed between keeping it and looking whether it may.
#[tokio::test]
async fn what_a_killed_delivery_kept_is_taken_back_by_the_next() {
    let world = World::new().await;
    let message = world.sim.world().say(world.ann, world.channel, "I collect spoons").unwrap();
    let used = world.menu(world.ben, message, "Remember this", "grim").await;
    world.served(&used).await;
    assert!(world.table().await.contains("spoons"));
    world.worker.store.bury(&[Id::new(message.get())], world.sim.clock().now_ms()).await.unwrap();
    let answer = world.served(&used).await;
    assert!(answer.text.contains("was deleted"), "{}", answer.text);
    assert!(!world.table().await.contains("spoons"));
}
