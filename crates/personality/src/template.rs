//! The file that a new personality begins with.

use crate::{Personality, PersonalityId};

const TEMPLATE: &str = include_str!("template.toml");

impl Personality {
    /// The text of a new personality's TOML file: complete, commented, and valid as `{id}.toml` if the name
    /// is one that personalities may have.
    pub fn new_file(id: &PersonalityId, name: &str) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        TEMPLATE
            .replacen("id = ID", &format!("id = {}", quoted(id.as_str())), 1)
            .replacen("den chat ID", &format!("den chat {id}"), 1)
            .replacen("name = NAME", &format!("name = {}", quoted(name)), 1)
    }
}
