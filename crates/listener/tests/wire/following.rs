//! Edits, deletions and signs: what the steward is told of, and what is nobody's business.

use std::time::Duration;

use discord::Lane;
use queue::{Event, Sign, What};

use crate::town::{Town, twilight};

impl Town {
    /// Lets so much time pass that what is said now is younger than the listener, however clocks differ.
    fn later(&self) {
        self.sim.clock().advance(Duration::from_secs(120));
    }

    /// Waits until the steward is told something, and everything before that has been dealt with.
    async fn told(&self, n: usize) -> Vec<Event> {
        self.until("the steward is told", || self.inbox.for_steward().len() >= n).await;
        let told = self.inbox.for_steward();
        assert_eq!(told.len(), n, "{:?}", self.inbox.ids());
        told
    }

    /// Waits until everything done so far has been heard.
    async fn until_heard(&self) {
        let message = self.says("Grim, are you following?");
        self.until_queued(&[message]).await;
    }
}

#[tokio::test]
async fn an_edit_of_what_was_asked_is_told_and_other_edits_are_not() {
    let town = Town::new().await;
    let running = town.started().await;
    town.later();
    let asked = town.world.say(town.ann, town.channel, "Grim, is teh tea ready?").unwrap();
    let chatter = town.world.say(town.ben, town.channel, "lovly weather").unwrap();
    town.world.edit(town.ben, chatter, "lovely weather").unwrap();
    town.world.edit(town.ann, asked, "Grim, is the tea ready?").unwrap();
    let told = town.told(1).await;

    let [event] = &told[..] else { unreachable!() };
    let What::Edited(edited) = &event.what else { panic!("no edit: {event:?}") };
    assert_eq!(edited.message_id.get(), asked.get());
    assert_eq!(edited.text, "Grim, is the tea ready?");
    assert!(event.id.as_str().starts_with(&format!("{asked}@edited-")), "{}", event.id);
    assert!(event.id.as_str().ends_with(":steward"));
    assert_eq!((event.author.id.get(), event.author.name.as_str()), (town.ann.get(), "ann"));
    assert_eq!(event.guild_id.map(|id| id.get()), Some(town.guild.get()));
    assert_eq!(running.count("edits").await, 1);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn the_lines_before_a_question_are_followed_as_well() {
    let town = Town::new().await;
    let running = town.started().await;
    town.later();
    let before = town.world.say(town.ben, town.channel, "my secret is soup").unwrap();
    let asked = town.says("Grim, did you hear that?");
    town.until_queued(&[asked]).await;
    town.world.delete(town.ben, before).unwrap();
    let told = town.told(1).await;
    let What::Deleted { message_ids } = &told[0].what else { panic!("no deletion: {told:?}") };
    assert_eq!(message_ids[0].get(), before.get());
    assert_eq!(told[0].id.as_str(), format!("{before}@deleted:steward"));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn deletions_at_once_are_one_event_with_what_may_be_held() {
    let town = Town::new().await;
    let running = town.started().await;
    town.later();
    let chatter = town.world.say(town.ben, town.channel, "nothing").unwrap();
    let other = town.world.add_text_channel(town.guild, "other").unwrap();
    let unheard = town.world.say(town.ben, other, "nothing either").unwrap();
    let first = town.world.say(town.ann, town.channel, "Grim, one").unwrap();
    let second = town.world.say(town.ann, town.channel, "Grim, two").unwrap();
    town.until_queued(&[first.get(), second.get()]).await;
    let last = town.world.say(town.ben, town.channel, "nothing at all").unwrap();
    town.world.moderate(unheard).unwrap();
    town.world.moderate_many(town.channel, &[chatter, first, last, second]).unwrap();
    let told = town.told(1).await;
    let What::Deleted { message_ids } = &told[0].what else { panic!("no deletion: {told:?}") };
    let ids: Vec<_> = message_ids.iter().map(|id| id.get()).collect();
    assert_eq!(ids, [chatter.get(), first.get(), second.get()], "the first was said before");
    assert_eq!(running.count("deletions").await, 3);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn our_own_replies_grow_without_a_word_and_go_with_one() {
    let town = Town::new().await;
    let running = town.started().await;
    let webhook = town.webhook().await;
    for is_young in [false, true] {
        if is_young {
            town.later();
        }
        let ours = town.mabel_says("Tea").await;
        let id = twilight(ours.get());
        for text in ["Tea is", "Tea is at four."] {
            town.discord.edit_webhook_message(&webhook, None, id, text, Lane::Final).await.unwrap();
        }
        town.world.moderate(ours).unwrap();
        town.until("the steward is told", || !town.inbox.for_steward().is_empty()).await;
        town.until_heard().await;
        let told: Vec<_> = town.inbox.take();
        let told = told.iter().filter(|event| event.message().is_none());
        let ids: Vec<_> = told.map(|event| event.id.to_string()).collect();
        assert_eq!(ids, [format!("{ours}@deleted:steward")]);
    }
    running.stop().await.unwrap();
}

#[tokio::test]
async fn of_what_is_older_than_the_listener_everything_is_told() {
    let town = Town::new().await;
    let said = town.world.say(town.ann, town.channel, "Grim, a long time ago").unwrap();
    let gone = town.world.say(town.ben, town.channel, "a long time ago, too").unwrap();
    let running = town.started().await;
    town.world.edit(town.ann, said, "Grim, not so long ago").unwrap();
    town.world.delete(town.ben, gone).unwrap();
    let told = town.told(2).await;
    assert!(
        matches!(told[0].what, What::Edited(_)) && matches!(told[1].what, What::Deleted { .. })
    );
    running.stop().await.unwrap();
}

#[tokio::test]
async fn signs_on_our_replies_are_told() {
    let town = Town::new().await;
    let running = town.started().await;
    town.later();
    let ours = town.mabel_says("Tea is at four.").await;
    let asked = town.world.say(town.ben, town.channel, "Mabel, when is tea?").unwrap();
    town.world.set_nick(town.ann, town.guild, "Annie").unwrap();
    town.until_queued(&[asked.get()]).await;

    town.world.react(town.ann, ours, "😀").unwrap();
    town.world.react(town.ann, asked, "❌").unwrap();
    town.world.react(town.ann, ours, "❌").unwrap();
    let told = town.told(1).await;
    let What::Reaction(reaction) = &told[0].what else { panic!("no sign: {told:?}") };
    assert_eq!((reaction.message_id.get(), reaction.sign), (ours.get(), Sign::Delete));
    let id = format!("{ours}@delete-{}-{}:steward", town.ann, told[0].received_at_ms);
    assert_eq!(told[0].id.as_str(), id);
    assert_eq!((told[0].author.id.get(), told[0].author.name.as_str()), (town.ann.get(), "Annie"));

    town.world.react(town.ben, ours, "🔁").unwrap();
    town.world.react(town.ben, ours, "❓").unwrap();
    let told = town.told(3).await;
    let signs: Vec<_> = told
        .iter()
        .filter_map(|event| match &event.what {
            What::Reaction(reaction) => Some(reaction.sign),
            _ => None,
        })
        .collect();
    assert_eq!(signs, [Sign::Delete, Sign::Again, Sign::Why]);
    assert_eq!(running.count("reactions").await, 3);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_sign_in_a_direct_message_is_told_as_well() {
    let town = Town::new().await;
    let running = town.started().await;
    let direct = town.world.open_dm(town.ann, town.app.application_id).unwrap();
    let asked = town.world.say(town.ann, direct, "are you there?").unwrap();
    town.until_queued(&[asked.get()]).await;
    let ours = town.bot_says(direct, "**Grim:** Yes.").await;
    town.world.react(town.ann, ours, "❓").unwrap();
    let told = town.told(1).await;
    assert_eq!((told[0].guild_id, told[0].author.id.get()), (None, town.ann.get()));
    running.stop().await.unwrap();
}
