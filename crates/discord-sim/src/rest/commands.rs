//! Registering commands. See Discord Docs/Application Commands.

use serde_json::Value;

use super::{Outcome, Reply, call::Call, refusal::Refusal, route::Endpoint};
use crate::{
    id::{ApplicationId, CommandId},
    world::{command::Registry, state::State},
};

const GLOBAL: &str = "/applications/{application_id}/commands";
const GLOBAL_ONE: &str = "/applications/{application_id}/commands/{command_id}";
const OF_GUILD: &str = "/applications/{application_id}/guilds/{guild_id}/commands";
const OF_GUILD_ONE: &str = "/applications/{application_id}/guilds/{guild_id}/commands/{command_id}";

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::bot("GET", GLOBAL, (20, 20_000), list),
    Endpoint::bot("POST", GLOBAL, (5, 20_000), create),
    Endpoint::bot("PUT", GLOBAL, (5, 20_000), replace),
    Endpoint::bot("GET", GLOBAL_ONE, (20, 20_000), get),
    Endpoint::bot("PATCH", GLOBAL_ONE, (5, 20_000), change),
    Endpoint::bot("DELETE", GLOBAL_ONE, (5, 20_000), delete),
    Endpoint::bot("GET", OF_GUILD, (20, 20_000), list),
    Endpoint::bot("POST", OF_GUILD, (5, 20_000), create),
    Endpoint::bot("PUT", OF_GUILD, (5, 20_000), replace),
    Endpoint::bot("GET", OF_GUILD_ONE, (20, 20_000), get),
    Endpoint::bot("PATCH", OF_GUILD_ONE, (5, 20_000), change),
    Endpoint::bot("DELETE", OF_GUILD_ONE, (5, 20_000), delete),
];

fn list(state: &mut State, call: &Call) -> Outcome {
    let registry = registry(state, call)?;
    let commands = state.commands.list(registry).iter();
    Ok(Reply::json(commands.map(|command| command.body.clone()).collect()))
}

fn create(state: &mut State, call: &Call) -> Outcome {
    let registry = registry(state, call)?;
    let fresh = CommandId(state.next_id());
    let (command, is_new) = state.commands.upsert(registry, &call.body, fresh)?;
    Ok(Reply { status: if is_new { 201 } else { 200 }, body: Some(command.body) })
}

fn replace(state: &mut State, call: &Call) -> Outcome {
    let registry = registry(state, call)?;
    let bodies = call.body.as_array().ok_or_else(Refusal::invalid_json)?;
    let ids: Vec<_> = bodies.iter().map(|_| CommandId(state.next_id())).collect();
    let mut ids = ids.into_iter();
    let fresh = || ids.next().expect("one id was made for each command");
    let commands = state.commands.replace(registry, bodies, fresh)?;
    Ok(Reply::json(commands.iter().map(|command| command.body.clone()).collect()))
}

fn get(state: &mut State, call: &Call) -> Outcome {
    let registry = registry(state, call)?;
    let found = state.commands.get(registry, call.id("command_id")?);
    let command = found.ok_or_else(Refusal::unknown_command)?;
    Ok(Reply::json(command.body.clone()))
}

fn change(state: &mut State, call: &Call) -> Outcome {
    let registry = registry(state, call)?;
    let version = CommandId(state.next_id());
    let id = call.id("command_id")?;
    let command = state.commands.change(registry, id, &call.body, version)?;
    Ok(Reply::json(command.body))
}

fn delete(state: &mut State, call: &Call) -> Outcome {
    let registry = registry(state, call)?;
    if state.commands.delete(registry, call.id("command_id")?) {
        Ok(Reply::empty())
    } else {
        Err(Refusal::unknown_command())
    }
}

/// Whose commands the path means: always the caller's own.
fn registry(state: &State, call: &Call) -> Result<Registry, Refusal> {
    let application: ApplicationId = call.id("application_id")?;
    if application != call.application() {
        return Err(match state.applications.contains_key(&application) {
            true => Refusal::missing_access(),
            false => Refusal::unknown_application(),
        });
    }
    let is_global = call.params.get("guild_id").is_empty();
    let guild = if is_global { None } else { Some(state.visible_guild(call)?) };
    if let Value::String(_) | Value::Number(_) | Value::Bool(_) = call.body {
        return Err(Refusal::invalid_json());
    }
    Ok((application, guild))
}
