//! The environment, read once, with all its problems told together.

use std::{fmt, net::SocketAddr, num::NonZeroU32, path::PathBuf};

use den_listener::is_gateway_url;
use discord::Token;
use personality::Setting;

/// The listener asks no model, so it has no opinion on which model allows what: the check of a deployment
/// and the worker do.
pub const ALLOWS: fn(&str, Setting) -> bool = |_, _| true;

/// What the environment says.
#[derive(Debug)]
pub struct Config {
    /// `DISCORD_TOKEN`.
    pub token: Token,
    /// `DISCORD_API_URL`; Discord itself where unset.
    pub api_url: String,
    /// `DISCORD_GATEWAY_URL`; only for a simulator.
    pub gateway_url: Option<String>,
    /// `DEN_PERSONALITIES`, a folder.
    pub personalities: PathBuf,
    /// `DEN_TABLE`.
    pub table: String,
    /// `DEN_QUEUE_PREFIX`.
    pub queue_prefix: String,
    /// `DEN_HEALTH_ADDR`.
    pub health_addr: SocketAddr,
    /// `DEN_SHARDS`; Discord's advice where unset.
    pub shards: Option<NonZeroU32>,
}

/// What is wrong with the environment, a line each.
#[derive(Debug, PartialEq, Eq)]
pub struct Problems(Vec<String>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl Config {
    /// Reads the environment of this process.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn from_env() -> Result<Self, Problems> {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        // A variable set to nothing is a variable a template left open.
        let set = |name: &str| variable(name).filter(|value| !value.trim().is_empty());
        let or = |name: &str, default: &str| set(name).unwrap_or_else(|| default.to_owned());
        let token = match set("DISCORD_TOKEN") {
            Some(text) => Token::parse(&text).map_err(|error| format!("DISCORD_TOKEN: {error}")),
            None => {
                Err("DISCORD_TOKEN is not set: it is on the bot's page of the developer portal"
                    .to_owned())
            }
        };
        let gateway_url = match set("DISCORD_GATEWAY_URL") {
            Some(url) if !is_gateway_url(&url) => Err(format!(
                "DISCORD_GATEWAY_URL: `{url}` does not begin with ws:// or wss:// and name a host"
            )),
            url => Ok(url),
        };
        let shards = match set("DEN_SHARDS").map(|text| (text.trim().parse(), text)) {
            Some((Err(_), text)) => Err(format!("DEN_SHARDS: `{text}` is no number from 1 up")),
            Some((Ok(number), _)) => Ok(Some(number)),
            None => Ok(None),
        };
        match (token, gateway_url, shards, health_addr(set)) {
            (Ok(token), Ok(gateway_url), Ok(shards), Ok(health_addr)) => Ok(Self {
                token,
                api_url: or("DISCORD_API_URL", "https://discord.com"),
                gateway_url,
                personalities: or("DEN_PERSONALITIES", "personalities").into(),
                table: or("DEN_TABLE", "roast-den"),
                queue_prefix: or("DEN_QUEUE_PREFIX", "roast-den-"),
                health_addr,
                shards,
            }),
            (token, gateway_url, shards, health_addr) => {
                let problems = [token.err(), gateway_url.err(), shards.err(), health_addr.err()];
                Err(Problems(problems.into_iter().flatten().collect()))
            }
        }
    }
}

/// Where health reports are served, as the environment of this process says.
///
/// # Errors
/// Where it is no address.
pub fn health_addr_from_env() -> Result<SocketAddr, String> {
    health_addr(|name| std::env::var(name).ok())
}

/// `DEN_HEALTH_ADDR`, or a loopback port.
fn health_addr(variable: impl Fn(&str) -> Option<String>) -> Result<SocketAddr, String> {
    let set = variable("DEN_HEALTH_ADDR").filter(|text| !text.trim().is_empty());
    let text = set.unwrap_or_else(|| "127.0.0.1:8080".to_owned());
    let address = text
        .trim()
        .parse()
        .map_err(|_| format!("DEN_HEALTH_ADDR: `{text}` is no address like 127.0.0.1:8080"))?;
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, Problems> {
        Config::read(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_token_is_enough() {
        let config = read(&[("DISCORD_TOKEN", "abc"), ("DEN_SHARDS", " ")]).unwrap();
        assert_eq!(config.api_url, "https://discord.com");
        assert_eq!((config.gateway_url, config.shards), (None, None));
        assert_eq!(config.health_addr, "127.0.0.1:8080".parse().unwrap());
    }

    #[test]
    fn a_health_address_left_open_is_the_usual_one_for_whoever_asks_it_too() {
        let left_open = |name: &str| (name == "DEN_HEALTH_ADDR").then(String::new);
        assert_eq!(health_addr(left_open), Ok("127.0.0.1:8080".parse().unwrap()));
    }

    #[test]
    fn all_problems_are_told_at_once() {
        let problems = read(&[
            ("DISCORD_GATEWAY_URL", "https://discord.com"),
            ("DEN_SHARDS", "0"),
            ("DEN_HEALTH_ADDR", "8080"),
        ]);
        let problems = problems.unwrap_err().0;
        let names = ["DISCORD_TOKEN", "DISCORD_GATEWAY_URL", "DEN_SHARDS", "DEN_HEALTH_ADDR"];
        assert_eq!(problems.len(), names.len());
        for (problem, name) in problems.iter().zip(names) {
            assert!(problem.starts_with(name), "{problem}");
        }
    }
}
