//! What a shard does with each event it receives: read it if it matters, find out whom it addresses, and
//! put it on its way. Never waits: what needs settings that are not at hand waits beside it, in
//! [`crate::waiting`].

use std::{collections::HashSet, sync::Arc};

use queue::Event;
use serde::de::DeserializeOwned;
use twilight_model::id::{Id, marker::GuildMarker};

use crate::{
    audience::Audiences,
    checkpoint::{Checkpoint, Ticket, now_ms},
    counts::Counts,
    event,
    frame::{self, Arrival, Closure, Deletion, Deletions, Departure, Header, Ready, read},
    heard::Heard,
    house::House,
    houses::Houses,
    interactions::Interactions,
    lanes::Lanes,
    ring::Ring,
    routing::Den,
    steward,
    traces::Traces,
    waiting::Waiting,
};

/// Event types whose unreadable frames are remembered, so that each is logged once.
const MAX_REMEMBERED: usize = 64;

/// How long ago a guild may have let the bot in for that to be news.
const NEWS_MS: u64 = 10 * 60 * 1_000;

/// One shard's intake.
pub struct Intake {
    pub den: Arc<Den>,
    pub houses: Arc<Houses>,
    pub checkpoint: Arc<Checkpoint>,
    pub lanes: Lanes,
    pub interactions: Interactions,
    pub counts: Arc<Counts>,
    pub ring: Ring,
    pub traces: Traces,
    pub waiting: Waiting,
    pub audiences: Arc<Audiences>,
    /// The guilds the session began with, and those that came since: they are no news when they are there
    /// again after an outage.
    pub listed: HashSet<Id<GuildMarker>>,
    pub unreadable: HashSet<String>,
}

impl Intake {
    /// Takes in an event.
    pub fn take(&mut self, header: &Header<'_>, frame: &str) {
        let Some(sequence) = header.sequence else { return };
        self.counts.received.add();
        let event = header.event.as_deref().unwrap_or_default();
        match event {
            "MESSAGE_CREATE" => {
                let heard =
                    self.read(event, frame).map(|message| Heard::Message(Box::new(message)));
                self.hear(sequence, heard);
            }
            "MESSAGE_UPDATE" => {
                let heard = self.read(event, frame).map(|edit| Heard::Edit(Box::new(edit)));
                self.hear(sequence, heard);
            }
            "MESSAGE_DELETE" => {
                let one: Option<Deletion> = self.read(event, frame);
                self.hear(sequence, one.map(|one| Heard::Deletions(one.into())));
            }
            "MESSAGE_DELETE_BULK" => {
                let heard = self.read(event, frame).map(Heard::Deletions);
                self.hear(sequence, heard);
            }
            "MESSAGE_REACTION_ADD" => {
                let heard =
                    self.read(event, frame).map(|reaction| Heard::Reaction(Box::new(reaction)));
                self.hear(sequence, heard);
            }
            "INTERACTION_CREATE" => {
                if let Some(interaction) = self.read(event, frame) {
                    self.interaction(sequence, interaction);
                }
            }
            "READY" => {
                let ready: Option<Ready> = self.read(event, frame);
                let guilds = ready.into_iter().flat_map(|ready| ready.guilds);
                self.listed = guilds.map(|guild| guild.id).collect();
                self.audiences.begin(now_ms());
            }
            "CHANNEL_DELETE" | "THREAD_DELETE" => {
                let closure = self.read(event, frame);
                let news = closure.and_then(|closure| self.closure(&closure));
                self.dispatch(sequence, news.into_iter().collect());
            }
            "CHANNEL_UPDATE" => {
                if let Some(change) = self.read(event, frame) {
                    self.audiences.channel(&change, now_ms());
                }
            }
            "GUILD_ROLE_UPDATE" => {
                if let Some(change) = self.read(event, frame) {
                    self.audiences.role(&change, now_ms());
                }
            }
            "GUILD_CREATE" => {
                let arrival = self.read(event, frame);
                let news = arrival.and_then(|arrival| self.arrival(&arrival));
                self.dispatch(sequence, news.into_iter().collect());
            }
            "GUILD_DELETE" => {
                let departure = self.read(event, frame);
                let news = departure.and_then(|departure| self.departure(&departure));
                self.dispatch(sequence, news.into_iter().collect());
            }
            _ => {}
        }
        // Whatever was not noted as received by now is rightly dropped; what was stays as it is.
        self.checkpoint.receive(sequence, 0);
    }

    /// Drops an event that cannot even be looked at.
    pub fn skip(&mut self, frame: &str) {
        let header = Header::of(frame);
        let event = header.as_ref().and_then(|header| header.event.as_deref()).unwrap_or("a frame");
        self.note_unreadable(event, "not a gateway event");
        if let Some(sequence) = header.and_then(|header| header.sequence) {
            self.checkpoint.receive(sequence, 0);
        }
    }

    /// How much is held: what is on its way to the queue, and what waits for settings before it is.
    pub fn held(&self) -> usize {
        self.lanes.depth().get() + self.waiting.len()
    }

    /// Whether something waits for settings.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Waits until settings are read that something waits for; it is then to be let go. May be given up at
    /// any point and begun again.
    pub async fn ready(&mut self) -> Vec<(Ticket, Heard)> {
        self.waiting.next().await.unwrap_or_default()
    }

    /// Deals with what waited.
    pub fn let_go(&mut self, waited: Vec<(Ticket, Heard)>) {
        for (ticket, heard) in waited {
            let house = self.houses.last_known(heard.guild_id());
            let events = self.deal(&heard, &house);
            ticket.split(events.len());
            self.put(events, &ticket);
        }
    }

    /// Deals with everything that still waits; bounded, as the readings are.
    pub async fn finish_waiting(&mut self) {
        while self.is_waiting() {
            let waited = self.ready().await;
            self.let_go(waited);
        }
    }

    /// Deals with what was heard, or lets it wait.
    fn hear(&mut self, sequence: u64, heard: Option<Heard>) {
        let Some(heard) = heard else { return };
        let guild_id = heard.guild_id();
        let must_wait = guild_id.is_some_and(|guild_id| self.waiting.has(guild_id));
        let house = match &heard {
            _ if must_wait => None,
            Heard::Message(message) if self.den.hears(message) => self.houses.of(guild_id),
            Heard::Reaction(reaction) if self.may_be_a_sign(reaction) => self.houses.of(guild_id),
            // No settings matter for these.
            _ => Some(self.houses.last_known(None)),
        };
        match (house, guild_id) {
            (Some(house), _) => {
                let events = self.deal(&heard, &house);
                self.dispatch(sequence, events);
            }
            (None, Some(guild_id)) => {
                let ticket = self.checkpoint.receive(sequence, 1);
                self.waiting.put(guild_id, ticket, heard, &self.houses);
            }
            (None, None) => {}
        }
    }

    /// Puts the events something received caused on their way.
    fn dispatch(&mut self, sequence: u64, events: Vec<Event>) {
        if events.is_empty() {
            return;
        }
        let ticket = self.checkpoint.receive(sequence, events.len());
        self.put(events, &ticket);
    }

    fn put(&self, events: Vec<Event>, ticket: &Ticket) {
        for event in events {
            self.lanes.put(self.audiences.told(event), ticket.clone());
        }
    }

    /// What something heard causes, where this holds in the house.
    fn deal(&mut self, heard: &Heard, house: &House) -> Vec<Event> {
        match heard {
            Heard::Message(message) => self.message(message, house),
            Heard::Edit(edit) => self.edit(edit).into_iter().collect(),
            Heard::Deletions(deletions) => self.deletions(deletions).into_iter().collect(),
            Heard::Reaction(reaction) => self.reaction(reaction, house).into_iter().collect(),
        }
    }

    fn message(&mut self, message: &frame::Message, house: &House) -> Vec<Event> {
        let (channel_id, message_id) = (message.channel_id, message.id);
        let line = event::line(&self.den, message);
        let mut events = Vec::new();
        if self.den.hears(message) {
            let last_speaker = self.ring.last_speaker(channel_id, message_id);
            let mut addressed = self.den.addressed(message, house, last_speaker.as_ref());
            let says_nothing = line.is_none() && message.files().next().is_none();
            if !addressed.is_empty() && says_nothing {
                self.counts.empty.add();
                addressed.clear();
            }
            if !addressed.is_empty() && !house.is_open() {
                self.counts.turned_away.add();
                addressed.clear();
            }
            if !addressed.is_empty() {
                let preceding = self.ring.before(channel_id, message_id);
                let quoted = message.referenced_message.as_ref().map(|quoted| quoted.id);
                let lines = preceding.iter().map(|line| line.message_id);
                for id in [message_id].into_iter().chain(quoted).chain(lines) {
                    self.traces.note(id);
                }
                events = event::of_message(&self.den, message, addressed, &preceding, now_ms());
            }
        } else if self.den.is_ours(message) {
            self.traces.note_ours(message_id);
        }
        if let Some(line) = line {
            let speaker = self.den.speaker(message).map(|ears| ears.id.clone());
            self.ring.push(channel_id, line, speaker);
        }
        events
    }

    fn edit(&mut self, edit: &frame::Edit) -> Option<Event> {
        if let Some(text) = &edit.content {
            let text = match self.traces.is_ours(edit.id) {
                true => event::own_words(text, edit.webhook_id.is_some()),
                false => text,
            };
            self.ring.edit(edit.channel_id, edit.id, text);
        }
        // Our own replies grow by edits, several times each.
        if !self.traces.may_be_held(edit.id) || self.traces.is_ours(edit.id) {
            return None;
        }
        let event = steward::edited(&self.den, edit, now_ms())?;
        self.counts.edits.add();
        Some(event)
    }

    fn deletions(&mut self, deletions: &Deletions) -> Option<Event> {
        self.ring.delete(deletions.channel_id, &deletions.ids);
        let held = deletions.ids.iter().copied().filter(|id| self.traces.may_be_held(*id));
        let held = Deletions { ids: held.collect(), ..*deletions };
        let event = steward::deleted(&self.den, &held, now_ms())?;
        self.counts.deletions.add_many(held.ids.len());
        Some(event)
    }

    /// Whether a reaction may be a sign on a message of ours: few are.
    fn may_be_a_sign(&self, reaction: &frame::Reaction) -> bool {
        steward::sign(reaction).is_some() && self.traces.may_be_ours(reaction.message_id)
    }

    fn reaction(&mut self, reaction: &frame::Reaction, house: &House) -> Option<Event> {
        if !self.may_be_a_sign(reaction) || !house.is_open() {
            return None;
        }
        let event = steward::reacted(&self.den, reaction, now_ms())?;
        self.counts.reactions.add();
        Some(event)
    }

    fn interaction(&mut self, sequence: u64, interaction: frame::Interaction) {
        let target = interaction.data.as_ref().and_then(|data| data.target_id);
        if let Some(message_id) = target {
            self.traces.note(message_id);
        }
        let last_speaker = interaction
            .channel_id
            .and_then(|channel| self.ring.last_speaker(channel, Id::new(u64::MAX)));
        let ticket = self.checkpoint.receive(sequence, 1);
        self.interactions.take(interaction, last_speaker, ticket);
    }

    /// What a guild that is there now causes: something if it let the bot in just now.
    fn arrival(&mut self, guild: &Arrival) -> Option<Event> {
        let now_ms = now_ms();
        let joined_at_ms = guild.joined_at_ms()?;
        let is_there = guild.unavailable != Some(true);
        let is_news = self.listed.insert(guild.id) && joined_at_ms + NEWS_MS > now_ms;
        (is_news && is_there).then(|| {
            self.counts.guild_changes.add();
            steward::joined(&self.den, guild, joined_at_ms, now_ms)
        })
    }

    /// What a channel that is not there any more causes.
    fn closure(&mut self, closure: &Closure) -> Option<Event> {
        let event = steward::closed(&self.den, closure, now_ms())?;
        self.counts.channel_deletions.add();
        Some(event)
    }

    /// What a guild that is not there any more causes: something unless that is an outage.
    fn departure(&mut self, guild: &Departure) -> Option<Event> {
        if guild.unavailable == Some(true) {
            return None;
        }
        self.listed.remove(&guild.id);
        self.counts.guild_changes.add();
        Some(steward::left(&self.den, guild.id, now_ms()))
    }

    fn read<T: DeserializeOwned>(&mut self, event: &str, frame: &str) -> Option<T> {
        match read(frame) {
            Ok(content) => Some(content),
            Err(error) => {
                // Not the error itself: it may quote the text of a message.
                let why = format!(
                    "{:?} error at byte {} of {}",
                    error.classify(),
                    error.column(),
                    frame.len()
                );
                self.note_unreadable(event, &why);
                None
            }
        }
    }

    fn note_unreadable(&mut self, event: &str, why: &str) {
        self.counts.unreadable.add();
        if self.unreadable.len() < MAX_REMEMBERED && self.unreadable.insert(event.to_owned()) {
            tracing::warn!(
                event,
                why,
                "cannot read {event}: dropped, and so will others be, silently"
            );
        }
    }
}
