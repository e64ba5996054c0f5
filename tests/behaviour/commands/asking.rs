//! Asking a personality, and finding out who there is.

use discord_sim::NoChoices;

use crate::home::{GRIM_SAYS, Home};

#[tokio::test]
async fn a_question_of_two_thousand_characters_is_read_to_its_end() {
    let home = Home::open().await;
    let question = format!("{}carrot", "soup? ".repeat(332) + "no");
    assert_eq!(question.chars().count(), 2_000);
    let options = [("personality", "grim"), ("question", question.as_str())];
    let asked = home.uses(home.ann, home.channel, "ask", &options).await;
    assert!(!asked.is_private && asked.text.starts_with("-# Ann asks Grim: soup?"), "{asked:?}");
    assert!(asked.text.chars().count() < 400, "{}", asked.text);
    home.until_said("Grim", home.channel, 1).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS]);
    assert!(home.last_call().last_user_text().contains("nocarrot"));
}

#[tokio::test]
async fn in_a_direct_message_the_answer_carries_the_name() {
    let home = Home::open().await;
    let direct = home.discord.open_dm(home.ann, home.app.application_id).unwrap();
    let options = [("personality", "mabel"), ("question", "what is in the oven?")];
    home.uses(home.ann, direct, "ask", &options).await;
    let answer = home.until("an answer", |discord| {
        discord.last_message(direct).filter(|last| last.content.starts_with("**Mabel:** "))
    });
    assert!(answer.await.content.ends_with("tell me more."));
}

#[tokio::test]
async fn wherever_a_personality_is_named_its_name_is_completed() {
    let home = Home::open().await;
    let commands = [
        "ask",
        "roast",
        "higherself ask",
        "higherself on",
        "higherself off",
        "remember",
        "forget thing",
        "memories",
        "mute",
        "unmute",
        "bind",
        "persona default",
    ];
    for command in commands {
        let suggested = suggested(&home, command, "gri").await;
        assert_eq!(suggested, ["Grim"], "/{command}");
    }
    assert_eq!(suggested(&home, "ask", "").await, ["Grim", "Mabel", "Rex"]);
    assert_eq!(suggested(&home, "ask", "count beetroot").await, [""; 0]);
}

async fn suggested(home: &Home, command: &str, typed: &str) -> Vec<String> {
    let typing = home.discord.autocomplete(home.gus, home.channel, command, "personality", typed);
    let suggested: Result<_, NoChoices> = typing.await;
    let suggested = suggested.unwrap_or_else(|error| panic!("/{command}: {error}"));
    suggested.into_iter().map(|choice| choice.name).collect()
}

#[tokio::test]
async fn who_lives_here_is_told_with_who_is_silent() {
    let home = Home::open().await;
    let silenced = [("personality", "grim"), ("for", "me")];
    home.uses(home.ann, home.channel, "mute", &silenced).await;
    let list = home.uses(home.ann, home.channel, "personalities", &[]).await;
    let list = list.says(&["**Grim** — A ghost who haunts a soup kitchen.", "**Rex** — A dog"]);
    list.says(&["**Grim** does not answer you, as you wished"]);
    assert_eq!(home.transcript(home.channel), [""; 0], "nobody else sees it");
}

#[tokio::test]
async fn whoever_does_not_live_here_is_not_found() {
    let home = Home::open().await;
    let asked = [("personality", "Count `Beetroot`"), ("question", "are you there?")];
    let told = home.uses(home.ann, home.channel, "ask", &asked).await;
    let told = told.says(&["Nobody here is called", "Beetroot", "Grim, Mabel, Rex"]);
    assert!(!told.text.contains("`Beetroot`"), "{}", told.text);
    for command in ["memories", "mute", "forget thing"] {
        let named = [("personality", "beetroot"), ("what", "soup")];
        let options = if command == "forget thing" { &named[..] } else { &named[..1] };
        let told = home.uses(home.ann, home.channel, command, options).await;
        told.says(&["Nobody here is called `beetroot`"]);
    }
    assert_eq!(home.bedrock.calls().len(), 0);
}
