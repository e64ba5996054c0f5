//! What people reported, for those who run the den.

use store::Report;
use twilight_model::id::{Id, marker::UserMarker};

use crate::world::{ANN, BEN, GUILD, HALL, NOW, fresh, grim};

pub fn report(at_ms: u64, by: Id<UserMarker>, message: u64, reason: &str) -> Report {
    Report {
        at_ms,
        by,
        guild: Some(GUILD),
        channel: HALL,
        message_id: Id::new(message),
        personality: grim(),
        reason: reason.to_owned(),
    }
}

#[tokio::test]
async fn reports_are_read_newest_first_each_once() {
    let world = fresh().await;
    let store = &world.store;
    let of_ann = report(NOW, ANN, 4, "unkind");
    let of_ben = report(NOW + 1, BEN, 4, "unkind to me, too");
    for one in [&of_ann, &of_ben, &of_ben] {
        store.keep_report(one).await.unwrap();
    }
    assert_eq!(store.reports(10, NOW).await.unwrap(), [of_ben.clone(), of_ann]);
    assert_eq!(store.reports(1, NOW).await.unwrap(), std::slice::from_ref(&of_ben));
    // She has more to say about it.
    let more = report(NOW + 2, ANN, 4, "unkind, and about my mother");
    store.keep_report(&more).await.unwrap();
    assert_eq!(store.reports(10, NOW).await.unwrap(), [more, of_ben]);
}

#[tokio::test]
async fn many_reports_are_read_at_once() {
    let world = fresh().await;
    for n in 1..=130 {
        world.store.keep_report(&report(NOW + n, ANN, n, "again")).await.unwrap();
    }
    let reports = world.store.reports(120, NOW).await.unwrap();
    assert_eq!(reports.len(), 120);
    assert_eq!((reports[0].message_id.get(), reports[119].message_id.get()), (130, 11));
}

#[tokio::test]
async fn what_somebody_reported_goes_with_them_and_what_others_did_stays() {
    let world = fresh().await;
    let store = &world.store;
    let of_ben = report(NOW, BEN, 5, "rude");
    store.keep_report(&report(NOW, ANN, 4, "zebrafinch")).await.unwrap();
    store.keep_report(&of_ben).await.unwrap();
    assert_eq!(store.erase_reports(ANN).await.unwrap(), 1);
    assert_eq!(store.reports(10, NOW).await.unwrap(), [of_ben]);
    let all = world.everything().await;
    assert!(!all.contains("zebrafinch") && !all.contains(&ANN.to_string()), "{all}");
}
