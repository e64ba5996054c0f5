//! What to say about a key that nobody knows: most are misspelt, or stand below the wrong `[table]`.

use serde_json::Value as Schema;

use super::bounds::quoted;
use crate::shape::join;

/// Below this similarity (0 to 1, Jaro-Winkler) two words are not one word misspelt.
const SIMILAR: f64 = 0.8;

/// The key of the same table that was probably meant.
pub(super) fn sibling<'s>(key: &str, table: &'s Schema, file: &Schema) -> Option<&'s str> {
    // A key that is known elsewhere is misplaced rather than misspelt: `names` is not `name`.
    let is_known = places(file).iter().any(|(_, known)| known == key);
    if is_known { None } else { nearest(key, keys(table)) }
}

/// What the writer of `key` in the table at `path` should have written.
pub(super) fn advice(key: &str, path: &str, table: &Schema, file: &Schema) -> String {
    if let Some(near) = sibling(key, table, file) {
        return format!("did you mean `{near}`?");
    }
    let everywhere = places(file);
    if let Some((place, _)) = everywhere.iter().find(|(_, known)| known == key) {
        return belongs(key, place, path);
    }
    if let Some(near) = nearest(key, everywhere.iter().map(|(_, known)| known.as_str())) {
        let (place, _) =
            everywhere.iter().find(|(_, known)| known == near).expect("it was found there");
        return format!("did you mean `{}`?", join(place, near));
    }
    let known: Vec<_> = keys(table).map(quoted).collect();
    format!("known here: {}", known.join(", "))
}

fn belongs(key: &str, place: &str, path: &str) -> String {
    match place {
        "" => format!("`{key}` belongs at the top of the file, above the first [table]"),
        _ if path.is_empty() => format!("`{key}` belongs below [{place}]"),
        _ => format!("`{key}` belongs below [{place}], not [{path}]"),
    }
}

/// The keys of a table.
fn keys(table: &Schema) -> impl Iterator<Item = &str> {
    let properties = table["properties"].as_object().into_iter().flatten();
    properties.map(|(key, _)| key.as_str()).filter(|key| !key.starts_with('$'))
}

/// Every key that is not in a list, with the path of its table; the top of the file first.
fn places(file: &Schema) -> Vec<(String, String)> {
    let mut places = Vec::new();
    let mut tables = vec![(String::new(), file)];
    while let Some((path, table)) = tables.pop() {
        for key in keys(table) {
            places.push((path.clone(), key.to_owned()));
            if table["properties"][key]["properties"].is_object() {
                tables.push((join(&path, key), &table["properties"][key]));
            }
        }
    }
    places
}

fn nearest<'k>(key: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let lower = key.to_lowercase().replace(['-', ' '], "_");
    known
        .map(|candidate| (strsim::jaro_winkler(&lower, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= SIMILAR)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}
