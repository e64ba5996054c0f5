//! Channels and what is set for them.

use discord_sim::{Permissions, Whom};
use store::MOST_CHANNELS;
use twilight_model::id::Id;

use crate::house::{House, Reads, grim};

const KEEPER: Permissions = Permissions::MANAGE_CHANNELS;

#[tokio::test]
async fn a_channel_is_bound_and_unbound() {
    let house = House::new().await;
    let kim = house.by(house.kim);
    let bound = kim.uses("bind", &[("personality", "grim")]).await;
    bound.says("**Grim** answers everything in <#").says("30 seconds");
    let channel = Id::new(house.channel.get());
    assert_eq!(house.settings().await.channels[&channel].bound, Some(grim()));
    kim.uses("persona show", &[]).await.says("bound to: **Grim**");
    kim.uses("unbind", &[]).await.says("is bound to nobody");
    assert!(house.settings().await.channels.is_empty(), "nothing set takes no room");
    kim.uses("unbind", &[]).await.says("is bound to nobody");
    let channel = house.channel;
    let expected =
        [format!("unbind channel {channel} from grim"), format!("bind channel {channel} to grim")];
    assert_eq!(house.acts().await, expected);
}

#[tokio::test]
async fn who_answers_a_bare_mention_is_nobody_in_particular_again() {
    let house = House::new().await;
    let kim = house.by(house.kim);
    kim.uses("persona default", &[("personality", "grim")]).await.says("**Grim** answers in");
    let channel = Id::new(house.channel.get());
    assert_eq!(house.settings().await.channels[&channel].default, Some(grim()));
    kim.uses("persona default", &[]).await.says("Nobody in particular answers a bare mention");
    assert!(house.settings().await.channels.is_empty());
}

#[tokio::test]
async fn a_right_in_one_channel_is_none_in_another_and_other_servers_are_out_of_reach() {
    let house = House::new().await;
    let sim = house.sim.world();
    sim.set_permission(house.channel, Whom::User(house.ben), KEEPER, true).unwrap();
    let other = sim.add_text_channel(house.guild, "quiet").unwrap().to_string();
    let elsewhere = sim.add_guild("Elsewhere");
    let far = sim.add_text_channel(elsewhere, "far").unwrap().to_string();
    let ben = house.by(house.ben);
    let bind = |channel: String| async move {
        ben.uses("bind", &[("personality", "grim"), ("channel", &channel)]).await
    };
    bind(other).await.says("You need the permission Manage Channels in <#");
    bind(far).await.says("That channel is not in this server.");
    bind("77".to_owned()).await.says("I cannot see that channel.");
    bind("0".to_owned()).await.says("That is no channel.");
    assert!(house.settings().await.channels.is_empty());
    bind(house.channel.to_string()).await.says("answers everything");
}

#[tokio::test]
async fn another_channel_is_bound_by_whoever_may_change_it() {
    let house = House::new().await;
    let other = house.sim.world().add_text_channel(house.guild, "quiet").unwrap();
    let options = [("personality", "grim"), ("channel", &*other.to_string())];
    house.by(house.kim).uses("bind", &options).await.says(&format!("<#{other}>"));
    assert_eq!(house.settings().await.channels[&Id::new(other.get())].bound, Some(grim()));
}

#[tokio::test]
async fn no_more_channels_are_set_than_the_listener_can_hold() {
    let house = House::new().await;
    let full = house.worker.store.change_guild(Id::new(house.guild.get()), |row| {
        for channel in 1..=MOST_CHANNELS as u64 {
            row.channels.entry(Id::new(channel)).or_default().chime_in = Some(5);
        }
        Ok::<_, std::convert::Infallible>(())
    });
    full.await.unwrap().unwrap();
    let refused = house.by(house.kim).uses("bind", &[("personality", "grim")]).await;
    refused.says("there is no room for more");
    assert_eq!(house.settings().await.channels.len(), MOST_CHANNELS);
    assert!(house.acts().await.is_empty(), "what is not done is not written down as done");
}

#[tokio::test]
async fn chance_default_and_wiser_self_are_set_for_a_channel() {
    let house = House::new().await;
    let kim = house.by(house.kim);
    kim.uses("persona chance", &[("percent", "5")]).await.says("after 5 of 100 messages");
    kim.uses("persona chance", &[("percent", "101")]).await.says("is no number from 0 to 100");
    kim.uses("persona default", &[("personality", "grim")]).await.says("**Grim** answers in <#");
    let everywhere = [("personality", "grim"), ("everywhere", "true")];
    kim.uses("persona default", &everywhere).await.says("permission Manage Server");
    let ada = house.by(house.ada);
    ada.uses("persona default", &everywhere).await.says("everywhere in this server");
    assert_eq!(house.settings().await.default, Some(grim()));
    kim.uses("higherself on", &[("personality", "grim")]).await.says("as its wiser self");
    kim.uses("persona show", &[])
        .await
        .says("chimes in: 5 of 100")
        .says("bare mention: **Grim**")
        .says("wiser selves: **Grim**");
    kim.uses("higherself off", &[("personality", "grim")]).await.says("its everyday self");
    kim.uses("higherself on", &[("personality", "mabel")]).await.says("has no wiser self");
    kim.uses("persona chance", &[]).await.says("as often as they like");
    kim.uses("persona default", &[]).await.says("Nobody in particular");
    ada.uses("persona default", &[("everywhere", "true")]).await.says("Nobody in particular");
    let row = house.settings().await;
    assert!(row.channels.is_empty() && row.default.is_none(), "{row:?}");
}
