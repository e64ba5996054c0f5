//! What is sent to Bedrock, and what comes back.

use std::{sync::Arc, time::Duration};

use bedrock_sim::{BedrockSim, Play};
use bytes::Bytes;
use futures_util::StreamExt;
use model::{
    Bedrock, BedrockSettings, Chain, Chunk, Cue, Guardrail, Model, Outcome, Part, Progress, Prompt,
    Report, Role, Sampling, Script, Stop, SystemPart, Turn,
};
use tokio::time::Instant;

use crate::support::{
    HAIKU, NOVA, NoCredentials, PATIENT, ask, bedrock, client, credentials, only, prompt, said,
    service_model, tries,
};

#[tokio::test]
async fn an_answer_comes_in_pieces_and_ends_with_its_usage() {
    let sim = BedrockSim::start().await;
    sim.script(Play::say("The light is out again."));
    let answer = bedrock(&sim, HAIKU).ask(&prompt("How is the lighthouse?")).await.unwrap();
    let chunks: Vec<Chunk> = answer.map(Result::unwrap).collect().await;
    let texts: Vec<&str> = chunks.iter().filter_map(text).collect();
    assert_eq!(texts, ["The", " light", " is", " out", " again."]);
    let Some(Chunk::End { stop: Stop::EndTurn, usage }) = chunks.last() else {
        panic!("no clean end: {chunks:?}");
    };
    assert!(usage.input > 10 && usage.output == 6 && !usage.is_estimate, "{usage:?}");
}

fn text(chunk: &Chunk) -> Option<&str> {
    match chunk {
        Chunk::Text(text) => Some(text),
        Chunk::End { .. } => None,
    }
}

#[tokio::test]
async fn reasoning_is_not_part_of_the_answer() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Think {
        thoughts: "They want a joke. I have one.".to_owned(),
        chunks: vec!["No ".to_owned(), "jokes here.".to_owned()],
    });
    let report = ask(&only(bedrock(&sim, HAIKU)), &prompt("A joke?")).await;
    assert_eq!(report.outcome.text(), "No jokes here.");
}

#[tokio::test]
async fn every_way_an_answer_can_end_is_told_apart() {
    let sim = BedrockSim::start().await;
    let chain = only(bedrock(&sim, HAIKU));
    for (reason, stop) in [
        ("max_tokens", Stop::MaxTokens),
        ("model_context_window_exceeded", Stop::MaxTokens),
        ("stop_sequence", Stop::StopSequence),
        ("content_filtered", Stop::Filtered),
        ("refusal", Stop::Filtered),
        ("guardrail_intervened", Stop::Guardrail),
        ("tool_use", Stop::Other("tool_use".to_owned())),
    ] {
        sim.script(Play::Stop("So far.".to_owned(), reason));
        let report = ask(&chain, &prompt("Hm?")).await;
        let stands = if stop.is_refusal() { "" } else { "So far." };
        assert_eq!(report.outcome.text(), stands, "{reason}");
        let (Outcome::Complete { stop: stopped, .. } | Outcome::Kept { stop: stopped }) =
            report.outcome
        else {
            panic!("{reason}: {:?}", report.outcome);
        };
        assert_eq!(stopped, stop, "{reason}");
    }
}

/// Nova with a guardrail, and Haiku behind it.
fn guarded(sim: &BedrockSim) -> Chain {
    let guardrail = Some(Guardrail { id: "gr12345".to_owned(), version: "3".to_owned() });
    let model = Bedrock::new(client(sim, credentials()), NOVA, BedrockSettings { guardrail });
    Chain::new(Arc::new(model), Some(bedrock(sim, HAIKU))).unwrap()
}

/// What people are shown while an answer comes, and what becomes of it.
async fn shown(chain: &Chain) -> (Vec<String>, Report) {
    let prompt = prompt("Say something awful.");
    let mut asking = chain.ask(&prompt, PATIENT, Instant::now() + Duration::from_secs(60));
    let mut shown = Vec::new();
    loop {
        match asking.next().await {
            Some(Progress::Text(text)) => shown.push(text),
            Some(Progress::Done(report)) => return (shown, report),
            None => panic!("an asking ends with a report"),
        }
    }
}

#[tokio::test]
async fn where_the_guardrail_steps_in_nothing_is_shown_and_nobody_else_is_asked() {
    let sim = BedrockSim::start().await;
    sim.script(Play::GuardrailStop("I will not say that.".to_owned()));
    let (shown, report) = shown(&guarded(&sim)).await;
    assert_eq!(shown, Vec::<String>::new(), "the guardrail's message is not the character's");
    assert!(matches!(report.outcome, Outcome::Kept { stop: Stop::Guardrail }), "{report:?}");
    assert_eq!((report.outcome.text(), sim.calls().len()), ("", 1));
    assert_eq!(report.model(), Some(NOVA), "it was asked, and is paid for");
    assert!(report.usage().input > 0);
    insta::assert_json_snapshot!(sim.calls()[0].body["guardrailConfig"], @r#"
    {
      "guardrailIdentifier": "gr12345",
      "guardrailVersion": "3",
      "streamProcessingMode": "sync",
      "trace": "disabled"
    }
    "#);
}

#[tokio::test]
async fn a_guardrail_that_steps_in_late_takes_back_what_was_said() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Stop("So it began and".to_owned(), "guardrail_intervened"));
    let (shown, report) = shown(&guarded(&sim)).await;
    assert_eq!(shown.concat(), "So it began", "the last piece is the guardrail's own");
    assert!(matches!(report.outcome, Outcome::Kept { stop: Stop::Guardrail }), "{report:?}");
    assert_eq!(report.outcome.text(), "");
}

#[tokio::test]
async fn an_answer_the_guardrail_lets_pass_is_whole() {
    let sim = BedrockSim::start().await;
    sim.script(Play::say("Nothing awful comes to mind."));
    let (shown, report) = shown(&guarded(&sim)).await;
    assert_eq!(shown.concat(), "Nothing awful comes to mind.");
    assert_eq!(report.outcome.text(), "Nothing awful comes to mind.");
    assert!(matches!(report.outcome, Outcome::Complete { stop: Stop::EndTurn, .. }), "{report:?}");
}

/// A prompt with everything a prompt can have.
fn typical() -> Prompt {
    let image =
        Part::Image { media_type: "image/png".to_owned(), bytes: Bytes::from_static(b"not a png") };
    Prompt {
        system: vec![
            SystemPart { text: "You are Grim. ".repeat(320).trim().to_owned(), cache: true },
            SystemPart { text: "Ada likes boats.".to_owned(), cache: false },
        ],
        turns: vec![
            said(Role::User, "Ada: hello?"),
            said(Role::User, "  "),
            said(Role::Assistant, "What."),
            said(Role::User, "Ben: rude"),
            Turn { role: Role::User, parts: vec![Part::Text("Ada: look".to_owned()), image] },
        ],
        max_tokens: 300,
        sampling: Sampling {
            temperature: Some(0.75),
            top_p: Some(0.5),
            stop: vec!["\nAda:".to_owned(), "\n\n".to_owned()],
        },
        script: Script {
            cues: vec![Cue { heard: "Never".to_owned(), line: "Never sent.".to_owned() }],
            heard: "Never sent.".to_owned(),
            remembered: vec!["Never sent.".to_owned()],
        },
    }
}

/// The request as it was sent, long texts shortened.
async fn sent(model_id: &str) -> serde_json::Value {
    let sim = BedrockSim::start().await;
    let report = ask(&only(bedrock(&sim, model_id)), &typical()).await;
    assert_eq!(tries(&report), [format!("{model_id}: ok")], "{report:?}");
    assert_eq!(sim.violations(), Vec::<String>::new());
    let mut body = sim.calls()[0].body.clone();
    for part in body["system"].as_array_mut().into_iter().flatten() {
        if let Some(text) = part["text"].as_str().filter(|text| text.len() > 40) {
            part["text"] = format!("{}… ({} characters)", &text[..13], text.len()).into();
        }
    }
    body
}

#[tokio::test]
async fn haiku_5_5_is_sent_no_sampling_and_told_not_to_think() {
    insta::assert_json_snapshot!(sent(HAIKU).await, @r#"
    {
      "additionalModelRequestFields": {
        "thinking": {
          "type": "disabled"
        }
      },
      "inferenceConfig": {
        "maxTokens": 300,
        "stopSequences": [
          "\nAda:"
        ]
      },
      "messages": [
        {
          "content": [
            {
              "text": "Ada: hello?"
            }
          ],
          "role": "user"
        },
        {
          "content": [
            {
              "text": "What."
            }
          ],
          "role": "assistant"
        },
        {
          "content": [
            {
              "text": "Ben: rude"
            },
            {
              "text": "Ada: look"
            },
            {
              "image": {
                "format": "png",
                "source": {
                  "bytes": "bm90IGEgcG5n"
                }
              }
            }
          ],
          "role": "user"
        }
      ],
      "outputConfig": {
        "effort": "low"
      },
      "system": [
        {
          "text": "You are Grim.… (4479 characters)"
        },
        {
          "cachePoint": {
            "type": "default"
          }
        },
        {
          "text": "Ada likes boats."
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn nova_is_sent_its_sampling_and_a_cache_point() {
    insta::assert_json_snapshot!(sent(NOVA).await, @r#"
    {
      "inferenceConfig": {
        "maxTokens": 300,
        "stopSequences": [
          "\nAda:"
        ],
        "temperature": 0.75,
        "topP": 0.5
      },
      "messages": [
        {
          "content": [
            {
              "text": "Ada: hello?"
            }
          ],
          "role": "user"
        },
        {
          "content": [
            {
              "text": "What."
            }
          ],
          "role": "assistant"
        },
        {
          "content": [
            {
              "text": "Ben: rude"
            },
            {
              "text": "Ada: look"
            },
            {
              "image": {
                "format": "png",
                "source": {
                  "bytes": "bm90IGEgcG5n"
                }
              }
            }
          ],
          "role": "user"
        }
      ],
      "system": [
        {
          "text": "You are Grim.… (4479 characters)"
        },
        {
          "cachePoint": {
            "type": "default"
          }
        },
        {
          "text": "Ada likes boats."
        }
      ]
    }
    "#);
}

#[tokio::test]
async fn a_cache_point_is_left_out_where_it_would_not_pay() {
    let sim = BedrockSim::start().await;
    ask(&only(bedrock(&sim, NOVA)), &prompt("Short character, no cache.")).await;
    ask(&only(bedrock(&sim, "us.anthropic.claude-haiku-4-5-20251001-v1:0")), &typical()).await;
    for call in sim.calls() {
        let system = call.body["system"].as_array().unwrap();
        assert!(system.iter().all(|part| part.get("cachePoint").is_none()), "{}", call.model_id);
    }
}

#[tokio::test]
async fn the_second_call_reads_the_prompt_from_the_cache() {
    let sim = BedrockSim::start().await;
    let chain = only(bedrock(&sim, HAIKU));
    let first = ask(&chain, &typical()).await.usage();
    let second = ask(&chain, &typical()).await.usage();
    assert!(first.cache_write > 1_000 && first.cache_read == 0, "{first:?}");
    assert!(second.cache_read == first.cache_write && second.cache_write == 0, "{second:?}");
}

#[tokio::test]
async fn every_known_model_is_sent_what_it_takes() {
    let sim = BedrockSim::start().await;
    if let Some(path) = service_model() {
        sim.validate_with(&path).unwrap();
    }
    for model_id in [
        HAIKU,
        NOVA,
        "global.anthropic.claude-sonnet-5-5",
        "us.anthropic.claude-opus-4-8",
        "eu.anthropic.claude-haiku-4-5-20251001-v1:0",
        "us.amazon.nova-2-lite-v1:0",
        "amazon.nova-micro-v1:0",
        "openai.gpt-oss-20b-1:0",
        "mistral.mistral-7b-instruct-v0:2",
        "us.newcomer.chat-1",
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-haiku-5-5",
    ] {
        let report = ask(&only(bedrock(&sim, model_id)), &typical()).await;
        assert_eq!(sim.violations(), Vec::<String>::new(), "{model_id}");
        assert_eq!(tries(&report), [format!("{model_id}: ok")]);
        assert_eq!(sim.calls().last().unwrap().model_id, model_id);
    }
}

#[tokio::test]
async fn without_credentials_it_says_what_is_missing() {
    let sim = BedrockSim::start().await;
    let model = Bedrock::new(client(&sim, NoCredentials), HAIKU, BedrockSettings::default());
    let error = model.ask(&prompt("Hello?")).await.err().unwrap();
    assert_eq!(error.kind(), "denied", "{}", error.chain());
    assert!(error.to_string().contains("give AWS credentials"), "{error}");
    assert!(sim.calls().is_empty());
}

#[tokio::test]
async fn an_error_never_quotes_the_prompt() {
    let sim = BedrockSim::start().await;
    let secret = "my diary says I am afraid of gulls";
    sim.script(Play::Validation(format!("messages.0: '{secret}' is not allowed here")));
    let error = bedrock(&sim, HAIKU).ask(&prompt(secret)).await.err().unwrap();
    assert_eq!(
        error.chain(),
        "ask us.anthropic.claude-haiku-5-5: refused: ValidationException (its message quotes the prompt)"
    );
}
