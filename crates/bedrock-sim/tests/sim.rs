//! The simulator, as AWS's own client sees it.

#![expect(
    clippy::unwrap_used,
    reason = "a test helper that unwraps says all there is to say when it fails"
)]

use aws_credential_types::Credentials;
use aws_sdk_bedrockruntime::{
    Client, Config,
    config::{BehaviorVersion, Region, retry::RetryConfig},
    error::ProvideErrorMetadata,
    types::{ContentBlock, ConversationRole, InferenceConfiguration, Message},
};
use aws_smithy_http_client::Builder;
use bedrock_sim::{Api, BedrockSim, Gate, Play};

const MODEL: &str = "anthropic.claude-haiku-5-5";

fn client(sim: &BedrockSim) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(sim.url())
        .http_client(Builder::new().build_http())
        .retry_config(RetryConfig::disabled())
        .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "test"));
    Client::from_conf(config.build())
}

fn said(role: ConversationRole, text: &str) -> Message {
    Message::builder().role(role).content(ContentBlock::Text(text.to_owned())).build().unwrap()
}

async fn converse(sim: &BedrockSim, messages: Vec<Message>) -> Result<String, String> {
    let answer = client(sim).converse().model_id(MODEL).set_messages(Some(messages)).send().await;
    let answer = answer.map_err(|error| error.code().unwrap_or("no code").to_owned())?;
    let message = answer.output().unwrap().as_message().unwrap();
    Ok(message.content()[0].as_text().unwrap().clone())
}

#[tokio::test]
async fn without_a_script_it_repeats_what_it_was_told() {
    let sim = BedrockSim::start().await;
    let answer = converse(&sim, vec![said(ConversationRole::User, "ahoy")]).await;
    assert_eq!(answer.as_deref(), Ok("You said: ahoy"));
    let call = &sim.calls()[0];
    assert_eq!(
        (call.api, call.model_id.as_str(), call.last_user_text().as_str()),
        (Api::Converse, MODEL, "ahoy")
    );
}

#[tokio::test]
async fn the_script_comes_first_then_the_closure() {
    let sim = BedrockSim::start().await;
    sim.answer_with(|call| Play::say(&format!("{}!", call.last_user_text())));
    sim.script(Play::Throttle).script(Play::say("Scripted."));
    let ask = || converse(&sim, vec![said(ConversationRole::User, "ahoy")]);
    assert_eq!(ask().await, Err("ThrottlingException".to_owned()));
    assert_eq!(ask().await.as_deref(), Ok("Scripted."));
    assert_eq!(ask().await.as_deref(), Ok("ahoy!"));
}

#[tokio::test]
async fn it_refuses_what_bedrock_refuses() {
    use ConversationRole::{Assistant, User};
    let sim = BedrockSim::start().await;
    for messages in [
        vec![],
        vec![said(Assistant, "me first")],
        vec![said(User, "one"), said(User, "two")],
        vec![said(User, "  ")],
        vec![said(User, "go"), said(Assistant, "a prefill")],
    ] {
        assert_eq!(converse(&sim, messages).await, Err("ValidationException".to_owned()));
    }
    let request = client(&sim).converse().model_id(MODEL).messages(said(User, "warm?"));
    let warm = InferenceConfiguration::builder().temperature(0.7).build();
    let error = request.inference_config(warm).send().await.unwrap_err();
    assert_eq!(
        error.message(),
        Some("`temperature` and `top_p` are not supported for this model.")
    );
    assert_eq!((sim.violations().len(), sim.calls().len()), (6, 0));
}

#[tokio::test]
async fn a_gate_holds_an_answer_until_it_is_opened() {
    let sim = BedrockSim::start().await;
    let gate = Gate::new();
    sim.script(Play::say("At last.").behind(&gate));
    let mut answer = Box::pin(converse(&sim, vec![said(ConversationRole::User, "well?")]));
    tokio::select! {
        () = gate.reached() => {}
        answer = &mut answer => panic!("answered before the gate was opened: {answer:?}"),
    }
    gate.open();
    assert_eq!(answer.await.as_deref(), Ok("At last."));
}
