//! What an earlier attempt may have left in the channel.

use discord::{Error, Seen};
use store::{Shown, Via};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use crate::{
    reply::ReplyError,
    voice::{Stage, Voice},
};

/// Messages one look returns.
const PAGE: u16 = 100;
/// Looks at most. An orphan deeper than that below the message it answers is left alone.
const PAGES: usize = 5;

/// Messages that an earlier attempt posted and did not live to write down: newer than what they answer, by
/// our webhook or bot, under this personality's name, with no row of their own. Texts are not compared.
///
/// # Errors
/// Discord's and the store's: without an answer it is not known what is ours, and nothing may be posted.
pub(crate) async fn left_behind(
    stage: &Stage<'_>,
    voice: &Voice,
) -> Result<Vec<Shown>, ReplyError> {
    let discord_error = |source: Error| stage.discord_error(source);
    let bot = match voice {
        Voice::Bot => Some(stage.discord.me().await.map_err(discord_error)?.id),
        Voice::Webhook { .. } => None,
    };
    let cause = stage.leader().cause();
    let cause: u64 = cause.split('@').next().and_then(|id| id.parse().ok()).unwrap_or(1);
    let mut after: Id<MessageMarker> = Id::new(cause.max(1));
    let mut ours = Vec::new();
    for _ in 0..PAGES {
        let page = stage.discord.messages_after(stage.event.channel_id, after, PAGE).await;
        let page = page.map_err(discord_error)?;
        let Some(last) = page.last() else { break };
        after = last.id;
        let is_full = page.len() == usize::from(PAGE);
        for message in page.into_iter().filter(|message| is_ours(message, stage, voice, bot)) {
            let row = stage.store.reply(message.id).await.map_err(ReplyError::Store)?;
            if row.is_none() {
                let via = message.webhook_id.map_or(Via::Bot, Via::Webhook);
                ours.push(Shown {
                    message_id: message.id,
                    channel_id: stage.event.channel_id,
                    via,
                });
            }
        }
        if !is_full {
            break;
        }
    }
    Ok(ours)
}

fn is_ours(message: &Seen, stage: &Stage<'_>, voice: &Voice, bot: Option<Id<UserMarker>>) -> bool {
    match voice {
        Voice::Webhook { webhook, .. } => {
            message.webhook_id == Some(webhook.id) && message.author_name == stage.who.name
        }
        // The bot user speaks for every personality; the name stands in the text.
        Voice::Bot => {
            Some(message.author_id) == bot
                && message.webhook_id.is_none()
                && message.content.starts_with(&format!("**{}:** ", stage.who.name))
        }
    }
}
