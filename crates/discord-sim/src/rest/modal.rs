//! Forms, which Discord calls modals, and what it refuses about them.
//! See Discord Docs/Receiving and Responding, "Modal", and Discord Docs/Component Reference.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{
    component::{bad_length, check_custom_id, check_select, complete, kind, length, wrong_kind},
    refusal::{FormErrors, Refusal},
};

/// Title of a form, label of a field.
const MAX_TITLE: usize = 45;
const MAX_COMPONENTS: usize = 5;
const MAX_DESCRIPTION: usize = 100;
const MAX_TEXT: u64 = 4000;

const ROW: u64 = 1;
const STRING_SELECT: u64 = 3;
const TEXT_INPUT: u64 = 4;
const TEXT: u64 = 10;
const LABEL: u64 = 18;

/// Reads a form, its components completed.
pub(super) fn read(data: &Value) -> Result<Value, Refusal> {
    if !(1..=MAX_TITLE).contains(&length(&data["title"])) {
        return Err(bad_length("data.title", 1, MAX_TITLE));
    }
    check_custom_id(data, "data")?;
    let components = data["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    if !(1..=MAX_COMPONENTS).contains(&components.len()) {
        return Err(bad_length("data.components", 1, MAX_COMPONENTS));
    }
    let mut custom_ids = BTreeSet::new();
    for (at, component) in components.iter().enumerate() {
        let path = format!("data.components.{at}");
        let field = match kind(component) {
            ROW => match component["components"].as_array().map(Vec::as_slice) {
                Some([field]) if kind(field) == TEXT_INPUT => {
                    check_title(&field["label"], &format!("{path}.components.0.label"))?;
                    field
                }
                _ => return Err(wrong_kind(&format!("{path}.components"), "(4,)")),
            },
            LABEL => {
                check_title(&component["label"], &format!("{path}.label"))?;
                if length(&component["description"]) > MAX_DESCRIPTION {
                    return Err(Refusal::too_long(&format!("{path}.description"), MAX_DESCRIPTION));
                }
                &component["component"]
            }
            TEXT => continue,
            _ => return Err(wrong_kind(&path, "(1, 10, 18)")),
        };
        check_field(field, &path)?;
        if !custom_ids.insert(field["custom_id"].as_str()) {
            let message = "Component custom id cannot be duplicated";
            let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
            return Err(Refusal::form(FormErrors::at(&path, code, message)));
        }
    }
    let mut form = data.clone();
    complete(form["components"].as_array_mut().map(Vec::as_mut_slice).unwrap_or_default());
    Ok(form)
}

fn check_title(title: &Value, path: &str) -> Result<(), Refusal> {
    if (1..=MAX_TITLE).contains(&length(title)) {
        Ok(())
    } else {
        Err(bad_length(path, 1, MAX_TITLE))
    }
}

/// A text input or a select menu.
fn check_field(field: &Value, path: &str) -> Result<(), Refusal> {
    match kind(field) {
        TEXT_INPUT => {
            check_custom_id(field, path)?;
            if !matches!(field["style"].as_u64(), Some(1 | 2)) {
                return Err(wrong_kind(&format!("{path}.style"), "(1, 2)"));
            }
            let least = field["min_length"].as_u64().unwrap_or(0);
            let most = field["max_length"].as_u64().unwrap_or(MAX_TEXT);
            if least > most || !(1..=MAX_TEXT).contains(&most) {
                return Err(bad_length(&format!("{path}.max_length"), 1, 4000));
            }
            if length(&field["value"]) as u64 > most {
                return Err(Refusal::too_long(&format!("{path}.value"), 4000));
            }
            Ok(())
        }
        STRING_SELECT | 5..=8 => check_select(field, path),
        _ => Err(wrong_kind(path, "(3, 4, 5, 6, 7, 8)")),
    }
}
