//! What people do: commands, menus, buttons and forms, through the simulated Discord.

use std::{collections::BTreeMap, time::Duration};

use den_worker::{Deadline, Delivery, Verdict};
use discord_sim::{ChannelId, InteractionState, MessageId, UserId};
use queue::{Command, Event, EventId, Mention, Person, Press, Target, VERSION, What};
use serde_json::{Value, json};
use twilight_model::{
    http::interaction::InteractionResponse,
    id::{Id, marker::GuildMarker},
};

use crate::world::{COMMAND, World, steward};

/// What somebody did, on its way to the steward.
#[derive(Clone)]
pub struct Used {
    pub event: Event,
    interaction: discord_sim::InteractionId,
}

/// What they read then.
#[derive(Clone, Debug)]
pub struct Answer {
    pub text: String,
    /// Labels and ids.
    pub buttons: Vec<(String, String)>,
    pub message: MessageId,
    pub file: Option<(String, Vec<u8>)>,
}

impl Answer {
    /// The id of the button that reads so.
    #[track_caller]
    pub fn button(&self, label: &str) -> &str {
        let found = self.buttons.iter().find(|(known, _)| known == label);
        found.map(|(_, id)| id.as_str()).unwrap_or_else(|| panic!("no button {label}: {self:?}"))
    }

    pub fn labels(&self) -> Vec<&str> {
        self.buttons.iter().map(|(label, _)| label.as_str()).collect()
    }
}

impl World {
    /// Somebody uses a command, and reads the answer.
    pub async fn command(
        &self,
        who: UserId,
        channel: ChannelId,
        name: &str,
        options: &[(&str, &str)],
    ) -> Answer {
        let used = self.used(who, channel, name, options).await;
        self.served(&used).await
    }

    /// Somebody uses a command; the listener has deferred the answer.
    pub async fn used(
        &self,
        who: UserId,
        channel: ChannelId,
        name: &str,
        options: &[(&str, &str)],
    ) -> Used {
        let (body, interaction) = self.began(who, channel).await;
        let options: BTreeMap<String, String> =
            options.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let people = self.sim.world().snapshot().people;
        let people = people.into_iter().filter(|person| {
            let id = person.id.to_string();
            options.values().any(|value| *value == id || value.contains(&format!("<@{id}>")))
        });
        let people = people
            .map(|person| Mention { id: Id::new(person.id.get()), name: person.name })
            .collect();
        let command = Command {
            id: id(&body["id"]),
            token: text(&body["token"]),
            name: name.to_owned(),
            options,
            target: None,
            people,
            permissions: permissions(&body),
        };
        Used { event: self.event(&body, What::Command(command)), interaction }
    }

    /// Somebody opens a menu on a message.
    pub async fn menu(&self, who: UserId, message: MessageId, name: &str, whom: &str) -> Used {
        let message = self.sim.world().message(message).expect("a message");
        let mut used = self.used(who, message.channel_id, name, &[("personality", whom)]).await;
        let What::Command(command) = &mut used.event.what else { unreachable!("it is a command") };
        command.target = Some(Target {
            message_id: Id::new(message.id.get()),
            ours: message.application_id() == Some(self.app.application_id),
            author: Person {
                id: Id::new(message.author.id.get()),
                name: message.author.name.clone(),
            },
            text: message.content.clone(),
        });
        used
    }

    /// Somebody presses the button that reads so, and reads what the message says then.
    pub async fn press(&self, who: UserId, answer: &Answer, label: &str) -> Answer {
        let used = self.pressed(who, answer, label).await;
        self.served(&used).await
    }

    /// Somebody presses the button that reads so.
    pub async fn pressed(&self, who: UserId, answer: &Answer, label: &str) -> Used {
        let button = answer.button(label).to_owned();
        let interaction =
            self.sim.world().click(who, answer.message, &button).expect("it is pressed");
        let body = self.heard().await;
        self.worker
            .discord
            .defer_update(id(&body["id"]), &text(&body["token"]))
            .await
            .expect("acknowledged");
        self.press_event(&body, interaction, button, BTreeMap::new())
    }

    /// Somebody presses the button that reads so, fills in the form that opens, and reads what the message
    /// says then.
    pub async fn fill_in(&self, who: UserId, answer: &Answer, label: &str, typed: &str) -> Answer {
        let used = self.filled_in(who, answer, label, typed).await;
        self.served(&used).await
    }

    /// Somebody presses the button that reads so, and fills in the form that opens.
    pub async fn filled_in(&self, who: UserId, answer: &Answer, label: &str, typed: &str) -> Used {
        let button = answer.button(label).to_owned();
        let world = self.sim.world();
        let opened = world.click(who, answer.message, &button).expect("it is pressed");
        let body = self.heard().await;
        let input = json!({"type": 4, "custom_id": "text", "label": "It should say", "style": 2});
        let form = json!({"type": 9, "data": {
            "custom_id": button, "title": "Correct it",
            "components": [{"type": 1, "components": [input]}],
        }});
        let form: InteractionResponse = serde_json::from_value(form).expect("a form");
        let (id_of, token) = (id(&body["id"]), text(&body["token"]));
        self.worker.discord.respond(id_of, &token, form).await.expect("a form opens");
        let interaction = world.submit(opened, &[("text", typed)]).expect("it is sent");
        let body = self.heard().await;
        self.worker
            .discord
            .defer_update(id(&body["id"]), &text(&body["token"]))
            .await
            .expect("acknowledged");
        let fields = BTreeMap::from([("text".to_owned(), typed.to_owned())]);
        self.press_event(&body, interaction, button, fields)
    }

    /// Somebody presses a button that no message has.
    pub async fn forged(
        &self,
        who: UserId,
        channel: ChannelId,
        custom_id: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let (body, interaction) = self.began(who, channel).await;
        let fields =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let used = self.press_event(&body, interaction, custom_id.to_owned(), fields);
        self.served(&used).await
    }

    /// The steward deals with it, and they read the answer.
    pub async fn served(&self, used: &Used) -> Answer {
        assert_eq!(self.serve(&used.event).await, Verdict::Done);
        self.answer(used)
    }

    /// The steward is handed an event.
    pub async fn serve(&self, event: &Event) -> Verdict {
        let delivery = Delivery { body: event.write(), receives: 1 };
        let deadline = Deadline::after(Duration::from_secs(30));
        let verdicts = self.worker.serve(&[delivery], deadline).await;
        assert!(self.sim.world().violations().is_empty(), "{:?}", self.sim.world().violations());
        verdicts.into_iter().next().expect("a verdict")
    }

    /// What stands in the place kept for the answer.
    #[track_caller]
    pub fn answer(&self, used: &Used) -> Answer {
        let world = self.sim.world();
        let interaction = world.interaction(used.interaction).expect("an interaction");
        let InteractionState::Answered { message_id } = interaction.state else {
            panic!("not answered: {interaction:?}")
        };
        let message = world.message(message_id).expect("a message");
        assert!(message.pings.users.is_empty() && !message.pings.everyone, "it pings");
        let buttons = message
            .components
            .iter()
            .flat_map(|row| row["components"].as_array().cloned().unwrap_or_default().into_iter());
        let buttons = buttons.map(|button| (text(&button["label"]), text(&button["custom_id"])));
        let file = message.attachments.first().map(|file| {
            let bytes = world.file(file.id).expect("a file");
            (file.filename.clone(), bytes.to_vec())
        });
        Answer {
            text: message.content.clone(),
            buttons: buttons.collect(),
            message: message_id,
            file,
        }
    }

    /// An event of something that is answered by nobody, in `channel`.
    pub fn event_of(&self, who: UserId, channel: ChannelId, what: What) -> Event {
        let cause = fastrand::u64(1..u64::MAX);
        Event {
            v: VERSION,
            id: EventId::new(cause, &steward()),
            personality: steward(),
            application_id: Id::new(self.app.application_id.get()),
            guild_id: self.guild_of(channel),
            channel_id: Id::new(channel.get()),
            author: Person { id: Id::new(who.get()), name: self.name(who) },
            what,
            preceding: vec![],
            credit: 3,
            trace: None,
            received_at_ms: self.sim.clock().now_ms(),
            audience_changed_ms: 0,
        }
    }

    /// The guild of a channel; none of a direct message.
    pub fn guild_of(&self, channel: ChannelId) -> Option<Id<GuildMarker>> {
        let world = self.sim.world().snapshot();
        let is_direct = world.direct_messages.iter().any(|direct| direct.id == channel);
        (!is_direct).then(|| Id::new(self.guild.get()))
    }

    pub fn name(&self, who: UserId) -> String {
        let people = self.sim.world().snapshot().people;
        people.into_iter().find(|person| person.id == who).expect("a person").name
    }

    fn press_event(
        &self,
        body: &Value,
        interaction: discord_sim::InteractionId,
        custom_id: String,
        fields: BTreeMap<String, String>,
    ) -> Used {
        let press = Press {
            id: id(&body["id"]),
            token: text(&body["token"]),
            custom_id,
            values: vec![],
            fields,
            message_id: None,
            permissions: permissions(body),
        };
        Used { event: self.event(body, What::Press(press)), interaction }
    }

    fn event(&self, body: &Value, what: What) -> Event {
        let user = if body["member"].is_object() { &body["member"]["user"] } else { &body["user"] };
        let who = UserId::from(id::<()>(&user["id"]).get());
        let channel = ChannelId::from(id::<()>(&body["channel_id"]).get());
        let guild_id = body["guild_id"].as_str().map(|guild| guild.parse().expect("an id"));
        let cause = id::<()>(&body["id"]).get();
        let event_id = EventId::new(cause, &steward());
        Event { id: event_id, guild_id, ..self.event_of(who, channel, what) }
    }

    /// A command begins, and the listener defers its answer, for their eyes only.
    async fn began(&self, who: UserId, channel: ChannelId) -> (Value, discord_sim::InteractionId) {
        let used = self.sim.world().slash(who, channel, COMMAND, &[]).expect("it is used");
        let body = self.heard().await;
        let (interaction, token) = (id(&body["id"]), text(&body["token"]));
        self.worker.discord.defer(interaction, &token, true).await.expect("deferred");
        (body, used)
    }

    async fn heard(&self) -> Value {
        let mut interactions = self.interactions.lock().await;
        let next = tokio::time::timeout(Duration::from_secs(20), interactions.recv());
        next.await.expect("in time").expect("an interaction")
    }
}

fn id<T>(value: &Value) -> Id<T> {
    Id::new(text(value).parse().expect("an id"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

fn permissions(body: &Value) -> Option<u64> {
    body["member"]["permissions"].as_str().map(|bits| bits.parse().expect("bits"))
}
