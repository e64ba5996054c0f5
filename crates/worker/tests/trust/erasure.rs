//! A person goes, and nothing of theirs stays: ten thousand items among those of others, in two guilds and a
//! direct message, with two personalities.

mod crowd;

use std::time::{Duration, Instant};

use den_worker::{Deadline, Delivery, Verdict};
use queue::Event;

use self::crowd::{Crowd, MINE, THEIRS, words};
use crate::{
    steward::Ask,
    world::{Saying, World, serve},
};

/// Items that a person's erasure has to find, at the least.
const ITEMS: usize = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_items_of_one_person_are_erased_within_a_minute_and_nobody_elses() {
    let started = Instant::now();
    let crowd = Crowd::new().await;
    let world = &crowd.world;
    // On its way when the person decides to go: said before, heard after.
    let said = format!("Grim, remember that I live in {MINE}late");
    let (guild, channel) = (crowd.guilds[0], crowd.channels[0]);
    let saying =
        Saying { guild: Some(guild), channel, by: crowd.vic, to: &crowd.grim, text: &said };
    let late: Event = world.says(&saying);
    let mut of_ann = world.says(&Saying { by: crowd.ann, text: "Grim, who was that?", ..saying });
    of_ann.preceding = crowd.line_of(&late);

    let before = items(world).await;
    let (mine, theirs) = (words(&before, MINE), words(&before, THEIRS));
    // Words of theirs, what names them, and what leads to their messages: one row for each.
    let vic = crowd.vic.to_string();
    let named = before.iter().filter(|item| item.contains(MINE) || item.contains(&vic)).count();
    let items = named + crowd.n_messages;
    assert!(items >= ITEMS, "{items} items");
    println!("{items} items of {}, made in {:?}", before.len(), started.elapsed());

    // They ask, and press the button that is shown.
    let ask = Ask::Command { name: "privacy erase", options: &[], about: None };
    let asked = world.ask(&world.worker, crowd.vic, channel, &ask).await;
    let yes = asked.buttons.iter().find(|id| id.ends_with(":yes")).expect("a button");
    let (press, place) = world.asked(crowd.vic, channel, &Ask::Button(yes)).await;
    let ask = Ask::Command { name: "privacy export", options: &[], about: None };
    let (wanted, file) = world.asked(crowd.vic, channel, &ask).await;

    // While that goes on, they want to have it all.
    let wanted = [wanted];
    let other = world.another_worker();
    let began = Instant::now();
    let erased = async {
        let delivery = Delivery { body: press.write(), receives: 1 };
        let verdicts =
            world.worker.serve(&[delivery], Deadline::after(Duration::from_secs(120))).await;
        (verdicts, began.elapsed())
    };
    let ((verdicts, took), exported) = tokio::join!(erased, serve(&other, &wanted));
    assert_eq!((verdicts, exported), (vec![Verdict::Done], vec![Verdict::Done]));
    let told = world.answer(place);
    println!("erased in {took:?}: {}", told.text);
    assert!(took < Duration::from_secs(60), "{took:?}");
    assert!(told.text.contains("Nothing of yours is left"), "{}", told.text);
    let file = world.answer(file).file.expect("a file");
    let file: serde_json::Value =
        serde_json::from_str(&file).expect("what they are handed is whole");
    assert!(file["messages"].is_array(), "{file}");
    assert!(words(&[file.to_string()], THEIRS).is_empty(), "nothing of others is handed to them");

    gone(&crowd, &theirs, "erased").await;
    assert!(mine.len() > 3_600, "{} words", mine.len());

    // What was on its way is answered, and not kept; nothing of it comes along with what others say.
    assert_eq!(serve(&other, &[late]).await, [Verdict::Done]);
    gone(&crowd, &theirs, "a late event").await;
    let n_asked = world.bedrock.calls().len();
    assert_eq!(serve(&other, &[of_ann]).await, [Verdict::Done]);
    for call in &world.bedrock.calls()[n_asked..] {
        assert!(!call.body.to_string().contains(MINE), "{}", call.body);
    }
    gone(&crowd, &theirs, "somebody else's event").await;

    // Delivered again, the press finds nothing left to do.
    let again = serve(&other, &[press]).await;
    assert_eq!(again, [Verdict::Done]);
    gone(&crowd, &theirs, "a second press").await;
    let left = world.store.traces(crowd.person()).await.expect("the store");
    assert!(left.is_empty(), "{left:?}");
    println!("all of it in {:?}", started.elapsed());
}

/// Every item of the table.
async fn items(world: &World) -> Vec<String> {
    world.table().await.into_iter().map(|(_, item)| item).collect()
}

/// Nothing of theirs is in the table, and everything of others that was there.
async fn gone(crowd: &Crowd, theirs: &std::collections::BTreeSet<String>, after: &str) {
    let table = items(&crowd.world).await;
    let found: Vec<&String> = table.iter().filter(|item| item.contains(MINE)).collect();
    assert!(found.is_empty(), "after {after}: {} items, as {:?}", found.len(), found.first());
    let kept = words(&table, THEIRS);
    let missing: Vec<&String> = theirs.difference(&kept).collect();
    assert!(missing.is_empty(), "after {after}, {} of others are gone: {missing:?}", missing.len());
}
