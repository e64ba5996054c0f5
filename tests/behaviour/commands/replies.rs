//! What people do with a reply: ask why, report it, take it back, have it answered again.

use discord_sim::MessageId;

use crate::home::{GRIM_SAYS, Home};

#[tokio::test]
async fn a_reply_says_why_and_what_it_cost_and_is_reported_from_there() {
    let home = Home::open().await;
    home.says(home.ann, home.channel, "Grim, what is for dinner?");
    let reply = home.until_said("Grim", home.channel, 1).await;
    let why = home.opens(home.ben, reply.id, "Why did it say that?").await;
    let why = why.says(&["**Grim** answered because its name stood at the start", "it cost $0.0"]);
    assert_eq!(why.labels(), ["Report this reply"]);
    let thanks =
        home.fills_in(home.ben, &why, "Report this reply", "It is about soup again.").await;
    thanks.says(&["Thank you. The people who run this den will look at it."]);
    let audit = home.uses(home.gus, home.channel, "den audit", &[]).await;
    audit.says(&["Nothing was done yet."]);
    let link = format!("{}/{}/{}", home.guild, home.channel, reply.id);
    let by_ben = format!("<@{}> of grim", home.ben);
    let reports = home.uses(home.olga, home.channel, "den reports", &[]).await;
    reports.says(&[&by_ben, &link, "It is about soup again."]);

    let said = home.says(home.ben, home.channel, "I like soup.");
    let why = home.opens(home.ann, said, "Why did it say that?").await;
    why.says(&["Nobody of us said that"]);
}

#[tokio::test]
async fn a_reply_is_taken_back_by_who_asked_for_it_or_moderates() {
    let home = Home::open().await;
    for question in ["Grim, what is for dinner?", "Grim, and for breakfast?"] {
        home.says(home.ann, home.channel, question);
    }
    let [first, second] = [
        home.until_said("Grim", home.channel, 1).await,
        home.until_said("Grim", home.channel, 2).await,
    ];
    let refused = home.opens(home.ben, first.id, "Delete").await;
    refused.says(&["Only who asked for a reply can do that"]);
    home.opens(home.ann, first.id, "Delete").await.says(&["It is gone, and forgotten."]);
    home.opens(home.mia, second.id, "Delete").await.says(&["It is gone, and forgotten."]);
    assert_eq!(home.said_by("Grim", home.channel), [""; 0]);

    let said = home.says(home.ann, home.channel, "I like soup.");
    home.opens(home.ann, said, "Delete").await.says(&["Nobody of us said that"]);
}

#[tokio::test]
async fn a_question_is_answered_again_in_the_place_of_the_first_answer() {
    let home = Home::open().await;
    home.says(home.ann, home.channel, "Grim, what is for dinner?");
    let reply = home.until_said("Grim", home.channel, 1).await;
    let refused = home.opens(home.ben, reply.id, "Answer again").await;
    refused.says(&["Only who asked for a reply can do that"]);
    home.opens(home.ann, reply.id, "Answer again").await.says(&["**Grim** thinks again."]);
    let new = home.until("another answer", |discord| {
        let last = discord.last_message(home.channel)?;
        let is_new = last.author.name == "Grim" && last.id != reply.id;
        (is_new && !discord.message(reply.id)?.is_visible()).then_some(last)
    });
    let why = home.why(new.await.id).await;
    assert_eq!(why.addressed, "again");
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS]);
    let asked: Vec<_> = home.bedrock.calls().iter().map(|call| call.last_user_text()).collect();
    assert_eq!(asked.len(), 2);
    assert!(asked[1].contains("what is for dinner?"), "{}", asked[1]);
}

#[tokio::test]
async fn a_roast_is_said_again_as_a_roast_and_not_of_who_opted_out_since() {
    let home = Home::open().await;
    let ben = home.ben.to_string();
    let options = [("person", ben.as_str()), ("personality", "grim")];
    home.uses(home.ann, home.channel, "roast", &options).await;
    let roast = home.until_said("Grim", home.channel, 1).await;
    let another = again(&home, roast.id).await;
    let told = home.last_call();
    assert!(told.last_user_text().contains("Roast Ben."), "{}", told.last_user_text());
    assert!(told.body["system"].to_string().contains("in your roast style"));

    let boast = home.says(home.ben, home.channel, "I can boil water without burning it.");
    home.opens(home.ann, boast, "Roast this").await;
    let roast = home.until_said("Grim", home.channel, 2).await;
    again(&home, roast.id).await;
    let told = home.last_call().last_user_text();
    assert!(told.contains("I can boil water") && told.contains("Roast Ben."), "{told}");

    home.uses(home.ben, home.channel, "privacy roasts", &[("allow", "false")]).await;
    let n_calls = home.bedrock.calls().len();
    again(&home, another).await;
    let said = home.said_by("Grim", home.channel);
    assert!(said.last().unwrap().contains("Ben asked not to be roasted"), "{said:?}");
    assert_eq!(home.bedrock.calls().len(), n_calls);
}

#[tokio::test]
async fn advice_in_earnest_is_given_again_in_earnest() {
    let home = Home::open().await;
    let options = [("personality", "mabel"), ("question", "shall I move out?")];
    home.uses(home.ann, home.channel, "higherself ask", &options).await;
    let advice = home.until_said("Mabel", home.channel, 1).await;
    again(&home, advice.id).await;
    let told = home.last_call();
    assert!(told.last_user_text().contains("shall I move out?"), "{}", told.last_user_text());
    assert!(told.body["system"].to_string().contains("You were asked for advice in earnest."));
}

/// Ann has a reply said again; returns the one in its place.
async fn again(home: &Home, reply: MessageId) -> MessageId {
    home.opens(home.ann, reply, "Answer again").await.says(&["thinks again."]);
    let new = home.until("another answer", |discord| {
        let old = discord.message(reply)?;
        let last = discord.last_message(home.channel)?;
        let is_new = last.author.name == old.author.name && last.id != reply;
        (is_new && !old.is_visible()).then_some(last)
    });
    let new = new.await.id;
    home.why(new).await;
    new
}

#[tokio::test]
async fn signs_do_what_the_menus_do() {
    let home = Home::open().await;
    home.says(home.ann, home.channel, "Grim, what is for dinner?");
    let reply = home.until_said("Grim", home.channel, 1).await;
    home.discord.react(home.ben, reply.id, "❌").unwrap();
    home.discord.react(home.ben, reply.id, "❓").unwrap();
    let explained = home.until("an explanation", |discord| {
        let messages = discord.messages(home.channel);
        messages.into_iter().find(|message| message.content.contains("**Grim** answered because"))
    });
    assert_eq!(explained.await.reply_to, Some(reply.id));
    let is_there = |id| home.discord.message(id).is_some_and(|message| message.is_visible());
    assert!(is_there(reply.id), "it is not Ben's to take back, and that was before");

    home.discord.react(home.ann, reply.id, "🔁").unwrap();
    let new = home.until("another answer", |discord| {
        let messages = discord.messages(home.channel).into_iter();
        messages.rev().find(|message| message.author.name == "Grim" && message.id != reply.id)
    });
    let new = new.await;
    home.why(new.id).await;
    home.discord.react(home.ann, new.id, "❌").unwrap();
    let gone =
        |id| move |discord: &discord_sim::World| (!discord.message(id)?.is_visible()).then_some(());
    home.until("the new answer is gone", gone(new.id)).await;
    home.until("the old answer is gone", gone(reply.id)).await;
    assert_eq!(home.bedrock.calls().len(), 2);
}
