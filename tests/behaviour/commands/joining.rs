//! Coming into a server, and being removed from it.

use discord_sim::{ChannelId, GuildId};
use twilight_model::id::Id;

use crate::{home::Home, patience};

/// A guild without the den, with the channel in which Discord's own notices go.
fn found(home: &Home, name: &str) -> (GuildId, ChannelId) {
    let guild = home.discord.add_guild_without_bots(name);
    home.discord.add_text_channel(guild, "rules").unwrap();
    let notices = home.discord.add_text_channel(guild, "notices").unwrap();
    home.discord.set_system_channel(guild, Some(notices)).unwrap();
    home.discord.join(home.ann, guild).unwrap();
    (guild, notices)
}

async fn greeting(home: &Home, channel: ChannelId) -> String {
    let greeting = home.until("a greeting", |discord| discord.last_message(channel));
    greeting.await.content.clone()
}

#[tokio::test]
async fn on_joining_one_line_says_who_listens_what_is_kept_and_where_to_change_it() {
    let home = Home::open().await;
    let (warren, notices) = found(&home, "The Warren");
    home.discord.install(home.app.application_id, warren).unwrap();
    let line = greeting(&home, notices).await;
    for part in ["**Grim**, **Mabel**, **Rex** listen", "kept for 365 days", "/privacy", "/den"] {
        assert!(line.contains(part), "{line}");
    }
    assert!(!line.contains('\n'), "one line: {line}");
    home.says(home.ann, notices, "Grim, hello?");
    home.until_said("Grim", notices, 1).await;

    home.discord.uninstall(home.app.application_id, warren).unwrap();
    patience::until("the day of leaving", async || {
        let left = home.store().guild(Id::new(warren.get())).await.unwrap().left_at_ms;
        left.ok_or("none")
    })
    .await;
    home.discord.install(home.app.application_id, warren).unwrap();
    patience::until("it is back", async || {
        let left = home.store().guild(Id::new(warren.get())).await.unwrap().left_at_ms;
        left.map_or(Ok(()), Err)
    })
    .await;
    let lines = home.transcript(notices);
    assert_eq!(lines.iter().filter(|line| line.contains("listen here")).count(), 1, "{lines:?}");
}

#[tokio::test]
async fn a_server_that_is_not_let_in_is_told_whom_to_ask_and_greeted_once_it_is() {
    let home = Home::open().await;
    home.uses(home.olga, home.channel, "den allow", &[]).await;
    home.uses(home.olga, home.channel, "den allowlist", &[("on", "true")]).await;
    let (warren, notices) = found(&home, "The Warren");
    home.discord.install(home.app.application_id, warren).unwrap();
    let line = greeting(&home, notices).await;
    assert!(line.contains(&format!("Ask <@{}> to allow server {warren}.", home.olga)), "{line}");
    let message = home.discord.last_message(notices).unwrap();
    assert!(message.pings.users.is_empty(), "nobody is pinged by it");

    let allowed = [("guild", &*warren.to_string())];
    let allowed = home.uses(home.olga, home.channel, "den allow", &allowed).await;
    allowed.says(&[&format!("Server {warren} is on the allowlist.")]);
    assert!(greeting(&home, notices).await.contains("listen here now"));
}
