//! A registered command as a person can choose it.

use discord_sim::Permissions;
use serde::Serialize;
use serde_json::Value;

/// A command, or one of its subcommands.
#[derive(Serialize)]
pub(super) struct Command {
    /// As one types it: `privacy export`.
    name: String,
    description: String,
    kind: CommandKind,
    options: Vec<CommandOption>,
    /// What one must be allowed in a guild to be offered it, as Discord's bits.
    needs: String,
    /// Whether it is offered in guilds, and in direct messages.
    in_guilds: bool,
    in_direct_messages: bool,
    /// Whether it is for age-restricted channels only.
    age_restricted: bool,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum CommandKind {
    Slash,
    Message,
}

#[derive(Serialize)]
struct CommandOption {
    name: String,
    description: String,
    kind: OptionKind,
    required: bool,
    autocomplete: bool,
    /// Name and value of each.
    choices: Vec<Value>,
    /// The smallest and largest number.
    min: Option<f64>,
    max: Option<f64>,
    /// The fewest and most characters.
    min_length: Option<u64>,
    max_length: Option<u64>,
    /// Discord's numbers of the channels it takes; empty takes all.
    channel_types: Vec<u64>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum OptionKind {
    Text,
    Integer,
    Boolean,
    User,
    Channel,
    Mentionable,
    Number,
    /// Roles and files, which this page has none of.
    Other,
}

/// A registered command as what a person can choose: one entry, or one for each subcommand.
pub(super) fn commands(registered: &Value) -> Vec<Command> {
    let kind = match registered["type"].as_u64().unwrap_or(1) {
        1 => CommandKind::Slash,
        3 => CommandKind::Message,
        _ => return Vec::new(),
    };
    let mut found = Vec::new();
    walk(registered, kind, &string(&registered["name"]), registered, &mut found);
    found
}

// Subcommands and groups of them are options of their command. See Discord Docs/Application Commands,
// "Application Command Option Type".
fn walk(registered: &Value, kind: CommandKind, name: &str, at: &Value, found: &mut Vec<Command>) {
    let is_subcommand = |option: &&Value| matches!(option["type"].as_u64(), Some(1 | 2));
    let mut subcommands = list(&at["options"]).filter(is_subcommand).peekable();
    if subcommands.peek().is_none() {
        found.push(Command::of(registered, kind, name, at));
    }
    for subcommand in subcommands {
        let name = format!("{name} {}", string(&subcommand["name"]));
        walk(registered, kind, &name, subcommand, found);
    }
}

impl Command {
    fn of(registered: &Value, kind: CommandKind, name: &str, at: &Value) -> Self {
        let contexts = registered["contexts"].as_array();
        let offered_in =
            |context: u64| contexts.is_none_or(|all| all.iter().any(|one| *one == context));
        let needs = match registered["default_member_permissions"].as_str() {
            // Nobody but administrators.
            Some("0") => Permissions::ADMINISTRATOR.bits().to_string(),
            Some(bits) => bits.to_owned(),
            None => "0".to_owned(),
        };
        Self {
            name: name.to_owned(),
            description: string(&at["description"]),
            kind,
            options: list(&at["options"]).map(CommandOption::of).collect(),
            needs,
            in_guilds: offered_in(0),
            in_direct_messages: offered_in(1),
            age_restricted: registered["nsfw"] == true,
        }
    }
}

impl CommandOption {
    fn of(option: &Value) -> Self {
        let is_set = |name: &str| option[name].as_bool().unwrap_or(false);
        Self {
            name: string(&option["name"]),
            description: string(&option["description"]),
            kind: match option["type"].as_u64() {
                Some(3) => OptionKind::Text,
                Some(4) => OptionKind::Integer,
                Some(5) => OptionKind::Boolean,
                Some(6) => OptionKind::User,
                Some(7) => OptionKind::Channel,
                Some(9) => OptionKind::Mentionable,
                Some(10) => OptionKind::Number,
                _ => OptionKind::Other,
            },
            required: is_set("required"),
            autocomplete: is_set("autocomplete"),
            choices: list(&option["choices"]).cloned().collect(),
            min: option["min_value"].as_f64(),
            max: option["max_value"].as_f64(),
            min_length: option["min_length"].as_u64(),
            max_length: option["max_length"].as_u64(),
            channel_types: list(&option["channel_types"]).filter_map(Value::as_u64).collect(),
        }
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
