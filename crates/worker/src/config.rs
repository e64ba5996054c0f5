//! The worker's settings, read once from the environment; all problems are reported together.

use std::{fmt, path::PathBuf};

use discord::Token;
use model::{BedrockSettings, Guardrail};

/// What the worker binary needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The bot's token.
    pub token: Token,
    /// Where Discord is.
    pub discord_url: String,
    /// The folder of personality files.
    pub personalities: PathBuf,
    /// The personality served; none means all of them, and the steward.
    pub personality: Option<String>,
    /// The table.
    pub table: String,
    /// What the names of this deployment's queues begin with.
    pub queue_prefix: String,
    /// Where models are asked.
    pub model: ModelConfig,
    /// Whether Lambda runs us.
    pub is_lambda: bool,
}

/// Where models are asked.
#[derive(Clone, Debug)]
pub struct ModelConfig {
    /// The model asked where a personality names none.
    pub model: String,
    /// The model asked when that one fails.
    pub fallback: Option<String>,
    /// An OpenAI-compatible endpoint; without one, Bedrock is asked.
    pub url: Option<String>,
    /// The endpoint's key.
    pub key: Option<model::Secret>,
    /// What holds for every call of Bedrock.
    pub bedrock: BedrockSettings,
}

/// Everything that is wrong with the environment.
#[derive(Debug)]
pub struct ConfigProblems(Vec<String>);

impl fmt::Display for ConfigProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the environment is not complete:")?;
        for problem in &self.0 {
            writeln!(f, "- {problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigProblems {}

impl Config {
    /// Reads the environment.
    ///
    /// # Errors
    /// [`ConfigProblems`] with all of them.
    pub fn from_env() -> Result<Self, ConfigProblems> {
        Self::read(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()))
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigProblems> {
        let mut problems = Vec::new();
        let token = match get("DISCORD_TOKEN").as_deref().map(Token::parse) {
            Some(Ok(token)) => Some(token),
            Some(Err(e)) => {
                problems.push(format!("DISCORD_TOKEN: {e}"));
                None
            }
            None => {
                problems.push(
                    "DISCORD_TOKEN is not set: the bot's token from the developer portal"
                        .to_owned(),
                );
                None
            }
        };
        let url = get("DEN_MODEL_URL");
        let model = get("DEN_MODEL");
        if model.is_none() {
            problems.push(
                "DEN_MODEL is not set: a model id, as in us.anthropic.claude-haiku-5-5 (or a local model's, with \
                 DEN_MODEL_URL)"
                    .to_owned(),
            );
        }
        let guardrail = match (get("DEN_GUARDRAIL"), get("DEN_GUARDRAIL_VERSION")) {
            (Some(id), version) => {
                Some(Guardrail { id, version: version.unwrap_or_else(|| "DRAFT".to_owned()) })
            }
            (None, Some(_)) => {
                problems.push("DEN_GUARDRAIL_VERSION is set without DEN_GUARDRAIL".to_owned());
                None
            }
            (None, None) => None,
        };
        let (Some(token), Some(model), true) = (token, model, problems.is_empty()) else {
            return Err(ConfigProblems(problems));
        };
        Ok(Self {
            token,
            discord_url: get("DISCORD_API_URL").unwrap_or_else(|| "https://discord.com".to_owned()),
            personalities: get("DEN_PERSONALITIES")
                .unwrap_or_else(|| "personalities".to_owned())
                .into(),
            personality: get("DEN_PERSONALITY"),
            table: get("DEN_TABLE").unwrap_or_else(|| "roast-den".to_owned()),
            queue_prefix: get("DEN_QUEUE_PREFIX").unwrap_or_else(|| "roast-den-".to_owned()),
            model: ModelConfig {
                model,
                fallback: get("DEN_FALLBACK_MODEL"),
                url,
                key: get("DEN_MODEL_KEY").map(model::Secret::new),
                bedrock: BedrockSettings { guardrail },
            },
            is_lambda: get("AWS_LAMBDA_RUNTIME_API").is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_problems_are_reported_together() {
        let problems =
            Config::read(|name| (name == "DEN_GUARDRAIL_VERSION").then(|| "3".to_owned()));
        let said = problems.expect_err("nothing is set").to_string();
        for name in ["DISCORD_TOKEN", "DEN_MODEL", "DEN_GUARDRAIL_VERSION"] {
            assert!(said.contains(name), "{said}");
        }
    }

    #[test]
    fn a_worker_without_a_model_does_not_start() {
        let problems = Config::read(|name| (name == "DISCORD_TOKEN").then(|| "abc".to_owned()));
        assert!(problems.expect_err("no model").to_string().contains("DEN_MODEL"));
    }
}
