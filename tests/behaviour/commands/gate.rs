//! Whom those who run the den let in: people and servers.

use crate::home::{GRIM_SAYS, Home};

#[tokio::test]
async fn a_blocked_person_is_answered_by_nobody() {
    let home = Home::open().await;
    let ann = home.ann.to_string();
    let person = [("person", ann.as_str())];
    let refused = home.uses(home.gus, home.channel, "den block", &person).await;
    refused.says(&["Only the people who run this den can do that."]);
    let blocked = home.uses(home.olga, home.channel, "den block", &person).await;
    blocked.says(&["Nobody of us answers"]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("blocked"));
    let what = [("what", "I was here"), ("personality", "grim")];
    let refused = home.uses(home.ann, home.channel, "remember", &what).await;
    refused.says(&["does not let you add to its memory"]);
    let olga = home.olga.to_string();
    let refused = home.uses(home.olga, home.channel, "den block", &[("person", &olga)]).await;
    refused.says(&["Who runs this den cannot be blocked in it."]);

    let unblocked = home.uses(home.olga, home.channel, "den unblock", &person).await;
    unblocked.says(&["We answer"]);
    home.says(home.ann, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 1).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS]);
}

#[tokio::test]
async fn with_the_allowlist_on_only_servers_on_it_are_served() {
    let home = Home::open().await;
    let warren = home.discord.add_guild("The Warren");
    let lobby = home.discord.add_text_channel(warren, "lobby").unwrap();
    home.discord.join(home.ann, warren).unwrap();
    let refused = home.uses(home.gus, home.channel, "den allowlist", &[("on", "true")]).await;
    refused.says(&["Only the people who run this den can do that."]);
    let allowed = home.uses(home.olga, home.channel, "den allow", &[]).await;
    allowed.says(&["is on the allowlist.", "The allowlist is off"]);
    let on = home.uses(home.olga, home.channel, "den allowlist", &[("on", "true")]).await;
    on.says(&["The allowlist is on: only servers on it are served."]);
    home.until_known().await;

    home.says(home.ann, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 1).await;
    let closed = home.uses(home.ann, lobby, "personalities", &[]).await;
    closed.says(&["This den is only open to servers its operator has let in"]);
    home.says(home.ann, lobby, "Grim, hello?");
    let direct = home.discord.open_dm(home.ann, home.app.application_id).unwrap();
    home.says(home.ann, direct, "Grim, hello?");
    home.until("an answer", |discord| {
        discord.last_message(direct).filter(|last| last.content.starts_with("**Grim:** "))
    })
    .await;
    let last = home.transcript(lobby).pop();
    assert_eq!(last.as_deref(), Some("Ann: Grim, hello?"), "it came before, and is not answered");

    let off = home.uses(home.olga, home.channel, "den disallow", &[]).await;
    off.says(&["is not on the allowlist."]);
    let off = home.uses(home.olga, home.channel, "den allowlist", &[("on", "false")]).await;
    off.says(&["The allowlist is off: every server is served."]);
    home.until_known().await;
    home.says(home.ann, lobby, "Grim, hello again?");
    home.until_said("Grim", lobby, 1).await;
}

#[tokio::test]
async fn the_allowlist_locks_out_nobody_who_runs_the_den() {
    let home = Home::open().await;
    home.uses(home.olga, home.channel, "den allowlist", &[("on", "true")]).await;
    home.uses(home.olga, home.channel, "den disallow", &[]).await;
    home.until_known().await;
    let closed = home.uses(home.ann, home.channel, "personalities", &[]).await;
    closed.says(&["This den is only open to servers its operator has let in"]);
    let closed = home.uses(home.gus, home.channel, "den pause", &[]).await;
    closed.says(&["This den is only open to servers its operator has let in"]);
    let theirs = home.uses(home.ann, home.channel, "privacy show", &[]).await;
    theirs.says(&["Nothing of yours is kept here"]);

    // In the server itself, and from outside.
    let allowed = home.uses(home.olga, home.channel, "den allow", &[]).await;
    allowed.says(&["is on the allowlist."]);
    let guild = home.guild.to_string();
    let guild = [("guild", guild.as_str())];
    let direct = home.discord.open_dm(home.olga, home.app.application_id).unwrap();
    let off = home.uses(home.olga, direct, "den disallow", &guild).await;
    off.says(&["is not on the allowlist."]);
    home.uses(home.olga, direct, "den allow", &guild).await.says(&["is on the allowlist."]);
    home.until_known().await;
    home.uses(home.ann, home.channel, "personalities", &[]).await.says(&["**Grim**"]);
}
