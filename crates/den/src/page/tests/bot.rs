//! A bot with a mind of its own: what it is asked, and what a test has it answer.

use discord_sim::Sim;
use reqwest::{
    Client, Method, RequestBuilder,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tokio::time::timeout;
use twilight_gateway::{ConfigBuilder, Event, EventTypeFlags, Intents, Shard, ShardId, StreamExt};
use twilight_model::application::interaction::Interaction;

use super::den::{DEADLINE, TOKEN};

/// The version of the API it speaks.
const API: u8 = 10;

pub(super) struct Bot {
    shard: Shard,
    client: Client,
    api: String,
}

impl Bot {
    /// Connects, and registers `commands` as all there is.
    pub(super) async fn connect(sim: &Sim, application: impl ToString, commands: Value) -> Self {
        let config = ConfigBuilder::new(TOKEN.to_owned(), Intents::GUILDS)
            .proxy_url(sim.gateway_url().to_owned());
        let shard = Shard::with_config(ShardId::ONE, config.build());
        let mut bot =
            Self { shard, client: Client::new(), api: format!("{}/api/v{API}", sim.url()) };
        bot.event(|event| matches!(event, Event::Ready(_)).then_some(())).await;
        let path = format!("/applications/{}/commands", application.to_string());
        bot.send(bot.request(Method::PUT, &path).json(&commands)).await;
        bot
    }

    /// The next thing somebody wants of it.
    pub(super) async fn asked(&mut self) -> Interaction {
        self.event(|event| match event {
            Event::InteractionCreate(interaction) => Some(interaction.0),
            _ => None,
        })
        .await
    }

    /// Answers for the first time.
    pub(super) async fn respond(&self, to: &Interaction, kind: u8, data: Value) {
        let path = format!("/interactions/{}/{}/callback", to.id, to.token);
        let response = json!({ "type": kind, "data": data });
        self.send(self.request(Method::POST, &path).json(&response)).await;
    }

    /// Completes an answer that was promised.
    pub(super) async fn complete(&self, to: &Interaction, message: Value) {
        let path = original(to);
        self.send(self.request(Method::PATCH, &path).json(&message)).await;
    }

    /// Completes an answer that was promised, with a file.
    pub(super) async fn complete_with_file(&self, to: &Interaction, name: &str, content: &str) {
        let file = Part::text(content.to_owned()).file_name(name.to_owned());
        let payload = json!({ "content": "", "attachments": [{ "id": "0", "filename": name }] });
        let form = Form::new().text("payload_json", payload.to_string()).part("files[0]", file);
        self.send(self.request(Method::PATCH, &original(to)).multipart(form)).await;
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.api))
            .header("authorization", format!("Bot {TOKEN}"))
            .header("user-agent", "DiscordBot (https://example.org, 1.0)")
    }

    async fn send(&self, request: RequestBuilder) {
        let answer = request.send().await.expect("discord answers");
        let status = answer.status();
        assert!(status.is_success(), "{status}: {}", answer.text().await.unwrap_or_default());
    }

    async fn event<T>(&mut self, wanted: impl Fn(Event) -> Option<T>) -> T {
        let search = async {
            loop {
                let event = self.shard.next_event(EventTypeFlags::all()).await;
                let event = event.expect("the gateway stays").expect("and speaks clearly");
                if let Some(found) = wanted(event) {
                    return found;
                }
            }
        };
        timeout(DEADLINE, search).await.expect("it comes in time")
    }
}

fn original(to: &Interaction) -> String {
    format!("/webhooks/{}/{}/messages/@original", to.application_id, to.token)
}
