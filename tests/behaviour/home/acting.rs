//! What people do with commands, menus, buttons and forms, and what they read then.

use discord_sim::{ChannelId, InteractionId, InteractionState, MessageId, UserId};
use serde_json::Value;

use super::Home;

/// What stands before somebody who used a command, a menu, a button or a form.
#[derive(Clone, Debug)]
pub struct Shown {
    pub message: MessageId,
    pub text: String,
    /// What the buttons read, and their ids.
    pub buttons: Vec<(String, String)>,
    /// Names and contents.
    pub files: Vec<(String, String)>,
    /// Whether nobody else sees it.
    pub is_private: bool,
}

impl Shown {
    pub fn labels(&self) -> Vec<&str> {
        self.buttons.iter().map(|(label, _)| label.as_str()).collect()
    }

    fn button(&self, label: &str) -> &str {
        let found = self.buttons.iter().find(|(known, _)| known == label);
        found.map_or_else(|| panic!("no button `{label}`: {self:?}"), |(_, id)| id)
    }

    /// The same, which has to say all of this, to nobody else.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.text.contains(part), "`{part}` is missing in: {}", self.text);
        }
        assert!(self.is_private, "others can read it: {}", self.text);
        self
    }
}

impl Home {
    /// Somebody uses a command, as in `den limits`, and reads the answer.
    pub async fn uses(
        &self,
        who: UserId,
        channel: ChannelId,
        command: &str,
        options: &[(&str, &str)],
    ) -> Shown {
        let used = self.used(who, channel, command, options);
        self.shown(used).await
    }

    /// Somebody uses a command.
    pub fn used(
        &self,
        who: UserId,
        channel: ChannelId,
        command: &str,
        options: &[(&str, &str)],
    ) -> InteractionId {
        let used = self.discord.slash(who, channel, command, options);
        used.unwrap_or_else(|error| panic!("/{command}: {error}"))
    }

    /// Somebody uses a command with a client that offers what it should not, and reads the answer.
    pub async fn forces(
        &self,
        who: UserId,
        channel: ChannelId,
        command: &str,
        options: &[(&str, &str)],
    ) -> Shown {
        let used = self.discord.as_hostile_client().slash(who, channel, command, options);
        self.shown(used.unwrap_or_else(|error| panic!("/{command}: {error}"))).await
    }

    /// Somebody opens a menu on a message, and reads the answer.
    pub async fn opens(&self, who: UserId, message: MessageId, menu: &str) -> Shown {
        let opened = self.discord.menu(who, message, menu);
        self.shown(opened.unwrap_or_else(|error| panic!("{menu}: {error}"))).await
    }

    /// Somebody presses the button that reads so, and reads what stands there then.
    pub async fn presses(&self, who: UserId, shown: &Shown, label: &str) -> Shown {
        let pressed = self.pressed(who, shown, label);
        self.shown(pressed).await
    }

    /// Somebody presses the button that reads so.
    pub fn pressed(&self, who: UserId, shown: &Shown, label: &str) -> InteractionId {
        let button = shown.button(label);
        let pressed = self.discord.click(who, shown.message, button);
        pressed.unwrap_or_else(|error| panic!("button `{label}`: {error}"))
    }

    /// Somebody presses the button that reads so, types into the form that opens, and reads what stands there
    /// then.
    pub async fn fills_in(&self, who: UserId, shown: &Shown, label: &str, typed: &str) -> Shown {
        let sent = self.filled_in(who, shown, label, typed).await;
        self.shown(sent).await
    }

    /// Somebody presses the button that reads so, and types into the form that opens.
    pub async fn filled_in(
        &self,
        who: UserId,
        shown: &Shown,
        label: &str,
        typed: &str,
    ) -> InteractionId {
        let pressed = self.pressed(who, shown, label);
        let form =
            self.until("a form opens", |discord| match discord.interaction(pressed)?.state {
                InteractionState::Modal { form } => Some(form),
                _ => None,
            });
        let field = field(&form.await).expect("a form with a field");
        let sent = self.discord.submit(pressed, &[(&field, typed)]);
        sent.unwrap_or_else(|error| panic!("the form behind `{label}`: {error}"))
    }

    /// Waits for the answer to an interaction.
    pub async fn shown(&self, interaction: InteractionId) -> Shown {
        let answered =
            self.until("an answer", |discord| match discord.interaction(interaction)?.state {
                InteractionState::Answered { message_id } => discord.message(message_id),
                _ => None,
            });
        let message = answered.await;
        let rows = message.components.iter().flat_map(|row| row["components"].as_array());
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let button = |button: &Value| (text(&button["label"]), text(&button["custom_id"]));
        let files = message.attachments.iter().map(|file| {
            let bytes = self.discord.file(file.id).expect("a file");
            (file.filename.clone(), String::from_utf8_lossy(&bytes).into_owned())
        });
        assert!(message.pings.users.is_empty() && !message.pings.everyone, "it pings: {message:?}");
        Shown {
            message: message.id,
            text: message.content.clone(),
            buttons: rows.flatten().map(button).collect(),
            files: files.collect(),
            is_private: message.ephemeral_for.is_some(),
        }
    }
}

/// The id of a form's only field, wherever it lies in it.
fn field(form: &Value) -> Option<String> {
    let inner = match form {
        Value::Object(map) if map.get("type").is_some_and(|kind| *kind == 4) => {
            return map["custom_id"].as_str().map(str::to_owned);
        }
        Value::Object(map) => map.values().collect::<Vec<_>>(),
        Value::Array(list) => list.iter().collect(),
        _ => return None,
    };
    inner.into_iter().find_map(field)
}
