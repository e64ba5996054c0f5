//! Webhooks: making them as a bot, and speaking through them. See Discord Docs/Webhook.
//!
//! The address of a webhook is also that of an interaction's further messages: there the application's id
//! stands in place of the webhook's, and the interaction's token in place of its token.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{
    Outcome, Reply,
    call::Call,
    followups,
    form::{self, Rules},
    refusal::{FormErrors, Refusal},
    route::Endpoint,
};
use crate::{
    id::{ChannelId, UserId, WebhookId},
    world::{
        Author, Message, Permissions, Poster, Webhook, channel::ChannelKind, post::Draft,
        state::State,
    },
};

/// Webhooks a channel may have.
const MOST_PER_CHANNEL: usize = 15;
/// The longest name, in characters.
const MAX_NAME: usize = 80;

const OF_CHANNEL: &str = "/channels/{channel_id}/webhooks";
const BY_TOKEN: &str = "/webhooks/{webhook_id}/{webhook_token}";
const MESSAGE: &str = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::bot("GET", OF_CHANNEL, (5, 5000), list),
    Endpoint::bot("POST", OF_CHANNEL, (5, 5000), create),
    Endpoint::bot("GET", "/webhooks/{webhook_id}", (5, 5000), get),
    Endpoint::bot("DELETE", "/webhooks/{webhook_id}", (5, 5000), delete),
    Endpoint::open("GET", BY_TOKEN, (5, 5000), get_by_token),
    Endpoint::open("DELETE", BY_TOKEN, (5, 5000), delete_by_token),
    Endpoint::open("POST", BY_TOKEN, (5, 2000), execute),
    Endpoint::open("GET", MESSAGE, (5, 2000), get_message),
    Endpoint::open("PATCH", MESSAGE, (5, 2000), edit_message),
    Endpoint::open("DELETE", MESSAGE, (5, 2000), delete_message),
];

fn list(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    state.require(call, channel, Permissions::MANAGE_WEBHOOKS)?;
    let application = call.application();
    let own = |webhook: &Webhook| {
        let mut json = webhook.json(state.users.get(&webhook.created_by));
        // A token is shown only to the application that owns the webhook.
        if webhook.application_id != application
            && let Some(fields) = json.as_object_mut()
        {
            fields.remove("token");
            fields.remove("url");
        }
        json
    };
    Ok(Reply::json(state.webhooks_in(channel).map(own).collect()))
}

fn create(state: &mut State, call: &Call) -> Outcome {
    let channel = state.visible_channel(call)?;
    let found = &state.channels[&channel];
    let (ChannelKind::Text, Some(guild)) = (found.kind, found.guild_id) else {
        return Err(Refusal::wrong_channel_type());
    };
    state.require(call, channel, Permissions::MANAGE_WEBHOOKS)?;
    let name = call.body["name"].as_str().ok_or_else(|| Refusal::required("name"))?.trim();
    check_name("name", name)?;
    if state.webhooks_in(channel).count() >= MOST_PER_CHANNEL {
        return Err(Refusal::too_many_webhooks());
    }
    let webhook = state.create_webhook(call.application(), channel, guild, name);
    Ok(Reply::json(webhook.json(state.users.get(&webhook.created_by))))
}

fn get(state: &mut State, call: &Call) -> Outcome {
    let webhook = managed(state, call)?;
    Ok(Reply::json(webhook.json(state.users.get(&webhook.created_by))))
}

fn delete(state: &mut State, call: &Call) -> Outcome {
    let webhook = managed(state, call)?;
    state.delete_webhook(webhook.id);
    Ok(Reply::empty())
}

fn get_by_token(state: &mut State, call: &Call) -> Outcome {
    Ok(Reply::json(of_path(state, call)?.json(None)))
}

fn delete_by_token(state: &mut State, call: &Call) -> Outcome {
    let webhook = of_path(state, call)?;
    state.delete_webhook(webhook.id);
    Ok(Reply::empty())
}

fn execute(state: &mut State, call: &Call) -> Outcome {
    if let Some(interaction) = followups::interaction_of_path(state, call)? {
        return followups::create(state, call, interaction);
    }
    let webhook = of_path(state, call)?;
    let channel = place(state, call, &webhook)?;
    let name = match call.body["username"].as_str() {
        Some(name) => {
            check_name("username", name)?;
            name.to_owned()
        }
        None => webhook.name.clone(),
    };
    if !call.body["thread_name"].is_null() {
        let message = "Webhooks can only create threads in forum channels";
        return Err(Refusal::new(400, 220_003, message));
    }
    let avatar_url = avatar_url(&call.body)?;
    let body = form::create(call, &call.body, Rules::webhook())?;
    let message = state.post(Draft {
        channel,
        author: Author { id: UserId(webhook.id.0), name, avatar_url, bot: true },
        posted_by: Poster::Webhook {
            webhook_id: webhook.id,
            application_id: webhook.application_id,
        },
        kind: 0,
        body,
        reply_to: None,
        interaction: None,
        ephemeral_for: None,
        nonce: None,
    });
    if call.query_is_true("wait") {
        Ok(Reply::json(state.message_json(&message)))
    } else {
        Ok(Reply::empty())
    }
}

fn get_message(state: &mut State, call: &Call) -> Outcome {
    if let Some(interaction) = followups::interaction_of_path(state, call)? {
        return followups::get(state, call, interaction);
    }
    let message = own_message(state, call)?;
    Ok(Reply::json(state.message_json(&message)))
}

fn edit_message(state: &mut State, call: &Call) -> Outcome {
    if let Some(interaction) = followups::interaction_of_path(state, call)? {
        return followups::edit(state, call, interaction);
    }
    let message = own_message(state, call)?;
    let revision = form::edit(call, &call.body, &message, Rules::webhook())?;
    let message = state.revise(message.id, revision);
    Ok(Reply::json(state.message_json(&message)))
}

fn delete_message(state: &mut State, call: &Call) -> Outcome {
    if let Some(interaction) = followups::interaction_of_path(state, call)? {
        return followups::delete(state, call, interaction);
    }
    let message = own_message(state, call)?;
    state.delete_message(message.id);
    Ok(Reply::empty())
}

/// The webhook of the path, where the calling bot may manage it.
fn managed(state: &State, call: &Call) -> Result<Webhook, Refusal> {
    let id: WebhookId = call.id("webhook_id")?;
    let webhook = state.webhooks.get(&id).cloned().ok_or_else(Refusal::unknown_webhook)?;
    state.require(call, webhook.channel_id, Permissions::MANAGE_WEBHOOKS)?;
    Ok(webhook)
}

/// The webhook of the path, where the token of the path is its own.
fn of_path(state: &State, call: &Call) -> Result<Webhook, Refusal> {
    let id: WebhookId = call.id("webhook_id")?;
    let webhook = state.webhooks.get(&id).ok_or_else(Refusal::unknown_webhook)?;
    if webhook.token == call.params.get("webhook_token") {
        Ok(webhook.clone())
    } else {
        Err(Refusal::invalid_webhook_token())
    }
}

/// The webhook's channel, or the thread under it that the query names.
fn place(state: &State, call: &Call, webhook: &Webhook) -> Result<ChannelId, Refusal> {
    let Some(thread) = call.query_id("thread_id")? else { return Ok(webhook.channel_id) };
    let parent = state.channels.get(&thread).and_then(|thread| thread.thread_parent());
    if parent == Some(webhook.channel_id) { Ok(thread) } else { Err(Refusal::unknown_channel()) }
}

/// The webhook's own message of the path; one in a thread is found only with the thread's id.
fn own_message(state: &State, call: &Call) -> Result<Arc<Message>, Refusal> {
    let webhook = of_path(state, call)?;
    let channel = place(state, call, &webhook)?;
    let message = state.message_of_path(call, channel)?;
    if message.webhook_id() == Some(webhook.id) {
        Ok(message)
    } else {
        Err(Refusal::unknown_message())
    }
}

fn avatar_url(form: &Value) -> Result<Option<String>, Refusal> {
    match &form["avatar_url"] {
        Value::Null => Ok(None),
        Value::String(url) if url.starts_with("http://") || url.starts_with("https://") => {
            Ok(Some(url.clone()))
        }
        other => {
            let message = format!("Scheme {} must be one of ('http', 'https').", json!(other));
            Err(Refusal::form(FormErrors::at("avatar_url", "URL_TYPE_INVALID_SCHEME", &message)))
        }
    }
}

/// Names are short, and never look like Discord itself.
fn check_name(path: &str, name: &str) -> Result<(), Refusal> {
    let length = name.chars().count();
    if !(1..=MAX_NAME).contains(&length) {
        let message = "Must be between 1 and 80 in length.";
        return Err(Refusal::form(FormErrors::at(path, "BASE_TYPE_BAD_LENGTH", message)));
    }
    for forbidden in ["clyde", "discord"] {
        if name.to_lowercase().contains(forbidden) {
            let message = format!("Username cannot contain \"{forbidden}\"");
            return Err(Refusal::form(FormErrors::at(path, "USERNAME_INVALID_CONTAINS", &message)));
        }
    }
    Ok(())
}
