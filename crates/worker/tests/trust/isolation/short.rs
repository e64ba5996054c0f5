//! What left the window is put in short, and whose words it is made of may change their mind.

use twilight_model::id::Id;

use super::{
    act::{Act, How, Line},
    town::{Den, Town},
    words::{Kind, Word},
};
use crate::world::now_ms;

/// Ben and others have said so much that it was put in short.
async fn told() -> (Den, Town) {
    let mut den = Den::new().await;
    let mut town = Town::new(&den);
    for _ in 0..8 {
        let lines: Vec<Line> = (0..4).map(|by| Line { by, topic: by, how: How::Tell }).collect();
        let talk = Act::Talk { place: 0, to: 0, lines, is_late: false };
        town.act(&mut den, &talk).await.expect("judged");
        town.act(&mut den, &Act::Digest).await.expect("judged");
    }
    (den, town)
}

async fn summary(den: &Den, town: &Town) -> String {
    let channel = Id::new(town.places[0].channel.get());
    den.world.store.summary(channel, &den.personalities[0], now_ms()).await.expect("a summary").text
}

fn asks(by: u8) -> Act {
    let lines = vec![Line { by, topic: 1, how: How::Ask }];
    Act::Talk { place: 0, to: 0, lines, is_late: false }
}

#[tokio::test]
async fn what_was_put_in_short_is_told_to_nobody_else_once_somebody_does_not_want_to_be_quoted() {
    let (mut den, mut town) = told().await;
    assert!(!den.words.found(&summary(&den, &town).await).is_empty());
    let said = den.words.seen.before;
    town.act(&mut den, &asks(0)).await.expect("judged");
    assert!(den.words.seen.before > said + 8, "Ann is told what was put in short");

    let who = 1;
    town.act(&mut den, &Act::Quoting { place: 0, who, allow: false }).await.expect("judged");
    for by in [0, 2, 1] {
        town.act(&mut den, &asks(by)).await.expect("judged");
    }
    // It begins anew, without Ben.
    for _ in 0..6 {
        let lines = (0..4).map(|by| Line { by, topic: by, how: How::Tell }).collect();
        let talk = Act::Talk { place: 0, to: 0, lines, is_late: false };
        town.act(&mut den, &talk).await.expect("judged");
        town.act(&mut den, &Act::Digest).await.expect("judged");
    }
    let words = den.words.found(&summary(&den, &town).await);
    assert!(!words.is_empty());
    let ben = town.people[1];
    let is_his = |word: &Word| word.kind == Kind::Message && word.by == ben;
    assert!(words.iter().all(|word| !is_his(den.words.get(*word))));
}

#[tokio::test]
async fn what_was_put_in_short_goes_when_something_in_it_does() {
    let (mut den, mut town) = told().await;
    let before = summary(&den, &town).await;
    let oldest = den.words.found(&before).into_iter().min().expect("a word");
    let at = town.said.iter().position(|said| said.word == oldest).expect("it stands");
    let said = u8::try_from(at).expect("of a few");
    town.act(&mut den, &Act::Delete { said }).await.expect("judged");
    assert_eq!(summary(&den, &town).await, "");
    town.act(&mut den, &asks(0)).await.expect("judged");
}
