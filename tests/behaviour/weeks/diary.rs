//! The diary: acts as people do, lets time pass, and writes down what everybody could see, and beside each
//! answer what the model was handed over for it.

mod acting;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bedrock_sim::Call;
use discord_sim::{ChannelId, MessageId, UserId};

use super::{
    model::{answer, is_digest, memories, n_turns, notes},
    page::remembered,
    plain::Names,
};
use crate::home::Home;

const DAY: Duration = Duration::from_secs(86_400);
/// How long before today the story begins, in days.
const AGO: u64 = 60;

pub struct Diary {
    pub home: Home,
    /// The channel of another guild, in which both are, too.
    pub lobby: ChannelId,
    names: Names,
    lines: Vec<String>,
    day: u64,
    /// Where the last line was said.
    place: Option<ChannelId>,
    /// Calls of the model that were looked at.
    n_calls: usize,
    /// Words that no call may have, unless it is about that channel.
    taboo: Vec<(&'static str, Option<ChannelId>)>,
}

impl Diary {
    pub async fn begin() -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let today = now.as_secs() / DAY.as_secs();
        let first_day = today - AGO;
        // At noon, so that no day ends while something is said.
        let begins = DAY * u32::try_from(first_day).expect("a day") + DAY / 2;
        let begins_ms = u64::try_from(begins.as_millis()).expect("a time");
        let home = Home::open_since(Some(begins_ms)).await;
        home.bedrock.answer_with(answer);
        let warren = home.discord.add_guild("The Warren");
        let lobby = home.discord.add_text_channel(warren, "lobby").expect("a channel");
        for person in [home.ann, home.ben] {
            home.discord.join(person, warren).expect("they join");
        }
        let mut names = Names::since(first_day, today);
        let world = home.discord.snapshot();
        for person in &world.people {
            names.call(person.id, &person.name);
        }
        for guild in &world.guilds {
            names.call(guild.id, &guild.name);
            for channel in &guild.channels {
                names.call(channel.id, format!("#{} of {}", channel.name, guild.name));
            }
        }
        Self { home, lobby, names, lines: vec![], day: 1, place: None, n_calls: 0, taboo: vec![] }
    }

    /// The story so far.
    pub fn told(&self) -> String {
        self.lines.join("\n")
    }

    /// Lets time pass until the `day`-th day.
    pub fn day(&mut self, day: u64) {
        let passed = DAY * u32::try_from(day - self.day).expect("days go by");
        self.home.sim.clock().advance(passed);
        self.day = day;
        self.place = None;
        self.lines.push(format!("\n== day {day} =="));
    }

    /// From now on no model is told these words, whoever asks.
    pub fn never_again(&mut self, words: &[&'static str]) {
        self.taboo.extend(words.iter().map(|word| (*word, None)));
    }

    /// No model is told these words but for an answer in that channel.
    pub fn never_outside(&mut self, channel: ChannelId, words: &[&'static str]) {
        self.taboo.extend(words.iter().map(|word| (*word, Some(channel))));
    }

    /// Somebody says something to Grim, who answers.
    pub async fn says(&mut self, who: UserId, channel: ChannelId, text: &str) -> MessageId {
        self.at(channel);
        self.note(&format!("{}: {text}", self.name(who)));
        let (said, calls) = self.answered(who, channel, text).await;
        for call in calls.iter().filter(|call| !is_digest(call)) {
            self.note(&format!("    talk: {} turns", n_turns(call)));
            for memory in memories(call) {
                self.note(&format!("    memory: {}", remembered(&memory)));
            }
        }
        let answer = self.home.said_by("Grim", channel).pop().unwrap_or_default();
        self.note(&format!("Grim: {answer}"));
        self.note_digests(&calls);
        said
    }

    /// Somebody says something to Grim, of which no more is told than that.
    pub async fn says_by_the_way(&mut self, who: UserId, channel: ChannelId, text: &str) {
        self.at(channel);
        self.note(&format!("{}: {text}", self.name(who)));
        let (_, calls) = self.answered(who, channel, text).await;
        self.note_digests(&calls);
    }

    /// Waits for the answer and everything it causes: what was asked of the model.
    async fn answered(
        &mut self,
        who: UserId,
        channel: ChannelId,
        text: &str,
    ) -> (MessageId, Vec<Call>) {
        let n_said = self.home.said_by("Grim", channel).len();
        let said = self.home.says(who, channel, text);
        self.home.until_said("Grim", channel, n_said + 1).await;
        self.home.settled().await;
        let calls = self.home.bedrock.calls().split_off(self.n_calls);
        self.n_calls += calls.len();
        for (word, only) in &self.taboo {
            let is_told = |call: &Call| call.body["messages"].to_string().contains(word);
            let is_taboo = *only != Some(channel) && !text.contains(word);
            assert!(!is_taboo || !calls.iter().any(is_told), "`{word}` is told: {calls:#?}");
        }
        (said, calls)
    }

    fn note_digests(&mut self, calls: &[Call]) {
        for call in calls.iter().filter(|call| is_digest(call)) {
            self.note("(Grim's notes are made)");
            for line in notes(call).lines() {
                self.note(&format!("    {line}"));
            }
        }
    }

    /// The place is told where it is another one.
    fn at(&mut self, channel: ChannelId) {
        if self.place.replace(channel) != Some(channel) {
            let place = self.names.plain(&channel.to_string());
            self.lines.push(format!("-- {place}"));
        }
    }

    fn note(&mut self, text: &str) {
        let plain = self.names.plain(text);
        self.lines.extend(plain.lines().map(|line| line.trim_end().to_owned()));
    }

    fn name(&self, who: UserId) -> &'static str {
        if who == self.home.ann { "Ann" } else { "Ben" }
    }
}
