//! The reply while it grows: first words early, edits paced, the final text always.

use std::{sync::Arc, time::Duration};

use chat::{Draft, Guard};
use discord::{Edited, Error, Lane, code};
use store::{Attempt, ChannelRow, Shown};
use tokio::time::Instant;

use crate::{
    retake,
    voice::{Stage, Voice, is_closed, is_final},
};

/// At most one edit in this time; Discord allows about five in five seconds for everything in a channel.
const BETWEEN_EDITS: Duration = Duration::from_millis(1_500);
/// No post starts later than this before the claim runs out: it could still be on its way when the next
/// attempt looks for it.
pub(crate) const POST_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a reply does not stand in the channel as it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplyError {
    /// Discord did not take it.
    #[error("speak in channel {channel}")]
    Discord {
        channel: u64,
        #[source]
        source: Error,
    },
    /// The claim could not be written: another attempt may have it.
    #[error("note what is shown")]
    Store(#[source] store::Error),
}

/// A reply on its way into a channel.
pub(crate) struct Reply<'a> {
    stage: Stage<'a>,
    attempt: &'a Attempt,
    pub(crate) draft: Draft,
    voice: Voice,
    row: Option<ChannelRow>,
    shown: Vec<Shown>,
    /// What stands in each shown message; unknown where an earlier attempt showed it.
    standing: Vec<Option<String>>,
    last_shown: Option<Instant>,
    /// Discord may have taken a post whose answer was lost: look before the next one.
    is_unsure: bool,
    /// Discord refuses; the final text meets the refusal once more and explains it.
    is_refused: bool,
    /// Somebody deleted a part of it: the rest is not forced on them.
    was_deleted: bool,
}

impl<'a> Reply<'a> {
    /// A reply in `voice`, going on from what an earlier attempt showed.
    pub(crate) fn new(
        stage: Stage<'a>,
        attempt: &'a Attempt,
        voice: Voice,
        row: Option<ChannelRow>,
        shown: Vec<Shown>,
    ) -> Self {
        let opening = voice.opening(stage.who, stage.event);
        let draft = Draft::new(opening, stage.who.names().map(str::to_owned).collect());
        let standing = vec![None; shown.len()];
        Self {
            stage,
            attempt,
            draft,
            voice,
            row,
            shown,
            standing,
            last_shown: None,
            is_unsure: false,
            is_refused: false,
            was_deleted: false,
        }
    }

    /// The same with a guard that looks at everything before it is shown.
    pub(crate) fn guarded(self, guard: Guard) -> Self {
        Self { draft: self.draft.guarded(Arc::new(guard)), ..self }
    }

    /// Looks for messages that an earlier attempt posted and did not write down, and takes them over.
    pub(crate) async fn adopt(&mut self) -> Result<(), ReplyError> {
        for message in retake::left_behind(&self.stage, &self.voice).await? {
            if !self.shown.contains(&message) {
                self.shown.push(message);
                self.standing.push(None);
            }
        }
        self.is_unsure = false;
        Ok(())
    }

    /// The messages that stand in the channel.
    pub(crate) fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// When the growing text may be shown next; `None` while there is nothing worth showing.
    pub(crate) fn next_showing(&self) -> Option<Instant> {
        match self.last_shown {
            _ if self.is_refused => None,
            None => self.draft.has_first_words().then(Instant::now),
            Some(last) => Some(last + BETWEEN_EDITS),
        }
    }

    /// Shows what there is so far, as far as Discord has room for it.
    pub(crate) async fn show_progress(&mut self) -> Result<(), ReplyError> {
        let stood = self.stand(Lane::Edit).await;
        self.last_shown = Some(Instant::now());
        if let Err(ReplyError::Discord { source, .. }) = &stood {
            self.is_refused = is_final(source);
        }
        stood
    }

    /// Shows the whole text: every message of it lands, and none too many is left.
    pub(crate) async fn show_all(&mut self) -> Result<(), ReplyError> {
        self.stand(Lane::Final).await?;
        let n_wanted = self.draft.messages().len();
        while self.shown.len() > n_wanted && !self.was_deleted {
            let extra = self.shown.pop().expect("longer than wanted");
            self.standing.pop();
            match self.voice.delete(&self.stage.discord, &extra).await {
                // What cannot be taken away stays.
                Err(e) if !e.is_final() => return Err(self.stage.discord_error(e)),
                _ => {}
            }
        }
        Ok(())
    }

    /// Takes away whatever is shown: it is not to be said after all. What Discord does not let go stays.
    pub(crate) async fn take_back(&mut self) {
        for shown in std::mem::take(&mut self.shown) {
            if let Err(e) = self.voice.delete(&self.stage.discord, &shown).await {
                tracing::info!(message = %shown.message_id, error = %e, "a message that was stopped stays");
            }
        }
        self.standing.clear();
    }

    /// Makes the channel's messages those of the draft. What should stand is asked anew for each part, as
    /// another voice has another opening.
    async fn stand(&mut self, lane: Lane) -> Result<(), ReplyError> {
        let mut part = 0;
        while let Some(content) = self.draft.messages().get(part).cloned() {
            if self.was_deleted {
                break;
            }
            match self.shown.get(part).cloned() {
                Some(_) if self.standing[part].as_ref() == Some(&content) => {}
                Some(shown) if self.voice.said(&shown) => {
                    self.edit(part, &shown, &content, lane).await?;
                }
                // Said by a voice that is gone: it is said again, once, when the text is whole.
                Some(_) if lane == Lane::Edit => {}
                _ => self.post(part, &content).await?,
            }
            part += 1;
        }
        Ok(())
    }

    async fn edit(
        &mut self,
        part: usize,
        shown: &Shown,
        content: &str,
        lane: Lane,
    ) -> Result<(), ReplyError> {
        match self.voice.edit(&self.stage.discord, shown, content, lane).await {
            Ok(Edited::Shown) => self.standing[part] = Some(content.to_owned()),
            Ok(Edited::Skipped) => {}
            Err(e) if e.code() == Some(code::UNKNOWN_MESSAGE) => self.was_deleted = true,
            Err(e) if e.is_dead_webhook() && lane == Lane::Edit => {}
            Err(e) if e.is_dead_webhook() => {
                self.change_voice().await?;
                let content = self.draft.messages().get(part).cloned();
                self.post(part, &content.unwrap_or_default()).await?;
            }
            Err(e) => return Err(self.stage.discord_error(e)),
        }
        Ok(())
    }

    /// Posts the `part`th message, in the place of what a voice that is gone said there.
    async fn post(&mut self, part: usize, content: &str) -> Result<(), ReplyError> {
        if self.is_unsure {
            self.adopt().await?;
            if let Some(shown) =
                self.shown.get(part).filter(|shown| self.voice.said(shown)).cloned()
            {
                return Box::pin(self.edit(part, &shown, content, Lane::Final)).await;
            }
        }
        let mut content = content.to_owned();
        let mut posted = self.try_post(part, &content).await;
        if matches!(&posted, Err(e) if e.is_dead_webhook()) {
            self.change_voice().await?;
            content = self.draft.messages().get(part).cloned().unwrap_or(content);
            posted = self.try_post(part, &content).await;
        }
        if matches!(posted, Err(Error::Uncertain { .. })) {
            self.is_unsure = true;
            let known = self.shown.len();
            self.adopt().await?;
            match self.shown.len() > known {
                true => return self.note().await,
                false => posted = self.try_post(part, &content).await,
            }
            self.is_unsure = matches!(posted, Err(Error::Uncertain { .. }));
        }
        match posted {
            Ok(shown) if part < self.shown.len() => {
                self.shown[part] = shown;
                self.standing[part] = Some(content);
            }
            Ok(shown) => {
                self.shown.push(shown);
                self.standing.push(Some(content));
            }
            Err(e) => {
                if is_closed(&e) {
                    self.stage.close(self.row.clone(), &e).await;
                }
                return Err(self.stage.discord_error(e));
            }
        }
        self.note().await
    }

    /// Notes right after a message appeared that it is there.
    async fn note(&self) -> Result<(), ReplyError> {
        let Stage { store, members, .. } = &self.stage;
        let noted = store.showing(self.stage.leader(), members, self.attempt, &self.shown).await;
        noted.map_err(ReplyError::Store)
    }

    async fn change_voice(&mut self) -> Result<(), ReplyError> {
        let another = self.stage.another_voice(self.row.clone()).await;
        self.voice = another.map_err(|e| self.stage.discord_error(e))?;
        self.draft.open_with(self.voice.opening(self.stage.who, self.stage.event));
        Ok(())
    }

    async fn try_post(&self, part: usize, content: &str) -> Result<Shown, Error> {
        self.voice.post(&self.stage.discord, self.stage.who, self.stage.event, part, content).await
    }
}
