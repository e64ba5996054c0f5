//! What is handed to a log: never tokens, message text or prompts.

use super::{
    Finding,
    tree::{Tree, has_word},
};

const MACROS: [&str; 10] = [
    "trace!(",
    "debug!(",
    "info!(",
    "warn!(",
    "error!(",
    "trace_span!(",
    "debug_span!(",
    "info_span!(",
    "warn_span!(",
    "error_span!(",
];

/// What such values are called in this code base.
const SECRETS: [&str; 6] = ["body", "content", "prompt", "secret", "text", "token"];

pub fn secrets_stay_out(tree: &Tree) -> Vec<Finding> {
    let mend =
        "log its id or its length; what people say and what opens doors is never written down";
    let mut findings = Vec::new();
    for file in tree.shipped() {
        // Lines of the macro call we are in that are still to come: parentheses opened and not closed.
        let mut depth = 0;
        for (number, line) in file.code() {
            let logged = if depth > 0 {
                line
            } else {
                let Some(at) = MACROS.iter().filter_map(|name| line.find(name)).min() else {
                    continue;
                };
                &line[at..]
            };
            depth += count(logged, '(') - count(logged, ')');
            if let Some(secret) = SECRETS.into_iter().find(|secret| is_handed_over(logged, secret))
            {
                findings.push(Finding::new(
                    &file.path,
                    number,
                    format!("`{secret}` is logged"),
                    mend,
                ));
            }
        }
    }
    findings
}

/// Whether a value of this name is among what is logged: as a field, an argument or captured in the message.
/// The words of the message itself do not count, nor does a length.
fn is_handed_over(logged: &str, secret: &str) -> bool {
    let mut outside = String::new();
    for (n, part) in logged.split('"').enumerate() {
        let is_message = n % 2 == 1;
        if !is_message {
            outside.push_str(part);
        } else if [format!("{{{secret}}}"), format!("{{{secret}:")]
            .iter()
            .any(|capture| part.contains(capture))
        {
            return true;
        }
    }
    has_word(&outside.replace(&format!("{secret}.len()"), ""), secret)
}

fn count(text: &str, sign: char) -> i32 {
    text.chars().filter(|c| *c == sign).count().try_into().unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(source: &str) -> Vec<usize> {
        let tree = Tree::of(&[("crates/worker/src/turn.rs", source)]);
        secrets_stay_out(&tree).into_iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn what_somebody_said_is_found_however_it_is_logged() {
        assert_eq!(lines("info!(%text, \"answered\");\n"), [1], "as a field");
        assert_eq!(lines("debug!(\"asked with {prompt:?}\");\n"), [1], "captured");
        assert_eq!(
            lines("warn!(\n    channel,\n    said = message.content,\n    \"odd\"\n);\n"),
            [3],
            "lines later"
        );
        assert_eq!(lines("tracing::error!(\"login: {}\", config.token);\n"), [1], "as an argument");
    }

    #[test]
    fn the_words_of_a_message_and_a_length_are_no_secret() {
        assert!(
            lines("info!(length = text.len(), \"the text is long, the token refused\");\n")
                .is_empty()
        );
        assert!(lines("let text = a;\nfn token() {}\n").is_empty());
        assert!(lines("info!(tokens = usage.input, \"asked\");\n").is_empty());
    }
}
