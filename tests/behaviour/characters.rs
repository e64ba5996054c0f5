//! Who lives in the den of the stories: Grim, Mabel and Rex, each with one thing to say.

use std::{fs, path::Path};

use bedrock_sim::{Call, Play};
use discord_sim::ChannelId;
use serde_json::{Value, json};

/// Id, name, what the model is told of it, and what the model says as it.
const CHARACTERS: [(&str, &str, &str, &str); 3] = [
    ("grim", "Grim", "A ghost who haunts a soup kitchen.", GRIM_SAYS),
    ("mabel", "Mabel", "A baker who has seen it all.", MABEL_SAYS),
    ("rex", "Rex", "A dog who found a keyboard.", REX_SAYS),
];

pub const GRIM_SAYS: &str = "The soup is thin tonight, and so am I.";
pub const MABEL_SAYS: &str = "Have some cake, dear, and tell me more.";
pub const REX_SAYS: &str = "Woof! A stick! Is it for me?";

/// What each says where the model fails.
pub const UNAVAILABLE: &str = "My ladle is stuck. Ask me again in a minute.";
/// What each says where nothing was said.
pub const PUZZLED: &str = "That was air.";
/// What stands in everybody's examples, and must never be said while a model is configured.
pub const EXAMPLE: &str = "This is an example and nothing else.";

pub fn ids() -> Vec<String> {
    CHARACTERS.iter().map(|(id, ..)| (*id).to_owned()).collect()
}

/// What the model answers: the line of whom it is told to be.
pub fn answer(call: &Call) -> Play {
    let told = call.body["system"].to_string();
    let found = CHARACTERS.iter().find(|(_, _, summary, _)| told.contains(summary));
    Play::say(found.map_or("Nobody told me who I am.", |(.., line)| line))
}

/// Writes everybody's file. Mabel is bound to `kitchen`. Limits are out of the way.
pub fn write(folder: &Path, kitchen: ChannelId, timeout_s: u32) {
    fs::create_dir_all(folder).expect("a folder");
    for (id, name, summary, _) in CHARACTERS {
        let channels = if id == "mabel" { vec![kitchen] } else { Vec::new() };
        let mut file = character(id, name, summary);
        file["presence"] = json!({ "channels": channels });
        file["scaling"] = json!({ "max_concurrency": 20, "timeout_s": timeout_s });
        let path = folder.join(format!("{id}.json"));
        fs::write(path, file.to_string()).expect("a file");
    }
}

fn character(id: &str, name: &str, summary: &str) -> Value {
    let example = |person: &str| json!({ "person": person, "reply": EXAMPLE });
    json!({
        "id": id,
        "name": name,
        "summary": summary,
        "traits": ["made up for a story"],
        "speech_patterns": ["short sentences"],
        "roast_style": "gently, and only who asked for it",
        "lines": { "unavailable": UNAVAILABLE, "puzzled": PUZZLED },
        "limits": {
            "per_person_per_minute": 120,
            "per_channel_per_minute": 600,
            "per_guild_per_day": 1_000_000,
        },
        "examples": [example("Hello"), example("How are you?"), example("Goodbye")],
    })
}
