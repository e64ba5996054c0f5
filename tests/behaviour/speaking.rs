//! Somebody speaks, and whoever is spoken to answers.

use discord_sim::Poster;

use crate::{
    characters::{GRIM_SAYS, MABEL_SAYS, REX_SAYS},
    world::{Plan, World},
};

#[tokio::test]
async fn a_mention_is_answered_in_character_by_the_channels_webhook() {
    let world = World::open_with(Plan { is_strict: true, ..Plan::default() }).await;
    let bot = world.app.user_id;
    let asked = world.ann_says(&format!("<@{bot}> what is for dinner?"));
    let why = world.why(asked).await;

    assert_eq!(
        world.transcript(world.channel),
        [format!("Ann: <@{bot}> what is for dinner?"), format!("Grim: {GRIM_SAYS}")]
    );
    let reply = world.discord.last_message(world.channel).unwrap();
    let link = format!("https://discord.com/channels/{}/{}/{asked}", world.guild, world.channel);
    assert!(
        reply.content.starts_with(&format!("-# ↩ [Ann: Den what is for dinner?](<{link}>)\n")),
        "{reply:#?}"
    );
    assert!(matches!(reply.posted_by, Poster::Webhook { .. }), "{reply:#?}");
    assert!(reply.pings.is_empty(), "{reply:#?}");

    let calls = world.bedrock.calls();
    assert_eq!(calls.len(), 1);
    let told = calls[0].body.to_string();
    assert!(told.contains("A ghost who haunts a soup kitchen."), "{told}");
    assert!(calls[0].last_user_text().contains("what is for dinner?"), "{told}");
    assert_eq!((why.addressed.as_str(), why.personality.as_str()), ("mention", "Grim"));
    assert!(why.tokens.r#in > 0 && why.tokens.out > 0, "{why:?}");
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn each_of_several_who_are_named_answers_once() {
    let world = World::open().await;
    let asked = world.ann_says("Grim, Mabel and Rex: good morning!");
    let why = world.explained(asked, 3).await;

    let mut said = world.transcript(world.channel);
    said[1..].sort();
    assert_eq!(
        said,
        [
            "Ann: Grim, Mabel and Rex: good morning!".to_owned(),
            format!("Grim: {GRIM_SAYS}"),
            format!("Mabel: {MABEL_SAYS}"),
            format!("Rex: {REX_SAYS}"),
        ]
    );
    assert!(why.iter().all(|why| why.addressed == "name"), "{why:?}");
    assert_eq!(world.discord.webhooks(world.channel).len(), 1, "they share the channel's webhook");
}

#[tokio::test]
async fn who_is_replied_to_answers_and_nobody_else() {
    let world = World::open().await;
    let first = world.ann_says("Mabel, hello!");
    world.why(first).await;
    // Nobody is spoken to here.
    world.says(world.ben, world.channel, "I saw Grim yesterday");
    let cake = world.until_said("Mabel", world.channel, 1).await;
    let reply = world.discord.reply(world.ben, cake.id, "is there any left?").unwrap();

    assert_eq!(world.why(reply).await.addressed, "reply");
    assert_eq!(world.said_by("Mabel", world.channel), [MABEL_SAYS, MABEL_SAYS]);
    assert_eq!(world.said_by("Grim", world.channel), Vec::<String>::new());
    let told = world.bedrock.calls().last().unwrap().body.to_string();
    assert!(told.contains("Mabel, hello!") && told.contains("I saw Grim yesterday"), "{told}");
}

#[tokio::test]
async fn a_direct_message_is_answered_by_the_bot_with_the_name_in_the_text() {
    let world = World::open().await;
    let direct = world.discord.open_dm(world.ann, world.app.application_id).unwrap();
    let asked = world.says(world.ann, direct, "Rex, are you there?");
    assert_eq!(world.why(asked).await.addressed, "direct_message");
    // Whoever spoke last goes on.
    let asked = world.says(world.ann, direct, "what do you have there?");
    world.why(asked).await;

    assert_eq!(world.said_by("Den", direct), vec![format!("**Rex:** {REX_SAYS}"); 2]);
    let reply = world.discord.last_message(direct).unwrap();
    assert_eq!(reply.reply_to, Some(asked));
}

#[tokio::test]
async fn in_a_channel_of_their_own_they_need_not_be_named() {
    let world = World::open().await;
    let asked = world.says(world.ann, world.kitchen, "what smells so good?");
    let other = world.says(world.ben, world.channel, "what smells so good?");
    assert_eq!(world.why(asked).await.addressed, "channel");
    let named = world.says(world.ben, world.channel, "Grim, do you know?");
    world.why(named).await;

    assert_eq!(world.said_by("Mabel", world.kitchen), [MABEL_SAYS]);
    assert_eq!(
        world.aws.store.why(twilight_model::id::Id::new(other.get())).await.unwrap(),
        [""; 0]
    );
    assert_eq!(world.said_by("Mabel", world.channel), Vec::<String>::new());
}

#[tokio::test]
async fn a_thread_is_answered_in_the_thread() {
    let world = World::open().await;
    let thread = world.discord.add_thread(world.channel, "about soup").unwrap();
    let asked = world.says(world.ann, thread, "Grim, still thin?");
    world.why(asked).await;
    assert_eq!(world.said_by("Grim", thread), [GRIM_SAYS]);
    assert_eq!(world.said_by("Grim", world.channel), Vec::<String>::new());
}
