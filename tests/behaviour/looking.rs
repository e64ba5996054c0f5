//! What people see of the den, and why it did what it did.

use std::sync::Arc;

use chat::Explanation;
use discord_sim::{ChannelId, GatewayNews, Message, MessageId};
use twilight_model::id::{Id, marker::MessageMarker};

use crate::{
    patience::{self, PATIENCE},
    world::World,
};

impl World {
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

    /// Waits until a character's first `n` messages stand in a channel, and returns the last of them. They
    /// may still grow; see [`World::explained`].
    pub async fn until_said(&self, who: &str, channel: ChannelId, n: usize) -> Arc<Message> {
        let what = format!("{n} messages of {who}");
        self.until(&what, |discord| {
            let messages = discord.messages(channel);
            messages.into_iter().filter(|message| message.author.name == who).nth(n - 1)
        })
        .await
    }

    /// Waits until `n` characters are done with a message, and returns why each did what it did.
    pub async fn explained(&self, message: MessageId, n: usize) -> Vec<Explanation> {
        patience::until(&format!("{n} explanations of message {message}"), async || {
            let why = self.aws.store.why(row_id(message)).await.expect("the store answers");
            if why.len() >= n {
                Ok(why.iter().map(|json| read(json)).collect())
            } else {
                Err(format!("{why:?}"))
            }
        })
        .await
    }

    /// What one character did about a message, once it is done with it.
    pub async fn why(&self, message: MessageId) -> Explanation {
        self.explained(message, 1).await.remove(0)
    }

    /// What stands in a channel, as `Name: text`, without the line that links what is answered.
    pub fn transcript(&self, channel: ChannelId) -> Vec<String> {
        let messages = self.discord.messages(channel);
        messages
            .iter()
            .map(|message| format!("{}: {}", message.author.name, words(message)))
            .collect()
    }

    /// What a character said in a channel, message by message.
    pub fn said_by(&self, who: &str, channel: ChannelId) -> Vec<String> {
        let messages = self.discord.messages(channel);
        let own = messages.iter().filter(|message| message.author.name == who);
        own.map(|message| words(message).to_owned()).collect()
    }

    /// Waits until the den has answered every message said in a channel, and checks that it answered them
    /// in order, and none of them twice: the replies as they stand, one after the other, with the messages
    /// each of them answers, are what was said.
    pub async fn until_answered_in_order(&self, channel: ChannelId, said: &[MessageId]) {
        let said: Vec<u64> = said.iter().map(|message| message.get()).collect();
        patience::until(
            &format!("answers to all that was said in channel {channel}"),
            async || {
                let answered = self.answered(channel).await;
                assert!(
                    said.starts_with(&answered),
                    "channel {channel}: said were {said:?}, but answered {answered:?}"
                );
                let n = answered.len();
                if n == said.len() { Ok(()) } else { Err(format!("{n} of {}", said.len())) }
            },
        )
        .await;
    }

    /// The messages that the replies in a channel answer, in the order of the replies.
    async fn answered(&self, channel: ChannelId) -> Vec<u64> {
        let ours = Some(self.app.application_id);
        let mut answered = Vec::new();
        let mut last = Vec::new();
        for reply in self.discord.messages(channel) {
            if reply.application_id() != ours {
                continue;
            }
            let known = self.known.lock().expect("no panic while held").get(&reply.id).cloned();
            let why = match known {
                Some(why) => why,
                None => {
                    let row = self.aws.store.reply(row_id(reply.id)).await;
                    // Not settled yet; whatever stands behind it is looked at again, too.
                    let Some(row) = row.expect("the store answers") else { break };
                    let why = read(&row.why);
                    self.known.lock().expect("no panic while held").insert(reply.id, why.clone());
                    why
                }
            };
            // A long reply is several messages, with the same explanation.
            if last != why.members {
                answered.extend(why.members.iter().map(|id| number(id.cause())));
                last = why.members;
            }
        }
        answered
    }

    /// How often something happened on the gateway.
    pub fn gateway_count(&self, is_it: impl Fn(&GatewayNews) -> bool) -> usize {
        self.discord.gateway_log().iter().filter(|event| is_it(&event.what)).count()
    }

    pub fn identifies(&self) -> usize {
        self.gateway_count(|news| matches!(news, GatewayNews::Identified { .. }))
    }

    pub fn resumes(&self) -> usize {
        self.gateway_count(|news| matches!(news, GatewayNews::Resumed { .. }))
    }

    /// What the simulators would have refused at the real Discord and at AWS.
    pub fn violations(&self) -> Vec<String> {
        let discord = self.discord.violations();
        discord.iter().map(ToString::to_string).chain(self.bedrock.violations()).collect()
    }
}

/// A message's own words: without the small line above them that links what they answer.
pub fn words(message: &Message) -> &str {
    let content = &message.content;
    let below = content.strip_prefix("-# ↩ ").and_then(|rest| rest.split_once('\n'));
    below.map_or(content, |(_, words)| words)
}

fn read(why: &str) -> Explanation {
    serde_json::from_str(why).unwrap_or_else(|error| panic!("read explanation {why}: {error}"))
}

fn row_id(message: MessageId) -> Id<MessageMarker> {
    Id::new(message.get())
}

fn number(cause: &str) -> u64 {
    cause.parse().unwrap_or_else(|_| panic!("`{cause}` is no message"))
}
