//! Commands and buttons: what people press, what the steward is told of it, and what they read then.

use std::collections::BTreeMap;

use den_worker::{Verdict, Worker};
use discord::Discord;
use discord_sim::{App, ChannelId, InteractionId, InteractionState, MessageId, Sim, UserId};
use personality::PersonalityId;
use queue::{Command, Event, EventId, Mention, Person, Press, STEWARD, Target, What};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc::UnboundedReceiver};
use twilight_model::id::Id;

use crate::{
    gateway,
    world::{TOKEN, World, serve},
};

/// The one command that is registered: what is asked is told to the steward by the test.
const COMMAND: &str = "den";

/// The interactions that arrive, as the listener hears them.
pub struct Heard(Mutex<UnboundedReceiver<Value>>);

impl Heard {
    pub async fn new(sim: &Sim, app: &App, discord: &Discord) -> Self {
        let command = json!([{ "name": COMMAND, "description": "What the den does", "type": 1,
                               "version": "1", "options": [] }]);
        let command: Vec<twilight_model::application::command::Command> =
            serde_json::from_value(command).expect("a command");
        let application = Id::new(app.application_id.get());
        discord.put_commands(application, &command).await.expect("registered");
        Self(Mutex::new(gateway::interactions(sim, TOKEN).await))
    }

    async fn next(&self) -> Value {
        let mut interactions = self.0.lock().await;
        let next = tokio::time::timeout(std::time::Duration::from_secs(20), interactions.recv());
        next.await.expect("in time").expect("an interaction")
    }
}

/// What somebody asks of the steward.
#[derive(Clone, Debug)]
pub enum Ask<'a> {
    Command {
        name: &'a str,
        options: &'a [(&'a str, &'a str)],
        about: Option<(UserId, String)>,
    },
    /// A menu on a message.
    Menu {
        name: &'a str,
        on: MessageId,
        personality: &'a str,
    },
    /// A button, by its id.
    Button(&'a str),
    /// A form with one field, by its id.
    Form(&'a str, &'a str),
}

/// What they read then.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub text: String,
    /// The ids of its buttons.
    pub buttons: Vec<String>,
    /// What is in its file.
    pub file: Option<String>,
}

impl Answer {
    /// Everything there is to read.
    pub fn words(&self) -> String {
        format!("{}\n{}", self.text, self.file.as_deref().unwrap_or_default())
    }
}

impl World {
    /// Somebody asks something of the steward, and reads the answer.
    pub async fn ask(
        &self,
        worker: &Worker,
        who: UserId,
        channel: ChannelId,
        ask: &Ask<'_>,
    ) -> Answer {
        let (event, interaction) = self.asked(who, channel, ask).await;
        let verdicts = serve(worker, &[event]).await;
        assert_eq!(verdicts, [Verdict::Done], "{ask:?}");
        self.answer(interaction)
    }

    /// Somebody asks something of the steward; the listener has deferred the answer.
    pub async fn asked(
        &self,
        who: UserId,
        channel: ChannelId,
        ask: &Ask<'_>,
    ) -> (Event, InteractionId) {
        let used = self.sim.world().slash(who, channel, COMMAND, &[]).expect("it is used");
        let body = self.heard.next().await;
        let (id, token) = (id(&body["id"]), text(&body["token"]));
        self.worker.discord.defer(id, &token, true).await.expect("deferred");
        let permissions =
            body["member"]["permissions"].as_str().map(|bits| bits.parse().expect("bits"));
        let what = match *ask {
            Ask::Command { name, options, ref about } => {
                let mut options: BTreeMap<String, String> = options
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                    .collect();
                let people = about.iter().map(|(person, name)| Mention {
                    id: Id::new(person.get()),
                    name: name.clone(),
                });
                let people = people.collect();
                options.extend(about.iter().map(|(id, _)| ("about".to_owned(), id.to_string())));
                let name = name.to_owned();
                What::Command(Command {
                    id,
                    token,
                    name,
                    options,
                    target: None,
                    people,
                    permissions,
                })
            }
            Ask::Menu { name, on, personality } => What::Command(Command {
                id,
                token,
                name: name.to_owned(),
                options: BTreeMap::from([("personality".to_owned(), personality.to_owned())]),
                target: Some(self.target(on)),
                people: vec![],
                permissions,
            }),
            Ask::Button(custom_id) | Ask::Form(custom_id, _) => What::Press(Press {
                id,
                token,
                custom_id: custom_id.to_owned(),
                values: vec![],
                fields: match ask {
                    Ask::Form(_, typed) => {
                        BTreeMap::from([("text".to_owned(), (*typed).to_owned())])
                    }
                    _ => BTreeMap::new(),
                },
                message_id: None,
                permissions,
            }),
        };
        let guild = body["guild_id"].as_str().map(|guild| guild.parse::<u64>().expect("an id"));
        let event = self.event(guild.map(Into::into), channel, who, &steward(), what);
        let event = Event { id: EventId::new(id.get(), &steward()), ..event };
        (event, used)
    }

    /// What stands in the place kept for the answer.
    pub fn answer(&self, interaction: InteractionId) -> Answer {
        let world = self.sim.world();
        let interaction = world.interaction(interaction).expect("an interaction");
        let InteractionState::Answered { message_id } = interaction.state else {
            panic!("not answered: {interaction:?}")
        };
        let message = world.message(message_id).expect("a message");
        let buttons = message
            .components
            .iter()
            .flat_map(|row| row["components"].as_array().cloned().unwrap_or_default().into_iter());
        let file = message.attachments.first().map(|file| {
            let bytes = world.file(file.id).expect("a file");
            String::from_utf8(bytes.to_vec()).expect("text")
        });
        Answer {
            text: message.content.clone(),
            buttons: buttons.map(|button| text(&button["custom_id"])).collect(),
            file,
        }
    }

    fn target(&self, message: MessageId) -> Target {
        let message = self.sim.world().message(message).expect("a message");
        Target {
            message_id: Id::new(message.id.get()),
            ours: message.application_id() == Some(self.app.application_id),
            author: Person {
                id: Id::new(message.author.id.get()),
                name: message.author.name.clone(),
            },
            text: message.content.clone(),
        }
    }
}

/// Who serves commands.
pub fn steward() -> PersonalityId {
    STEWARD.parse().expect("an id")
}

fn id<T>(value: &Value) -> Id<T> {
    Id::new(text(value).parse().expect("an id"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
