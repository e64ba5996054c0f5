//! The understudy: what it says, and where it may not.

use std::{sync::Arc, time::Duration};

use bedrock_sim::BedrockSim;
use futures_util::StreamExt;
use model::{
    AskError, Chain, Cue, Limits, Model, Outcome, Progress, Prompt, Script, TimeLimit, Understudy,
    UnderstudyRefused, Usage,
};
use tokio::time::Instant;

use crate::support::{HAIKU, ask, bedrock, only, prompt};

#[tokio::test]
async fn the_understudy_never_stands_in_for_a_configured_model() {
    let sim = BedrockSim::start().await;
    let understudy: Arc<dyn Model> = Arc::new(Understudy::new());
    let refused = UnderstudyRefused { configured: HAIKU.to_owned() };
    let behind = Chain::new(bedrock(&sim, HAIKU), Some(Arc::clone(&understudy)));
    assert_eq!(behind.err(), Some(refused.clone()));
    let before = Chain::new(understudy, Some(bedrock(&sim, HAIKU)));
    assert_eq!(before.err(), Some(refused));
}

#[tokio::test]
async fn alone_it_speaks_from_its_lines_costs_nothing_and_says_what_it_is() {
    let chain = only(Arc::new(Understudy::new()));
    assert!(chain.is_understudy());
    let cues = [
        ("Is the lamp lit?", "The lamp is fine."),
        ("What is that noise?", "Gulls. Always gulls."),
    ];
    let report = ask(&chain, &scripted(&cues, "What about the gulls?")).await;
    assert_eq!(
        report.outcome.text(),
        "Gulls. Always gulls.\n(understudy: no model is configured; I only know my example lines)"
    );
    assert_eq!((report.model(), report.usage()), (Some("understudy"), Usage::default()));
}

fn scripted(cues: &[(&str, &str)], heard: &str) -> Prompt {
    let cue =
        |(heard, line): &(&str, &str)| Cue { heard: (*heard).to_owned(), line: (*line).to_owned() };
    let script = Script {
        cues: cues.iter().map(cue).collect(),
        heard: heard.to_owned(),
        ..Script::default()
    };
    Prompt { script, ..prompt(heard) }
}

const PACE: Duration = Duration::from_millis(40);

/// Three words, one every [`PACE`].
fn three_words() -> (Chain, Prompt) {
    let prompt = scripted(&[("Count", "One two three.")], "Count");
    (only(Arc::new(Understudy::new().paced(PACE))), prompt)
}

#[tokio::test]
async fn it_streams_word_by_word_at_its_pace() {
    let (chain, prompt) = three_words();
    let started = Instant::now();
    let mut asking = chain.ask(&prompt, Limits::default(), started + Duration::from_secs(60));
    for (n, word) in [(1, "One "), (2, "two ")] {
        assert!(matches!(asking.next().await, Some(Progress::Text(text)) if text == word));
        assert!(started.elapsed() >= PACE * n);
    }
}

#[tokio::test]
async fn each_limit_ends_what_it_is_for() {
    let (chain, prompt) = three_words();
    let far = Instant::now() + Duration::from_secs(60);
    let ask = |limits: Limits| chain.ask(&prompt, limits, far).finish();
    let brief = Duration::from_millis(1);

    let report = ask(Limits { first_chunk: brief, tries: 1, ..Limits::default() }).await;
    let limit = timed_out(&report.outcome);
    assert_eq!((report.outcome.text(), limit), ("", Some(TimeLimit::FirstChunk(brief))));

    let report = ask(Limits { chunk: brief, ..Limits::default() }).await;
    let limit = timed_out(&report.outcome);
    assert_eq!((report.outcome.text(), limit), ("One ", Some(TimeLimit::Chunk(brief))));

    let total = PACE * 2 + PACE / 2;
    let report = ask(Limits { total, ..Limits::default() }).await;
    assert_eq!(timed_out(&report.outcome), Some(TimeLimit::Total(total)));
    assert!(report.outcome.text().starts_with("One ") && report.total >= total, "{report:?}");
}

fn timed_out(outcome: &Outcome) -> Option<TimeLimit> {
    match outcome {
        Outcome::CutOff { error: AskError::TimedOut { limit, .. }, .. }
        | Outcome::Failed(AskError::TimedOut { limit, .. }) => Some(*limit),
        _ => None,
    }
}
