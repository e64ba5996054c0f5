//! What people do beside talking, and what they read then.

use discord_sim::{ChannelId, MessageId, UserId};

use super::Diary;
use crate::{home::Shown, weeks::page};

impl Diary {
    /// Somebody uses a command.
    pub async fn uses(
        &mut self,
        who: UserId,
        channel: ChannelId,
        command: &str,
        options: &[(&str, &str)],
    ) -> Shown {
        self.at(channel);
        let options_told = options.iter().map(|(name, value)| format!(" {name}:{value}"));
        let told =
            format!("{} uses /{command}{}", self.name(who), options_told.collect::<String>());
        self.note(&told);
        let shown = self.home.uses(who, channel, command, options).await;
        self.reads(who, shown)
    }

    /// Somebody presses a button.
    pub async fn presses(&mut self, who: UserId, shown: &Shown, label: &str) -> Shown {
        self.note(&format!("{} presses [{label}]", self.name(who)));
        let shown = self.home.presses(who, shown, label).await;
        self.reads(who, shown)
    }

    /// Somebody presses a button and fills in the form that opens.
    pub async fn fills_in(
        &mut self,
        who: UserId,
        shown: &Shown,
        label: &str,
        typed: &str,
    ) -> Shown {
        self.note(&format!("{} presses [{label}] and types: {typed}", self.name(who)));
        let shown = self.home.fills_in(who, shown, label, typed).await;
        self.reads(who, shown)
    }

    /// Somebody changes what they said.
    pub async fn edits(&mut self, who: UserId, message: MessageId, text: &str) {
        let (before, channel) = self.message(message);
        self.home.discord.edit(who, message, text).expect("it is theirs");
        self.at(channel);
        self.note(&format!("{} edits “{before}” to “{text}”", self.name(who)));
        self.followed(who, channel).await;
    }

    /// Somebody deletes what they said.
    pub async fn deletes(&mut self, who: UserId, message: MessageId) {
        let (before, channel) = self.message(message);
        self.home.discord.delete(who, message).expect("it is theirs");
        self.at(channel);
        self.note(&format!("{} deletes “{before}”", self.name(who)));
        self.followed(who, channel).await;
    }

    /// Waits until what happened in a channel is followed: what is asked there afterwards is answered after it.
    async fn followed(&self, who: UserId, channel: ChannelId) {
        self.home.uses(who, channel, "personalities", &[]).await;
    }

    fn message(&self, message: MessageId) -> (String, ChannelId) {
        let message = self.home.discord.message(message).expect("it was said");
        (message.content.clone(), message.channel_id)
    }

    fn reads(&mut self, who: UserId, shown: Shown) -> Shown {
        assert!(shown.is_private, "others can read it: {}", shown.text);
        let text = shown.text.replace('\n', "\n    ");
        let buttons: String = shown.labels().iter().map(|label| format!(" [{label}]")).collect();
        self.note(&format!("    only {} reads: {text}{buttons}", self.name(who)));
        for (name, content) in &shown.files {
            self.note(&format!("    with the file {name}:"));
            for line in page::file(content) {
                self.note(&format!("    {line}"));
            }
        }
        shown
    }
}
