//! Options of slash commands: from what a person typed to what Discord sends.

use serde_json::{Map, Value, json};

use super::{Unknown, command::Command, state::State};

/// What a person typed into a command's options.
pub(super) struct Typed<'a> {
    pub(super) options: &'a [(&'a str, &'a str)],
    /// The option they are still typing in; nothing is required yet then.
    pub(super) focused: Option<&'a str>,
}

/// Turns what was typed into Discord's options, collecting the users they name.
pub(super) struct Resolved<'a> {
    pub(super) state: &'a State,
    /// Users named in options, by id.
    pub(super) users: Map<String, Value>,
}

impl Resolved<'_> {
    pub(super) fn options(
        &mut self,
        command: &Command,
        subcommands: &[&str],
        typed: &Typed<'_>,
    ) -> Result<Vec<Value>, Unknown> {
        let mut options = Vec::new();
        for (name, value) in typed.options {
            let refused = || Unknown::Option {
                command: command.name.clone(),
                option: (*name).to_owned(),
                value: (*value).to_owned(),
            };
            let schema = command.option(subcommands, name).ok_or_else(refused)?;
            let focused = typed.focused == Some(*name);
            let value = match self.value(schema, value) {
                Some(value) => value,
                // Somebody still typing may have written anything.
                None if focused => (*value).into(),
                None => return Err(refused()),
            };
            let mut option = json!({"name": name, "type": schema["type"], "value": value});
            if focused {
                option["focused"] = true.into();
            }
            options.push(option);
        }
        if typed.focused.is_none()
            && let Some(option) = missing_option(command, subcommands, typed.options)
        {
            return Err(Unknown::OptionMissing { command: command.name.clone(), option });
        }
        Ok(options)
    }

    /// See Discord Docs/Application Commands, "Application Command Option Type".
    fn value(&mut self, schema: &Value, typed: &str) -> Option<Value> {
        let value: Value = match schema["type"].as_u64()? {
            3 => typed.into(),
            4 => typed.parse::<i64>().ok()?.into(),
            5 => typed.parse::<bool>().ok()?.into(),
            10 => typed.parse::<f64>().ok()?.into(),
            6 => {
                let user = self.state.users.get(&typed.parse().ok()?)?;
                self.users.insert(typed.to_owned(), user.json());
                typed.into()
            }
            _ => {
                typed.parse::<u64>().ok()?;
                typed.into()
            }
        };
        let mut choices = schema["choices"].as_array().into_iter().flatten();
        let is_offered = schema["choices"].as_array().is_none_or(Vec::is_empty)
            || choices.any(|choice| choice["value"] == value);
        is_offered.then_some(value)
    }
}

/// The first required option that was not typed.
fn missing_option(
    command: &Command,
    subcommands: &[&str],
    typed: &[(&str, &str)],
) -> Option<String> {
    let mut options = &command.body["options"];
    for step in subcommands {
        let all = options.as_array()?;
        options = &all.iter().find(|option| option["name"] == *step)?["options"];
    }
    let required = options.as_array()?.iter().filter(|option| option["required"] == true);
    let mut names = required.filter_map(|option| option["name"].as_str());
    names.find(|name| typed.iter().all(|(given, _)| given != name)).map(str::to_owned)
}
