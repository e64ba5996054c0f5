//! What personalities remember already, and everything that lies in the table.

use std::io::Read;

use aws_sdk_dynamodb::types::AttributeValue;
use discord_sim::{ChannelId, MessageId, UserId};
use queue::EventId;
use store::{About, Book, Episode, Fact, Kept, Origin, ReplyRow, Scope, Space, Speaker};
use twilight_model::id::Id;

use crate::{
    acting::Answer,
    world::{TABLE, World},
};

impl World {
    /// Somebody looks at what a personality remembers, in the public channel.
    pub async fn memories(&self, who: UserId, personality: &str) -> Answer {
        self.command(who, self.channel, "memories", &[("personality", personality)]).await
    }

    /// Something somebody told, in the public channel; a later one has a higher id.
    pub fn fact(&self, by: UserId, id: &str, text: &str) -> Fact {
        let digits: String = id.chars().take_while(char::is_ascii_digit).collect();
        let n: u64 = digits.parse().expect("an id begins with digits");
        Fact {
            id: id.to_owned(),
            text: text.to_owned(),
            by: Id::new(by.get()),
            by_name: self.name(by),
            to: None,
            channel_id: Id::new(self.channel.get()),
            message_id: None,
            at_ms: 1_700_000_000_000 + n % 1_000_000,
            until_ms: None,
            origin: Origin::Told,
            weight: 8,
        }
    }

    /// A personality knows something about somebody, in the guild.
    pub async fn knows(&self, personality: &str, about: UserId, fact: Fact) {
        self.knows_all(personality, about, vec![fact]).await;
    }

    /// A personality knows several things about somebody, in the guild.
    pub async fn knows_all(&self, personality: &str, about: UserId, facts: Vec<Fact>) {
        let scope = self.scope(personality);
        let name = self.sim.world().snapshot().people.into_iter().find(|one| one.id == about);
        let add = |book: &mut Book| {
            book.name = name.as_ref().map_or("Somebody".to_owned(), |one| one.name.clone());
            facts.iter().try_for_each(|fact| book.add(fact.clone()))
        };
        let about = About::Person(Id::new(about.get()));
        self.worker
            .store
            .change_book(&scope, about, add)
            .await
            .expect("kept")
            .expect("room for it");
    }

    /// What a personality knows about somebody, in the guild.
    pub async fn book(&self, personality: &str, about: UserId) -> Book {
        let about = About::Person(Id::new(about.get()));
        self.worker.store.book(&self.scope(personality), about).await.expect("a book")
    }

    /// A personality's memory of the guild.
    pub fn scope(&self, personality: &str) -> Scope {
        Scope::new(Space::Guild(Id::new(self.guild.get())), personality.parse().expect("an id"))
    }

    /// Somebody says something that a personality keeps. Returns the message.
    pub async fn said_to(
        &self,
        personality: &str,
        who: UserId,
        channel: ChannelId,
        text: &str,
    ) -> u64 {
        let message = self.sim.world().say(who, channel, text).expect("they speak").get();
        let speaker = Speaker::Person { id: Id::new(who.get()), name: self.name(who) };
        self.kept(personality, channel, message, speaker, text).await;
        message
    }

    /// A personality answered somebody, in the public channel, and nothing is kept of it but whose answer it is.
    pub async fn answered(&self, personality: &str, to: UserId, text: &str) -> MessageId {
        let channel = Id::new(self.channel.get());
        let discord = &self.worker.discord;
        let webhook = discord.create_webhook(channel, "den").await.expect("a webhook");
        let who = self.worker.roster.get(&personality.parse().expect("an id")).expect("a name");
        let speaker = discord::Speaker { name: &who.name, avatar_url: None };
        let posted = discord.execute_webhook(&webhook, None, &speaker, text).await.expect("said");
        let row = ReplyRow {
            message_id: posted.id,
            channel_id: channel,
            personality: who.id.clone(),
            event: EventId::new(posted.id.get(), &who.id),
            asker: Id::new(to.get()),
            why: "{}".to_owned(),
            messages: vec![],
            question: None,
            others: Vec::new(),
            mentions: Vec::new(),
            command: None,
        };
        self.worker.store.keep_reply(&row, self.sim.clock().now_ms()).await.expect("kept");
        posted.id.get().into()
    }

    /// The words a personality has of the guild, in the window of the public channel and for recall.
    pub async fn words(&self, personality: &str) -> Vec<String> {
        let scope = self.scope(personality);
        let store = &self.worker.store;
        let window = store.window(Id::new(self.channel.get()), &scope.personality, 0).await;
        let kept = store.episodes(&scope, None, 0).await.expect("what was said").messages;
        let all = window.expect("the window").into_iter().chain(kept);
        all.map(|message| message.text).collect()
    }

    /// A personality keeps a message.
    pub async fn kept(
        &self,
        personality: &str,
        channel: ChannelId,
        message: u64,
        speaker: Speaker,
        text: &str,
    ) {
        let space = match channel == self.channel {
            true => Space::Guild(Id::new(self.guild.get())),
            false => Space::Channel(Id::new(channel.get())),
        };
        let scope = Scope::new(space, personality.parse().expect("an id"));
        let episode = Episode {
            message_id: Id::new(message),
            channel_id: Id::new(channel.get()),
            speaker,
            text: text.to_owned(),
            reply_to: None,
            to: vec![],
            terms: vec![],
            terms_version: 0,
            drawn: Vec::new(),
            expires_s: 0,
        };
        let kept = Kept {
            scope: &scope,
            guild: self.guild_of(channel),
            channel: Id::new(channel.get()),
            episodes: &[episode],
            days: 365,
        };
        self.worker.store.keep(&kept, self.sim.clock().now_ms()).await.expect("kept");
    }

    /// Every text in the table.
    pub async fn table(&self) -> String {
        let mut pages = self.db.scan().table_name(TABLE).into_paginator().send();
        let mut all = String::new();
        while let Some(page) = pages.next().await {
            for item in page.expect("the table is read").items.unwrap_or_default() {
                all.push_str(&format!("{item:?}\n"));
                if let Some(AttributeValue::B(body)) = item.get("body") {
                    let mut unfolded = String::new();
                    let mut decoder = flate2::read::DeflateDecoder::new(body.as_ref());
                    decoder.read_to_string(&mut unfolded).expect("a page");
                    all.push_str(&unfolded);
                }
            }
        }
        all
    }
}
