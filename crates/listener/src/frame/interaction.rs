//! Interactions: commands, menus, buttons, forms, and what is typed into an option.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, InteractionMarker, MessageMarker, UserMarker},
};

use super::message::{Member, Message, User};

/// INTERACTION_CREATE. See Discord Docs/Receiving and Responding.
#[derive(Debug, Deserialize)]
pub struct Interaction {
    pub id: Id<InteractionMarker>,
    pub token: String,
    #[serde(rename = "type")]
    pub kind: u8,
    pub data: Option<InteractionData>,
    pub guild_id: Option<Id<GuildMarker>>,
    pub channel_id: Option<Id<ChannelMarker>>,
    /// In a guild.
    pub member: Option<InteractionMember>,
    /// Outside of guilds.
    pub user: Option<User>,
    /// What a button is on, or was on that opened a form.
    pub message: Option<Carrier>,
}

impl Interaction {
    /// Whoever acts, under the name people know there.
    pub fn person(&self) -> Option<(&User, Option<&str>)> {
        let member = self.member.as_ref().map(|member| (&member.user, member.nick.as_deref()));
        member.or(self.user.as_ref().map(|user| (user, None)))
    }

    /// What they may do in the channel, as Discord's bits.
    pub fn permissions(&self) -> Option<u64> {
        self.member.as_ref()?.permissions.as_ref()?.parse().ok()
    }
}

/// Who acts in a guild.
#[derive(Debug, Deserialize)]
pub struct InteractionMember {
    pub user: User,
    pub nick: Option<String>,
    /// In the channel, overwrites included: a number in digits.
    pub permissions: Option<String>,
}

/// The message a button is on.
#[derive(Debug, Deserialize)]
pub struct Carrier {
    pub id: Id<MessageMarker>,
}

/// What was used, and how. Each kind of interaction has some of these.
#[derive(Debug, Deserialize)]
pub struct InteractionData {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub options: Vec<InteractionOption>,
    /// What a menu was opened on.
    pub target_id: Option<Id<MessageMarker>>,
    #[serde(default)]
    pub resolved: Resolved,
    /// What a button, a select menu or a form was given as its id.
    #[serde(default)]
    pub custom_id: String,
    /// What was chosen from a select menu.
    #[serde(default)]
    pub values: Vec<String>,
    /// What was filled in.
    #[serde(default)]
    pub components: Vec<Submitted>,
}

/// The type of an option that is a subcommand. See Discord Docs/Application Commands.
const SUBCOMMAND: u8 = 1;
/// The type of an option that holds subcommands.
const SUBCOMMAND_GROUP: u8 = 2;

impl InteractionData {
    /// The command with its subcommand, `den limits`, and the options of that.
    pub fn used(&self) -> (String, &[InteractionOption]) {
        let (mut name, mut options) = (self.name.clone(), self.options.as_slice());
        while let [one] = options
            && matches!(one.kind, SUBCOMMAND | SUBCOMMAND_GROUP)
        {
            name.push(' ');
            name.push_str(&one.name);
            options = &one.options;
        }
        (name, options)
    }
}

/// An option of a command, or a subcommand with its options.
#[derive(Debug, Deserialize)]
pub struct InteractionOption {
    pub name: String,
    #[serde(rename = "type", default)]
    pub kind: u8,
    pub value: Option<Value>,
    #[serde(default)]
    pub options: Vec<InteractionOption>,
    /// The one being typed, in an autocomplete request.
    #[serde(default)]
    pub focused: bool,
}

impl InteractionOption {
    /// Its value as text; empty where there is none.
    pub fn text(&self) -> String {
        match &self.value {
            Some(Value::String(text)) => text.clone(),
            Some(value) => value.to_string(),
            None => String::new(),
        }
    }
}

/// The objects behind the ids.
#[derive(Debug, Default, Deserialize)]
pub struct Resolved {
    #[serde(default)]
    pub users: HashMap<Id<UserMarker>, User>,
    #[serde(default)]
    pub members: HashMap<Id<UserMarker>, Member>,
    /// A menu's target.
    #[serde(default)]
    pub messages: HashMap<Id<MessageMarker>, Message>,
}

/// A part of a form that was sent: a field, or a row or label around one.
#[derive(Debug, Deserialize)]
pub struct Submitted {
    #[serde(default)]
    pub custom_id: String,
    pub value: Option<String>,
    /// In a label.
    pub component: Option<Box<Submitted>>,
    /// In a row.
    #[serde(default)]
    pub components: Vec<Submitted>,
}

impl Submitted {
    /// Every field in it with what was typed.
    pub fn fields(&self) -> Vec<(&str, &str)> {
        let own = self.value.as_deref().map(|value| (self.custom_id.as_str(), value));
        let inner = self.component.as_deref().into_iter().chain(&self.components);
        own.into_iter().chain(inner.flat_map(Self::fields)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subcommand_is_part_of_the_name() {
        let data: InteractionData = serde_json::from_str(
            r#"{"name":"den","options":[{"name":"limits","type":1,"options":
                [{"name":"person","type":4,"value":3},{"name":"open","type":5,"value":true}]}]}"#,
        )
        .unwrap();
        let (name, options) = data.used();
        let texts: Vec<_> = options.iter().map(InteractionOption::text).collect();
        assert_eq!((name.as_str(), texts), ("den limits", vec!["3".to_owned(), "true".to_owned()]));
    }

    #[test]
    fn fields_are_found_in_labels_and_in_rows() {
        let data: InteractionData = serde_json::from_str(
            r#"{"custom_id":"fix:7","components":[
                {"type":18,"component":{"type":4,"custom_id":"text","value":"tea"}},
                {"type":1,"components":[{"type":4,"custom_id":"more","value":""}]}]}"#,
        )
        .unwrap();
        let fields: Vec<_> = data.components.iter().flat_map(Submitted::fields).collect();
        assert_eq!(fields, [("text", "tea"), ("more", "")]);
    }
}
