//! What else is kept: windows, rows, counters, sessions, the inbox.

use futures_util::future::join_all;
use store::{
    About, Claimed, Counter, Day, Episode, GatewaySession, Held, Purse, ReplyRow, Scope, Subject,
    Wanted,
};
use twilight_model::id::Id;

use crate::world::{
    ANN, ATTIC, BEN, GUILD, HALL, NOW, PARLOUR, World, attempt, event, fact, fresh, grim, private,
    public, said, turbo, waiting,
};

#[tokio::test]
async fn a_window_holds_the_newest_turns_of_one_personality_in_one_channel() {
    let world = fresh().await;
    let turns: Vec<Episode> =
        (1..=60).map(|id| said(id * 10, ANN, &format!("line {id}"))).collect();
    world.keep(&turns).await;
    world.keep_in(&public(), Some(GUILD), ATTIC, &[said(5, ANN, "elsewhere")]).await;
    let other = Scope { personality: turbo(), ..public() };
    world.keep_in(&other, Some(GUILD), HALL, &[said(6, ANN, "to another")]).await;

    let window = world.store.window(HALL, &grim(), NOW).await.unwrap();
    assert_eq!(window.len(), 40);
    assert_eq!(window.first().map(|turn| turn.text.as_str()), Some("line 21"));
    assert_eq!(window.last().map(|turn| turn.text.as_str()), Some("line 60"));
}

/// A question of Ann's in the attic.
fn wanted<'a>(
    events: &'a [queue::EventId],
    who: &'a personality::PersonalityId,
    counters: &'a [Counter],
) -> Wanted<'a> {
    Wanted {
        events,
        guild: Some(GUILD),
        channel: ATTIC,
        personality: who,
        counters,
        people: &[ANN, BEN, ANN],
        messages: &[],
        reserve: 40,
        purses: &[Purse::Guild(GUILD), Purse::Den],
        known: &[],
    }
}

#[tokio::test]
async fn everything_is_gathered_and_every_claim_taken() {
    let world = fresh().await;
    let events = [event(1), event(2)];
    let counter = Counter { subject: Subject::Person(ANN), personality: grim(), span_s: 60 };
    let grim = grim();
    let wanted = wanted(&events, &grim, std::slice::from_ref(&counter));
    let gathered = world.store.gather(&wanted, &attempt("a", 0)).await.unwrap();
    assert!(gathered.claims.iter().all(|claim| matches!(claim, Claimed::Won(_))));
    assert_eq!((gathered.window.len(), &gathered.rows.channel), (0, &None));
    assert_eq!(gathered.counts, [1]);
    assert_eq!(gathered.spending.iter().map(|sum| sum.total()).collect::<Vec<_>>(), [40, 40]);
    assert_eq!(gathered.rows.people.len(), 2);

    let again = world.store.gather(&wanted, &attempt("b", 1)).await.unwrap();
    assert!(again.claims.iter().all(|claim| matches!(claim, Claimed::Live { .. })));
    assert_eq!(again.counts, [2]);
    assert_eq!(again.spending[1].total(), 80, "to be given back by who lost");
    assert_eq!(world.store.count(&counter, -1, NOW).await.unwrap(), 1);
    assert_eq!(world.store.count(&counter, 1, NOW + 60_000).await.unwrap(), 1, "a new minute");

    let retake = world.store.gather(&wanted, &attempt("c", 20_000)).await.unwrap();
    let Claimed::Won(progress) = &retake.claims[0] else { panic!("{:?}", retake.claims) };
    assert_eq!(progress.held, Some(Held { day: Day::of(NOW), amount: 40 }));
}

#[tokio::test]
async fn a_turn_reads_its_guild_and_its_channel_and_nothing_else() {
    let world = fresh().await;
    let store = &world.store;
    world.keep(&[said(1, ANN, "in the hall")]).await;
    world.keep_in(&private(), Some(GUILD), ATTIC, &[said(2, BEN, "in the attic")]).await;
    let other = Scope::new(store::Space::Channel(PARLOUR), grim());
    world.keep_in(&other, Some(GUILD), PARLOUR, &[said(3, ANN, "in the parlour")]).await;
    for (scope, text) in [(public(), "likes soup"), (private(), "is afraid"), (other, "snores")] {
        let add = |book: &mut store::Book| book.add(fact("1", BEN, text));
        store.change_book(&scope, About::Person(ANN), add).await.unwrap().unwrap();
    }
    store.change_preferences(ANN, |row| row.no_roast = true).await.unwrap();
    store.set_quotable(&private(), BEN, false).await.unwrap();
    store.bury(&[Id::new(9)], NOW).await.unwrap();

    let (events, grim) = ([event(4)], grim());
    let wanted = Wanted { messages: &[Id::new(9), Id::new(10)], ..wanted(&events, &grim, &[]) };
    let gathered = store.gather(&wanted, &attempt("a", 0)).await.unwrap();
    let told = format!("{:?}", gathered.memory);
    for (text, is_told) in [
        ("in the hall", true),
        ("in the attic", true),
        ("likes soup", true),
        ("is afraid", true),
        ("in the parlour", false),
        ("snores", false),
    ] {
        assert_eq!(told.contains(text), is_told, "{text}");
    }
    assert!(gathered.rows.people[&ANN].no_roast, "whoever is asked for twice is read once");
    assert_eq!(gathered.rows.deleted.iter().collect::<Vec<_>>(), [&Id::new(9)]);
    assert!(gathered.memory[1].unquoted.contains(&BEN) && gathered.memory[0].unquoted.is_empty());
    assert_eq!(gathered.window.len(), 1, "the attic's own");
}

#[tokio::test]
async fn a_warm_worker_reads_what_is_new_until_something_was_changed() {
    let world = fresh().await;
    let (events, grim) = ([event(4)], grim());
    let hour = 3_600_000;
    for n in 0..3 {
        world.keep(&[said(crate::world::at(n * hour), ANN, &format!("line {n}"))]).await;
    }
    let (newest, mark) = (Id::new(crate::world::at(2 * hour)), 0);
    let known = [Some((newest, mark)), None];
    let wanted = Wanted { known: &known, ..wanted(&events, &grim, &[]) };
    let texts = |gathered: &store::Gathered| {
        let messages = &gathered.memory[0].episodes.messages;
        messages.iter().map(|message| message.text.clone()).collect::<Vec<_>>()
    };
    let gathered = world.store.gather(&wanted, &attempt("a", 0)).await.unwrap();
    assert_eq!(texts(&gathered), ["line 2"], "with what may have been kept late");

    let first = Id::new(crate::world::at(0));
    world.store.edit_message(first, "mended", &[1], NOW).await.unwrap();
    let gathered = world.store.gather(&wanted, &attempt("b", 1)).await.unwrap();
    assert_eq!(texts(&gathered), ["mended", "line 1", "line 2"]);
    assert_eq!(gathered.memory[0].mark, 1);
}

#[tokio::test]
async fn a_gather_that_fails_holds_nothing() {
    let world = fresh().await;
    let store = &world.store;
    let (events, grim) = ([event(1)], grim());
    // An earlier attempt crashed with something reserved.
    let wanted = wanted(&events, &grim, &[]);
    store.gather(&wanted, &attempt("crashed", 0)).await.unwrap();
    // A key that cannot be read makes the gather fail, beside a claim that is won.
    let broken = r#"{"pk":{"S":"G#7"},"sk":{"S":"ROW"},"rev":{"N":"1"},"budget":{"S":"lots"}}"#;
    store.load(&[broken]).await.unwrap();
    let wanted = Wanted { reserve: 55, ..wanted };
    store.gather(&wanted, &attempt("fails", 20_000)).await.unwrap_err();
    let spent = store.spending(Purse::Den, Day::of(NOW)).await.unwrap();
    assert_eq!(spent.reserved, 40, "what the crashed one held, and no more");
    let claimed = store.claim(&events[0], &events, &attempt("next", 20_001), None).await.unwrap();
    let Claimed::Won(progress) = claimed else { panic!("{claimed:?}") };
    assert_eq!(progress.held, Some(Held { day: Day::of(NOW), amount: 40 }), "it is not forgotten");
    assert_eq!(progress.crashed, 1);
}

#[tokio::test]
async fn what_waits_is_read_in_the_order_it_came() {
    let world: World = fresh().await;
    let store = &world.store;
    let late = queue::Event { received_at_ms: NOW + 5, ..waiting(1, ANN, "late") };
    let early = waiting(2, ANN, "early");
    let put = [&late, &early, &early].map(|event| store.put_in_inbox(event));
    join_all(put).await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    let ids: Vec<String> = store.inbox().await.unwrap().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, [early.id.as_str(), late.id.as_str()]);
    store.put_aside(late.id.as_str(), &late.write(), "it crashed", NOW).await.unwrap();
    store.remove_from_inbox(late.id.as_str()).await.unwrap();
    assert_eq!(store.inbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_reply_can_be_explained() {
    let world = fresh().await;
    let row = ReplyRow {
        message_id: Id::new(500),
        channel_id: Id::new(7),
        personality: grim(),
        event: event(1),
        asker: Id::new(3),
        why: r#"{"v":1}"#.to_owned(),
        messages: vec![],
        question: Some(Id::new(1)),
        others: Vec::new(),
        mentions: Vec::new(),
        command: None,
    };
    world.store.keep_reply(&row, NOW).await.unwrap();
    assert_eq!(world.store.reply(Id::new(500)).await.unwrap(), Some(row));
    assert_eq!(world.store.why(Id::new(500)).await.unwrap(), [r#"{"v":1}"#]);
    assert!(world.store.why(Id::new(501)).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_session_is_left_to_the_next_listener() {
    let world = fresh().await;
    let session = GatewaySession {
        session_id: "abc".to_owned(),
        sequence: 42,
        resume_url: "wss://gateway.example".to_owned(),
        config_hash: "1".to_owned(),
        saved_at_ms: NOW,
    };
    let app = Id::new(11);
    assert_eq!(world.store.gateway_session(app, 0).await.unwrap(), None);
    world.store.save_gateway_session(app, 0, &session).await.unwrap();
    assert_eq!(world.store.gateway_session(app, 0).await.unwrap(), Some(session));
    assert_eq!(world.store.gateway_session(app, 1).await.unwrap(), None);
    world.store.clear_gateway_session(app, 0).await.unwrap();
    assert_eq!(world.store.gateway_session(app, 0).await.unwrap(), None);
    assert_eq!(world.store.count_identify(app, "2026-11-21", NOW).await.unwrap(), 1);
    assert_eq!(world.store.count_identify(app, "2026-11-21", NOW).await.unwrap(), 2);
    world.store.forget_gateway(app).await.unwrap();
    assert_eq!(world.store.count_identify(app, "2026-11-21", NOW).await.unwrap(), 1);
}
