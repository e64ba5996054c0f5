//! Rest for everybody in a server.

use crate::home::{GRIM_SAYS, Home};

#[tokio::test]
async fn a_paused_server_is_left_in_peace_until_it_resumes() {
    let home = Home::open().await;
    let paused = home.uses(home.gus, home.channel, "den pause", &[]).await;
    paused.says(&["Everybody rests in this server until `/den resume`."]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("guild_paused"));
    let asked = [("personality", "grim"), ("question", "hello?")];
    let told = home.uses(home.ann, home.channel, "ask", &asked).await;
    assert_eq!(told.text, "Everybody here rests until an admin says `/den resume`.");
    let list = home.uses(home.ann, home.channel, "personalities", &[]).await;
    list.says(&["Everybody rests in this server"]);

    let resumed = home.uses(home.gus, home.channel, "den resume", &[]).await;
    resumed.says(&["Everybody may speak in this server."]);
    home.says(home.ann, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 1).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS]);
    let audit = home.uses(home.gus, home.channel, "den audit", &[]).await;
    let gus = format!("<@{}>", home.gus);
    audit.says(&[&format!("{gus}: pause"), &format!("{gus}: resume")]);
}

#[tokio::test]
async fn whoever_runs_the_den_has_the_last_word() {
    let home = Home::open().await;
    home.uses(home.olga, home.channel, "den pause", &[]).await;
    let refused = home.uses(home.gus, home.channel, "den resume", &[]).await;
    refused.says(&["only they can let it go on"]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("guild_paused"));
    let resumed = home.uses(home.olga, home.channel, "den resume", &[]).await;
    resumed.says(&["Everybody may speak in this server."]);
}
