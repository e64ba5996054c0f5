//! What an attempt that crashed may have left in the channel.

use discord::{Discord, Error, Seen};
use store::{Shown, Store, Via};
use twilight_model::id::{Id, marker::MessageMarker};

use crate::voice::{Stage, Voice};

/// Messages looked through. More than this since one claim's start in one channel is a crowd in which
/// ours stands among the first.
const LOOK_THROUGH: u16 = 100;
/// Clocks of ours and of Discord's differ a little.
const SKEW_MS: u64 = 5_000;

/// The first millisecond of Discord's snowflakes. See Discord Docs/Reference, "Snowflakes".
const DISCORD_EPOCH_MS: u64 = 1_420_070_400_000;

/// Messages that an earlier attempt posted after `since_ms` and did not live to write down: by our webhook
/// or bot, under this personality's name, with no row of their own. Texts are not compared.
///
/// # Errors
/// Discord's. A store that cannot be asked counts as "none is known", which adopts rather than posts twice.
pub(crate) async fn left_behind(
    stage: &Stage<'_>,
    voice: &Voice,
    since_ms: u64,
) -> Result<Vec<Shown>, Error> {
    let since = since_ms.saturating_sub(SKEW_MS).saturating_sub(DISCORD_EPOCH_MS) << 22;
    let since: Id<MessageMarker> = Id::new(since.max(1));
    let seen = look(stage.discord, stage, since).await?;
    let mut ours = Vec::new();
    for message in seen.iter().filter(|message| is_ours(message, stage, voice)) {
        if !has_row(stage.store, message.id).await {
            let via = match message.webhook_id {
                Some(webhook) => Via::Webhook(webhook),
                None => Via::Bot,
            };
            ours.push(Shown { message_id: message.id, channel_id: stage.event.channel_id, via });
        }
    }
    Ok(ours)
}

async fn look(
    discord: &Discord,
    stage: &Stage<'_>,
    since: Id<MessageMarker>,
) -> Result<Vec<Seen>, Error> {
    discord.messages_after(stage.event.channel_id, since, LOOK_THROUGH).await
}

fn is_ours(message: &Seen, stage: &Stage<'_>, voice: &Voice) -> bool {
    match voice {
        Voice::Webhook { webhook, .. } => {
            message.webhook_id == Some(webhook.id) && message.author_name == stage.who.name
        }
        Voice::Bot => {
            // The bot user speaks for every personality; the name stands in the text.
            message.webhook_id.is_none()
                && message.application_id.is_none_or(|id| id == stage.event.application_id)
                && message.author_is_bot
                && message.content.starts_with(&format!("**{}:** ", stage.who.name))
        }
    }
}

async fn has_row(store: &Store, message: Id<MessageMarker>) -> bool {
    matches!(store.reply(message).await, Ok(Some(_)))
}
