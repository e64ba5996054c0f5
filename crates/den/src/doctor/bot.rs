//! The bot at Discord: its token, its intents, its connections, its commands.

use den_listener::registration;
use discord::{Discord, Error};

use super::{Finding, Part, Subject};
use crate::{commands::Synced, trouble::causes};

const PART: Part = Part::Discord;
/// Where tokens and intents are.
const PORTAL: &str = "https://discord.com/developers/applications";
/// With fewer connections left today, something reconnects all the time.
const FEW_CONNECTIONS: u32 = 50;

pub(super) async fn look(subject: &Subject) -> Vec<Finding> {
    let Some(discord) = connect(subject) else {
        if subject.is_deployment {
            let mend = format!("make a bot at {PORTAL}, and set DISCORD_TOKEN to its token");
            let what = "DISCORD_TOKEN is not set: listener and workers do not start";
            return vec![Finding::wrong(PART, what, mend)];
        }
        let what = "no DISCORD_TOKEN is set: `den up` runs a simulated Discord on this machine";
        let how = "to join a real server, see docs/how-to/join-your-server.md";
        return vec![Finding::note(PART, what).mended_by(how)];
    };
    let discord = match discord {
        Ok(discord) => discord,
        Err(e) => {
            return vec![Finding::wrong(
                PART,
                causes(&e),
                "set DISCORD_API_URL, or leave it unset",
            )];
        }
    };
    let me = match discord.me().await {
        Ok(me) => me,
        // Everything else would fail for the same reason.
        Err(e) => return vec![trouble(PART, "the bot", &e)],
    };
    let mut found = vec![Finding::fine(PART, format!("the token is {}'s", me.name))];
    let (application, gateway) = tokio::join!(discord.application(), discord.gateway_bot());
    match &application {
        Ok(application) if application.reads_message_content() => {
            found.push(Finding::fine(PART, "the Message Content intent is on"));
        }
        Ok(application) => found.push(Finding::wrong(
            PART,
            "the Message Content intent is off: the den sees that people write, but not what",
            format!(
                "switch it on: {PORTAL}/{}/bot, Privileged Gateway Intents, Message Content Intent",
                application.id
            ),
        )),
        Err(e) => found.push(trouble(PART, "the intents", e)),
    }
    match gateway {
        Ok(info) => {
            let limit = info.session_start_limit;
            let what = format!("{} of {} connections are left today", limit.remaining, limit.total);
            let hours = limit.reset_after.div_ceil(3_600_000);
            found.push(match limit.remaining {
                0 => Finding::wrong(
                    PART,
                    format!("{what}: the listener cannot connect"),
                    format!(
                        "find out what reconnects all the time; there are new ones within {hours} h"
                    ),
                ),
                1..FEW_CONNECTIONS => {
                    Finding::note(PART, format!("{what}: something reconnects all the time"))
                }
                _ => Finding::fine(PART, what),
            });
        }
        Err(e) => found.push(trouble(PART, "the gateway", &e)),
    }
    if let Ok(application) = &application {
        found.push(match discord.commands(application.id).await {
            Ok(registered) => {
                let ours = registration();
                if Synced::between(&registered, &ours).is_nothing() {
                    Finding::fine(PART, format!("all {} commands are registered", ours.len()))
                } else {
                    Finding::note(PART, "the commands people see are not ours")
                        .mended_by("register them: den commands sync (`den up` does it by itself)")
                }
            }
            Err(e) => trouble(PART, "the commands", &e),
        });
    }
    found
}

/// A client with the token, where there is one.
pub(super) fn connect(subject: &Subject) -> Option<Result<Discord, discord::OpenError>> {
    let token = subject.settings.token.clone()?;
    let settings = discord::Settings {
        api_url: subject.settings.discord_url.clone(),
        ..discord::Settings::new(Some(token))
    };
    Some(Discord::new(settings))
}

/// A request to Discord that failed, and what mends that.
pub(super) fn trouble(part: Part, object: &str, error: &Error) -> Finding {
    let mend = match error {
        Error::Unauthorized => {
            format!("set DISCORD_TOKEN to a new one: {PORTAL}, your application, Bot, Reset Token")
        }
        Error::RateLimited { retry_after, .. } => {
            format!("try again in {} s", retry_after.as_secs() + 1)
        }
        Error::Suspended { .. } => "try again in ten minutes".to_owned(),
        Error::Transport { .. } | Error::Deadline => {
            "check the network, and DISCORD_API_URL where that is set; then try again".to_owned()
        }
        Error::Server { .. } => "see https://discordstatus.com, and try again later".to_owned(),
        _ => "try again; if it stays, the message says what Discord minds".to_owned(),
    };
    let what = match error {
        Error::Unauthorized => "Discord does not accept the token".to_owned(),
        error => format!("{object} cannot be looked at: {}", causes(error)),
    };
    Finding::wrong(part, what, mend)
}
