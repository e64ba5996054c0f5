//! Pauses, and whom the den lets in.

use store::{DenRow, FOREVER, Pause};
use twilight_model::id::Id;

use crate::house::{House, Reads, grim};

#[tokio::test]
async fn admins_pause_their_server_and_let_it_go_on() {
    let house = House::new().await;
    let admin = house.by(house.ada);
    admin.uses("den pause", &[]).await.says("Everybody rests in this server");
    assert!(house.settings().await.paused.is_some());
    house.by(house.ann).uses("personalities", &[]).await.says("Everybody rests in this server");
    admin.uses("den resume", &[]).await.says("Everybody may speak in this server.");
    assert!(house.settings().await.paused.is_none());
    assert_eq!(house.acts().await, ["resume", "pause"]);
    let ann = house.by(house.ann).uses("den pause", &[]).await;
    ann.says("You need the permission Manage Server for that.");
}

#[tokio::test]
async fn what_the_operator_paused_no_admin_resumes() {
    let house = House::new().await;
    for by in [None, Some(Id::new(house.olga.get()))] {
        let at_ms = house.sim.clock().now_ms();
        house.set(|row| row.paused = Some(Pause { by, at_ms })).await;
        house.by(house.ada).uses("den resume", &[]).await.says("only they can let it go on");
        assert!(house.settings().await.paused.is_some());
        house
            .by(house.olga)
            .uses("den resume", &[])
            .await
            .says("Everybody may speak in this server.");
    }
}

#[tokio::test]
async fn only_operators_block_people() {
    let house = House::new().await;
    let ann = house.ann.to_string();
    let refused = house.by(house.ada).uses("den block", &[("person", &ann)]).await;
    refused.says("Only the people who run this den");
    let store = &house.worker.store;
    let is_blocked =
        || async { store.preferences(Id::new(house.ann.get())).await.unwrap().blocked };
    assert!(!is_blocked().await);
    let olga = house.by(house.olga);
    olga.uses("den block", &[("person", &ann)]).await.says("Nobody of us answers <@");
    assert!(is_blocked().await);
    olga.uses("den block", &[("person", &house.olga.to_string())]).await.says("cannot be blocked");
    olga.uses("den block", &[("person", "everyone")]).await.says("Whom do you mean?");
    olga.uses("den unblock", &[("person", &ann)]).await.says("We answer <@");
    assert!(!is_blocked().await);
    let acts = store.acts(None, 10).await.unwrap();
    let acts: Vec<&str> = acts.iter().map(|act| act.what.as_str()).collect();
    assert_eq!(acts, [format!("unblock person {ann}"), format!("block person {ann}")]);
}

#[tokio::test]
async fn a_server_is_let_in_and_greeted_then() {
    let house = House::new().await;
    let olga = house.by(house.olga);
    let sim = house.sim.world();
    olga.uses("den allowlist", &[]).await.says("The allowlist is off");
    olga.uses("den allowlist", &[("on", "true")]).await.says("only servers on it are served");
    let here = format!("allow guild {}, as the allowlist is turned on in it", house.guild);
    assert_eq!(house.acts().await, [here]);
    olga.uses("den allow", &[]).await.says("is on the allowlist.");
    assert!(house.settings().await.allowed && house.settings().await.greeted);
    let greeting = sim.last_message(house.channel).unwrap();
    assert!(greeting.content.starts_with("Hello! **Grim**"), "{}", greeting.content);
    olga.uses("den disallow", &[("guild", &house.guild.to_string())])
        .await
        .says("is not on the allowlist");
    assert!(!house.settings().await.allowed);
    olga.uses("den allow", &[("guild", "77")]).await.says("Server 77 is on the allowlist.");
    olga.uses("den allow", &[("guild", "here")]).await.says("Which server?");
    let ann = house.by(house.ann).in_private();
    ann.uses("den allowlist", &[("on", "false")]).await.says("Only the people");
    assert!(house.worker.store.den().await.unwrap().allowlist);
}

#[tokio::test]
async fn acts_are_read_by_admins_alone() {
    let house = House::new().await;
    house.by(house.ada).uses("den audit", &[]).await.says("Nothing was done yet.");
    house.by(house.ada).uses("den pause", &[]).await;
    let audit = house.by(house.ada).uses("den audit", &[]).await;
    audit.says(&format!("<@{}>: pause", house.ada));
    house.by(house.ann).uses("den audit", &[]).await.says("You need the permission Manage Server");
}

/// What was done in the whole den, newest first, in words.
async fn acts_of_the_den(house: &House) -> Vec<String> {
    let acts = house.worker.store.acts(None, 50).await.expect("the store");
    acts.into_iter().map(|act| act.what).collect()
}

#[tokio::test]
async fn admins_let_one_personality_rest_in_their_server_alone() {
    let house = House::new().await;
    let admin = house.by(house.ada);
    let grim_alone = [("personality", "grim")];
    admin.uses("den pause", &grim_alone).await.says("**Grim** rests in this server");
    assert_eq!(house.settings().await.muted[&grim()], FOREVER);
    assert!(house.settings().await.paused.is_none());
    admin.uses("den pause", &[]).await.says("Everybody rests in this server");
    let resumed = admin.uses("den resume", &grim_alone).await;
    resumed.says("**Grim** may speak in this server.").says("But everybody rests there");
    assert!(house.settings().await.muted.is_empty());
    admin.uses("den resume", &[]).await.says("Everybody may speak in this server.");
    assert_eq!(house.acts().await, ["resume", "resume grim", "pause", "pause grim"]);
    admin.uses("den pause", &[("personality", "ghost")]).await.says("Nobody here is called");
}

#[tokio::test]
async fn only_operators_pause_the_den_and_a_personality_everywhere() {
    let house = House::new().await;
    let (everywhere, grim_everywhere) =
        ([("everywhere", "true")], [("everywhere", "true"), ("personality", "grim")]);
    for options in [&everywhere[..], &grim_everywhere] {
        for name in ["den pause", "den resume"] {
            house.by(house.ada).uses(name, options).await.says("Only the people who run this den");
        }
    }
    assert_eq!(house.worker.store.den().await.unwrap(), DenRow::default());

    for olga in [house.by(house.olga), house.by(house.olga).in_private()] {
        olga.uses("den pause", &grim_everywhere).await.says("**Grim** rests everywhere");
        olga.uses("den pause", &everywhere).await.says("Everybody rests everywhere");
        let den = house.worker.store.den().await.unwrap();
        assert!(den.paused.is_some() && den.paused_personalities.contains(&grim()));
        let resumed = olga.uses("den resume", &everywhere).await;
        resumed.says("Everybody may speak everywhere. Silent everywhere all the same: **Grim**.");
        olga.uses("den resume", &grim_everywhere).await.says("**Grim** may speak everywhere.");
        assert_eq!(house.worker.store.den().await.unwrap(), DenRow::default());
    }
    let once = ["resume grim", "resume the den", "pause the den", "pause grim"];
    assert_eq!(acts_of_the_den(&house).await, [once, once].concat());
    let both = [("everywhere", "true"), ("guild", "77")];
    house.by(house.olga).uses("den pause", &both).await.says("Everywhere, or in one server?");
}

#[tokio::test]
async fn what_an_admin_paused_becomes_the_operators_who_pauses_it() {
    let house = House::new().await;
    house.by(house.ada).uses("den pause", &[]).await;
    house.by(house.olga).uses("den pause", &[]).await;
    house.by(house.ada).uses("den resume", &[]).await.says("only they can let it go on");
}

#[tokio::test]
async fn operators_reach_every_server_from_a_direct_message() {
    let house = House::new().await;
    let guild = house.guild.to_string();
    let there = [("guild", guild.as_str())];
    let olga = house.by(house.olga).in_private();
    let server = format!("server {guild}");
    olga.uses("den pause", &there).await.says(&format!("Everybody rests in {server}"));
    assert!(house.settings().await.paused.is_some());
    olga.uses("den resume", &there).await.says(&format!("Everybody may speak in {server}."));
    let budget = [there[0], ("dollars", "2.50")];
    olga.uses("den budget", &budget).await.says(&format!("Server {guild} may spend $2.50 a day"));
    olga.uses("den retention", &[there[0], ("days", "30")]).await.says(&server);
    olga.uses("den spend", &there).await.says(&format!("Today {server} spent"));
    olga.uses("den allow", &there).await.says("is on the allowlist.");
    olga.uses("den disallow", &there).await.says("is not on the allowlist.");
    let audit = olga.uses("den audit", &there).await;
    audit.says(": pause").says(&format!(": disallow guild {guild}"));
    assert_eq!(acts_of_the_den(&house).await, [""; 0], "each is written down where it was done");
    olga.uses("den audit", &[]).await.says("Nothing was done yet.");

    for name in ["den pause", "den resume", "den budget", "den retention", "den allow"] {
        olga.uses(name, &[]).await.says("Which server? Paste its id");
    }
    olga.uses("den pause", &[("guild", "here")]).await.says("Which server?");
    let ada = house.by(house.ada);
    ada.in_private().uses("den pause", &there).await.says("Only the people who run this den");
    ada.uses("den audit", &[("guild", "77")]).await.says("Only the people who run this den");
    ada.uses("den audit", &there).await.says(": pause");
}

#[tokio::test]
async fn in_a_server_that_is_not_let_in_people_reach_what_is_theirs_and_operators_let_it_in() {
    let house = House::new().await;
    house.worker.store.change_den(|den| den.allowlist = true).await.unwrap();
    let closed = "This den is only open to servers its operator has let in";
    let (ann, ada) = (house.by(house.ann), house.by(house.ada));
    ann.uses("personalities", &[]).await.says(closed);
    ann.uses("remember", &[("what", "tea"), ("personality", "grim")]).await.says(closed);
    ann.forges("fix:grim:c:p:1:0", &[("text", "tea")]).await.says(closed);
    ada.uses("den pause", &[]).await.says(closed);
    assert_eq!(house.settings().await, store::GuildRow::default());
    ann.uses("privacy show", &[]).await.says("Nothing of yours is kept");
    ann.forges("erase:yes", &[]).await.says("Nothing of yours is left.");
    ann.forges("forget-me:yes", &[]).await.says("Nothing of yours is left here.");
    ann.in_private().uses("personalities", &[]).await.says("**Grim**");

    house.by(house.olga).uses("den allow", &[]).await.says("is on the allowlist.");
    ann.uses("personalities", &[]).await.says("**Grim**");
}
