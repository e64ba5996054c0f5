//! `den commands`: the commands people see in Discord.

use std::process::ExitCode;

use anyhow::{Context, bail};
use discord::Discord;
use owo_colors::{OwoColorize, Stream::Stdout};
use serde::Serialize;
use serde_json::{Value, json};
use twilight_model::{
    application::command::{Command, CommandType},
    id::{Id, marker::ApplicationMarker},
};

use crate::{config::Settings, progress::shown};

/// What to do with them.
#[derive(Clone, Copy, Debug, clap::Subcommand)]
pub enum CommandsCommand {
    /// Register exactly ours, and say what changed
    Sync,
    /// List what is registered now
    List,
}

/// What a sync changed, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Synced {
    /// New.
    pub added: Vec<String>,
    /// There before, but different.
    pub changed: Vec<String>,
    /// There before, and none of ours.
    pub removed: Vec<String>,
    /// There before, and the same.
    pub unchanged: Vec<String>,
}

impl Synced {
    /// What would have to change for `registered` to become `wanted`.
    pub(crate) fn between(registered: &[Command], wanted: &[Command]) -> Self {
        let mut synced = Self::default();
        for command in wanted {
            let list = match registered.iter().find(|known| is_same_command(known, command)) {
                None => &mut synced.added,
                Some(known) if essence(known) != essence(command) => &mut synced.changed,
                Some(_) => &mut synced.unchanged,
            };
            list.push(name(command));
        }
        let is_wanted =
            |known: &&Command| wanted.iter().any(|command| is_same_command(known, command));
        synced.removed = registered.iter().filter(|known| !is_wanted(known)).map(name).collect();
        synced
    }

    /// Whether everything was as it should be.
    pub fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

/// Makes the registered commands of `application` ours. Sends nothing that changes anything where nothing
/// must: Discord lets an application create 200 commands a day.
///
/// # Errors
/// Discord's.
pub async fn sync(discord: &Discord, application: Id<ApplicationMarker>) -> anyhow::Result<Synced> {
    let wanted = den_listener::registration();
    let registered =
        discord.commands(application).await.context("ask Discord for the registered commands")?;
    let synced = Synced::between(&registered, &wanted);
    if !synced.is_nothing() {
        discord
            .put_commands(application, &wanted)
            .await
            .context("register the commands with Discord")?;
    }
    Ok(synced)
}

/// Runs `den commands`.
///
/// # Errors
/// A token that is missing or refused; whatever Discord minds.
pub async fn run(
    command: CommandsCommand,
    json: bool,
    settings: &Settings,
) -> anyhow::Result<ExitCode> {
    let Some(token) = &settings.token else {
        bail!(
            "there is no DISCORD_TOKEN (export DISCORD_TOKEN=…), so there is no Discord to register commands with; \
             in its simulated Discord `den up` registers them by itself"
        );
    };
    let discord = Discord::new(discord::Settings {
        api_url: settings.discord_url.clone(),
        ..discord::Settings::new(Some(token.clone()))
    });
    let discord = discord.context("set up the connection to Discord")?;
    let application = discord.application();
    let application = shown("asking Discord who we are", application).await;
    let application = application.context("ask Discord who we are; `den doctor` says more")?.id;
    match command {
        CommandsCommand::Sync => {
            let synced = shown("registering the commands", sync(&discord, application)).await?;
            if json {
                println!("{:#}", json!(synced));
            } else {
                print!("{}", told(&synced));
            }
        }
        CommandsCommand::List => {
            let registered = shown("asking for the commands", discord.commands(application)).await;
            let registered = registered.context("ask Discord for the registered commands")?;
            print_list(&registered, json);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(synced: &Synced) -> String {
    if synced.is_nothing() {
        let tick = "✓".if_supports_color(Stdout, |tick| tick.green()).to_string();
        return format!(
            "{tick} all {} commands are registered as they should be\n",
            synced.unchanged.len()
        );
    }
    let mut text = String::new();
    for name in &synced.added {
        text.push_str(&format!("{} {name}\n", "+".if_supports_color(Stdout, |sign| sign.green())));
    }
    for name in &synced.changed {
        text.push_str(&format!("{} {name}\n", "~".if_supports_color(Stdout, |sign| sign.yellow())));
    }
    for name in &synced.removed {
        text.push_str(&format!("{} {name}\n", "-".if_supports_color(Stdout, |sign| sign.red())));
    }
    for name in &synced.unchanged {
        text.push_str(&format!("  {name}\n"));
    }
    text.push_str("People may have to reload Discord to see it.\n");
    text
}

fn print_list(registered: &[Command], json: bool) {
    if json {
        return println!("{:#}", json!(registered));
    }
    if registered.is_empty() {
        println!("No command is registered yet: den commands sync");
    }
    for command in registered {
        println!("{}", name(command).if_supports_color(Stdout, |name| name.bold()));
        for option in &command.options {
            println!("  {}: {}", option.name, option.description);
        }
    }
}

/// Discord's own notion: a name and a type make a command.
fn is_same_command(a: &Command, b: &Command) -> bool {
    a.kind == b.kind && a.name == b.name
}

/// The name as people see it.
fn name(command: &Command) -> String {
    match command.kind {
        CommandType::ChatInput => format!("/{}", command.name),
        _ => format!("{} (menu)", command.name),
    }
}

/// What a command is, without what Discord adds to it: ids, versions, and fields that say nothing.
fn essence(command: &Command) -> Value {
    // `dm_permission` is Discord's older way to say `contexts`, and follows from it.
    const DISCORDS_OWN: [&str; 5] =
        ["application_id", "dm_permission", "guild_id", "id", "version"];
    let mut essence = serde_json::to_value(command).unwrap_or_default();
    if let Some(fields) = essence.as_object_mut() {
        fields.retain(|key, _| !DISCORDS_OWN.contains(&key.as_str()));
    }
    without_nothing(&mut essence);
    essence
}

/// Takes away fields that are null, false or empty: left out, they mean the same.
fn without_nothing(value: &mut Value) {
    let says_nothing = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(without_nothing);
            fields.retain(|_, value| !says_nothing(value));
        }
        Value::Array(list) => list.iter_mut().for_each(without_nothing),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use discord::Token;
    use discord_sim::{App, Sim};

    use super::*;

    async fn discord() -> (Sim, App, Discord) {
        let sim = Sim::start(discord_sim::Settings::default()).await.unwrap();
        let bot = sim.world().add_application("Roast Den", "invented-token");
        let settings = discord::Settings {
            api_url: sim.url().to_owned(),
            ..discord::Settings::new(Some(Token::parse(&bot.token).unwrap()))
        };
        (sim, bot, Discord::new(settings).unwrap())
    }

    fn writes(sim: &Sim) -> usize {
        sim.world().requests().iter().filter(|request| request.method != "GET").count()
    }

    #[tokio::test]
    async fn a_first_sync_registers_all_and_a_second_changes_nothing() {
        let (sim, bot, discord) = discord().await;
        let application = Id::new(bot.application_id.get());
        let first = sync(&discord, application).await.unwrap();
        assert_eq!(
            first.added,
            [
                "/ask",
                "/roast",
                "/higherself",
                "/remember",
                "/forget",
                "/memories",
                "/mute",
                "/unmute",
                "/personalities",
                "/bind",
                "/unbind",
                "/persona",
                "/privacy",
                "/den",
                "Why did it say that? (menu)",
                "Remember this (menu)",
                "Roast this (menu)",
                "Answer again (menu)",
                "Delete (menu)",
            ]
        );
        assert_eq!(sim.world().commands(bot.application_id).len(), 19);

        let second = sync(&discord, application).await.unwrap();
        assert!(second.is_nothing(), "{second:?}");
        assert_eq!(writes(&sim), 1, "nothing is sent where nothing must change");
    }

    #[tokio::test]
    async fn what_somebody_changed_is_put_right_and_named() {
        let (_sim, bot, discord) = discord().await;
        let application = Id::new(bot.application_id.get());
        let mut odd = den_listener::registration();
        odd.retain(|command| command.name != "personalities");
        odd[0].description = "Something else".to_owned();
        let mut foreign = odd[0].clone();
        foreign.name = "dance".to_owned();
        odd.push(foreign);
        discord.put_commands(application, &odd).await.unwrap();

        let synced = sync(&discord, application).await.unwrap();
        owo_colors::set_override(false);
        insta::assert_snapshot!(told(&synced), @r"
        + /personalities
        ~ /ask
        - /dance
          /roast
          /higherself
          /remember
          /forget
          /memories
          /mute
          /unmute
          /bind
          /unbind
          /persona
          /privacy
          /den
          Why did it say that? (menu)
          Remember this (menu)
          Roast this (menu)
          Answer again (menu)
          Delete (menu)
        People may have to reload Discord to see it.
        ");
        assert!(sync(&discord, application).await.unwrap().is_nothing());
    }

    #[tokio::test]
    async fn without_a_token_it_says_who_registers_them_instead() {
        let settings = Settings::of(&[]).unwrap();
        let refused = run(CommandsCommand::Sync, false, &settings).await.unwrap_err();
        assert!(refused.to_string().contains("DISCORD_TOKEN"), "{refused}");
    }
}
