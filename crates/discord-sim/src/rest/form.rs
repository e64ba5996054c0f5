//! The form of a message: what may stand in it, and what Discord refuses.
//! See Discord Docs/Message, "Create Message".

use serde_json::Value;

use super::{
    call::Call,
    component,
    refusal::{FormErrors, Refusal},
};
use crate::{
    id::{AttachmentId, UserId},
    world::{
        Message, Permissions,
        mention::{Unless, resolve},
        message::flag,
        post::{Body, Revision},
    },
};

/// The longest text, in characters.
const MAX_CONTENT: usize = 2000;
const MAX_EMBEDS: usize = 10;
/// All texts of all embeds together, in characters.
const MAX_EMBED_TEXT: usize = 6000;
const MAX_FILES: usize = 10;
/// The largest file, in bytes, in a guild nobody boosts and in a direct message: 10 MiB.
const MAX_FILE: usize = 10 << 20;
/// Components of a message with the components v2 flag.
const MAX_COMPONENTS: usize = 40;
/// Rows of components of a message without it.
const MAX_ROWS: usize = 5;

/// What decides about a form beside itself.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// What counts without `allowed_mentions`.
    pub(crate) unless: Unless,
    /// The user whose message it replies to.
    pub(crate) replied_to: Option<UserId>,
    /// Flags that may be set.
    pub(crate) flags: u64,
    /// What the poster may do in the channel.
    pub(crate) permissions: Permissions,
}

impl Rules {
    /// For the bot's own messages.
    pub(crate) fn bot(permissions: Permissions, replied_to: Option<UserId>) -> Self {
        Self { unless: Unless::Everything, replied_to, flags: ON_CREATE, permissions }
    }

    /// For webhooks, which may do everything.
    pub(crate) fn webhook() -> Self {
        Self {
            unless: Unless::UsersOnly,
            replied_to: None,
            flags: ON_CREATE,
            permissions: Permissions::ALL,
        }
    }

    /// For answers to interactions, which may also be ephemeral.
    pub(crate) fn interaction() -> Self {
        Self { flags: ON_CREATE | flag::EPHEMERAL, ..Self::webhook() }
    }
}

const ON_CREATE: u64 =
    flag::SUPPRESS_EMBEDS | flag::SUPPRESS_NOTIFICATIONS | flag::IS_COMPONENTS_V2;

/// Reads the form of a new message. `form` is the body, or `data` of an interaction's callback.
pub(crate) fn create(call: &Call, form: &Value, rules: Rules) -> Result<Body, Refusal> {
    let content = content(form)?.unwrap_or_default();
    let embeds = embeds(form)?.unwrap_or_default();
    let flags = flags(form, rules.flags)?.unwrap_or(0);
    let components = components(form, flags)?.unwrap_or_default();
    check_embed_text(&embeds)?;
    check_files(call)?;
    if flags & flag::IS_COMPONENTS_V2 != 0 && !(content.is_empty() && embeds.is_empty()) {
        return Err(v2_contradiction());
    }
    let attaches = !call.files.is_empty();
    if content.is_empty() && embeds.is_empty() && components.is_empty() && !attaches {
        return Err(Refusal::empty_message());
    }
    if attaches && !rules.permissions.contains(Permissions::ATTACH_FILES) {
        return Err(Refusal::missing_permissions());
    }
    if !embeds.is_empty() && !rules.permissions.contains(Permissions::EMBED_LINKS) {
        return Err(Refusal::missing_permissions());
    }
    let pings = pings(form, &content, rules)?;
    let files = call.files.clone();
    Ok(Body { content, embeds, components, flags, files, pings })
}

/// Reads the form of an edit of `message`.
pub(crate) fn edit(
    call: &Call,
    form: &Value,
    message: &Message,
    rules: Rules,
) -> Result<Revision, Refusal> {
    let new_content = match form.get("content") {
        Some(Value::Null) => Some(String::new()),
        _ => content(form)?,
    };
    let embeds = embeds(form)?;
    let flags = flags(form, flag::SUPPRESS_EMBEDS | flag::IS_COMPONENTS_V2)?.map(|flags| {
        // The components v2 flag can be added but never taken away.
        let others = message.flags & !flag::SUPPRESS_EMBEDS;
        others | flags
    });
    let components = components(form, flags.unwrap_or(message.flags))?;
    check_embed_text(embeds.as_deref().unwrap_or_default())?;
    check_files(call)?;
    let kept_attachments = kept(form)?;
    let text = new_content.as_deref().unwrap_or(&message.content);
    let has_embeds = !embeds.as_ref().unwrap_or(&message.embeds).is_empty();
    let has_components = !components.as_ref().unwrap_or(&message.components).is_empty();
    let n_kept = kept_attachments.as_ref().map_or(message.attachments.len(), Vec::len);
    let is_v2 = flags.unwrap_or(message.flags) & flag::IS_COMPONENTS_V2 != 0;
    if is_v2 && (!text.is_empty() || has_embeds) {
        return Err(v2_contradiction());
    }
    if text.is_empty() && !has_embeds && !has_components && n_kept + call.files.len() == 0 {
        return Err(Refusal::empty_message());
    }
    // Whether the text changes or not, an edit without rules is read anew with the defaults.
    let pings = Some(pings(form, text, rules)?);
    let files = call.files.clone();
    Ok(Revision { content: new_content, embeds, components, flags, kept_attachments, files, pings })
}

/// The text, trimmed as Discord does.
fn content(form: &Value) -> Result<Option<String>, Refusal> {
    match form.get("content") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.chars().count() > MAX_CONTENT => {
            Err(Refusal::too_long("content", MAX_CONTENT))
        }
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => {
            let message = "Could not interpret value as string.";
            Err(Refusal::form(FormErrors::at("content", "STRING_TYPE_CONVERT", message)))
        }
    }
}

fn list(form: &Value, name: &str, most: usize) -> Result<Option<Vec<Value>>, Refusal> {
    match form.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(list)) if list.len() > most => Err(Refusal::too_long(name, most)),
        Some(Value::Array(list)) => Ok(Some(list.clone())),
        Some(_) => {
            let message = "Only iterables may be used in a ListType";
            Err(Refusal::form(FormErrors::at(name, "LIST_TYPE_CONVERT", message)))
        }
    }
}

/// Embeds; whatever a bot calls them, they are rich ones.
fn embeds(form: &Value) -> Result<Option<Vec<Value>>, Refusal> {
    let mut embeds = list(form, "embeds", MAX_EMBEDS)?;
    for embed in embeds.iter_mut().flatten().filter(|embed| embed.is_object()) {
        embed["type"] = "rich".into();
    }
    Ok(embeds)
}

/// Components, of which there are more kinds with the components v2 flag.
fn components(form: &Value, flags: u64) -> Result<Option<Vec<Value>>, Refusal> {
    let is_v2 = flags & flag::IS_COMPONENTS_V2 != 0;
    let most = if is_v2 { MAX_COMPONENTS } else { MAX_ROWS };
    let mut components = list(form, "components", most)?;
    component::check_message(components.as_deref().unwrap_or_default(), is_v2)?;
    component::complete(components.as_deref_mut().unwrap_or_default());
    Ok(components)
}

fn check_embed_text(embeds: &[Value]) -> Result<(), Refusal> {
    let length = |text: &Value| text.as_str().map_or(0, |text| text.chars().count());
    let one = |embed: &Value| {
        let fields = embed["fields"].as_array().into_iter().flatten();
        length(&embed["title"])
            + length(&embed["description"])
            + length(&embed["footer"]["text"])
            + length(&embed["author"]["name"])
            + fields.map(|field| length(&field["name"]) + length(&field["value"])).sum::<usize>()
    };
    if embeds.iter().map(one).sum::<usize>() > MAX_EMBED_TEXT {
        let message = "Embed size exceeds maximum size of 6000";
        return Err(Refusal::form(FormErrors::at("embeds", "MAX_EMBED_SIZE_EXCEEDED", message)));
    }
    Ok(())
}

fn check_files(call: &Call) -> Result<(), Refusal> {
    if call.files.len() > MAX_FILES {
        return Err(Refusal::too_long("attachments", MAX_FILES));
    }
    if call.files.iter().any(|file| file.bytes.len() > MAX_FILE) {
        return Err(Refusal::too_large());
    }
    Ok(())
}

fn flags(form: &Value, allowed: u64) -> Result<Option<u64>, Refusal> {
    let Some(flags) = form.get("flags").filter(|flags| !flags.is_null()) else { return Ok(None) };
    let flags = flags.as_u64().filter(|flags| flags & !allowed == 0);
    let message = "Flags that may not be set here";
    flags.map(Some).ok_or_else(|| Refusal::choice("flags", message))
}

/// The attachments an edit keeps: those it lists by their id. New files are listed by index.
fn kept(form: &Value) -> Result<Option<Vec<AttachmentId>>, Refusal> {
    let listed = list(form, "attachments", MAX_FILES)?;
    let id = |attachment: &Value| attachment["id"].as_str().and_then(|id| id.parse().ok());
    Ok(listed.map(|listed| listed.iter().filter_map(id).collect()))
}

fn pings(form: &Value, text: &str, rules: Rules) -> Result<crate::world::Pings, Refusal> {
    let allowed = form.get("allowed_mentions");
    let resolved = resolve(text, allowed, rules.unless, rules.replied_to);
    let mut pings = resolved.map_err(|contradiction| {
        let kind = contradiction.0;
        let message = format!("parse:[\"{kind}\"] and {kind}: [ids...] are mutually exclusive.");
        let code = "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE";
        Refusal::form(FormErrors::at("allowed_mentions", code, &message))
    })?;
    if !rules.permissions.contains(Permissions::MENTION_EVERYONE) {
        // Roles here are never "mentionable", so they need the permission as well.
        pings.everyone = false;
        pings.roles.clear();
    }
    Ok(pings)
}

fn v2_contradiction() -> Refusal {
    let message = "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2";
    let code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2";
    Refusal::form(FormErrors::at("content", code, message))
}
