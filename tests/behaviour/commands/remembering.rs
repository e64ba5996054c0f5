//! Telling a personality what to remember, looking at it, correcting it, taking it back.

use crate::{
    home::{Home, MABEL_SAYS},
    patience,
};

const GRIM: (&str, &str) = ("personality", "grim");

#[tokio::test]
async fn what_was_told_is_shown_corrected_used_and_taken_back() {
    let home = Home::open().await;
    let what = [("what", "my exam is on Friday"), GRIM];
    let told = home.uses(home.ann, home.channel, "remember", &what).await;
    let told = told.says(&["Grim remembers about you: “my exam is on Friday”"]);
    assert_eq!(told.labels(), ["Undo"]);

    let page = home.uses(home.ann, home.kitchen, "memories", &[GRIM]).await;
    let page = page.says(&["Grim remembers one thing here", "**1.** my exam is on Friday"]);
    assert_eq!(page.labels(), ["✏️ 1", "🗑️ 1"]);
    let page = home.fills_in(home.ann, &page, "✏️ 1", "my exam is on Monday").await;
    let page = page.says(&["Corrected: “my exam is on Monday”", "**1.** my exam is on Monday"]);

    home.says(home.ann, home.channel, "Grim, when is my exam?");
    home.until_said("Grim", home.channel, 1).await;
    let handed_over = home.last_call().body["messages"].to_string();
    assert!(handed_over.contains("my exam is on Monday"), "{handed_over}");
    assert!(!handed_over.contains("Friday"), "{handed_over}");

    let page = home.presses(home.ann, &page, "🗑️ 1").await;
    page.says(&["Forgotten: “my exam is on Monday”", "remembers nothing here that concerns you"]);
    let what = [("what", "I cannot stand leeks"), GRIM];
    let told = home.uses(home.ann, home.channel, "remember", &what).await;
    home.presses(home.ann, &told, "Undo").await.says(&["Forgotten: “I cannot stand leeks”"]);
}

#[tokio::test]
async fn a_message_is_remembered_by_its_menu_and_its_author_is_shown_where_it_stands() {
    let home = Home::open().await;
    let said = home.says(home.ben, home.kitchen, "I put salt into my coffee.");
    let kept = home.opens(home.ann, said, "Remember this").await;
    kept.says(&["Grim remembers about Ben: “I put salt into my coffee.”", "Ben is shown this"]);
    let link = format!("https://discord.com/channels/{}/{}/{said}", home.guild, home.kitchen);
    let page = home.uses(home.ben, home.channel, "memories", &[GRIM]).await;
    page.says(&["I put salt into my coffee.", &link]);

    home.uses(home.ben, home.channel, "privacy quoting", &[("allow", "false")]).await;
    let said = home.says(home.ben, home.kitchen, "And pepper into my tea.");
    let refused = home.opens(home.ann, said, "Remember this").await;
    refused.says(&["Ben has asked not to be quoted, so nothing is kept."]);
}

#[tokio::test]
async fn what_somebody_asked_is_nobody_elses_to_remember_because_it_stands_under_our_name() {
    let home = Home::open().await;
    let options = [("question", "I failed my exam, what now?"), GRIM];
    let asked = home.uses(home.ann, home.channel, "ask", &options).await;
    assert!(asked.text.contains("I failed my exam"), "everybody reads it: {asked:?}");
    home.until_said("Grim", home.channel, 1).await;
    for menu in ["Remember this", "Roast this"] {
        let told = home.opens(home.ben, asked.message, menu).await;
        told.says(&["No personality says anything in that message."]);
    }

    home.says(home.ann, home.kitchen, "Mabel, my locker opens with 4711.");
    let answer = home.until_said("Mabel", home.kitchen, 1).await;
    assert!(answer.content.contains("4711"), "it links what it answers: {}", answer.content);
    let kept = home.opens(home.ben, answer.id, "Remember this").await;
    kept.says(&[&format!("Mabel remembers about this place: “Mabel said: “{MABEL_SAYS}””")]);

    let asked = home.uses(home.ann, home.channel, "privacy erase", &[]).await;
    home.presses(home.ann, &asked, "Erase everything").await.says(&["one memory."]);
    let page = home.uses(home.ben, home.channel, "memories", &[("personality", "mabel")]).await;
    page.says(&["Mabel remembers nothing here that concerns you."]);
}

#[tokio::test]
async fn a_channel_that_is_deleted_is_forgotten() {
    let home = Home::open().await;
    home.says(home.ben, home.kitchen, "Grim, the code word for the party is marmalade.");
    home.until_said("Grim", home.kitchen, 1).await;
    let what = [("what", "I like marmalade"), GRIM];
    home.uses(home.ben, home.kitchen, "remember", &what).await.says(&["I like marmalade"]);
    home.discord.delete_channel(home.kitchen).expect("it was there");
    patience::until("the kitchen is forgotten", async || {
        let shown = home.uses(home.ben, home.channel, "privacy show", &[]).await.text;
        match shown.contains("Nothing of yours is kept") {
            true => Ok(()),
            false => Err(shown),
        }
    })
    .await;
    home.says(home.ann, home.channel, "Grim, what is the code word for the party?");
    home.until_said("Grim", home.channel, 1).await;
    let handed_over = home.last_call().body["messages"].to_string();
    assert!(!handed_over.contains("marmalade"), "{handed_over}");
}

#[tokio::test]
async fn of_two_who_correct_one_memory_at_once_one_wins_and_the_other_is_shown_it() {
    let home = Home::open().await;
    let ben = home.ben.to_string();
    let what = [("what", "he likes leeks"), ("about", ben.as_str()), GRIM];
    home.uses(home.ann, home.channel, "remember", &what).await;
    let (anns, bens) = tokio::join!(
        home.uses(home.ann, home.channel, "memories", &[GRIM]),
        home.uses(home.ben, home.kitchen, "memories", &[GRIM]),
    );
    // In two channels, so that nothing puts one behind the other.
    let (anns, bens) = tokio::join!(
        home.fills_in(home.ann, &anns, "✏️ 1", "he loves leeks"),
        home.fills_in(home.ben, &bens, "✏️ 1", "I hate leeks"),
    );
    let pages = [&anns.text, &bens.text];
    let won = pages.iter().position(|page| page.starts_with("Corrected:")).expect("one of them");
    assert!(pages[1 - won].starts_with("Somebody changed it first."), "{pages:?}");
    let page = home.uses(home.ben, home.channel, "memories", &[GRIM]).await;
    let page = page.says(&["one thing here", ["he loves leeks", "I hate leeks"][won]]);
    assert!(!page.text.contains(["I hate leeks", "he loves leeks"][won]), "{}", page.text);
}

#[tokio::test]
async fn what_only_some_can_read_stays_with_them() {
    let home = Home::open().await;
    let direct = home.discord.open_dm(home.ann, home.app.application_id).unwrap();
    let what = |what: &'static str| [("what", what), GRIM];
    let told = home.uses(home.ann, home.cellar, "remember", &what("the cake is for Ben")).await;
    told.says(&["It stays in this channel, as not everybody can read here."]);
    home.uses(home.ann, direct, "remember", &what("I write poems")).await;
    home.uses(home.ann, home.channel, "remember", &what("I play the horn")).await;

    let known = [(home.kitchen, [false, false, true]), (home.cellar, [true, false, true])];
    for (channel, known) in known.into_iter().chain([(direct, [false, true, false])]) {
        let page = home.uses(home.ann, channel, "memories", &[GRIM]).await;
        let is_shown = ["cake", "poems", "horn"].map(|word| page.text.contains(word));
        assert_eq!(is_shown, known, "{}", page.text);
    }
}

#[tokio::test]
async fn nothing_and_too_much_are_told_apart() {
    let home = Home::open().await;
    let nothing = [("what", "\u{200B}\u{2060}"), GRIM];
    let told = home.uses(home.ann, home.channel, "remember", &nothing).await;
    told.says(&["There is nothing in it to remember."]);
    let long = "soup ".repeat(400);
    let told = home.forces(home.ann, home.channel, "remember", &[("what", &long), GRIM]).await;
    told.says(&["That is the beginning: only 400 characters are kept."]);
    let page = home.uses(home.ann, home.channel, "memories", &[GRIM]).await;
    let page = page.says(&["remembers one thing here"]);
    let page = home.fills_in(home.ann, &page, "✏️ 1", "\u{200B}").await;
    page.says(&["There was nothing in it, so it stays as it is."]);
}
