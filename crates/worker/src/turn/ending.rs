//! How a turn ends: with an answer from before, a fixed line, silence, or among the dead letters.

use chat::{Explanation, Outcome, Silence};
use queue::{Command, Event, What};
use store::{Answer, Gathered, Progress};
use twilight_model::id::{Id, marker::MessageMarker};

use super::{Failed, Turn, chain_of, question};
use crate::{
    Verdict,
    clock::now_ms,
    reply::ReplyError,
    settle::{Settled, give_up, keep_rows, settle},
    verdict::rest,
    voice::{is_closed, is_final},
};

impl Turn<'_> {
    /// An event that killed its worker again and again goes aside, its neighbours proceed. Its claim is let
    /// go, not closed: until it lies among the dead letters it must not count as dealt with.
    pub(super) async fn poison(&self, progress: &Progress) -> Verdict {
        let leader = &self.events[0].id;
        let mut why = self.explanation();
        why.reason = Some("poison".to_owned());
        self.finish_command(&self.who.lines.unavailable).await;
        let rows = keep_rows(
            &self.worker.store,
            self.who,
            (&self.events[0], self.last()),
            &[],
            &progress.shown,
            &why,
        );
        let rows = rows.await;
        if let Err(Failed::Again(e)) = self.pay().await {
            tracing::warn!(error = e, "what a poisonous turn held is not given back");
        }
        let others = self.events[1..].iter().map(|event| &event.id);
        give_up(&self.worker.store, others, self.attempt).await;
        let released = self.worker.store.release(leader, self.attempt).await;
        match rows.and(released) {
            Ok(()) => Verdict::Dead { reason: format!("{} tries crashed", progress.crashed) },
            Err(e) => {
                tracing::warn!(event = %leader, error = %chain_of(&e), "a poisonous event waits");
                Verdict::Retry { after: rest(1) }
            }
        }
    }

    pub(super) async fn stay_silent(
        &self,
        because: Silence,
        mut why: Explanation,
        gathered: &Gathered,
        progress: &Progress,
    ) -> Result<(), Failed> {
        if progress.is_retake {
            self.take_back_shown(gathered, progress).await?;
        }
        self.finish_privately(&because.told(&self.who.name)).await;
        why.reason = Some(reason(because));
        // What came too late is remembered all the same.
        self.settle(&[], None, &why, because == Silence::TooLate, gathered).await
    }

    /// Takes back what an earlier attempt has shown: it is not to be said after all.
    pub(super) async fn take_back_shown(
        &self,
        gathered: &Gathered,
        progress: &Progress,
    ) -> Result<(), Failed> {
        match self.begin_reply(gathered, progress).await {
            Ok(mut reply) => reply.take_back().await,
            Err(ReplyError::Discord { source, .. }) if is_final(&source) => {
                tracing::info!(event = %self.events[0].id, error = %source, "what was shown stays");
            }
            Err(ReplyError::Discord { source, .. }) => {
                return Err(Failed::Again(chain_of(&source)));
            }
            Err(ReplyError::Store(e)) => return Err(e.into()),
        }
        Ok(())
    }

    /// Shows the answer of an earlier attempt.
    pub(super) async fn finish(
        &self,
        answer: &Answer,
        gathered: &Gathered,
        progress: &Progress,
        mut why: Explanation,
    ) -> Result<(), Failed> {
        why.outcome = if answer.own_words { Outcome::Spoke } else { Outcome::Line };
        let mut reply = match self.begin_reply(gathered, progress).await {
            Ok(reply) => reply,
            Err(e) => return self.could_not_speak(e, why, gathered).await,
        };
        self.land(&mut reply, answer, &mut why).await?;
        let said = answer.own_words.then_some(answer.text.as_str());
        self.settle(reply.shown(), said, &why, true, gathered).await
    }

    /// Says a fixed line, without a model.
    pub(super) async fn say(
        &self,
        line: &str,
        because: Silence,
        gathered: &Gathered,
        progress: &Progress,
        mut why: Explanation,
    ) -> Result<(), Failed> {
        why.outcome = Outcome::Line;
        why.reason = Some(reason(because));
        let mut reply = match self.begin_reply(gathered, progress).await {
            Ok(reply) => reply,
            Err(e) => return self.could_not_speak(e, why, gathered).await,
        };
        let answer = Answer { text: line.to_owned(), own_words: false };
        self.land(&mut reply, &answer, &mut why).await?;
        self.settle(reply.shown(), None, &why, because == Silence::TooLate, gathered).await
    }

    pub(super) async fn could_not_speak(
        &self,
        e: ReplyError,
        mut why: Explanation,
        gathered: &Gathered,
    ) -> Result<(), Failed> {
        match e {
            ReplyError::Discord { source, .. } if is_final(&source) => {
                why.outcome = Outcome::Silent;
                why.reason = Some(refusal(&source));
                self.finish_privately(&Silence::ChannelClosed.told(&self.who.name)).await;
                self.settle(&[], None, &why, false, gathered).await
            }
            ReplyError::Discord { source, .. } => Err(Failed::Again(chain_of(&source))),
            ReplyError::Store(e) => Err(e.into()),
        }
    }

    pub(super) async fn settle(
        &self,
        shown: &[store::Shown],
        said: Option<&str>,
        why: &Explanation,
        remember: bool,
        gathered: &Gathered,
    ) -> Result<(), Failed> {
        self.pay().await?;
        let settled = Settled {
            worker: self.worker,
            who: self.who,
            gathered,
            digests: !self.chain.is_understudy(),
            events: self.events,
            last: self.last(),
            unheard: self.unheard,
            absent: self.absent,
            attempt: self.attempt,
            shown,
            said,
            why,
            remember,
            sources: self.sources.get().map_or(&[], Vec::as_slice),
        };
        Ok(Box::pin(settle(settled)).await?)
    }

    /// The question of a command, as it is shown above the answer.
    pub(super) fn asked(&self) -> String {
        let What::Command(command) = &self.last().what else { return String::new() };
        let name = |name: &str| chat::plain(&chat::clean_name(name), 40);
        let (asker, who) = (name(&self.last().author.name), &self.who.name);
        let target = command.target.as_ref().map(|target| &target.author.name);
        let roasted = command.people.first().map(|person| &person.name).or(target);
        match (command.option("question"), roasted) {
            (Some(question), _) => format!("-# {asker} asks {who}: {}", chat::plain(question, 300)),
            (None, Some(person)) => format!("-# {asker} has {who} roast {}", name(person)),
            (None, None) => format!("-# {asker} asks {who}"),
        }
    }

    /// The command whose answer Discord waits for: one that is used again by us has none.
    fn waiting(&self) -> Option<&Command> {
        match &self.last().what {
            What::Command(command) if !command.token.is_empty() => Some(command),
            _ => None,
        }
    }

    /// Tells whoever used a command, and nobody else, why there is no answer: what everybody saw of the command
    /// goes.
    pub(super) async fn finish_privately(&self, content: &str) {
        let Some(command) = self.waiting() else { return };
        let (discord, application) = (&self.worker.discord, self.last().application_id);
        let told = match discord.delete_original(application, &command.token).await {
            Ok(()) => discord.followup(application, &command.token, content, true).await.map(drop),
            Err(e) => Err(e),
        };
        if let Err(e) = told {
            tracing::info!(event = %self.events[0].id, error = %e, "a command's silence was not explained");
        }
    }

    /// Completes the deferred answer of a command; the personality speaks in a message of its own, as
    /// answers to commands cannot carry its name and face.
    pub(super) async fn finish_command(&self, content: &str) {
        let Some(command) = self.waiting() else { return };
        let last = self.last();
        let completed =
            self.worker.discord.complete(last.application_id, &command.token, content, None);
        match completed.await {
            Ok(message) => self.note_shown_question(message.id, last).await,
            Err(e) => {
                // Its 15 minutes are over, or it was completed by an earlier attempt: the answer still comes.
                tracing::info!(event = %self.events[0].id, error = %e, "a command's deferral was not completed");
            }
        }
    }

    /// Notes by which message people see the question of a command, which is kept under the command's id: who deletes
    /// the one has the other forgotten.
    async fn note_shown_question(&self, message: Id<MessageMarker>, event: &Event) {
        let Some(kept) = Id::new_checked(question(event)) else { return };
        if let Err(e) = self.worker.store.note_shown(message, kept, now_ms()).await {
            tracing::warn!(event = %event.id, error = %chain_of(&e), "by which message a question is seen was not noted");
        }
    }
}

fn reason(because: Silence) -> String {
    because.word().to_owned()
}

pub(super) fn refusal(e: &discord::Error) -> String {
    if is_closed(e) {
        Silence::ChannelClosed.word().to_owned()
    } else {
        "discord_refused".to_owned()
    }
}
