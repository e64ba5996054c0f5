//! `discord-sim`: the simulator as a program, with one guild, one bot and one person to begin with.

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use clap::Parser;
use discord_sim::{RateLimits, Settings, Sim};
use tokio::signal::unix::{SignalKind, signal};

/// A small, strict Discord on this machine. It prints what a bot needs to know, and serves a control API
/// under /sim/ on the same port.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Name of the guild to begin with.
    #[arg(long, default_value = "The Den")]
    guild: String,
    /// The bot's token.
    #[arg(long, default_value = "simulated-token")]
    token: String,
    /// Names of text channels to begin with.
    #[arg(long = "channel", default_value = "lobby")]
    channels: Vec<String>,
    /// Names of people to begin with.
    #[arg(long = "person", default_value = "Ann")]
    people: Vec<String>,
    /// Never answer 429.
    #[arg(long)]
    no_limits: bool,
    /// Discord's OpenAPI document, to check every request against.
    #[arg(long)]
    openapi: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).init();
    let arguments = Arguments::parse();
    let limits = if arguments.no_limits { RateLimits::off() } else { RateLimits::default() };
    let settings = Settings {
        listen: arguments.listen,
        control: true,
        limits,
        openapi: arguments.openapi,
        ..Settings::default()
    };
    let listen = settings.listen;
    let sim = Sim::start(settings).await.with_context(|| format!("listen on {listen}"))?;
    let world = sim.world();
    let bot = world.add_application("den", &arguments.token);
    let guild = world.add_guild(&arguments.guild);
    println!("DISCORD_API_URL={}", sim.url());
    println!("DISCORD_GATEWAY_URL={}", sim.gateway_url());
    println!("DISCORD_TOKEN={}", bot.token);
    println!("application={} bot={} guild={guild}", bot.application_id, bot.user_id);
    for name in &arguments.channels {
        println!("channel {name}={}", world.add_text_channel(guild, name)?);
    }
    for name in &arguments.people {
        let person = world.add_person(name);
        world.join(person, guild)?;
        println!("person {name}={person}");
    }
    told_to_stop().await?;
    sim.stop().await;
    Ok(())
}

async fn told_to_stop() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.context("listen for an interrupt"),
        _ = terminate.recv() => Ok(()),
    }
}
