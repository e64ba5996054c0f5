//! Options of slash commands: from what a person typed to what Discord sends.
//! See Discord Docs/Application Commands, "Application Command Option Type".

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Unknown, client::Client, command::Command, state::State};
use crate::id::{ChannelId, RoleId, UserId};

/// The largest whole number either way: what JavaScript can count to.
const MAX_INTEGER: i64 = 1 << 53;
/// The longest text, in characters.
const MAX_TEXT: u64 = 6000;

/// What a person typed into a command's options.
pub(super) struct Typed<'a> {
    pub(super) options: &'a [(&'a str, &'a str)],
    /// The option they are still typing in; nothing is required yet then.
    pub(super) focused: Option<&'a str>,
    /// With what: it decides whether bounds and choices are kept.
    pub(super) client: Client,
}

/// Turns what was typed into Discord's options, collecting who and what they name.
pub(super) struct Resolved<'a> {
    state: &'a State,
    /// Who acts, and where.
    person: UserId,
    channel: ChannelId,
    /// By kind (`users`, `members`, `channels`, `roles`), then by id.
    pub(super) named: BTreeMap<&'static str, Map<String, Value>>,
}

impl<'a> Resolved<'a> {
    pub(super) fn new(state: &'a State, person: UserId, channel: ChannelId) -> Self {
        Self { state, person, channel, named: BTreeMap::new() }
    }

    pub(super) fn options(
        &mut self,
        command: &Command,
        subcommands: &[&str],
        typed: &Typed<'_>,
    ) -> Result<Vec<Value>, Unknown> {
        let mut options = Vec::new();
        for (name, value) in typed.options {
            let refused = || Unknown::Option {
                command: command.name.clone(),
                option: (*name).to_owned(),
                value: (*value).to_owned(),
            };
            let schema = command.option(subcommands, name).ok_or_else(refused)?;
            if typed.focused == Some(*name) {
                // Somebody still typing may have written anything, which is always sent as text.
                if schema["autocomplete"] != true {
                    return Err(refused());
                }
                let kind = &schema["type"];
                options.push(json!({"name": name, "type": kind, "value": value, "focused": true}));
                continue;
            }
            let value = self.value(schema, value).ok_or_else(refused)?;
            if typed.client == Client::Honest && !fits(schema, &value) {
                return Err(refused());
            }
            options.push(json!({"name": name, "type": schema["type"], "value": value}));
        }
        if typed.focused.is_none()
            && typed.client == Client::Honest
            && let Some(option) = missing_option(command, subcommands, typed.options)
        {
            return Err(Unknown::OptionMissing { command: command.name.clone(), option });
        }
        Ok(options)
    }

    /// What was typed, as its type; `None` where it is no such thing. Attachments cannot be given.
    fn value(&mut self, schema: &Value, typed: &str) -> Option<Value> {
        match schema["type"].as_u64()? {
            3 => Some(typed.into()),
            4 => {
                let number = typed.parse::<i64>().ok()?;
                (-MAX_INTEGER..=MAX_INTEGER).contains(&number).then(|| number.into())
            }
            5 => Some(typed.parse::<bool>().ok()?.into()),
            6 => self.user(typed),
            7 => self.channel(schema, typed),
            8 => self.role(typed),
            9 => self.user(typed).or_else(|| self.role(typed)),
            10 => Some(typed.parse::<f64>().ok().filter(|number| number.is_finite())?.into()),
            _ => None,
        }
    }

    /// What was chosen from a select menu of users, roles, both, or channels.
    pub(super) fn chosen(&mut self, menu: &Value, id: &str) -> Option<Value> {
        match menu["type"].as_u64()? {
            5 => self.user(id),
            6 => self.role(id),
            7 => self.user(id).or_else(|| self.role(id)),
            _ => self.channel(menu, id),
        }
    }

    /// Any user by id; with their membership where they are a member.
    pub(super) fn user(&mut self, typed: &str) -> Option<Value> {
        let id = typed.parse::<UserId>().ok()?;
        let user = self.state.users.get(&id)?.json();
        self.note("users", typed, user);
        if let Some(member) = self.state.resolved_member_json(id, self.channel) {
            self.note("members", typed, member);
        }
        Some(typed.into())
    }

    /// A channel of the same guild that the option's `channel_types` allow.
    fn channel(&mut self, schema: &Value, typed: &str) -> Option<Value> {
        let id = typed.parse::<ChannelId>().ok()?;
        let guild = self.state.channels.get(&self.channel)?.guild_id?;
        let found = self.state.channels.get(&id).filter(|found| found.guild_id == Some(guild))?;
        let mut kinds = schema["channel_types"].as_array().into_iter().flatten();
        let is_allowed = schema["channel_types"].as_array().is_none_or(Vec::is_empty)
            || kinds.any(|kind| *kind == found.kind.number());
        if !is_allowed {
            return None;
        }
        let json = self.state.interaction_channel_json(id, self.person);
        self.note("channels", typed, json);
        Some(typed.into())
    }

    fn role(&mut self, typed: &str) -> Option<Value> {
        let id = typed.parse::<RoleId>().ok()?;
        let guild = self.state.channels.get(&self.channel)?.guild_id?;
        let role = self.state.guilds.get(&guild)?.role_json(id);
        if role.is_null() {
            return None;
        }
        self.note("roles", typed, role);
        Some(typed.into())
    }

    fn note(&mut self, kind: &'static str, id: &str, what: Value) {
        self.named.entry(kind).or_default().insert(id.to_owned(), what);
    }
}

/// Whether a value keeps the bounds and is among the choices.
fn fits(schema: &Value, value: &Value) -> bool {
    let mut choices = schema["choices"].as_array().into_iter().flatten();
    let is_offered = schema["choices"].as_array().is_none_or(Vec::is_empty)
        || choices.any(|choice| choice["value"] == *value);
    let keeps_bounds = match (value, value.as_f64()) {
        (Value::String(text), _) if schema["type"] == 3 => {
            let least = schema["min_length"].as_u64().unwrap_or(0);
            let most = schema["max_length"].as_u64().unwrap_or(MAX_TEXT);
            (least..=most).contains(&(text.chars().count() as u64))
        }
        (_, Some(number)) => {
            schema["min_value"].as_f64().is_none_or(|least| number >= least)
                && schema["max_value"].as_f64().is_none_or(|most| number <= most)
        }
        _ => true,
    };
    is_offered && keeps_bounds
}

/// The first required option that was not typed.
fn missing_option(
    command: &Command,
    subcommands: &[&str],
    typed: &[(&str, &str)],
) -> Option<String> {
    let required = command.options(subcommands).iter().filter(|option| option["required"] == true);
    let mut names = required.filter_map(|option| option["name"].as_str());
    names.find(|name| typed.iter().all(|(given, _)| given != name)).map(str::to_owned)
}
