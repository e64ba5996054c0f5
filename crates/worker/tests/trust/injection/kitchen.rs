//! A guild where people write whatever they like, wherever they can.

use bedrock_sim::Play;
use bytes::Bytes;
use den_worker::Verdict;
use discord_sim::{ChannelId, File, GuildId, Saying as Said, UserId};
use personality::PersonalityId;
use queue::{Attachment, Event, Line, Mention, Person, Quoted, What};
use twilight_model::id::Id;

use crate::{
    steward::Ask,
    world::{Saying, World, resident, serve},
};

/// What is always answered.
pub const ANSWER: &str = "Soup.";

pub struct Kitchen {
    pub world: World,
    guild: GuildId,
    channel: ChannelId,
    grim: PersonalityId,
}

impl Kitchen {
    pub async fn new() -> Self {
        let world = World::new(vec![resident("grim", "Grim")], "").await;
        world.bedrock.answer_with(|call| {
            // Notes repeat what was said, so that attempts lie in the summary and among the facts as well.
            let asked = call.last_user_text();
            match call.body["system"].to_string().contains("You keep the notes of") {
                true => Play::say(&format!(
                    "SUMMARY: {}",
                    asked.chars().take(1_500).collect::<String>()
                )),
                false => Play::say(ANSWER),
            }
        });
        let guild = world.sim.world().add_guild("The Kitchen");
        let channel = world.sim.world().add_text_channel(guild, "general").expect("a channel");
        Self { world, guild, channel, grim: "grim".parse().expect("an id") }
    }

    pub fn person(&self, name: &str) -> UserId {
        let person = self.world.add_person(name);
        self.world.sim.world().join(person, self.guild).expect("they join");
        person
    }

    /// An event that carries an attempt everywhere.
    pub fn carrying(&self, by: UserId, attempt: &str) -> Event {
        let world = self.world.sim.world();
        let file = File {
            name: "notes.txt".to_owned(),
            content_type: Some("text/plain".to_owned()),
            bytes: Bytes::from(attempt.to_owned()),
        };
        let said = Said { files: vec![file], ..Said::default() };
        let stands = world.say_with(by, self.channel, said).expect("they speak");
        let file = world.message(stands).expect("a message").attachments[0].clone();
        let saying = Saying {
            guild: Some(self.guild),
            channel: self.channel,
            by,
            to: &self.grim,
            text: "Grim?",
        };
        let mut event = self.world.says(&saying);
        let somebody = |id: u64| Person { id: Id::new(id), name: attempt.to_owned() };
        event.author.name = attempt.to_owned();
        event.preceding = vec![Line {
            message_id: Id::new(700),
            author: somebody(70),
            text: attempt.chars().take(300).collect(),
            ours: false,
        }];
        let What::Message(message) = &mut event.what else { unreachable!("it is a message") };
        // As the listener hands over what a message passes on.
        let passed_on = attempt.replace(['[', '［'], "(").replace([']', '］'], ")");
        message.text = format!(
            "<@72> {attempt}\n[forwards a message: {passed_on}]\n[sticker: {passed_on}]\n[poll: {passed_on}]"
        );
        message.mentions = vec![Mention { id: Id::new(72), name: attempt.to_owned() }];
        message.reply_to = Some(Quoted {
            message_id: Id::new(701),
            author: somebody(71),
            text: attempt.chars().take(500).collect(),
            ours: false,
        });
        message.attachments = vec![Attachment {
            id: Id::new(file.id.get()),
            filename: format!("{attempt}.txt"),
            content_type: Some("text/plain".to_owned()),
            size: file.size as u64,
            url: file.url.clone(),
        }];
        event
    }

    /// Somebody has an attempt remembered.
    pub async fn remembered(&self, by: UserId, attempt: &str) {
        let options = [("what", attempt), ("personality", "grim")];
        let ask = Ask::Command { name: "remember", options: &options, about: None };
        self.world.ask(&self.world.worker, by, self.channel, &ask).await;
    }

    pub async fn served(&self, events: &[Event]) {
        let verdicts = serve(&self.world.worker, events).await;
        assert_eq!(verdicts, vec![Verdict::Done; events.len()]);
    }
}
