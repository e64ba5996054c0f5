//! The bot itself: its user, its application, its guilds, its direct messages, its gateway.

use serde_json::{Value, json};

use super::{Outcome, Reply, call::Call, refusal::Refusal, route::Endpoint};
use crate::{gateway::application_flags, id::UserId, world::state::State};

pub(super) const ENDPOINTS: &[Endpoint] = &[
    Endpoint::open("GET", "/gateway", (50, 1000), gateway),
    Endpoint::bot("GET", "/gateway/bot", (2, 5000), gateway_bot),
    Endpoint::bot("GET", "/users/@me", (30, 30_000), me),
    Endpoint::bot("GET", "/users/@me/guilds", (10, 10_000), guilds),
    Endpoint::bot("POST", "/users/@me/channels", (10, 10_000), open_dm),
    Endpoint::bot("GET", "/applications/@me", (30, 30_000), application),
];

fn gateway(state: &mut State, _: &Call) -> Outcome {
    Ok(Reply::json(json!({"url": state.gateway_url})))
}

fn gateway_bot(state: &mut State, call: &Call) -> Outcome {
    let (now_ms, settings) = (state.clock.now_ms(), state.settings.clone());
    let application = state.applications.get_mut(&call.application());
    let budget = &mut application.expect("its token was just found").budget;
    let limit = budget.json(now_ms, &settings.gateway);
    Ok(Reply::json(json!({
        "url": state.gateway_url,
        "session_start_limit": limit,
        "shards": settings.gateway.shards,
    })))
}

fn me(state: &mut State, call: &Call) -> Outcome {
    let user = state.users.get(&state.caller(call));
    Ok(Reply::json(user.map(|user| user.own_json()).unwrap_or_default()))
}

fn guilds(state: &mut State, call: &Call) -> Outcome {
    let bot = state.caller(call);
    let guild = |id| {
        let permissions = state.guild_permissions(bot, id).bits().to_string();
        json!({
            "id": id,
            "name": state.guilds[&id].name,
            "icon": null,
            "banner": null,
            "owner": false,
            "permissions": permissions,
            "features": [],
        })
    };
    let guilds = state.guilds_of(call.application()).into_iter();
    Ok(Reply::json(guilds.map(guild).collect()))
}

fn open_dm(state: &mut State, call: &Call) -> Outcome {
    let recipient = call.body["recipient_id"].as_str().and_then(|id| id.parse::<UserId>().ok());
    let person = recipient.and_then(|id| state.users.get(&id)).filter(|user| user.bot_of.is_none());
    let person = person.map(|user| user.id).ok_or_else(Refusal::invalid_recipient)?;
    let channel = state.direct_message(person, call.application());
    Ok(Reply::json(state.channel_json(channel)))
}

fn application(state: &mut State, call: &Call) -> Outcome {
    let application = &state.applications[&call.application()];
    let flags = application_flags(application.message_content);
    let owner = state.users.get(&state.landlord).map(|user| user.json());
    let bot = state.users.get(&application.user_id).map(|user| user.json());
    Ok(Reply::json(json!({
        "id": application.id,
        "name": application.name,
        "icon": null,
        "description": "",
        "summary": "",
        "type": null,
        "bot": bot,
        "bot_public": true,
        "bot_require_code_grant": false,
        "verify_key": "0".repeat(64),
        "flags": flags,
        "flags_new": flags.to_string(),
        "redirect_uris": [],
        "interactions_endpoint_url": null,
        "role_connections_verification_url": null,
        "owner": owner,
        "approximate_guild_count": state.guilds_of(application.id).len(),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": Value::Null,
        "eligible_oauth2_scopes": [],
    })))
}
