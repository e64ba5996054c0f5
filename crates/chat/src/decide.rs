//! Whether to speak, and how.

use personality::Personality;
use queue::{Addressed, Event, What};

use crate::{Document, Prompt, Said, clean, prompt};

/// After this long an answer comes out of the blue: the event is remembered, not answered.
pub(crate) const TOO_LATE_MS: u64 = 15 * 60 * 1000;

/// Everything a turn knows when it decides.
#[derive(Debug)]
pub struct Situation<'a> {
    /// Who decides.
    pub personality: &'a Personality,
    /// The events to be answered together, oldest first; never empty.
    pub events: &'a [Event],
    /// What the store and the files told.
    pub known: Known<'a>,
    /// The time now, in milliseconds since the Unix epoch.
    pub now_ms: u64,
}

/// What was gathered.
#[derive(Debug, Default)]
pub struct Known<'a> {
    /// Earlier talk, oldest first.
    pub talk: &'a [Said],
    /// Text files attached to the events.
    pub documents: &'a [Document],
    /// Whether an image was attached that the model is going to see.
    pub images: usize,
    /// Limits with their counts, this turn included.
    pub limits: &'a [Limit],
    /// Discord's code, where it refused to let us post in this channel lately.
    pub channel_closed: Option<u64>,
}

/// A limit, and how much of it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Turns counted in the span, this one included.
    pub count: u64,
    /// Turns allowed in it.
    pub cap: u64,
    /// Milliseconds until the span ends.
    pub ends_in_ms: u64,
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Ask the model this.
    Speak(Box<Prompt>),
    /// Say this fixed line, without a model.
    Say {
        /// The line, in character.
        line: String,
        /// Why no more than that.
        because: Silence,
    },
    /// Say nothing.
    StaySilent(Silence),
}

/// Why a personality did not answer with words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The event is older than 15 minutes.
    TooLate,
    /// A limit per person, channel or guild is reached.
    OverLimit,
    /// Nothing visible was said.
    NothingSaid,
    /// Discord does not let us post in the channel.
    ChannelClosed,
    /// The exchange between personalities is over.
    NoCredit,
}

impl Silence {
    /// The word explanations use for it.
    pub fn word(self) -> &'static str {
        match self {
            Silence::TooLate => "too_late",
            Silence::OverLimit => "over_limit",
            Silence::NothingSaid => "nothing_said",
            Silence::ChannelClosed => "channel_closed",
            Silence::NoCredit => "no_credit",
        }
    }
}

/// Decides what to do about `situation.events`.
pub fn decide(situation: &Situation<'_>) -> Decision {
    let Situation { personality, events, known, now_ms } = situation;
    let last = events.last().expect("a turn has at least one event");
    if known.channel_closed.is_some() {
        return Decision::StaySilent(Silence::ChannelClosed);
    }
    if last.credit == 0 {
        return Decision::StaySilent(Silence::NoCredit);
    }
    let direct = events.iter().any(is_direct);
    let say = |line: String, because| match direct {
        true => Decision::Say { line, because },
        false => Decision::StaySilent(because),
    };
    if now_ms.saturating_sub(last.received_at_ms) > TOO_LATE_MS {
        return say(personality.lines.late.clone(), Silence::TooLate);
    }
    if let Some(limit) = known.limits.iter().find(|limit| limit.count > limit.cap) {
        // The line is said once a span: to the first turn beyond the cap.
        return match limit.count == limit.cap + 1 {
            true => {
                say(personality.lines.over_limit(&in_time(limit.ends_in_ms)), Silence::OverLimit)
            }
            false => Decision::StaySilent(Silence::OverLimit),
        };
    }
    let now: Vec<Said> = events.iter().filter_map(said).collect();
    if now.is_empty() && known.documents.is_empty() && known.images == 0 {
        return say(personality.lines.puzzled.clone(), Silence::NothingSaid);
    }
    let now = if now.is_empty() {
        let by = Some(last.author.name.clone());
        vec![Said { by, text: "(sent a file without words)".to_owned() }]
    } else {
        now
    };
    let talk = earlier_talk(known.talk, last, &now);
    Decision::Speak(Box::new(prompt(personality, place(last), &talk, &now, known.documents)))
}

fn is_direct(event: &Event) -> bool {
    match &event.what {
        What::Message(message) => message.addressed.is_direct(),
        What::Command(_) => true,
    }
}

fn place(event: &Event) -> &'static str {
    match (&event.what, event.guild_id) {
        (What::Message(message), _) if message.addressed == Addressed::Chance => {
            "You are in a channel of a Discord server. Nobody addressed you; chime in lightly, in one sentence."
        }
        (_, Some(_)) => "You are in a channel of a Discord server, among several people.",
        (_, None) => "You are in a direct message, alone with one person.",
    }
}

/// What an event says, as the personality reads it; nothing where nothing visible was said.
fn said(event: &Event) -> Option<Said> {
    let text = match &event.what {
        What::Message(message) => {
            let own = clean(&message.text, &message.mentions);
            match &message.reply_to {
                Some(quoted) if !own.is_empty() => {
                    let quote = clean(&quoted.text, &[]);
                    format!(
                        "(replying to {}: \"{}\") {own}",
                        crate::clean_name(&quoted.author.name),
                        quote
                    )
                }
                _ => own,
            }
        }
        What::Command(command) => {
            clean(command.options.get("question").map_or("", String::as_str), &[])
        }
    };
    (!text.is_empty()).then(|| Said { by: Some(event.author.name.clone()), text })
}

/// The window, then the lines said since that it does not hold, without what is being answered.
fn earlier_talk(window: &[Said], last: &Event, now: &[Said]) -> Vec<Said> {
    let preceding = last
        .preceding
        .iter()
        .map(|line| Said { by: Some(line.author.name.clone()), text: clean(&line.text, &[]) });
    let fresh: Vec<Said> = preceding
        .filter(|said| !said.text.is_empty() && !now.contains(said) && !window.contains(said))
        .collect();
    window.iter().cloned().chain(fresh).collect()
}

fn in_time(ms: u64) -> String {
    match ms.div_ceil(1000) {
        s @ 0..=90 => format!("in {} seconds", s.max(1)),
        s @ 91..=5_400 => format!("in {} minutes", s.div_ceil(60)),
        s => format!("in {} hours", s.div_ceil(3_600)),
    }
}
