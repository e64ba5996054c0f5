//! What else is kept: windows, rows, counters, sessions, the inbox.

use store::{Claimed, Counter, GatewaySession, ReplyRow, Speaker, Subject, Wanted, WindowTurn};
use twilight_model::id::Id;

use crate::world::{NOW, attempt, event, fresh, grim};

fn turn(id: u64, text: &str) -> WindowTurn {
    let speaker = Speaker::Person { id: Id::new(3), name: "Ann".to_owned() };
    WindowTurn { message_id: Id::new(id), speaker, text: text.to_owned() }
}

#[tokio::test]
async fn a_window_holds_the_newest_turns_of_one_personality_in_one_channel() {
    let world = fresh().await;
    let (here, there) = (Id::new(7), Id::new(8));
    let turns: Vec<WindowTurn> = (1..=60).map(|id| turn(id * 10, &format!("line {id}"))).collect();
    world.store.remember_turns(here, &grim(), &turns, NOW).await.unwrap();
    world.store.remember_turns(there, &grim(), &[turn(5, "elsewhere")], NOW).await.unwrap();
    let other = "grimmer".parse().unwrap();
    world.store.remember_turns(here, &other, &[turn(6, "to another")], NOW).await.unwrap();

    let window = world.store.window(here, &grim()).await.unwrap();
    assert_eq!(window.len(), 40);
    assert_eq!(window.first().map(|turn| turn.text.as_str()), Some("line 21"));
    assert_eq!(window.last().map(|turn| turn.text.as_str()), Some("line 60"));
}

#[tokio::test]
async fn everything_is_gathered_and_every_claim_taken() {
    let world = fresh().await;
    let events = [event(1), event(2)];
    let counter = Counter { subject: Subject::Person(Id::new(3)), personality: grim(), span_s: 60 };
    let wanted = Wanted {
        events: &events,
        channel: Id::new(7),
        personality: &grim(),
        counters: std::slice::from_ref(&counter),
    };
    let gathered = world.store.gather(&wanted, &attempt("a", 0)).await.unwrap();
    assert!(gathered.claims.iter().all(|claim| matches!(claim, Claimed::Won(_))));
    assert_eq!((gathered.window.len(), gathered.channel, gathered.counts), (0, None, vec![1]));

    let again = world.store.gather(&wanted, &attempt("b", 1)).await.unwrap();
    assert!(again.claims.iter().all(|claim| matches!(claim, Claimed::Live { .. })));
    assert_eq!(again.counts, [2]);
    assert_eq!(world.store.count(&counter, -1, NOW).await.unwrap(), 1);
    assert_eq!(world.store.count(&counter, 1, NOW + 60_000).await.unwrap(), 1, "a new minute");
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
}
