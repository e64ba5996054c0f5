//! The listener as a process of its own.

use std::{
    fs,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use crate::town::{TOKEN, Town, character, health, twilight};

fn command(town: &Town, personalities: &std::path::Path, health_addr: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_den-listener"));
    command
        .env_clear()
        .env("DISCORD_TOKEN", TOKEN)
        .env("DISCORD_API_URL", town.sim.url())
        .env("DISCORD_GATEWAY_URL", town.sim.gateway_url())
        .env("DEN_PERSONALITIES", personalities)
        .env("DEN_HEALTH_ADDR", health_addr)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL_DYNAMODB", format!("http://{}", town.database))
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

async fn exit_code(child: &mut Child) -> Option<i32> {
    let exited = timeout(Duration::from_secs(20), async {
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.code();
            }
            sleep(Duration::from_millis(20)).await;
        }
    });
    exited.await.expect("the process exits")
}

fn free_address() -> String {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[tokio::test]
async fn sigterm_closes_resumably_and_exits_with_success() {
    let town = Town::new().await;
    let folder = tempfile::tempdir().unwrap();
    let grim = serde_json::to_string(&character("grim", "Grim")).unwrap();
    fs::write(folder.path().join("grim.json"), grim).unwrap();
    let address = free_address();
    let mut listener = command(&town, folder.path(), &address).spawn().unwrap();
    let socket = address.parse().unwrap();
    let active = timeout(Duration::from_secs(20), async {
        while health(socket).await.is_none_or(|health| health["shards"][0]["doing"] != "active") {
            sleep(Duration::from_millis(20)).await;
        }
    });
    active.await.expect("it becomes active");
    let mut check = command(&town, folder.path(), &address).arg("healthcheck").spawn().unwrap();
    assert_eq!(exit_code(&mut check).await, Some(0));

    let kill = Command::new("kill").args(["-TERM", &listener.id().to_string()]).status().unwrap();
    assert!(kill.success());
    assert_eq!(exit_code(&mut listener).await, Some(0));
    let log = town.world.gateway_log();
    assert!(
        format!("{log:?}").contains("4000"),
        "closed with a code that keeps the session: {log:?}"
    );
    let session =
        town.store.gateway_session(twilight(town.app.application_id.get()), 0).await.unwrap();
    assert!(session.is_some_and(|session| session.sequence > 0));

    let mut check = command(&town, folder.path(), &address);
    let check = check.arg("healthcheck").stderr(Stdio::piped()).output().unwrap();
    assert_eq!(check.status.code(), Some(1), "nobody is there any more");
    let said = String::from_utf8(check.stderr).unwrap();
    assert!(said.contains("is the listener running"), "{said}");
}

#[test]
fn it_says_what_it_is_for_and_starts_nothing() {
    let said = |argument: &str| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_den-listener"));
        program.env_clear().arg(argument).output().unwrap()
    };
    let help = said("--help");
    assert!(
        help.status.success() && String::from_utf8(help.stdout).unwrap().contains("healthcheck")
    );
    assert!(said("--version").status.success());
    let unknown = said("listen");
    assert_eq!(unknown.status.code(), Some(2));
    assert!(String::from_utf8(unknown.stderr).unwrap().contains("--help"));
}

#[tokio::test]
async fn a_useless_environment_is_told_at_once() {
    let output = Command::new(env!("CARGO_BIN_EXE_den-listener"))
        .env_clear()
        .env("DEN_SHARDS", "many")
        .env("DISCORD_GATEWAY_URL", "discord.gg")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(78));
    let said = String::from_utf8(output.stdout).unwrap();
    for name in ["DISCORD_TOKEN", "DEN_SHARDS", "DISCORD_GATEWAY_URL"] {
        assert!(said.contains(name), "{said}");
    }
}
