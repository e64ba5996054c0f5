//! The steward: the worker without a character, which serves a guild's commands.
//!
//! Its answers complete a deferred interaction, which is the same however often it is done: no claim is
//! needed.

use chat::{Explanation, explain_in_words, introduce};
use queue::{Command, Event, What};

use crate::{Deadline, Verdict, Worker, reply::POST_TIMEOUT, verdict::rest};

/// Serves a command.
pub(crate) async fn serve(worker: &Worker, event: &Event, deadline: Deadline) -> Verdict {
    let What::Command(command) = &event.what else {
        return Verdict::Dead { reason: "the steward serves commands only".to_owned() };
    };
    let content = match answer(worker, command).await {
        Ok(content) => content,
        Err(e) => {
            tracing::warn!(event = %event.id, error = %e, "a command waits for the store");
            return Verdict::Retry { after: rest(1) };
        }
    };
    let discord = worker.discord.by(deadline.minus(POST_TIMEOUT));
    match discord.complete(event.application_id, &command.token, &content, None).await {
        Ok(()) => Verdict::Done,
        Err(e) if e.is_final() => {
            tracing::info!(event = %event.id, error = %e, "a command's 15 minutes were over");
            Verdict::Done
        }
        Err(e) => {
            tracing::warn!(event = %event.id, error = %e, "a command is tried again");
            Verdict::Retry { after: rest(1) }
        }
    }
}

async fn answer(worker: &Worker, command: &Command) -> Result<String, store::Error> {
    match (command.name.as_str(), &command.target) {
        ("personalities", _) => Ok(introduce(worker.roster.iter())),
        ("Why did it say that?", Some(target)) => {
            let explanations: Vec<Explanation> = worker
                .store
                .why(target.message_id)
                .await?
                .iter()
                .filter_map(|json| serde_json::from_str(json).ok())
                .collect();
            if explanations.is_empty() {
                return Ok("Nobody of us said that, or it was more than 30 days ago.".to_owned());
            }
            let all = explanations.iter().map(explain_in_words).collect::<Vec<_>>().join("\n");
            // One message; whoever wants the rest asks about one answer.
            Ok(chat::split(&all, 0).into_iter().next().unwrap_or_default())
        }
        _ => {
            Ok("I do not know this command yet. Perhaps I am being updated; try again in a minute."
                .to_owned())
        }
    }
}
