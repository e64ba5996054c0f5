//! Nobody is to answer: paused, muted, blocked, silenced, not allowed, not to be roasted.

use std::collections::BTreeMap;

use den_worker::Verdict;
use discord_sim::UserId;
use queue::{Command, Event, Mention, Person, Target, What};
use store::{FOREVER, Pause};
use twilight_model::id::Id;

use crate::world::{World, grim_id};

impl World {
    /// Ann speaks; what became of it.
    async fn outcome(&self) -> (usize, Option<String>) {
        let event = self.ann_says("Grim, are you there?");
        assert_eq!(self.serve(std::slice::from_ref(&event)).await, [Verdict::Done]);
        (self.bedrock.calls().len(), self.why(&event).await.reason)
    }

    fn roast(&self, person: UserId, name: &str) -> Event {
        let id =
            self.sim.world().say(self.ann, self.channel, "(uses a command)").expect("a message");
        let command = Command {
            id: Id::new(id.get()),
            token: "a-token".to_owned(),
            name: "roast".to_owned(),
            options: BTreeMap::from([("person".to_owned(), person.to_string())]),
            target: None,
            people: vec![Mention { id: Id::new(person.get()), name: name.to_owned() }],
            permissions: Some(0),
        };
        Event { what: What::Command(command), ..self.event(id, "") }
    }
}

fn silent(reason: &str) -> (usize, Option<String>) {
    (0, Some(reason.to_owned()))
}

#[tokio::test]
async fn the_operator_pauses_the_den_or_a_personality_without_a_deploy() {
    let world = World::new().await;
    let store = &world.worker.store;
    let pause = Pause { by: None, at_ms: 1 };
    store.change_den(|den| den.paused = Some(pause.clone())).await.expect("the store");
    assert_eq!(world.outcome().await, silent("paused"));
    store.change_den(|den| den.paused = None).await.expect("the store");
    let one = |den: &mut store::DenRow| den.paused_personalities = [grim_id()].into();
    store.change_den(one).await.expect("the store");
    assert_eq!(world.outcome().await, silent("paused"));
    store.change_den(|den| den.paused_personalities.clear()).await.expect("the store");
    assert_eq!(world.outcome().await, (1, None));
}

#[tokio::test]
async fn a_guild_pauses_and_mutes() {
    let world = World::new().await;
    world.guild_wants(|row| row.paused = Some(Pause { by: None, at_ms: 1 })).await;
    assert_eq!(world.outcome().await, silent("guild_paused"));
    world.guild_wants(|row| row.paused = None).await;
    world.guild_wants(|row| row.muted = [(grim_id(), FOREVER)].into()).await;
    assert_eq!(world.outcome().await, silent("muted"));
    world.guild_wants(|row| row.muted = [(grim_id(), 1)].into()).await;
    assert_eq!(world.outcome().await, (1, None), "a mute ends with its time");
}

#[tokio::test]
async fn a_person_is_blocked_by_the_operator_or_silences_one_for_themselves() {
    let world = World::new().await;
    let (store, ann) = (&world.worker.store, Id::new(world.ann.get()));
    store.change_preferences(ann, |wants| wants.blocked = true).await.expect("the store");
    assert_eq!(world.outcome().await, silent("blocked"));
    let silenced = |wants: &mut store::Preferences| {
        wants.blocked = false;
        wants.silenced = [grim_id()].into();
    };
    store.change_preferences(ann, silenced).await.expect("the store");
    assert_eq!(world.outcome().await, silent("silenced"));
}

#[tokio::test]
async fn with_an_allowlist_only_guilds_on_it_are_served() {
    let world = World::new().await;
    assert_eq!(world.outcome().await, (1, None), "off by default");
    let on = world.worker.store.change_den(|den| den.allowlist = true);
    on.await.expect("the store");
    let calls = |outcome: (usize, Option<String>)| outcome;
    assert_eq!(calls(world.outcome().await), (1, Some("not_allowed".to_owned())));
    world.guild_wants(|row| row.allowed = true).await;
    assert_eq!(world.outcome().await.0, 2);
}

#[tokio::test]
async fn who_does_not_want_it_is_not_roasted() {
    let world = World::new().await;
    let ben = world.sim.world().add_person("Ben");
    world.serve(&[world.roast(ben, "Ben")]).await;
    let told = world.bedrock.calls()[0].body.to_string();
    assert!(told.contains("Roast Ben."), "{told}");
    let out =
        world.worker.store.change_preferences(Id::new(ben.get()), |wants| wants.no_roast = true);
    out.await.expect("the store");
    world.serve(&[world.roast(ben, "Ben")]).await;
    assert_eq!(world.bedrock.calls().len(), 1, "no model is asked for it");
    let said = world.grim_said();
    assert!(said[1].contains("Ben asked not to be roasted"), "{said:?}");
}

#[tokio::test]
async fn who_does_not_want_it_is_not_roasted_by_way_of_an_answer_either() {
    const TOLD: &str = "asked not to be roasted";
    let world = World::new().await;
    world.without_limits().await;
    let ben = world.person("Ben");
    world.serve(&[world.somebody_says(ben, "Ben", "Grim, I burnt my toast.")]).await;
    let out =
        world.worker.store.change_preferences(Id::new(ben.get()), |wants| wants.no_roast = true);
    out.await.expect("the store");
    let told = || world.bedrock.calls().last().expect("a call").body.to_string();

    // By name alone, to a worker that has just started and knows nobody yet.
    world.serve_anew(&[world.ann_says("Grim, roast Ben.")]).await;
    assert!(told().contains(TOLD), "{}", told());

    // Mentioned, and again.
    let mentioned = Mention { id: Id::new(ben.get()), name: "Ben".to_owned() };
    let mut asked = world.ann_says(&format!("Grim, roast <@{ben}>."));
    let What::Message(message) = &mut asked.what else { unreachable!("it is a message") };
    message.mentions = vec![mentioned.clone()];
    world.serve_anew(std::slice::from_ref(&asked)).await;
    assert!(told().contains(TOLD), "{}", told());
    let last = world.sim.world().messages(world.channel).last().expect("an answer").id;
    let row = world.worker.store.reply(Id::new(last.get())).await.expect("the store");
    assert_eq!(row.expect("a row").mentions, [mentioned.id], "kept for asking again");
    let again = queue::Again {
        reply: Id::new(last.get()),
        question: asked.message().expect("a message").id,
        text: "Grim, roast him.".to_owned(),
        mentions: vec![mentioned.id],
    };
    let id = queue::EventId::labelled(last.get(), "again", &grim_id());
    world.serve_anew(&[Event { id, what: What::Again(again), ..asked.clone() }]).await;
    assert!(told().contains(TOLD), "{}", told());

    // Among so many that nobody asked what he wants.
    let mut asked = world.ann_says("Grim, roast them all.");
    let What::Message(message) = &mut asked.what else { unreachable!("it is a message") };
    let strangers = (1..40).map(|n| Mention { id: Id::new(n), name: format!("Stranger {n}") });
    message.mentions = strangers.chain([mentioned]).collect();
    world.serve_anew(&[asked]).await;
    assert!(told().contains(TOLD), "{}", told());
}

#[tokio::test]
async fn nothing_is_made_of_a_message_that_is_gone() {
    let world = World::new().await;
    let ben = world.person("Ben");
    let deleted = |id: u64| async move { [Id::new(id)] };
    let mut menu = world.roast(ben, "Ben");
    let What::Command(command) = &mut menu.what else { unreachable!("it is a command") };
    command.name = "Roast this".to_owned();
    command.target = Some(Target {
        message_id: Id::new(1_000),
        ours: false,
        author: Person { id: Id::new(ben.get()), name: "Ben".to_owned() },
        text: "I can boil water.".to_owned(),
    });
    let gone = deleted(1_000).await;
    world.worker.store.bury(&gone, crate::world::now_ms()).await.expect("the store");
    world.serve(std::slice::from_ref(&menu)).await;
    assert_eq!(world.why(&menu).await.reason.as_deref(), Some("deleted"));

    // In a burst that comes with so many lines that not all of them can be asked for.
    let quoted = Id::new(2_000);
    world.worker.store.bury(&[quoted], crate::world::now_ms()).await.expect("the store");
    let burst: Vec<Event> = (0..3)
        .map(|n| {
            let mut event = world.ann_says("Grim, look at that.");
            event.preceding = (0..8)
                .map(|line| queue::Line {
                    message_id: Id::new(5_000 + n * 8 + line),
                    author: Person { id: Id::new(ben.get()), name: "Ben".to_owned() },
                    ours: false,
                    text: format!("line {n} {line}"),
                })
                .collect();
            let What::Message(message) = &mut event.what else { unreachable!("it is a message") };
            message.reply_to = Some(queue::Quoted {
                message_id: quoted,
                ours: false,
                author: Person { id: Id::new(ben.get()), name: "Ben".to_owned() },
                text: "I regret this.".to_owned(),
            });
            event
        })
        .collect();
    world.serve(&burst).await;
    let told = world.bedrock.calls().last().expect("a call").body.to_string();
    assert!(told.contains("look at that") && !told.contains("I regret this."), "{told}");
}

#[tokio::test]
async fn who_does_not_want_to_be_quoted_is_roasted_and_their_messages_are_not() {
    let world = World::new().await;
    let ben = world.sim.world().add_person("Ben");
    let ben_id = Id::new(ben.get());
    let out = world.worker.store.change_preferences(ben_id, |wants| wants.no_quote = true);
    out.await.expect("the store");
    world.serve(&[world.roast(ben, "Ben")]).await;
    assert_eq!(world.bedrock.calls().len(), 1, "he did not ask to be left alone");

    let mut menu = world.roast(ben, "Ben");
    let What::Command(command) = &mut menu.what else { unreachable!("it is a command") };
    command.name = "Roast this".to_owned();
    command.target = Some(Target {
        message_id: Id::new(1_000),
        ours: false,
        author: Person { id: ben_id, name: "Ben".to_owned() },
        text: "I can boil water.".to_owned(),
    });
    world.serve(std::slice::from_ref(&menu)).await;
    assert_eq!(world.bedrock.calls().len(), 1, "no model is shown his words");
    let said = world.grim_said();
    let kept = "Ben asked that their words be left alone, and I keep to that. Offer me yours?";
    assert_eq!(said.last().map(String::as_str), Some(kept));
    assert_eq!(world.why(&menu).await.reason.as_deref(), Some("not_quoted"));
}
