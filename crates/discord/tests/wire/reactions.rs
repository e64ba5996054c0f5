//! Taking reactions away once what they asked for is done.

use discord::Error;
use discord_sim::Permissions;
use twilight_model::id::Id;

use crate::town::{Town, posted};

#[tokio::test]
async fn a_reaction_is_taken_away_where_the_bot_may_manage_messages() {
    let town = Town::open().await;
    let (world, ann) = (&town.world, Id::new(town.ann.get()));
    let said = world.say(town.ann, town.hall, "hm").unwrap();
    let message = posted(said, town.hall);
    world.react(town.ann, said, "🔁").unwrap();
    let refused = town.discord.remove_reaction(message, "🔁", ann).await;
    assert!(matches!(refused, Err(Error::Forbidden { code: 50013, .. })), "{refused:?}");

    world.set_bot_role(town.bot.application_id, town.guild, Permissions::MANAGE_MESSAGES).unwrap();
    town.discord.remove_reaction(message, "🔁", ann).await.unwrap();
    assert!(world.message(said).unwrap().reactions.is_empty());
    town.discord.remove_reaction(message, "🔁", ann).await.unwrap();
    world.delete(town.ann, said).unwrap();
    town.discord.remove_reaction(message, "🔁", ann).await.unwrap();
    town.was_specified();
}
