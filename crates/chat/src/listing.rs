//! What the den says about itself, in words.

use personality::Personality;

use crate::{Explanation, Outcome};

/// The list of `/personalities`, at most 2,000 characters.
pub fn introduce<'a>(personalities: impl Iterator<Item = &'a Personality>) -> String {
    let mut text = String::from("Who lives here:\n");
    for who in personalities {
        let line = format!("- **{}** — {}\n", who.name, who.summary);
        if text.chars().count() + line.chars().count() > crate::MESSAGE_LIMIT - 120 {
            text.push_str("- … and more; start typing a name in `/ask`.\n");
            break;
        }
        text.push_str(&line);
    }
    text.push_str("Begin a message with a name, reply to one of them, or use `/ask`.");
    text
}

/// An explanation in words, for the person who asked *why*.
pub fn explain_in_words(why: &Explanation) -> String {
    let addressed = match why.addressed.as_str() {
        "mention" => "the bot was mentioned",
        "name" => "its name stood at the start",
        "reply" => "the message replied to it",
        "direct_message" => "it was a direct message",
        "channel" => "this channel is bound to it",
        "chance" => "chance let it chime in",
        "personality" => "another personality spoke to it",
        "command" => "it was asked by command",
        "again" => "it was asked to answer again",
        other => other,
    };
    let mut text = format!("**{}** ", why.personality);
    match why.outcome {
        Outcome::Spoke => text.push_str(&format!("answered because {addressed}.\n")),
        Outcome::Line => text.push_str(&format!(
            "was addressed ({addressed}) and said a fixed line: {}.\n",
            reason(why.reason.as_deref())
        )),
        Outcome::Silent => {
            text.push_str(&format!(
                "stayed silent ({addressed}): {}.\n",
                reason(why.reason.as_deref())
            ));
        }
    }
    if let Some(model) = &why.model {
        let fallback = if why.fallback { ", the fallback" } else { "" };
        text.push_str(&format!(
            "- model: `{model}`{fallback}; {} tokens read, {} from cache, {} written\n",
            why.tokens.r#in, why.tokens.cache_read, why.tokens.out
        ));
    }
    if let Some(cost) = why.cost_usd {
        text.push_str(&format!("- it cost ${cost:.6}\n"));
    }
    if !why.memories.is_empty() {
        let of = |kind: &str| why.memories.iter().filter(|memory| memory.kind == kind).count();
        text.push_str(&format!(
            "- it remembered {} facts and {} things said{}\n",
            of("fact"),
            of("words"),
            if of("summary") > 0 { ", and what was said before in short" } else { "" }
        ));
    }
    text.push_str(&format!(
        "- it had {} earlier turns, {} lines said before, {} files, {} images\n",
        why.context.window, why.context.preceding, why.context.files, why.context.images
    ));
    if why.outcome == Outcome::Spoke {
        text.push_str(&format!(
            "- first words after {} ms, all of it after {} ms\n",
            why.ms.first_text, why.ms.reply
        ));
    }
    if why.members.len() > 1 {
        text.push_str(&format!("- it answered {} messages at once\n", why.members.len()));
    }
    text
}

fn reason(reason: Option<&str>) -> &str {
    match reason {
        Some("too_late") => "the message was older than 15 minutes when it arrived",
        Some("over_limit") => "a limit was reached",
        Some("nothing_said") => "there was nothing to read",
        Some("channel_closed") => "Discord does not let it post here",
        Some("over_budget") => "the day's budget was spent",
        Some("not_roasted") => "the person does not want to be roasted",
        Some("not_quoted") => "the person does not want their words repeated",
        Some("deleted") => "the message was deleted",
        Some("paused") => "the operator had paused it",
        Some("guild_paused") => "an admin had paused the den here",
        Some("muted") => "it was muted here",
        Some("silenced") => "the person had muted it for themselves",
        Some("blocked") => "the operator had blocked the person",
        Some("not_allowed") => "this server was not on the operator's allowlist",
        Some("model_withheld") => "its model's safety check held the answer back",
        Some("instructions_withheld") => "its answer repeated its instructions and was held back",
        Some("explicit_withheld") => "its answer was not fit for this channel and was held back",
        Some("no_credit") => "the exchange between personalities was over",
        Some("model_failed") => "the model did not answer",
        Some("model_cut_off") => "the model broke off",
        Some("model_empty") => "the model said nothing",
        Some(other) => other,
        None => "no reason was kept",
    }
}
