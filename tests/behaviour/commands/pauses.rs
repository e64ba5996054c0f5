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

#[tokio::test]
async fn one_personality_rests_in_a_server_and_everywhere() {
    let home = Home::open().await;
    let grim = [("personality", "grim")];
    let paused = home.uses(home.gus, home.channel, "den pause", &grim).await;
    paused.says(&["**Grim** rests in this server"]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("muted"));
    home.says(home.ann, home.channel, "Mabel, hello?");
    home.until_said("Mabel", home.channel, 1).await;
    let resumed = home.uses(home.gus, home.channel, "den resume", &grim).await;
    resumed.says(&["**Grim** may speak in this server."]);

    let everywhere = [("personality", "grim"), ("everywhere", "true")];
    let refused = home.uses(home.gus, home.channel, "den pause", &everywhere).await;
    refused.says(&["Only the people who run this den can do that."]);
    let direct = home.discord.open_dm(home.olga, home.app.application_id).unwrap();
    let paused = home.uses(home.olga, direct, "den pause", &everywhere).await;
    paused.says(&["**Grim** rests everywhere"]);
    let ignored = home.says(home.ann, home.channel, "Grim, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("paused"));
    let all = home.uses(home.olga, direct, "den pause", &[("everywhere", "true")]).await;
    all.says(&["Everybody rests everywhere"]);
    let ignored = home.says(home.ann, home.channel, "Mabel, hello?");
    assert_eq!(home.why(ignored).await.reason.as_deref(), Some("paused"));

    home.uses(home.olga, direct, "den resume", &[("everywhere", "true")]).await;
    home.uses(home.olga, direct, "den resume", &everywhere).await;
    home.says(home.ann, home.channel, "Grim, hello?");
    home.until_said("Grim", home.channel, 1).await;
    assert_eq!(home.said_by("Grim", home.channel), [GRIM_SAYS]);
}
