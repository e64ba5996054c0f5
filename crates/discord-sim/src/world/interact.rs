//! Acting as people: commands, menus, buttons and forms.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    Choice, InteractionKind, InteractionState, Unknown, World, command::Command,
    interaction::Opening, message::Message, state::State,
};
use crate::id::{ChannelId, InteractionId, MessageId, UserId};

/// How long a person waits for completions: the three seconds a bot has, and the way there and back.
const COMPLETION_PATIENCE: Duration = Duration::from_millis(3_200);

/// Why a person saw no completions.
#[derive(Debug, thiserror::Error)]
pub enum NoChoices {
    /// Something named is not there.
    #[error(transparent)]
    Unknown(#[from] Unknown),
    /// The bot gave none in time.
    #[error("the bot offered no completions within three seconds")]
    NoAnswer,
}

impl World {
    /// Lets a person use a slash command. `command` names its subcommand after a space: `memory forget`.
    /// The command must be registered, and the options must be what it takes.
    ///
    /// # Errors
    /// [`Unknown::Command`], [`Unknown::Option`], [`Unknown::OptionMissing`], and as [`World::say`].
    pub fn slash(
        &self,
        person: UserId,
        channel: ChannelId,
        command: &str,
        options: &[(&str, &str)],
    ) -> Result<InteractionId, Unknown> {
        let mut state = self.lock();
        let typed = Typed { options, focused: None };
        state.use_command(person, channel, command, &typed, InteractionKind::Command)
    }

    /// Lets a person open a menu on a message.
    ///
    /// # Errors
    /// [`Unknown::Command`], [`Unknown::Message`], and as [`World::say`].
    pub fn menu(
        &self,
        person: UserId,
        message: MessageId,
        name: &str,
    ) -> Result<InteractionId, Unknown> {
        let mut state = self.lock();
        let target = state.standing(message)?;
        state.check_present(person, target.channel_id)?;
        let found = state.commands.visible(target.guild_id, 3, name);
        let (application, command) = found.ok_or_else(|| Unknown::Command(name.to_owned()))?;
        let data = json!({
            "id": command.id,
            "name": name,
            "type": 3,
            "target_id": message,
            "resolved": {"messages": {message.to_string(): state.message_json(&target)}},
        });
        Ok(state.interact(Opening {
            kind: InteractionKind::Command,
            application,
            person,
            channel: target.channel_id,
            name,
            data,
            message: Some(&target),
        }))
    }

    /// Lets a person press a button.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::Component`], and as [`World::say`].
    pub fn click(
        &self,
        person: UserId,
        message: MessageId,
        custom_id: &str,
    ) -> Result<InteractionId, Unknown> {
        self.lock().use_component(person, message, custom_id, None)
    }

    /// Lets a person choose from a select menu.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::Component`], and as [`World::say`].
    pub fn choose(
        &self,
        person: UserId,
        message: MessageId,
        custom_id: &str,
        values: &[&str],
    ) -> Result<InteractionId, Unknown> {
        self.lock().use_component(person, message, custom_id, Some(values))
    }

    /// Lets a person send the form that `interaction` was answered with, text inputs filled in by custom id.
    ///
    /// # Errors
    /// [`Unknown::Form`].
    pub fn submit(
        &self,
        interaction: InteractionId,
        values: &[(&str, &str)],
    ) -> Result<InteractionId, Unknown> {
        let mut state = self.lock();
        let found = state.interaction(interaction).ok_or(Unknown::Form(interaction))?;
        let InteractionState::Modal { form } = &found.state else {
            return Err(Unknown::Form(interaction));
        };
        let custom_id = form["custom_id"].as_str().unwrap_or_default();
        let data = json!({
            "custom_id": custom_id,
            "components": filled_in(&form["components"], values),
        });
        let message = found.message_id.and_then(|id| state.message(id));
        Ok(state.interact(Opening {
            kind: InteractionKind::Modal,
            application: found.application_id,
            person: found.person,
            channel: found.channel_id,
            name: custom_id,
            data,
            message: message.as_deref(),
        }))
    }

    /// Lets a person type into an option that completes itself, and waits for what the bot offers.
    ///
    /// # Errors
    /// [`NoChoices`].
    pub async fn autocomplete(
        &self,
        person: UserId,
        channel: ChannelId,
        command: &str,
        option: &str,
        typed: &str,
    ) -> Result<Vec<Choice>, NoChoices> {
        let options = [(option, typed)];
        let typed = Typed { options: &options, focused: Some(option) };
        let kind = InteractionKind::Autocomplete;
        let id = self.lock().use_command(person, channel, command, &typed, kind)?;
        let answer =
            self.wait_for(COMPLETION_PATIENCE, |world| match world.interaction(id)?.state {
                InteractionState::Choices { choices } => Some(choices),
                _ => None,
            });
        answer.await.map_err(|_| NoChoices::NoAnswer)
    }
}

/// What a person typed into a command's options.
struct Typed<'a> {
    options: &'a [(&'a str, &'a str)],
    /// The option they are still typing in; nothing is required yet then.
    focused: Option<&'a str>,
}

impl State {
    fn use_command(
        &mut self,
        person: UserId,
        channel: ChannelId,
        path: &str,
        typed: &Typed<'_>,
        kind: InteractionKind,
    ) -> Result<InteractionId, Unknown> {
        self.check_present(person, channel)?;
        let guild = self.channels[&channel].guild_id;
        let mut words = path.split(' ');
        let name = words.next().unwrap_or_default();
        let subcommands: Vec<&str> = words.collect();
        let found = self.commands.visible(guild, 1, name);
        let (application, command) = found.ok_or_else(|| Unknown::Command(path.to_owned()))?;
        let mut resolved = Resolved { state: self, users: Map::new() };
        let mut options = resolved.options(command, &subcommands, typed)?;
        for (depth, subcommand) in subcommands.iter().enumerate().rev() {
            let is_group = depth + 1 < subcommands.len();
            let found = command.option(&subcommands[..depth], subcommand);
            found.ok_or_else(|| Unknown::Command(path.to_owned()))?;
            let kind = if is_group { 2 } else { 1 };
            options = vec![json!({"name": subcommand, "type": kind, "options": options})];
        }
        let mut data = json!({"id": command.id, "name": name, "type": 1, "options": options});
        if !resolved.users.is_empty() {
            data["resolved"] = json!({"users": resolved.users});
        }
        if let Some(guild) = command.body.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        let opening = Opening { kind, application, person, channel, name, data, message: None };
        Ok(self.interact(opening))
    }

    fn use_component(
        &mut self,
        person: UserId,
        message: MessageId,
        custom_id: &str,
        values: Option<&[&str]>,
    ) -> Result<InteractionId, Unknown> {
        let target = self.standing(message)?;
        self.check_present(person, target.channel_id)?;
        let missing = || Unknown::Component(message, custom_id.to_owned());
        let component = find_component(&target, custom_id).ok_or_else(missing)?;
        let application = target.application_id().ok_or_else(missing)?;
        let mut data = json!({"custom_id": custom_id, "component_type": component["type"]});
        if let Some(id) = component.get("id") {
            data["id"] = id.clone();
        }
        if let Some(values) = values {
            data["values"] = json!(values);
        }
        Ok(self.interact(Opening {
            kind: InteractionKind::Component,
            application,
            person,
            channel: target.channel_id,
            name: custom_id,
            data,
            message: Some(&target),
        }))
    }
}

/// Turns what was typed into Discord's options, collecting the users they name.
struct Resolved<'a> {
    state: &'a State,
    users: Map<String, Value>,
}

impl Resolved<'_> {
    fn options(
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
            let focused = typed.focused == Some(*name);
            let value = match self.value(schema, value) {
                Some(value) => value,
                // Somebody still typing may have written anything.
                None if focused => (*value).into(),
                None => return Err(refused()),
            };
            let mut option = json!({"name": name, "type": schema["type"], "value": value});
            if focused {
                option["focused"] = true.into();
            }
            options.push(option);
        }
        if typed.focused.is_none()
            && let Some(option) = missing_option(command, subcommands, typed.options)
        {
            return Err(Unknown::OptionMissing { command: command.name.clone(), option });
        }
        Ok(options)
    }

    /// See Discord Docs/Application Commands, "Application Command Option Type".
    fn value(&mut self, schema: &Value, typed: &str) -> Option<Value> {
        let value: Value = match schema["type"].as_u64()? {
            3 => typed.into(),
            4 => typed.parse::<i64>().ok()?.into(),
            5 => typed.parse::<bool>().ok()?.into(),
            10 => typed.parse::<f64>().ok()?.into(),
            6 => {
                let user = self.state.users.get(&typed.parse().ok()?)?;
                self.users.insert(typed.to_owned(), user.json());
                typed.into()
            }
            _ => {
                typed.parse::<u64>().ok()?;
                typed.into()
            }
        };
        let mut choices = schema["choices"].as_array().into_iter().flatten();
        let is_offered = schema["choices"].as_array().is_none_or(Vec::is_empty)
            || choices.any(|choice| choice["value"] == value);
        is_offered.then_some(value)
    }
}

/// The first required option that was not typed.
fn missing_option(
    command: &Command,
    subcommands: &[&str],
    typed: &[(&str, &str)],
) -> Option<String> {
    let mut options = &command.body["options"];
    for step in subcommands {
        let all = options.as_array()?;
        options = &all.iter().find(|option| option["name"] == *step)?["options"];
    }
    let required = options.as_array()?.iter().filter(|option| option["required"] == true);
    let mut names = required.filter_map(|option| option["name"].as_str());
    names.find(|name| typed.iter().all(|(given, _)| given != name)).map(str::to_owned)
}

/// The enabled component with this custom id, however deep it lies.
fn find_component<'a>(message: &'a Message, custom_id: &str) -> Option<&'a Value> {
    fn search<'a>(component: &'a Value, custom_id: &str) -> Option<&'a Value> {
        if component["custom_id"] == custom_id && component["disabled"] != true {
            return Some(component);
        }
        let nested = component["components"].as_array().into_iter().flatten();
        let mut all = nested.chain(component.get("accessory"));
        all.find_map(|inner| search(inner, custom_id))
    }
    message.components.iter().find_map(|component| search(component, custom_id))
}

/// The components of a submitted form: text inputs, in rows or labels, with what was written.
fn filled_in(components: &Value, values: &[(&str, &str)]) -> Vec<Value> {
    let fill = |component: &Value| {
        let mut filled = json!({"type": component["type"]});
        if let Some(id) = component.get("id") {
            filled["id"] = id.clone();
        }
        if let Some(custom_id) = component["custom_id"].as_str() {
            let written = values.iter().find(|(id, _)| *id == custom_id).map(|(_, value)| *value);
            filled["custom_id"] = custom_id.into();
            filled["value"] = written.unwrap_or_default().into();
        }
        if component["components"].is_array() {
            filled["components"] = filled_in(&component["components"], values).into();
        }
        if component["component"].is_object() {
            let inner = std::slice::from_ref(&component["component"]);
            filled["component"] = filled_in(&json!(inner), values).remove(0);
        }
        filled
    };
    components.as_array().into_iter().flatten().map(fill).collect()
}
