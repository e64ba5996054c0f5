//! Whether to speak, and how.

use personality::Personality;
use queue::{Addressed, Event, EventId, Person, Quoted, What};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use crate::{Document, Heard, Material, Memory, Prompt, Said, clean, plain, prompt};

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
    /// What was said before that, in short.
    pub summary: &'a str,
    /// What is remembered that matters here, oldest first.
    pub memories: &'a [Memory],
    /// Text files attached to the events.
    pub documents: &'a [Document],
    /// Whether an image was attached that the model is going to see.
    pub images: usize,
    /// Limits with their counts, this turn included.
    pub limits: &'a [Limit],
    /// Budgets with what is spent and reserved, this turn included.
    pub budgets: &'a [Budget],
    /// Discord's code, where it refused to let us post in this channel lately.
    pub channel_closed: Option<u64>,
    /// Why nobody is to answer here, where somebody has decided so.
    pub stopped: Option<Silence>,
    /// Events that are not to be heard, and why: their authors are blocked or do not want this personality, or
    /// the message is gone.
    pub unheard: &'a [(EventId, Silence)],
    /// People who are not to be roasted.
    pub not_to_roast: &'a [Id<UserMarker>],
    /// People whose words of before are not handed over.
    pub not_to_quote: &'a [Id<UserMarker>],
    /// Lines said before that are not handed over: they stand in the talk, or were erased.
    pub left_out: &'a [Id<MessageMarker>],
    /// Whether the personality speaks as its wiser self in this channel.
    pub is_wiser: bool,
    /// Whether only adults read the channel.
    pub is_age_restricted: bool,
}

/// A budget of a day, in millionths of a US dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Spent and reserved, this turn included.
    pub total: u64,
    /// Allowed.
    pub cap: u64,
    /// Milliseconds until the day ends.
    pub ends_in_ms: u64,
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

/// Which of some limits refuses a turn, if any does: of those exceeded the one that ends last, as nobody is
/// answered before that.
pub fn refusing(limits: &[Limit]) -> Option<usize> {
    let exceeded = limits.iter().enumerate().filter(|(_, limit)| limit.count > limit.cap);
    exceeded.max_by_key(|(_, limit)| limit.ends_in_ms).map(|(at, _)| at)
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
    /// The day's budget is spent.
    OverBudget,
    /// The person to be roasted does not want it.
    NotRoasted,
    /// The person whose message is to be roasted does not want their words repeated.
    NotQuoted,
    /// The message is gone.
    Deleted,
    /// The operator has paused the den, or this personality.
    Paused,
    /// The guild has paused the den.
    GuildPaused,
    /// The guild has muted the personality.
    Muted,
    /// The person who spoke does not want it to answer them.
    Silenced,
    /// The operator does not let this person speak with anybody.
    Blocked,
    /// The guild is not on the operator's allowlist.
    NotAllowed,
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
            Silence::OverBudget => "over_budget",
            Silence::NotRoasted => "not_roasted",
            Silence::NotQuoted => "not_quoted",
            Silence::Deleted => "deleted",
            Silence::Paused => "paused",
            Silence::GuildPaused => "guild_paused",
            Silence::Muted => "muted",
            Silence::Silenced => "silenced",
            Silence::Blocked => "blocked",
            Silence::NotAllowed => "not_allowed",
        }
    }

    /// Whether somebody has decided so: then nothing is said, however far the answer had come.
    pub fn is_decided(self) -> bool {
        match self {
            Silence::NotRoasted
            | Silence::NotQuoted
            | Silence::Deleted
            | Silence::Paused
            | Silence::GuildPaused
            | Silence::Muted
            | Silence::Silenced
            | Silence::Blocked
            | Silence::NotAllowed => true,
            Silence::TooLate
            | Silence::OverLimit
            | Silence::NothingSaid
            | Silence::ChannelClosed
            | Silence::NoCredit
            | Silence::OverBudget => false,
        }
    }

    /// The same in words for whoever used a command and waits for an answer. Who is blocked is not told so.
    pub fn told(self, name: &str) -> String {
        match self {
            Silence::Paused => format!("{name} rests for now. Try again later."),
            Silence::GuildPaused => {
                "Everybody here rests until an admin says `/den resume`.".to_owned()
            }
            Silence::Muted => format!("{name} is muted here; a moderator can `/unmute`."),
            Silence::Silenced => {
                format!("You have muted {name} for yourself; `/unmute` brings them back.")
            }
            Silence::NotAllowed => {
                "This server is not on the list of those who runs me.".to_owned()
            }
            Silence::OverBudget => format!("{name} has talked enough for today."),
            Silence::OverLimit => "That was a lot at once; give it a moment.".to_owned(),
            Silence::TooLate => format!("That took too long to reach {name}. Ask again."),
            Silence::ChannelClosed => {
                format!("{name} is not allowed to speak in this channel; an admin can change that.")
            }
            Silence::Deleted => "What you asked about is gone.".to_owned(),
            Silence::NothingSaid
            | Silence::NoCredit
            | Silence::NotRoasted
            | Silence::NotQuoted
            | Silence::Blocked => {
                format!("{name} has nothing to say to that.")
            }
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
    if let Some(stopped) = known.stopped {
        return Decision::StaySilent(stopped);
    }
    let because = |event: &Event| known.unheard.iter().find(|(id, _)| *id == event.id);
    let heard: Vec<&Event> = events.iter().filter(|event| because(event).is_none()).collect();
    let Some(last) = heard.last().copied() else {
        let (_, because) = because(last).expect("nobody is heard, so there is a reason");
        return Decision::StaySilent(*because);
    };
    if last.credit == 0 {
        return Decision::StaySilent(Silence::NoCredit);
    }
    let direct = heard.iter().any(|event| is_direct(event));
    let say = |line: String, because| match direct {
        true => Decision::Say { line, because },
        false => Decision::StaySilent(because),
    };
    if now_ms.saturating_sub(last.received_at_ms) > TOO_LATE_MS {
        return say(personality.lines.late.clone(), Silence::TooLate);
    }
    if let Some(limit) = refusing(known.limits).map(|at| &known.limits[at]) {
        return say(personality.lines.over_limit(&in_time(limit.ends_in_ms)), Silence::OverLimit);
    }
    if let Some(budget) = known.budgets.iter().find(|budget| budget.total > budget.cap) {
        let line = personality.lines.over_budget(&in_time(budget.ends_in_ms));
        return say(line, Silence::OverBudget);
    }
    let wish = Wish::of(last, personality);
    if let Wish::Roast { of: Some((person, name)), because } = &wish {
        let name = plain(&crate::clean_name(name), 40);
        if known.not_to_roast.contains(person) {
            let line =
                format!("{name} asked not to be roasted, and I keep to that. Offer me yourself?");
            return Decision::Say { line, because: Silence::NotRoasted };
        }
        let repeats = because.is_some() && *person != last.author.id;
        if repeats && known.not_to_quote.contains(person) {
            let line = format!(
                "{name} asked that their words be left alone, and I keep to that. Offer me yours?"
            );
            return Decision::Say { line, because: Silence::NotQuoted };
        }
    }
    let now: Vec<Heard> =
        heard.iter().filter_map(|event| said(event, personality, known)).collect();
    if now.is_empty() && known.documents.is_empty() && known.images == 0 {
        return say(personality.lines.puzzled.clone(), Silence::NothingSaid);
    }
    let now = if now.is_empty() {
        let by = Some(last.author.name.clone());
        vec![Said { by, text: "(sent a file without words)".to_owned() }.into()]
    } else {
        now
    };
    let talk = earlier_talk(known, last, personality, &now);
    let mut scene = place(last).to_owned();
    scene.push_str(wish.scene());
    if !known.not_to_roast.is_empty() {
        scene.push_str(" Someone in this talk asked not to be roasted: roast nobody who did not ask for it in the last message.");
    }
    if !known.is_age_restricted {
        scene.push_str(" Minors may read this channel: nothing sexual, whoever asks for it.");
    }
    Decision::Speak(Box::new(prompt(&Material {
        who: personality,
        is_wiser: known.is_wiser || matches!(wish, Wish::Wisdom),
        scene: &scene,
        today: &crate::day(*now_ms),
        summary: known.summary,
        memories: known.memories,
        talk: &talk,
        now: &now,
        documents: known.documents,
    })))
}

/// What a command wants.
enum Wish<'a> {
    /// An answer.
    Answer,
    /// A roast of somebody, by id and name, perhaps for what they said.
    Roast { of: Option<(Id<UserMarker>, &'a str)>, because: Option<Said> },
    /// An answer of the wiser self.
    Wisdom,
}

impl<'a> Wish<'a> {
    fn of(event: &'a Event, who: &Personality) -> Self {
        let What::Command(command) = &event.what else { return Wish::Answer };
        match command.name.as_str() {
            "roast" => {
                let of = command.person("person");
                Wish::Roast { of: of.map(|of| (of.id, of.name.as_str())), because: None }
            }
            ROAST_THIS => {
                let target = command.target.as_ref();
                Wish::Roast {
                    of: target.map(|target| (target.author.id, target.author.name.as_str())),
                    because: target
                        .map(|target| words_of(who, &target.author, target.ours, &target.text))
                        .filter(|said| !said.text.is_empty()),
                }
            }
            "higherself ask" => Wish::Wisdom,
            _ => Wish::Answer,
        }
    }

    fn scene(&self) -> &'static str {
        match self {
            Wish::Answer => "",
            Wish::Roast { because: None, .. } => {
                " You were asked to roast the person named in the last message: do it in your roast style, in one to three sentences, about what they say and do."
            }
            Wish::Roast { because: Some(_), .. } => {
                " You were asked to roast what the last message quotes: do it in your roast style, in one to three sentences."
            }
            Wish::Wisdom => " You were asked for advice in earnest.",
        }
    }
}

/// The menu that has a message roasted.
const ROAST_THIS: &str = "Roast this";

fn is_direct(event: &Event) -> bool {
    match &event.what {
        What::Message(message) => message.addressed.is_direct(),
        _ => true,
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
fn said(event: &Event, who: &Personality, known: &Known<'_>) -> Option<Heard> {
    let (quoted, text) = match &event.what {
        What::Message(message) => {
            let may_quote = |quoted: &&Quoted| {
                quoted.author.id == event.author.id
                    || !known.not_to_quote.contains(&quoted.author.id)
            };
            let quoted = message
                .reply_to
                .as_ref()
                .filter(may_quote)
                .map(|quoted| words_of(who, &quoted.author, quoted.ours, &quoted.text));
            (quoted, clean(&message.text, &message.mentions))
        }
        What::Command(command) => match Wish::of(event, who) {
            Wish::Roast { of, because } => {
                let name = of.map_or_else(|| "me".to_owned(), |(_, name)| crate::clean_name(name));
                (because, format!("Roast {name}."))
            }
            _ => (None, clean(command.option("question").unwrap_or_default(), &[])),
        },
        What::Again(again) => (None, clean(&again.text, &[])),
        _ => (None, String::new()),
    };
    let said = Said { by: Some(event.author.name.clone()), text };
    (!said.text.is_empty()).then_some(Heard { quoted, said })
}

/// What somebody said elsewhere; `ours` where a personality did, who may be this one.
fn words_of(who: &Personality, author: &Person, ours: bool, text: &str) -> Said {
    let is_own = ours && author.name == who.name;
    Said { by: (!is_own).then(|| author.name.clone()), text: clean(text, &[]) }
}

/// The window, then the lines said since that it does not hold, without what is being answered and without the
/// lines of people who do not want to be quoted, or had them erased.
fn earlier_talk(known: &Known<'_>, last: &Event, who: &Personality, now: &[Heard]) -> Vec<Said> {
    let preceding = last
        .preceding
        .iter()
        .filter(|line| !known.not_to_quote.contains(&line.author.id))
        .filter(|line| !known.left_out.contains(&line.message_id))
        .map(|line| words_of(who, &line.author, line.ours, &line.text));
    let is_now = |said: &Said| now.iter().any(|heard| heard.said == *said);
    let fresh: Vec<Said> = preceding
        .filter(|said| !said.text.is_empty() && !is_now(said) && !known.talk.contains(said))
        .collect();
    known.talk.iter().cloned().chain(fresh).collect()
}

fn in_time(ms: u64) -> String {
    match ms.div_ceil(1000) {
        s @ 0..=90 => format!("in {} seconds", s.max(1)),
        s @ 91..=5_400 => format!("in {} minutes", s.div_ceil(60)),
        s => format!("in {} hours", s.div_ceil(3_600)),
    }
}
