//! Registered commands: the rules Discord checks them by, and finding the one a person means.
//! See Discord Docs/Application Commands.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    id::{ApplicationId, CommandId, GuildId},
    rest::refusal::{FormErrors, Refusal},
};

/// Slash commands an application may register globally, and per guild.
const MOST_SLASH_COMMANDS: usize = 100;
/// User menus, and message menus, it may register.
const MOST_MENUS: usize = 15;

/// Where a command is registered: for an application, globally or in one guild.
pub(crate) type Registry = (ApplicationId, Option<GuildId>);

/// All registered commands.
#[derive(Default)]
pub(crate) struct Commands(BTreeMap<Registry, Vec<Command>>);

/// A registered command, as Discord answers it.
#[derive(Clone)]
pub(crate) struct Command {
    pub(crate) id: CommandId,
    /// 1 slash command, 2 user menu, 3 message menu.
    pub(crate) kind: u64,
    pub(crate) name: String,
    pub(crate) body: Value,
}

impl Commands {
    pub(crate) fn list(&self, registry: Registry) -> &[Command] {
        self.0.get(&registry).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn get(&self, registry: Registry, id: CommandId) -> Option<&Command> {
        self.list(registry).iter().find(|command| command.id == id)
    }

    /// Registers `body`, in place of a command with its name and type; whether it is new.
    pub(crate) fn upsert(
        &mut self,
        registry: Registry,
        body: &Value,
        fresh: CommandId,
    ) -> Result<(Command, bool), Refusal> {
        check(body)?;
        let commands = self.0.entry(registry).or_default();
        let (kind, name) = identity(body);
        let at = commands.iter().position(|one| one.kind == kind && one.name == name);
        let id = at.map_or(fresh, |at| commands[at].id);
        let command = Command::new(registry, id, fresh, body);
        match at {
            Some(at) => commands[at] = command.clone(),
            None => {
                commands.push(command.clone());
                if let Err(refusal) = check_counts(commands.iter().map(|one| one.kind)) {
                    commands.pop();
                    return Err(refusal);
                }
            }
        }
        Ok((command, at.is_none()))
    }

    /// Makes `bodies` all there is, keeping the ids of commands that stay.
    pub(crate) fn replace(
        &mut self,
        registry: Registry,
        bodies: &[Value],
        mut fresh: impl FnMut() -> CommandId,
    ) -> Result<&[Command], Refusal> {
        let mut seen = std::collections::BTreeSet::new();
        for body in bodies {
            check(body)?;
            if !seen.insert(identity(body)) {
                return Err(Refusal::form(FormErrors::at(
                    "name",
                    "APPLICATION_COMMANDS_DUPLICATE_NAME",
                    "Application command names must be unique",
                )));
            }
        }
        check_counts(bodies.iter().map(|body| identity(body).0))?;
        let before = self.0.remove(&registry).unwrap_or_default();
        let renewed = bodies.iter().map(|body| {
            let (kind, name) = identity(body);
            let version = fresh();
            let old = before.iter().find(|one| one.kind == kind && one.name == name);
            Command::new(registry, old.map_or(version, |old| old.id), version, body)
        });
        let renewed = renewed.collect();
        Ok(self.0.entry(registry).or_insert(renewed))
    }

    /// Changes some fields of a command.
    pub(crate) fn change(
        &mut self,
        registry: Registry,
        id: CommandId,
        changes: &Value,
        version: CommandId,
    ) -> Result<Command, Refusal> {
        let commands = self.0.entry(registry).or_default();
        let command = commands.iter_mut().find(|command| command.id == id);
        let command = command.ok_or_else(Refusal::unknown_command)?;
        let mut body = command.body.clone();
        for (key, value) in changes.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        check(&body)?;
        *command = Command::new(registry, id, version, &body);
        Ok(command.clone())
    }

    pub(crate) fn delete(&mut self, registry: Registry, id: CommandId) -> bool {
        let commands = self.0.entry(registry).or_default();
        let before = commands.len();
        commands.retain(|command| command.id != id);
        commands.len() < before
    }

    /// The first command of those registered in `guild` and then of the global ones that is `wanted`.
    pub(crate) fn find(
        &self,
        guild: Option<GuildId>,
        wanted: impl Fn(ApplicationId, &Command) -> bool,
    ) -> Option<(ApplicationId, &Command)> {
        let of_guild = self.0.iter().filter(|((_, of), _)| of.is_some() && *of == guild);
        let global = self.0.iter().filter(|((_, of), _)| of.is_none());
        let mut all = of_guild.chain(global);
        all.find_map(|((application, _), commands)| {
            let found = commands.iter().find(|command| wanted(*application, command))?;
            Some((*application, found))
        })
    }
}

impl Command {
    fn new(
        (application, guild): Registry,
        id: CommandId,
        version: CommandId,
        body: &Value,
    ) -> Self {
        let (kind, name) = identity(body);
        let mut body = body.clone();
        body["id"] = json!(id);
        body["version"] = json!(version);
        body["application_id"] = json!(application);
        body["type"] = json!(kind);
        if let Some(guild) = guild {
            body["guild_id"] = json!(guild);
        } else {
            set_unless_given(&mut body, "contexts", Value::Null);
            set_unless_given(&mut body, "integration_types", json!([0]));
        }
        set_unless_given(&mut body, "description", "".into());
        set_unless_given(&mut body, "default_member_permissions", Value::Null);
        set_unless_given(&mut body, "nsfw", false.into());
        Self { id, kind, name, body }
    }

    /// The option of that name, below the given subcommands.
    pub(crate) fn option(&self, subcommands: &[&str], name: &str) -> Option<&Value> {
        let mut options = &self.body["options"];
        for step in subcommands {
            options = &named(options, step)?["options"];
        }
        named(options, name)
    }

    /// All options below the given subcommands.
    pub(crate) fn options(&self, subcommands: &[&str]) -> &[Value] {
        let mut options = &self.body["options"];
        for step in subcommands {
            match named(options, step) {
                Some(found) => options = &found["options"],
                None => return &[],
            }
        }
        options.as_array().map(Vec::as_slice).unwrap_or_default()
    }
}

fn named<'a>(options: &'a Value, name: &str) -> Option<&'a Value> {
    options.as_array()?.iter().find(|option| option["name"] == name)
}

fn set_unless_given(body: &mut Value, key: &str, value: Value) {
    if body.get(key).is_none() {
        body[key] = value;
    }
}

/// Type and name, which tell commands apart.
fn identity(body: &Value) -> (u64, String) {
    let kind = body["type"].as_u64().unwrap_or(1);
    (kind, body["name"].as_str().unwrap_or_default().to_owned())
}

fn check_counts(kinds: impl Iterator<Item = u64>) -> Result<(), Refusal> {
    let mut counts = [0usize; 4];
    for kind in kinds {
        counts[usize::try_from(kind).unwrap_or(0).min(3)] += 1;
    }
    if counts[1] > MOST_SLASH_COMMANDS || counts[2] > MOST_MENUS || counts[3] > MOST_MENUS {
        let message = "Maximum number of application commands reached";
        return Err(Refusal::new(400, 30032, message));
    }
    Ok(())
}

/// What Discord refuses about a command's own fields and its options.
fn check(body: &Value) -> Result<(), Refusal> {
    let (kind, name) = identity(body);
    let length = name.chars().count();
    let is_well_formed = if kind == 1 {
        let fits =
            |c: char| (c.is_alphanumeric() && !c.is_uppercase()) || matches!(c, '-' | '_' | '\'');
        name.chars().all(fits)
    } else {
        true
    };
    if !(1..=32).contains(&length) || !is_well_formed || !(1..=3).contains(&kind) {
        return Err(Refusal::form(FormErrors::at(
            "name",
            "APPLICATION_COMMAND_INVALID_NAME",
            "Command name is invalid",
        )));
    }
    let description = body["description"].as_str().unwrap_or_default().chars().count();
    let fits = if kind == 1 { (1..=100).contains(&description) } else { description == 0 };
    if !fits {
        return Err(Refusal::form(FormErrors::at(
            "description",
            "BASE_TYPE_BAD_LENGTH",
            "Must be between 1 and 100 in length.",
        )));
    }
    let options = body["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    check_options(options)
}

fn check_options(options: &[Value]) -> Result<(), Refusal> {
    let refuse = |message| {
        Refusal::form(FormErrors::at("options", "APPLICATION_COMMAND_OPTIONS_INVALID", message))
    };
    if options.len() > 25 {
        return Err(refuse("Must be 25 or fewer in length."));
    }
    let mut optional_seen = false;
    for option in options {
        let name = option["name"].as_str().unwrap_or_default().chars().count();
        let description = option["description"].as_str().unwrap_or_default().chars().count();
        if !(1..=32).contains(&name) || !(1..=100).contains(&description) {
            return Err(refuse("Names have 1 to 32 characters, descriptions 1 to 100."));
        }
        if option["choices"].as_array().is_some_and(|choices| choices.len() > 25) {
            return Err(refuse("Must be 25 or fewer choices."));
        }
        let is_subcommand = matches!(option["type"].as_u64(), Some(1 | 2));
        let is_required = option["required"].as_bool().unwrap_or(false);
        if is_required && optional_seen {
            return Err(refuse("Required options must be placed before non-required options"));
        }
        optional_seen |= !is_required && !is_subcommand;
        if let Some(nested) = option["options"].as_array() {
            check_options(nested)?;
        }
    }
    Ok(())
}
