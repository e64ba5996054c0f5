//! Acting as people: commands, menus, buttons and select menus.

use serde_json::{Value, json};

use super::{
    InteractionKind, Unknown, World,
    client::Client,
    interaction::Opening,
    message::Message,
    option::{Resolved, Typed},
    state::State,
};
use crate::id::{ApplicationId, ChannelId, InteractionId, MessageId, UserId};

impl World {
    /// Lets a person use a slash command. `command` names its subcommand after a space: `memory forget`.
    /// The command must be registered and offered to them, and the options must be what it takes: text as
    /// it is, numbers and `true` or `false` in digits and letters, users, channels and roles as ids.
    ///
    /// # Errors
    /// [`Unknown::Command`], [`Unknown::Option`], [`Unknown::OptionMissing`], [`Unknown::NotAllowed`] where
    /// they lack the command's `default_member_permissions`, and as [`World::say`].
    pub fn slash(
        &self,
        person: UserId,
        channel: ChannelId,
        command: &str,
        options: &[(&str, &str)],
    ) -> Result<InteractionId, Unknown> {
        let typed = Typed { options, focused: None, client: self.client };
        self.lock().use_command(person, channel, command, &typed, InteractionKind::Command)
    }

    /// Lets a person open a menu on a message.
    ///
    /// # Errors
    /// [`Unknown::Command`], [`Unknown::Message`], [`Unknown::NotAllowed`], and as [`World::say`].
    pub fn menu(
        &self,
        person: UserId,
        message: MessageId,
        name: &str,
    ) -> Result<InteractionId, Unknown> {
        let mut state = self.lock();
        let target = state.seen_by(person, message)?;
        let channel = target.channel_id;
        let (application, mut data) = state.menu_data(self.client, 3, person, channel, name)?;
        data["target_id"] = json!(message);
        let messages = json!({message.to_string(): state.message_json(&target)});
        data["resolved"] = json!({"messages": messages});
        let (kind, message) = (InteractionKind::Command, Some(&*target));
        Ok(state.interact(Opening { kind, application, person, channel, name, data, message }))
    }

    /// Lets a person open a menu on somebody, seen in `channel`.
    ///
    /// # Errors
    /// [`Unknown::Command`], [`Unknown::User`], [`Unknown::NotAllowed`], and as [`World::say`].
    pub fn person_menu(
        &self,
        person: UserId,
        channel: ChannelId,
        target: UserId,
        name: &str,
    ) -> Result<InteractionId, Unknown> {
        let mut state = self.lock();
        state.check_present(person, channel)?;
        let (application, mut data) = state.menu_data(self.client, 2, person, channel, name)?;
        let mut resolved = Resolved::new(&state, person, channel);
        resolved.user(&target.to_string()).ok_or(Unknown::User(target))?;
        data["target_id"] = json!(target);
        data["resolved"] = json!(resolved.named);
        let kind = InteractionKind::Command;
        let opening = Opening { kind, application, person, channel, name, data, message: None };
        Ok(state.interact(opening))
    }

    /// Lets a person press a button, also one on a message only they see.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::Component`], and as [`World::say`].
    pub fn click(
        &self,
        person: UserId,
        message: MessageId,
        custom_id: &str,
    ) -> Result<InteractionId, Unknown> {
        self.lock().use_component(self.client, person, message, custom_id, None)
    }

    /// Lets a person choose from a select menu.
    ///
    /// # Errors
    /// [`Unknown::Message`], [`Unknown::Component`], [`Unknown::Values`], and as [`World::say`].
    pub fn choose(
        &self,
        person: UserId,
        message: MessageId,
        custom_id: &str,
        values: &[&str],
    ) -> Result<InteractionId, Unknown> {
        self.lock().use_component(self.client, person, message, custom_id, Some(values))
    }
}

impl State {
    pub(super) fn use_command(
        &mut self,
        person: UserId,
        channel: ChannelId,
        path: &str,
        typed: &Typed<'_>,
        kind: InteractionKind,
    ) -> Result<InteractionId, Unknown> {
        self.check_present(person, channel)?;
        let unknown = || Unknown::Command(path.to_owned());
        let mut words = path.split(' ');
        let name = words.next().unwrap_or_default();
        let subcommands: Vec<&str> = words.collect();
        let (application, command) = self.find_command(channel, 1, name).ok_or_else(unknown)?;
        if typed.client == Client::Honest {
            self.check_offered(person, channel, command)?;
        }
        // Where there are subcommands, there is nothing to use without one.
        let is_subcommand = |option: &Value| matches!(option["type"].as_u64(), Some(1 | 2));
        if command.options(&subcommands).iter().any(is_subcommand) {
            return Err(unknown());
        }
        for (depth, subcommand) in subcommands.iter().enumerate() {
            let found = command.option(&subcommands[..depth], subcommand);
            found.filter(|found| is_subcommand(found)).ok_or_else(unknown)?;
        }
        let mut resolved = Resolved::new(self, person, channel);
        let mut options = resolved.options(command, &subcommands, typed)?;
        for (depth, subcommand) in subcommands.iter().enumerate().rev() {
            let kind = if depth + 1 < subcommands.len() { 2 } else { 1 };
            options = vec![json!({"name": subcommand, "type": kind, "options": options})];
        }
        let mut data = json!({"id": command.id, "name": name, "type": 1, "options": options});
        if !resolved.named.is_empty() {
            data["resolved"] = json!(resolved.named);
        }
        if let Some(guild) = command.body.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        let opening = Opening { kind, application, person, channel, name, data, message: None };
        Ok(self.interact(opening))
    }

    /// The menu of type `kind` called `name`, for somebody who is present: whose it is, and what an
    /// interaction says of it.
    fn menu_data(
        &self,
        client: Client,
        kind: u64,
        person: UserId,
        channel: ChannelId,
        name: &str,
    ) -> Result<(ApplicationId, Value), Unknown> {
        let found = self.find_command(channel, kind, name);
        let (application, command) = found.ok_or_else(|| Unknown::Command(name.to_owned()))?;
        if client == Client::Honest {
            self.check_offered(person, channel, command)?;
        }
        let mut data = json!({"id": command.id, "name": name, "type": kind});
        if let Some(guild) = command.body.get("guild_id") {
            data["guild_id"] = guild.clone();
        }
        Ok((application, data))
    }

    fn use_component(
        &mut self,
        client: Client,
        person: UserId,
        message: MessageId,
        custom_id: &str,
        values: Option<&[&str]>,
    ) -> Result<InteractionId, Unknown> {
        let target = self.seen_by(person, message)?;
        let missing = || Unknown::Component(message, custom_id.to_owned());
        let component = find_component(&target, custom_id).ok_or_else(missing)?;
        let application = target.application_id().ok_or_else(missing)?;
        let is_button = component["type"] == 2;
        let is_disabled = component["disabled"] == true && client == Client::Honest;
        if is_button != values.is_none() || is_disabled {
            return Err(missing());
        }
        let mut data = json!({"custom_id": custom_id, "component_type": component["type"]});
        if let Some(id) = component.get("id") {
            data["id"] = id.clone();
        }
        if let Some(values) = values {
            if client == Client::Honest && !offers(component, values) {
                return Err(Unknown::Values { custom_id: custom_id.to_owned() });
            }
            data["values"] = json!(values);
            if component["type"] != 3 {
                let mut resolved = Resolved::new(self, person, target.channel_id);
                for value in values {
                    let stranger = || Unknown::Values { custom_id: custom_id.to_owned() };
                    resolved.chosen(component, value).ok_or_else(stranger)?;
                }
                data["resolved"] = json!(resolved.named);
            }
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

/// The component with this custom id, however deep it lies.
fn find_component<'a>(message: &'a Message, custom_id: &str) -> Option<&'a Value> {
    fn search<'a>(component: &'a Value, custom_id: &str) -> Option<&'a Value> {
        if component["custom_id"] == custom_id {
            return Some(component);
        }
        let nested = component["components"].as_array().into_iter().flatten();
        let mut all = nested.chain(component.get("accessory"));
        all.find_map(|inner| search(inner, custom_id))
    }
    message.components.iter().find_map(|component| search(component, custom_id))
}

/// Whether a select menu takes these values: so many, each once, and of a list only what is listed.
fn offers(menu: &Value, values: &[&str]) -> bool {
    let least = menu["min_values"].as_u64().unwrap_or(1);
    let most = menu["max_values"].as_u64().unwrap_or(1);
    let is_listed = |value: &str| match menu["options"].as_array() {
        Some(options) => options.iter().any(|option| option["value"] == value),
        None => true,
    };
    let is_new = |at: usize| !values[..at].contains(&values[at]);
    (least..=most).contains(&(values.len() as u64))
        && values.iter().enumerate().all(|(at, value)| is_listed(value) && is_new(at))
}
