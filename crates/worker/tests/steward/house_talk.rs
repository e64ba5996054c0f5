//! What stands in the channel and in the memory when Grim has answered Ann.

use discord_sim::MessageId;
use queue::EventId;
use store::{Attempt, Claimed, Episode, Kept, ReplyRow, Scope, Shown, Space, Speaker, Via};
use twilight_model::id::Id;

use crate::house::{House, grim};

impl House {
    /// Ann asked for soup, and Grim has answered in two messages. The question, and the messages of the answer.
    pub async fn grim_answered(&self) -> (MessageId, Vec<MessageId>) {
        let question =
            self.sim.world().say(self.ann, self.channel, "Grim, soup?").expect("she asks");
        let (channel, store) = (Id::new(self.channel.get()), &self.worker.store);
        let discord = &self.worker.discord;
        let known = store.channel(channel).await.expect("the store").unwrap_or_default();
        let webhook = match known.webhook {
            Some(known) => discord::Webhook { id: known.id, token: known.token },
            None => discord.create_webhook(channel, "Den").await.expect("a webhook"),
        };
        let kept = store::WebhookRow { id: webhook.id, token: webhook.token.clone() };
        let row = store::ChannelRow { webhook: Some(kept), ..store::ChannelRow::default() };
        store.keep_channel(channel, &row).await.expect("the store");
        let speaker = discord::Speaker { name: "Grim", avatar_url: None };
        let mut messages = Vec::new();
        for text in ["Always soup.", "And bread."] {
            let posted = discord.execute_webhook(&webhook, None, &speaker, text).await;
            let message_id = posted.expect("grim speaks").id;
            messages.push(Shown { message_id, channel_id: channel, via: Via::Webhook(webhook.id) });
        }
        self.keep(question, &messages).await;
        (question, messages.iter().map(|shown| MessageId::from(shown.message_id.get())).collect())
    }

    /// Ann spoke to Grim, who stayed silent for that reason. What she said.
    pub async fn grim_ignored(&self, reason: &str) -> MessageId {
        let said = self.sim.world().say(self.ann, self.channel, "Grim, hello?").expect("she asks");
        let (id, now_ms) = (EventId::new(said.get(), &grim()), self.sim.clock().now_ms());
        let attempt = Attempt { token: "one".to_owned(), now_ms, lock_ms: now_ms + 1_000 };
        let store = &self.worker.store;
        let claim = store.claim(&id, std::slice::from_ref(&id), &attempt, None);
        assert!(matches!(claim.await, Ok(Claimed::Won(_))));
        let why = chat::Explanation {
            v: 1,
            personality: "Grim".to_owned(),
            addressed: "name".to_owned(),
            reason: Some(reason.to_owned()),
            asker: self.ann.to_string(),
            ..chat::Explanation::default()
        };
        store.close(&id, &attempt, false, &why.to_json()).await.expect("the store");
        said
    }

    /// What a turn leaves behind: the rows of the reply, and both sides of the talk in the memory.
    async fn keep(&self, question: MessageId, messages: &[Shown]) {
        let (store, now_ms) = (&self.worker.store, self.sim.clock().now_ms());
        let (ann, question) = (Id::new(self.ann.get()), Id::new(question.get()));
        let why = chat::Explanation {
            v: 1,
            personality: "Grim".to_owned(),
            addressed: "name".to_owned(),
            outcome: chat::Outcome::Spoke,
            ..chat::Explanation::default()
        };
        for shown in messages {
            let row = ReplyRow {
                message_id: shown.message_id,
                channel_id: shown.channel_id,
                personality: grim(),
                event: EventId::new(question.get(), &grim()),
                asker: ann,
                why: why.to_json(),
                messages: messages.to_vec(),
                question: Some(question),
                others: Vec::new(),
                mentions: Vec::new(),
                command: None,
            };
            store.keep_reply(&row, now_ms).await.expect("the store");
        }
        let channel = messages[0].channel_id;
        let episode = |message_id, speaker, text: &str, to| Episode {
            message_id,
            channel_id: channel,
            speaker,
            text: text.to_owned(),
            reply_to: None,
            to,
            terms: vec![],
            terms_version: 0,
            drawn: Vec::new(),
            expires_s: 0,
        };
        let asked = Speaker::Person { id: ann, name: "Ann".to_owned() };
        let answer = "Always soup. And bread.";
        let episodes = [
            episode(question, asked, "Grim, soup?", vec![]),
            episode(messages[0].message_id, Speaker::Me, answer, vec![ann]),
        ];
        let guild = Id::new(self.guild.get());
        let scope = Scope::new(Space::Guild(guild), grim());
        let guild = Some(guild);
        let kept = Kept { scope: &scope, guild, channel, episodes: &episodes, days: 365 };
        store.keep(&kept, now_ms).await.expect("the store");
    }

    /// What Grim remembers of the channel.
    pub async fn remembered(&self) -> Vec<String> {
        let (store, now_ms) = (&self.worker.store, self.sim.clock().now_ms());
        let window = store.window(Id::new(self.channel.get()), &grim(), now_ms).await;
        window.expect("the store").into_iter().map(|turn| turn.text).collect()
    }
}
