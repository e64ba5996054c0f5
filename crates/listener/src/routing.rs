//! Who is addressed by a message. Pure: a message, the den and the house in, personalities out.
//!
//! In this order, the first that finds someone decides:
//! 1. names called at the start, or right after a mention of the bot: each of them;
//! 2. a reply to something a personality said: that one;
//! 3. a mention of the bot, or a direct message: who is meant there, see [`Den::meant`];
//! 4. a channel bound to a personality: that one;
//! 5. chance: where the channel has a chance of its own, the luckiest if lucky enough for that; else the
//!    first that feels like it.
//!
//! Who is paused or mute is not found by 4 and 5. Whoever is addressed directly gets the message all the
//! same: their worker says why there is no answer.

use std::borrow::Cow;

use personality::{Personality, PersonalityId};
use queue::Addressed;
use twilight_model::id::{
    Id,
    marker::{ApplicationMarker, ChannelMarker, MessageMarker, UserMarker},
};

use crate::{frame::Message, house::House, names};

/// The most personalities one message reaches: each costs an answer.
const MAX_ADDRESSED: usize = 5;

/// Message types people write: DEFAULT and REPLY. See Discord Docs/Message Types.
pub const WRITTEN: [u8; 2] = [0, 19];

/// What routing knows of the den.
#[derive(Debug)]
pub struct Den {
    /// The bot user.
    pub user_id: Id<UserMarker>,
    /// The application, whose webhooks the personalities speak through.
    pub application_id: Id<ApplicationMarker>,
    /// The personalities; the first one is the default.
    pub personalities: Vec<Ears>,
    /// Every name and id in lower case, with the position of whose it is.
    names: Vec<(usize, String)>,
    /// How the bot user is mentioned.
    mentions: [String; 2],
}

/// What a personality listens to.
#[derive(Clone, Debug)]
pub struct Ears {
    /// Its id.
    pub id: PersonalityId,
    /// The name above its messages.
    pub name: String,
    /// Its name and aliases.
    pub names: Vec<String>,
    /// Channels bound to it.
    pub channels: Vec<Id<ChannelMarker>>,
    /// The chance that it answers unasked, from 0 to 1.
    pub chime_in: f64,
}

impl From<&Personality> for Ears {
    fn from(personality: &Personality) -> Self {
        let channels = personality.presence.channels.iter();
        Self {
            id: personality.id.clone(),
            name: personality.name.clone(),
            names: personality.names().map(str::to_owned).collect(),
            channels: channels.map(|channel| Id::from(channel.get())).collect(),
            chime_in: personality.presence.chime_in,
        }
    }
}

impl Den {
    /// A den that is connected as this user of this application.
    pub fn new(
        user_id: Id<UserMarker>,
        application_id: Id<ApplicationMarker>,
        personalities: Vec<Ears>,
    ) -> Self {
        let names_of = |ears: &Ears| {
            let names = ears.names.iter().map(|name| name.to_lowercase());
            names.chain([ears.id.to_string()]).filter(|name| !name.is_empty()).collect::<Vec<_>>()
        };
        let names = personalities.iter().enumerate();
        let names = names
            .flat_map(|(n, ears)| names_of(ears).into_iter().map(move |name| (n, name)))
            .collect();
        let mentions = [format!("<@{user_id}>"), format!("<@!{user_id}>")];
        Self { user_id, application_id, personalities, names, mentions }
    }

    /// Whether a person wrote this for people to read. Bots, webhooks and our own messages are never
    /// answered: that is how loops start.
    pub fn hears(&self, message: &Message) -> bool {
        !message.author.bot
            && message.webhook_id.is_none()
            && message.application_id != Some(self.application_id)
            && WRITTEN.contains(&message.kind)
    }

    /// Whether we posted it: as the bot user, or through a webhook of ours.
    pub fn is_ours(&self, message: &Message) -> bool {
        message.author.id == self.user_id || message.application_id == Some(self.application_id)
    }

    /// Whom of us a message is by.
    pub fn speaker(&self, message: &Message) -> Option<&Ears> {
        self.named(self.speech(message)?.0)
    }

    /// The name a message of ours carries, and what it says under that name: a webhook carries the name as its
    /// author, the bot user begins its text with `**Name:** `. Nothing where no personality speaks: an answer to
    /// a command repeats people's words, and what the bot user says in its own name may do so.
    pub fn speech<'m>(&self, message: &'m Message) -> Option<(&'m str, &'m str)> {
        if !self.is_ours(message) || !WRITTEN.contains(&message.kind) {
            return None;
        }
        // Discord says of what follows a command that a webhook posted it, too: then the bot user is its author.
        match message.webhook_id.is_some() && message.author.id != self.user_id {
            true => Some((&message.author.username, &message.content)),
            false => spoken_by(&message.content),
        }
    }

    /// The personality of this name or id, ignoring case.
    pub fn named(&self, name: &str) -> Option<&Ears> {
        let name = name.to_lowercase();
        self.names.iter().find(|(_, known)| *known == name).map(|(n, _)| &self.personalities[*n])
    }

    /// The personality of this id.
    pub fn of_id(&self, id: &PersonalityId) -> Option<&Ears> {
        self.personalities.iter().find(|ears| ears.id == *id)
    }

    /// Who is meant where nobody in particular is: whom the channel is bound to, else its default, else who
    /// of us spoke last there, else the guild's default, else the den's first. `None` only in an empty den.
    pub fn meant(
        &self,
        house: &House,
        channel_id: Id<ChannelMarker>,
        last_speaker: Option<&PersonalityId>,
    ) -> Option<&Ears> {
        let known = |id: Option<&PersonalityId>| self.of_id(id?);
        self.bound(house, channel_id)
            .or_else(|| known(house.default_in(channel_id)))
            .or_else(|| known(last_speaker))
            .or_else(|| known(house.default_in_guild()))
            .or_else(|| self.personalities.first())
    }

    /// Who is addressed by a message that [`Den::hears`] lets through, and how. `last_speaker` is who of us
    /// spoke last in its channel, where that is known.
    pub fn addressed(
        &self,
        message: &Message,
        house: &House,
        last_speaker: Option<&PersonalityId>,
    ) -> Vec<(PersonalityId, Addressed)> {
        let (called, is_mentioned) = self.called(&message.content);
        let is_direct = message.guild_id.is_none();
        let meant = || self.meant(house, message.channel_id, last_speaker);
        let one = |ears: Option<&Ears>, how| {
            ears.map(|ears| (ears.id.clone(), how)).into_iter().collect()
        };

        if !called.is_empty() {
            let how = match (is_mentioned, is_direct) {
                (true, _) => Addressed::Mention,
                (_, true) => Addressed::DirectMessage,
                _ => Addressed::Name,
            };
            return called.into_iter().map(|n| (self.personalities[n].id.clone(), how)).collect();
        }
        let replied_to =
            message.referenced_message.as_ref().and_then(|quoted| self.speaker(quoted));
        if replied_to.is_some() {
            one(replied_to, Addressed::Reply)
        } else if is_mentioned {
            one(meant(), Addressed::Mention)
        } else if is_direct {
            one(meant(), Addressed::DirectMessage)
        } else if let Some(ears) = self.bound(house, message.channel_id) {
            one(Some(ears).filter(|ears| !house.is_quiet(&ears.id)), Addressed::Channel)
        } else {
            one(self.chiming_in(message, house), Addressed::Chance)
        }
    }

    /// Whom a channel is bound to: by the guild, else by a personality's file.
    fn bound(&self, house: &House, channel_id: Id<ChannelMarker>) -> Option<&Ears> {
        let set = house.bound(channel_id).and_then(|id| self.of_id(id));
        set.or_else(|| self.personalities.iter().find(|ears| ears.channels.contains(&channel_id)))
    }

    /// Who answers unasked, if anybody.
    fn chiming_in(&self, message: &Message, house: &House) -> Option<&Ears> {
        let mut awake = self.personalities.iter().filter(|ears| !house.is_quiet(&ears.id));
        let Some(chance) = house.chime_in(message.channel_id) else {
            return awake.find(|ears| luck(message.id, &ears.id) < ears.chime_in);
        };
        let tries: Vec<(f64, &Ears)> =
            awake.map(|ears| (luck(message.id, &ears.id), ears)).collect();
        // Set for the channel, the chance is that somebody does, however many there are: each has so much of
        // it that together they have all of it.
        let each = 1.0 - (1.0 - chance).powf(1.0 / tries.len() as f64);
        let luckiest = tries.into_iter().min_by(|(a, _), (b, _)| a.total_cmp(b));
        luckiest.filter(|(luck, _)| *luck < each).map(|(_, ears)| ears)
    }

    /// Who is called in a text, and whether the bot is mentioned in it. Only mentions in the text count:
    /// Discord's own list also names whom a reply pings.
    fn called(&self, text: &str) -> (Vec<usize>, bool) {
        // The older form with `!` means the same.
        let text = match text.contains(&self.mentions[1]) {
            true => Cow::Owned(text.replace(&self.mentions[1], &self.mentions[0])),
            false => Cow::Borrowed(text),
        };
        let mut parts = text.split(&self.mentions[0]);
        let mut called = names::called(parts.next().unwrap_or_default(), &self.names);
        let mut is_mentioned = false;
        for part in parts {
            is_mentioned = true;
            for who in names::called(part, &self.names) {
                if !called.contains(&who) {
                    called.push(who);
                }
            }
        }
        called.truncate(MAX_ADDRESSED);
        (called, is_mentioned)
    }
}

/// The name and the words of a text of the bot user's: `**Name:** words`.
pub fn spoken_by(text: &str) -> Option<(&str, &str)> {
    let (name, words) = text.strip_prefix("**")?.split_once(":**")?;
    Some((name, words.trim_start()))
}

/// What decides whether a personality chimes in: from 0 to 1, the same for the same message wherever and
/// whenever it is asked, so that luck can be explained. FNV-1a over id and name, then mixed.
pub fn luck(message_id: Id<MessageMarker>, personality: &PersonalityId) -> f64 {
    let bytes = message_id.get().to_be_bytes().into_iter().chain(personality.as_str().bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    let mixed = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let mixed = (mixed ^ (mixed >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    // The upper 53 bits, as many as a double holds exactly.
    ((mixed ^ (mixed >> 33)) >> 11) as f64 / (1_u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc};

    use serde_json::{Value, json};

    use super::*;

    const BOUND: u64 = 500;

    fn den() -> Den {
        let ears = |id: &str, names: &[&str], channels: &[u64], chime_in| Ears {
            id: id.parse().unwrap(),
            name: names[0].to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            channels: channels.iter().map(|id| Id::new(*id)).collect(),
            chime_in,
        };
        let personalities = vec![
            ears("grim", &["Grim", "Reaper"], &[], 0.0),
            ears("mabel", &["Mabel"], &[BOUND], 0.0),
            ears("rex", &["Rex"], &[], 0.0),
        ];
        Den::new(Id::new(10), Id::new(20), personalities)
    }

    fn message(changes: Value) -> Message {
        let mut message = json!({
            "id": "1000", "channel_id": "400", "guild_id": "300", "content": "hello all",
            "author": {"id": "30", "username": "ann"}, "type": 0,
        });
        for (key, value) in changes.as_object().unwrap() {
            message[key] = value.clone();
        }
        serde_json::from_value(message).unwrap()
    }

    fn said(text: &str) -> Message {
        message(json!({"content": text}))
    }

    fn route(message: &Message) -> String {
        routed_after(message, None)
    }

    fn routed_after(message: &Message, last: Option<&str>) -> String {
        let last = last.map(|id| id.parse().unwrap());
        in_house(message, &House::default(), last.as_ref())
    }

    fn in_house(message: &Message, house: &House, last: Option<&PersonalityId>) -> String {
        let addressed = den().addressed(message, house, last);
        let words = addressed.iter().map(|(id, how)| format!("{id} by {how:?}"));
        words.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn an_answer_to_a_command_is_nobodys_speech_whatever_the_bot_user_is_called() {
        let posted = |kind: u8, author: Value, webhook: Option<&str>, text: &str| {
            let changes = json!({
                "type": kind, "author": author, "webhook_id": webhook, "application_id": "20", "content": text,
            });
            den().speech(&message(changes)).map(|(name, words)| format!("{name}: {words}"))
        };
        let bot = || json!({"id": "10", "username": "Grim", "bot": true});
        let webhook = json!({"id": "77", "username": "Grim", "bot": true});
        let (asked, said) = ("-# Ann asks Grim: I failed my exam", "**Grim:** Boo.");
        assert_eq!(posted(0, webhook, Some("77"), "Boo.").as_deref(), Some("Grim: Boo."));
        assert_eq!(posted(0, bot(), None, said).as_deref(), Some("Grim: Boo."));
        for (kind, webhook) in [(20, None), (20, Some("20")), (23, Some("20"))] {
            assert_eq!(posted(kind, bot(), webhook, asked), None, "type {kind}");
            assert_eq!(posted(kind, bot(), webhook, said), None, "type {kind}");
        }
        assert_eq!(posted(19, bot(), Some("20"), asked), None, "what follows a command");
        assert_eq!(posted(0, bot(), None, "Hello! Grim listens here now."), None);
    }

    #[test]
    fn who_is_spoken_to_in_a_guild() {
        let table = [
            ("hello all", ""),
            ("Grim, hi", "grim by Name"),
            ("hey reaper", "grim by Name"),
            ("Mabel and Grim: hi", "mabel by Name, grim by Name"),
            ("<@10> hi", "grim by Mention"),
            ("<@!10> hi", "grim by Mention"),
            ("hi <@10>", "grim by Mention"),
            ("<@10> mabel, hi", "mabel by Mention"),
            ("hey <@10> Mabel and Rex!", "mabel by Mention, rex by Mention"),
            ("Rex, ask <@10>", "rex by Mention"),
            ("<@11> Grim is here", ""),
            ("I told Grim", ""),
        ];
        for (text, expected) in table {
            assert_eq!(route(&said(text)), expected, "routing `{text}`");
        }
    }

    #[test]
    fn a_bare_mention_goes_to_whom_the_channel_is_bound_then_to_who_spoke_last() {
        let bound = message(json!({"channel_id": BOUND.to_string(), "content": "<@10> hi"}));
        assert_eq!(route(&bound), "mabel by Mention");
        assert_eq!(routed_after(&said("<@10> and?"), Some("rex")), "rex by Mention");
        assert_eq!(routed_after(&said("<@10> and?"), Some("gone")), "grim by Mention");
    }

    #[test]
    fn direct_messages_go_to_the_named_the_last_or_the_first() {
        let direct = |text: &str| message(json!({"guild_id": null, "content": text}));
        assert_eq!(route(&direct("hello")), "grim by DirectMessage");
        assert_eq!(route(&direct("Rex, hello")), "rex by DirectMessage");
        assert_eq!(routed_after(&direct("and you?"), Some("mabel")), "mabel by DirectMessage");
    }

    #[test]
    fn replies_go_to_who_said_it() {
        let reply = |quoted: Value| {
            message(json!({"type": 19, "content": "really?", "referenced_message": quoted}))
        };
        let by_webhook = json!({
            "id": "9", "channel_id": "400", "author": {"id": "77", "username": "Mabel", "bot": true},
            "webhook_id": "77", "application_id": "20", "content": "Tea?",
        });
        assert_eq!(route(&reply(by_webhook.clone())), "mabel by Reply");
        let by_bot = json!({
            "id": "9", "channel_id": "400", "author": {"id": "10", "username": "den", "bot": true},
            "content": "**Rex:** Woof.",
        });
        assert_eq!(route(&reply(by_bot)), "rex by Reply");
        let mut by_stranger = by_webhook;
        by_stranger["application_id"] = json!("21");
        assert_eq!(route(&reply(by_stranger)), "", "another application's Mabel is not ours");
        assert_eq!(route(&reply(Value::Null)), "", "the message replied to is gone");
    }

    #[test]
    fn a_bound_channel_needs_no_name() {
        let bound = |text: &str| message(json!({"channel_id": BOUND.to_string(), "content": text}));
        assert_eq!(route(&bound("anyone?")), "mabel by Channel");
        assert_eq!(route(&bound("Grim?")), "grim by Name");
    }

    #[test]
    fn loops_do_not_start_here() {
        let table = [
            (json!({}), true),
            (json!({"type": 19}), true),
            (json!({"author": {"id": "31", "username": "other", "bot": true}}), false),
            (json!({"webhook_id": "77"}), false),
            (json!({"application_id": "20"}), false),
            (json!({"type": 7}), false),
            (json!({"type": 20}), false),
        ];
        for (changes, expected) in table {
            assert_eq!(den().hears(&message(changes.clone())), expected, "{changes}");
        }
    }

    #[test]
    fn luck_is_fair_and_never_changes() {
        let grim = "grim".parse().unwrap();
        assert_eq!(
            luck(Id::new(1_080_000_000_000_000_000), &grim),
            luck(Id::new(1_080_000_000_000_000_000), &grim)
        );
        let lucky = (1..=10_000).filter(|n| luck(Id::new(n << 22), &grim) < 0.1).count();
        assert!((900..1_100).contains(&lucky), "{lucky} of 10,000 at a chance of one in ten");

        let mut den = den();
        den.personalities[2].chime_in = 1.0;
        let addressed = den.addressed(&said("nice weather"), &House::default(), None);
        assert_eq!(addressed, [("rex".parse().unwrap(), Addressed::Chance)]);
    }

    /// What a guild has set, by way of the JSON it is stored as.
    fn guild(row: Value) -> House {
        House { guild: Arc::new(serde_json::from_value(row).unwrap()), ..House::default() }
    }

    #[test]
    fn what_a_guild_sets_for_a_channel_beats_the_file() {
        let house = guild(json!({
            "default": "rex",
            "channels": {
                "500": {"bound": "rex"}, "600": {"bound": "mabel"},
                "700": {"default": "mabel"}, "800": {"bound": "gone"},
            },
        }));
        let table = [
            ("500", "anyone?", None, "rex by Channel"),
            ("500", "<@10> you?", Some("mabel"), "rex by Mention"),
            ("500", "Mabel?", None, "mabel by Name"),
            ("600", "anyone?", None, "mabel by Channel"),
            ("700", "anyone?", None, ""),
            ("700", "<@10> you?", Some("grim"), "mabel by Mention"),
            ("800", "anyone?", None, ""),
            ("800", "<@10> you?", Some("grim"), "grim by Mention"),
            ("400", "<@10> you?", Some("grim"), "grim by Mention"),
            ("400", "<@10> you?", None, "rex by Mention"),
        ];
        for (channel, text, last, expected) in table {
            let message = message(json!({"channel_id": channel, "content": text}));
            let last = last.map(|id| id.parse().unwrap());
            let routed = in_house(&message, &house, last.as_ref());
            assert_eq!(routed, expected, "`{text}` in {channel} after {last:?}");
        }
    }

    #[test]
    fn who_is_quiet_answers_only_who_speaks_to_them() {
        let pause = json!({"by": null, "at_ms": 1});
        let den_row = |row: Value| House {
            den: Arc::new(serde_json::from_value(row).unwrap()),
            ..House::default()
        };
        let houses = [
            guild(json!({"paused": pause})),
            guild(json!({"muted": {"mabel": 1_000}})),
            den_row(json!({"paused": pause})),
            den_row(json!({"paused_personalities": ["mabel"]})),
        ];
        let bound = |text: &str| message(json!({"channel_id": BOUND.to_string(), "content": text}));
        for house in houses {
            assert_eq!(in_house(&bound("anyone?"), &house, None), "", "{house:?}");
            let asked = in_house(&bound("Mabel, are you there?"), &house, None);
            assert_eq!(asked, "mabel by Name", "{house:?}");
            let asked = in_house(&bound("<@10>?"), &house, None);
            assert_eq!(asked, "mabel by Mention", "{house:?}");
        }
        let later = House { now_ms: 1_000, ..guild(json!({"muted": {"mabel": 1_000}})) };
        assert_eq!(in_house(&bound("anyone?"), &later, None), "mabel by Channel", "it is over");
    }

    #[test]
    fn a_channels_chance_is_that_of_all_together() {
        let chiming_in = |house: &House| {
            let mut by_whom = BTreeMap::<String, u32>::new();
            for n in 1..=10_000_u64 {
                let said = message(json!({"id": (n << 22).to_string()}));
                *by_whom.entry(in_house(&said, house, None)).or_default() += 1;
            }
            by_whom
        };
        let percent = |percent: u8| json!({"channels": {"400": {"chime_in": percent}}});
        assert_eq!(chiming_in(&guild(percent(0))).into_keys().collect::<Vec<_>>(), [""]);
        let tenth = chiming_in(&guild(percent(10)));
        assert!((8_850..9_150).contains(&tenth[""]), "{tenth:?}");
        let always = chiming_in(&guild(percent(100)));
        for who in ["grim", "mabel", "rex"] {
            let n = always[&format!("{who} by Chance")];
            assert!((3_000..3_700).contains(&n), "everybody has a turn: {always:?}");
        }
        let mut row = percent(100);
        row["muted"] = json!({"rex": 1, "mabel": 1});
        let alone = chiming_in(&guild(row));
        assert_eq!(alone.into_keys().collect::<Vec<_>>(), ["grim by Chance"]);
    }

    #[test]
    fn an_allowlist_closes_the_houses_that_are_not_on_it() {
        let den: Arc<store::DenRow> =
            Arc::new(serde_json::from_value(json!({"allowlist": true})).unwrap());
        let stranger = House { den: den.clone(), ..House::default() };
        let guest = House { den: den.clone(), ..guild(json!({"allowed": true})) };
        let direct = House { is_direct: true, ..stranger.clone() };
        assert!(House::default().is_open() && !stranger.is_open());
        assert!(guest.is_open() && direct.is_open());
    }
}
