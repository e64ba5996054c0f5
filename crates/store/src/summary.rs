//! The rolling summary: what left the window of a channel, in about 200 words.

use serde::{Deserialize, Serialize};
use std::convert::Infallible;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker, UserMarker},
};

use personality::PersonalityId;

use crate::{Error, Store, retention, ttl, window::partition};

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
    ) -> Result<Summary, Error> {
        let operation = format!("read the summary of channel {channel}");
        Ok(self.revised(&partition(channel), &sort(personality), &operation).await?.value)
    }

    /// Changes the summary. `change` may refuse: then nothing is written.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`], [`Error::Contended`].
    pub async fn change_summary<R, E>(
        &self,
        channel: Id<ChannelMarker>,
        personality: &PersonalityId,
        now_ms: u64,
        change: impl FnMut(&mut Summary) -> Result<R, E>,
    ) -> Result<Result<R, E>, Error> {
        let operation = format!("change the summary of channel {channel}");
        let key = (partition(channel), sort(personality));
        self.change(key, Some(ttl(now_ms, retention::SUMMARY)), &operation, change).await
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
        let dropped = self.change_summary(channel, personality, now_ms, |summary| {
            *summary = Summary {
                dropped: summary.dropped.wrapping_add(1),
                distilled: summary.distilled,
                ..Summary::default()
            };
            Ok::<_, Infallible>(())
        });
        let Ok(()) = dropped.await?;
        Ok(())
    }
}

/// The sort key of a personality's summary.
pub(crate) fn sort(personality: &PersonalityId) -> String {
    format!("Y#{personality}")
}
