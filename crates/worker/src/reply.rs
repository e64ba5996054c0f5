//! The reply while it grows: first words early, edits paced, the final text always.

use std::time::Duration;

use chat::Draft;
use discord::{Discord, Edited, Error, Lane, code};
use store::{Attempt, ChannelRow, Shown};
use tokio::time::Instant;

use crate::{
    Deadline, retake,
    voice::{Stage, Voice, is_closed},
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
    pub(crate) stage: Stage<'a>,
    pub(crate) attempt: &'a Attempt,
    pub(crate) draft: Draft,
    voice: Voice,
    row: Option<ChannelRow>,
    discord: Discord,
    shown: Vec<Shown>,
    /// What stands in each shown message; unknown where an earlier attempt showed it.
    standing: Vec<Option<String>>,
    last_shown: Option<Instant>,
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
        deadline: Deadline,
    ) -> Self {
        let opening = voice.opening(stage.who, stage.event);
        let draft = Draft::new(opening, stage.who.names().map(str::to_owned).collect());
        let discord = stage.discord.by(deadline.minus(POST_TIMEOUT));
        let standing = vec![None; shown.len()];
        Self {
            stage,
            attempt,
            draft,
            voice,
            row,
            discord,
            shown,
            standing,
            last_shown: None,
            was_deleted: false,
        }
    }

    /// Looks for messages that a crashed attempt posted and did not write down, and takes them over.
    pub(crate) async fn adopt(&mut self, since_ms: u64) -> Result<(), ReplyError> {
        let found = retake::left_behind(&self.stage, &self.voice, since_ms)
            .await
            .map_err(|e| self.discord_error(e))?;
        for message in found {
            if !self.shown.contains(&message) {
                self.shown.push(message);
                self.standing.push(None);
            }
        }
        Ok(())
    }

    /// The messages that stand in the channel.
    pub(crate) fn shown(&self) -> &[Shown] {
        &self.shown
    }

    /// When the growing text may be shown next; `None` while there is nothing worth showing.
    pub(crate) fn next_showing(&self) -> Option<Instant> {
        match self.last_shown {
            None => self.draft.has_first_words().then(Instant::now),
            Some(last) => Some(last + BETWEEN_EDITS),
        }
    }

    /// Shows what there is so far, as far as Discord has room for it.
    pub(crate) async fn show_progress(&mut self) -> Result<(), ReplyError> {
        self.stand(Lane::Edit).await?;
        self.last_shown = Some(Instant::now());
        Ok(())
    }

    /// Shows the whole text: every message of it lands, and none too many is left.
    pub(crate) async fn show_all(&mut self) -> Result<(), ReplyError> {
        self.stand(Lane::Final).await?;
        let n_wanted = self.draft.messages().len();
        while self.shown.len() > n_wanted {
            let extra = self.shown.pop().expect("longer than wanted");
            self.standing.pop();
            let deleted = self.voice.delete(&self.discord, &extra).await;
            deleted.map_err(|e| self.discord_error(e))?;
        }
        Ok(())
    }

    /// Makes the channel's messages those of the draft.
    async fn stand(&mut self, lane: Lane) -> Result<(), ReplyError> {
        let wanted = self.draft.messages();
        for (part, content) in wanted.iter().enumerate() {
            if self.was_deleted {
                return Ok(());
            }
            match self.shown.get(part).cloned() {
                None => self.post(part, content).await?,
                Some(_) if self.standing[part].as_deref() == Some(content) => {}
                Some(shown) => self.edit(part, &shown, content, lane).await?,
            }
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
        match self.voice.edit(&self.discord, shown, content, lane).await {
            Ok(Edited::Shown) => self.standing[part] = Some(content.to_owned()),
            Ok(Edited::Skipped) => {}
            Err(e) if e.code() == Some(code::UNKNOWN_MESSAGE) => self.was_deleted = true,
            Err(e) if e.is_dead_webhook() => {
                // What the old webhook said cannot be changed any more; what is still to say finds another.
                self.standing[part] = Some(content.to_owned());
            }
            Err(e) => return Err(self.discord_error(e)),
        }
        Ok(())
    }

    async fn post(&mut self, part: usize, content: &str) -> Result<(), ReplyError> {
        let before = crate::clock::now_ms();
        let shown = match self.try_post(part, content).await {
            Err(Error::Uncertain { .. }) => {
                // It may stand there: look before saying it twice.
                let found = retake::left_behind(&self.stage, &self.voice, before).await;
                let found = found.map_err(|e| self.discord_error(e))?;
                match found.into_iter().find(|message| !self.shown.contains(message)) {
                    Some(message) => Ok(message),
                    None => self.try_post(part, content).await,
                }
            }
            Err(e) if e.is_dead_webhook() => {
                let another = self.stage.another_voice(self.row.clone()).await;
                self.voice = another.map_err(|e| self.discord_error(e))?;
                self.draft.open_with(self.voice.opening(self.stage.who, self.stage.event));
                let content =
                    self.draft.messages().get(part).cloned().unwrap_or_else(|| content.to_owned());
                self.try_post(part, &content).await
            }
            posted => posted,
        };
        let shown = match shown {
            Ok(shown) => shown,
            Err(e) => {
                if is_closed(&e) {
                    self.stage.close(self.row.clone(), &e).await;
                }
                return Err(self.discord_error(e));
            }
        };
        self.shown.push(shown);
        self.standing.push(Some(content.to_owned()));
        let noted = self.stage.store.showing(self.stage.leader, self.attempt, &self.shown).await;
        noted.map_err(ReplyError::Store)
    }

    async fn try_post(&self, part: usize, content: &str) -> Result<Shown, Error> {
        self.voice.post(&self.discord, self.stage.who, self.stage.event, part, content).await
    }

    fn discord_error(&self, source: Error) -> ReplyError {
        ReplyError::Discord { channel: self.stage.event.channel_id.get(), source }
    }
}
