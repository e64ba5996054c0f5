//! Posting, changing and deleting messages, by whomever.

use std::sync::Arc;

use serde_json::Value;

use super::{
    mention::Pings,
    message::{Answering, Attachment, Author, Edit, File, Message, Poster},
    state::State,
};
use crate::{
    Change,
    id::{AttachmentId, ChannelId, MessageId, UserId, made_at_ms},
};

/// A message about to be posted.
pub(crate) struct Draft {
    pub(crate) channel: ChannelId,
    pub(crate) author: Author,
    pub(crate) posted_by: Poster,
    pub(crate) kind: u8,
    pub(crate) body: Body,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) interaction: Option<Answering>,
    pub(crate) ephemeral_for: Option<UserId>,
    pub(crate) nonce: Option<Value>,
}

/// What a message says.
#[derive(Clone, Default)]
pub(crate) struct Body {
    pub(crate) content: String,
    pub(crate) embeds: Vec<Value>,
    pub(crate) components: Vec<Value>,
    pub(crate) flags: u64,
    pub(crate) files: Vec<File>,
    pub(crate) pings: Pings,
}

/// What an edit changes; `None` leaves things as they are.
#[derive(Default)]
pub(crate) struct Revision {
    pub(crate) content: Option<String>,
    pub(crate) embeds: Option<Vec<Value>>,
    pub(crate) components: Option<Vec<Value>>,
    pub(crate) flags: Option<u64>,
    pub(crate) kept_attachments: Option<Vec<AttachmentId>>,
    pub(crate) files: Vec<File>,
    /// Whom the text as it then is notifies.
    pub(crate) pings: Option<Pings>,
}

impl State {
    /// Posts `draft` in a channel that exists, tells everyone who may know, and forgets the oldest message
    /// beyond the bound.
    pub(crate) fn post(&mut self, draft: Draft) -> Arc<Message> {
        let id = MessageId(self.next_id());
        let attachments = self.store_files(draft.channel, draft.body.files);
        let channel = self.channels.get_mut(&draft.channel).expect("the caller looked it up");
        let message = Arc::new(Message {
            id,
            channel_id: channel.id,
            guild_id: channel.guild_id,
            author: draft.author,
            posted_by: draft.posted_by,
            kind: draft.kind,
            content: draft.body.content,
            attachments,
            embeds: draft.body.embeds,
            components: draft.body.components,
            flags: draft.body.flags,
            reply_to: draft.reply_to,
            interaction: draft.interaction,
            ephemeral_for: draft.ephemeral_for,
            pings: draft.body.pings,
            reactions: Vec::new(),
            nonce: draft.nonce,
            created_ms: made_at_ms(id.0),
            edits: Vec::new(),
            deleted_ms: None,
        });
        channel.messages.insert(id, message.clone());
        channel.last_message = Some(id);
        channel.typing.remove(&message.author.id);
        let evicted = match channel.messages.len() > self.settings.history {
            true => channel.messages.pop_first(),
            false => None,
        };
        self.message_channels.insert(id, message.channel_id);
        if let Some((old, evicted)) = evicted {
            self.message_channels.remove(&old);
            self.forget_files(&evicted);
        }
        self.announce(Change::MessageCreated { message: message.clone() });
        self.tell_of_message("MESSAGE_CREATE", &message);
        message
    }

    /// Changes a message that exists, keeping what stood there before.
    pub(crate) fn revise(&mut self, id: MessageId, revision: Revision) -> Arc<Message> {
        let now_ms = self.clock.now_ms();
        let channel_id = self.message_channels[&id];
        let new_files = self.store_files(channel_id, revision.files);
        let message = self.message_mut(id).expect("the caller looked it up");
        let before = message.content.clone();
        if let Some(content) = revision.content {
            message.content = content;
        }
        if let Some(embeds) = revision.embeds {
            message.embeds = embeds;
        }
        if let Some(components) = revision.components {
            message.components = components;
        }
        if let Some(flags) = revision.flags {
            message.flags = flags;
        }
        if let Some(kept) = revision.kept_attachments {
            message.attachments.retain(|attachment| kept.contains(&attachment.id));
        }
        if let Some(pings) = revision.pings {
            message.pings.add(pings);
        }
        message.attachments.extend(new_files);
        message.edits.push(Edit { at_ms: now_ms, content: before });
        let message = self.message(id).expect("it was just changed");
        self.announce(Change::MessageEdited { message: message.clone() });
        self.tell_of_message("MESSAGE_UPDATE", &message);
        message
    }

    /// Deletes a message that exists; it stays to be looked at.
    pub(crate) fn delete_message(&mut self, id: MessageId) {
        let now_ms = self.clock.now_ms();
        let Some(message) = self.message_mut(id) else { return };
        message.deleted_ms = Some(now_ms);
        let message = self.message(id).expect("it was just marked");
        self.announce(Change::MessageDeleted { channel_id: message.channel_id, message_id: id });
        if message.ephemeral_for.is_none() {
            self.tell_of_deletion(&message);
        }
    }

    /// Deletes messages that exist in a channel, telling everyone of all of them at once.
    pub(crate) fn delete_messages(&mut self, channel_id: ChannelId, ids: &[MessageId]) {
        let now_ms = self.clock.now_ms();
        for id in ids {
            if let Some(message) = self.message_mut(*id) {
                message.deleted_ms = Some(now_ms);
            }
            self.announce(Change::MessageDeleted { channel_id, message_id: *id });
        }
        self.tell_of_bulk_deletion(channel_id, ids);
    }

    /// The message, deleted or not.
    pub(crate) fn message(&self, id: MessageId) -> Option<Arc<Message>> {
        let channel = self.channels.get(self.message_channels.get(&id)?)?;
        channel.messages.get(&id).cloned()
    }

    /// The message, where it stands in `channel` and was not deleted.
    pub(crate) fn message_in(&self, channel: ChannelId, id: MessageId) -> Option<Arc<Message>> {
        let message = self.channels.get(&channel)?.messages.get(&id)?;
        Some(message.clone()).filter(|message| message.is_visible())
    }

    pub(crate) fn message_mut(&mut self, id: MessageId) -> Option<&mut Message> {
        let channel = self.channels.get_mut(self.message_channels.get(&id)?)?;
        channel.messages.get_mut(&id).map(Arc::make_mut)
    }

    fn store_files(&mut self, channel: ChannelId, files: Vec<File>) -> Vec<Attachment> {
        let store = |file: File| {
            let id = AttachmentId(self.next_id());
            let attachment = Attachment {
                id,
                url: format!("{}/attachments/{channel}/{id}/{}", self.cdn_url, file.name),
                filename: file.name.clone(),
                content_type: file.content_type.clone(),
                size: file.bytes.len(),
            };
            self.files.insert(id, file);
            attachment
        };
        files.into_iter().map(store).collect()
    }

    fn forget_files(&mut self, message: &Message) {
        for attachment in &message.attachments {
            self.files.remove(&attachment.id);
        }
    }
}
