//! What people see of the den, and why it did what it did.

use std::{sync::Arc, time::Duration};

use bedrock_sim::Call;
use chat::Explanation;
use discord_sim::{ChannelId, Message, MessageId};
use twilight_model::id::Id;

use super::Home;
use crate::{
    looking::words,
    patience::{self, PATIENCE},
};

/// How long the listener goes on with what it knew of a guild after one of its people used a command.
const SETTINGS_AGE: Duration = Duration::from_millis(1_100);

impl Home {
    /// Waits for the world to change until `look` finds something.
    pub async fn until<T>(
        &self,
        what: &str,
        look: impl FnMut(&discord_sim::World) -> Option<T>,
    ) -> T {
        match self.discord.wait_for(PATIENCE, look).await {
            Ok(found) => found,
            Err(error) => panic!("never: {what}; {error}"),
        }
    }

    /// Waits until the listener, too, knows what a command has just changed. Nothing in Discord shows when
    /// that is, so it is waited for as long as it may take.
    pub async fn until_known(&self) {
        tokio::time::sleep(SETTINGS_AGE).await;
    }

    /// Waits until everything that was heard is dealt with, chores included.
    pub async fn settled(&self) {
        self.engine.quiet().await;
    }

    /// What a personality did about a message, or said in it, once it is done with it.
    pub async fn why(&self, message: MessageId) -> Explanation {
        patience::until(&format!("an explanation of message {message}"), async || {
            let why = self.store().why(Id::new(message.get())).await.expect("the store answers");
            let first = why.first().map(|json| serde_json::from_str(json));
            first.ok_or("nobody is done with it").map(|why| why.expect("an explanation"))
        })
        .await
    }

    /// Waits until a personality's first `n` messages stand in a channel, whole, and returns the last of them.
    pub async fn until_said(&self, who: &str, channel: ChannelId, n: usize) -> Arc<Message> {
        let what = format!("{n} messages of {who}");
        let found = self.until(&what, |discord| {
            let messages = discord.messages(channel);
            messages.into_iter().filter(|message| message.author.name == who).nth(n - 1)
        });
        let found = found.await;
        self.why(found.id).await;
        self.discord.message(found.id).expect("it was there just now")
    }

    /// What a personality said in a channel, message by message.
    pub fn said_by(&self, who: &str, channel: ChannelId) -> Vec<String> {
        let messages = self.discord.messages(channel);
        let own = messages.iter().filter(|message| message.author.name == who);
        own.map(|message| words(message).to_owned()).collect()
    }

    /// What stands in a channel, as `Name: text`, without the lines that link what is answered.
    pub fn transcript(&self, channel: ChannelId) -> Vec<String> {
        let messages = self.discord.messages(channel);
        let line = |message: &Arc<Message>| format!("{}: {}", message.author.name, words(message));
        messages.iter().map(line).collect()
    }

    /// The last call of a model.
    pub fn last_call(&self) -> Call {
        self.bedrock.calls().pop().expect("a model was asked")
    }
}
