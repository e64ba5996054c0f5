//! A character as its file describes it.
//!
//! The documentation of every field is the text an editor shows (it becomes the JSON Schema), and the
//! bounds stand here once: the reader and the schema both take them from the attributes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    PersonalityId, Snowflake, pattern,
    settings::{Limits, Lines, Presence, Reply, Scaling},
};

/// A character of the den: who it is, how it talks, where it listens and what it may spend.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Personality {
    /// The id: the file's name without its ending. It names the queue and the function, so it is
    /// chosen once. `steward` is taken by the den itself.
    #[schemars(extend("not" = {"const": PersonalityId::STEWARD}))]
    pub id: PersonalityId,

    /// The name people see above every message, and may call at the start of their own.
    #[schemars(length(min = 1, max = 80), regex(pattern = pattern::NAME))]
    pub name: String,

    /// The picture: an https address, or the path of a .png, .jpg, .webp or .svg beside this file.
    /// Discord itself shows only pictures it can fetch by https, and no .svg.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048), regex(pattern = pattern::AVATAR))]
    pub avatar: Option<String>,

    /// The colour of its name on the den's own page, as in `#c0392b`.
    #[serde(default = "default_color")]
    #[schemars(regex(pattern = pattern::COLOR))]
    pub color: String,

    /// Who this is, in a sentence or two. Shown in lists, and the first thing the model is told.
    #[schemars(length(min = 1, max = 200))]
    pub summary: String,

    /// The real person this personality imitates. Left out for invented characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub real_name: Option<RealPerson>,

    /// What it is like: one trait per line.
    #[schemars(length(min = 1, max = 20), inner(length(min = 1, max = 300)))]
    pub traits: Vec<String>,

    /// How it talks: rhythm, favourite words, habits.
    #[schemars(length(min = 1, max = 20), inner(length(min = 1, max = 300)))]
    pub speech_patterns: Vec<String>,

    /// What it likes to talk about.
    #[serde(default)]
    #[schemars(length(max = 40), inner(length(min = 1, max = 200)))]
    pub interests: Vec<String>,

    /// How it roasts someone who asked for it.
    #[schemars(length(min = 1, max = 600))]
    pub roast_style: String,

    /// What it pricks up its ears at and keeps in mind about people, as in `food someone dislikes`.
    #[serde(default)]
    #[schemars(length(max = 40), inner(length(min = 1, max = 200)))]
    pub memory_triggers: Vec<String>,

    /// Its boundaries: what it never does or says.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 300)))]
    pub never: Vec<String>,

    /// What it is like at its wisest and kindest, for moments when jokes do not help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub higher_self: Option<HigherSelf>,

    /// Fixed lines, in character, for moments without a model.
    #[serde(default)]
    pub lines: Lines,

    /// How it answers: model, length, sampling.
    #[serde(default)]
    pub reply: Reply,

    /// Where it listens, and to which names.
    #[serde(default)]
    pub presence: Presence,

    /// How much it may be asked.
    #[serde(default)]
    pub limits: Limits,

    /// The size of its worker in the cloud.
    #[serde(default)]
    pub scaling: Scaling,

    /// Exchanges that show how it talks. The model learns its voice from them, and without a model the
    /// understudy speaks from them, so cover greetings, questions, roasts, thanks and goodbyes.
    #[schemars(length(min = 3, max = 60))]
    pub examples: Vec<Example>,
}

/// A real person and their agreement to be imitated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RealPerson {
    /// The person's name.
    #[schemars(length(min = 1, max = 100))]
    pub name: String,
    /// The person's Discord user id, in quotes. They can silence or remove this personality from Discord.
    pub discord_id: Snowflake,
    /// The person's own consent. Without it nobody is imitated.
    pub consent: Consent,
}

/// That a person agreed to be imitated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The day they agreed, as in `2026-05-31`.
    #[schemars(regex(pattern = pattern::DATE))]
    pub given_on: String,
    /// What they agreed to, in their own words.
    #[schemars(length(min = 1, max = 1000))]
    pub statement: String,
}

/// What someone says and what the personality answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// What a person says.
    #[schemars(length(min = 1, max = 500))]
    pub person: String,
    /// What the personality answers.
    #[schemars(length(min = 1, max = 1500))]
    pub reply: String,
}

/// A personality at its wisest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HigherSelf {
    /// Who it is then, in a sentence or two.
    #[schemars(length(min = 1, max = 400))]
    pub summary: String,
    /// What it is like then.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 300)))]
    pub traits: Vec<String>,
    /// How it talks then.
    #[serde(default)]
    #[schemars(length(max = 20), inner(length(min = 1, max = 300)))]
    pub speech_patterns: Vec<String>,
}

fn default_color() -> String {
    "#7a6ff0".to_owned()
}

impl Personality {
    /// Every name it answers to: its own, then its aliases.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.name.as_str()).chain(self.presence.names.iter().map(String::as_str))
    }

    /// Its picture's address, where that is one Discord can fetch.
    pub fn avatar_url(&self) -> Option<&str> {
        self.avatar.as_deref().filter(|avatar| avatar.starts_with("https://"))
    }

    /// Its picture's path, relative to the folder of its file, where it is a file.
    pub fn avatar_file(&self) -> Option<&str> {
        self.avatar.as_deref().filter(|avatar| !avatar.starts_with("https://"))
    }
}
