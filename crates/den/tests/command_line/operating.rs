//! What an operator does from the command line, over a den on this machine.

use std::convert::Infallible;

use den::local::LocalTable;
use serde_json::Value;
use store::{Act, Day, Entry, Episode, Kept, Pause, Purse, Report, Scope, Space, Speaker, Store};
use twilight_model::id::Id;

use crate::{Desk, Run};

const GUILD: u64 = 1042;
const ANN: u64 = 301;

fn now_ms() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_millis() as u64
}

impl Desk {
    /// Looks into the den's table, or changes something there.
    pub(crate) async fn at_table<T>(&self, work: impl AsyncFnOnce(&Store) -> T) -> T {
        let table = LocalTable::open(&self.path(".den")).await.unwrap();
        let done = work(&table.store).await;
        table.close().await;
        done
    }

    /// A den in which Ann said a few things.
    pub(crate) async fn with_a_den() -> Self {
        let desk = Self::new();
        desk.at_table(async |store| {
            let scope = Scope::new(Space::Guild(Id::new(GUILD)), "turbo".parse().unwrap());
            let said = |n: u64| Episode {
                message_id: Id::new(n),
                channel_id: Id::new(1077),
                speaker: Speaker::Person { id: Id::new(ANN), name: "Ann".to_owned() },
                text: format!("zebrafinch {n}"),
                reply_to: None,
                to: vec![],
                terms: vec![],
                terms_version: 0,
                drawn: Vec::new(),
                expires_s: 0,
            };
            let episodes: Vec<Episode> = (1..=80).map(said).collect();
            let kept = Kept {
                scope: &scope,
                guild: Some(Id::new(GUILD)),
                channel: Id::new(1077),
                episodes: &episodes,
                days: 365,
            };
            store.keep(&kept, now_ms()).await.unwrap();
            assert!(store.seal(&scope, now_ms()).await.unwrap());
        })
        .await;
        desk
    }

    pub(crate) async fn acts(&self, guild: Option<u64>) -> Vec<String> {
        let acts: Vec<Act> =
            self.at_table(async |store| store.acts(guild.map(Id::new), 20).await.unwrap()).await;
        assert!(acts.iter().all(|act| act.by.is_none()), "nobody of Discord did it: {acts:?}");
        acts.into_iter().map(|act| act.what).collect()
    }
}

#[track_caller]
fn told(run: &Run) -> &str {
    assert_eq!(run.code, Some(0), "{}", run.err);
    &run.out
}

#[tokio::test]
async fn what_is_paused_is_said_and_written_down() {
    let desk = Desk::with_a_den().await;
    let run = desk.den(&["pause"]).await;
    assert!(told(&run).starts_with("The den is paused since 20"), "{}", run.out);
    assert!(run.out.ends_with("nobody answers anywhere.\n"), "{}", run.out);
    assert_eq!(told(&desk.den(&["resume"]).await), "The den answers.\n");

    let run = desk.den(&["pause", "--personality", "Baroness Crumb"]).await;
    assert_eq!(told(&run), "baroness is paused: it answers nowhere.\n", "by name as well");
    let run = desk.den(&["pause", "--personality", "turbo", "--guild", "1042", "--json"]).await;
    let now: Value = serde_json::from_str(told(&run)).unwrap();
    assert_eq!(now["paused_personalities"], serde_json::json!(["baroness"]));
    assert_eq!(now["guild"]["mute"], serde_json::json!(["turbo"]));
    assert_eq!(now["paused"], false);

    let run = desk.den(&["pause", "--personality", "turbot"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: nobody here is called `turbot`; did you mean `turbo`?");

    assert_eq!(desk.acts(None).await, ["pause baroness", "resume the den", "pause the den"]);
    assert_eq!(desk.acts(Some(GUILD)).await, ["pause turbo"]);
}

#[tokio::test]
async fn what_the_operator_pauses_is_the_operators() {
    let desk = Desk::with_a_den().await;
    desk.at_table(async |store| {
        let by_admin = Some(Pause { by: Some(Id::new(ANN)), at_ms: 5 });
        let pausing = |row: &mut store::GuildRow| {
            row.paused.clone_from(&by_admin);
            Ok::<_, Infallible>(())
        };
        let Ok(()) = store.change_guild(Id::new(GUILD), pausing).await.unwrap();
    })
    .await;
    told(&desk.den(&["pause", "--guild", "1042"]).await);
    let row = desk.at_table(async |store| store.guild(Id::new(GUILD)).await.unwrap()).await;
    assert_eq!(row.paused.unwrap().by, None, "an admin cannot take it back");
}

#[tokio::test]
async fn a_running_den_holds_its_folder_and_says_how_to_go_on() {
    let desk = Desk::with_a_den().await;
    let running = LocalTable::open(&desk.path(".den")).await.unwrap();
    for arguments in [&["pause"][..], &["cost"], &["data", "export", "den.jsonl"]] {
        let run = desk.den(arguments).await;
        assert_eq!(run.code, Some(1));
        insta::allow_duplicates! {
            insta::assert_snapshot!(run.err, @"error: the den in .den is running and holds its folder: stop it first, or, where it can do this itself, use /den and /privacy in its Discord");
        }
    }
    running.close().await;
}

#[tokio::test]
async fn where_there_is_no_den_it_says_how_to_name_one() {
    let desk = Desk::new();
    let run = desk.den(&["budget"]).await;
    assert_eq!(run.code, Some(1));
    insta::assert_snapshot!(run.err, @"error: there is no den in .den: name its folder with --data, or a deployment's table with DEN_TABLE");
    assert!(!desk.path(".den").exists(), "asking makes none");
}

#[tokio::test]
async fn the_allowlist_is_shown_after_every_change() {
    let desk = Desk::with_a_den().await;
    let mut all = String::new();
    for arguments in [
        &["allowlist", "show"][..],
        &["allowlist", "on"],
        &["allowlist", "add", "1042"],
        &["allowlist", "add", "7"],
        &["allowlist", "remove", "7"],
        &["allowlist", "off"],
    ] {
        all.push_str(told(&desk.den(arguments).await));
    }
    insta::assert_snapshot!(all, @r"
    The allowlist is off: every guild is served.
    The allowlist is on, and no guild is on it: nobody is served. Add one: den allowlist add ID
    The allowlist is on: only these guilds are served: 1042
    The allowlist is on: only these guilds are served: 1042, 7
    The allowlist is on: only these guilds are served: 1042
    The allowlist is off: every guild is served. On it would be: 1042
    ");
    assert_eq!(desk.acts(None).await, ["allowlist off", "allowlist on"]);
    assert_eq!(desk.acts(Some(GUILD)).await, ["allow the guild"]);
    assert_eq!(desk.den(&["allowlist", "add", "somewhere"]).await.code, Some(2));
}

#[tokio::test]
async fn people_are_blocked_and_budgets_set() {
    let desk = Desk::with_a_den().await;
    let mut all = String::new();
    for arguments in [
        &["block", "301"][..],
        &["unblock", "301", "--json"],
        &["budget"],
        &["budget", "--den", "5", "--guild", "0.25"],
        &["budget", "--guild", "none"],
        &["budget", "--json"],
    ] {
        all.push_str(told(&desk.den(arguments).await));
    }
    insta::assert_snapshot!(all, @r#"
    Person 301 is blocked: nobody answers them.
    {"blocked":false,"person":"301"}
    The den may spend any amount a day, a guild any amount.
    The den may spend $5.00 a day, a guild $0.2500.
    The den may spend $5.00 a day, a guild any amount.
    {
      "den_micro_dollars": 5000000,
      "guild_micro_dollars": null
    }
    "#);
    let acts = desk.acts(None).await;
    assert_eq!(acts.len(), 5, "{acts:?}");
    let run = desk.den(&["budget", "--den", "plenty"]).await;
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("'plenty' is no amount of dollars, as in 2.50"), "{}", run.err);
}

#[tokio::test]
async fn what_people_reported_is_read_newest_first() {
    let desk = Desk::with_a_den().await;
    assert_eq!(told(&desk.den(&["reports"]).await), "Nothing was reported.\n");
    desk.at_table(async |store| {
        for (n, guild) in [(1, Some(GUILD)), (2, None)] {
            let report = Report {
                at_ms: 1_795_000_000_000 + n * 60_000,
                by: Id::new(ANN),
                guild: guild.map(Id::new),
                channel: Id::new(1077),
                message_id: Id::new(1200 + n),
                personality: "turbo".parse().unwrap(),
                reason: format!("It was unkind, {n}."),
            };
            store.keep_report(&report).await.unwrap();
        }
    })
    .await;
    insta::assert_snapshot!(told(&desk.den(&["reports"]).await), @r"
    2026-11-18 11:08 UTC  turbo in a direct message, reported by 301
      https://discord.com/channels/@me/1077/1202
      It was unkind, 2.

    2026-11-18 11:07 UTC  turbo in guild 1042, channel 1077, reported by 301
      https://discord.com/channels/1042/1077/1201
      It was unkind, 1.
    ");
    let run = desk.den(&["reports", "--limit", "1", "--json"]).await;
    insta::assert_snapshot!(told(&run), @r#"
    {
      "reports": [
        {
          "at_ms": 1795000120000,
          "channel": "1077",
          "guild": null,
          "link": "https://discord.com/channels/@me/1077/1202",
          "message": "1202",
          "personality": "turbo",
          "reason": "It was unkind, 2.",
          "reporter": "301"
        }
      ]
    }
    "#);
    assert_eq!(desk.den(&["reports", "--limit", "0"]).await.code, Some(2));

    told(&desk.den(&["data", "erase", "--person", "301", "--yes"]).await);
    assert_eq!(told(&desk.den(&["reports"]).await), "Nothing was reported.\n");
}

#[tokio::test]
async fn what_was_spent_is_told_by_day_guild_personality_and_model() {
    let desk = Desk::with_a_den().await;
    desk.at_table(async |store| {
        let day = Day::of(1_795_262_400_000);
        let entry = |day, guild: Option<u64>, who: &str, cost| Entry {
            day,
            guild: guild.map(Id::new),
            personality: who.parse().unwrap(),
            model: "claude-haiku-4-5".to_owned(),
            turns: 3,
            tokens_in: 1_000,
            tokens_cached: 500,
            tokens_out: 90,
            cost,
        };
        for entry in [
            entry(day, Some(GUILD), "turbo", 12_300),
            entry(day, None, "turbo", 900),
            entry(Day(day.0 - 1), Some(GUILD), "baroness", 4_000),
        ] {
            store.enter(&entry).await.unwrap();
        }
        store.spend(Purse::Den, day, 500, 13_200).await.unwrap();
    })
    .await;
    let run = desk.den(&["cost", "--day", "2026-11-21", "--days", "3"]).await;
    insta::assert_snapshot!(told(&run), @r"
    2026-11-19  nothing was spent
    2026-11-20
      guild 1042, baroness, claude-haiku-4-5        3 turns      1000 in       500 cached       90 out  $0.0040
    2026-11-21
      guild 1042, turbo, claude-haiku-4-5           3 turns      1000 in       500 cached       90 out  $0.0123
      direct messages, turbo, claude-haiku-4-5      3 turns      1000 in       500 cached       90 out  $0.0009
      $0.0005 more is reserved for turns under way
    by guild
      guild 1042                                    6 turns      2000 in      1000 cached      180 out  $0.0163
      direct messages                               3 turns      1000 in       500 cached       90 out  $0.0009
    by personality
      turbo                                         6 turns      2000 in      1000 cached      180 out  $0.0132
      baroness                                      3 turns      1000 in       500 cached       90 out  $0.0040
    all together                                    9 turns      3000 in      1500 cached      270 out  $0.0172
    ");
    let run = desk.den(&["cost", "--day", "2026-11-21", "--guild", "1042", "--json"]).await;
    let bill: Value = serde_json::from_str(told(&run)).unwrap();
    assert_eq!(bill["total"]["micro_dollars"], 12_300);
    assert_eq!(bill["days"][0]["entries"][0]["personality"], "turbo");
    let run = desk.den(&["cost", "--day", "2025-01-01"]).await;
    assert!(told(&run).ends_with("nothing was spent\n"), "{}", run.out);
    assert_eq!(desk.den(&["cost", "--day", "yesterday"]).await.code, Some(2));
}
