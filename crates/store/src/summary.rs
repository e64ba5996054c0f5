//! The rolling summary: what left the window of a channel, in about 200 words.

use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use personality::PersonalityId;

use crate::{Error, Store, has_aged, retention, ttl, window::partition};

/// What was said before the window begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// The summary; empty where there is none.
    pub text: String,
    /// The newest message it takes in.
    pub upto: Option<Id<MessageMarker>>,
    /// The oldest message it takes in.
    pub from: Option<Id<MessageMarker>>,
    /// Whose words it is made of: an erasure of theirs drops it.
    pub speakers: Vec<Id<UserMarker>>,
    /// Raised whenever it is dropped: a summary in the making from what was erased is not kept.
    pub dropped: u32,
    /// The newest message that was looked through for facts.
    pub distilled: Option<Id<MessageMarker>>,
}

impl Store {
    /// The summary of a personality's talk in a channel.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn summary(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        now_ms: u64,
    ) -> Result<Summary, Error> {
        let operation = format!("read the summary of channel {channel}");
        let (pk, sk) = (partition(channel), sort(personality));
        let kept = self.revised::<KeptSummary>(&pk, &sk, &operation).await?;
        Ok(kept.value.at(now_ms))
    }

    /// Changes the summary where words are kept for so many days. `change` may refuse: then nothing is written.
    /// Whatever it changes, the summary ages anew: it lies no longer than words of now, nor than
    /// [`retention::SUMMARY`].
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn change_summary<R, E>(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        days: u64,
        now_ms: u64,
        mut change: impl FnMut(&mut Summary) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        self.change_kept_summary(channel, personality, now_ms, |kept| {
            let before = kept.summary.clone();
            let changed = change(&mut kept.summary)?;
            if kept.summary != before {
                kept.ttl = ttl(now_ms, retention::SUMMARY.min(days));
            }
            Ok(changed)
        })
        .await
    }

    async fn change_kept_summary<R, E>(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        now_ms: u64,
        mut change: impl FnMut(&mut KeptSummary) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let operation = format!("change the summary of channel {channel}");
        let key = (partition(channel), sort(personality));
        let changed = self.change(key, None, &operation, |kept: &mut KeptSummary| {
            let summary = std::mem::take(kept);
            *kept = KeptSummary { ttl: summary.ttl, summary: summary.at(now_ms) };
            let changed = change(kept)?;
            if kept.ttl == 0 {
                kept.ttl = ttl(now_ms, retention::SUMMARY);
            }
            Ok(changed)
        });
        changed.await
    }

    /// Drops the words of a summary: something it was made of is gone. It is made anew after the next answer.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn drop_summary(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        now_ms: u64,
    ) -> Result<(), Error> {
        let days = retention::SUMMARY;
        let dropped = self.change_summary(channel, personality, days, now_ms, |summary| {
            summary.forget();
            Ok::<_, Infallible>(())
        });
        let Ok(()) = dropped.await?;
        Ok(())
    }

    /// Drops the words of a summary that may tell of a message which nobody keeps any more: a summary can outlive what it
    /// was made of.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn drop_summary_of(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let summary = self.summary(channel, personality, now_ms).await?;
        let may_tell = summary.upto >= Some(message)
            && summary.from.is_none_or(|from| from <= message)
            && !summary.text.is_empty();
        match may_tell {
            true => self.drop_summary(channel, personality, now_ms).await,
            false => Ok(()),
        }
    }

    /// Drops the words of a summary where it takes in a message. Where it ends before that, its words stay, and age
    /// as before; but one in the making may take it in, and is not kept.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub(crate) async fn drop_summary_with(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        message: Id<MessageMarker>,
        now_ms: u64,
    ) -> Result<(), Error> {
        let dropped = self.change_kept_summary(channel, personality, now_ms, |kept| {
            match kept.summary.upto {
                Some(upto) if message > upto => kept.summary.void(),
                _ => {
                    kept.summary.forget();
                    kept.ttl = ttl(now_ms, retention::SUMMARY);
                }
            }
            Ok::<_, Infallible>(())
        });
        let Ok(()) = dropped.await?;
        Ok(())
    }
}

impl Summary {
    /// Voids one in the making.
    fn void(&mut self) {
        self.dropped = self.dropped.wrapping_add(1);
    }

    /// Drops the words, and voids one in the making.
    fn forget(&mut self) {
        self.void();
        *self = self.without_words();
    }

    fn without_words(&self) -> Self {
        Self { dropped: self.dropped, distilled: self.distilled, ..Self::default() }
    }
}

/// A summary as it lies in the table.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeptSummary {
    #[serde(flatten)]
    summary: Summary,
    /// When it ages out, in seconds since the Unix epoch.
    #[serde(default)]
    ttl: u64,
}

impl KeptSummary {
    /// What may be read of it then: once it has aged, no words.
    pub(crate) fn at(self, now_ms: u64) -> Summary {
        match has_aged(self.ttl, now_ms) {
            true => self.summary.without_words(),
            false => self.summary,
        }
    }
}

/// The sort key of a personality's summary.
pub(crate) fn sort(personality: &PersonalityId) -> String {
    format!("Y#{personality}")
}
