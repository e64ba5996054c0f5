//! Who lives in the den of one process: Grim, Mabel who has a wiser self, and Rex who imitates Ben.

use bedrock_sim::{Call, Play};
use discord_sim::UserId;
use personality::Personality;
use serde_json::{Value, json};

pub const GRIM_SAYS: &str = "The soup is thin tonight, and so am I.";
pub const MABEL_SAYS: &str = "Have some cake, dear, and tell me more.";
pub const MABEL_SAYS_WISELY: &str = "Sit down first. What is it really about?";
pub const REX_SAYS: &str = "Woof! A stick! Is it for me?";

/// What each says where a limit is reached; `{when}` is a time.
pub const OVER_LIMIT: &str = "Enough soup. Back {when}.";
/// What each says where a budget is spent.
pub const OVER_BUDGET: &str = "The pot is empty until {when}.";

/// What stands in the prompt of each, and what the model says then; the first that fits.
const TOLD: [(&str, &str); 4] = [
    ("A baker who has stopped baking for a moment to listen.", MABEL_SAYS_WISELY),
    ("A ghost who haunts a soup kitchen.", GRIM_SAYS),
    ("A baker who has seen it all.", MABEL_SAYS),
    ("A dog who found a keyboard.", REX_SAYS),
];

/// What the model answers: the line of whom it is told to be.
pub fn answer(call: &Call) -> Play {
    let told = call.body["system"].to_string();
    let found = TOLD.iter().find(|(summary, _)| told.contains(summary));
    Play::say(found.map_or("Nobody told me who I am.", |(_, line)| line))
}

/// Everybody.
pub fn all(ben: UserId) -> Vec<Personality> {
    let grim = resident("grim", "Grim", "A ghost who haunts a soup kitchen.");
    let mut mabel = resident("mabel", "Mabel", "A baker who has seen it all.");
    mabel["higher_self"] =
        json!({ "summary": "A baker who has stopped baking for a moment to listen." });
    let mut rex = resident("rex", "Rex", "A dog who found a keyboard.");
    rex["real_name"] = json!({
        "name": "Ben",
        "discord_id": ben.to_string(),
        "consent": { "given_on": "2026-05-31", "statement": "Make a dog of me." },
    });
    [grim, mabel, rex].map(|one| serde_json::from_value(one).expect("a personality")).into()
}

fn resident(id: &str, name: &str, summary: &str) -> Value {
    let example = |person: &str| json!({ "person": person, "reply": "This is an example." });
    json!({
        "id": id,
        "name": name,
        "summary": summary,
        "traits": ["made up for a story"],
        "speech_patterns": ["short sentences"],
        "roast_style": "gently, and only who asked for it",
        "lines": { "over_limit": OVER_LIMIT, "over_budget": OVER_BUDGET },
        "limits": {
            "per_person_per_minute": 120,
            "per_channel_per_minute": 600,
            "per_guild_per_day": 1_000_000,
        },
        "examples": [example("Hello"), example("How are you?"), example("Goodbye")],
    })
}
