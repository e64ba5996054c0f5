//! Who is addressed, and what they get to know.

use discord::Speaker;
use queue::{Addressed, What};

use crate::town::{Town, twilight};

#[tokio::test]
async fn a_mention_with_a_name_reaches_that_personality() {
    let town = Town::new().await;
    let running = town.started().await;
    town.world.set_nick(town.ann, town.guild, "Annie").unwrap();
    town.says("lovely weather");
    let message = town.says(&format!("<@{}> mabel, tea?", town.app.user_id));
    town.until_queued(&[message]).await;

    let events = town.inbox.events();
    let [event] = &events[..] else { panic!("one event, not {:?}", town.inbox.ids()) };
    assert_eq!(event.id.as_str(), format!("{message}:mabel"));
    assert_eq!(event.application_id.get(), town.app.application_id.get());
    assert_eq!(event.guild_id.map(|guild| guild.get()), Some(town.guild.get()));
    assert_eq!(event.channel_id.get(), town.channel.get());
    assert_eq!((event.author.id.get(), event.author.name.as_str()), (town.ann.get(), "Annie"));
    let heard = event.message().unwrap();
    assert_eq!(heard.addressed, Addressed::Mention);
    assert_eq!(heard.text, format!("<@{}> mabel, tea?", town.app.user_id));
    assert_eq!(heard.mentions[0].id.get(), town.app.user_id.get());
    let before: Vec<_> = event.preceding.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(before, ["lovely weather"]);
    assert_eq!(event.credit, 3);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn several_named_are_each_addressed_and_talk_among_people_is_not_touched() {
    let town = Town::new().await;
    let running = town.started().await;
    town.says("did you see Grim yesterday?");
    let message = town.says("Grim and Mabel: who is older?");
    town.until("both are asked", || town.inbox.ids().len() == 2).await;
    let mut ids = town.inbox.ids();
    ids.sort();
    assert_eq!(ids, [format!("{message}:grim"), format!("{message}:mabel")]);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_reply_reaches_who_said_it_with_what_was_said() {
    let town = Town::new().await;
    let running = town.started().await;
    let channel = twilight(town.channel.get());
    let webhook = town.discord.create_webhook(channel, "den").await.unwrap();
    let speaker = Speaker { name: "Mabel", avatar_url: None };
    let posted =
        town.discord.execute_webhook(&webhook, None, &speaker, "Tea is at four.").await.unwrap();
    let ours = town.world.last_message(town.channel).unwrap();
    let reply = town.world.reply(town.ann, ours.id, "and cake?").unwrap().get();
    town.until_queued(&[reply]).await;

    let events = town.inbox.events();
    let [event] = &events[..] else {
        panic!("our own message is no event: {:?}", town.inbox.ids())
    };
    assert_eq!(event.personality.as_str(), "mabel");
    let heard = event.message().unwrap();
    assert_eq!(heard.addressed, Addressed::Reply);
    let quoted = heard.reply_to.as_ref().unwrap();
    assert_eq!(
        (quoted.message_id, quoted.author.name.as_str(), quoted.text.as_str()),
        (posted.id, "Mabel", "Tea is at four.")
    );
    assert!(quoted.ours);

    // Who spoke last is who a bare mention means.
    let message = town.says(&format!("<@{}> thanks", town.app.user_id));
    town.until_queued(&[message]).await;
    assert_eq!(town.inbox.ids().last().unwrap(), &format!("{message}:mabel"));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_direct_message_needs_no_name() {
    let town = Town::new().await;
    let running = town.started().await;
    let direct = town.world.open_dm(town.ann, town.app.application_id).unwrap();
    let message = town.world.say(town.ann, direct, "are you there?").unwrap().get();
    town.until_queued(&[message]).await;
    let event = town.inbox.events().pop().unwrap();
    assert_eq!((event.guild_id, event.personality.as_str()), (None, "grim"));
    assert_eq!(event.message().unwrap().addressed, Addressed::DirectMessage);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn edits_and_deletions_are_followed_in_what_was_said_before() {
    let town = Town::new().await;
    let running = town.started().await;
    let first = town.world.say(town.ann, town.channel, "my secret is soup").unwrap();
    let second = town.world.say(town.ann, town.channel, "teh weather").unwrap();
    town.world.delete(town.ann, first).unwrap();
    town.world.edit(town.ann, second, "the weather").unwrap();
    let message = town.says("Grim, well?");
    town.until_queued(&[message]).await;
    let events = town.inbox.events();
    let event = events.iter().find(|event| event.message().is_some()).unwrap();
    let before: Vec<_> = event.preceding.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(before, ["the weather"]);
    assert!(matches!(event.what, What::Message(_)));
    running.stop().await.unwrap();
}
