//! What is kept about somebody, and what they want done with it.

use store::{About, Fact, Origin, Scope, Space};
use twilight_model::id::Id;

use crate::home::Home;

const GRIM: (&str, &str) = ("personality", "grim");

#[tokio::test]
async fn who_does_not_want_to_be_remembered_is_not() {
    let home = Home::open().await;
    home.uses(home.ann, home.channel, "privacy show", &[]).await.says(&["Memory: allowed."]);
    let off = home.uses(home.ann, home.channel, "privacy memory", &[("allow", "false")]).await;
    let off = off.says(&["From now on nothing you say is kept beyond the answer"]);
    assert_eq!(off.labels(), ["Erase everything", "Keep it"]);
    home.presses(home.ann, &off, "Keep it").await.says(&["Nothing is erased."]);

    home.says(home.ann, home.channel, "Grim, remember that I play the horn.");
    home.until_said("Grim", home.channel, 1).await;
    let refused = home.uses(home.ann, home.channel, "remember", &[("what", "I sing"), GRIM]).await;
    refused.says(&["You have asked not to be remembered, so nothing new is kept."]);
    let shown = home.uses(home.ann, home.channel, "privacy show", &[]).await;
    shown.says(&["Nothing of yours is kept", "Memory: nothing you say is kept."]);

    home.uses(home.ann, home.channel, "privacy memory", &[("allow", "true")]).await;
    home.uses(home.ann, home.channel, "remember", &[("what", "I sing"), GRIM]).await;
    let shown = home.uses(home.ann, home.channel, "privacy show", &[]).await;
    shown.says(&["one memory", "Memory: allowed."]);
}

#[tokio::test]
async fn who_does_not_want_to_be_quoted_is_not_told_to_others() {
    let home = Home::open().await;
    home.says(home.ben, home.kitchen, "Grim, the code word for the party is marmalade.");
    home.until_said("Grim", home.kitchen, 1).await;
    let question = "Grim, what is the code word for the party?";
    let ask = async |who, n| {
        home.says(who, home.channel, question);
        home.until_said("Grim", home.channel, n).await;
        home.last_call().body["messages"].to_string().contains("marmalade")
    };
    assert!(ask(home.ann, 1).await, "it was said where everybody reads");
    let off = home.uses(home.ben, home.channel, "privacy quoting", &[("allow", "false")]).await;
    off.says(&["What you said is not told to others any more"]);
    assert!(!ask(home.ann, 2).await, "Ben does not want it");
    let on = home.uses(home.ben, home.channel, "privacy quoting", &[("allow", "true")]).await;
    on.says(&["What you said may be told to others again"]);
    assert!(ask(home.ann, 3).await, "Ben wants it again");
}

#[tokio::test]
async fn everything_is_handed_over_as_a_file_and_erased() {
    let home = Home::open().await;
    home.uses(home.ann, home.channel, "remember", &[("what", "I play the horn"), GRIM]).await;
    home.says(home.ann, home.channel, "Grim, I broke the blue cup.");
    home.says(home.ben, home.kitchen, "Grim, I mended the red cup.");
    home.until_said("Grim", home.channel, 1).await;
    home.until_said("Grim", home.kitchen, 1).await;

    let export = home.uses(home.ann, home.channel, "privacy export", &[]).await;
    assert!(export.is_private);
    let (_, file) = export.files.first().expect("a file");
    assert!(file.contains("I play the horn") && file.contains("I broke the blue cup"), "{file}");
    assert!(!file.contains("red cup"), "that is Ben's: {file}");

    let asked = home.uses(home.ann, home.channel, "privacy erase", &[]).await;
    home.presses(home.ann, &asked, "Erase everything").await.says(&["Nothing of yours is left."]);
    let export = home.uses(home.ann, home.channel, "privacy export", &[]).await;
    let left: String = export.files.into_iter().map(|(_, file)| file).collect();
    assert!(!left.contains("horn") && !left.contains("cup"), "{left}");
}

#[tokio::test]
async fn an_export_while_an_erasure_runs_holds_what_was_there_or_nothing() {
    let home = Home::open().await;
    let direct = home.discord.open_dm(home.ann, home.app.application_id).unwrap();
    let n_spaces = 30;
    for space in 0..n_spaces {
        know(&home, space).await;
    }
    let asked = home.uses(home.ann, home.channel, "privacy erase", &[]).await;
    // In two channels, so that nothing puts one behind the other.
    let erasing = home.presses(home.ann, &asked, "Erase everything");
    let exporting = home.uses(home.ann, direct, "privacy export", &[]);
    let (erased, exported) = tokio::join!(erasing, exporting);
    erased.says(&["Nothing of yours is left."]);
    assert!(exported.is_private && !exported.text.is_empty());
    let file: String = exported.files.into_iter().map(|(_, file)| file).collect();
    assert!(file.matches("I hid the gold under stone").count() <= n_spaces, "{file}");

    let after = home.uses(home.ann, direct, "privacy export", &[]).await;
    let file: String = after.files.into_iter().map(|(_, file)| file).collect();
    assert!(!file.contains("gold"), "{file}");
    home.uses(home.ann, direct, "privacy show", &[]).await.says(&["Nothing of yours is kept"]);
}

/// Grim knows something of Ann in one place of many.
async fn know(home: &Home, place: usize) {
    let ann = Id::new(home.ann.get());
    let channel = Id::new(10_000 + place as u64);
    let scope = Scope::new(Space::Channel(channel), "grim".parse().unwrap());
    let fact = Fact {
        id: "1".to_owned(),
        text: format!("I hid the gold under stone {place}"),
        by: ann,
        by_name: "Ann".to_owned(),
        to: None,
        channel_id: channel,
        message_id: None,
        at_ms: 1,
        until_ms: None,
        origin: Origin::Told,
        weight: 5,
    };
    let known = home.store().change_book(&scope, About::Person(ann), |book| book.add(fact.clone()));
    known.await.expect("it is kept").expect("there is room");
}
