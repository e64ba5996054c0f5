//! Endpoints that speak OpenAI's chat completions, each in its own dialect.

use std::time::Duration;

use bedrock_sim::{Api, BedrockSim, Dialect, Exception, Play};
use bytes::Bytes;
use model::{
    AskError, OpenAiCompatible, Outcome, Part, Prompt, Role, Sampling, Script, Secret, Stop, Turn,
};

use crate::support::{
    BRIEF_SILENCE, BRIEF_START, ask, ask_within, http, only, openai, openai_with_key, prompt, said,
    tries,
};

const LLAMA: &str = "llama3.2:3b";

#[tokio::test]
async fn an_answer_streams_from_any_openai_compatible_server() {
    let sim = BedrockSim::start().await;
    sim.script(Play::say("Run it yourself, then."));
    let report = ask(&only(openai(&sim)), &prompt("Do you run locally?")).await;
    assert_eq!(report.outcome.text(), "Run it yourself, then.");
    assert!(matches!(report.outcome, Outcome::Complete { stop: Stop::EndTurn, .. }));
    let usage = report.usage();
    assert!(usage.input > 0 && usage.output == 6 && !usage.is_estimate, "{usage:?}");
    assert_eq!(sim.calls()[0].api, Api::ChatCompletions);
}

#[tokio::test]
async fn the_request_is_what_such_servers_expect() {
    let sim = BedrockSim::start().await;
    let image =
        Part::Image { media_type: "image/png".to_owned(), bytes: Bytes::from_static(b"not a png") };
    let prompt = Prompt {
        turns: vec![
            said(Role::User, "Ada: hello?"),
            said(Role::User, "Ben: hm"),
            said(Role::Assistant, "What."),
            Turn { role: Role::User, parts: vec![Part::Text("Ada: look".to_owned()), image] },
        ],
        sampling: Sampling { temperature: Some(1.3), top_p: None, stop: vec!["\nAda:".to_owned()] },
        script: Script {
            cues: Vec::new(),
            heard: "Never sent.".to_owned(),
            remembered: vec!["Never sent.".to_owned()],
        },
        ..prompt("")
    };
    let seeing = OpenAiCompatible::new(http(), sim.openai_url(), None, "llama3.2-vision");
    ask(&only(std::sync::Arc::new(seeing)), &prompt).await;
    insta::assert_json_snapshot!(sim.calls()[0].body, @r#"
    {
      "max_tokens": 300,
      "messages": [
        {
          "content": "You are Grim, a weary lighthouse keeper.",
          "role": "system"
        },
        {
          "content": "Ada: hello?\nBen: hm",
          "role": "user"
        },
        {
          "content": "What.",
          "role": "assistant"
        },
        {
          "content": [
            {
              "text": "Ada: look",
              "type": "text"
            },
            {
              "image_url": {
                "url": "data:image/png;base64,bm90IGEgcG5n"
              },
              "type": "image_url"
            }
          ],
          "role": "user"
        }
      ],
      "model": "llama3.2-vision",
      "stop": [
        "\nAda:"
      ],
      "stream": true,
      "stream_options": {
        "include_usage": true
      },
      "temperature": 1.3
    }
    "#);
}

#[tokio::test]
async fn dialects_are_understood() {
    let say = || Play::say("Same answer.");
    let sim = BedrockSim::start().await;
    let plain = Dialect::default;
    for dialect in [
        Dialect { sends_usage: false, ..plain() },
        Dialect { sends_finish_reason: false, ..plain() },
        Dialect { sends_done: false, ..plain() },
        Dialect { sends_done: false, sends_usage: false, ..plain() },
        Dialect { sends_keep_alives: true, ..plain() },
        Dialect { refuses_stream_options: true, ..plain() },
        Dialect { wants_max_completion_tokens: true, refuses_stream_options: true, ..plain() },
        Dialect { never_streams: true, ..plain() },
        Dialect { lingers: true, ..plain() },
    ] {
        sim.speak(dialect.clone()).script(say());
        let report = ask(&only(openai(&sim)), &prompt("Hi")).await;
        assert_eq!(report.outcome.text(), "Same answer.", "{dialect:?}");
        assert!(matches!(report.outcome, Outcome::Complete { .. }), "{dialect:?}: {report:?}");
        assert_eq!(tries(&report), [format!("{LLAMA}: ok")], "{dialect:?}");
        let is_counted = dialect.sends_usage && !dialect.refuses_stream_options;
        assert_eq!(report.usage().is_estimate, !is_counted, "{dialect:?}");
        assert!(report.usage().input > 0 && report.usage().output > 0, "{dialect:?}");
    }
}

#[tokio::test]
async fn a_dialect_is_learned_once() {
    let sim = BedrockSim::start().await;
    sim.speak(Dialect { wants_max_completion_tokens: true, ..Dialect::default() });
    let chain = only(openai(&sim));
    for _ in 0..2 {
        ask(&chain, &prompt("Hi")).await;
    }
    let lengths: Vec<_> =
        sim.calls().iter().map(|call| call.body["max_completion_tokens"].clone()).collect();
    assert_eq!(lengths, [300, 300]);
}

#[tokio::test]
async fn reasoning_is_not_shown_wherever_it_stands() {
    let sim = BedrockSim::start().await;
    for thinks_aloud in [false, true] {
        let chunks = vec!["Arr".to_owned(), "!".to_owned()];
        sim.speak(Dialect { thinks_aloud, ..Dialect::default() });
        sim.script(Play::Think { thoughts: "A pirate, then.".to_owned(), chunks });
        let report = ask(&only(openai(&sim)), &prompt("Who are you?")).await;
        assert_eq!(report.outcome.text(), "Arr!");
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let sim = BedrockSim::start().await;
    let chain = only(openai(&sim));
    for (play, expected) in [
        (Play::Throttle, vec!["throttled", "ok"]),
        (Play::ServerError(502), vec!["unavailable", "ok"]),
        (Play::CutAfter(0), vec!["unavailable", "ok"]),
        (Play::NoiseAfter(0), vec!["unavailable", "ok"]),
        (Play::EndAfter(0), vec!["unavailable", "ok"]),
        (Play::ExceptionAfter(0, Exception::Throttling), vec!["throttled", "ok"]),
        (Play::Empty, vec!["empty", "ok"]),
        (Play::StallAfter(0), vec!["timed_out", "ok"]),
        (Play::Validation("context too long".to_owned()), vec!["refused"]),
        (Play::NotFound, vec!["refused"]),
        (Play::AccessDenied, vec!["denied"]),
    ] {
        sim.script(play.clone());
        if expected.len() > 1 {
            sim.script(Play::Echo);
        }
        let report = ask_within(BRIEF_START, &chain, &prompt("Hi")).await;
        let expected: Vec<String> =
            expected.iter().map(|kind| format!("{LLAMA}: {kind}")).collect();
        assert_eq!(tries(&report), expected, "{play:?}");
    }
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_kept() {
    let sim = BedrockSim::start().await;
    let chain = only(openai(&sim));
    for (play, kind) in [
        (Play::CutAfter(3), "unavailable"),
        (Play::EndAfter(3), "unavailable"),
        (Play::NoiseAfter(3), "unavailable"),
        (Play::StallAfter(3), "timed_out"),
        (Play::ExceptionAfter(3, Exception::ServiceUnavailable), "unavailable"),
        (Play::ExceptionAfter(3, Exception::Throttling), "throttled"),
    ] {
        sim.script(play.clone());
        let report = ask_within(BRIEF_SILENCE, &chain, &prompt("Do go on")).await;
        let Outcome::CutOff { text, error } = &report.outcome else {
            panic!("{play:?}: {:?}", report.outcome);
        };
        assert_eq!((text.as_str(), error.kind()), ("You said: Do", kind), "{play:?}");
    }
}

#[tokio::test]
async fn ends_are_told_apart() {
    let sim = BedrockSim::start().await;
    let chain = only(openai(&sim));
    for (reason, expected) in [
        ("max_tokens", Stop::MaxTokens),
        ("content_filtered", Stop::Filtered),
        ("tool_use", Stop::Other("tool_calls".to_owned())),
    ] {
        sim.script(Play::Stop("So far.".to_owned(), reason));
        let report = ask(&chain, &prompt("Hm?")).await;
        let (Outcome::Complete { stop, .. } | Outcome::Kept { stop }) = &report.outcome else {
            panic!("{reason}: {report:?}");
        };
        assert_eq!(*stop, expected, "{reason}");
        assert_eq!(report.outcome.text(), if expected.is_refusal() { "" } else { "So far." });
    }
}

#[tokio::test]
async fn the_key_is_sent_and_never_shown() {
    let sim = BedrockSim::start().await;
    sim.speak(Dialect { key: Some("sk-good".to_owned()), ..Dialect::default() });
    let report = ask(&only(openai_with_key(&sim, "sk-good")), &prompt("Hi")).await;
    assert_eq!(report.outcome.text(), "You said: Hi");
    let report = ask(&only(openai_with_key(&sim, "sk-bad")), &prompt("Hi")).await;
    let Outcome::Failed(error) = report.outcome else { panic!("{:?}", report.outcome) };
    assert!(
        matches!(&error, AskError::Denied { mend, .. } if mend.starts_with("check the key for http://"))
    );
    assert!(!format!("{error:?} {:?}", Secret::new("sk-bad")).contains("sk-bad"));
}

#[tokio::test]
async fn the_models_of_a_server_are_listed_if_it_is_there() {
    let sim = BedrockSim::start().await;
    let (client, within) = (http(), Duration::from_secs(2));
    let models = OpenAiCompatible::models(&client, &sim.openai_url(), None, within).await.unwrap();
    assert_eq!(models, [LLAMA]);
    let nobody = "http://127.0.0.1:9/v1";
    let error = OpenAiCompatible::models(&client, nobody, None, within).await.unwrap_err();
    assert_eq!(error.kind(), "unavailable");
    // A port that listens and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", silent.local_addr().unwrap());
    let error =
        OpenAiCompatible::models(&client, &url, None, Duration::from_millis(50)).await.unwrap_err();
    assert_eq!(error.kind(), "timed_out");
}
