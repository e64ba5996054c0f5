//! What people are told of what is kept, what they want done, and everything handed over or erased.

use serde_json::Value;
use store::{Scope, Space};
use twilight_model::id::Id;

use crate::world::World;

async fn told(world: &World, name: &str, options: &[(&str, &str)]) -> String {
    world.command(world.ann, world.channel, name, options).await.text
}

#[tokio::test]
async fn ann_is_told_what_is_kept_of_her_and_for_how_long() {
    let world = World::new().await;
    let nothing = told(&world, "privacy show", &[]).await;
    assert!(nothing.starts_with("Nothing of yours is kept here or anywhere"), "{nothing}");

    world.said_to("grim", world.ann, world.channel, "I am the soup").await;
    world.said_to("grim", world.ann, world.cellar, "I am the gold").await;
    world.said_to("grim", world.ben, world.channel, "I am the spoon").await;
    world.knows("mabel", world.ann, world.fact(world.ben, "1", "she is the ladle")).await;
    world.knows("mabel", world.ben, world.fact(world.ann, "2", "he is the fork")).await;
    let shown = told(&world, "privacy show", &[]).await;
    let expected = "Kept of you, in all of this den: 2 messages and 2 memories, in 2 places.";
    assert!(shown.starts_with(expected), "{shown}");
    for promise in
        ["365 days here", "last 30 days", "Nothing is used for training", "/privacy erase"]
    {
        assert!(shown.contains(promise), "{promise}: {shown}");
    }
    assert!(!shown.contains("gold"), "in numbers, not in words: {shown}");
    assert!(shown.chars().count() <= 2_000);
}

#[tokio::test]
async fn what_ann_wants_holds_everywhere_until_she_changes_it() {
    let world = World::new().await;
    let no = [("allow", "false")];
    assert!(told(&world, "privacy roasts", &no).await.starts_with("Nobody may have you roasted"));
    assert!(told(&world, "privacy quoting", &no).await.contains("not told to others any more"));
    let memory = world.command(world.ann, world.channel, "privacy memory", &no).await;
    assert!(memory.text.starts_with("From now on nothing you say is kept"), "{}", memory.text);
    assert_eq!(memory.labels(), ["Erase everything", "Keep it"], "what is kept is hers to erase");
    assert_eq!(world.press(world.ann, &memory, "Keep it").await.text, "Nothing is erased.");
    let shown = told(&world, "privacy show", &[]).await;
    assert!(
        shown.contains("Roasts: nobody may have you roasted. Memory: nothing you say is kept.")
    );
    assert!(shown.contains("Quoting: what you said is not told to others."), "{shown}");

    let wants = world.worker.store.preferences(Id::new(world.ann.get())).await.unwrap();
    assert!(wants.no_roast && wants.no_memory && wants.no_quote);
    for what in ["roasts", "memory", "quoting"] {
        told(&world, &format!("privacy {what}"), &[("allow", "true")]).await;
    }
    let wants = world.worker.store.preferences(Id::new(world.ann.get())).await.unwrap();
    assert!(!wants.no_roast && !wants.no_memory && !wants.no_quote);
    let unclear = told(&world, "privacy roasts", &[("allow", "perhaps")]).await;
    assert!(unclear.starts_with("Say whether you allow it"), "{unclear}");
    assert!(told(&world, "privacy memory", &[]).await.starts_with("Say whether you allow it"));
}

#[tokio::test]
async fn everything_of_ann_is_handed_over_as_a_file_and_nothing_of_others() {
    let world = World::new().await;
    world.said_to("grim", world.ann, world.channel, "I am the soup").await;
    world.said_to("mabel", world.ann, world.cellar, "I am the gold").await;
    world.said_to("grim", world.ben, world.channel, "I am the spoon").await;
    world.knows("grim", world.ann, world.fact(world.ben, "1", "she is the ladle")).await;
    world.knows("grim", world.ben, world.fact(world.ann, "2", "he is the fork")).await;
    world.knows("grim", world.ben, world.fact(world.mia, "3", "he is the knife")).await;
    let elsewhere = Scope::new(Space::Guild(Id::new(4_242)), "grim".parse().unwrap());
    let about = store::About::Person(Id::new(world.ann.get()));
    let fact = world.fact(world.ann, "4", "I am the lid");
    world
        .worker
        .store
        .change_book(&elsewhere, about, |book| book.add(fact.clone()))
        .await
        .unwrap()
        .unwrap();

    // What Ben told Mabel in private about Ann is not read by Ann, wherever she asks.
    let private = Scope::new(Space::Channel(Id::new(777)), "mabel".parse().unwrap());
    let fact = world.fact(world.ben, "5", "she stole the pan");
    world
        .worker
        .store
        .change_book(&private, about, |book| book.add(fact.clone()))
        .await
        .unwrap()
        .unwrap();

    // Nor what he told Grim about her in a server she may never have been in.
    let fact = world.fact(world.ben, "6", "she is on our blacklist");
    world
        .worker
        .store
        .change_book(&elsewhere, about, |book| book.add(fact.clone()))
        .await
        .unwrap()
        .unwrap();

    let answer = world.command(world.ann, world.channel, "privacy export", &[]).await;
    let (name, bytes) = answer.file.expect("a file");
    assert_eq!(name, "what-the-den-knows.json");
    let text = String::from_utf8(bytes).unwrap();
    for hers in ["the soup", "the gold", "the ladle", "the fork", "the lid"] {
        assert!(text.contains(hers), "{hers}: {text}");
    }
    for others in ["the spoon", "the knife", "the pan", "blacklist"] {
        assert!(!text.contains(others), "{others}: {text}");
    }
    let json: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["messages"].as_array().map(Vec::len), Some(2), "{text}");
    let memories = json["memories"].as_array().expect("memories");
    assert_eq!(memories.len(), 5, "{text}");
    let withheld: Vec<_> = memories.iter().filter(|one| one["said_by"] == "somebody").collect();
    assert_eq!(withheld.len(), 2, "{text}");
    assert!(withheld.iter().all(|one| one["source"].is_null()), "{text}");
    assert_eq!(json["preferences"]["roasts"], true, "{text}");
}

#[tokio::test]
async fn everything_of_ann_is_erased_everywhere_once_she_has_confirmed_it() {
    let world = World::new().await;
    let said = world.said_to("grim", world.ann, world.channel, "I am the soup").await;
    world.said_to("mabel", world.ann, world.cellar, "I am the gold").await;
    world.said_to("grim", world.ben, world.channel, "I am the spoon").await;
    world.knows("grim", world.ann, world.fact(world.ben, "1", "she is the ladle")).await;
    told(&world, "privacy roasts", &[("allow", "false")]).await;

    let asked = world.command(world.ann, world.channel, "privacy erase", &[]).await;
    assert_eq!(asked.labels(), ["Erase everything", "Keep it"]);
    assert!(world.table().await.contains("the soup"));
    let used = world.pressed(world.ann, &asked, "Erase everything").await;
    let erased = world.served(&used).await;
    assert!(
        erased.text.starts_with("Erased: 2 messages and one memory. Nothing of yours is left."),
        "{}",
        erased.text
    );
    let table = world.table().await;
    for gone in ["the soup", "the gold", "the ladle"] {
        assert!(!table.contains(gone), "{gone} is still there");
    }
    assert!(table.contains("the spoon"));
    let wants = world.worker.store.preferences(Id::new(world.ann.get())).await.unwrap();
    assert!(wants.no_roast, "what she wants stays");
    let before = wants.erased_at_ms;
    assert_eq!(before, used.event.received_at_ms);

    let again = world.served(&used).await;
    assert!(again.text.starts_with("Nothing of yours is left."), "{}", again.text);
    let wants = world.worker.store.preferences(Id::new(world.ann.get())).await.unwrap();
    assert_eq!(wants.erased_at_ms, before, "delivered again, it reaches no further");
    let mine = discord_sim::MessageId::from(said);
    let menu = world.menu(world.ben, mine, "Remember this", "grim").await;
    world.sim.clock().advance(std::time::Duration::from_secs(1));
    let refused = world.served(&menu).await.text;
    assert_eq!(refused, "Ann had everything erased since then, so nothing is kept.");
}

#[tokio::test]
async fn what_was_told_before_an_erasure_and_arrives_after_it_is_not_kept() {
    let world = World::new().await;
    let options = [("what", "I like leeks"), ("personality", "grim")];
    let late = world.used(world.ann, world.channel, "remember", &options).await;
    world.sim.clock().advance(std::time::Duration::from_secs(1));
    let asked = world.command(world.ann, world.channel, "privacy erase", &[]).await;
    world.press(world.ann, &asked, "Erase everything").await;
    let told = world.served(&late).await;
    assert_eq!(told.text, "You had everything erased since then, so nothing is kept.");
    assert!(!world.table().await.contains("leeks"));
}

#[tokio::test]
async fn an_export_during_an_erasure_shows_what_is_left_and_nothing_of_others() {
    let world = World::new().await;
    for n in 0..40 {
        world.said_to("grim", world.ann, world.channel, &format!("her number {n}")).await;
        world.said_to("grim", world.ben, world.channel, &format!("his number {n}")).await;
    }
    let asked = world.command(world.ann, world.channel, "privacy erase", &[]).await;
    let erasing = world.pressed(world.ann, &asked, "Erase everything").await;
    let mut exports = Vec::new();
    for _ in 0..3 {
        exports.push(world.used(world.ann, world.channel, "privacy export", &[]).await);
    }
    tokio::join!(
        world.serve(&erasing.event),
        world.serve(&exports[0].event),
        world.serve(&exports[1].event),
        world.serve(&exports[2].event),
    );
    for used in &exports {
        let (_, bytes) = world.answer(used).file.expect("a file");
        let text = String::from_utf8(bytes).unwrap();
        let json: Value = serde_json::from_str(&text).expect("whole");
        assert!(json["messages"].as_array().is_some_and(|all| all.len() <= 40), "{text}");
        assert!(!text.contains("his number"), "{text}");
    }
    let after = world.command(world.ann, world.channel, "privacy export", &[]).await;
    let (_, bytes) = after.file.expect("a file");
    let json: Value = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(json["messages"], serde_json::json!([]));
    assert!(world.table().await.contains("his number 39"));
}

#[tokio::test]
async fn what_is_told_while_everything_is_erased_is_either_new_or_gone() {
    let world = World::new().await;
    let mut told = Vec::new();
    for n in 0..8 {
        let what = format!("I like leek {n}");
        let options = [("what", what.as_str()), ("personality", "grim")];
        told.push(world.used(world.ann, world.channel, "remember", &options).await);
    }
    world.sim.clock().advance(std::time::Duration::from_millis(5));
    let asked = world.command(world.ann, world.channel, "privacy erase", &[]).await;
    let erasing = world.pressed(world.ann, &asked, "Erase everything").await;
    let telling = futures_util::future::join_all(told.iter().map(|used| world.serve(&used.event)));
    tokio::join!(telling, world.serve(&erasing.event));
    assert!(!world.table().await.contains("I like leek"), "all of it was told before");
}

#[tokio::test]
async fn who_is_blocked_adds_nothing_and_may_still_see_and_erase() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ann, "1", "I like leeks")).await;
    let ann = Id::new(world.ann.get());
    world.worker.store.change_preferences(ann, |wants| wants.blocked = true).await.unwrap();
    let options = [("what", "I like stew"), ("personality", "grim")];
    let refused = world.command(world.ann, world.channel, "remember", &options).await;
    assert_eq!(refused.text, "The operator of this den does not let you add to its memory.");
    let page = world.memories(world.ann, "grim").await;
    let page = world.fill_in(world.ann, &page, "✏️ 1", "I like stew").await;
    assert!(page.text.starts_with("The operator of this den"), "{}", page.text);
    let page = world.press(world.ann, &page, "🗑️ 1").await;
    assert!(page.text.starts_with("Forgotten: “I like leeks”"), "{}", page.text);
}
