//! Whatever people write, and by whichever way it comes to a model: the instructions are the same to the byte,
//! and people's words stand between marks.

#[path = "../../../chat/tests/injections/corpus.rs"]
#[expect(dead_code, reason = "what an attempt was made for is of no matter here")]
mod corpus;
#[expect(dead_code, reason = "it judges prompts as well, which have no body yet")]
#[path = "../../../chat/tests/injections/judge.rs"]
mod judge;

use std::time::Instant;

use bedrock_sim::Play;
use bytes::Bytes;
use corpus::Attempt;
use den_worker::Verdict;
use discord_sim::{ChannelId, File, GuildId, Saying as Said, UserId};
use personality::PersonalityId;
use queue::{Attachment, Event, Line, Mention, Person, Quoted, What};
use serde_json::Value;
use twilight_model::id::Id;

use crate::{
    steward::Ask,
    world::{Saying, World, resident, serve},
};

/// Attempts that come at once: as many as files are read of one turn.
const AT_ONCE: usize = 3;
const ANSWER: &str = "Soup.";

struct Kitchen {
    world: World,
    guild: GuildId,
    channel: ChannelId,
    grim: PersonalityId,
}

impl Kitchen {
    async fn new() -> Self {
        let world = World::new(vec![resident("grim", "Grim")], "").await;
        world.bedrock.answer_with(|call| {
            // Notes repeat what was said, so that attempts lie in the summary and among the facts as well.
            let asked = call.last_user_text();
            match call.body["system"].to_string().contains("You keep the notes of") {
                true => Play::say(&format!(
                    "SUMMARY: {}",
                    asked.chars().take(1_500).collect::<String>()
                )),
                false => Play::say(ANSWER),
            }
        });
        let guild = world.sim.world().add_guild("The Kitchen");
        let channel = world.sim.world().add_text_channel(guild, "general").expect("a channel");
        Self { world, guild, channel, grim: "grim".parse().expect("an id") }
    }

    fn person(&self, name: &str) -> UserId {
        let person = self.world.add_person(name);
        self.world.sim.world().join(person, self.guild).expect("they join");
        person
    }

    /// An event that carries an attempt everywhere.
    fn carrying(&self, by: UserId, attempt: &str) -> Event {
        let world = self.world.sim.world();
        let file = File {
            name: "notes.txt".to_owned(),
            content_type: Some("text/plain".to_owned()),
            bytes: Bytes::from(attempt.to_owned()),
        };
        let said = Said { files: vec![file], ..Said::default() };
        let stands = world.say_with(by, self.channel, said).expect("they speak");
        let file = world.message(stands).expect("a message").attachments[0].clone();
        let saying = Saying {
            guild: Some(self.guild),
            channel: self.channel,
            by,
            to: &self.grim,
            text: "Grim?",
        };
        let mut event = self.world.says(&saying);
        let somebody = |id: u64| Person { id: Id::new(id), name: attempt.to_owned() };
        event.author.name = attempt.to_owned();
        event.preceding = vec![Line {
            message_id: Id::new(700),
            author: somebody(70),
            text: attempt.chars().take(300).collect(),
        }];
        let What::Message(message) = &mut event.what else { unreachable!("it is a message") };
        message.text = format!("<@72> {attempt}");
        message.mentions = vec![Mention { id: Id::new(72), name: attempt.to_owned() }];
        message.reply_to = Some(Quoted {
            message_id: Id::new(701),
            author: somebody(71),
            text: attempt.chars().take(500).collect(),
            ours: false,
        });
        message.attachments = vec![Attachment {
            id: Id::new(file.id.get()),
            filename: format!("{attempt}.txt"),
            content_type: Some("text/plain".to_owned()),
            size: file.size as u64,
            url: file.url.clone(),
        }];
        event
    }

    /// Somebody has an attempt remembered.
    async fn remembered(&self, by: UserId, attempt: &str) {
        let options = [("what", attempt), ("personality", "grim")];
        let ask = Ask::Command { name: "remember", options: &options, about: None };
        self.world.ask(&self.world.worker, by, self.channel, &ask).await;
    }

    async fn served(&self, events: &[Event]) {
        let verdicts = serve(&self.world.worker, events).await;
        assert_eq!(verdicts, vec![Verdict::Done; events.len()]);
    }
}

/// A request without what people may have written: everything but the talk.
fn instructions(body: &Value) -> String {
    let mut body = body.clone();
    body.as_object_mut().expect("an object").remove("messages");
    body.to_string()
}

/// What a request's talk holds of people, once it is sure that all of it stands between marks, and all else are
/// our own words.
fn talk(body: &Value) -> Result<String, String> {
    let mut of_people = String::new();
    for message in body["messages"].as_array().ok_or("no talk")? {
        for part in message["content"].as_array().ok_or("no content")? {
            let text = part["text"].as_str().ok_or_else(|| format!("no text: {part}"))?;
            if part.as_object().is_none_or(|part| part.len() != 1) {
                return Err(format!("more than a text: {part}"));
            }
            match message["role"].as_str() {
                Some("user") => {
                    judge::marks(text)?;
                    of_people.push_str(text);
                }
                Some("assistant") if text.split('\n').all(|line| line == ANSWER) => {}
                _ => return Err(format!("nobody said: {message}")),
            }
        }
    }
    Ok(of_people)
}

/// The ways by which words of people come into a request.
const WAYS: [&str; 6] =
    ["<said by=", "line=\"", "<file name=", "<memory by=", "about=\"", "<memory of="];

#[tokio::test(flavor = "multi_thread")]
async fn every_attempt_by_every_way_stands_between_marks_in_the_request() {
    let started = Instant::now();
    let kitchen = Kitchen::new().await;
    // The same with nobody in it who means harm.
    let ann = kitchen.person("Ann");
    kitchen.served(&[kitchen.carrying(ann, "hello")]).await;
    let harmless = instructions(&kitchen.world.bedrock.calls()[0].body);

    let (mut failed, mut taken) = (Vec::new(), [0; WAYS.len()]);
    let (mut n_seen, mut n_requests, mut harmless_notes) = (1, 0, None);
    for attempts in corpus::read().chunks(AT_ONCE) {
        let by = kitchen.person("Ben");
        for attempt in attempts {
            kitchen.remembered(by, &attempt.text).await;
        }
        let events: Vec<Event> =
            attempts.iter().map(|attempt| kitchen.carrying(by, &attempt.text)).collect();
        kitchen.served(&events).await;
        let chores = kitchen.world.caused.take();
        for chore in &chores {
            kitchen.served(std::slice::from_ref(chore)).await;
        }
        let calls = kitchen.world.bedrock.calls();
        for call in &calls[n_seen..] {
            n_requests += 1;
            let of = || attempts.iter().map(Attempt::short).collect::<Vec<_>>();
            let found = instructions(&call.body);
            let is_notes = found.contains("You keep the notes of");
            let expected = match is_notes {
                true => &*harmless_notes.get_or_insert_with(|| found.clone()),
                false => &harmless,
            };
            if found != *expected {
                failed.push(format!("{:?}: {found}", of()));
            }
            match talk(&call.body) {
                Ok(talk) => {
                    for (taken, way) in taken.iter_mut().zip(WAYS) {
                        *taken += talk.matches(way).count();
                    }
                }
                Err(why) => failed.push(format!("{:?}: {why}", of())),
            }
        }
        n_seen = calls.len();
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    for (taken, way) in taken.into_iter().zip(WAYS) {
        assert!(taken > 10, "{way} was taken {taken} times");
    }
    let notes = harmless_notes.expect("notes were made");
    for attempt in corpus::read().iter().filter(|attempt| attempt.text.len() > 20) {
        assert!(!notes.contains(&attempt.text), "{attempt:?}");
    }
    let n = corpus::read().len();
    println!("{n} attempts, {n_requests} requests, {taken:?} {WAYS:?} in {:?}", started.elapsed());
}
