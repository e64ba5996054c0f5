//! A person's erasure reaches everything, and nobody else's.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use queue::{Command, Event, Line, Person, Quoted, Target, What};
use store::{About, Answer, Episode, Erased, Kept, Progress, Record, Scope, Space};
use twilight_model::id::Id;

use crate::{
    reporting::report,
    world::{
        ANN, ATTIC, BEN, ELSEWHERE, GUILD, HALL, NOW, PARLOUR, WHISPER, World, answered, attempt,
        event, fact, fresh, grim, private, public, said, turbo, waiting,
    },
};

/// A word that only Ann says, one that is only said to her or about her, and one that only Ben says.
const ANNS: &str = "zebrafinch";
const TO_ANN: &str = "quokkapatch";
const BENS: &str = "walrusgrin";

fn anns(world: &World, n: usize) -> Episode {
    said(world.message(), ANN, &format!("{ANNS} {n}"))
}

fn bens(world: &World, n: usize) -> Episode {
    said(world.message(), BEN, &format!("{BENS} {n}"))
}

/// Everywhere Ann and Ben have words: guilds, channels, personalities.
fn scopes() -> Vec<(
    Scope,
    Option<Id<twilight_model::id::marker::GuildMarker>>,
    Id<twilight_model::id::marker::ChannelMarker>,
)> {
    let there = Scope::new(Space::Guild(ELSEWHERE), grim());
    let with_turbo = Scope { personality: turbo(), ..public() };
    let whisper = Scope::new(Space::Channel(WHISPER), grim());
    vec![
        (public(), Some(GUILD), HALL),
        (public(), Some(GUILD), PARLOUR),
        (private(), Some(GUILD), ATTIC),
        (with_turbo, Some(GUILD), HALL),
        (there, Some(ELSEWHERE), Id::new(88)),
        (whisper, None, WHISPER),
    ]
}

/// Ann and Ben talk everywhere, are known everywhere, and more of each waits.
async fn they_talk(world: &World) {
    let store = &world.store;
    for (scope, guild, channel) in scopes() {
        let mut lines = Vec::new();
        for n in 0..45 {
            lines.push(anns(world, n));
            lines.push(answered(world.message(), ANN, &format!("{TO_ANN} {n}")));
            lines.push(bens(world, n));
        }
        world.keep_in(&scope, guild, channel, &lines).await;
        while store.seal(&scope, NOW).await.unwrap() {}
        let facts = [
            (About::Person(ANN), fact("1", ANN, &format!("I said {ANNS}"))),
            (About::Person(ANN), fact("2", BEN, &format!("she is a {TO_ANN}"))),
            (About::Person(BEN), fact("3", ANN, &format!("he heard {ANNS}"))),
            (About::Person(BEN), fact("4", BEN, &format!("I am a {BENS}"))),
            (About::Place, fact("5", ANN, &format!("all {ANNS}"))),
            (About::Place, fact("6", BEN, &format!("all {BENS}"))),
        ];
        for (about, fact) in facts {
            let fact = store::Fact { channel_id: channel, ..fact };
            store.change_book(&scope, about, |book| book.add(fact.clone())).await.unwrap().unwrap();
        }
        let summarise = |summary: &mut store::Summary| {
            summary.text = format!("Of {ANNS} and {BENS}.");
            Ok::<_, std::convert::Infallible>(())
        };
        let Ok(()) = store
            .change_summary(channel, &scope.personality, store::retention::SUMMARY, NOW, summarise)
            .await
            .unwrap();
    }
    let of_ann = waiting(1, ANN, ANNS);
    let mut of_ben = waiting(2, BEN, BENS);
    let ann = Person { id: ANN, name: "Ann".to_owned() };
    of_ben.preceding = vec![Line {
        message_id: Id::new(1),
        author: ann.clone(),
        text: ANNS.to_owned(),
        ours: false,
    }];
    if let What::Message(message) = &mut of_ben.what {
        let quoted =
            Quoted { message_id: Id::new(1), author: ann, text: ANNS.to_owned(), ours: false };
        message.reply_to = Some(quoted);
    }
    for event in [&of_ann, &of_ben] {
        store.put_in_inbox(event).await.unwrap();
        store.put_aside(event.id.as_str(), &event.write(), "it crashed", NOW).await.unwrap();
    }
    let unreadable = format!(r#"{{"v":1,"author":{{"id":"{ANN}"}},"text":"{ANNS}"}}"#);
    store.put_body_in_inbox("odd", &unreadable, NOW).await.unwrap();
    store.keep_report(&report(NOW, ANN, 4, &format!("it said {ANNS}"))).await.unwrap();
    // A turn crashed with a whole answer.
    let crashed = attempt("crashed", 0);
    let members = [event(1)];
    store.claim(&event(1), &members, &crashed, None).await.unwrap();
    let answer = Answer { text: format!("{TO_ANN}!"), own_words: true };
    store.generated(&event(1), &members, &crashed, &answer).await.unwrap();
}

#[tokio::test]
async fn nothing_of_a_person_is_left_in_the_whole_table_and_all_of_the_others() {
    let world = fresh().await;
    let store = &world.store;
    they_talk(&world).await;
    store.change_preferences(ANN, |row| row.no_roast = true).await.unwrap();
    assert_eq!(store.traces(ANN).await.unwrap().len(), 6);
    let bens_before = world.everything().await.matches(BENS).count();

    let mut heard = Vec::new();
    let erased = store.erase_person(ANN, NOW + 1, |n| heard.push(n)).await.unwrap();
    assert_eq!(erased, Erased { messages: 6 * 90, facts: 5 * 4 + 1 });
    assert!(heard.is_sorted() && heard.last() == Some(&(6 * 90)), "{heard:?}");

    let all = world.everything().await;
    for (n, line) in all.lines().enumerate() {
        assert!(!line.contains(ANNS) && !line.contains(TO_ANN), "line {n}: {line}");
    }
    // But for the summaries, which are made anew, Ben's words are all there.
    assert_eq!(all.matches(BENS).count(), bens_before - 6);
    assert!(store.traces(ANN).await.unwrap().is_empty());
    assert!(store.reports(10, NOW).await.unwrap().is_empty() && !all.contains("REPORTS"));
    assert_eq!(store.traces(BEN).await.unwrap().len(), 6);
    for (scope, _, channel) in scopes() {
        let summary = store.summary(channel, &scope.personality, NOW).await.unwrap();
        assert_eq!((summary.text.as_str(), summary.dropped > 0), ("", true));
        let book = store.book(&scope, About::Person(BEN)).await.unwrap();
        assert_eq!(book.open().map(|fact| fact.id.as_str()).collect::<Vec<_>>(), ["4"]);
    }
    let wants = store.preferences(ANN).await.unwrap();
    assert!(wants.no_roast, "what she wants stays");
    assert_eq!(wants.erased_at_ms, NOW + 1);
    // Ben's question still waits, without what Ann had said before it.
    let inbox = store.inbox().await.unwrap();
    assert_eq!(inbox.len(), 1);
    let event = queue::Event::read(&inbox[0].1).unwrap();
    assert_eq!((event.author.id, event.preceding.len()), (BEN, 0));

    let again = store.erase_person(ANN, NOW + 2, |_| ()).await.unwrap();
    assert_eq!(again, Erased::default(), "nothing is left to erase");
}

#[tokio::test]
async fn what_was_said_to_somebody_erased_is_in_no_waiting_event() {
    let world = fresh().await;
    let store = &world.store;
    let bot = Person { id: Id::new(11), name: "Grim".to_owned() };
    let ben = Person { id: BEN, name: "Ben".to_owned() };
    let line = |author: &Person, text: &str, ours| Line {
        message_id: Id::new(1),
        author: author.clone(),
        text: text.to_owned(),
        ours,
    };
    let preceding = vec![line(&bot, TO_ANN, true), line(&ben, BENS, false)];
    let mut replies = Event { preceding: preceding.clone(), ..waiting(2, BEN, BENS) };
    if let What::Message(message) = &mut replies.what {
        message.reply_to = Some(Quoted {
            message_id: Id::new(1),
            author: bot.clone(),
            text: TO_ANN.to_owned(),
            ours: true,
        });
    }
    let target =
        Target { message_id: Id::new(1), ours: true, author: bot, text: TO_ANN.to_owned() };
    let roast = Command {
        id: Id::new(3),
        token: "token".to_owned(),
        name: "Roast this".to_owned(),
        options: BTreeMap::new(),
        target: Some(target),
        people: vec![],
        permissions: None,
    };
    let roasts = Event { what: What::Command(roast), ..waiting(3, BEN, "") };
    // What she says after her erasure is answered, without what was said to her before.
    let returns = Event { preceding, received_at_ms: NOW + 2, ..waiting(4, ANN, "hello again") };
    for event in [&replies, &roasts, &returns] {
        store.put_in_inbox(event).await.unwrap();
        store.put_aside(event.id.as_str(), &event.write(), "it crashed", NOW).await.unwrap();
    }
    store.erase_person(ANN, NOW + 1, |_| ()).await.unwrap();
    let all = world.everything().await;
    assert!(!all.contains(TO_ANN), "{all}");
    let left = store.inbox().await.unwrap();
    let left: Vec<Event> = left.iter().map(|(_, body)| Event::read(body).unwrap()).collect();
    let ids: Vec<&str> = left.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["2:grim", "3:grim", "4:grim"], "each is still answered");
    assert_eq!(left[0].preceding, [line(&ben, BENS, false)], "what people said stays");
    assert_eq!(left[0].message().unwrap().text, BENS);
}

#[tokio::test]
async fn an_answer_that_was_under_way_is_asked_for_anew_or_never_posted() {
    let world = fresh().await;
    they_talk(&world).await;
    world.store.erase_person(ANN, NOW + 1, |_| ()).await.unwrap();
    let members = [event(1)];
    let retake = world.store.claim(&event(1), &members, &attempt("late", 20_000), None).await;
    let store::Claimed::Won(Progress { answer, .. }) = retake.unwrap() else { panic!("not won") };
    assert_eq!(answer, None);
}

#[tokio::test]
async fn what_is_kept_during_an_erasure_can_be_found_by_the_next() {
    let world = fresh().await;
    they_talk(&world).await;
    let store = &world.store;
    let late: Vec<Episode> = (0..20).map(|n| anns(&world, 1_000 + n)).collect();
    let keeping = async {
        for line in &late {
            world.keep(std::slice::from_ref(line)).await;
        }
    };
    let (erased, ()) = tokio::join!(store.erase_person(ANN, NOW + 1, |_| ()), keeping);
    erased.unwrap();
    // Whoever keeps looks afterwards, and takes back what belongs to somebody erased meanwhile.
    assert!(store.preferences(ANN).await.unwrap().erased_at_ms > NOW);
    for trace in store.traces(ANN).await.unwrap() {
        store.erase_from(ANN, &trace, NOW + 2).await.unwrap();
    }
    assert!(!world.everything().await.contains(ANNS));
}

#[tokio::test]
async fn an_erasure_that_overtakes_a_turn_wins() {
    let world = fresh().await;
    let store = &world.store;
    store.erase_person(ANN, NOW + 5, |_| ()).await.unwrap();
    // The turn had looked before, and keeps now.
    let scope = public();
    let episodes = [anns(&world, 1), answered(world.message(), ANN, TO_ANN), bens(&world, 1)];
    let kept =
        Kept { scope: &scope, guild: Some(GUILD), channel: HALL, episodes: &episodes, days: 365 };
    store.keep(&kept, NOW + 6).await.unwrap();
    let now = store.meanwhile(&kept, []).await.unwrap();
    store.honour_erasures(&kept, &now.people, NOW + 4, NOW + 6).await.unwrap();
    let all = world.everything().await;
    assert!(!all.contains(ANNS) && !all.contains(TO_ANN) && all.contains(BENS));
    // A turn that began later keeps what it heard.
    store.keep(&kept, NOW + 20).await.unwrap();
    let now = store.meanwhile(&kept, []).await.unwrap();
    store.honour_erasures(&kept, &now.people, NOW + 10, NOW + 20).await.unwrap();
    assert!(world.everything().await.contains(ANNS));
}

#[tokio::test]
async fn an_export_while_an_erasure_runs_is_whole_or_shorter_and_never_fails() {
    let world = fresh().await;
    they_talk(&world).await;
    let store = &world.store;
    let (erased, exported, again) = tokio::join!(
        store.erase_person(ANN, NOW + 1, |_| ()),
        store.export_person(ANN, NOW),
        store.erase_person(ANN, NOW + 2, |_| ()),
    );
    erased.unwrap();
    again.unwrap();
    let exported = exported.unwrap();
    assert!(matches!(exported[0], Record::Preferences(_)));
    let told = serde_json::to_string(&exported).unwrap();
    assert!(!told.contains(BENS), "nobody else's words");
    assert!(!world.everything().await.contains(ANNS));
}

#[tokio::test]
async fn an_export_holds_everything_about_one_person_and_nothing_of_others() {
    let world = fresh().await;
    they_talk(&world).await;
    let records = world.store.export_person(ANN, NOW).await.unwrap();
    let count = |is: fn(&Record) -> bool| records.iter().filter(|record| is(record)).count();
    assert_eq!(count(|record| matches!(record, Record::Message { .. })), 6 * 90);
    assert_eq!(count(|record| matches!(record, Record::Fact { .. })), 5 * 4);
    assert_eq!(count(|record| matches!(record, Record::Report { .. })), 1);
    let json = serde_json::to_string(&records).unwrap();
    assert!(!json.contains(BENS));
    assert!(records[0].space().is_none(), "what she wants lies nowhere in particular");
    let Some(Record::Message { at_ms, space, .. }) =
        records.iter().find(|record| matches!(record, Record::Message { .. }))
    else {
        panic!("no message");
    };
    assert!((NOW..NOW + 3_600_000).contains(at_ms), "{at_ms}");
    assert_eq!(*space, Space::Guild(GUILD));
    let back: Vec<Record> = serde_json::from_str(&json).unwrap();
    assert_eq!(back, records);
    // A person nobody knows has what they want, and nothing else.
    assert_eq!(world.store.export_person(Id::new(99), NOW).await.unwrap().len(), 1);
}

#[tokio::test]
async fn ten_thousand_items_of_a_person_are_gone_within_a_minute() {
    let world = fresh().await;
    let store = &world.store;
    let first = anns(&world, 1);
    world.keep(std::slice::from_ref(&first)).await;
    // The same again and again, put into the engine directly: that takes a tenth of the time.
    let kept = world.everything().await;
    let first = first.message_id.to_string();
    let mut items = Vec::new();
    for _ in 1..5_000 {
        let next = world.message().to_string();
        let rows = kept.lines().filter(|row| row.contains(&first));
        let rows = rows.map(|row| serde_json::from_str(&row.replace(&first, &next)).unwrap());
        items.extend(rows);
    }
    world.db.import_items("den", items, Default::default()).unwrap();
    world.keep(&[bens(&world, 1)]).await;
    for _ in 0..60 {
        assert!(store.seal(&public(), NOW).await.unwrap());
    }
    // In the window, in pages, and a keeper each.
    let n_items = store.n_items().await.unwrap();
    assert!(n_items > 10_000, "{n_items}");
    let began = Instant::now();
    let erased = store.erase_person(ANN, NOW + 1, |_| ()).await.unwrap();
    let took = began.elapsed();
    println!("{n_items} items were erased in {took:?}");
    assert_eq!(erased.messages, 5_000);
    assert!(took < Duration::from_secs(60), "it took {took:?}");
    let all = world.everything().await;
    assert!(!all.contains(ANNS) && all.contains(BENS));
}
