//! Channels, messages and typing, as a bot's own user.
//! See Discord Docs/Channel and Discord Docs/Message.

use std::sync::Arc;

use serde_json::Value;

use super::{
    Outcome, Reply,
    call::Call,
    form::{self, Rules},
    refusal::{FormErrors, Refusal},
    route::Endpoint,
};
use crate::{
    id::{ApplicationId, ChannelId, MessageId, UserId, made_at_ms},
    world::{Message, Permissions, Poster, post::Draft, state::State},
};

/// The longest nonce, in characters.
const MAX_NONCE: usize = 25;
/// How long a nonce is remembered: "the past few minutes".
const NONCE_MEMORY_MS: u64 = 5 * 60 * 1000;
/// Nonces remembered per application.
const MOST_NONCES: usize = 10_000;

const MESSAGES: &str = "/channels/{channel_id}/messages";
const MESSAGE: &str = "/channels/{channel_id}/messages/{message_id}";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::bot("GET", "/channels/{channel_id}", (50, 1000), get_channel),
    Endpoint::bot("GET", MESSAGES, (50, 1000), list),
    Endpoint::bot("POST", MESSAGES, (5, 5000), create),
    Endpoint::bot("GET", MESSAGE, (50, 1000), get),
    Endpoint::bot("PATCH", MESSAGE, (5, 5000), edit),
    Endpoint::bot("DELETE", MESSAGE, (5, 1000), delete),
    Endpoint::bot("POST", "/channels/{channel_id}/typing", (5, 5000), typing),
];

fn get_channel(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    Ok(Reply::json(state.channel_json(channel)))
}

fn list(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let limit = match call.query("limit").map(str::parse::<usize>) {
        None => 50,
        Some(Ok(limit @ 1..=100)) => limit,
        Some(_) => {
            let message = "int value should be between 1 and 100.";
            let errors = FormErrors::at("limit", "NUMBER_TYPE_MAX", message);
            return Err(Refusal::form(errors));
        }
    };
    let before = call.query_id("before")?;
    let after = call.query_id("after")?;
    let around = call.query_id("around")?;
    let permissions = state.permissions(state.caller(call), channel);
    if !permissions.contains(Permissions::READ_MESSAGE_HISTORY) {
        return Ok(Reply::json(Value::Array(Vec::new())));
    }
    let found = state.page(channel, before, after, around, limit);
    let application = call.application();
    let read = |message: &Arc<Message>| state.readable_json(message, application);
    Ok(Reply::json(found.iter().map(read).collect()))
}

fn create(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let (application, bot) = (call.application(), state.caller(call));
    state.check_may_write(bot, channel)?;
    let replied_to = replied_to(state, call, channel)?;
    let permissions = state.permissions(bot, channel);
    let pinged = replied_to.as_deref().and_then(|message| state.repliable(message));
    let body = form::create(call, &call.body, Rules::bot(permissions, pinged))?;
    let nonce = nonce(&call.body)?;
    let enforced = nonce.clone().filter(|_| call.body["enforce_nonce"] == true);
    if let Some(nonce) = &enforced
        && let Some(earlier) = state.posted_with_nonce(application, channel, nonce)
    {
        return Ok(Reply::json(state.message_json(&earlier)));
    }
    let message = state.post(Draft {
        channel,
        author: state.author(bot),
        posted_by: Poster::Bot { application_id: application },
        kind: if replied_to.is_some() { 19 } else { 0 },
        body,
        reply_to: replied_to.map(|message| message.id),
        interaction: None,
        ephemeral_for: None,
        nonce: nonce.map(Value::String),
    });
    if let Some(nonce) = enforced {
        state.remember_nonce(application, channel, nonce, message.id);
    }
    Ok(Reply::json(state.message_json(&message)))
}

fn get(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    state.require(call, channel, Permissions::READ_MESSAGE_HISTORY)?;
    let message = state.message_of_path(call, channel)?;
    Ok(Reply::json(state.readable_json(&message, call.application())))
}

fn edit(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let message = state.message_of_path(call, channel)?;
    let bot = state.caller(call);
    if message.author.id != bot {
        return Err(Refusal::not_the_author());
    }
    let original = message.reply_to.and_then(|id| state.message(id));
    let replied_to = original.and_then(|original| state.repliable(&original));
    let rules = Rules::bot(state.permissions(bot, channel), replied_to);
    let revision = form::edit(call, &call.body, &message, rules)?;
    let message = state.revise(message.id, revision);
    Ok(Reply::json(state.message_json(&message)))
}

fn delete(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let message = state.message_of_path(call, channel)?;
    if message.author.id != state.caller(call) {
        if message.guild_id.is_none() {
            return Err(Refusal::direct_message_action());
        }
        state.require(call, channel, Permissions::MANAGE_MESSAGES)?;
    }
    state.delete_message(message.id);
    Ok(Reply::empty())
}

fn typing(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let bot = state.caller(call);
    state.check_may_write(bot, channel)?;
    state.types(bot, channel);
    Ok(Reply::empty())
}

/// The message a new one replies to, if it is to be one that replies.
fn replied_to(
    state: &State,
    call: &Call,
    channel: ChannelId,
) -> Result<Option<Arc<Message>>, Refusal> {
    let reference = &call.body["message_reference"];
    if reference.is_null() {
        return Ok(None);
    }
    let unknown = |message: &str| {
        let code = "MESSAGE_REFERENCE_UNKNOWN_MESSAGE";
        Refusal::form(FormErrors::at("message_reference", code, message))
    };
    if reference["type"].as_u64().unwrap_or(0) != 0 {
        return Err(unknown("Forwarding is not simulated"));
    }
    if !state.permissions(state.caller(call), channel).contains(Permissions::READ_MESSAGE_HISTORY) {
        return Err(Refusal::no_reply_without_history());
    }
    let elsewhere =
        reference["channel_id"].as_str().is_some_and(|given| given != channel.to_string());
    let id = reference["message_id"].as_str().and_then(|id| id.parse().ok());
    let found = id.filter(|_| !elsewhere).and_then(|id| state.message_in(channel, id));
    let found = found.filter(|message| message.is_public());
    if found.is_none() && reference["fail_if_not_exists"] != false {
        return Err(unknown("Unknown message"));
    }
    Ok(found)
}

/// A nonce is a number or a short text; both are compared as text.
fn nonce(form: &Value) -> Result<Option<String>, Refusal> {
    match &form["nonce"] {
        Value::Null => Ok(None),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::String(text) if text.chars().count() <= MAX_NONCE => Ok(Some(text.clone())),
        Value::String(_) => {
            let message = "Nonce must be 25 or fewer in length.";
            Err(Refusal::form(FormErrors::at("nonce", "NONCE_TYPE_TOO_LONG", message)))
        }
        _ => Err(Refusal::choice("nonce", "Must be a number or a string.")),
    }
}

impl State {
    /// Refuses a bot that may not write in a channel it sees.
    fn check_may_write(&self, bot: UserId, channel: ChannelId) -> Result<(), Refusal> {
        if !self.may_send(bot, channel) {
            return Err(Refusal::missing_permissions());
        }
        let channel = self.channels.get(&channel).expect("it was just looked up");
        let person = channel.recipients.iter().find(|user| **user != bot);
        let is_open = person.and_then(|person| self.users.get(person)).is_none_or(|p| p.dms_open);
        if is_open { Ok(()) } else { Err(Refusal::closed_dms()) }
    }

    /// Messages of a channel, newest first. See Discord Docs/Message, "Get Channel Messages".
    fn page(
        &self,
        channel: ChannelId,
        before: Option<MessageId>,
        after: Option<MessageId>,
        around: Option<MessageId>,
        limit: usize,
    ) -> Vec<Arc<Message>> {
        let messages = &self.channels[&channel].messages;
        let public = |message: &&Arc<Message>| message.is_public();
        let until = |end: MessageId, limit| {
            messages.range(..end).rev().map(|(_, one)| one).filter(public).take(limit).cloned()
        };
        let from = |start: MessageId, limit| {
            let following = messages.range(start..).map(|(_, one)| one).filter(public).take(limit);
            let mut following: Vec<_> = following.cloned().collect();
            following.reverse();
            following
        };
        if let Some(around) = around {
            let mut page = from(around, limit - limit / 2);
            page.extend(until(around, limit / 2));
            return page;
        }
        if let Some(after) = after {
            return from(MessageId(after.0 + 1), limit);
        }
        until(before.unwrap_or(MessageId(u64::MAX)), limit).collect()
    }

    fn posted_with_nonce(
        &mut self,
        application: ApplicationId,
        channel: ChannelId,
        nonce: &str,
    ) -> Option<Arc<Message>> {
        let now_ms = self.clock.now_ms();
        let nonces = &mut self.applications.get_mut(&application)?.nonces;
        let is_old = |id: MessageId| made_at_ms(id.0) + NONCE_MEMORY_MS < now_ms;
        while nonces.front().is_some_and(|(_, _, message)| is_old(*message)) {
            nonces.pop_front();
        }
        let same = nonces.iter().find(|(place, known, _)| *place == channel && known == nonce);
        let id = same.map(|(_, _, message)| *message)?;
        self.message_in(channel, id)
    }

    fn remember_nonce(
        &mut self,
        application: ApplicationId,
        channel: ChannelId,
        nonce: String,
        message: MessageId,
    ) {
        let Some(application) = self.applications.get_mut(&application) else { return };
        application.nonces.push_back((channel, nonce, message));
        if application.nonces.len() > MOST_NONCES {
            application.nonces.pop_front();
        }
    }
}
