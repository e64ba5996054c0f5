//! A channel, a personality's memory of it, or a whole guild is erased.

use queue::Event;
use store::{About, Answer, ChannelRow, Erased, GuildRow, Pause, Scope, Space};
use twilight_model::id::Id;

use crate::world::{
    ANN, ATTIC, BEN, ELSEWHERE, GUILD, HALL, NOW, PARLOUR, WHISPER, World, answered, attempt, fact,
    fresh, grim, private, public, said, turbo, waiting,
};

/// Words of three places; a channel's stand in one channel alone.
const HALLS: &str = "zebrafinch";
const PARLOURS: &str = "quokkapatch";
const ATTICS: &str = "walrusgrin";
const ELSEWHERES: &str = "otterhum";

async fn they_talk(world: &World) {
    let store = &world.store;
    let turbos = Scope { personality: turbo(), ..public() };
    let there = Scope::new(Space::Guild(ELSEWHERE), grim());
    for (scope, guild, channel, word) in [
        (public(), GUILD, HALL, HALLS),
        (turbos, GUILD, HALL, HALLS),
        (public(), GUILD, PARLOUR, PARLOURS),
        (private(), GUILD, ATTIC, ATTICS),
        (there, ELSEWHERE, Id::new(88), ELSEWHERES),
    ] {
        let mut lines = Vec::new();
        for n in 0..40 {
            lines.push(said(world.message(), ANN, &format!("{word} {n}")));
            lines.push(answered(world.message(), BEN, &format!("{word} too")));
        }
        world.keep_in(&scope, Some(guild), channel, &lines).await;
        while store.seal(&scope, NOW).await.unwrap() {}
        let known = store::Fact { channel_id: channel, ..fact(word, BEN, word) };
        let add = |book: &mut store::Book| book.add(known.clone());
        store.change_book(&scope, About::Person(ANN), add).await.unwrap().unwrap();
        let row = ChannelRow { guild_id: Some(guild), ..ChannelRow::default() };
        store.keep_channel(channel, &row).await.unwrap();
    }
}

#[tokio::test]
async fn a_channel_is_forgotten_by_all_and_no_other() {
    let world = fresh().await;
    they_talk(&world).await;
    // It was public once, and is private now.
    let private_now = Scope::new(Space::Channel(HALL), grim());
    let lines = [said(world.message(), ANN, HALLS)];
    world.keep_in(&private_now, Some(GUILD), HALL, &lines).await;
    let erased = world.store.erase_channel(Some(GUILD), HALL, NOW + 1).await.unwrap();
    assert_eq!(erased, Erased { messages: 161, facts: 2 });
    let all = world.everything().await;
    assert!(!all.contains(HALLS));
    for word in [PARLOURS, ATTICS, ELSEWHERES] {
        assert!(all.contains(word), "{word}");
    }
    let traces = world.store.traces(ANN).await.unwrap();
    assert!(!traces.is_empty() && traces.iter().all(|trace| trace.channel != HALL), "{traces:?}");
}

#[tokio::test]
async fn a_guild_that_stays_keeps_its_settings_and_loses_all_words() {
    let world = fresh().await;
    let store = &world.store;
    they_talk(&world).await;
    let pause = Some(Pause { by: None, at_ms: NOW });
    let pausing = |row: &mut GuildRow| {
        row.paused.clone_from(&pause);
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = store.change_guild(GUILD, pausing).await.unwrap();
    let mut heard = 0;
    let erased = store.erase_guild(GUILD, NOW + 1, |n| heard = n).await.unwrap();
    assert_eq!(erased, Erased { messages: 320, facts: 4 });
    assert_eq!(heard, 320);
    let all = world.everything().await;
    for word in [HALLS, PARLOURS, ATTICS] {
        assert!(!all.contains(word), "{word}");
    }
    assert!(all.contains(ELSEWHERES));
    assert_eq!(store.guild(GUILD).await.unwrap().paused, pause);
    assert!(store.channel(HALL).await.unwrap().is_some());
    for user in [ANN, BEN] {
        let traces = store.traces(user).await.unwrap();
        assert!(traces.iter().all(|trace| trace.space == Space::Guild(ELSEWHERE)), "{traces:?}");
    }
    world.keep(&[said(world.message(), ANN, "anew")]).await;
    assert_eq!(world.remembered().await, ["anew"]);
}

#[tokio::test]
async fn a_guild_that_left_is_erased_after_a_month_with_everything() {
    let world = fresh().await;
    let store = &world.store;
    they_talk(&world).await;
    let month = store::retention::LEFT_GUILD * 86_400_000;
    store.set_left(GUILD, Some(NOW)).await.unwrap();
    assert!(store.guilds_left_before(NOW + month - month).await.unwrap().is_empty());
    let left = store.guilds_left_before(NOW + 1).await.unwrap();
    assert_eq!(left, [GUILD]);
    for guild in left {
        store.erase_guild(guild, NOW + month, |_| ()).await.unwrap();
    }
    let all = world.everything().await;
    for trace in [HALLS, PARLOURS, ATTICS, "S#G7", "C#71", "C#72", "C#81", "G#7", "W#G7", "W#C72"] {
        assert!(!all.contains(trace), "{trace}");
    }
    assert!(all.contains(ELSEWHERES));
    assert!(store.guilds_left_before(u64::MAX).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_guild_on_the_allowlist_is_still_on_it_when_it_comes_back() {
    let world = fresh().await;
    let store = &world.store;
    they_talk(&world).await;
    let allow = |row: &mut GuildRow| {
        row.allowed = true;
        row.greeted = true;
        Ok::<_, std::convert::Infallible>(())
    };
    let Ok(()) = store.change_guild(GUILD, allow).await.unwrap();
    store.set_left(GUILD, Some(NOW)).await.unwrap();
    store.erase_guild(GUILD, NOW + 1, |_| ()).await.unwrap();
    let row = store.guild(GUILD).await.unwrap();
    assert_eq!(row, GuildRow { allowed: true, ..GuildRow::default() });
}

#[tokio::test]
async fn a_first_summary_in_the_making_does_not_outlive_its_guilds_erasure() {
    let world = fresh().await;
    world.keep(&[said(1, ANN, "in the hall")]).await;
    let before = world.store.summary(HALL, &grim(), NOW).await.unwrap().dropped;
    world.store.erase_guild(GUILD, NOW + 1, |_| ()).await.unwrap();
    assert_ne!(world.store.summary(HALL, &grim(), NOW).await.unwrap().dropped, before);
}

#[tokio::test]
async fn what_waits_in_a_guild_goes_with_it_and_nothing_else_that_waits() {
    let world = fresh().await;
    let store = &world.store;
    let here = waiting(1, ANN, HALLS);
    let there =
        Event { guild_id: Some(ELSEWHERE), channel_id: Id::new(88), ..waiting(2, ANN, ELSEWHERES) };
    let alone = Event { guild_id: None, channel_id: WHISPER, ..waiting(3, ANN, ELSEWHERES) };
    for event in [&here, &there, &alone] {
        store.put_in_inbox(event).await.unwrap();
        store.put_aside(event.id.as_str(), &event.write(), "it crashed", NOW).await.unwrap();
    }
    for (id, guild, word) in [("newer", GUILD, HALLS), ("odd", ELSEWHERE, ELSEWHERES)] {
        let body = format!(r#"{{"v":99,"guild_id":"{guild}","text":"{word}"}}"#);
        store.put_body_in_inbox(id, &body, NOW).await.unwrap();
    }
    // A turn crashed with a whole answer.
    let crashed = attempt("crashed", 0);
    let members = std::slice::from_ref(&here.id);
    store.claim(&here.id, members, &crashed, None).await.unwrap();
    let answer = Answer { text: format!("{HALLS}!"), own_words: true };
    store.generated(&here.id, members, &crashed, &answer).await.unwrap();

    let erased = store.erase_guild(GUILD, NOW + 1, |_| ()).await.unwrap();
    assert_eq!(erased, Erased::default(), "what was not kept is not counted");
    let all = world.everything().await;
    assert!(!all.contains(HALLS), "{all}");
    assert_eq!(all.matches(ELSEWHERES).count(), 5, "{all}");
    let left: Vec<String> = store.inbox().await.unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(left, ["2:grim", "3:grim", "odd"]);
}
