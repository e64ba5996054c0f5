//! Seeing, correcting and deleting what is remembered.

use std::{pin::pin, task::Poll};

use store::{About, Fact, Scope, Space};
use twilight_model::id::Id;

use crate::world::World;

impl World {
    /// Somebody told Grim something about Ann, which he keeps, and learned from.
    async fn told_about_ann(&self, by: discord_sim::UserId, text: &str, learned: &[&str]) -> u64 {
        let message = self.said_to("grim", by, self.channel, text).await;
        for (n, what) in learned.iter().enumerate() {
            let fact = self.fact(by, &format!("{message}-{n}"), what);
            let fact = Fact { message_id: Some(Id::new(message)), ..fact };
            self.knows("grim", self.ann, fact).await;
        }
        message
    }
}

#[tokio::test]
async fn pages_are_turned() {
    let world = World::new().await;
    for n in 1..=12 {
        let fact = world.fact(world.ann, &n.to_string(), &format!("soup number {n}"));
        world.knows("grim", world.ann, fact).await;
    }
    let first = world.memories(world.ann, "grim").await;
    assert!(first.text.starts_with("Grim remembers 12 things here that concern you. Page 1 of 3."));
    assert!(first.text.contains("**1.** soup number 12"), "the newest first: {}", first.text);
    assert_eq!(
        first.labels(),
        ["✏️ 1", "✏️ 2", "✏️ 3", "✏️ 4", "✏️ 5", "🗑️ 1", "🗑️ 2", "🗑️ 3", "🗑️ 4", "🗑️ 5", "▶"]
    );
    let second = world.press(world.ann, &first, "▶").await;
    assert!(second.text.contains("Page 2 of 3.\n**6.** soup number 7"), "{}", second.text);
    let third = world.press(world.ann, &second, "▶").await;
    assert_eq!(third.labels(), ["✏️ 11", "✏️ 12", "🗑️ 11", "🗑️ 12", "◀"]);
    let third = world.press(world.ann, &third, "🗑️ 12").await;
    assert!(third.text.starts_with("Forgotten: “soup number 1”\n\nGrim remembers 11 things"));
    assert!(third.text.contains("Page 3 of 3."), "one stays on the page: {}", third.text);
    let third = world.press(world.ann, &third, "🗑️ 11").await;
    assert!(third.text.contains("Page 2 of 2."), "{}", third.text);
}

#[tokio::test]
async fn of_five_thousand_memories_every_page_fits() {
    let world = World::new().await;
    let long = "an endless soup \u{1F372} ".repeat(30);
    for person in 0..79 {
        let subject = discord_sim::UserId::from(9_000 + person);
        let facts = (0..store::MOST_OPEN).map(|n| {
            let text = format!("{person} and {n}: {long}");
            world.fact(world.ann, &format!("{}", 1 + person * 100 + n as u64), &text)
        });
        world.knows_all("grim", subject, facts.collect()).await;
    }
    let page = world.memories(world.ann, "grim").await;
    assert!(page.text.starts_with("Grim remembers 5056 things"), "{}", page.text);
    assert!(page.text.chars().count() <= 2_000, "{}", page.text.chars().count());
    assert_eq!(page.text.matches("about ").count(), 5, "{}", page.text);
    let last = world.forged(world.ann, world.channel, "memories:grim:999999", &[]).await;
    assert!(last.text.contains("Page 1012 of 1012."), "{}", last.text);
}

#[tokio::test]
async fn a_memory_is_corrected_by_a_form() {
    let world = World::new().await;
    let fact = world.fact(world.ben, "1", "she lives in Cologne");
    world.knows("grim", world.ann, fact).await;
    let page = world.memories(world.ann, "grim").await;
    let page = world.fill_in(world.ann, &page, "✏️ 1", "I live in **Bonn**").await;
    assert!(page.text.starts_with("Corrected: “I live in Bonn”\n\nGrim remembers one thing"));
    assert!(page.text.contains("about you · said by you"), "{}", page.text);
    assert!(!page.text.contains("Cologne"), "{}", page.text);

    let book = world.book("grim", world.ann).await;
    assert_eq!(book.facts.len(), 2, "what was is closed, not overwritten");
    assert_eq!(book.facts[0].until_ms, Some(book.facts[1].at_ms));
    let page = world.press(world.ann, &page, "🗑️ 1").await;
    assert!(page.text.starts_with("Forgotten: “I live in Bonn”"), "{}", page.text);
    assert!(!world.table().await.contains("Cologne"), "what it replaced is gone with it");
}

#[tokio::test]
async fn the_words_behind_a_corrected_memory_are_recalled_by_nobody() {
    let world = World::new().await;
    let learned = ["I live in Berlin", "I like leeks"];
    world.told_about_ann(world.ann, "I live in Berlin and like leeks.", &learned).await;
    world.said_to("grim", world.ben, world.channel, "Berlin is far.").await;
    let page = world.memories(world.ann, "grim").await;
    let used = world.filled_in(world.ann, &page, "✏️ 2", "I live in Munich").await;
    let (first, second) = (world.served(&used).await, world.served(&used).await);
    assert!(first.text.starts_with("Corrected: “I live in Munich”"), "{}", first.text);
    assert_eq!(first.text, second.text);
    assert!(first.text.contains("I like leeks"), "what else was learned stays: {}", first.text);
    assert_eq!(world.words("grim").await, ["Berlin is far."; 2], "in the window, and for recall");
}

#[tokio::test]
async fn what_ann_deletes_is_not_recalled_in_the_words_of_who_told_it() {
    let world = World::new().await;
    world.told_about_ann(world.ben, "Ann sleeps until noon.", &["she sleeps until noon"]).await;
    let page = world.memories(world.ann, "grim").await;
    let page = world.press(world.ann, &page, "🗑️ 1").await;
    assert!(page.text.starts_with("Forgotten: “she sleeps until noon”"), "{}", page.text);
    assert_eq!(world.words("grim").await, [""; 0]);
    assert!(!world.table().await.contains("noon"));
}

#[tokio::test]
async fn who_had_an_answer_to_somebody_else_remembered_takes_back_no_more_than_that() {
    let world = World::new().await;
    let said = world.answered("grim", world.ben, "Soup is eternal").await;
    world.kept("grim", world.channel, said.get(), store::Speaker::Me, "Soup is eternal").await;
    for (who, is_left) in [(world.ann, true), (world.ben, false)] {
        let used = world.menu(who, said, "Remember this", "grim").await;
        let told = world.served(&used).await;
        let undone = world.press(who, &told, "Undo").await;
        assert!(undone.text.starts_with("Forgotten: “Grim said:"), "{}", undone.text);
        assert_eq!(!world.words("grim").await.is_empty(), is_left);
    }
}

/// Whether it finished before it was killed, after it was looked at so many times.
async fn killed_after<T>(looks: usize, work: impl Future<Output = T>) -> bool {
    let (mut work, mut left) = (pin!(work), looks);
    std::future::poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        work.as_mut().poll(cx).map(|_| true)
    })
    .await
}

#[tokio::test]
async fn a_deletion_during_which_the_worker_was_killed_is_finished_when_it_comes_again() {
    let world = World::new().await;
    let mut looks = 1;
    loop {
        let secret = format!("secret-{looks}-");
        world.told_about_ann(world.ann, &format!("I keep {secret}."), &[&secret]).await;
        let page = world.memories(world.ann, "grim").await;
        let used = world.pressed(world.ann, &page, "🗑️ 1").await;
        let is_done = killed_after(looks, world.serve(&used.event)).await;
        let again = world.served(&used).await;
        assert!(again.buttons.is_empty(), "killed after {looks}: {again:?}");
        assert!(!world.table().await.contains(&secret), "killed after {looks}");
        if is_done {
            return;
        }
        looks += 1;
    }
}

#[tokio::test]
async fn a_correction_with_nothing_in_it_changes_nothing() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ann, "1", "I like leeks")).await;
    let page = world.memories(world.ann, "grim").await;
    let page = world.fill_in(world.ann, &page, "✏️ 1", " \u{200B} ").await;
    assert!(
        page.text.starts_with("There was nothing in it, so it stays as it is."),
        "{}",
        page.text
    );
    assert!(page.text.contains("I like leeks"));
    let page = world.fill_in(world.ann, &page, "✏️ 1", &"soup ".repeat(400)).await;
    assert!(page.text.starts_with("Corrected:") && page.text.chars().count() < 900);
}

#[tokio::test]
async fn of_two_who_correct_one_memory_at_once_the_second_is_shown_the_first_ones() {
    let world = World::new().await;
    world.knows("grim", world.ben, world.fact(world.ann, "1", "he likes leeks")).await;
    let (anns, bens) =
        (world.memories(world.ann, "grim").await, world.memories(world.ben, "grim").await);
    let first = world.filled_in(world.ann, &anns, "✏️ 1", "he loves leeks").await;
    let second = world.filled_in(world.ben, &bens, "✏️ 1", "I hate leeks").await;
    tokio::join!(world.serve(&first.event), world.serve(&second.event));

    let answers = [world.answer(&first).text, world.answer(&second).text];
    let won = answers.iter().position(|text| text.starts_with("Corrected:")).expect("one wins");
    let lost = &answers[1 - won];
    assert!(lost.starts_with("Somebody changed it first."), "{lost}");
    let book = world.book("grim", world.ben).await;
    let open: Vec<_> = book.open().map(|fact| fact.text.as_str()).collect();
    assert_eq!(open, [["he loves leeks", "I hate leeks"][won]]);
    if won == 0 {
        assert!(
            lost.contains("Here is how it is now: “he loves leeks”"),
            "it is about Ben: {lost}"
        );
    }
}

#[tokio::test]
async fn who_deletes_what_was_corrected_meanwhile_is_shown_how_it_is_now() {
    let world = World::new().await;
    world.knows("grim", world.ben, world.fact(world.ann, "1", "he likes leeks")).await;
    let (anns, bens) =
        (world.memories(world.ann, "grim").await, world.memories(world.ben, "grim").await);
    let anns = world.fill_in(world.ann, &anns, "✏️ 1", "he loves leeks").await;
    let page = world.press(world.ben, &bens, "🗑️ 1").await;
    assert!(
        page.text.starts_with("Somebody changed it first. Here is how it is now: “he loves leeks”"),
        "{}",
        page.text
    );
    let page = world.press(world.ben, &page, "🗑️ 1").await;
    assert!(page.text.starts_with("Forgotten: “he loves leeks”"), "{}", page.text);
    let page = world.press(world.ann, &anns, "🗑️ 1").await;
    assert!(page.text.starts_with("That one is not kept any more."), "{}", page.text);
}

#[tokio::test]
async fn a_press_that_is_delivered_again_does_nothing_twice() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ann, "1", "I like leeks")).await;
    world.knows("grim", world.ann, world.fact(world.ann, "2", "I like soup")).await;
    let page = world.memories(world.ann, "grim").await;
    let used = world.filled_in(world.ann, &page, "✏️ 1", "I like stew").await;
    let (first, second) = (world.served(&used).await, world.served(&used).await);
    assert_eq!(first.text, second.text);
    let used = world.pressed(world.ann, &second, "🗑️ 1").await;
    world.served(&used).await;
    let again = world.served(&used).await;
    assert!(again.text.starts_with("That one is not kept any more."), "{}", again.text);
    assert!(again.text.contains("I like leeks"), "the other one stays: {}", again.text);
}

#[tokio::test]
async fn nobody_changes_what_is_none_of_their_business() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ann, "1203", "I like leeks")).await;
    let ann = world.ann;
    let only =
        "Only who it is about, who said it, and people who may manage messages can change that.";
    for verb in ["drop", "fix"] {
        let button = format!("{verb}:grim:g:u{ann}:1203:0");
        let told =
            world.forged(world.ben, world.channel, &button, &[("text", "I hate them")]).await;
        assert!(told.text.starts_with(only), "{}", told.text);
        assert!(!told.text.contains("leeks"), "{}", told.text);
    }
    let told =
        world.forged(world.ben, world.channel, &format!("memories:grim:0:u{ann}"), &[]).await;
    assert!(!told.text.contains("leeks"), "{}", told.text);

    let button = format!("drop:grim:g:u{ann}:1203");
    let told = world.forged(world.mia, world.channel, &button, &[]).await;
    assert!(told.text.starts_with("Forgotten:"), "who manages messages may: {}", told.text);
    let acts = world.worker.store.acts(Some(Id::new(world.guild.get())), 10).await.unwrap();
    assert_eq!(
        acts.iter().map(|act| act.what.as_str()).collect::<Vec<_>>(),
        ["delete memory 1203 of grim"]
    );
    assert_eq!(acts[0].by, Some(Id::new(world.mia.get())));
}

#[tokio::test]
async fn a_forged_button_reaches_no_other_space() {
    let world = World::new().await;
    let elsewhere = Scope::new(Space::Guild(Id::new(4_242)), "grim".parse().unwrap());
    let about = About::Person(Id::new(world.ann.get()));
    let cellar = Scope::new(Space::Channel(Id::new(world.cellar.get())), "grim".parse().unwrap());
    for scope in [&elsewhere, &cellar] {
        let fact = world.fact(world.ann, "1203", "I hid the gold");
        world
            .worker
            .store
            .change_book(scope, about, |book| book.add(fact.clone()))
            .await
            .unwrap()
            .unwrap();
    }
    let ann = world.ann;
    let forged = [
        format!("drop:grim:G4242:u{ann}:1203:0"),
        format!("drop:grim:G4242:u{ann}:1203"),
        format!("fix:grim:C{}:u{ann}:1203:0", world.cellar),
        format!("drop:grim:g:u{ann}:1203:0"),
        format!("drop:grim:c:u{ann}:1203:0"),
        format!("fix:grim:g:u{ann}:1203:0"),
    ];
    for button in &forged {
        let told = world.forged(world.ann, world.channel, button, &[("text", "nothing")]).await;
        assert!(!told.text.contains("gold"), "{button}: {}", told.text);
    }
    for scope in [&elsewhere, &cellar] {
        let book = world.worker.store.book(scope, about).await.unwrap();
        assert_eq!(
            book.open().map(|fact| fact.text.as_str()).collect::<Vec<_>>(),
            ["I hid the gold"]
        );
    }
}

#[tokio::test]
async fn garbage_on_a_button_is_answered_plainly() {
    let world = World::new().await;
    let garbage = [
        "drop",
        "drop:",
        "drop::::",
        "drop:grim",
        "drop:grim:g:u0:1:0",
        "drop:grim:g:u1:../../x:0",
        "drop:grim:g:p:1:99999999999999999999",
        "drop:GRIM:g:p:1:0",
        "drop:grim:g:p::0",
        "fix:grim:g:p:1:0:0:0",
        "memories",
        "memories:grim",
        "memories:grim:-1",
        "memories:grim:0:x7",
        "memories:;DROP TABLE:0",
        "forget-me",
        "forget-me:maybe",
        "forget-here:",
        "erase",
        "erase:no",
        "remember:grim",
        "privacy show",
        "fix:\u{200B}",
    ];
    for button in garbage {
        let told = world.forged(world.ann, world.channel, button, &[("text", "x")]).await;
        assert!(!told.text.is_empty() && told.buttons.is_empty(), "{button}: {told:?}");
    }
    let gone = world.forged(world.ann, world.channel, "memories:gone-long-ago:0", &[]).await;
    assert_eq!(gone.text, "gone-long-ago remembers nothing here that concerns you.");
}

#[tokio::test]
async fn where_nothing_was_told_ann_reads_how_much_of_what_she_said_is_kept() {
    let world = World::new().await;
    world.said_to("grim", world.ann, world.channel, "The soup is thin.").await;
    world.said_to("grim", world.ben, world.channel, "The soup is fine.").await;
    world.said_to("mabel", world.ann, world.channel, "The stew is thin.").await;
    let page = world.memories(world.ann, "grim").await;
    let kept = "Grim remembers nothing here that concerns you. But one message of yours is kept here, word by \
                word, and may be recalled: `/forget me` deletes what is kept of you here.";
    assert_eq!(page.text, kept);
    world.said_to("grim", world.ann, world.cellar, "The cellar is dark.").await;
    let options = [("what", "the soup"), ("personality", "grim")];
    let found = world.command(world.ann, world.cellar, "forget thing", &options).await;
    assert!(found.text.starts_with("Grim remembers nothing like that here"), "{}", found.text);
    assert!(found.text.contains("But 2 messages of yours are kept here"), "{}", found.text);
}

#[tokio::test]
async fn a_page_may_be_only_about_somebody() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ben, "1", "she likes leeks")).await;
    world.knows("grim", world.ben, world.fact(world.ann, "2", "he likes stew")).await;
    world.knows("grim", world.ben, world.fact(world.mia, "3", "he snores")).await;
    let about =
        |id: String| [("personality".to_owned(), "grim".to_owned()), ("about".to_owned(), id)];
    let ask = async |about: [(String, String); 2]| {
        let options: Vec<_> = about.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        world.command(world.ann, world.channel, "memories", &options).await
    };
    let own = ask(about(world.ann.to_string())).await;
    assert!(own.text.contains("leeks") && !own.text.contains("stew"), "{}", own.text);
    let bens = ask(about(world.ben.to_string())).await;
    assert!(bens.text.starts_with("1 of them you told Grim here"), "{}", bens.text);
    assert!(bens.text.contains("stew") && !bens.text.contains("snores"), "{}", bens.text);
    let bens = world.press(world.ann, &bens, "🗑️ 1").await;
    assert!(!bens.text.contains("leeks"), "it stays the page about Ben: {}", bens.text);
    let nobody = ask(about("<@7>".to_owned())).await;
    assert!(nobody.text.starts_with("I do not know whom you mean."), "{}", nobody.text);
}

#[tokio::test]
async fn who_moderates_one_channel_changes_nothing_that_the_whole_server_knows() {
    let world = World::new().await;
    world.knows("grim", world.ann, world.fact(world.ann, "1203", "I like leeks")).await;
    let (sim, ann) = (world.sim.world(), world.ann);
    let here = discord_sim::Whom::User(world.ben);
    let manage = discord_sim::Permissions::MANAGE_MESSAGES;
    sim.set_permission(world.channel, here, manage, true).unwrap();
    for verb in ["drop", "fix"] {
        let button = format!("{verb}:grim:g:u{ann}:1203:0");
        let told = world.forged(world.ben, world.channel, &button, &[("text", "none")]).await;
        assert!(told.text.starts_with("Only who it is about"), "{}", told.text);
    }
    // What only this channel knows is theirs to look after.
    let scope = Scope::new(Space::Channel(Id::new(world.channel.get())), "grim".parse().unwrap());
    let fact = world.fact(world.ann, "1204", "I like beets");
    let about = About::Person(Id::new(ann.get()));
    let store = &world.worker.store;
    store.change_book(&scope, about, |book| book.add(fact.clone())).await.unwrap().unwrap();
    let button = format!("drop:grim:c:u{ann}:1204:0");
    let told = world.forged(world.ben, world.channel, &button, &[]).await;
    assert!(told.text.starts_with("Forgotten:"), "{}", told.text);
}
