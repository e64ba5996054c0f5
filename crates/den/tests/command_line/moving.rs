//! A den moves, and people are erased from it.

use aws_sdk_dynamodb::Client;
use serde_json::Value;
use store::Store;
use tokio::net::TcpListener;

use crate::{Desk, Run};

/// A word that only Ann said.
const ANNS: &str = "zebrafinch";

#[track_caller]
fn told(run: &Run) -> &str {
    assert_eq!(run.code, Some(0), "{}", run.err);
    &run.out
}

impl Desk {
    /// The items of an export, but for what was done to the den: moving it is done to it as well.
    fn read(&self, file: &str) -> Vec<String> {
        let text = std::fs::read_to_string(self.path(file)).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let is_mark = |line: &str| line.starts_with(r#"{"den":"#);
        let is_act = |line: &str| line.contains(r#""pk":{"S":"A#den"}"#);
        lines.retain(|line| !is_mark(line) && !is_act(line));
        lines.sort_unstable();
        lines
    }
}

#[tokio::test]
async fn a_den_moves_by_a_file() {
    let desk = Desk::with_a_den().await;
    let run = desk.den(&["data", "export", "den.jsonl"]).await;
    let n = desk.read("den.jsonl").len() + 1;
    assert_eq!(told(&run), format!("{n} items of the den in .den are in den.jsonl\n"));
    assert_eq!(desk.acts(None).await, ["export everything"]);
    let run = desk.den(&["data", "export", "den.jsonl"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: den.jsonl is there already: remove it, or name another");

    let run = desk.den(&["data", "import", "den.jsonl", "--data", "other", "--json"]).await;
    let json: Value = serde_json::from_str(told(&run)).unwrap();
    assert_eq!(json["items"], n);
    told(&desk.den(&["data", "export", "again.jsonl", "--data", "other"]).await);
    assert_eq!(desk.read("again.jsonl"), desk.read("den.jsonl"));
    let again = std::fs::read_to_string(desk.path("again.jsonl")).unwrap();
    assert!(again.contains("import an export"), "who brought it all is written down there");

    let run = desk.den(&["data", "import", "den.jsonl", "--data", "other"]).await;
    assert_eq!(run.code, Some(1));
    assert!(
        run.err.contains("the den in other holds something already: say --over"),
        "{}",
        run.err
    );
    told(&desk.den(&["data", "import", "den.jsonl", "--data", "other", "--over"]).await);
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_may_read_an_export() {
    use std::os::unix::fs::PermissionsExt;

    let desk = Desk::with_a_den().await;
    told(&desk.den(&["data", "export", "den.jsonl"]).await);
    let mode = std::fs::metadata(desk.path("den.jsonl")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[tokio::test]
async fn an_export_can_be_piped() {
    let desk = Desk::with_a_den().await;
    let export = desk.den(&["data", "export", "-"]).await;
    assert!(told(&export).contains(r#"{"den":"end""#), "{}", export.err);
    let import = desk.den_hears(&export.out, &["data", "import", "-", "--data", "other"]).await;
    assert!(told(&import).contains("items are in the den in other"), "{}", import.out);

    // It broke off on the way.
    let half = &export.out[..export.out.len() / 2];
    let import = desk.den_hears(half, &["data", "import", "-", "--data", "third"]).await;
    assert_eq!(import.code, Some(1));
    assert!(import.err.contains("read standard input"), "{}", import.err);
}

#[tokio::test]
async fn a_file_that_is_not_whole_changes_nothing() {
    let desk = Desk::with_a_den().await;
    told(&desk.den(&["data", "export", "den.jsonl"]).await);
    let whole = std::fs::read_to_string(desk.path("den.jsonl")).unwrap();
    let n = whole.lines().count() - 2;
    let broken: Vec<&str> = whole.lines().take(n + 1).collect();
    std::fs::write(desk.path("broken.jsonl"), broken.join("\n") + "\n").unwrap();
    let run = desk.den(&["data", "import", "broken.jsonl", "--data", "other"]).await;
    assert_eq!(run.code, Some(1));
    let said = run.err.replace(&n.to_string(), "N");
    insta::assert_snapshot!(said, @r"
    error: read broken.jsonl
      because: it ends too early, after N items: the export broke off, or was not copied whole
    ");
    assert!(!desk.path("other").exists());
    let run = desk.den(&["data", "import", "nowhere.jsonl"]).await;
    assert!(run.err.contains("open nowhere.jsonl"), "{}", run.err);
}

/// A deployment's table on the wire, and the variables that lead there.
async fn deployment(desk: &mut Desk) -> Store {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let db = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, db));
    desk.variables.extend([
        ("AWS_ENDPOINT_URL_DYNAMODB", url.clone()),
        // Nobody listens there.
        ("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:9".to_owned()),
        ("AWS_REGION", "eu-central-1".to_owned()),
        ("AWS_ACCESS_KEY_ID", "local".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "local".to_owned()),
    ]);
    let config = aws_sdk_dynamodb::config::Builder::from(&aws::local_config().await);
    let store = Store::new(Client::from_conf(config.endpoint_url(url).build()), "roast-den");
    store.init().await.unwrap();
    store
}

#[tokio::test]
async fn a_den_moves_to_a_deployment_and_back() {
    let mut desk = Desk::with_a_den().await;
    let store = deployment(&mut desk).await;
    let run = desk.den(&["data", "copy", "--from", ".den", "--to-table", "roast-den"]).await;
    assert!(
        told(&run).ends_with("items of the den in .den are in table roast-den\n"),
        "{}",
        run.out
    );
    let again = desk.den(&["data", "copy", "--from", ".den", "--to-table", "roast-den"]).await;
    assert_eq!(again.code, Some(1), "{}", again.out);
    told(&desk.den(&["data", "copy", "--from", ".den", "--to-table", "roast-den", "--over"]).await);

    told(&desk.den(&["data", "copy", "--from-table", "roast-den", "--to", "back"]).await);
    let here = desk.acts(None).await;
    assert_eq!(here[0], "copy everything to table roast-den");
    let acts = store.acts(None, 10).await.unwrap();
    let there: Vec<&str> = acts.iter().map(|act| act.what.as_str()).collect();
    assert_eq!(
        there[..2],
        ["copy everything to the den in back", "copy everything from the den in .den"]
    );
    for (name, data) in [("old.jsonl", ".den"), ("new.jsonl", "back")] {
        told(&desk.den(&["data", "export", name, "--data", data]).await);
    }
    assert_eq!(desk.read("new.jsonl"), desk.read("old.jsonl"));

    // What is named is meant.
    desk.variables.push(("DEN_TABLE", "roast-den".to_owned()));
    let run = desk.den(&["block", "301"]).await;
    told(&run);
    assert!(store.preferences(twilight_model::id::Id::new(301)).await.unwrap().blocked);
    desk.variables.push(("DEN_TABLE", "misspelt".to_owned()));
    let run = desk.den(&["block", "301"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: there is no table misspelt: `DEN_TABLE=misspelt den store init` makes it");
}

#[tokio::test]
async fn an_event_that_waits_is_not_lost_where_it_cannot_be_queued() {
    let mut desk = Desk::with_a_den().await;
    let body = serde_json::json!({
        "v": 1, "id": "5:turbo", "personality": "turbo", "application_id": "11", "guild_id": "1042",
        "channel_id": "1077", "author": {"id": "301", "name": "Ann"},
        "what": {"type": "joined"}, "credit": 3, "received_at_ms": 5,
    });
    let body = body.to_string();
    desk.at_table(async |store| store.put_body_in_inbox("5:turbo", &body, 5).await.unwrap()).await;
    let store = deployment(&mut desk).await;
    let run = desk.den(&["data", "copy", "--from", ".den", "--to-table", "roast-den"]).await;
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("everything is copied, but 1 of 1 events that wait"), "{}", run.err);
    assert_eq!(store.inbox().await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_place_twice_or_none_is_no_copy() {
    let desk = Desk::with_a_den().await;
    let run = desk.den(&["data", "copy", "--from", ".den", "--to", ".den"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: that is the same place twice");
    assert_eq!(desk.den(&["data", "copy", "--from", ".den"]).await.code, Some(2));
}

#[tokio::test]
async fn a_person_is_erased_only_when_that_is_meant() {
    let desk = Desk::with_a_den().await;
    let run = desk.den(&["data", "erase", "--person", "301"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: this erases everything of person 301 from the den in .den, for good: say --yes if that is meant");
    let run = desk.den(&["data", "erase", "--person", "301", "--yes"]).await;
    insta::assert_snapshot!(told(&run), @"erased from the den in .den: everything of person 301: 80 messages and 0 facts. Exports and backups made before keep them; remove those too");
    let left = desk.den(&["data", "export", "-"]).await;
    assert!(!told(&left).contains(ANNS));
    assert_eq!(desk.den(&["data", "erase", "--yes"]).await.code, Some(2), "whom?");
}

#[tokio::test]
async fn guilds_that_left_long_ago_are_erased() {
    let desk = Desk::with_a_den().await;
    let guild = twilight_model::id::Id::new(1042);
    let run = desk.den(&["data", "erase", "--left", "--yes"]).await;
    insta::assert_snapshot!(told(&run), @"no guild left the den in .den more than 30 days ago");
    desk.at_table(async |store| store.set_left(guild, Some(5)).await.unwrap()).await;
    let run = desk.den(&["data", "erase", "--left", "--yes", "--json"]).await;
    let json: Value = serde_json::from_str(told(&run)).unwrap();
    assert_eq!(json, serde_json::json!({"messages": 80, "facts": 0, "guilds": ["1042"]}));
}
