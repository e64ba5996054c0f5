//! Components of messages: rows of buttons and select menus, and what Discord refuses about them.
//! See Discord Docs/Component Reference.

use std::collections::BTreeSet;

use serde_json::Value;

use super::refusal::{FormErrors, Refusal};

/// Buttons in a row.
const MAX_BUTTONS: usize = 5;
const MAX_CUSTOM_ID: usize = 100;
const MAX_LABEL: usize = 80;
const MAX_PLACEHOLDER: usize = 150;
/// Options of a select menu, and how many may be chosen.
const MAX_OPTIONS: usize = 25;
/// Label, value and description of an option.
const MAX_OPTION_TEXT: usize = 100;

const ROW: u64 = 1;
const BUTTON: u64 = 2;
const STRING_SELECT: u64 = 3;
/// The button that leads to an address, and asks nobody.
const LINK: u64 = 5;

/// Refuses what may not stand under a message. Without the components v2 flag that is anything but rows.
pub(super) fn check_message(components: &[Value], is_v2: bool) -> Result<(), Refusal> {
    let mut custom_ids = BTreeSet::new();
    for (at, component) in components.iter().enumerate() {
        let path = format!("components.{at}");
        if !is_v2 && kind(component) != ROW {
            return Err(wrong_kind(&path, "(1,)"));
        }
        check(component, &path, &mut custom_ids)?;
    }
    Ok(())
}

/// Gives every component without an `id` one, in order, and every select menu the bounds it leaves out.
pub(super) fn complete(components: &mut [Value]) {
    fn walk(component: &mut Value, next: &mut u64) {
        if component.is_object() && component.get("id").is_none() {
            component["id"] = (*next).into();
            *next += 1;
        }
        if is_select(component) {
            for bound in ["min_values", "max_values"] {
                if component[bound].is_null() {
                    component[bound] = 1.into();
                }
            }
        }
        for inner in
            component.get_mut("components").and_then(Value::as_array_mut).into_iter().flatten()
        {
            walk(inner, next);
        }
        for name in ["component", "accessory"] {
            if let Some(inner) = component.get_mut(name) {
                walk(inner, next);
            }
        }
    }
    let mut next = 1;
    components.iter_mut().for_each(|component| walk(component, &mut next));
}

/// Checks a component and all inside it, collecting their custom ids, of which none may come twice.
fn check(component: &Value, path: &str, custom_ids: &mut BTreeSet<String>) -> Result<(), Refusal> {
    let inside = component["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    match kind(component) {
        ROW => check_row(inside, path)?,
        BUTTON => check_button(component, path)?,
        STRING_SELECT => check_options(component, path)?,
        // Other select menus, and what the components v2 flag allows.
        5..=8 => check_select(component, path)?,
        9..=14 | 17 => {}
        _ => return Err(wrong_kind(path, "(1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 17)")),
    }
    if let Some(custom_id) = component["custom_id"].as_str()
        && !custom_ids.insert(custom_id.to_owned())
    {
        let message = "Component custom id cannot be duplicated";
        let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
        return Err(Refusal::form(FormErrors::at(&format!("{path}.custom_id"), code, message)));
    }
    for (at, inner) in inside.iter().enumerate() {
        check(inner, &format!("{path}.components.{at}"), custom_ids)?;
    }
    match component.get("accessory") {
        Some(accessory) => check(accessory, &format!("{path}.accessory"), custom_ids),
        None => Ok(()),
    }
}

/// A row holds up to five buttons or one select menu.
fn check_row(inside: &[Value], path: &str) -> Result<(), Refusal> {
    let is_buttons = inside.iter().all(|one| kind(one) == BUTTON);
    let is_select = matches!(inside, [one] if is_select(one));
    if inside.is_empty() || inside.len() > MAX_BUTTONS {
        return Err(bad_length(&format!("{path}.components"), 1, MAX_BUTTONS));
    }
    if is_buttons || is_select {
        return Ok(());
    }
    let code = "COMPONENT_LAYOUT_WIDTH_EXCEEDED";
    let message = "The specified component exceeds the maximum width";
    Err(Refusal::form(FormErrors::at(path, code, message)))
}

fn check_button(button: &Value, path: &str) -> Result<(), Refusal> {
    let at = |field: &str| format!("{path}.{field}");
    match button["style"].as_u64() {
        Some(LINK) if button["url"].is_string() && button["custom_id"].is_null() => {}
        Some(1..=4) if button["url"].is_null() => check_custom_id(button, path)?,
        Some(1..=LINK) => {
            let message = "A custom id and url cannot both be specified";
            let code = "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE";
            return Err(Refusal::form(FormErrors::at(path, code, message)));
        }
        _ => return Err(wrong_kind(&at("style"), "(1, 2, 3, 4, 5)")),
    }
    if length(&button["label"]) > MAX_LABEL {
        return Err(Refusal::too_long(&at("label"), MAX_LABEL));
    }
    if length(&button["label"]) == 0 && !button["emoji"].is_object() {
        return Err(Refusal::required(&at("label")));
    }
    Ok(())
}

fn check_options(menu: &Value, path: &str) -> Result<(), Refusal> {
    check_select(menu, path)?;
    let options = menu["options"].as_array().map(Vec::as_slice).unwrap_or_default();
    if options.is_empty() || options.len() > MAX_OPTIONS {
        return Err(bad_length(&format!("{path}.options"), 1, MAX_OPTIONS));
    }
    let mut values = BTreeSet::new();
    for (at, option) in options.iter().enumerate() {
        let at = |field: &str| format!("{path}.options.{at}.{field}");
        for field in ["label", "value"] {
            if !(1..=MAX_OPTION_TEXT).contains(&length(&option[field])) {
                return Err(bad_length(&at(field), 1, MAX_OPTION_TEXT));
            }
        }
        if length(&option["description"]) > MAX_OPTION_TEXT {
            return Err(Refusal::too_long(&at("description"), MAX_OPTION_TEXT));
        }
        if !values.insert(option["value"].as_str()) {
            let message = "The specified option value is already used";
            let code = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED";
            return Err(Refusal::form(FormErrors::at(&at("value"), code, message)));
        }
    }
    Ok(())
}

/// What all select menus have in common.
pub(super) fn check_select(menu: &Value, path: &str) -> Result<(), Refusal> {
    check_custom_id(menu, path)?;
    if length(&menu["placeholder"]) > MAX_PLACEHOLDER {
        return Err(Refusal::too_long(&format!("{path}.placeholder"), MAX_PLACEHOLDER));
    }
    let number = |field: &str| menu[field].as_u64().map(|number| number as usize);
    let (least, most) = (number("min_values").unwrap_or(1), number("max_values").unwrap_or(1));
    if least > most || !(1..=MAX_OPTIONS).contains(&most) {
        return Err(bad_length(&format!("{path}.max_values"), least.max(1), MAX_OPTIONS));
    }
    Ok(())
}

pub(super) fn check_custom_id(component: &Value, path: &str) -> Result<(), Refusal> {
    match length(&component["custom_id"]) {
        0 => Err(Refusal::required(&format!("{path}.custom_id"))),
        1..=MAX_CUSTOM_ID => Ok(()),
        _ => Err(Refusal::too_long(&format!("{path}.custom_id"), MAX_CUSTOM_ID)),
    }
}

/// A select menu of a list, users, roles, both, or channels.
fn is_select(component: &Value) -> bool {
    matches!(kind(component), STRING_SELECT | 5..=8)
}

pub(super) fn kind(component: &Value) -> u64 {
    component["type"].as_u64().unwrap_or(0)
}

/// Length in characters; of what is no text, 0.
pub(super) fn length(text: &Value) -> usize {
    text.as_str().map_or(0, |text| text.chars().count())
}

pub(super) fn wrong_kind(path: &str, allowed: &str) -> Refusal {
    let message = format!("Value of field \"type\" must be one of {allowed}.");
    Refusal::form(FormErrors::at(path, "UNION_TYPE_CHOICES", &message))
}

pub(super) fn bad_length(path: &str, least: usize, most: usize) -> Refusal {
    let message = format!("Must be between {least} and {most} in length.");
    Refusal::form(FormErrors::at(path, "BASE_TYPE_BAD_LENGTH", &message))
}
