//! Having one thing forgotten, oneself, or a channel.

use crate::home::Home;

const GRIM: (&str, &str) = ("personality", "grim");

async fn tell(home: &Home, things: &[&str]) {
    for thing in things {
        home.uses(home.ann, home.channel, "remember", &[("what", thing), GRIM]).await;
    }
}

#[tokio::test]
async fn one_thing_is_found_by_its_words_and_forgotten() {
    let home = Home::open().await;
    tell(&home, &["my cat is called Soup", "my dog is called Stew", "I walk at night"]).await;
    let found =
        home.uses(home.ann, home.channel, "forget thing", &[("what", "the cat"), GRIM]).await;
    let found = found.says(&["Shall Grim forget this? “my cat is called Soup”"]);
    home.presses(home.ann, &found, "Forget it").await.says(&["Forgotten: “my cat is called Soup”"]);

    tell(&home, &["my snail is called Stock"]).await;
    let found =
        home.uses(home.ann, home.channel, "forget thing", &[("what", "called"), GRIM]).await;
    let found = found.says(&["Which of these?", "**1.** my snail", "**2.** my dog"]);
    home.presses(home.ann, &found, "Forget 2").await.says(&["Forgotten: “my dog is called Stew”"]);
    let page = home.uses(home.ann, home.channel, "memories", &[GRIM]).await;
    page.says(&["remembers 2 things", "snail", "I walk at night"]);

    let bens = home.uses(home.ben, home.channel, "forget thing", &[("what", "snail"), GRIM]).await;
    bens.says(&["Grim remembers nothing like that here which you could have forgotten."]);
}

#[tokio::test]
async fn a_person_is_forgotten_here_once_they_say_so() {
    let home = Home::open().await;
    let nothing = home.uses(home.ann, home.channel, "forget me", &[]).await;
    nothing.says(&["Nothing of yours is kept here."]);
    tell(&home, &["I play the horn"]).await;
    home.says(home.ann, home.channel, "Grim, I broke the blue cup.");
    home.until_said("Grim", home.channel, 1).await;

    let asked = home.uses(home.ann, home.channel, "forget me", &[]).await;
    assert_eq!(asked.labels(), ["Forget me", "Keep it"]);
    home.presses(home.ann, &asked, "Keep it").await.says(&["Nothing is forgotten."]);
    let asked = home.uses(home.ann, home.kitchen, "forget me", &[]).await;
    let done = home.presses(home.ann, &asked, "Forget me").await;
    let done =
        done.says(&["Forgotten: 2 messages and one memory.", "Nothing of yours is left here."]);
    assert_eq!(done.labels(), [""; 0], "it is not to be pressed again");

    home.says(home.ben, home.kitchen, "Grim, who broke the blue cup, and who plays the horn?");
    home.until_said("Grim", home.kitchen, 1).await;
    let handed_over = home.last_call().body["messages"].to_string();
    assert!(!handed_over.contains("I broke") && !handed_over.contains("I play"), "{handed_over}");
}

#[tokio::test]
async fn a_channel_is_forgotten_by_those_who_manage_its_messages() {
    let home = Home::open().await;
    tell(&home, &["I play the horn"]).await;
    home.says(home.ben, home.channel, "Grim, I broke the blue cup.");
    home.until_said("Grim", home.channel, 1).await;
    home.says(home.ben, home.kitchen, "Grim, I mended the red cup.");
    home.until_said("Grim", home.kitchen, 1).await;

    let refused = home.uses(home.ann, home.channel, "forget here", &[]).await;
    let refused = refused.says(&["Only people who may manage messages"]);
    assert_eq!(refused.labels(), [""; 0]);
    let asked = home.uses(home.mia, home.channel, "forget here", &[]).await;
    let done = home.presses(home.mia, &asked, "Forget this channel").await;
    done.says(&["Nothing of this channel is left."]);

    home.says(home.ben, home.kitchen, "Grim, which cup did I break, and which did I mend?");
    home.until_said("Grim", home.kitchen, 2).await;
    let handed_over = home.last_call().body["messages"].to_string();
    assert!(!handed_over.contains("I broke the blue cup"), "{handed_over}");
    assert!(handed_over.contains("I mended the red cup"), "{handed_over}");
}
