//! Pauses, and whom the den lets in.

use store::Pause;
use twilight_model::id::Id;

use crate::house::{House, Reads};

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
    house.by(house.ann).uses("den allowlist", &[("on", "false")]).await.says("Only the people");
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
