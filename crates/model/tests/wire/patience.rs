//! What goes wrong at Bedrock, and what is done about it: before the first word another try or the fallback,
//! after it never again.

use std::time::Duration;

use bedrock_sim::{BedrockSim, Exception, Gate, Play};
use futures_util::StreamExt;
use model::{AskError, Limits, Outcome, Progress, Stop, TimeLimit};
use tokio::time::Instant;

use crate::support::{
    BRIEF_SILENCE, BRIEF_START, HAIKU, NOVA, PATIENT, ask, ask_within, bedrock, haiku_then_nova,
    only, prompt, tries,
};

#[tokio::test]
async fn a_throttled_model_is_asked_again() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Throttle).script(Play::say("Back already?"));
    let report = ask(&haiku_then_nova(&sim), &prompt("Hi")).await;
    assert_eq!(report.outcome.text(), "Back already?");
    assert_eq!(tries(&report), [format!("{HAIKU}: throttled"), format!("{HAIKU}: ok")]);
    assert_eq!(report.model(), Some(HAIKU));
}

#[tokio::test]
async fn the_fallback_answers_when_the_model_stays_away() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Throttle)
        .script(Play::ServerError(503))
        .script(Play::say("I am the other one."));
    let report = ask(&haiku_then_nova(&sim), &prompt("Hi")).await;
    assert_eq!(report.outcome.text(), "I am the other one.");
    let expected =
        [format!("{HAIKU}: throttled"), format!("{HAIKU}: unavailable"), format!("{NOVA}: ok")];
    assert_eq!(tries(&report), expected);
    assert_eq!(report.model(), Some(NOVA));
    assert!(report.first_chunk.is_some_and(|first| first <= report.total));
}

#[tokio::test]
async fn when_nobody_answers_the_last_error_is_reported() {
    let sim = BedrockSim::start().await;
    sim.answer_with(|_| Play::ServerError(500));
    let report = ask(&haiku_then_nova(&sim), &prompt("Hi")).await;
    assert!(
        matches!(&report.outcome, Outcome::Failed(AskError::Unavailable { model, .. }) if model == NOVA)
    );
    assert_eq!((report.tries(), sim.calls().len()), (4, 4), "two tries each, none by the SDK");
    assert_eq!((report.model(), report.usage().input), (None, 0));
}

#[tokio::test]
async fn what_will_not_get_better_is_not_asked_twice() {
    let sim = BedrockSim::start().await;
    for (play, kind) in [
        (Play::AccessDenied, "denied"),
        (Play::Validation("no such parameter".to_owned()), "refused"),
        (Play::NotFound, "refused"),
    ] {
        sim.script(play).script(Play::say("Never mind them."));
        let report = ask(&haiku_then_nova(&sim), &prompt("Hi")).await;
        assert_eq!(tries(&report), [format!("{HAIKU}: {kind}"), format!("{NOVA}: ok")]);
    }
    sim.script(Play::AccessDenied);
    let report = ask(&only(bedrock(&sim, HAIKU)), &prompt("Hi")).await;
    let Outcome::Failed(error) = report.outcome else { panic!("{:?}", report.outcome) };
    assert!(error.to_string().contains("allow bedrock:InvokeModelWithResponseStream"), "{error}");
}

#[tokio::test]
async fn a_connection_cut_before_the_first_word_is_tried_again() {
    let sim = BedrockSim::start().await;
    for broken in [
        Play::CutAfter(0),
        Play::EndAfter(0),
        Play::NoiseAfter(0),
        Play::ExceptionAfter(0, Exception::Throttling),
    ] {
        sim.script(broken.clone()).script(Play::say("Hm? Oh."));
        let report = ask(&only(bedrock(&sim, HAIKU)), &prompt("Hi")).await;
        assert_eq!((report.outcome.text(), report.tries()), ("Hm? Oh.", 2), "{broken:?}");
        assert!(
            report.attempts[0].usage.input > 0,
            "the prompt was read, and is paid for: {broken:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_cut_off_after_words_were_shown_is_kept_and_never_asked_again() {
    let sim = BedrockSim::start().await;
    for (broken, kind) in [
        (Play::CutAfter(3), "unavailable"),
        (Play::EndAfter(3), "unavailable"),
        (Play::NoiseAfter(3), "unavailable"),
        (Play::ExceptionAfter(3, Exception::ModelStreamError), "unavailable"),
        (Play::ExceptionAfter(3, Exception::InternalServer), "unavailable"),
        (Play::ExceptionAfter(3, Exception::ServiceUnavailable), "unavailable"),
        (Play::ExceptionAfter(3, Exception::Throttling), "throttled"),
        (Play::ExceptionAfter(3, Exception::Validation), "refused"),
        (Play::StallAfter(3), "timed_out"),
    ] {
        let n_before = sim.calls().len();
        sim.script(broken.clone());
        let report = ask_within(BRIEF_SILENCE, &haiku_then_nova(&sim), &prompt("Do go on")).await;
        let Outcome::CutOff { text, error } = &report.outcome else {
            panic!("{broken:?}: {:?}", report.outcome);
        };
        assert_eq!((text.as_str(), error.kind()), ("You said: Do", kind), "{broken:?}");
        assert_eq!(sim.calls().len(), n_before + 1, "{broken:?}");
        let usage = report.usage();
        assert!(usage.is_estimate && usage.input > 0 && usage.output > 0, "{broken:?}: {usage:?}");
    }
}

#[tokio::test]
async fn a_model_that_never_begins_is_left_for_the_fallback() {
    let sim = BedrockSim::start().await;
    let never = Play::Echo.behind(&Gate::new());
    for silent in [never, Play::StallAfter(0)] {
        sim.script(silent).script(Play::say("Anyone? Me."));
        let report = ask_within(BRIEF_START, &haiku_then_nova(&sim), &prompt("Hi")).await;
        assert_eq!(tries(&report), [format!("{HAIKU}: timed_out"), format!("{NOVA}: ok")]);
        assert!(matches!(
            report.attempts[0].error,
            Some(AskError::TimedOut { limit: TimeLimit::FirstChunk(limit), .. }) if limit == BRIEF_START.first_chunk
        ));
    }
}

#[tokio::test]
async fn a_silence_in_the_middle_ends_the_answer() {
    let sim = BedrockSim::start().await;
    sim.script(Play::StallAfter(2));
    let report = ask_within(BRIEF_SILENCE, &haiku_then_nova(&sim), &prompt("Hi")).await;
    let Outcome::CutOff { error: AskError::TimedOut { limit, .. }, .. } = report.outcome else {
        panic!("{:?}", report.outcome);
    };
    assert_eq!(limit, TimeLimit::Chunk(BRIEF_SILENCE.chunk));
}

#[tokio::test]
async fn a_slow_but_steady_answer_is_heard_to_its_end() {
    let sim = BedrockSim::start().await;
    let chunks = ["All ", "in ", "good ", "time."].map(str::to_owned).to_vec();
    let pace = Duration::from_millis(20);
    sim.script(Play::Say { chunks, pace }.after(Duration::from_millis(20)));
    let report = ask(&haiku_then_nova(&sim), &prompt("Hurry")).await;
    assert_eq!(report.outcome.text(), "All in good time.");
    assert!(report.first_chunk.unwrap() >= Duration::from_millis(40), "{report:?}");
}

#[tokio::test]
async fn the_whole_has_a_limit_however_steady_the_answer() {
    let sim = BedrockSim::start().await;
    let pace = Duration::from_millis(20);
    sim.answer_with(move |_| Play::Say { chunks: vec!["on ".to_owned(); 1000], pace });
    let total = Duration::from_secs(1);
    let limits = Limits { total, ..PATIENT };
    let chain = haiku_then_nova(&sim);
    let prompt = prompt("Go on");
    for (limits, deadline) in
        [(limits, Instant::now() + Duration::from_secs(60)), (PATIENT, Instant::now() + 2 * total)]
    {
        let report = chain.ask(&prompt, limits, deadline).finish().await;
        let Outcome::CutOff { text, error } = report.outcome else {
            panic!("{:?}", report.outcome)
        };
        assert!(text.starts_with("on on"), "{text}");
        assert!(matches!(error, AskError::TimedOut { limit: TimeLimit::Total(_), .. }), "{error}");
    }
}

#[tokio::test]
async fn a_deadline_that_has_passed_ends_the_asking_after_one_try() {
    let sim = BedrockSim::start().await;
    sim.answer_with(|_| Play::StallAfter(0));
    let prompt = prompt("Hi");
    let report = haiku_then_nova(&sim).ask(&prompt, PATIENT, Instant::now()).finish().await;
    assert_eq!(tries(&report), [format!("{HAIKU}: timed_out")]);
}

#[tokio::test]
async fn an_empty_answer_is_asked_for_again_and_then_admitted() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Empty).script(Play::say(" \n\n")).script(Play::say("\n Fine."));
    let chain = only(bedrock(&sim, HAIKU));
    let report = ask(&chain, &prompt("Hi")).await;
    assert!(matches!(report.outcome, Outcome::Failed(AskError::Empty { .. })), "{report:?}");
    let report = ask(&chain, &prompt("Hi")).await;
    assert_eq!(report.outcome.text(), "Fine.", "an answer begins with something to see");
}

#[tokio::test]
async fn what_a_filter_kept_back_is_not_asked_for_again() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Stop(String::new(), "content_filtered"));
    let report = ask(&haiku_then_nova(&sim), &prompt("Hi")).await;
    assert!(matches!(report.outcome, Outcome::Kept { stop: Stop::Filtered }), "{report:?}");
    assert_eq!((report.outcome.text(), sim.calls().len()), ("", 1));
}

#[tokio::test]
async fn an_endless_answer_ends() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Endless);
    let report = ask(&haiku_then_nova(&sim), &prompt("Tell me everything")).await;
    let Outcome::Complete { text, stop } = &report.outcome else { panic!("{:?}", report.outcome) };
    assert_eq!((text.chars().count(), stop), (300 * 8, &Stop::MaxTokens));
    assert!(report.usage().output >= 300 && report.usage().is_estimate);
}

#[tokio::test]
async fn garbage_is_passed_on_as_the_text_it_is() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Garbage);
    let report = ask(&haiku_then_nova(&sim), &prompt("Hi")).await;
    assert!(matches!(report.outcome, Outcome::Complete { stop: Stop::EndTurn, .. }), "{report:?}");
    assert!(report.outcome.text().contains('\u{202e}'));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_no_mystery() {
    let sim = BedrockSim::start().await;
    let chain = only(bedrock(&sim, HAIKU));
    drop(sim);
    tokio::task::yield_now().await;
    let report = ask(&chain, &prompt("Hi")).await;
    let Outcome::Failed(error) = report.outcome else { panic!("{:?}", report.outcome) };
    assert_eq!(error.kind(), "unavailable");
    assert!(error.chain().contains("refused"), "{}", error.chain());
}

#[tokio::test]
async fn words_are_shown_while_the_rest_is_still_to_come() {
    let sim = BedrockSim::start().await;
    let gate = Gate::new();
    sim.script(Play::say("Patience, child.").behind(&gate));
    let chain = only(bedrock(&sim, HAIKU));
    let prompt = prompt("Well?");
    let mut asking = chain.ask(&prompt, PATIENT, Instant::now() + Duration::from_secs(5));
    let opener = async {
        gate.reached().await;
        assert_eq!(sim.calls().len(), 1);
        gate.open();
    };
    let (first, ()) = tokio::join!(asking.next(), opener);
    assert!(matches!(first, Some(Progress::Text(text)) if text == "Patience,"));
    assert!(matches!(asking.next().await, Some(Progress::Text(text)) if text == " child."));
    assert!(matches!(asking.next().await, Some(Progress::Done(_))));
    assert!(asking.next().await.is_none());
}
