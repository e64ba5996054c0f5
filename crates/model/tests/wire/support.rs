//! A simulator, the clients that ask it, and prompts to ask.

use std::{path::PathBuf, sync::Arc, time::Duration};

use aws_credential_types::{
    Credentials,
    provider::{
        ProvideCredentials, error::CredentialsError,
        future::ProvideCredentials as ProvideCredentialsFuture,
    },
};
use aws_sdk_bedrockruntime::{
    Client, Config,
    config::{BehaviorVersion, Region},
};
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use bedrock_sim::{BedrockSim, ServiceModel};
use model::{
    Bedrock, BedrockSettings, Chain, Limits, OpenAiCompatible, Part, Prompt, Report, Role, Secret,
    SystemPart, Turn,
};
use tokio::time::Instant;

pub const HAIKU: &str = "us.anthropic.claude-haiku-5-5";
pub const NOVA: &str = "us.amazon.nova-lite-v1:0";

/// Limits that a busy machine keeps too; only a hanging test reaches them.
pub const PATIENT: Limits = Limits {
    first_chunk: Duration::from_secs(20),
    chunk: Duration::from_secs(20),
    total: Duration::from_secs(60),
    tries: 2,
};

/// Limits for tests that reach the first of them.
pub const BRIEF_START: Limits = Limits { first_chunk: Duration::from_secs(1), ..PATIENT };

/// Limits for tests that reach the silence between two words.
pub const BRIEF_SILENCE: Limits = Limits { chunk: Duration::from_millis(200), ..PATIENT };

pub fn client(sim: &BedrockSim, credentials: impl ProvideCredentials + 'static) -> Client {
    let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .endpoint_url(sim.url())
        .http_client(http)
        .credentials_provider(credentials);
    Client::from_conf(config.build())
}

pub fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "secret", None, None, "test")
}

/// A machine on which nobody has logged in.
#[derive(Debug)]
pub struct NoCredentials;

impl ProvideCredentials for NoCredentials {
    fn provide_credentials<'a>(&'a self) -> ProvideCredentialsFuture<'a>
    where
        Self: 'a,
    {
        ProvideCredentialsFuture::ready(Err(CredentialsError::not_loaded_no_source()))
    }
}

pub fn bedrock(sim: &BedrockSim, model_id: &str) -> Arc<Bedrock> {
    Arc::new(Bedrock::new(client(sim, credentials()), model_id, BedrockSettings::default()))
}

pub fn http() -> reqwest::Client {
    model::http_client().unwrap()
}

pub fn openai(sim: &BedrockSim) -> Arc<OpenAiCompatible> {
    Arc::new(OpenAiCompatible::new(http(), sim.openai_url(), None, "llama3.2:3b"))
}

pub fn openai_with_key(sim: &BedrockSim, key: &str) -> Arc<OpenAiCompatible> {
    let key = Some(Secret::new(key));
    Arc::new(OpenAiCompatible::new(http(), sim.openai_url() + "/", key, "llama3.2:3b"))
}

/// Haiku, with Nova behind it.
pub fn haiku_then_nova(sim: &BedrockSim) -> Chain {
    Chain::new(bedrock(sim, HAIKU), Some(bedrock(sim, NOVA))).unwrap()
}

pub fn only(model: Arc<dyn model::Model>) -> Chain {
    Chain::new(model, None).unwrap()
}

pub fn said(role: Role, text: &str) -> Turn {
    Turn { role, parts: vec![Part::Text(text.to_owned())] }
}

pub fn prompt(text: &str) -> Prompt {
    Prompt {
        system: vec![SystemPart {
            text: "You are Grim, a weary lighthouse keeper.".to_owned(),
            cache: true,
        }],
        turns: vec![said(Role::User, text)],
        max_tokens: 300,
        ..Prompt::default()
    }
}

/// Asks with all the time in the world.
pub async fn ask(chain: &Chain, prompt: &Prompt) -> Report {
    ask_within(PATIENT, chain, prompt).await
}

pub async fn ask_within(limits: Limits, chain: &Chain, prompt: &Prompt) -> Report {
    chain.ask(prompt, limits, Instant::now() + Duration::from_secs(60)).finish().await
}

/// What became of every try, as `model: kind` or `model: ok`.
pub fn tries(report: &Report) -> Vec<String> {
    let kind = |attempt: &model::Attempt| {
        let kind = attempt.error.as_ref().map_or("ok", model::AskError::kind);
        format!("{}: {kind}", attempt.model)
    };
    report.attempts.iter().map(kind).collect()
}

/// AWS's service model of Bedrock Runtime, where it is installed.
pub fn service_model() -> Option<PathBuf> {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let found =
        std::env::var_os("BOTOCORE_DATA").map(PathBuf::from).or_else(|| ServiceModel::find(&root));
    if found.is_none() {
        println!("skipped: no botocore under .tools/venv, and BOTOCORE_DATA is not set");
    }
    found
}
