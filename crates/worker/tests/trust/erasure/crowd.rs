//! A den in which much was said by many.

use std::collections::BTreeSet;

use bedrock_sim::Play;
use discord_sim::{ChannelId, GuildId, UserId};
use personality::PersonalityId;
use queue::{Event, Line};
use store::{About, Episode, Fact, Kept, Origin, Scope, Speaker, Summary};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, UserMarker},
};

use crate::world::{World, now_ms, resident};

/// What the words of the person begin with who goes, and those of the others.
pub const MINE: &str = "quillwort";
pub const THEIRS: &str = "saxifrage";
/// Messages of theirs in each of the places, and how many of others' come to one of them.
const EACH: u64 = 600;
const OTHERS: u64 = 8;
/// Messages kept at once.
const AT_ONCE: usize = 40;

pub struct Crowd {
    pub world: World,
    pub vic: UserId,
    pub ann: UserId,
    pub grim: PersonalityId,
    pub guilds: [GuildId; 2],
    /// A public one of each guild, a private one of the first, and a direct message.
    pub channels: [ChannelId; 4],
    /// How many messages of theirs are kept.
    pub n_messages: usize,
}

impl Crowd {
    pub async fn new() -> Self {
        let residents = vec![resident("grim", "Grim"), resident("mabel", "Mabel")];
        let world = World::new(residents, "").await;
        world.bedrock.answer_with(|_| Play::say("Soup."));
        let (vic, ann) = (world.add_person("Vic"), world.add_person("Ann"));
        let sim = world.sim.world();
        let guilds = ["The Crypt", "The Kitchen"].map(|name| {
            let guild = sim.add_guild(name);
            for person in [vic, ann] {
                sim.join(person, guild).expect("they join");
            }
            guild
        });
        let [crypt, kitchen] =
            guilds.map(|guild| sim.add_text_channel(guild, "general").expect("a channel"));
        let cellar = sim.add_private_channel(guilds[0], "cellar", &[vic, ann]).expect("a channel");
        let direct = sim.open_dm(vic, world.app.application_id).expect("a channel");
        let channels = [crypt, kitchen, cellar, direct];
        let grim: PersonalityId = "grim".parse().expect("an id");
        let mut crowd = Self { world, vic, ann, grim, guilds, channels, n_messages: 0 };
        crowd.n_messages = crowd.fill().await;
        crowd
    }

    /// Much is said, to both personalities, and some of it is folded. Returns how many messages go with one.
    async fn fill(&self) -> usize {
        let mut n_messages = 0;
        let mabel: PersonalityId = "mabel".parse().expect("an id");
        let [crypt, kitchen] = self.guilds.map(|guild| Some(Id::new(guild.get())));
        let places = [
            (crypt, self.channels[0], true, &self.grim),
            (crypt, self.channels[0], true, &mabel),
            (kitchen, self.channels[1], true, &self.grim),
            (kitchen, self.channels[1], true, &mabel),
            (crypt, self.channels[2], false, &self.grim),
            (None, self.channels[3], false, &self.grim),
        ];
        for (n, (guild, channel, is_public, personality)) in places.into_iter().enumerate() {
            let channel = Id::new(channel.get());
            let scope = Scope::written_in(guild, channel, is_public, personality);
            let said = self.said(n as u64, channel);
            n_messages += said.iter().filter(|episode| episode.belongs_to(self.person())).count();
            for episodes in said.chunks(AT_ONCE) {
                let kept = Kept { scope: &scope, guild, channel, episodes, days: 365 };
                self.world.store.keep(&kept, now_ms()).await.expect("kept");
            }
            if n == 0 {
                while self.world.store.seal(&scope, now_ms()).await.expect("folded") {}
            }
            self.learn(n, &scope, channel).await;
        }
        n_messages
    }

    /// What is said in a place: mostly by one, sometimes by others, and sometimes answered.
    fn said(&self, place: u64, channel: Id<ChannelMarker>) -> Vec<Episode> {
        let (vic, ann) = (self.person(), Id::new(self.ann.get()));
        let first = (now_ms() - 1_420_070_400_000 - 7 * 86_400_000) << 22;
        let episode = |n: u64, speaker, text: String, to| Episode {
            message_id: Id::new(first + ((place * 10_000 + n) << 12)),
            channel_id: channel,
            speaker,
            text,
            reply_to: None,
            to,
            terms: vec![],
            terms_version: 0,
            drawn: Vec::new(),
            expires_s: 0,
        };
        let person = |id, name: &str| Speaker::Person { id, name: name.to_owned() };
        let of_vic = (0..EACH).map(|n| {
            let text = format!("my garden has {MINE}{place}x{n} in it");
            match n % 10 {
                9 => episode(n * 2, Speaker::Me, format!("so, {MINE}{place}x{n}"), vec![vic]),
                _ => episode(n * 2, person(vic, "Vic"), text, vec![]),
            }
        });
        let of_ann = (0..EACH / OTHERS).map(|n| {
            let text = format!("mine has {THEIRS}{place}x{n}");
            match n % 10 {
                9 => {
                    episode(n * 16 + 1, Speaker::Me, format!("so, {THEIRS}{place}x{n}"), vec![ann])
                }
                _ => episode(n * 16 + 1, person(ann, "Ann"), text, vec![]),
            }
        });
        let mut said: Vec<Episode> = of_vic.chain(of_ann).collect();
        said.sort_by_key(|episode| episode.message_id);
        said
    }

    /// What is known about both, told by themselves and by each other, and a summary.
    async fn learn(&self, place: usize, scope: &Scope, channel: Id<ChannelMarker>) {
        let (vic, ann) = (self.person(), Id::new(self.ann.get()));
        let store = &self.world.store;
        let told = [
            (vic, vic, format!("grows {MINE}fact{place}own")),
            (vic, ann, format!("grows {MINE}fact{place}told")),
            // Told by them about somebody else, it is theirs as well.
            (ann, vic, format!("grows {MINE}fact{place}of-ann")),
            (ann, ann, format!("grows {THEIRS}fact{place}own")),
        ];
        for (n, (about, by, text)) in told.into_iter().enumerate() {
            let fact = Fact {
                id: format!("{}", 1_000 * place + n + 1),
                text,
                by,
                by_name: if by == vic { "Vic" } else { "Ann" }.to_owned(),
                to: None,
                channel_id: channel,
                message_id: None,
                at_ms: now_ms(),
                until_ms: None,
                origin: Origin::Told,
                weight: 8,
            };
            let add = |book: &mut store::Book| {
                book.name = if about == vic { "Vic" } else { "Ann" }.to_owned();
                book.add(fact.clone())
            };
            store.change_book(scope, About::Person(about), add).await.expect("kept").expect("room");
        }
        let set = |summary: &mut Summary| {
            summary.text = format!("Vic grows {MINE}summary{place}.");
            summary.speakers = vec![vic, ann];
            Ok::<_, std::convert::Infallible>(())
        };
        let changed = store.change_summary(
            channel,
            &scope.personality,
            store::retention::SUMMARY,
            now_ms(),
            set,
        );
        let Ok(()) = changed.await.expect("kept");
    }

    /// The person who goes.
    pub fn person(&self) -> Id<UserMarker> {
        Id::new(self.vic.get())
    }

    /// What somebody said, as a line before what another one says.
    pub fn line_of(&self, event: &Event) -> Vec<Line> {
        let message = event.message().expect("a message");
        vec![Line {
            message_id: message.id,
            author: event.author.clone(),
            text: message.text.clone(),
            ours: false,
        }]
    }
}

/// The words in these texts that begin so.
pub fn words(texts: &[String], beginning: &str) -> BTreeSet<String> {
    let split = |text: &String| {
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let words = words.filter(|word| word.starts_with(beginning)).map(str::to_owned);
        words.collect::<Vec<_>>()
    };
    texts.iter().flat_map(split).collect()
}
