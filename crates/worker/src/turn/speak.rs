//! Asking the model, and showing its answer as it grows.

use std::time::Duration;

use chat::{Explanation, Guard, Outcome, Silence, Tokens};
use futures_util::StreamExt;
use model::{Limits, Progress as Asked, Report, Usage};
use store::{Answer, Gathered, Progress};
use tokio::task::JoinHandle;

use super::{
    Failed, Turn, chain_of, ending::refusal, marks, millis, money::Used, opening::without,
};
use crate::{
    ask,
    clock::now_ms,
    files::Files,
    reply::{POST_TIMEOUT, Reply, ReplyError},
    space,
    voice::is_final,
};

/// Kept back from the model's time, to finish cleanly what was shown: the final post and settling.
const FINISH: Duration = Duration::from_secs(2);
/// Bytes of an answer after which it is looked at again, beside every time it is shown: each look is at all of it.
const LOOK_EVERY: usize = 256;
/// Stands in the place of an answer that is not shown.
const WITHHELD: &str = "-# (this answer was held back)";
/// A typing indicator lasts ten seconds (See Discord Docs/Trigger Typing Indicator).
const TYPING: Duration = Duration::from_secs(8);

impl Turn<'_> {
    /// Asks the model and shows its answer as it grows.
    pub(super) async fn speak(
        &self,
        prompt: &chat::Prompt,
        files: Files,
        gathered: &Gathered,
        progress: &Progress,
        mut why: Explanation,
    ) -> Result<(), Failed> {
        why.outcome = Outcome::Spoke;
        let typing = self.type_meanwhile();
        let asked = ask::prompt(prompt, &self.who.reply, files.images);
        let until = self.deadline.minus(POST_TIMEOUT + FINISH);
        // Until the model tells what was used, the prompt is: a turn that fails beside it has asked.
        self.meter.used(self.probably_used(&asked, 0));
        let mut asking = self.chain.ask(&asked, Limits::default(), until);
        // The voice is found while the model thinks.
        let (reply, mut next) = tokio::join!(self.begin_reply(gathered, progress), asking.next());
        let mut reply = match reply {
            Ok(reply) => reply.guarded(self.guard(&prompt.character, gathered)),
            Err(e) => return self.could_not_speak(e, why, gathered).await,
        };
        let mut n_unseen = 0;
        let report = loop {
            match next {
                Some(Asked::Text(words)) => {
                    n_unseen += words.len();
                    reply.draft.push(&words);
                }
                Some(Asked::Done(report)) => break Some(report),
                None => {
                    return Err(Failed::Again(
                        "the model's answer ended without an end".to_owned(),
                    ));
                }
            }
            if reply.draft.is_full() {
                // Nobody reads on: the rest is not generated.
                break None;
            }
            if n_unseen >= LOOK_EVERY {
                n_unseen = 0;
                if reply.draft.refused().is_some() {
                    // Nobody may read on.
                    break None;
                }
            }
            next = match reply.next_showing() {
                None => asking.next().await,
                Some(at) => tokio::select! {
                    biased;
                    next = asking.next() => next,
                    () = tokio::time::sleep_until(at) => {
                        typing.stop();
                        self.show_progress(&mut reply, &mut why).await?;
                        asking.next().await
                    }
                },
            };
        };
        typing.stop();
        why.ms.model = millis(self.started);
        let answer = self.conclude(&reply, &asked, report, &mut why);
        if let Some(because) = self.stopped_meanwhile().await? {
            reply.take_back().await;
            why.outcome = Outcome::Silent;
            why.reason = Some(because.word().to_owned());
            self.finish_privately(&because.told(&self.who.name)).await;
            return self.settle(&[], None, &why, false, gathered).await;
        }
        self.land(&mut reply, &answer, &mut why).await?;
        let said = answer.own_words.then_some(answer.text.as_str());
        self.settle(reply.shown(), said, &why, true, gathered).await
    }

    async fn show_progress(
        &self,
        reply: &mut Reply<'_>,
        why: &mut Explanation,
    ) -> Result<(), Failed> {
        let first = reply.shown().is_empty();
        match reply.show_progress().await {
            Ok(()) => {
                if first {
                    why.ms.first_text = millis(self.started);
                }
                Ok(())
            }
            // The final text meets the same refusal, and explains it.
            Err(ReplyError::Discord { source, .. }) if source.is_final() => Ok(()),
            Err(ReplyError::Discord { source, .. }) => {
                tracing::info!(event = %self.events[0].id, error = %source, "an edit did not land; the final text will");
                Ok(())
            }
            Err(ReplyError::Store(e)) => Err(e.into()),
        }
    }

    /// What looks at the answer before anybody sees it.
    fn guard(&self, character: &str, gathered: &Gathered) -> Guard {
        let row = gathered.rows.channel.as_ref();
        Guard::new(self.who, character, [], space::is_age_restricted(self.last(), row))
    }

    /// The answer to stand in the end, and what became of the asking.
    fn conclude(
        &self,
        reply: &Reply<'_>,
        prompt: &model::Prompt,
        report: Option<Report>,
        why: &mut Explanation,
    ) -> Answer {
        let said = reply.draft.text();
        self.note_usage(reply.draft.n_chars(), prompt, report.as_ref(), why);
        if let Some(refusal) = reply.draft.refused() {
            why.outcome = Outcome::Line;
            why.reason = Some(refusal.word().to_owned());
            return Answer { text: WITHHELD.to_owned(), own_words: false };
        }
        let Some(report) = report else {
            return Answer { text: said, own_words: true };
        };
        match report.outcome {
            model::Outcome::Complete { .. } if !said.is_empty() => {
                return Answer { text: said, own_words: true };
            }
            model::Outcome::CutOff { .. } if !said.is_empty() => {
                why.reason = Some("model_cut_off".to_owned());
                let said = said.trim_end_matches(['.', '…', ' ']);
                let text = format!("{said}…\n-# ({} lost the thread here)", self.who.name);
                return Answer { text, own_words: true };
            }
            model::Outcome::Kept { .. } => why.reason = Some("model_withheld".to_owned()),
            model::Outcome::Failed(_) => why.reason = Some("model_failed".to_owned()),
            _ => why.reason = Some("model_empty".to_owned()),
        }
        why.outcome = Outcome::Line;
        Answer { text: self.who.lines.unavailable.clone(), own_words: false }
    }

    /// Notes what was used for an answer of so many characters. Where the asking was broken off nobody told: it is
    /// estimated.
    fn note_usage(
        &self,
        n_chars: usize,
        prompt: &model::Prompt,
        report: Option<&Report>,
        why: &mut Explanation,
    ) {
        let used = match report {
            Some(report) => {
                why.fallback = report.model().is_some_and(|model| model != self.chain.id());
                why.tries = u32::try_from(report.tries()).unwrap_or(u32::MAX);
                Used {
                    model: report.model().unwrap_or(self.chain.id()).to_owned(),
                    cost: self.chain.cost(report, &self.worker.prices),
                    tokens: tokens(&report.usage()),
                }
            }
            None => self.probably_used(prompt, n_chars),
        };
        why.model = match report {
            Some(report) => report.model().map(str::to_owned),
            None => Some(used.model.clone()),
        };
        why.tokens = used.tokens;
        why.cost_usd = Some(used.cost.0 as f64 / 1e6);
        self.meter.used(used);
    }

    /// What an answer of so many characters probably used.
    fn probably_used(&self, prompt: &model::Prompt, n_chars: usize) -> Used {
        let usage = prompt.estimate(n_chars);
        Used {
            model: self.chain.id().to_owned(),
            cost: self.chain.probable_cost(&usage, &self.worker.prices),
            tokens: tokens(&usage),
        }
    }

    /// Whether somebody has stopped this turn while the model spoke: nothing of it is to be said then. Where only
    /// some of what is answered was taken back, the rest is answered anew.
    async fn stopped_meanwhile(&self) -> Result<Option<Silence>, Failed> {
        let (last, heard) = (self.last(), without(self.events, self.unheard));
        let mut authors: Vec<_> = heard.iter().map(|event| event.author.id).collect();
        authors.sort_unstable();
        authors.dedup();
        let messages = marks::messages(&heard);
        let rows = self.worker.store.marks(last.guild_id, &authors, &messages).await?;
        let now_ms = now_ms();
        let unheard = marks::unheard(self.who, &heard, &rows, now_ms);
        match (marks::stopped(self.who, last, &rows, now_ms), unheard.first()) {
            (Some(stopped), _) => Ok(Some(stopped)),
            (None, None) => Ok(None),
            (None, Some((_, because))) if unheard.len() == heard.len() => Ok(Some(*because)),
            (None, Some(_)) => {
                Err(Failed::Again("some of what is answered was taken back".to_owned()))
            }
        }
    }

    /// Keeps the final text, then makes it stand in the channel.
    pub(super) async fn land(
        &self,
        reply: &mut Reply<'_>,
        answer: &Answer,
        why: &mut Explanation,
    ) -> Result<(), Failed> {
        let leader = &self.events[0].id;
        self.worker.store.generated(leader, &self.members(), self.attempt, answer).await?;
        reply.draft.replace(&answer.text);
        let first = reply.shown().is_empty();
        match reply.show_all().await {
            Ok(()) => {
                why.ms.reply = millis(self.started);
                if first {
                    why.ms.first_text = why.ms.reply;
                }
                Ok(())
            }
            Err(ReplyError::Discord { source, .. }) if is_final(&source) => {
                tracing::info!(event = %self.events[0].id, error = %source, "discord does not take the reply");
                why.outcome = Outcome::Silent;
                why.reason = Some(refusal(&source));
                self.finish_privately(&Silence::ChannelClosed.told(&self.who.name)).await;
                Ok(())
            }
            Err(ReplyError::Discord { source, .. }) => Err(Failed::Again(chain_of(&source))),
            Err(ReplyError::Store(e)) => Err(e.into()),
        }
    }

    /// The reply in its voice, with whatever an earlier attempt left in the channel.
    pub(super) async fn begin_reply<'t>(
        &'t self,
        gathered: &Gathered,
        progress: &Progress,
    ) -> Result<Reply<'t>, ReplyError> {
        let stage = self.stage();
        let voice = stage.voice(gathered.rows.channel.clone());
        let asked = self.asked();
        let (voice, ()) = tokio::join!(voice, self.finish_command(&asked));
        let voice = voice.map_err(|source| ReplyError::Discord {
            channel: self.last().channel_id.get(),
            source,
        })?;
        let mut reply = Reply::new(
            self.stage(),
            self.attempt,
            voice,
            gathered.rows.channel.clone(),
            progress.shown.clone(),
        );
        if progress.is_retake {
            reply.adopt().await?;
        }
        Ok(reply)
    }

    /// Shows that the personality is typing until it is stopped.
    fn type_meanwhile(&self) -> Typing {
        let discord = self.worker.discord.clone();
        let channel = self.last().channel_id;
        Typing(tokio::spawn(async move {
            loop {
                if let Err(e) = discord.typing(channel).await {
                    tracing::debug!(channel = %channel, error = %e, "typing is not shown");
                }
                tokio::time::sleep(TYPING).await;
            }
        }))
    }
}

fn tokens(usage: &Usage) -> Tokens {
    Tokens {
        r#in: usage.input.into(),
        out: usage.output.into(),
        cache_read: usage.cache_read.into(),
    }
}

/// A typing indicator that ends with its turn.
struct Typing(JoinHandle<()>);

impl Typing {
    fn stop(&self) {
        self.0.abort();
    }
}

impl Drop for Typing {
    fn drop(&mut self) {
        self.0.abort();
    }
}
