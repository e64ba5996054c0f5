//! What a schema cannot say: things that hold between a file and its name, its pictures, its neighbours, and
//! the models.

use std::path::Path;

use crate::{
    Allows, PersonalityId, Problem, Setting,
    document::{Node, Source},
    pattern,
    settings::Lines,
};

/// Pictures larger than this are refused: Discord takes none above 8 MiB.
const MAX_AVATAR_BYTES: u64 = 8 * 1024 * 1024;

/// Every rule that a file breaks by itself. Values of a wrong type are left to the schema.
pub(crate) fn check(source: &Source, root: &Node, allows: &Allows<'_>) -> Vec<Problem> {
    let mut problems = Vec::new();
    id_is_the_file_name(source, root, &mut problems);
    avatar_exists(source, root, &mut problems);
    names_differ(source, root, &mut problems);
    lines_hold_only_known_places(source, root, &mut problems);
    models_allow_the_settings(source, root, allows, &mut problems);
    problems
}

fn id_is_the_file_name(source: &Source, root: &Node, problems: &mut Vec<Problem>) {
    let stem = source.file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if let Some(id) = root.get("id")
        && let Some(text) = id.text()
        && text != stem
        && is_id(text)
    {
        let what = format!("`{text}` is not the file's name");
        let end = source.file.extension().and_then(|end| end.to_str()).unwrap_or("toml");
        let rename = format!("rename the file to {text}.{end}");
        let right = if is_id(stem) { format!("write `{stem}`, or {rename}") } else { rename };
        problems.push(source.problem(id.span.start, "id", what, right));
    }
}

fn is_id(text: &str) -> bool {
    text != PersonalityId::STEWARD && text.parse::<PersonalityId>().is_ok()
}

fn avatar_exists(source: &Source, root: &Node, problems: &mut Vec<Problem>) {
    let Some(node) = root.get("avatar") else { return };
    let Some(avatar) = node.text().filter(|avatar| {
        !avatar.starts_with("https://") && pattern::avatar_complaint(avatar).is_none()
    }) else {
        return;
    };
    let folder = source.file.parent().unwrap_or(Path::new(""));
    let (what, right) = match std::fs::metadata(folder.join(avatar)) {
        Ok(found) if found.is_file() && found.len() <= MAX_AVATAR_BYTES => return,
        Ok(found) if found.is_file() => (
            format!("`{avatar}` is a picture of {} bytes", found.len()),
            format!("at most {MAX_AVATAR_BYTES} bytes"),
        ),
        _ => (
            format!("`{avatar}` does not exist"),
            format!("put the picture at {}, or leave the key out", folder.join(avatar).display()),
        ),
    };
    problems.push(source.problem(node.span.start, "avatar", what, right));
}

fn names_differ(source: &Source, root: &Node, problems: &mut Vec<Problem>) {
    let mut seen: Vec<String> = Vec::new();
    for name in names(root) {
        if seen.contains(&name.folded) {
            let what = format!("`{}` is one of its names already", name.written);
            problems.push(source.problem(name.at, &name.key, what, "leave it out".to_owned()));
        }
        seen.push(name.folded);
    }
}

fn lines_hold_only_known_places(source: &Source, root: &Node, problems: &mut Vec<Problem>) {
    for key in ["unavailable", "late", "over_limit", "over_budget", "puzzled"] {
        let Some(node) = root.get("lines").and_then(|lines| lines.get(key)) else { continue };
        let known = if key.starts_with("over_") { Lines::WHEN } else { "" };
        for place in node.text().map(places).unwrap_or_default() {
            if place != known {
                let right = match known {
                    "" => "nothing is filled in here: write it without braces".to_owned(),
                    _ => format!("only `{known}` is filled in here"),
                };
                let what = format!("`{place}` would be said as it stands");
                problems.push(source.problem(
                    node.span.start,
                    &format!("lines.{key}"),
                    what,
                    right,
                ));
            }
        }
    }
}

/// The `{places}` in a line.
fn places(line: &str) -> Vec<&str> {
    line.match_indices('{')
        .filter_map(|(start, _)| line[start..].find('}').map(|end| &line[start..=start + end]))
        .collect()
}

fn models_allow_the_settings(
    source: &Source,
    root: &Node,
    allows: &Allows<'_>,
    problems: &mut Vec<Problem>,
) {
    let Some(reply) = root.get("reply") else { return };
    for setting in Setting::ALL {
        let Some(node) = reply.get(setting.key()) else { continue };
        for model in ["model", "fallback_model"] {
            if let Some(model) = reply.get(model).and_then(Node::text)
                && !allows(model, setting)
            {
                let what = format!("the model `{model}` allows no {}", setting.key());
                let key = format!("reply.{}", setting.key());
                let right = "leave it out, or name a model that allows it".to_owned();
                problems.push(source.problem(node.span.start, &key, what, right));
            }
        }
    }
    let (model, fallback) = (reply.get("model"), reply.get("fallback_model"));
    if let (Some(model), Some(fallback)) = (model, fallback)
        && model.text().is_some()
        && model.text() == fallback.text()
    {
        let what = "is the model that failed".to_owned();
        let right = "name another model, or leave it out".to_owned();
        problems.push(source.problem(fallback.span.start, "reply.fallback_model", what, right));
    }
}

/// A name that a file claims, and where.
pub(crate) struct Claim {
    pub written: String,
    /// The name as it is compared: case does not count.
    pub folded: String,
    pub key: String,
    pub at: usize,
}

/// The name and the aliases of a file, as far as they are texts.
pub(crate) fn names(root: &Node) -> Vec<Claim> {
    let name = root.get("name").map(|node| ("name".to_owned(), node));
    let aliases = root.get("presence").and_then(|presence| presence.get("names"));
    let aliases = aliases.map(Node::items).unwrap_or_default().iter().enumerate();
    let aliases = aliases.map(|(n, node)| (format!("presence.names[{n}]"), node));
    name.into_iter().chain(aliases).filter_map(|(key, node)| claim(key, node)).collect()
}

/// The claim a node makes, if it is a text.
pub(crate) fn claim(key: String, node: &Node) -> Option<Claim> {
    let written = node.text()?.to_owned();
    Some(Claim { folded: fold(&written), written, key, at: node.span.start })
}

/// A name as it is compared.
pub(crate) fn fold(name: &str) -> String {
    name.trim().to_lowercase()
}
