//! What people and other programs may send: each has a plain consequence, and leaves the neighbours alone.

use bedrock_sim::Play;
use chat::Outcome;
use queue::{Addressed, Event, EventId, Message, Person, VERSION, What};
use serde_json::{Value, json};
use twilight_model::id::Id;

use crate::{
    account::Depth,
    characters::{GRIM_SAYS, PUZZLED},
    world::World,
};

/// An event as a listener queues it.
fn event(world: &World, personality: &str) -> Event {
    let personality = personality.parse().unwrap();
    Event {
        v: VERSION,
        id: EventId::new(1, &personality),
        personality,
        application_id: Id::new(world.app.application_id.get()),
        guild_id: Some(Id::new(world.guild.get())),
        channel_id: Id::new(world.channel.get()),
        author: Person { id: Id::new(world.ann.get()), name: "Ann".to_owned() },
        what: What::Message(Message {
            id: Id::new(1),
            text: "Is anybody there?".to_owned(),
            addressed: Addressed::Name,
            reply_to: None,
            attachments: vec![],
            mentions: vec![],
        }),
        preceding: vec![],
        credit: 3,
        trace: None,
        received_at_ms: 0,
        audience_changed_ms: 0,
    }
}

#[tokio::test]
async fn bodies_nobody_can_read_go_to_the_dead_letters_with_the_reason() {
    let world = World::open().await;
    let aws = &world.aws;
    let nobody = event(&world, "nobody").write();
    aws.send("grim", "1", "noise", "this is no JSON").await;
    aws.send("grim", "2", "half", r#"{"v":1,"id":"7:grim"}"#).await;
    aws.send("grim", "3", "nobody", &nobody).await;
    let asked = world.ann_says("Grim, what is for dinner?");

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    let mut dead = aws.dead_letters("grim", 3).await;
    dead.sort_by_key(|letter| letter.body.len());
    let reasons: Vec<_> = dead.iter().map(|letter| letter.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "read an event of 15 bytes",
            "read an event of 21 bytes",
            "no personality is called nobody"
        ]
    );
    assert_eq!(dead[2].body, nobody, "nothing of it is lost");
    aws.until_depth("grim", |depth| depth == Depth::default()).await;
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn a_personality_whose_queue_is_missing_takes_nobody_with_it() {
    let mut world = World::new().await;
    let grim = std::fs::read_to_string(world.personalities().join("grim.json")).unwrap();
    let newcomer = grim.replace(r#""id":"grim""#, r#""id":"nora""#).replace("\"Grim\"", "\"Nora\"");
    assert_ne!(newcomer, grim);
    std::fs::write(world.personalities().join("nora.json"), newcomer).unwrap();
    world.set("DEN_PERSONALITY", "grim,nora");
    let worker = world.start_worker();
    let _listener = world.start_listener().await;
    let asked = world.ann_says("Grim, what is for dinner?");

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    worker.says(&["a queue is not served", "roast-den-nora.fifo"]).await;
}

#[tokio::test]
async fn a_program_that_is_asked_what_it_is_starts_nothing() {
    let world = World::new().await;
    let said = |argument: &str| {
        let mut program = std::process::Command::new(tests::built("den-worker"));
        program.envs(&world.environment).arg(argument).output().unwrap()
    };
    let help = said("--help");
    assert!(help.status.success());
    assert!(String::from_utf8(help.stdout).unwrap().contains("polls the queues"));
    assert!(said("--version").status.success());
    let unknown = said("work");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("--help"));
}

#[tokio::test]
async fn an_event_of_a_newer_version_waits_for_a_worker_that_can_read_it() {
    let mut world = World::new().await;
    // Only Grim's queue, so that the log tells of nothing else.
    world.set("DEN_PERSONALITY", "grim");
    let worker = world.start_worker();
    let _listener = world.start_listener().await;
    let mut newer: Value = serde_json::from_str(&event(&world, "grim").write()).unwrap();
    newer["v"] = json!(VERSION + 2);
    newer["what"] = json!({"type": "dream", "of": "sheep"});
    world.aws.send("grim", "another channel", "newer", &newer.to_string()).await;
    worker.says(&["an event of a newer version is held back"]).await;
    let asked = world.ann_says("Grim, what is for dinner?");

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    world.aws.until_depth("grim", |depth| depth == Depth { waiting: 0, hidden: 1 }).await;
    assert_eq!(world.aws.look_at_dead_letters("grim").await, []);

    // The one version it must read comes before that one: unknown fields are none of its business.
    let mut next: Value = serde_json::from_str(&event(&world, "grim").write()).unwrap();
    next["v"] = json!(VERSION + 1);
    next["id"] = json!(format!("{}:grim", asked.get() + 1));
    next["mood"] = json!("curious");
    world.aws.send("grim", &world.channel.to_string(), "next", &next.to_string()).await;
    world.until_said("Grim", world.channel, 2).await;
}

#[tokio::test]
async fn a_message_as_long_as_discord_allows_is_read_to_its_end() {
    let world = World::open().await;
    world.bedrock.answer_with(|_| Play::Echo);
    let text =
        format!("Grim, {}end", "soup ".repeat(800)).chars().take(3_997).collect::<String>() + "end";
    assert_eq!(text.chars().count(), 4_000);
    let asked = world.ann_says(&text);

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    let heard = world.bedrock.calls()[0].last_user_text();
    assert!(
        heard.contains("soup soup soup") && heard.contains("end"),
        "{} characters",
        heard.len()
    );
    let replies = world.discord.messages(world.channel);
    assert!(replies.iter().skip(1).all(|reply| reply.content.chars().count() <= 2_000));
}

#[tokio::test]
async fn a_message_full_of_mentions_notifies_nobody() {
    let world = World::open().await;
    // The model repeats all of it.
    let (ben, everyone) = (world.ben, world.guild);
    let mentions = format!("@everyone @here <@{ben}> <@&{everyone}> <#{}>", world.kitchen);
    let repeated = format!("As you say: {mentions}");
    world.bedrock.answer_with(move |_| Play::say(&repeated));
    let asked = world.ann_says(&format!("Grim, say this: {}", format!("{mentions} ").repeat(20)));

    assert_eq!(world.why(asked).await.outcome, Outcome::Spoke);
    let reply = world.until_said("Grim", world.channel, 1).await;
    assert!(reply.content.contains("As you say: "), "{reply:#?}");
    assert!(reply.pings.is_empty(), "{reply:#?}");
}

#[tokio::test]
async fn a_message_of_only_invisible_characters_gets_a_plain_line() {
    let world = World::open().await;
    let nothing = "\u{200B}\u{2060}\u{3164}";
    // In Mabel's own channel, where no name is needed.
    let said = world.says(world.ann, world.kitchen, nothing);
    let why = world.why(said).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Line, Some("nothing_said")));
    assert_eq!(world.said_by("Mabel", world.kitchen), [PUZZLED]);
    assert_eq!(world.bedrock.calls().len(), 0);

    let said = world.says(world.ann, world.kitchen, "is anybody there?");
    assert_eq!(world.why(said).await.outcome, Outcome::Spoke);
}

#[tokio::test]
async fn an_endless_and_a_garbled_answer_come_to_an_end() {
    let world = World::open().await;
    for (name, play) in [("endless", Play::Endless), ("garbage", Play::Garbage)] {
        world.bedrock.script(play);
        let channel = world.add_channel(name);
        let asked = world.says(world.ann, channel, "Grim, what is for dinner?");
        assert_eq!(world.why(asked).await.outcome, Outcome::Spoke, "{name}");
        let said = world.said_by("Grim", channel).concat();
        assert!((1..6_100).contains(&said.trim().chars().count()), "{name}: {said:?}");
        let is_hidden =
            |c: char| c != '\n' && (c.is_control() || matches!(c, '\u{200B}'..='\u{202E}'));
        assert!(!said.contains(is_hidden), "{name}: {said:?}");
    }
}

#[tokio::test]
async fn an_empty_answer_is_asked_for_again() {
    let world = World::open().await;
    world.bedrock.script(Play::Empty);
    let asked = world.ann_says("Grim, what is for dinner?");
    assert_eq!(world.why(asked).await.tries, 2);
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);
}
