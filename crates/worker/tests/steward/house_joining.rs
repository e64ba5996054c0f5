//! Joining and leaving a guild.

use discord_sim::Permissions;
use queue::{Event, What};
use twilight_model::id::Id;

use crate::house::House;

fn happens(house: &House, what: What) -> Event {
    house.event_of(house.ann, house.channel, what)
}

#[tokio::test]
async fn on_joining_one_line_says_who_listens_what_is_kept_and_where_to_change_it() {
    let house = House::new().await;
    let sim = house.sim.world();
    let notices = sim.add_text_channel(house.guild, "notices").unwrap();
    sim.set_system_channel(house.guild, Some(notices)).unwrap();
    let joined = happens(&house, What::Joined);
    house.done(&joined).await;
    house.done(&joined).await;
    let said: Vec<String> =
        sim.messages(notices).iter().map(|message| message.content.clone()).collect();
    assert_eq!(said.len(), 1, "{said:?}");
    for words in ["**Grim**", "365 days", "/privacy", "/mute", "/den"] {
        assert!(said[0].contains(words), "{words}: {}", said[0]);
    }
    assert!(!said[0].contains('\n'), "one line");
    assert!(house.said().is_empty());
}

#[tokio::test]
async fn without_a_channel_for_notices_one_that_everybody_reads_is_taken() {
    let house = House::new().await;
    let sim = house.sim.world();
    sim.set_bot_permission(house.channel, Permissions::SEND_MESSAGES, false).unwrap();
    let open = sim.add_text_channel(house.guild, "open").unwrap();
    house.done(&happens(&house, What::Joined)).await;
    assert!(house.said().is_empty() && house.said_in(house.cellar).is_empty());
    assert_eq!(sim.messages(open).len(), 1);
    sim.set_bot_permission(open, Permissions::SEND_MESSAGES, false).unwrap();
    house.done(&happens(&house, What::Left)).await;
    house.done(&happens(&house, What::Joined)).await;
    assert_eq!(sim.messages(open).len(), 1, "once in a guild's life");
}

#[tokio::test]
async fn where_nobody_may_write_nothing_is_said_and_nothing_fails() {
    let house = House::new().await;
    let sim = house.sim.world();
    for channel in [house.channel, house.cellar] {
        sim.set_bot_permission(channel, Permissions::SEND_MESSAGES, false).unwrap();
    }
    house.done(&happens(&house, What::Joined)).await;
    assert!(!house.settings().await.greeted);
}

#[tokio::test]
async fn a_server_that_was_not_let_in_is_told_whom_to_ask() {
    let house = House::new().await;
    house.worker.store.change_den(|den| den.allowlist = true).await.unwrap();
    house.done(&happens(&house, What::Joined)).await;
    let said = house.said();
    assert!(
        said[0].contains(&format!("Ask <@{}> to allow server {}", house.olga, house.guild)),
        "{said:?}"
    );
    assert!(!house.settings().await.greeted, "it is greeted when it is let in");
}

#[tokio::test]
async fn a_guild_that_removes_the_den_is_noted_until_it_comes_back() {
    let house = House::new().await;
    let left = happens(&house, What::Left);
    house.done(&left).await;
    assert_eq!(house.settings().await.left_at_ms, Some(left.received_at_ms));
    house.done(&happens(&house, What::Joined)).await;
    assert_eq!(house.settings().await.left_at_ms, None);
    let guild = Id::new(house.guild.get());
    assert_eq!(house.worker.store.set_left(guild, None).await.unwrap(), None);
}

#[tokio::test]
async fn a_guild_that_left_is_erased_after_its_days_and_one_that_came_back_is_not() {
    const DAY_MS: u64 = 86_400_000;
    let house = House::new().await;
    let store = &house.worker.store;
    let now = happens(&house, What::Left).received_at_ms;
    let grim: personality::PersonalityId = "grim".parse().unwrap();
    let keep = async |guild: u64, left_ms: Option<u64>| {
        let scope = store::Scope::new(store::Space::Guild(Id::new(guild)), grim.clone());
        let told = store::Episode {
            message_id: Id::new(guild + 1),
            channel_id: Id::new(guild + 2),
            speaker: store::Speaker::Person { id: Id::new(7), name: "Ann".to_owned() },
            text: "my cat is called Biscuit".to_owned(),
            reply_to: None,
            to: vec![],
            terms: Vec::new(),
            terms_version: 0,
            drawn: Vec::new(),
            expires_s: 0,
        };
        let kept = store::Kept {
            scope: &scope,
            guild: Some(Id::new(guild)),
            channel: Id::new(guild + 2),
            episodes: &[told],
            days: 365,
        };
        store.keep(&kept, now).await.unwrap();
        store.set_left(Id::new(guild), left_ms).await.unwrap();
        scope
    };
    let long_gone = keep(9_000, Some(now - 31 * DAY_MS)).await;
    let just_gone = keep(9_100, Some(now - 29 * DAY_MS)).await;
    let back = keep(9_200, Some(now - 40 * DAY_MS)).await;
    store.set_left(Id::new(9_200), None).await.unwrap();

    // Whatever the steward does first on a day.
    house.done(&happens(&house, What::Joined)).await;
    let left = async |scope| store.episodes(scope, None, now).await.unwrap().messages.len();
    assert_eq!((left(&long_gone).await, left(&just_gone).await, left(&back).await), (0, 1, 1));
}
