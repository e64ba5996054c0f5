//! What the environment says, read once; all problems are reported together.

use std::{path::PathBuf, sync::Arc};

use den_listener::is_gateway_url;
use den_worker::config::{ConfigProblems, Environment, ModelConfig};
use discord::Token;
use model::Prices;
use twilight_model::id::{Id, marker::UserMarker};

/// What the commands need to know of the environment. Nothing of it must be there: `den up` plays every part
/// that is missing.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The bot's token; without one there is only a simulated Discord.
    pub token: Option<Token>,
    /// Where Discord is.
    pub discord_url: String,
    /// Where the gateway is; only for a simulator.
    pub gateway_url: Option<String>,
    /// The deployment's table.
    pub table: String,
    /// What the names of the deployment's queues begin with.
    pub queue_prefix: String,
    /// Whether the table or the queues are named. Then there is a deployment somewhere, and what is missing
    /// of it is missed.
    pub names_deployment: bool,
    /// The model, where one is configured.
    pub model: Option<ModelConfig>,
    /// The people who run the den.
    pub operators: Vec<Id<UserMarker>>,
    /// A file of the operator's own prices.
    pub prices: Option<PathBuf>,
}

impl Settings {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_env() -> Result<Self, ConfigProblems> {
        Self::read(Environment::of_process())
    }

    /// The price table, with the operator's own prices before it.
    ///
    /// # Errors
    /// Where their file cannot be read.
    pub fn prices(&self) -> anyhow::Result<Arc<Prices>> {
        Ok(Arc::new(den_worker::prices(self.prices.as_deref())?))
    }

    fn read(mut env: Environment<'_>) -> Result<Self, ConfigProblems> {
        let token = env.token();
        let gateway_url = env.get("DISCORD_GATEWAY_URL");
        if let Some(url) = gateway_url.as_deref().filter(|url| !is_gateway_url(url)) {
            env.problem(format!(
                "DISCORD_GATEWAY_URL: `{url}` does not begin with ws:// or wss:// and name a host"
            ));
        }
        let model = env.model();
        if model.is_none() {
            for name in ["DEN_MODEL_URL", "DEN_FALLBACK_MODEL"] {
                if env.get(name).is_some() {
                    env.problem(format!(
                        "{name} is set without DEN_MODEL: name the model to ask first"
                    ));
                }
            }
        }
        let operators = env.operators();
        env.complete(|env| {
            let is_named = |name| env.get(name).is_some();
            Some(Self {
                token,
                discord_url: env.discord_url(),
                gateway_url,
                table: env.table(),
                queue_prefix: env.queue_prefix(),
                names_deployment: is_named("DEN_TABLE") || is_named("DEN_QUEUE_PREFIX"),
                model,
                operators,
                prices: env.prices(),
            })
        })
    }
}

/// The folder that `den recall` keeps its memory in, where it is to keep one.
pub fn recall_home() -> Option<PathBuf> {
    Environment::of_process().get("RECALL_HOME").map(PathBuf::from)
}

#[cfg(test)]
impl Settings {
    /// The settings that these variables make.
    pub(crate) fn of(variables: &[(&str, &str)]) -> Result<Self, ConfigProblems> {
        Self::read(Environment::new(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_must_be_set() {
        let settings = Settings::of(&[("DISCORD_TOKEN", " "), ("DEN_MODEL", "")]).unwrap();
        assert!(settings.token.is_none() && settings.model.is_none() && !settings.names_deployment);
        assert_eq!(settings.table, "roast-den");
    }

    #[test]
    fn whoever_names_the_table_has_a_deployment() {
        let settings =
            Settings::of(&[("DEN_TABLE", "dens"), ("DEN_MODEL", "llama3.2:3b")]).unwrap();
        assert!(settings.names_deployment);
        assert_eq!(settings.model.unwrap().model, "llama3.2:3b");
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let problems = Settings::of(&[
            ("DISCORD_TOKEN", "two words"),
            ("DISCORD_GATEWAY_URL", "https://discord.com"),
            ("DEN_MODEL_URL", "http://127.0.0.1:11434/v1"),
        ]);
        insta::assert_snapshot!(problems.unwrap_err(), @r"
        the environment is not complete:
        - DISCORD_TOKEN: the bot token has characters that no token has: copy it again from the developer portal
        - DISCORD_GATEWAY_URL: `https://discord.com` does not begin with ws:// or wss:// and name a host
        - DEN_MODEL_URL is set without DEN_MODEL: name the model to ask first
        ");
    }
}
