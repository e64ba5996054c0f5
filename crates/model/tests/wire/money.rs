//! What asking costs: reserved before, settled after, never the other way round.

use std::sync::Arc;

use bedrock_sim::{BedrockSim, Exception, Play};
use model::{
    Bedrock, BedrockSettings, Chain, Guardrail, Microdollars, Model, OpenAiCompatible, Prices,
    Prompt, Report, Understudy,
};

use crate::support::{
    HAIKU, NOVA, PATIENT, ask, bedrock, client, credentials, haiku_then_nova, http, only, openai,
    prompt,
};

/// What asking came to, after a look at what was to be reserved for it.
fn settle(chain: &Chain, prompt: &Prompt, report: &Report) -> Microdollars {
    let prices = Prices::built_in();
    let (reserved, spent) = (chain.ceiling(prompt, PATIENT, prices), chain.cost(report, prices));
    assert!(spent <= reserved, "{spent} of {reserved}: {report:?}");
    spent
}

#[tokio::test]
async fn an_answer_costs_what_its_tokens_cost() {
    let sim = BedrockSim::start().await;
    let chain = only(bedrock(&sim, HAIKU));
    let prompt = prompt("How is the sea?");
    let report = ask(&chain, &prompt).await;
    let price = Prices::built_in().get(HAIKU).unwrap();
    assert_eq!(settle(&chain, &prompt, &report), price.cost(&report.usage()));
}

#[tokio::test]
async fn the_fallback_is_paid_at_its_own_price_and_a_refused_try_not_at_all() {
    let sim = BedrockSim::start().await;
    sim.script(Play::Throttle).script(Play::ServerError(503));
    let chain = haiku_then_nova(&sim);
    let prompt = prompt("How is the sea?");
    let report = ask(&chain, &prompt).await;
    assert_eq!(report.model(), Some(NOVA));
    let nova = Prices::built_in().get(NOVA).unwrap();
    assert_eq!(settle(&chain, &prompt, &report), nova.cost(&report.usage()));
}

#[tokio::test]
async fn whatever_happens_no_more_is_spent_than_was_reserved() {
    let sim = BedrockSim::start().await;
    let chain = haiku_then_nova(&sim);
    // Letters of which each is three bytes, and a tokenizer may make as many tokens.
    let long = "ᚠᚢᚦᚨᚱᚲ ".repeat(2_000);
    for play in [
        Play::Echo,
        Play::Endless,
        Play::Garbage,
        Play::CutAfter(2),
        Play::EndAfter(3),
        Play::ExceptionAfter(2, Exception::ModelStreamError),
        Play::NoiseAfter(2),
        Play::Empty,
        Play::Stop("So far.".to_owned(), "content_filtered"),
        Play::Stop("So far.".to_owned(), "max_tokens"),
    ] {
        sim.script(play);
        let prompt = prompt(&long);
        let report = ask(&chain, &prompt).await;
        assert!(settle(&chain, &prompt, &report) > Microdollars::ZERO, "{report:?}");
    }
}

#[tokio::test]
async fn what_the_guardrail_kept_back_is_paid_for() {
    let sim = BedrockSim::start().await;
    sim.script(Play::GuardrailStop("No.".to_owned()));
    let guardrail = Some(Guardrail { id: "gr12345".to_owned(), version: "3".to_owned() });
    let model = Bedrock::new(client(&sim, credentials()), HAIKU, BedrockSettings { guardrail });
    let chain = only(Arc::new(model));
    let prompt = prompt("Say something awful.");
    let report = ask(&chain, &prompt).await;
    assert!(settle(&chain, &prompt, &report) > Microdollars::ZERO);
}

#[tokio::test]
async fn a_guardrail_costs_beside_the_model_what_the_table_or_the_operator_says() {
    let sim = BedrockSim::start().await;
    let model =
        |guardrail| Bedrock::new(client(&sim, credentials()), HAIKU, BedrockSettings { guardrail });
    let guardrail = Guardrail { id: "gr12345".to_owned(), version: "3".to_owned() };
    let (bare, guarded) = (model(None), model(Some(guardrail)));
    let prices = Prices::built_in();
    let (without, with) = (prices.of(&bare).rates, prices.of(&guarded).rates);
    // Five thousand units of a thousand characters in a million tokens, at 0.40 dollars a thousand.
    assert_eq!((with.input - without.input, with.output - without.output), (2_000_000, 2_000_000));
    assert_eq!(with.cache_read, without.cache_read, "it does not read the instructions");
    let own = Prices::with("guardrail = 0.15").unwrap();
    assert_eq!(own.of(&guarded).rates.input - without.input, 750_000);
    assert_eq!(own.of(&bare).rates, without);
    let refused = Prices::with("guardrail = -1").unwrap_err().to_string();
    assert!(refused.contains("guardrail is -1"), "{refused}");
}

#[tokio::test]
async fn a_model_of_ones_own_costs_nothing() {
    let sim = BedrockSim::start().await;
    let prompt = prompt("How is the sea?");
    for chain in [only(openai(&sim)), only(Arc::new(Understudy::new()))] {
        let report = ask(&chain, &prompt).await;
        assert_eq!(settle(&chain, &prompt, &report), Microdollars::ZERO);
        assert_eq!(chain.ceiling(&prompt, PATIENT, Prices::built_in()), Microdollars::ZERO);
    }
}

#[test]
fn where_a_model_is_decides_whether_an_unknown_one_costs() {
    let at = |url: &str, model: &str| OpenAiCompatible::new(http(), url, None, model);
    for url in [
        "http://127.0.0.1:11434/v1",
        "http://localhost:1234/v1",
        "http://[::1]:8000/v1",
        "http://192.168.1.7:8000/v1",
        "http://ollama:11434/v1",
        "http://attic.local:11434/v1",
        "http://host.docker.internal:11434/v1",
    ] {
        let model = at(url, "llama3.2:3b");
        assert!(model.is_local() && Prices::built_in().of(&model) == model::Price::FREE, "{url}");
        // What listens there may only pass it on.
        assert_ne!(Prices::built_in().of(&at(url, "gpt-4o-mini")), model::Price::FREE, "{url}");
    }
    for url in ["https://api.example.com/v1", "https://8.8.8.8/v1", "https://[2001:db8::1]/v1", "?"]
    {
        let model = at(url, "newcomer-1");
        assert!(!model.is_local() && Prices::built_in().of(&model) != model::Price::FREE, "{url}");
    }
}
