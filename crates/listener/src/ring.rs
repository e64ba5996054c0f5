//! The last few lines said in each channel, so that an event can carry what was said just before.
//!
//! Best effort, in memory only, empty after a restart, and bounded: few lines, short lines, few channels.

use std::collections::{BTreeMap, HashMap, VecDeque};

use personality::PersonalityId;
use queue::Line;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, MessageMarker},
};

/// Lines kept per channel.
const LINES: usize = 8;
/// Characters kept of a line.
const CHARACTERS: usize = 300;
/// Channels kept; the one that was silent longest goes first.
const CHANNELS: usize = 1_000;

/// The lines of all channels.
#[derive(Debug, Default)]
pub struct Ring {
    channels: HashMap<Id<ChannelMarker>, Channel>,
    /// Channels by when something was last said there.
    by_age: BTreeMap<u64, Id<ChannelMarker>>,
    clock: u64,
}

#[derive(Debug, Default)]
struct Channel {
    touched: u64,
    lines: VecDeque<Kept>,
}

#[derive(Debug)]
struct Kept {
    line: Line,
    speaker: Option<PersonalityId>,
}

impl Ring {
    /// Adds a line; `speaker` where one of our personalities said it. A line already there stays as it is:
    /// a resumed session repeats.
    pub fn push(
        &mut self,
        channel_id: Id<ChannelMarker>,
        mut line: Line,
        speaker: Option<PersonalityId>,
    ) {
        shorten(&mut line.text, CHARACTERS);
        self.clock += 1;
        let channel = self.channels.entry(channel_id).or_default();
        self.by_age.remove(&channel.touched);
        channel.touched = self.clock;
        self.by_age.insert(self.clock, channel_id);
        if !channel.lines.iter().any(|kept| kept.line.message_id == line.message_id) {
            channel.lines.push_back(Kept { line, speaker });
        }
        if channel.lines.len() > LINES {
            channel.lines.pop_front();
        }
        if self.channels.len() > CHANNELS
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.channels.remove(&oldest);
        }
    }

    /// Follows an edit.
    pub fn edit(
        &mut self,
        channel_id: Id<ChannelMarker>,
        message_id: Id<MessageMarker>,
        text: &str,
    ) {
        let channel = self.channels.get_mut(&channel_id);
        let lines = channel.into_iter().flat_map(|channel| &mut channel.lines);
        for kept in lines.filter(|kept| kept.line.message_id == message_id) {
            kept.line.text = shortened(text, CHARACTERS);
        }
    }

    /// Follows deletions.
    pub fn delete(&mut self, channel_id: Id<ChannelMarker>, message_ids: &[Id<MessageMarker>]) {
        if let Some(channel) = self.channels.get_mut(&channel_id) {
            channel.lines.retain(|kept| !message_ids.contains(&kept.line.message_id));
        }
    }

    /// The lines before a message, oldest first.
    pub fn before(
        &self,
        channel_id: Id<ChannelMarker>,
        message_id: Id<MessageMarker>,
    ) -> Vec<Line> {
        self.kept(channel_id, message_id).map(|kept| kept.line.clone()).collect()
    }

    /// The personality that spoke last before a message.
    pub fn last_speaker(
        &self,
        channel_id: Id<ChannelMarker>,
        message_id: Id<MessageMarker>,
    ) -> Option<PersonalityId> {
        self.kept(channel_id, message_id).filter_map(|kept| kept.speaker.as_ref()).last().cloned()
    }

    fn kept(
        &self,
        channel_id: Id<ChannelMarker>,
        message_id: Id<MessageMarker>,
    ) -> impl Iterator<Item = &Kept> {
        let channel = self.channels.get(&channel_id);
        channel
            .into_iter()
            .flat_map(|channel| &channel.lines)
            .filter(move |kept| kept.line.message_id < message_id)
    }
}

/// Leaves the first `characters` of a text, and gives back the room of the others.
fn shorten(text: &mut String, characters: usize) {
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
        text.shrink_to_fit();
    }
}

/// The first `characters` of a text.
pub fn shortened(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        Some((end, _)) => text[..end].to_owned(),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use queue::Person;

    use super::*;

    const CHANNEL: Id<ChannelMarker> = Id::new(7);

    fn line(id: u64, text: &str) -> Line {
        Line {
            message_id: Id::new(id),
            author: Person { id: Id::new(1), name: "Ann".to_owned() },
            text: text.to_owned(),
            ours: false,
        }
    }

    fn texts(ring: &Ring) -> Vec<String> {
        ring.before(CHANNEL, Id::new(u64::MAX)).into_iter().map(|line| line.text).collect()
    }

    #[test]
    fn only_the_last_lines_are_kept_and_only_their_beginnings() {
        let mut ring = Ring::default();
        for id in 1..=10 {
            ring.push(CHANNEL, line(id, &format!("line {id}")), None);
        }
        assert_eq!(texts(&ring).len(), LINES);
        assert_eq!(texts(&ring)[0], "line 3");
        ring.push(CHANNEL, line(11, &"ö".repeat(1000)), None);
        assert_eq!(texts(&ring).last().unwrap().chars().count(), CHARACTERS);
    }

    #[test]
    fn edits_deletions_and_repetitions_are_followed() {
        let mut ring = Ring::default();
        for id in 1..=4 {
            ring.push(CHANNEL, line(id, "as written"), None);
        }
        ring.push(CHANNEL, line(4, "repeated"), None);
        ring.edit(CHANNEL, Id::new(2), "mended");
        ring.delete(CHANNEL, &[Id::new(1), Id::new(3)]);
        assert_eq!(texts(&ring), ["mended", "as written"]);
        assert_eq!(ring.before(CHANNEL, Id::new(4)).len(), 1, "a message does not precede itself");
    }

    #[test]
    fn the_channel_that_was_silent_longest_is_forgotten() {
        let mut ring = Ring::default();
        for id in 1..=CHANNELS as u64 {
            ring.push(Id::new(id), line(id, "hi"), None);
        }
        ring.push(Id::new(1), line(9_000, "still here"), None);
        ring.push(Id::new(50_000), line(9_001, "new"), None);
        assert_eq!(ring.channels.len(), CHANNELS);
        assert_eq!(ring.by_age.len(), CHANNELS);
        assert!(ring.channels.contains_key(&Id::new(1)));
        assert!(!ring.channels.contains_key(&Id::new(2)));
    }

    #[test]
    fn who_spoke_last_is_known() {
        let mut ring = Ring::default();
        let grim: PersonalityId = "grim".parse().unwrap();
        ring.push(CHANNEL, line(1, "Boo."), Some(grim.clone()));
        ring.push(CHANNEL, line(2, "eek"), None);
        assert_eq!(ring.last_speaker(CHANNEL, Id::new(3)), Some(grim));
        assert_eq!(ring.last_speaker(CHANNEL, Id::new(1)), None);
    }
}
