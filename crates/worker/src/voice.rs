//! How a personality speaks in a channel: through the channel's webhook, or through the bot user.

use chat::Opening;
use discord::{Discord, Edited, Error, Lane, Outgoing, Posted, Speaker, Webhook, code};
use personality::Personality;
use queue::{Event, EventId, What};
use store::{ChannelRow, Kind, Shown, Store, Via, WebhookRow};
use twilight_model::{
    channel::ChannelType,
    id::{Id, marker::ChannelMarker},
};

use crate::{clock::now_ms, reply::ReplyError};

/// How long a missing permission is believed before it is tried again.
const BELIEVED_MS: u64 = 10 * 60 * 1000;
/// The webhook's own name; each message overrides it.
const WEBHOOK_NAME: &str = "Roast Den";

/// A personality's way to speak in one channel.
#[derive(Clone, Debug)]
pub(crate) enum Voice {
    /// Through the channel's webhook, with its own name and face; in a thread, through the parent's.
    Webhook { webhook: Webhook, thread: Option<Id<ChannelMarker>> },
    /// Through the bot user, with its name in the text.
    Bot,
}

/// What is to be said where, to find its voice.
pub(crate) struct Stage<'a> {
    /// Ends before the claim does.
    pub(crate) discord: Discord,
    pub(crate) store: &'a Store,
    pub(crate) who: &'a Personality,
    /// What is replied to: the last event of the turn.
    pub(crate) event: &'a Event,
    /// Everything answered, the leader first, under whose claim progress is noted.
    pub(crate) members: Vec<EventId>,
}

impl Stage<'_> {
    /// The turn's leader.
    pub(crate) fn leader(&self) -> &EventId {
        &self.members[0]
    }

    /// The voice for this channel, from what is known of it, else from Discord; what is learned is kept
    /// for all workers.
    ///
    /// # Errors
    /// Discord's, where not even the channel can be seen.
    pub(crate) async fn voice(&self, known: Option<ChannelRow>) -> Result<Voice, Error> {
        if self.event.guild_id.is_none() {
            return Ok(Voice::Bot);
        }
        let mut row = known.unwrap_or_default();
        if let Some(voice) = voice_of(&row, self.event.channel_id) {
            return Ok(voice);
        }
        if row.no_webhook_until_ms > now_ms() {
            return Ok(Voice::Bot);
        }
        if row.kind.is_none() {
            let channel = self.discord.channel(self.event.channel_id).await?;
            row.guild_id = channel.guild_id;
            let is_thread = matches!(
                channel.kind,
                ChannelType::PublicThread
                    | ChannelType::PrivateThread
                    | ChannelType::AnnouncementThread
            );
            row.kind = Some(if is_thread { Kind::Thread } else { Kind::Guild });
            row.parent_id = channel.parent_id.filter(|_| is_thread);
        }
        match self.webhook(row.parent_id.unwrap_or(self.event.channel_id)).await {
            Ok(webhook) => row.webhook = Some(WebhookRow { id: webhook.id, token: webhook.token }),
            Err(e) if is_final(&e) => {
                tracing::info!(channel = %self.event.channel_id, error = %e, "no webhook here: the bot user speaks");
                row.no_webhook_until_ms = now_ms() + BELIEVED_MS;
            }
            Err(e) => return Err(e),
        }
        self.keep(&row).await;
        Ok(voice_of(&row, self.event.channel_id).unwrap_or(Voice::Bot))
    }

    /// Forgets a webhook that Discord no longer knows, and finds another voice, once.
    pub(crate) async fn another_voice(&self, known: Option<ChannelRow>) -> Result<Voice, Error> {
        let known = known.map(|row| ChannelRow { webhook: None, ..row });
        self.voice(known).await
    }

    /// Remembers for all workers that Discord does not let us post here.
    pub(crate) async fn close(&self, known: Option<ChannelRow>, refusal: &Error) {
        let mut row = known.unwrap_or_default();
        row.closed_until_ms = now_ms() + BELIEVED_MS;
        row.closed_code = refusal.code().unwrap_or(0);
        self.keep(&row).await;
    }

    /// What went wrong, and where.
    pub(crate) fn discord_error(&self, source: Error) -> ReplyError {
        ReplyError::Discord { channel: self.event.channel_id.get(), source }
    }

    async fn webhook(&self, channel: Id<ChannelMarker>) -> Result<Webhook, Error> {
        let ours = self.discord.channel_webhooks(channel, self.event.application_id).await?;
        match ours.into_iter().next() {
            Some(webhook) => Ok(webhook),
            None => self.discord.create_webhook(channel, WEBHOOK_NAME).await,
        }
    }

    /// A row that could not be kept is learned again next time.
    async fn keep(&self, row: &ChannelRow) {
        if let Err(e) = self.store.keep_channel(self.event.channel_id, row).await {
            tracing::warn!(channel = %self.event.channel_id, error = %e, "the channel's row was not kept");
        }
    }
}

/// The webhook's voice in a channel, where one is known.
pub(crate) fn voice_of(row: &ChannelRow, channel: Id<ChannelMarker>) -> Option<Voice> {
    let webhook = row.webhook.clone()?;
    Some(Voice::Webhook {
        webhook: Webhook { id: webhook.id, token: webhook.token },
        thread: row.parent_id.map(|_| channel),
    })
}

impl Voice {
    /// Whether this voice posted that message, and so may edit it.
    pub(crate) fn said(&self, shown: &Shown) -> bool {
        match (self, shown.via) {
            (Voice::Webhook { webhook, .. }, Via::Webhook(id)) => webhook.id == id,
            (Voice::Bot, Via::Bot) => true,
            _ => false,
        }
    }

    /// What stands above the first words.
    pub(crate) fn opening(&self, who: &Personality, event: &Event) -> Opening {
        let opening = match (self, &event.what) {
            (Voice::Webhook { .. }, What::Message(message)) => {
                let guild =
                    event.guild_id.map_or_else(|| "@me".to_owned(), |guild| guild.to_string());
                let link = format!(
                    "https://discord.com/channels/{guild}/{}/{}",
                    event.channel_id, message.id
                );
                Opening::reply(
                    &event.author.name,
                    &chat::clean(&message.text, &message.mentions),
                    &link,
                )
            }
            // Discord shows what the bot user replies to; of a command, the question was shown already.
            _ => Opening::none(),
        };
        match self {
            Voice::Webhook { .. } => opening,
            Voice::Bot => opening.named(&who.name),
        }
    }

    /// Posts the `part`th message of the reply to `event`.
    pub(crate) async fn post(
        &self,
        discord: &Discord,
        who: &Personality,
        event: &Event,
        part: usize,
        content: &str,
    ) -> Result<Shown, Error> {
        match self {
            Voice::Webhook { webhook, thread } => {
                let speaker = Speaker { name: &who.name, avatar_url: who.avatar_url() };
                let posted = discord.execute_webhook(webhook, *thread, &speaker, content).await?;
                Ok(shown(posted, event.channel_id, Via::Webhook(webhook.id)))
            }
            Voice::Bot => {
                let reply_to = event.message().filter(|_| part == 0).map(|message| message.id);
                let nonce = nonce(event, part);
                let message = Outgoing {
                    content,
                    reply_to,
                    nonce: &nonce,
                    suppress_embeds: false,
                    silent: false,
                };
                let posted = discord.create_message(event.channel_id, &message).await?;
                Ok(shown(posted, event.channel_id, Via::Bot))
            }
        }
    }

    /// Gives a message of the reply another text.
    pub(crate) async fn edit(
        &self,
        discord: &Discord,
        shown: &Shown,
        content: &str,
        lane: Lane,
    ) -> Result<Edited, Error> {
        match (self, shown.via) {
            (Voice::Webhook { webhook, thread }, Via::Webhook(_)) => {
                discord
                    .edit_webhook_message(webhook, *thread, shown.message_id, content, lane)
                    .await
            }
            _ => discord.edit_message(posted(shown), content, lane).await,
        }
    }

    /// Takes a message of the reply away.
    pub(crate) async fn delete(&self, discord: &Discord, shown: &Shown) -> Result<(), Error> {
        match (self, shown.via) {
            (Voice::Webhook { webhook, thread }, Via::Webhook(_)) => {
                discord.delete_webhook_message(webhook, *thread, shown.message_id).await
            }
            _ => discord.delete_message(posted(shown)).await,
        }
    }
}

/// Whether trying again cannot help. A token that is not accepted is the operator's to mend: until then the
/// record returns, and nothing is concluded about the channel.
pub(crate) fn is_final(e: &Error) -> bool {
    e.is_final() && !matches!(e, Error::Unauthorized)
}

/// Whether Discord will not let us post in the channel, whoever speaks.
pub(crate) fn is_closed(e: &Error) -> bool {
    matches!(e, Error::Forbidden { .. })
        || matches!(
            e.code(),
            Some(code::UNKNOWN_CHANNEL | code::CANNOT_MESSAGE_PERSON | code::THREAD_ARCHIVED)
        )
}

fn shown(posted: Posted, channel_id: Id<ChannelMarker>, via: Via) -> Shown {
    Shown { message_id: posted.id, channel_id, via }
}

fn posted(shown: &Shown) -> Posted {
    Posted { id: shown.message_id, channel_id: shown.channel_id }
}

/// The same for every try of the same message of the same reply; 18 to 20 characters.
fn nonce(event: &Event, part: usize) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    event.id.hash(&mut hasher);
    format!("{:016x}-{part}", hasher.finish())
}
