//! Silencing a personality: for everybody, for oneself, and for whom it imitates.

use chat::Outcome;

use crate::home::{GRIM_SAYS, Home, REX_SAYS};

#[tokio::test]
async fn moderators_silence_for_everybody_and_for_a_time() {
    let home = Home::open().await;
    let muted = [("personality", "grim"), ("minutes", "90"), ("for", "everybody")];
    let told = home.uses(home.mia, home.channel, "mute", &muted).await;
    told.says(&["**Grim** is silent here until <t:"]);
    let ignored = home.says(home.ben, home.channel, "Grim, hello?");
    let why = home.why(ignored).await;
    assert_eq!((why.outcome, why.reason.as_deref()), (Outcome::Silent, Some("muted")));
    let asked = [("personality", "grim"), ("question", "hello?")];
    let asked = home.uses(home.ben, home.channel, "ask", &asked).await;
    assert!(asked.text.contains("Grim is muted here"), "{}", asked.text);
    assert!(asked.is_private, "nobody else needs to know");

    let refused = home.uses(home.ann, home.channel, "unmute", &[("personality", "grim")]).await;
    refused.says(&["**Grim** is silent here for everybody", "Manage Messages"]);
    let told = home.uses(home.mia, home.channel, "unmute", &[("personality", "grim")]).await;
    told.says(&["**Grim** may speak here again."]);
    home.says(home.ben, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 1).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn everybody_may_silence_one_for_themselves() {
    let home = Home::open().await;
    let refused = [("personality", "grim"), ("for", "everybody")];
    let refused = home.uses(home.ann, home.channel, "mute", &refused).await;
    refused.says(&["You need the permission Manage Messages for that."]);
    let timed = [("personality", "grim"), ("for", "me"), ("minutes", "10")];
    let told = home.uses(home.ann, home.channel, "mute", &timed).await;
    told.says(&["**Grim** does not answer you until <t:"]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("silenced"));
    let mine = [("personality", "grim"), ("for", "me")];
    home.uses(home.ann, home.channel, "mute", &mine).await.says(&["does not answer you any more"]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("silenced"));
    home.says(home.ben, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 1).await;

    let told = home.uses(home.ann, home.channel, "unmute", &mine).await;
    told.says(&["**Grim** answers you again."]);
    home.says(home.ann, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 2).await;
}

#[tokio::test]
async fn whom_a_personality_imitates_silences_it_everywhere() {
    let home = Home::open().await;
    home.says(home.ann, home.channel, "Rex, fetch!");
    home.until_said("Rex", home.channel, 1).await;
    assert_eq!(home.said_by("Rex", home.channel), [REX_SAYS]);
    let muted = home.uses(home.ben, home.channel, "mute", &[("personality", "rex")]).await;
    let told = home.presses(home.ben, &muted, "Silence it everywhere").await;
    told.says(&["**Rex** is silent everywhere from now on."]);
    let direct = home.discord.open_dm(home.ann, home.app.application_id).unwrap();
    let ignored = home.says(home.ann, direct, "Rex, fetch!");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("paused"));
    let told = home.uses(home.mia, home.channel, "unmute", &[("personality", "rex")]).await;
    told.says(&["only the people who run this den can change that"]);
}
