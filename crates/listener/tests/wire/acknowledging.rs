//! Commands, menus and suggestions.

use std::convert::Infallible;

use discord_sim::{Effect, InteractionId, InteractionState, Permissions, RestFault};
use queue::{Command, Event, What};
use serde_json::json;
use store::ChannelSettings;
use twilight_model::guild;

use crate::town::{Town, twilight};

impl Town {
    async fn next_command(&self) -> (Event, Command) {
        self.until("a command is queued", || !self.inbox.events().is_empty()).await;
        let event = self.inbox.take().remove(0);
        let What::Command(command) = event.what.clone() else { panic!("no command: {event:?}") };
        (event, command)
    }

    /// Whether everybody, or only the person, sees that somebody thinks.
    fn is_private(&self, interaction: InteractionId) -> bool {
        match self.world.interaction(interaction).unwrap().state {
            InteractionState::Deferred { ephemeral } => ephemeral,
            other => panic!("not deferred: {other:?}"),
        }
    }

    /// What ann is told at once, for her eyes only.
    async fn told_at_once(&self, interaction: InteractionId) -> String {
        self.until("an answer", || {
            let state = self.world.interaction(interaction).unwrap().state;
            matches!(state, InteractionState::Answered { .. })
        })
        .await;
        let InteractionState::Answered { message_id } =
            self.world.interaction(interaction).unwrap().state
        else {
            unreachable!("it was answered")
        };
        let answer = self.world.message(message_id).unwrap();
        assert_eq!(answer.ephemeral_for, Some(self.ann), "only she sees it");
        answer.content.clone()
    }
}

/// Whether the event says that the person may do that.
fn may(command: &Command, what: guild::Permissions) -> bool {
    guild::Permissions::from_bits_truncate(command.permissions.unwrap()).contains(what)
}

#[tokio::test]
async fn a_question_is_deferred_and_goes_to_whom_it_is_put() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let options = [("personality", "mabel"), ("question", "Is there tea?")];
    let interaction = town.world.slash(town.ann, town.channel, "ask", &options).unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!(event.id.as_str(), format!("{interaction}:mabel"));
    assert_eq!(
        (event.channel_id.get(), event.author.id.get()),
        (town.channel.get(), town.ann.get())
    );
    assert_eq!(
        (command.name.as_str(), command.options["question"].as_str()),
        ("ask", "Is there tea?")
    );
    assert!(!command.token.is_empty() && command.target.is_none());
    let state = town.world.interaction(interaction).unwrap().state;
    assert!(matches!(state, InteractionState::Deferred { .. }), "{state:?}");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_concerns_one_person_goes_to_the_steward_in_private() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let message = town.world.say(town.ben, town.channel, "I put salt in my tea").unwrap();
    let interaction = town.world.menu(town.ann, message, "Remember this").unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!(event.id.as_str(), format!("{interaction}:steward"));
    assert!(town.is_private(interaction));
    let target = command.target.clone().unwrap();
    assert_eq!((target.message_id.get(), target.ours), (message.get(), false));
    assert_eq!((target.author.id.get(), target.author.name.as_str()), (town.ben.get(), "ben"));
    assert_eq!(target.text, "I put salt in my tea");
    assert_eq!(command.option("personality"), Some("grim"), "nobody else is meant");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_menu_on_our_own_message_says_that_it_is_ours() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let posted = town.mabel_says("Tea is at four.").await;
    let interaction = town.world.menu(town.ann, posted, "Why did it say that?").unwrap();
    let (_, command) = town.next_command().await;
    assert!(town.is_private(interaction));
    let target = command.target.clone().unwrap();
    assert_eq!((target.ours, target.author.name.as_str()), (true, "Mabel"));
    assert_eq!(command.option("personality"), None, "it is about the message");

    // Who spoke last is whom a menu means that cannot ask.
    town.world.menu(town.ann, posted, "Roast this").unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!(event.personality.as_str(), "mabel");
    assert_eq!(command.option("personality"), Some("mabel"));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn of_a_reply_only_its_own_words_are_remembered_or_roasted() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let link = "-# ↩ [ben: my locker opens with 4711](<https://discord.com/channels/1/2/3>)";
    let posted = town.mabel_says(&format!("{link}\nI shall guard it.")).await;
    for menu in ["Remember this", "Roast this"] {
        town.world.menu(town.ann, posted, menu).unwrap();
        let (_, command) = town.next_command().await;
        let target = command.target.unwrap();
        assert_eq!((target.ours, target.text.as_str()), (true, "I shall guard it."), "{menu}");
    }

    // Where there is no webhook, the bot user speaks.
    let direct = town.world.open_dm(town.ann, town.app.application_id).unwrap();
    let posted = town.bot_says(direct, "**Grim:** I shall guard it, too.").await;
    town.world.menu(town.ann, posted, "Remember this").unwrap();
    let target = town.next_command().await.1.target.unwrap();
    assert_eq!(
        (target.author.name.as_str(), target.text.as_str()),
        ("Grim", "I shall guard it, too.")
    );
    running.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_runs_the_den_reaches_the_steward_from_a_direct_message() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let direct = town.world.open_dm(town.ann, town.app.application_id).unwrap();
    let interaction =
        town.world.slash(town.ann, direct, "den spend", &[("guild", "1042")]).unwrap();
    let (event, command) = town.next_command().await;
    assert!(town.is_private(interaction));
    assert_eq!((event.guild_id, event.channel_id.get()), (None, direct.get()));
    assert_eq!((command.name.as_str(), command.option("guild")), ("den spend", Some("1042")));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_question_that_stands_under_our_name_is_not_ours_to_be_remembered_or_roasted() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let options = [("personality", "grim"), ("question", "I failed my exam")];
    let asked = town.world.slash(town.ben, town.channel, "ask", &options).unwrap();
    let (event, command) = town.next_command().await;
    let question = "-# ben asks Grim: I failed my exam";
    let application = event.application_id;
    town.discord.complete(application, &command.token, question, None).await.unwrap();
    let InteractionState::Answered { message_id } = town.world.interaction(asked).unwrap().state
    else {
        panic!("the question is not shown")
    };

    for menu in ["Remember this", "Roast this"] {
        let opened = town.world.menu(town.ann, message_id, menu).unwrap();
        let told = town.told_at_once(opened).await;
        assert!(told.starts_with("No personality says anything in that message."), "{told}");
    }
    assert!(town.inbox.events().is_empty(), "nobody hears of it");

    let reply = town.world.reply(town.ann, message_id, "Grim, what was that?").unwrap().get();
    town.until_queued(&[reply]).await;
    let event = town.inbox.take().remove(0);
    let quoted = event.message().unwrap().reply_to.as_ref().unwrap();
    assert_eq!((quoted.ours, quoted.text.as_str()), (true, ""));
    assert!(!event.write().contains("exam"), "{}", event.write());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_personality_that_is_left_out_may_mean_nobody_in_particular() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let client = town.world.as_hostile_client();
    for command in ["den pause", "den resume", "persona default"] {
        client.slash(town.ann, town.channel, command, &[]).unwrap();
        let (_, used) = town.next_command().await;
        assert_eq!((used.name.as_str(), used.option("personality")), (command, None));
    }
    client.slash(town.ann, town.channel, "den pause", &[("personality", "mabel")]).unwrap();
    let (_, used) = town.next_command().await;
    assert_eq!(used.option("personality"), Some("mabel"));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn options_reach_the_worker_as_text_with_the_people_they_name() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    town.world.set_nick(town.ben, town.guild, "Benny").unwrap();
    let ben = town.ben.to_string();
    let options = [("person", ben.as_str()), ("personality", "Mabel")];
    let interaction = town.world.slash(town.ann, town.channel, "roast", &options).unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!(event.id.as_str(), format!("{interaction}:mabel"));
    assert!(!town.is_private(interaction), "a roast is for everybody");
    assert_eq!(command.option("personality"), Some("mabel"), "by its id");
    let person = command.person("person").unwrap();
    assert_eq!((person.id.get(), person.name.as_str()), (town.ben.get(), "Benny"));

    let manager = town.world.add_role(town.guild, "manager", Permissions::MANAGE_GUILD).unwrap();
    town.world.give_role(town.ann, town.guild, manager, true).unwrap();
    let options = [("person", "3"), ("guild", "500")];
    let interaction = town.world.slash(town.ann, town.channel, "den limits", &options).unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!((event.personality.as_str(), command.name.as_str()), ("steward", "den limits"));
    assert!(town.is_private(interaction));
    assert_eq!((command.option("person"), command.option("guild")), (Some("3"), Some("500")));
    assert_eq!(command.option("channel"), None);
    assert!(may(&command, guild::Permissions::MANAGE_GUILD));
    assert!(!may(&command, guild::Permissions::ADMINISTRATOR));

    town.world.slash(town.ann, town.channel, "privacy roasts", &[("allow", "false")]).unwrap();
    assert_eq!(town.next_command().await.1.option("allow"), Some("false"));
    town.world.slash(town.ann, town.channel, "den budget", &[("dollars", "2.5")]).unwrap();
    assert_eq!(town.next_command().await.1.option("dollars"), Some("2.5"));
    let channel = town.channel.to_string();
    town.world
        .as_hostile_client()
        .slash(town.ben, town.channel, "persona chance", &[("channel", &channel)])
        .unwrap();
    let (_, command) = town.next_command().await;
    assert_eq!(command.option("channel"), Some(channel.as_str()));
    assert!(!may(&command, guild::Permissions::MANAGE_CHANNELS), "the worker sees it");
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_wiser_self_answers_in_public_and_is_switched_in_private() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let options = [("personality", "grim"), ("question", "What now?")];
    let asked = town.world.slash(town.ann, town.channel, "higherself ask", &options).unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!((event.personality.as_str(), town.is_private(asked)), ("grim", false));
    assert_eq!(command.name, "higherself ask");
    let on = town.world.slash(town.ann, town.channel, "higherself on", &options[..1]).unwrap();
    let (event, _) = town.next_command().await;
    assert_eq!((event.personality.as_str(), town.is_private(on)), ("steward", true));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn who_is_meant_is_who_the_channel_is_set_to() {
    let town = Town::new().await;
    let channel = twilight(town.channel.get());
    let set = town.store.change_guild(twilight(town.guild.get()), |row| {
        let settings = ChannelSettings { default: "mabel".parse().ok(), ..Default::default() };
        row.channels.insert(channel, settings);
        Ok::<_, Infallible>(())
    });
    let Ok(()) = set.await.unwrap();
    let running = town.started_with_commands().await;
    let options = [("what", "I like tea")];
    town.world.slash(town.ann, town.channel, "remember", &options).unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!(event.personality.as_str(), "steward");
    assert_eq!(command.option("personality"), Some("mabel"));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_about_a_server_is_refused_in_a_direct_message() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let direct = town.world.open_dm(town.ann, town.app.application_id).unwrap();
    let hostile = town.world.as_hostile_client();
    let show = hostile.slash(town.ann, direct, "persona show", &[]).unwrap();
    let told = town.told_at_once(show).await;
    assert_eq!(told, "That one is about a server: use it in one of its channels.");

    town.world.slash(town.ann, direct, "privacy show", &[]).unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!((event.guild_id, event.author.name.as_str()), (None, "ann"));
    assert_eq!((command.name.as_str(), command.permissions), ("privacy show", None));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn names_are_suggested_while_they_are_typed() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let suggested = async |typed: &str| {
        let choices = town
            .world
            .autocomplete(town.ann, town.channel, "ask", "personality", typed)
            .await
            .unwrap();
        choices
            .iter()
            .map(|choice| format!("{}={}", choice.name, choice.value))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let inner =
        town.world.autocomplete(town.ann, town.channel, "higherself on", "personality", "grim");
    assert_eq!(inner.await.unwrap()[0].name, "Grim");
    assert_eq!(suggested("MA").await.replace('"', ""), "Mabel=mabel");
    assert_eq!(suggested("").await.replace('"', ""), "Grim=grim Mabel=mabel");
    assert_eq!(suggested("zz").await, "");
    assert!(town.inbox.events().is_empty());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_name_nobody_has_is_said_so_at_once() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let options = [("personality", "Bob"), ("question", "Hi?")];
    let interaction = town.world.slash(town.ann, town.channel, "ask", &options).unwrap();
    let told = town.told_at_once(interaction).await;
    assert_eq!(told, "Nobody here is called `Bob`. Try one of: Grim, Mabel.");
    assert!(town.world.messages(town.channel).is_empty(), "only the person sees it");
    assert!(town.inbox.events().is_empty());
    running.stop().await.unwrap();
}

#[tokio::test]
async fn one_that_came_too_late_is_a_counted_drop() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let body = json!({"code": 10062, "message": "Unknown interaction"});
    let late =
        RestFault::on("POST /interactions/*/*/callback", Effect::Answer { status: 404, body });
    town.faults.rest(late);
    town.world.slash(town.ann, town.channel, "personalities", &[]).unwrap();
    running.until_health("a counted drop", |health| health["counts"]["expired"] == 1).await;
    assert!(town.inbox.events().is_empty());
    let next = town.says("Grim, hello");
    town.until_queued(&[next]).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn one_that_was_acknowledged_before_is_queued_all_the_same() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let body = json!({"code": 40060, "message": "Interaction has already been acknowledged."});
    let again =
        RestFault::on("POST /interactions/*/*/callback", Effect::Answer { status: 400, body });
    town.faults.rest(again);
    town.world.slash(town.ann, town.channel, "personalities", &[]).unwrap();
    let (event, _) = town.next_command().await;
    assert_eq!(event.personality.as_str(), "steward");
    running.stop().await.unwrap();
}
