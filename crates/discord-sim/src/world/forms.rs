//! Filling in the forms that interactions are answered with. See Discord Docs/Component Reference.

use serde_json::{Value, json};

use super::{
    Interaction, InteractionKind, InteractionState, Unknown, World,
    client::Client,
    interaction::{Live, Opening},
    state::State,
};
use crate::id::{InteractionId, UserId};

/// The longest text of a field, in characters.
const MAX_TEXT: u64 = 4000;

impl World {
    /// The form `person` has before their eyes: of the newest interaction that was answered by one and
    /// whose form the bot has not yet taken. In its state is what the form shows.
    pub fn open_form(&self, person: UserId) -> Option<Interaction> {
        let state = self.lock();
        let mut newest = state.interactions.values().rev();
        newest
            .find(|live| live.view.person == person && state.is_open(live))
            .map(|one| one.view.clone())
    }

    /// Lets a person send the form that `interaction` was answered with, fields filled in by custom id. A
    /// select menu's values are given one by one under the same custom id. A form the bot did not answer
    /// stays open and can be sent again, as at Discord.
    ///
    /// # Errors
    /// [`Unknown::Form`], and [`Unknown::Field`] where the form does not take what was filled in.
    pub fn submit(
        &self,
        interaction: InteractionId,
        values: &[(&str, &str)],
    ) -> Result<InteractionId, Unknown> {
        let mut state = self.lock();
        let live = state.interactions.get(&interaction).filter(|live| state.is_open(live));
        let found = live.map(|live| live.view.clone()).ok_or(Unknown::Form(interaction))?;
        let InteractionState::Modal { form } = &found.state else {
            return Err(Unknown::Form(interaction));
        };
        let mut unused = values.to_vec();
        let components = filled_in(&form["components"], values, &mut unused, self.client)?;
        if let Some((field, value)) = unused.first() {
            return Err(misfit(field, value));
        }
        let custom_id = form["custom_id"].as_str().unwrap_or_default();
        let message = found.message_id.and_then(|id| state.message(id));
        let sent = state.interact(Opening {
            kind: InteractionKind::Modal,
            application: found.application_id,
            person: found.person,
            channel: found.channel_id,
            name: custom_id,
            data: json!({"custom_id": custom_id, "components": components}),
            message: message.as_deref(),
        });
        if let Some(live) = state.interactions.get_mut(&interaction) {
            live.submitted = Some(sent);
        }
        Ok(sent)
    }
}

impl State {
    /// Whether an interaction opened a form that was not yet sent and taken.
    fn is_open(&self, live: &Live) -> bool {
        let sent = live.submitted.and_then(|id| self.interactions.get(&id));
        let is_taken = sent.is_some_and(|sent| sent.view.responded_ms.is_some());
        matches!(live.view.state, InteractionState::Modal { .. }) && !is_taken
    }
}

fn misfit(field: &str, value: &str) -> Unknown {
    Unknown::Field { field: field.to_owned(), value: value.to_owned() }
}

/// The components of a sent form: fields, in rows or labels, with what was filled in. What found its field
/// is taken out of `unused`.
fn filled_in(
    components: &Value,
    values: &[(&str, &str)],
    unused: &mut Vec<(&str, &str)>,
    client: Client,
) -> Result<Vec<Value>, Unknown> {
    let mut all = Vec::new();
    for component in components.as_array().into_iter().flatten() {
        let mut filled = json!({"type": component["type"]});
        if let Some(id) = component.get("id") {
            filled["id"] = id.clone();
        }
        if let Some(custom_id) = component["custom_id"].as_str() {
            unused.retain(|(id, _)| *id != custom_id);
            let given = values.iter().filter(|(id, _)| *id == custom_id).map(|(_, value)| *value);
            fill(&mut filled, component, custom_id, &given.collect::<Vec<_>>(), client)?;
        }
        if component["components"].is_array() {
            filled["components"] =
                filled_in(&component["components"], values, unused, client)?.into();
        }
        if component["component"].is_object() {
            let inner = json!([component["component"]]);
            filled["component"] = filled_in(&inner, values, unused, client)?.remove(0);
        }
        all.push(filled);
    }
    Ok(all)
}

/// Fills in one field: a text input, else a select menu.
fn fill(
    filled: &mut Value,
    field: &Value,
    custom_id: &str,
    given: &[&str],
    client: Client,
) -> Result<(), Unknown> {
    filled["custom_id"] = custom_id.into();
    // Fields are required unless the form says otherwise.
    let is_required = field["required"] != false;
    let (fits, shown) = if field["type"] == 4 {
        let text = given.first().copied().unwrap_or_default();
        filled["value"] = text.into();
        let length = text.chars().count() as u64;
        let least = field["min_length"].as_u64().unwrap_or(0).max(u64::from(is_required));
        let most = field["max_length"].as_u64().unwrap_or(MAX_TEXT);
        let is_left_out = length == 0 && !is_required;
        (given.len() < 2 && (is_left_out || (least..=most).contains(&length)), text)
    } else {
        filled["values"] = json!(given);
        let listed = |value: &&str| match field["options"].as_array() {
            Some(options) => options.iter().any(|option| option["value"] == *value),
            None => true,
        };
        let misfit = given.iter().find(|value| !listed(value)).copied();
        let is_missing = given.is_empty() && is_required;
        (misfit.is_none() && !is_missing, misfit.unwrap_or_default())
    };
    if fits || client == Client::Hostile { Ok(()) } else { Err(misfit(custom_id, shown)) }
}
