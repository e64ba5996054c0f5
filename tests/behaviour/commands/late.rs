//! Answers that come when the interaction's fifteen minutes are over: nothing is lost, and nobody is stuck.

use std::time::Duration;

use bedrock_sim::{Gate, Play};
use discord_sim::{Effect, InteractionState, RestFault};

use crate::home::{GRIM_SAYS, Home};

const SIXTEEN_MINUTES: Duration = Duration::from_secs(16 * 60);
const ORIGINAL: &str = "PATCH /webhooks/*/*/messages/@original";

#[tokio::test]
async fn what_was_told_is_kept_although_nobody_can_be_told_so_any_more() {
    let home = Home::open().await;
    home.faults.rest(RestFault::on(ORIGINAL, Effect::Delay { ms: 1_000 }));
    let what = [("what", "I play the horn"), ("personality", "grim")];
    let told = home.used(home.ann, home.channel, "remember", &what);
    let deferred = InteractionState::Deferred { ephemeral: true };
    home.until("it is deferred", |discord| {
        (discord.interaction(told)?.state == deferred).then_some(())
    })
    .await;
    home.sim.clock().advance(SIXTEEN_MINUTES);
    home.until("the answer is refused", |discord| {
        let requests = discord.requests();
        let late = requests.iter().find(|request| request.path.ends_with("@original"));
        late.filter(|late| late.code == Some(50_027)).map(drop)
    })
    .await;
    assert_eq!(
        home.discord.interaction(told).unwrap().state,
        deferred,
        "it stays without an answer"
    );
    let page = home.uses(home.ann, home.channel, "memories", &[("personality", "grim")]).await;
    page.says(&["remembers one thing here", "I play the horn"]);
}

#[tokio::test]
async fn a_question_is_answered_although_its_command_is_over() {
    let home = Home::open().await;
    let gate = Gate::new();
    home.bedrock.script(Play::say(GRIM_SAYS).behind(&gate));
    home.says(home.ben, home.channel, "Grim, think long!");
    gate.reached().await;
    // It waits behind Ben's question.
    let asked = [("personality", "grim"), ("question", "and me?")];
    let asked = home.used(home.ann, home.channel, "ask", &asked);
    let deferred = InteractionState::Deferred { ephemeral: false };
    home.until("it is deferred", |discord| {
        (discord.interaction(asked)?.state == deferred).then_some(())
    })
    .await;
    home.sim.clock().advance(SIXTEEN_MINUTES);
    gate.open();
    home.until_said("Grim", home.channel, 2).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS; 2]);
    assert_eq!(
        home.discord.interaction(asked).unwrap().state,
        deferred,
        "it stays without an answer"
    );
}
