//! Remembering what people ask for.

use queue::What;
use twilight_model::id::Id;

use crate::world::World;

#[tokio::test]
async fn what_ann_tells_about_herself_is_remembered_until_she_takes_it_back() {
    let world = World::new().await;
    let options = [("what", "I am allergic to nuts"), ("personality", "grim")];
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert_eq!(told.text, "Grim remembers about you: “I am allergic to nuts”");
    assert_eq!(told.labels(), ["Undo"]);

    let page = world.memories(world.ann, "grim").await;
    assert!(
        page.text
            .starts_with("Grim remembers one thing here that concerns you.\n**1.** I am allergic")
    );
    assert!(page.text.contains("about you · said by you · <t:"), "{}", page.text);
    let other = world.memories(world.ann, "mabel").await;
    assert_eq!(other.text, "Mabel remembers nothing here that concerns you.");

    let undone = world.press(world.ann, &told, "Undo").await;
    assert!(
        undone.text.starts_with("Forgotten: “I am allergic to nuts”\n\nGrim remembers nothing")
    );
    assert!(undone.buttons.is_empty());
    assert!(!world.table().await.contains("allergic"), "it is gone from the table");
}

#[tokio::test]
async fn what_ann_tells_about_ben_is_shown_to_ben_with_her_name() {
    let world = World::new().await;
    let ben = world.ben.to_string();
    let options = [("what", "he hates olives"), ("about", &ben), ("personality", "grim")];
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert!(told.text.starts_with("Grim remembers about Ben: “he hates olives”"), "{}", told.text);
    assert!(told.text.contains("Ben is shown this"), "{}", told.text);

    let his = world.memories(world.ben, "grim").await;
    assert!(his.text.contains("about you · said by Ann"), "{}", his.text);
    let hers = world.memories(world.ann, "grim").await;
    assert!(hers.text.contains("about Ben · said by you"), "{}", hers.text);
    let mias = world.memories(world.mia, "grim").await;
    assert_eq!(mias.text, "Grim remembers nothing here that concerns you.");
}

#[tokio::test]
async fn a_message_is_remembered_by_its_menu_with_a_link_to_it() {
    let world = World::new().await;
    let said = world.sim.world().say(world.ben, world.channel, "I collect **spoons**").unwrap();
    let used = world.menu(world.ann, said, "Remember this", "grim").await;
    let told = world.served(&used).await;
    assert!(told.text.starts_with("Grim remembers about Ben: “I collect spoons”"), "{}", told.text);
    assert!(told.buttons.is_empty(), "it is about Ben and said by Ben: it is not Ann's to undo");

    let page = world.memories(world.ben, "grim").await;
    let link = format!("https://discord.com/channels/{}/{}/{said}", world.guild, world.channel);
    assert!(page.text.contains(&format!("[source]({link})")), "{}", page.text);
}

#[tokio::test]
async fn what_a_personality_said_is_remembered_by_it_as_a_note_about_the_place() {
    let world = World::new().await;
    let said = world.answered("mabel", world.mia, "Soup is eternal").await;
    let used = world.menu(world.ann, said, "Remember this", "grim").await;
    let told = world.served(&used).await;
    assert_eq!(told.text, "Mabel remembers about this place: “Mabel said: “Soup is eternal””");

    let page = world.memories(world.ben, "mabel").await;
    assert!(page.text.contains("about this place · said by Ann"), "{}", page.text);
    assert!(page.buttons.is_empty(), "Ben may read it, and not change it");
    let page = world.memories(world.mia, "mabel").await;
    assert_eq!(page.labels(), ["✏️ 1", "🗑️ 1"], "to whom it was said may");
    let other = world.memories(world.ann, "grim").await;
    assert_eq!(other.text, "Grim remembers nothing here that concerns you.");
}

#[tokio::test]
async fn what_was_said_to_somebody_who_opted_out_is_not_remembered_for_others() {
    let world = World::new().await;
    let said = world.answered("grim", world.ben, "So your locker opens with 4711").await;
    let remember = async |who| {
        let used = world.menu(who, said, "Remember this", "grim").await;
        world.served(&used).await.text
    };
    world.command(world.ben, world.channel, "privacy quoting", &[("allow", "false")]).await;
    let refused = "Whoever it was said to has asked not to be quoted, so nothing is kept.";
    assert_eq!(remember(world.ann).await, refused);
    assert!(!world.table().await.contains("4711"));
    let own = remember(world.ben).await;
    assert!(own.starts_with("Grim remembers about this place:"), "it is his: {own}");

    world.command(world.ben, world.channel, "privacy quoting", &[("allow", "true")]).await;
    world.command(world.ben, world.channel, "privacy memory", &[("allow", "false")]).await;
    let refused = "Whoever it was said to has asked not to be remembered, so nothing is kept.";
    assert_eq!(remember(world.ann).await, refused);
}

#[tokio::test]
async fn what_was_said_to_somebody_goes_with_everything_else_of_theirs() {
    let world = World::new().await;
    for (command, button) in [("privacy erase", "Erase everything"), ("forget me", "Forget me")] {
        let said = world.answered("grim", world.ben, "So your locker opens with 4711").await;
        let used = world.menu(world.ann, said, "Remember this", "grim").await;
        world.served(&used).await;
        let (_, file) =
            world.command(world.ben, world.channel, "privacy export", &[]).await.file.unwrap();
        assert!(String::from_utf8(file).unwrap().contains("4711"), "it is handed to him");

        let asked = world.command(world.ben, world.channel, command, &[]).await;
        let done = world.press(world.ben, &asked, button).await;
        assert!(done.text.contains("and one memory."), "{}", done.text);
        assert!(!world.table().await.contains("4711"), "{command}");
        world.sim.clock().advance(std::time::Duration::from_secs(1));
    }
}

#[tokio::test]
async fn of_a_message_of_ours_in_which_nobody_answers_nothing_is_remembered() {
    let world = World::new().await;
    let told = world.command(world.ben, world.channel, "personalities", &[]).await;
    let used = world.menu(world.ben, told.message, "Remember this", "grim").await;
    let refused = world.served(&used).await.text;
    assert!(refused.starts_with("I do not know to whom that was said"), "{refused}");
    assert!(world.memories(world.ben, "grim").await.buttons.is_empty());
}

#[tokio::test]
async fn who_does_not_want_to_be_remembered_is_not() {
    let world = World::new().await;
    world.command(world.ben, world.channel, "privacy memory", &[("allow", "false")]).await;
    let ben = world.ben.to_string();

    let options = [("what", "I like leeks"), ("personality", "grim")];
    let told = world.command(world.ben, world.channel, "remember", &options).await;
    assert!(told.text.starts_with("You have asked not to be remembered"), "{}", told.text);
    let options = [("what", "he likes leeks"), ("about", ben.as_str()), ("personality", "grim")];
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert_eq!(told.text, "Ben has asked not to be remembered, so nothing is kept.");
    let said = world.sim.world().say(world.ben, world.channel, "I like leeks").unwrap();
    let used = world.menu(world.ann, said, "Remember this", "grim").await;
    let told = world.served(&used).await;
    assert_eq!(told.text, "Ben has asked not to be remembered, so nothing is kept.");
    assert!(!world.table().await.contains("leeks"));
}

#[tokio::test]
async fn who_does_not_want_to_be_quoted_has_only_their_own_messages_remembered() {
    let world = World::new().await;
    world.command(world.ben, world.channel, "privacy quoting", &[("allow", "false")]).await;
    let said = world.sim.world().say(world.ben, world.channel, "I like leeks").unwrap();
    let used = world.menu(world.ann, said, "Remember this", "grim").await;
    let told = world.served(&used).await;
    assert_eq!(told.text, "Ben has asked not to be quoted, so nothing is kept.");
    let used = world.menu(world.ben, said, "Remember this", "grim").await;
    let told = world.served(&used).await;
    assert_eq!(told.text, "Grim remembers about you: “I like leeks”");
}

#[tokio::test]
async fn a_message_deleted_meanwhile_is_not_remembered() {
    let world = World::new().await;
    let said = world.sim.world().say(world.ben, world.channel, "I like leeks").unwrap();
    let used = world.menu(world.ben, said, "Remember this", "grim").await;
    let gone = What::Deleted { message_ids: vec![Id::new(said.get())] };
    world.serve(&world.event_of(world.ben, world.channel, gone)).await;
    let told = world.served(&used).await;
    assert_eq!(told.text, "That message was deleted, so nothing is kept.");
    assert!(!world.table().await.contains("leeks"));
}

#[tokio::test]
async fn there_must_be_something_to_remember_and_not_too_much_of_it() {
    let world = World::new().await;
    let remember = async |what: &str| {
        let options = [("what", what), ("personality", "grim")];
        world.command(world.ann, world.channel, "remember", &options).await.text
    };
    for nothing in ["", "   ", "\u{200B}\u{2060}", "\n\n"] {
        let told = remember(nothing).await;
        assert_eq!(
            told, "There is nothing in it to remember. Say it in a few words.",
            "{nothing:?}"
        );
    }
    let told = remember(&"soup ".repeat(400)).await;
    assert!(told.contains("only 400 characters are kept"), "{told}");
    assert!(told.chars().count() < 600, "{told}");

    let hostile =
        format!("<@{}> @everyone [win](https://evil.example)\u{200B}\u{E0041}", world.ben);
    let told = remember(&hostile).await;
    assert!(told.contains("Ben everyone …") || told.contains("Ben everyone win"), "{told}");
    assert!(!told.contains("evil.example") && !told.contains('\u{E0041}'), "{told}");

    let told = remember("I know everybody here").await;
    assert_eq!(told, "Grim remembers about you: “I know everybody here”");
    let options = [("what", "x"), ("personality", "nobody-of-ours")];
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert_eq!(told.text, "Nobody of that name lives here. `/personalities` shows who does.");
    let options = [("what", "x"), ("about", "everybody"), ("personality", "grim")];
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert!(told.text.starts_with("I do not know whom it is about."), "{}", told.text);
}

#[tokio::test]
async fn a_memory_that_is_full_says_so() {
    let world = World::new().await;
    for n in 0..store::MOST_OPEN {
        let fact = world.fact(world.ann, &format!("{n}"), &format!("soup number {n}"));
        world.knows("grim", world.ann, fact).await;
    }
    let options = [("what", "one soup more"), ("personality", "grim")];
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert!(
        told.text.starts_with("Grim was told 64 things about Ann here already"),
        "{}",
        told.text
    );
    assert!(!world.table().await.contains("one soup more"));
}

#[tokio::test]
async fn a_command_that_is_delivered_again_remembers_nothing_twice() {
    let world = World::new().await;
    let options = [("what", "I like leeks"), ("personality", "grim")];
    let used = world.used(world.ann, world.channel, "remember", &options).await;
    let first = world.served(&used).await;
    let second = world.served(&used).await;
    assert_eq!((&first.text, &first.buttons), (&second.text, &second.buttons));
    let told = world.command(world.ann, world.channel, "remember", &options).await;
    assert_eq!(told.buttons, first.buttons, "the same words are kept once");
    let page = world.memories(world.ann, "grim").await;
    assert!(page.text.starts_with("Grim remembers one thing"), "{}", page.text);
}

#[tokio::test]
async fn what_is_told_where_not_everybody_reads_stays_there() {
    let world = World::new().await;
    let options = [("what", "I hid the gold"), ("personality", "grim")];
    let told = world.command(world.ann, world.cellar, "remember", &options).await;
    assert!(told.text.ends_with("It stays in this channel, as not everybody can read here."));
    let options = [("what", "I like leeks"), ("personality", "grim")];
    world.command(world.ann, world.channel, "remember", &options).await;

    let upstairs = world.memories(world.ann, "grim").await;
    assert!(
        !upstairs.text.contains("gold") && upstairs.text.contains("leeks"),
        "{}",
        upstairs.text
    );
    let downstairs =
        world.command(world.ann, world.cellar, "memories", &[("personality", "grim")]).await;
    assert!(downstairs.text.contains("gold") && downstairs.text.contains("leeks"));
    let direct = world.sim.world().open_dm(world.ann, world.app.application_id).unwrap();
    let direct = world.command(world.ann, direct, "memories", &[("personality", "grim")]).await;
    assert_eq!(direct.text, "Grim remembers nothing here that concerns you.");
}

#[tokio::test]
async fn an_interaction_older_than_fifteen_minutes_is_remembered_and_not_answered() {
    let world = World::new().await;
    let options = [("what", "I like leeks"), ("personality", "grim")];
    let used = world.used(world.ann, world.channel, "remember", &options).await;
    world.sim.clock().advance(std::time::Duration::from_secs(16 * 60));
    assert_eq!(world.serve(&used.event).await, den_worker::Verdict::Done, "no use in trying again");
    let page = world.memories(world.ann, "grim").await;
    assert!(page.text.contains("leeks"), "{}", page.text);
}
