//! Acting as people: commands, menus, buttons and forms.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::{
    Choice, InteractionKind, InteractionState, Unknown, World,
    interaction::Opening,
    message::Message,
    option::{Resolved, Typed},
    state::State,
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
