//! The claim makes a turn happen once.

use futures_util::future::join_all;
use store::{Answer, Claimed, Error, Progress, Shown, Via};
use twilight_model::id::Id;

use crate::world::{NOW, attempt, event, fresh};

fn shown() -> Vec<Shown> {
    vec![Shown { message_id: Id::new(500), channel_id: Id::new(7), via: Via::Webhook(Id::new(9)) }]
}

fn boo() -> Answer {
    Answer { text: "boo".to_owned(), own_words: true }
}

fn won(claimed: Claimed) -> Progress {
    match claimed {
        Claimed::Won(progress) => progress,
        other => panic!("not won: {other:?}"),
    }
}

#[tokio::test]
async fn of_sixteen_workers_at_once_one_wins() {
    let world = fresh().await;
    let event = event(1);
    let attempts: Vec<_> = (0..16).map(|n| attempt(&n.to_string(), 0)).collect();
    let members = [event.clone()];
    let claims = attempts.iter().map(|attempt| world.store.claim(&event, &members, attempt, None));
    let claims = join_all(claims).await;
    let winners = claims.iter().filter(|claim| matches!(claim, Ok(Claimed::Won(_)))).count();
    let waiting = claims
        .iter()
        .filter(
            |claim| matches!(claim, Ok(Claimed::Live { until_ms }) if *until_ms == NOW + 10_000),
        )
        .count();
    assert_eq!((winners, waiting), (1, 15));
}

#[tokio::test]
async fn a_closed_claim_acknowledges_duplicates_and_keeps_no_text() {
    let world = fresh().await;
    let (event, first) = (event(1), attempt("first", 0));
    let secret = Answer { text: "a secret thought".to_owned(), own_words: true };
    world.store.claim(&event, std::slice::from_ref(&event), &first, None).await.unwrap();
    world.store.generated(&event, &[], &first, &secret).await.unwrap();
    world.store.close(&event, &first, true, "{}").await.unwrap();
    for at_ms in [1, 60_000, 3_600_000] {
        let again = world
            .store
            .claim(&event, std::slice::from_ref(&event), &attempt("again", at_ms), None)
            .await;
        assert!(matches!(again, Ok(Claimed::Closed)), "{again:?}");
    }
    assert_eq!(world.store.why(Id::new(1)).await.unwrap(), ["{}"]);
    let everything = serde_json::to_string(&world.db.scan(scan("den")).unwrap().items).unwrap();
    assert!(!everything.contains("secret thought"), "{everything}");
}

fn scan(table: &str) -> dynoxide::actions::scan::ScanRequest {
    serde_json::from_value(serde_json::json!({ "TableName": table })).expect("a scan")
}

#[tokio::test]
async fn a_retake_goes_on_from_the_state_reached() {
    let world = fresh().await;
    let (leader, member) = (event(1), event(2));
    let members = [leader.clone(), member.clone()];
    let first = attempt("first", 0);
    won(world.store.claim(&leader, &members, &first, None).await.unwrap());
    world.store.showing(&leader, &members, &first, &shown()).await.unwrap();

    let late = attempt("second", 10_001);
    let progress =
        won(world.store.claim(&leader, std::slice::from_ref(&leader), &late, None).await.unwrap());
    assert_eq!(
        progress,
        Progress {
            is_retake: true,
            was_counted: true,
            crashed: 1,
            members: members.to_vec(),
            shown: shown(),
            ..Progress::default()
        }
    );

    world.store.generated(&leader, &members, &late, &boo()).await.unwrap();
    world.store.showing(&leader, &members, &late, &shown()).await.unwrap();
    let later = attempt("third", 30_000);
    let progress = won(world.store.claim(&leader, &members, &later, None).await.unwrap());
    assert_eq!((progress.answer, progress.crashed), (Some(boo()), 2));
}

#[tokio::test]
async fn who_lost_the_claim_writes_nothing_more() {
    let world = fresh().await;
    let event = event(1);
    let (slow, quick) = (attempt("slow", 0), attempt("quick", 10_001));
    won(world.store.claim(&event, std::slice::from_ref(&event), &slow, None).await.unwrap());
    won(world.store.claim(&event, std::slice::from_ref(&event), &quick, None).await.unwrap());
    let tried = [
        world.store.showing(&event, &[], &slow, &shown()).await,
        world.store.generated(&event, &[], &slow, &boo()).await,
        world.store.close(&event, &slow, true, "{}").await,
        world.store.give_up(&event, &slow).await,
    ];
    for result in tried {
        assert!(matches!(result, Err(Error::ClaimLost { .. })), "{result:?}");
    }
    world.store.close(&event, &quick, true, "{}").await.unwrap();
}

#[tokio::test]
async fn a_turn_given_up_is_taken_at_once_and_counts_as_no_crash() {
    let world = fresh().await;
    let (event, first) = (event(1), attempt("first", 0));
    won(world.store.claim(&event, std::slice::from_ref(&event), &first, None).await.unwrap());
    world.store.give_up(&event, &first).await.unwrap();
    let progress = won(world
        .store
        .claim(&event, std::slice::from_ref(&event), &attempt("second", 1), None)
        .await
        .unwrap());
    assert_eq!(progress.crashed, 0);
}

#[tokio::test]
async fn a_turn_given_up_twice_counts_once() {
    let world = fresh().await;
    let (event, first) = (event(1), attempt("first", 0));
    won(world.store.claim(&event, std::slice::from_ref(&event), &first, None).await.unwrap());
    world.store.give_up(&event, &first).await.unwrap();
    let again = world.store.give_up(&event, &first).await;
    assert!(matches!(again, Err(Error::ClaimLost { .. })), "{again:?}");
    let next = attempt("second", 1);
    let progress =
        won(world.store.claim(&event, std::slice::from_ref(&event), &next, None).await.unwrap());
    assert_eq!(progress.crashed, 0);
}

#[tokio::test]
async fn a_claim_whose_answer_was_lost_is_still_ours() {
    let world = fresh().await;
    let (event, first) = (event(1), attempt("first", 0));
    won(world.store.claim(&event, std::slice::from_ref(&event), &first, None).await.unwrap());
    let again =
        won(world.store.claim(&event, std::slice::from_ref(&event), &first, None).await.unwrap());
    assert_eq!(again.crashed, 0);
}

#[tokio::test]
async fn a_poisonous_event_is_still_poisonous_when_it_was_let_go() {
    let world = fresh().await;
    let event = event(1);
    for n in 0..3 {
        let attempt = attempt(&n.to_string(), n * 20_000);
        won(world.store.claim(&event, std::slice::from_ref(&event), &attempt, None).await.unwrap());
    }
    let fourth = attempt("fourth", 60_000);
    let progress =
        won(world.store.claim(&event, std::slice::from_ref(&event), &fourth, None).await.unwrap());
    assert_eq!(progress.crashed, 3);
    world.store.release(&event, &fourth).await.unwrap();
    let fifth = attempt("fifth", 60_001);
    let progress =
        won(world.store.claim(&event, std::slice::from_ref(&event), &fifth, None).await.unwrap());
    assert_eq!(progress.crashed, 4);
}

#[tokio::test]
async fn a_poisonous_event_that_was_let_go_keeps_no_text_and_is_answered_anew() {
    let world = fresh().await;
    let (event, first) = (event(1), attempt("first", 0));
    let members = std::slice::from_ref(&event);
    let secret = Answer { text: "a secret thought".to_owned(), own_words: true };
    won(world.store.claim(&event, members, &first, None).await.unwrap());
    world.store.showing(&event, members, &first, &shown()).await.unwrap();
    world.store.generated(&event, members, &first, &secret).await.unwrap();
    world.store.release(&event, &first).await.unwrap();
    let everything = world.everything().await;
    assert!(!everything.contains("secret thought"), "{everything}");
    let next = attempt("next", 1);
    let progress = won(world.store.claim(&event, members, &next, None).await.unwrap());
    assert_eq!((progress.answer, progress.crashed), (None, 1));
    assert_eq!(progress.shown, shown(), "what stands in the channel is still known");
    world.store.generated(&event, members, &next, &boo()).await.unwrap();
}

#[tokio::test]
async fn a_turn_whose_count_was_taken_back_is_counted_the_next_time() {
    let world = fresh().await;
    let leader = event(1);
    let members = std::slice::from_ref(&leader);
    let claim = async |name: &str| {
        let attempt = attempt(name, 0);
        let progress = won(world.store.claim(&leader, members, &attempt, None).await.unwrap());
        (attempt, progress)
    };
    let (first, progress) = claim("first").await;
    assert!(!progress.was_counted);
    world.store.give_up_uncounted(&leader, &first, &progress).await.unwrap();
    let (second, progress) = claim("second").await;
    assert!(progress.is_retake && !progress.was_counted);
    world.store.give_up(&leader, &second).await.unwrap();
    let (third, progress) = claim("third").await;
    assert!(progress.was_counted, "the second was");
    // What is taken back of the third is its own count, not the second's.
    world.store.give_up_uncounted(&leader, &third, &progress).await.unwrap();
    assert!(claim("fourth").await.1.was_counted);
}

/// The answer to the first write is lost on its way, and the SDK writes it again.
#[tokio::test]
async fn of_a_claim_taken_twice_by_one_attempt_nobody_knows_whether_it_was_counted() {
    let world = fresh().await;
    let (event, first) = (event(1), attempt("first", 0));
    let members = std::slice::from_ref(&event);
    won(world.store.claim(&event, members, &first, None).await.unwrap());
    let progress = won(world.store.claim(&event, members, &first, None).await.unwrap());
    assert!(!progress.was_counted, "once too often rather than never");
}
