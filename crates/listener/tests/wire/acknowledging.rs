//! Commands, menus and suggestions.

use den_listener::registration;
use discord_sim::{Effect, InteractionState, RestFault};
use queue::{Command, Event, What};
use serde_json::json;

use crate::town::{Running, Town, twilight};

impl Town {
    async fn started_with_commands(&self) -> Running {
        let application = twilight(self.app.application_id.get());
        self.discord.put_commands(application, &registration()).await.unwrap();
        self.started().await
    }

    async fn next_command(&self) -> (Event, Command) {
        self.until("a command is queued", || !self.inbox.events().is_empty()).await;
        let event = self.inbox.events().remove(0);
        let What::Command(command) = event.what.clone() else { panic!("no command: {event:?}") };
        (event, command)
    }
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
    let message = town.world.say(town.ann, town.channel, "a message").unwrap();
    let interaction = town.world.menu(town.ann, message, "Why did it say that?").unwrap();
    let (event, command) = town.next_command().await;
    assert_eq!(event.id.as_str(), format!("{interaction}:steward"));
    let target = command.target.unwrap();
    assert_eq!((target.message_id.get(), target.ours), (message.get(), false));
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
    town.until("an answer", || {
        let state = town.world.interaction(interaction).unwrap().state;
        matches!(state, InteractionState::Answered { .. })
    })
    .await;
    let seen = town.world.messages_seen_by(town.ann, town.channel);
    assert_eq!(
        seen.last().unwrap().content,
        "Nobody here is called `Bob`. Try one of: Grim, Mabel."
    );
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
