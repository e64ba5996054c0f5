//! Commands and menus: registered, completed while they are typed, answered.

use den_listener::registration;
use discord::{Discord, Settings, Token};
use discord_sim::InteractionState;
use twilight_model::id::Id;

use crate::{
    characters::{GRIM_SAYS, MABEL_SAYS},
    world::{Plan, TOKEN, World},
};

/// A town whose den has its commands registered, as `den commands sync` does it.
async fn open() -> World {
    let world = World::open_with(Plan { is_strict: true, ..Plan::default() }).await;
    let settings = Settings {
        api_url: world.sim.url().to_owned(),
        ..Settings::new(Some(Token::parse(TOKEN).unwrap()))
    };
    let application = Id::new(world.app.application_id.get());
    let discord = Discord::new(settings).unwrap();
    discord.put_commands(application, &registration()).await.unwrap();
    world
}

#[tokio::test]
async fn a_question_by_command_is_answered_by_whom_it_names() {
    let world = open().await;
    let suggested =
        world.discord.autocomplete(world.ann, world.channel, "ask", "personality", "ma");
    let suggested = suggested.await.unwrap();
    let names: Vec<_> = suggested.iter().map(|choice| choice.name.as_str()).collect();
    assert_eq!(names, ["Mabel"]);

    let whom = suggested[0].value.as_str().unwrap();
    let options = [("personality", whom), ("question", "what is in the oven?")];
    let asked = world.discord.slash(world.ann, world.channel, "ask", &options).unwrap();
    world.until_said("Mabel", world.channel, 1).await;
    let answered = |discord: &discord_sim::World| {
        matches!(discord.interaction(asked)?.state, InteractionState::Answered { .. }).then_some(())
    };
    world.until("the command is answered", answered).await;

    assert_eq!(
        world.transcript(world.channel),
        ["Den: -# Ann asks Mabel: what is in the oven?".to_owned(), format!("Mabel: {MABEL_SAYS}")]
    );
    assert!(world.bedrock.calls()[0].last_user_text().contains("what is in the oven?"));
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn who_lives_here_is_told_to_the_one_who_asks() {
    let world = open().await;
    let asked = world.discord.slash(world.ann, world.channel, "personalities", &[]).unwrap();
    let list = privately_answered(&world, asked).await;
    for summary in ["**Grim** — A ghost", "**Mabel** — A baker", "**Rex** — A dog"] {
        assert!(list.contains(summary), "{list}");
    }
    assert_eq!(world.transcript(world.channel), [""; 0], "nobody else sees it");
    assert_eq!(world.bedrock.calls().len(), 0);
    assert_eq!(world.violations(), Vec::<String>::new());
}

#[tokio::test]
async fn why_did_it_say_that_is_explained() {
    let world = open().await;
    let asked = world.ann_says("Grim, what is for dinner?");
    world.why(asked).await;
    let reply = world.until_said("Grim", world.channel, 1).await;
    assert_eq!(world.said_by("Grim", world.channel), [GRIM_SAYS]);

    let why = world.discord.menu(world.ben, reply.id, "Why did it say that?").unwrap();
    let explained = privately_answered(&world, why).await;
    assert!(
        explained.contains("**Grim** answered because its name stood at the start"),
        "{explained}"
    );
    assert!(explained.contains("anthropic.claude-haiku-5-5"), "{explained}");

    // The message that was answered leads to the same explanation.
    let why = world.discord.menu(world.ben, asked, "Why did it say that?").unwrap();
    assert_eq!(privately_answered(&world, why).await, explained);
    assert_eq!(world.violations(), Vec::<String>::new());
}

/// What an interaction is answered with, seen by nobody but who started it.
async fn privately_answered(world: &World, asked: discord_sim::InteractionId) -> String {
    world
        .until("the command is answered", |discord| {
            let interaction = discord.interaction(asked)?;
            let InteractionState::Answered { message_id } = interaction.state else { return None };
            let answer = discord.message(message_id)?;
            assert_eq!(answer.ephemeral_for, Some(interaction.person));
            Some(answer.content.clone())
        })
        .await
}
