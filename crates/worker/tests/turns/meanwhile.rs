//! What people decide while the model speaks.

use std::future::Future;

use bedrock_sim::{Gate, Play};
use chat::Outcome;
use den_worker::Verdict;
use queue::{Event, EventId, Person};
use store::{FOREVER, Preferences, Scope, Space};
use twilight_model::id::Id;

use crate::world::{World, grim_id, now_ms};

impl World {
    /// Ann asks, and while the model thinks, `meanwhile` happens.
    async fn ask_while(&self, event: &Event, meanwhile: impl Future<Output = ()>) {
        let gate = Gate::new();
        self.bedrock.script(Play::WaitFor(gate.clone(), Box::new(Play::say("Soup, as ever."))));
        let asked = Box::pin(async {
            gate.reached().await;
            meanwhile.await;
            gate.open();
        });
        let events = [event.clone()];
        let (verdicts, ()) = tokio::join!(Box::pin(self.serve(&events)), asked);
        assert_eq!(verdicts, [Verdict::Done]);
    }

    async fn ann_wants(&self, change: impl FnMut(&mut Preferences)) {
        let wants = self.worker.store.change_preferences(Id::new(self.ann.get()), change);
        wants.await.expect("the store");
    }

    /// Everything that is kept of the guild's public talk.
    async fn kept(&self) -> Vec<String> {
        let scope = Scope::new(Space::Guild(Id::new(self.guild.get())), grim_id());
        let kept = self.worker.store.episodes(&scope, None, now_ms()).await.expect("the store");
        let window =
            self.worker.store.window(Id::new(self.channel.get()), &grim_id(), now_ms()).await;
        let window = window.expect("the store");
        kept.messages.into_iter().chain(window).map(|kept| kept.text).collect()
    }
}

#[tokio::test]
async fn an_erasure_while_the_model_speaks_is_not_undone() {
    let world = World::new().await;
    let event = world.ann_says("Grim, remember that my cat is called Biscuit.");
    let erase = world.ann_wants(|wants| wants.erased_at_ms = now_ms() + 1_000);
    world.ask_while(&event, erase).await;
    assert_eq!(world.grim_said(), ["Soup, as ever."], "she is answered");
    assert_eq!(world.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn forgetting_here_while_the_model_speaks_is_not_undone() {
    let world = World::new().await;
    let event = world.ann_says("Grim, my cat is called Biscuit.");
    let channel = event.channel_id;
    let forget = async {
        let noted = world.worker.store.note_forgotten_channel(channel, now_ms() + 1_000);
        noted.await.expect("the store");
    };
    world.ask_while(&event, forget).await;
    assert_eq!(world.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn opting_out_while_the_model_speaks_counts_at_once() {
    let world = World::new().await;
    let event = world.ann_says("Grim, my cat is called Biscuit.");
    world.ask_while(&event, world.ann_wants(|wants| wants.no_memory = true)).await;
    assert_eq!(world.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn who_is_muted_while_they_speak_falls_silent() {
    let world = World::new().await;
    let event = world.ann_says("Grim, dinner?");
    let mute = async {
        let muted = world.worker.store.change_guild(Id::new(world.guild.get()), |row| {
            row.muted = [(grim_id(), FOREVER)].into();
            Ok::<_, std::convert::Infallible>(())
        });
        let Ok(()) = muted.await.expect("the store");
    };
    world.ask_while(&event, mute).await;
    assert_eq!(world.grim_said(), Vec::<String>::new());
    let why = world.why(&event).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Silent, Some("muted")));
    assert!(why.cost_usd.is_some_and(|cost| cost > 0.0), "what was asked is paid for: {why:?}");
}

#[tokio::test]
async fn a_question_taken_back_while_the_model_speaks_gets_no_answer() {
    let world = World::new().await;
    let event = world.ann_says("Grim, dinner?");
    let message = event.message().expect("a message").id;
    let delete = async {
        world.worker.store.bury(&[message], now_ms()).await.expect("the store");
    };
    world.ask_while(&event, delete).await;
    assert_eq!(world.grim_said(), Vec::<String>::new());
    assert_eq!(world.kept().await, Vec::<String>::new());
}

#[tokio::test]
async fn whoever_is_blocked_does_not_silence_those_they_speak_behind() {
    let world = World::new().await;
    let carl = world.sim.world().add_person("Carl");
    world.sim.world().join(carl, world.guild).expect("carl joins");
    let blocked = world.worker.store.change_preferences(Id::new(carl.get()), |wants| {
        wants.blocked = true;
    });
    blocked.await.expect("the store");
    let ann = world.ann_says("Grim, dinner?");
    let id = world.sim.world().say(carl, world.channel, "Grim, say something vile").expect("carl");
    let behind = Event {
        id: EventId::new(id.get(), &grim_id()),
        author: Person { id: Id::new(carl.get()), name: "Carl".to_owned() },
        ..world.event(id, "Grim, say something vile")
    };
    assert_eq!(world.serve(&[ann, behind]).await, [Verdict::Done, Verdict::Done]);
    let told = world.bedrock.calls()[0].body.to_string();
    assert!(told.contains("dinner") && !told.contains("vile"), "{told}");
    assert!(world.kept().await.iter().all(|text| !text.contains("vile")));
    assert!(world.channel()[2].contains("Ann: Grim, dinner?"), "{:?}", world.channel());
}
