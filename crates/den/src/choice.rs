//! Which model speaks: what is configured, else Bedrock where there are credentials, else a local Ollama
//! that answers, else the understudy. The choice is always said, with its reason.

use std::time::Duration;

use anyhow::Context;
use aws_config::SdkConfig;
use aws_credential_types::provider::ProvideCredentials;
use den_worker::{Models, Provider, config::ModelConfig};
use model::{BedrockSettings, OpenAiCompatible, Understudy};

/// Where Ollama listens unless told otherwise.
const OLLAMA: &str = "http://127.0.0.1:11434/v1";
/// How long a local server may take to say which models it has.
const LOCAL: Duration = Duration::from_millis(500);
/// How long a credentials file or helper may take.
const CREDENTIALS: Duration = Duration::from_secs(2);
/// Pause before each word of the understudy, so that there is something to see growing.
const PACE: Duration = Duration::from_millis(40);
/// The model asked at Bedrock unless told otherwise: quick, cheap, and present in most regions.
const BEDROCK_MODEL: &str = "anthropic.claude-haiku-5-5";

/// The models, and why these.
pub struct Choice {
    /// The models.
    pub models: Models,
    /// What speaks, why, and how to get another; markdown, one or two sentences.
    pub note: String,
}

/// Chooses.
///
/// # Errors
/// When the connection to a configured endpoint cannot be set up.
pub async fn choose(configured: Option<&ModelConfig>, aws: &SdkConfig) -> anyhow::Result<Choice> {
    choose_beside(OLLAMA, configured, aws).await
}

async fn choose_beside(
    ollama: &str,
    configured: Option<&ModelConfig>,
    aws: &SdkConfig,
) -> anyhow::Result<Choice> {
    if let Some(config) = configured {
        return configured_choice(config, aws);
    }
    if let Some(region) = bedrock_region(aws).await {
        let id = format!("{}{BEDROCK_MODEL}", profile(&region));
        let client = aws_sdk_bedrockruntime::Client::new(aws);
        let provider = Provider::Bedrock { client, settings: BedrockSettings::default() };
        let note = format!(
            "**{id}** at Bedrock ({region}) speaks, as AWS credentials were found. Set `DEN_MODEL` for another."
        );
        return Ok(Choice { models: Models::new(provider, id, None), note });
    }
    let client = model::http_client().context("set up the connection to a local model")?;
    if let Ok(models) = OpenAiCompatible::models(&client, ollama, None, LOCAL).await
        && let Some(id) = models.into_iter().next()
    {
        let provider = Provider::OpenAiCompatible { client, url: ollama.to_owned(), key: None };
        let note = format!(
            "**{id}** speaks, from the Ollama on this machine. Set `DEN_MODEL` for another."
        );
        return Ok(Choice { models: Models::new(provider, id, None), note });
    }
    let note = "**The understudy** speaks: no model is configured, no AWS credentials were found, and no Ollama \
                answers on this machine. It only knows each character's example lines. Start Ollama, or set \
                `DEN_MODEL` and `DEN_MODEL_URL`, for the real thing."
        .to_owned();
    Ok(Choice { models: Models::understudy(Understudy::new().paced(PACE)), note })
}

fn configured_choice(config: &ModelConfig, aws: &SdkConfig) -> anyhow::Result<Choice> {
    let at = config.url.as_deref().map_or("at Bedrock".to_owned(), |url| format!("at {url}"));
    let note = format!("**{}** {at} speaks, as `DEN_MODEL` says.", config.model);
    Ok(Choice { models: Models::configured(config, aws)?, note })
}

/// The region, where there are credentials for one.
async fn bedrock_region(aws: &SdkConfig) -> Option<String> {
    // Set to nothing, it is unset.
    let region = aws.region().map(ToString::to_string).filter(|region| !region.is_empty())?;
    let credentials = aws.credentials_provider()?;
    let found = tokio::time::timeout(CREDENTIALS, credentials.provide_credentials()).await;
    found.ok()?.ok().map(|_| region)
}

/// The prefix of the inference profile that serves a region. See Amazon Bedrock/Cross-Region inference.
fn profile(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("us") => "us.",
        Some("eu") => "eu.",
        _ => "global.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nobody listens there.
    const NOBODY: &str = "http://127.0.0.1:9/v1";

    fn no_credentials() -> SdkConfig {
        SdkConfig::builder().build()
    }

    #[tokio::test]
    async fn what_is_configured_speaks_whatever_else_is_there() {
        let ollama = bedrock_sim::BedrockSim::start().await;
        let config = ModelConfig {
            model: "qwen2.5".to_owned(),
            fallback: None,
            url: Some(NOBODY.to_owned()),
            key: None,
            bedrock: BedrockSettings::default(),
        };
        let aws = aws::local_config().await;
        let choice = choose_beside(&ollama.openai_url(), Some(&config), &aws).await.unwrap();
        assert_eq!(choice.models.id(), "qwen2.5");
        assert!(choice.note.contains("as `DEN_MODEL` says"), "{}", choice.note);
    }

    #[tokio::test]
    async fn credentials_come_before_a_local_model() {
        let ollama = bedrock_sim::BedrockSim::start().await;
        let aws = aws::local_config().await;
        let choice = choose_beside(&ollama.openai_url(), None, &aws).await.unwrap();
        assert_eq!(choice.models.id(), "global.anthropic.claude-haiku-5-5");
        assert!(choice.note.contains("AWS credentials were found"), "{}", choice.note);
    }

    #[tokio::test]
    async fn an_ollama_that_answers_comes_before_the_understudy() {
        let ollama = bedrock_sim::BedrockSim::start().await;
        let choice = choose_beside(&ollama.openai_url(), None, &no_credentials()).await.unwrap();
        assert_ne!(choice.models.id(), "understudy");
        assert!(choice.note.contains("the Ollama on this machine"), "{}", choice.note);
    }

    #[tokio::test]
    async fn with_nothing_at_hand_the_understudy_speaks_and_says_why() {
        let choice = choose_beside(NOBODY, None, &no_credentials()).await.unwrap();
        assert_eq!(choice.models.id(), "understudy");
        for part in ["no model is configured", "no AWS credentials", "no Ollama", "`DEN_MODEL`"] {
            assert!(choice.note.contains(part), "{}", choice.note);
        }
    }

    #[test]
    fn a_profile_serves_its_region() {
        assert_eq!(
            ["us-east-1", "eu-central-1", "ap-south-1"].map(profile),
            ["us.", "eu.", "global."]
        );
    }
}
