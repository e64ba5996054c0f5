//! As many people in one turn as there can be.

use std::collections::BTreeSet;

use discord_sim::UserId;
use queue::{Line, Person, Quoted, What};
use twilight_model::id::Id;

use super::{
    act::{How, Line as Said},
    town::{Den, Town},
};
use crate::world::serve;

/// Ten people say something at once, each as a reply to somebody else, after eight lines of still others: what is
/// asked about all of them is still one read, which DynamoDB bounds at 100 items.
#[tokio::test]
async fn a_burst_with_everybody_in_it_is_answered() {
    let mut den = Den::new().await;
    let mut town = Town::new(&den);
    let guild = town.places[0].guild.expect("a guild");
    let more: Vec<UserId> = (0..24).map(|n| den.world.add_person(&format!("Guest {n}"))).collect();
    for guest in &more {
        den.world.sim.world().join(*guest, guild).expect("they join");
    }
    town.readers[0].extend(more);
    let lines: Vec<Said> =
        (0..10).map(|by| Said { by: by + 4, topic: by, how: How::Remember }).collect();
    let mut late = town.say(&mut den, 0, 0, &lines);
    let person =
        |n: usize| Person { id: Id::new(town.readers[0][n].get()), name: "Guest".to_owned() };
    for (n, event) in late.events.iter_mut().enumerate() {
        let What::Message(message) = &mut event.what else { unreachable!("it is a message") };
        let (text, message_id) = ("a quote".to_owned(), Id::new(900 + n as u64));
        message.reply_to = Some(Quoted { message_id, author: person(14 + n), text, ours: false });
        let line = |k: usize| Line {
            message_id: Id::new(800 + k as u64),
            author: person(20 + k),
            text: format!("line {k}"),
            ours: false,
        };
        event.preceding = (0..8).map(line).collect();
    }
    let authors: BTreeSet<u64> = late.events.iter().map(|event| event.author.id.get()).collect();
    assert_eq!(authors.len(), 10);
    "Soup for all.".clone_into(&mut den.model.says.lock().expect("no panic"));
    let events = std::mem::take(&mut late.events);
    let verdicts = serve(town.worker(), &events).await;
    assert_eq!(verdicts, vec![den_worker::Verdict::Done; 10]);
    assert_eq!(den.model.saw.lock().expect("no panic").len(), 1);
}
