//! Some weeks of two people with one personality, in two guilds: what they tell it, what it is handed over when
//! they ask, and what is left when they correct, delete, forget and erase.

mod diary;
mod model;
mod page;
mod plain;

use self::diary::Diary;

const GRIM: (&str, &str) = ("personality", "grim");

#[tokio::test]
async fn some_weeks_with_a_personality_that_remembers() {
    let mut diary = Diary::begin().await;
    told_and_asked(&mut diary).await;
    corrected_and_superseded(&mut diary).await;
    kept_among_few(&mut diary).await;
    edited_and_deleted(&mut diary).await;
    summed_up(&mut diary).await;
    forgotten(&mut diary).await;
    handed_over_and_erased(&mut diary).await;
    insta::assert_snapshot!("weeks", diary.told());
}

async fn told_and_asked(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, kitchen, lobby) = (diary.home.channel, diary.home.kitchen, diary.lobby);
    diary.day(1);
    diary.says(ann, general, "Grim, remember that my exam is on Friday.").await;
    let nuts = [("what", "I am allergic to nuts"), GRIM];
    diary.uses(ben, general, "remember", &nuts).await;
    diary.says(ben, lobby, "Grim, remember that I collect stamps.").await;
    diary.day(3);
    diary.says(ann, kitchen, "Grim, when is my exam?").await;
    diary.says(ben, kitchen, "Grim, what am I allergic to?").await;
    diary.says(ben, kitchen, "Grim, what do I collect?").await;
    diary.says(ben, lobby, "Grim, when is Ann's exam, and what am I allergic to?").await;
}

async fn corrected_and_superseded(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, kitchen) = (diary.home.channel, diary.home.kitchen);
    diary.day(5);
    let page = diary.uses(ann, general, "memories", &[GRIM]).await;
    diary.fills_in(ann, &page, "✏️ 1", "my exam is on Monday").await;
    diary.never_again(&["Friday"]);
    diary.says(ann, kitchen, "Grim, when is my exam again?").await;
    diary.day(8);
    diary.says(ben, general, "Grim, remember that I moved to Bonn.").await;
    diary.day(12);
    diary.says(ben, general, "Grim, remember that I moved on to Trier.").await;
    diary.says(ann, kitchen, "Grim, where did Ben move to?").await;
}

async fn kept_among_few(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, cellar) = (diary.home.channel, diary.home.cellar);
    diary.day(13);
    let party = "Grim, remember that my surprise party for Ben is in the barn.";
    diary.says(ann, cellar, party).await;
    diary.says(ben, general, "Grim, where is the surprise party?").await;
    diary.says(ann, general, "Grim, where is my surprise party?").await;
    diary.never_outside(cellar, &["barn"]);
    diary.says(ann, cellar, "Grim, where is my surprise party?").await;
}

async fn edited_and_deleted(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, kitchen) = (diary.home.channel, diary.home.kitchen);
    diary.day(15);
    let bike = diary.says(ben, general, "Grim, I left my bike at the bakery.").await;
    diary.edits(ben, bike, "Grim, I left my bike at the library.").await;
    diary.never_again(&["bakery"]);
    diary.says(ann, kitchen, "Grim, where did Ben leave his bike?").await;
    let locker = diary.says(ann, general, "Grim, my locker opens with 4711.").await;
    diary.says(ben, kitchen, "Grim, what does Ann's locker open with?").await;
    diary.deletes(ann, locker).await;
    diary.never_again(&["4711"]);
    diary.says(ben, kitchen, "Grim, what does Ann's locker open with now?").await;
    diary.says(ben, general, "Grim, and what do you know of it?").await;
}

async fn summed_up(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, kitchen) = (diary.home.channel, diary.home.kitchen);
    diary.day(20);
    let whistle = diary.says(ann, general, "Grim, I learned to whistle.").await;
    diary.says(ben, general, "Grim, I learned to juggle.").await;
    for weather in ["rain", "hail", "snow", "fog", "sun", "wind", "dew"] {
        diary.says_by_the_way(ann, general, &format!("Grim, there was {weather} today.")).await;
    }
    diary.says(ben, general, "Grim, what was it all about?").await;
    diary.deletes(ann, whistle).await;
    diary.never_again(&["whistle"]);
    diary.says(ben, general, "Grim, what was it about?").await;
    diary.says(ben, general, "Grim, and what was before that?").await;
    diary.says(ann, kitchen, "Grim, what did Ben learn?").await;
}

async fn forgotten(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, kitchen, lobby) = (diary.home.channel, diary.home.kitchen, diary.lobby);
    diary.day(27);
    let nuts = diary.uses(ben, general, "forget thing", &[("what", "nuts"), GRIM]).await;
    diary.presses(ben, &nuts, "Forget it").await;
    diary.never_again(&["nuts"]);
    diary.says(ben, kitchen, "Grim, what am I allergic to now?").await;
    let off = diary.uses(ben, general, "privacy memory", &[("allow", "false")]).await;
    diary.presses(ben, &off, "Keep it").await;
    diary.says(ben, general, "Grim, I learned to swim.").await;
    diary.never_again(&["swim"]);
    diary.says(ann, general, "Grim, what did Ben learn?").await;
    diary.day(34);
    let me = diary.uses(ben, general, "forget me", &[]).await;
    diary.presses(ben, &me, "Forget me").await;
    diary.never_again(&["Bonn", "Trier", "juggle", "library"]);
    diary.says(ann, kitchen, "Grim, what did Ben learn, and where did he move to?").await;
    diary.says(ben, lobby, "Grim, what do I collect?").await;
}

async fn handed_over_and_erased(diary: &mut Diary) {
    let (ann, ben) = (diary.home.ann, diary.home.ben);
    let (general, kitchen, cellar) = (diary.home.channel, diary.home.kitchen, diary.home.cellar);
    diary.day(41);
    diary.uses(ann, general, "privacy export", &[]).await;
    diary.day(45);
    let erase = diary.uses(ann, general, "privacy erase", &[]).await;
    diary.presses(ann, &erase, "Erase everything").await;
    diary.never_again(&["Friday", "Monday", "barn", "snow"]);
    diary.uses(ann, general, "privacy export", &[]).await;
    diary.says(ben, kitchen, "Grim, when is Ann's exam?").await;
    diary.says(ann, cellar, "Grim, where is my surprise party?").await;
    diary.says(ben, general, "Grim, what was the weather like?").await;
    diary.day(70);
    diary.says(ann, general, "Grim, remember that I am back from the sea.").await;
    diary.says(ben, kitchen, "Grim, who is back from the sea?").await;
}
