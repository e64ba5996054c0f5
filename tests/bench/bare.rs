//! What the listener is held against: a loop around twilight that reads every frame and drops it.

use anyhow::{Context, Result};
use futures_util::StreamExt;
use tokio::io::AsyncReadExt;
use twilight_gateway::{ConfigBuilder, Intents, Message, Shard, ShardId};

/// Reads and drops until its standard input ends, then says how many frames there were.
///
/// # Errors
/// When the gateway cannot be read.
pub async fn listen(gateway: &str, token: &str, intents: &str) -> Result<()> {
    // twilight takes the process's TLS provider and panics without one. An error means that there is one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let intents = Intents::from_bits_retain(intents.parse().context("read the intents")?);
    let config =
        ConfigBuilder::new(token.to_owned(), intents).proxy_url(gateway.to_owned()).build();
    let mut shard = Shard::with_config(ShardId::ONE, config);
    let mut n_frames = 0_u64;
    let (mut input, mut nothing) = (tokio::io::stdin(), [0]);
    let mut ended = std::pin::pin!(input.read(&mut nothing));
    loop {
        tokio::select! {
            frame = shard.next() => match frame.context("the gateway is gone")?.context("read the gateway")? {
                Message::Text(_) => n_frames += 1,
                Message::Close(_) => {}
            },
            _ = &mut ended => break,
        }
    }
    println!("{n_frames}");
    Ok(())
}
