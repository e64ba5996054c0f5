//! What the steward is told beside commands: what becomes of messages, of channels, and of guilds.

use personality::PersonalityId;
use queue::{Edited, Event, EventId, Person, Reaction, STEWARD, Sign, VERSION, What};
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker},
};

use crate::{
    event::{CREDIT, mention},
    frame::{self, Arrival, Closure, Deletions, Edit},
    routing::Den,
};

/// The steward's id.
pub fn id() -> PersonalityId {
    STEWARD.parse().expect("the steward's id is an id")
}

/// A person's edit; `None` for everything else that changes a message: Discord's previews, our own replies as
/// they grow, what other bots and webhooks rewrite.
pub fn edited(den: &Den, edit: &Edit, received_at_ms: u64) -> Option<Event> {
    let (text, edited_at_ms) = (edit.text()?, edit.edited_at_ms()?);
    let is_ours = edit.application_id == Some(den.application_id);
    let is_bot = edit.author.as_ref().is_some_and(|author| author.bot || author.id == den.user_id);
    if is_ours || is_bot || edit.webhook_id.is_some() {
        return None;
    }
    let author = edit.author.as_ref().map_or_else(
        || nobody(den),
        |author| Person { id: author.id, name: author.display_name(edit.member.as_ref()) },
    );
    let what = What::Edited(Edited {
        message_id: edit.id,
        text: text.to_owned(),
        mentions: edit.mentions.iter().map(mention).collect(),
    });
    let id = EventId::labelled(edit.id.get(), &format!("edited-{edited_at_ms}"), &id());
    Some(event(den, id, (edit.guild_id, edit.channel_id), author, what, received_at_ms))
}

/// Deletions; `None` where there are none. The first message names the event.
pub fn deleted(den: &Den, deletions: &Deletions, received_at_ms: u64) -> Option<Event> {
    let id = EventId::labelled(deletions.ids.first()?.get(), "deleted", &id());
    let what = What::Deleted { message_ids: deletions.ids.clone() };
    let place = (deletions.guild_id, deletions.channel_id);
    Some(event(den, id, place, nobody(den), what, received_at_ms))
}

/// A channel or thread that was deleted; `None` for a direct message.
pub fn closed(den: &Den, closure: &Closure, received_at_ms: u64) -> Option<Event> {
    let guild_id = Some(closure.guild_id?);
    let id = EventId::labelled(closure.id.get(), "channel-deleted", &id());
    let place = (guild_id, closure.id);
    Some(event(den, id, place, nobody(den), What::ChannelDeleted, received_at_ms))
}

/// What a reaction asks for, where it is one of the signs.
pub fn sign(reaction: &frame::Reaction) -> Option<Sign> {
    let emoji = reaction.emoji.name.as_deref().filter(|_| reaction.emoji.id.is_none());
    Sign::of(emoji?)
}

/// A person's sign on somebody else's message; `None` for every other reaction.
pub fn reacted(den: &Den, reaction: &frame::Reaction, received_at_ms: u64) -> Option<Event> {
    let sign = sign(reaction)?;
    let user = reaction.member.as_ref().and_then(|member| member.user.as_ref());
    // A message of the person's own is none of ours.
    let is_own = reaction.message_author_id.as_deref() == Some(&reaction.user_id.to_string());
    if is_own || reaction.user_id == den.user_id || user.is_some_and(|user| user.bot) {
        return None;
    }
    let nick = reaction.member.as_ref().and_then(|member| member.nick.clone());
    let name = nick.or_else(|| user.map(|user| user.display_name(None))).unwrap_or_default();
    let author = Person { id: reaction.user_id, name };
    let what = What::Reaction(Reaction { message_id: reaction.message_id, sign });
    let word = match sign {
        Sign::Delete => "delete",
        Sign::Again => "again",
        Sign::Why => "why",
    };
    // Taken off and put on again, it is another wish.
    let about = format!("{word}-{}-{received_at_ms}", reaction.user_id);
    let id = EventId::labelled(reaction.message_id.get(), &about, &id());
    Some(event(den, id, (reaction.guild_id, reaction.channel_id), author, what, received_at_ms))
}

/// A guild that let the bot in.
pub fn joined(den: &Den, guild: &Arrival, joined_at_ms: u64, received_at_ms: u64) -> Event {
    let id = EventId::labelled(guild.id.get(), &format!("joined-{joined_at_ms}"), &id());
    let place = (Some(guild.id), guild.system_channel_id.unwrap_or_else(|| guild.id.cast()));
    event(den, id, place, nobody(den), What::Joined, received_at_ms)
}

/// A guild that removed the bot.
pub fn left(den: &Den, guild_id: Id<GuildMarker>, received_at_ms: u64) -> Event {
    let id = EventId::labelled(guild_id.get(), &format!("left-{received_at_ms}"), &id());
    let place = (Some(guild_id), guild_id.cast());
    event(den, id, place, nobody(den), What::Left, received_at_ms)
}

/// An event for the steward: the place is a guild, unless it is a direct message, and a channel.
fn event(
    den: &Den,
    id: EventId,
    (guild_id, channel_id): (Option<Id<GuildMarker>>, Id<ChannelMarker>),
    author: Person,
    what: What,
    received_at_ms: u64,
) -> Event {
    Event {
        v: VERSION,
        id,
        personality: self::id(),
        application_id: den.application_id,
        guild_id,
        channel_id,
        author,
        what,
        preceding: Vec::new(),
        credit: CREDIT,
        trace: None,
        received_at_ms,
        audience_changed_ms: 0,
    }
}

/// Stands for whoever it was where Discord does not say: the bot user, without a name.
fn nobody(den: &Den) -> Person {
    Person { id: den.user_id, name: String::new() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn den() -> Den {
        Den::new(Id::new(10), Id::new(20), Vec::new())
    }

    fn changed(mut whole: Value, changes: Value) -> Value {
        for (key, value) in changes.as_object().unwrap() {
            whole[key] = value.clone();
        }
        whole
    }

    #[test]
    fn only_a_persons_sign_on_somebody_elses_message_is_told() {
        let reaction = json!({
            "user_id": "30", "channel_id": "400", "message_id": "1000", "guild_id": "300",
            "member": {"user": {"id": "30", "username": "ann"}, "nick": null},
            "emoji": {"id": null, "name": "❌"}, "message_author_id": "77",
        });
        let table = [
            (json!({}), Some("1000@delete-30-7:steward")),
            (json!({"message_author_id": "0"}), Some("1000@delete-30-7:steward")),
            (json!({"message_author_id": null}), Some("1000@delete-30-7:steward")),
            (json!({"emoji": {"name": "❓"}}), Some("1000@why-30-7:steward")),
            (json!({"emoji": {"id": "5", "name": "❌"}}), None),
            (json!({"emoji": {"id": "5", "name": null}}), None),
            (json!({"emoji": {"name": "👍"}}), None),
            (json!({"message_author_id": "30"}), None),
            (json!({"user_id": "10"}), None),
            (json!({"member": {"user": {"id": "30", "bot": true}}}), None),
        ];
        for (changes, expected) in table {
            let one = serde_json::from_value(changed(reaction.clone(), changes.clone())).unwrap();
            let told = reacted(&den(), &one, 7).map(|event| event.id.to_string());
            assert_eq!(told.as_deref(), expected, "{changes}");
        }
    }

    #[test]
    fn only_a_persons_change_of_words_is_an_edit() {
        let edit = json!({
            "id": "1000", "channel_id": "400", "guild_id": "300", "content": "mended",
            "edited_timestamp": "2026-01-31T09:05:00.250000+00:00",
            "author": {"id": "30", "username": "ann"}, "member": {"nick": "Annie"},
        });
        let table = [
            (json!({}), true),
            (json!({"edited_timestamp": null}), false),
            (json!({"content": null}), false),
            (json!({"content": ""}), false),
            (json!({"webhook_id": "77"}), false),
            (json!({"application_id": "20"}), false),
            (json!({"author": {"id": "10"}}), false),
            (json!({"author": {"id": "31", "bot": true}}), false),
        ];
        for (changes, expected) in table {
            let one = serde_json::from_value(changed(edit.clone(), changes.clone())).unwrap();
            let told = edited(&den(), &one, 0);
            assert_eq!(told.is_some(), expected, "{changes}");
            if let Some(event) = told {
                assert_eq!(event.id.as_str(), "1000@edited-1769850300250:steward");
                assert_eq!(event.author.name, "Annie");
            }
        }
    }
}
