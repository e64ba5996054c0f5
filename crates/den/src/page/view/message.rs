//! A message as the page draws it.

use discord_sim::{AttachmentId, ChannelId, MessageId, Poster, UserId};
use serde::Serialize;
use serde_json::Value;

use super::picture;
use crate::page::Shared;

/// Interaction type: a slash command or a menu. See Discord Docs/Receiving and Responding, "Interaction Type".
const COMMAND: u8 = 2;
/// Message type: the answer to a menu. See Discord Docs/Message, "Message Types".
const FROM_MENU: u8 = 23;
/// Message flag: the answer is still being made. See Discord Docs/Message, "Message Flags".
const LOADING: u64 = 1 << 7;

/// A message as the page draws it.
#[derive(Serialize)]
pub(in crate::page) struct Message {
    id: MessageId,
    channel: ChannelId,
    /// When it was posted, in milliseconds since the Unix epoch.
    at: u64,
    author: Author,
    text: String,
    edited: bool,
    reply_to: Option<MessageId>,
    mentions: Vec<UserId>,
    /// The only person who sees it.
    #[serde(rename = "for")]
    only_for: Option<UserId>,
    thinking: bool,
    interaction: Option<Interaction>,
    attachments: Vec<Attachment>,
    embeds: Vec<Value>,
    components: Vec<Value>,
    reactions: Vec<Reaction>,
}

#[derive(Serialize)]
struct Author {
    id: UserId,
    name: String,
    avatar: Option<String>,
    kind: AuthorKind,
    /// The personality that speaks, where its name is known.
    personality: Option<String>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum AuthorKind {
    Person,
    /// The bot's own user.
    Bot,
    /// A character, by webhook or by a bot of its own.
    Persona,
}

#[derive(Serialize)]
struct Interaction {
    name: String,
    person: UserId,
    /// A menu on a message, not a slash command.
    menu: bool,
}

#[derive(Serialize)]
struct Attachment {
    id: AttachmentId,
    filename: String,
    /// In bytes.
    size: usize,
    /// Where the page serves it.
    href: String,
}

#[derive(Serialize)]
struct Reaction {
    emoji: String,
    /// Who reacted so, in that order.
    users: Vec<UserId>,
}

impl Message {
    /// A message of the world.
    pub(in crate::page) fn of(shared: &Shared, message: &discord_sim::Message) -> Self {
        Self {
            id: message.id,
            channel: message.channel_id,
            at: message.created_ms,
            author: Author::of(shared, message),
            text: message.content.clone(),
            edited: !message.edits.is_empty(),
            reply_to: message.reply_to,
            mentions: message.pings.users.clone(),
            only_for: message.ephemeral_for,
            thinking: message.flags & LOADING != 0,
            interaction: message
                .interaction
                .as_ref()
                .filter(|answered| answered.kind == COMMAND)
                .map(|answered| Interaction {
                    name: answered.name.clone(),
                    person: answered.person,
                    menu: message.kind == FROM_MENU,
                }),
            attachments: message
                .attachments
                .iter()
                .map(|file| Attachment {
                    id: file.id,
                    filename: file.filename.clone(),
                    size: file.size,
                    href: format!("/files/{}/{}", message.id, file.id),
                })
                .collect(),
            embeds: message.embeds.clone(),
            components: message.components.clone(),
            reactions: message
                .reactions
                .iter()
                .map(|reaction| Reaction {
                    emoji: reaction.emoji.clone(),
                    users: reaction.users.clone(),
                })
                .collect(),
        }
    }

    /// Whether only one person sees it.
    pub(in crate::page) fn is_private(&self) -> bool {
        self.only_for.is_some()
    }
}

impl Author {
    fn of(shared: &Shared, message: &discord_sim::Message) -> Self {
        let ours = shared.page.bot.application_id;
        // The picture a webhook names lies on the internet; the page shows its own copy.
        let card = match message.posted_by {
            Poster::Person => None,
            Poster::Bot { .. } | Poster::Webhook { .. } => {
                let name = message.author.name.to_lowercase();
                shared.page.personalities.iter().find(|card| card.name.to_lowercase() == name)
            }
        };
        let (kind, fallback) = match message.posted_by {
            Poster::Person => (AuthorKind::Person, None),
            Poster::Webhook { .. } => (AuthorKind::Persona, None),
            Poster::Bot { .. } if card.is_some() => (AuthorKind::Persona, None),
            Poster::Bot { application_id } => {
                (AuthorKind::Bot, (application_id == ours).then(|| "/icon.svg".to_owned()))
            }
        };
        Self {
            id: message.author.id,
            name: message.author.name.clone(),
            avatar: card.and_then(picture).or(fallback),
            kind,
            personality: card.map(|card| card.id.clone()),
        }
    }
}
