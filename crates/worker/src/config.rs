//! The worker's settings, read once from the environment; all problems are reported together.

use std::{fmt, path::PathBuf};

use discord::Token;
use model::{BedrockSettings, Guardrail};
use twilight_model::id::{Id, marker::UserMarker};

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
    /// The people who run the den.
    pub operators: Vec<Id<UserMarker>>,
    /// A file of the operator's own prices.
    pub prices: Option<PathBuf>,
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
        f.write_str("the environment is not complete:")?;
        for problem in &self.0 {
            write!(f, "\n- {problem}")?;
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
        Self::read(Environment::of_process())
    }

    fn read(mut env: Environment<'_>) -> Result<Self, ConfigProblems> {
        let token = env.token();
        if env.get("DISCORD_TOKEN").is_none() {
            env.problem("DISCORD_TOKEN is not set: the bot's token from the developer portal");
        }
        let model = env.model();
        if model.is_none() {
            env.problem(
                "DEN_MODEL is not set: a model id, as in us.anthropic.claude-haiku-5-5 (or a local model's, with \
                 DEN_MODEL_URL)",
            );
        }
        let operators = env.operators();
        env.complete(|env| {
            Some(Self {
                token: token?,
                discord_url: env.discord_url(),
                personalities: env.or("DEN_PERSONALITIES", "personalities").into(),
                personality: env.get("DEN_PERSONALITY"),
                table: env.table(),
                queue_prefix: env.queue_prefix(),
                model: model?,
                operators,
                prices: env.prices(),
                is_lambda: env.get("AWS_LAMBDA_RUNTIME_API").is_some(),
            })
        })
    }
}

/// The variables, and what is wrong with them so far. `den` reads the ones it has in common with the worker
/// through this as well, so that their names and defaults stand once.
pub struct Environment<'a> {
    variable: Box<Lookup<'a>>,
    problems: Vec<String>,
}

/// Finds a variable's value by its name.
type Lookup<'a> = dyn Fn(&str) -> Option<String> + 'a;

impl Environment<'static> {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }
}

impl<'a> Environment<'a> {
    /// Variables from anywhere.
    pub fn new(variable: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self { variable: Box::new(variable), problems: Vec::new() }
    }

    /// A variable's value. One set to nothing is one that a template left open: it is not set.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.variable)(name).filter(|value| !value.trim().is_empty())
    }

    /// A variable's value, or what holds without it.
    pub fn or(&self, name: &str, default: &str) -> String {
        self.get(name).unwrap_or_else(|| default.to_owned())
    }

    /// Notes that something is wrong.
    pub fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    /// What `made` makes of the environment, unless something is wrong with it.
    ///
    /// # Errors
    /// Everything that was noted.
    ///
    /// # Panics
    /// When `made` makes nothing although no problem was noted.
    pub fn complete<T>(self, made: impl FnOnce(&Self) -> Option<T>) -> Result<T, ConfigProblems> {
        if !self.problems.is_empty() {
            return Err(ConfigProblems(self.problems));
        }
        Ok(made(&self).expect("whatever is missing was noted as a problem"))
    }

    /// The bot's token, where there is one.
    pub fn token(&mut self) -> Option<Token> {
        match Token::parse(&self.get("DISCORD_TOKEN")?) {
            Ok(token) => Some(token),
            Err(e) => {
                self.problem(format!("DISCORD_TOKEN: {e}"));
                None
            }
        }
    }

    /// Where Discord is.
    pub fn discord_url(&self) -> String {
        self.or("DISCORD_API_URL", "https://discord.com")
    }

    /// The table.
    pub fn table(&self) -> String {
        self.or("DEN_TABLE", "roast-den")
    }

    /// What the names of the queues begin with.
    pub fn queue_prefix(&self) -> String {
        self.or("DEN_QUEUE_PREFIX", "roast-den-")
    }

    /// The file of the operator's own prices.
    pub fn prices(&self) -> Option<PathBuf> {
        self.get("DEN_PRICES").map(PathBuf::from)
    }

    /// The people who run the den, as Discord's user ids with commas between them.
    pub fn operators(&mut self) -> Vec<Id<UserMarker>> {
        let ids = self.get("DEN_OPERATORS").unwrap_or_default();
        let mut operators = Vec::new();
        for id in ids.split(',').map(str::trim).filter(|id| !id.is_empty()) {
            match id.parse().ok().and_then(Id::new_checked) {
                Some(id) => operators.push(id),
                None => self.problem(format!(
                    "DEN_OPERATORS: `{id}` is no user id; copy it from Discord with developer mode on"
                )),
            }
        }
        operators
    }

    /// Where models are asked, where a model is named.
    pub fn model(&mut self) -> Option<ModelConfig> {
        let guardrail = match (self.get("DEN_GUARDRAIL"), self.get("DEN_GUARDRAIL_VERSION")) {
            (Some(id), version) => {
                Some(Guardrail { id, version: version.unwrap_or_else(|| "DRAFT".to_owned()) })
            }
            (None, Some(_)) => {
                self.problem("DEN_GUARDRAIL_VERSION is set without DEN_GUARDRAIL");
                None
            }
            (None, None) => None,
        };
        if guardrail.is_some() && self.get("DEN_MODEL_URL").is_some() {
            self.problem(
                "DEN_GUARDRAIL is Bedrock's, and DEN_MODEL_URL has another endpoint asked, whose answers it would not \
                 check: unset one of them",
            );
        }
        Some(ModelConfig {
            model: self.get("DEN_MODEL")?,
            fallback: self.get("DEN_FALLBACK_MODEL"),
            url: self.get("DEN_MODEL_URL"),
            key: self.get("DEN_MODEL_KEY").map(model::Secret::new),
            bedrock: BedrockSettings { guardrail },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigProblems> {
        Config::read(Environment::new(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }))
    }

    #[test]
    fn all_problems_are_reported_together() {
        let problems = read(&[("DEN_GUARDRAIL_VERSION", "3")]);
        let said = problems.expect_err("nothing is set").to_string();
        for name in ["DISCORD_TOKEN", "DEN_MODEL", "DEN_GUARDRAIL_VERSION"] {
            assert!(said.contains(name), "{said}");
        }
    }

    #[test]
    fn a_guardrail_is_never_left_out_in_silence() {
        let asked = [
            ("DISCORD_TOKEN", "abc"),
            ("DEN_MODEL", "llama3.2:3b"),
            ("DEN_MODEL_URL", "http://127.0.0.1:11434/v1"),
            ("DEN_GUARDRAIL", "gr-1"),
        ];
        let said = read(&asked).expect_err("it would check nothing").to_string();
        assert!(said.contains("DEN_GUARDRAIL is Bedrock's"), "{said}");
        assert!(read(&asked[..3]).is_ok());
        assert!(read(&[asked[0], asked[1], asked[3]]).is_ok());
    }

    #[test]
    fn a_worker_without_a_model_does_not_start() {
        let problems = read(&[("DISCORD_TOKEN", "abc"), ("DEN_MODEL", " ")]);
        assert!(problems.expect_err("no model").to_string().contains("DEN_MODEL"));
    }
}
