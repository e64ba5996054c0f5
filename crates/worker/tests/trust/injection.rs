//! Whatever people write, and by whichever way it comes to a model: the instructions are the same to the byte,
//! and people's words stand between marks.

#[path = "../../../chat/tests/injections/corpus.rs"]
#[expect(dead_code, reason = "what an attempt was made for is of no matter here")]
mod corpus;
#[expect(dead_code, reason = "it judges prompts as well, which have no body yet")]
#[path = "../../../chat/tests/injections/judge.rs"]
mod judge;

mod kitchen;

use std::time::Instant;

use queue::Event;
use serde_json::Value;

use self::{
    corpus::Attempt,
    kitchen::{ANSWER, Kitchen},
};

/// Attempts that come at once: as many as files are read of one turn.
const AT_ONCE: usize = 3;
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
const WAYS: [&str; 10] = [
    "<said by=",
    "line=\"",
    "<quote by=",
    "<file name=",
    "<memory by=",
    "about=\"",
    "<memory of=",
    "[forwards a message: ",
    "[sticker: ",
    "[poll: ",
];

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
