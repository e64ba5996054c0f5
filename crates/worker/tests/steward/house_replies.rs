//! What may be done with a reply: why, again, delete, report.

use den_worker::Verdict;
use discord_sim::Permissions;
use queue::{Event, Sign, What};
use twilight_model::id::Id;

use crate::house::{House, Reads, grim, ids};

const MODERATOR: Permissions = Permissions::MANAGE_MESSAGES;

#[tokio::test]
async fn who_asked_deletes_the_whole_reply_and_it_is_forgotten() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    house.by(house.ann).opens("Delete", reply[1]).await.says("It is gone, and forgotten.");
    assert_eq!(house.said(), ["Ann: Grim, soup?"]);
    assert_eq!(house.remembered().await, ["Grim, soup?"]);
}

#[tokio::test]
async fn a_moderator_deletes_a_reply_by_a_sign_and_nobody_else_does() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    house.by(house.ben).signs(Sign::Delete, reply[0]).await;
    house.by(house.ben).opens("Delete", reply[0]).await.says("Only who asked for a reply");
    assert_eq!(house.said().len(), 3);
    let sign = house.by(house.mia).sign(Sign::Delete, reply[0]);
    house.done(&sign).await;
    house.done(&sign).await;
    assert_eq!(house.said(), ["Ann: Grim, soup?"]);
}

#[tokio::test]
async fn whom_a_personality_imitates_takes_back_whatever_it_says() {
    let mut house = House::new().await;
    house.grim_imitates_ben();
    let (_, reply) = house.grim_answered().await;
    house.by(house.ben).signs(Sign::Delete, reply[1]).await;
    assert_eq!(house.said(), ["Ann: Grim, soup?"]);
}

#[tokio::test]
async fn what_people_say_is_theirs() {
    let house = House::new().await;
    let (question, _) = house.grim_answered().await;
    house.by(house.mia).opens("Delete", question).await.says("Nobody of us said that");
    let sign = house.by(house.mia).sign(Sign::Delete, question);
    // For all the steward knows it may be a reply that is still being written.
    assert!(matches!(house.serve(&sign).await, Verdict::Retry { .. }));
    assert_eq!(house.said().len(), 3);
}

#[tokio::test]
async fn a_sign_on_a_reply_that_is_still_written_waits_for_it() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    let row = house.worker.store.reply(Id::new(reply[0].get())).await.unwrap().unwrap();
    let growing = house.sim.world().say(house.ben, house.channel, "(stands for a reply)").unwrap();
    let sign = house.by(house.ann).sign(Sign::Delete, growing);
    assert!(matches!(house.serve(&sign).await, Verdict::Retry { .. }), "its row is not there yet");
    let row = store::ReplyRow { message_id: Id::new(growing.get()), ..row };
    house.worker.store.keep_reply(&row, house.sim.clock().now_ms()).await.unwrap();
    house.done(&sign).await;
    assert!(house.said().iter().all(|line| !line.contains("Always soup.")), "{:?}", house.said());
}

#[tokio::test]
async fn a_reply_to_several_is_each_ones_and_answered_again_for_all() {
    let house = House::new().await;
    let (question, reply) = house.grim_answered().await;
    let bens = house.said_to("grim", house.ben, house.channel, "Grim, and bread?").await;
    for part in &reply {
        let row = house.worker.store.reply(Id::new(part.get())).await.unwrap().unwrap();
        let other = store::Asker { id: Id::new(house.ben.get()), question: Id::new(bens) };
        let row = store::ReplyRow { others: vec![other], ..row };
        house.worker.store.keep_reply(&row, house.sim.clock().now_ms()).await.unwrap();
    }
    house.by(house.ben).signs(Sign::Again, reply[0]).await;
    let caused = house.caused();
    let asked: Vec<(u64, u64)> = caused
        .iter()
        .map(|event| match &event.what {
            What::Again(again) => (event.author.id.get(), again.question.get()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(asked, [(house.ben.get(), bens), (house.ann.get(), question.get())]);
    assert_ne!(caused[0].id, caused[1].id);
    assert!(house.acts().await.is_empty(), "one's own reply is no administrative act");
}

#[tokio::test]
async fn what_one_person_said_in_several_lines_is_asked_again_as_one() {
    let house = House::new().await;
    let earlier = house.said_to("grim", house.ann, house.channel, "Grim").await;
    let (question, reply) = house.grim_answered().await;
    for part in &reply {
        let row = house.worker.store.reply(Id::new(part.get())).await.unwrap().unwrap();
        let other = store::Asker { id: Id::new(house.ann.get()), question: Id::new(earlier) };
        let row = store::ReplyRow { others: vec![other], ..row };
        house.worker.store.keep_reply(&row, house.sim.clock().now_ms()).await.unwrap();
    }
    house.by(house.ann).signs(Sign::Again, reply[0]).await;
    let caused = house.caused();
    let [Event { what: What::Again(again), .. }] = caused.as_slice() else { panic!("{caused:?}") };
    assert_eq!((again.text.as_str(), again.question.get()), ("Grim\nGrim, soup?", question.get()));
}

#[tokio::test]
async fn a_reply_whose_webhook_is_gone_is_deleted_by_the_bot_where_it_may() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    let sim = house.sim.world();
    sim.delete_webhook(sim.message(reply[0]).unwrap().webhook_id().unwrap()).unwrap();
    let ann = house.by(house.ann);
    ann.opens("Delete", reply[0])
        .await
        .says("It is forgotten, but Discord does not let me delete it");
    assert_eq!(house.remembered().await, ["Grim, soup?"]);
    sim.set_bot_permission(house.channel, MODERATOR, true).unwrap();
    ann.opens("Delete", reply[0]).await.says("It is gone");
    assert_eq!(house.said(), ["Ann: Grim, soup?"]);
}

#[tokio::test]
async fn a_question_is_answered_again_once_however_often_it_is_delivered() {
    let house = House::new().await;
    let (question, reply) = house.grim_answered().await;
    let again = house.by(house.mia).opened("Answer again", reply[1]).await;
    house.served(&again).await.says("**Grim** thinks again.");
    house.served(&again).await.says("**Grim** thinks again.");
    house.by(house.ann).signs(Sign::Again, reply[0]).await;
    assert_eq!(house.said(), ["Ann: Grim, soup?"]);
    assert_eq!(house.remembered().await, ["Grim, soup?"]);
    let caused = house.caused();
    let first = &caused[0];
    assert!(caused.iter().all(|event| event.id == first.id), "the claim lets one of them through");
    assert_eq!((first.personality.clone(), first.author.name.as_str()), (grim(), "Ann"));
    assert_eq!(first.author.id.get(), house.ann.get(), "it is Ann's question whoever asks again");
    let What::Again(asked) = &first.what else { panic!("{first:?}") };
    assert_eq!((asked.question.get(), asked.reply.get()), (question.get(), reply[0].get()));
    assert_eq!(asked.text, "Grim, soup?");
}

#[tokio::test]
async fn without_its_question_or_its_speaker_a_reply_stays() {
    let house = House::new().await;
    let (question, reply) = house.grim_answered().await;
    let ann = house.by(house.ann);
    let store = &house.worker.store;
    house.set(|row| row.muted = [(grim(), store::FOREVER)].into()).await;
    ann.opens("Answer again", reply[0]).await.says("**Grim** is silent here");
    house.set(|row| row.muted.clear()).await;
    let question = Id::new(question.get());
    store.forget_message(question, house.sim.clock().now_ms()).await.unwrap();
    ann.opens("Answer again", reply[0]).await.says("I no longer have the question");
    ann.signs(Sign::Again, reply[0]).await;
    assert_eq!(house.said().len(), 3, "nothing is lost");
    assert!(house.caused().is_empty());
}

#[tokio::test]
async fn a_reply_stays_where_its_asker_is_not_answered_any_more() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    let (mia, ann) = (house.by(house.mia), Id::new(house.ann.get()));
    let store = &house.worker.store;
    for wish in ["silenced", "blocked", "neither"] {
        let wants = |wants: &mut store::Preferences| {
            wants.silenced.clear();
            wants.blocked = wish == "blocked";
            if wish == "silenced" {
                wants.silenced.insert(grim());
            }
        };
        store.change_preferences(ann, wants).await.unwrap();
        if wish != "neither" {
            mia.opens("Answer again", reply[0]).await.says("**Grim** is silent here");
        }
    }
    // Somebody deleted its first message in Discord: the other one is not lost for that.
    store.bury(&[Id::new(reply[0].get())], house.sim.clock().now_ms()).await.unwrap();
    house.set(|row| row.muted = [(grim(), store::FOREVER)].into()).await;
    mia.opens("Answer again", reply[1]).await.says("**Grim** is silent here");
    assert_eq!(house.said().len(), 3, "nothing is lost");
    assert!(house.caused().is_empty());
}

#[tokio::test]
async fn a_reply_stays_where_a_limit_leaves_nothing_to_come_in_its_place() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    let ann = house.by(house.ann);
    house.set(|row| row.limits.per_guild_per_day = Some(0)).await;
    ann.opens("Answer again", reply[0]).await.says("no answer left to give right now");
    ann.signs(Sign::Again, reply[0]).await;
    assert_eq!(house.said().len(), 3, "nothing is lost");
    assert!(house.caused().is_empty());
    // Asking is not counted: one more is one more.
    house.set(|row| row.limits.per_guild_per_day = Some(1)).await;
    let again = ann.opened("Answer again", reply[0]).await;
    house.served(&again).await.says("thinks again");
    house.set(|row| row.limits.per_guild_per_day = Some(0)).await;
    house.served(&again).await.says("thinks again");
    assert_eq!(house.said(), ["Ann: Grim, soup?"], "what was begun is finished");
}

#[tokio::test]
async fn a_lost_queue_leaves_the_reply_where_it_is() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    house.queue_is_down(true);
    let again = house.by(house.ann).opened("Answer again", reply[0]).await;
    let verdict = house.serve(&again.event).await;
    assert!(matches!(verdict, Verdict::Retry { .. }), "{verdict:?}");
    assert_eq!(house.said().len(), 3);
    house.queue_is_down(false);
    house.served(&again).await.says("**Grim** thinks again.");
    assert_eq!((house.said().len(), house.caused().len()), (1, 1));
}

#[tokio::test]
async fn why_is_said_in_the_channel_once_however_many_ask() {
    let house = House::new().await;
    let (question, reply) = house.grim_answered().await;
    house.by(house.ben).signs(Sign::Why, reply[1]).await;
    house.by(house.ann).signs(Sign::Why, reply[0]).await;
    house.serve(&house.by(house.ann).sign(Sign::Why, question)).await;
    let said = house.said();
    assert_eq!(said.len(), 4, "{said:?}");
    assert!(said[3].starts_with("Den: **Grim** answered because its name stood at the start."));
}

#[tokio::test]
async fn signs_do_not_flood_a_channel_with_explanations() {
    let house = House::new().await;
    for _ in 0..11 {
        let (_, reply) = house.grim_answered().await;
        house.by(house.ben).signs(Sign::Why, reply[0]).await;
    }
    let said = house.said();
    let n_explained = said.iter().filter(|line| line.contains("answered because")).count();
    // Five in ten minutes, and ten minutes may have ended meanwhile.
    assert!((5..=10).contains(&n_explained), "{n_explained}: {said:?}");
}

#[tokio::test]
async fn a_reply_is_explained_and_can_be_reported_from_there() {
    let house = House::new().await;
    let (question, reply) = house.grim_answered().await;
    let ben = house.by(house.ben);
    let why = ben.opens("Why did it say that?", reply[0]).await;
    why.says("**Grim** answered because");
    assert_eq!(ids(&why), [format!("report:{}", reply[0])]);
    let nothing = ben.opens("Why did it say that?", question).await;
    nothing.says("Nobody of us said that");
    assert!(nothing.buttons.is_empty());

    let typed = [("reason", "It *hurt* <@1> a lot")];
    let report = ben.sent(ids(&why)[0], &typed);
    house.done(&report).await;
    house.done(&report).await;
    let reports = house.worker.store.reports(10, 0).await.unwrap();
    assert_eq!(reports.len(), 1, "delivered twice, it is one: {reports:?}");
    assert_eq!((reports[0].by.get(), &reports[0].personality), (house.ben.get(), &grim()));
    let link =
        format!("https://discord.com/channels/{}/{}/{}", house.guild, house.channel, reply[0]);
    for olga in [house.by(house.olga), house.by(house.olga).in_private()] {
        let told = olga.uses("den reports", &[]).await;
        told.says(&format!("<@{}> of grim, {link}: “It hurt 1 a lot”", house.ben));
    }

    // It is for those who run the den alone: an admin may be whom it is about.
    let ada = house.by(house.ada);
    ada.uses("den reports", &[]).await.says("Only the people who run this den can do that.");
    ada.uses("den audit", &[]).await.says("Nothing was done yet.");
    let ben = Id::new(house.ben.get());
    assert_eq!(house.worker.store.erase_reports(ben).await.unwrap(), 1);
    house.by(house.olga).uses("den reports", &[]).await.says("Nothing was reported.");
}

#[tokio::test]
async fn what_is_done_to_somebody_elses_reply_is_written_down_once() {
    let house = House::new().await;
    let mut expected = Vec::new();
    for (by, is_noted) in [(house.ann, false), (house.mia, true)] {
        let doing = house.by(by);
        let (_, reply) = house.grim_answered().await;
        let again = doing.opened("Answer again", reply[0]).await;
        let (_, menu) = house.grim_answered().await;
        let delete = doing.opened("Delete", menu[0]).await;
        let (_, sign) = house.grim_answered().await;
        let sign_again = doing.sign(Sign::Again, sign[0]);
        let (_, last) = house.grim_answered().await;
        let sign_delete = doing.sign(Sign::Delete, last[0]);
        for _ in 0..2 {
            house.served(&again).await.says("thinks again");
            house.served(&delete).await.says("It is gone");
            house.done(&sign_again).await;
            house.done(&sign_delete).await;
        }
        if is_noted {
            expected = vec![
                format!("ask again for reply {} of grim in channel {}", reply[0], house.channel),
                format!("delete reply {} of grim in channel {}", menu[0], house.channel),
                format!("ask again for reply {} of grim in channel {}", sign[0], house.channel),
                format!("delete reply {} of grim in channel {}", last[0], house.channel),
            ];
        } else {
            assert!(house.acts().await.is_empty(), "one's own reply is no administrative act");
        }
    }
    let mut acts = house.acts().await;
    acts.sort_unstable();
    expected.sort_unstable();
    assert_eq!(acts, expected);
}

#[tokio::test]
async fn who_is_blocked_and_whom_somebody_silenced_is_nobody_elses_business() {
    let house = House::new().await;
    let (ann, ben, olga) = (house.by(house.ann), house.by(house.ben), house.by(house.olga));
    let nothing = "Nobody of us said that, or it was more than 30 days ago.";
    for (reason, is_told_to_ann) in [("blocked", false), ("silenced", true)] {
        let ignored = house.grim_ignored(reason).await;
        assert_eq!(ben.opens("Why did it say that?", ignored).await.text, nothing);
        let told = ann.opens("Why did it say that?", ignored).await;
        assert_eq!(told.text != nothing, is_told_to_ann, "{}", told.text);
        olga.opens("Why did it say that?", ignored).await.says("**Grim** stayed silent");
    }
    let ignored = house.grim_ignored("muted").await;
    ben.opens("Why did it say that?", ignored).await.says("it was muted here");
}

#[tokio::test]
async fn a_reply_is_not_taken_back_for_another_where_the_server_is_not_let_in() {
    let house = House::new().await;
    let (_, reply) = house.grim_answered().await;
    house.worker.store.change_den(|den| den.allowlist = true).await.unwrap();
    house.by(house.ann).signs(Sign::Again, reply[0]).await;
    assert_eq!((house.said().len(), house.caused().len()), (3, 0));
}
