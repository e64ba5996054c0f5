//! `den why`: why a personality said something, or stayed silent.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use ::chat::{Explanation, explain_in_words};
use anyhow::{Context, bail};
use owo_colors::{OwoColorize, Stream::Stdout};
use serde_json::Value;
use store::Store;
use twilight_model::id::{Id, marker::MessageMarker};

use crate::{config::Settings, local::LocalTable, progress::shown, table, trouble};

/// How long the page of a den on this machine may take to answer.
const PAGE: Duration = Duration::from_secs(5);

/// Which message is asked about.
#[derive(Clone, Debug, clap::Args)]
pub struct WhyArgs {
    /// The message's id, or its link
    #[arg(value_name = "MESSAGE", value_parser = message)]
    message: Id<MessageMarker>,
    /// The folder of a den on this machine; without it, the table DEN_TABLE names, else .den
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The page of a den that is running over that folder
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4600")]
    page: SocketAddr,
    /// Print the explanations as they are kept
    #[arg(long)]
    json: bool,
}

/// Reads a message's id: alone, at the end of its link, or behind the channel's as Discord copies it with
/// Shift held down.
fn message(text: &str) -> Result<Id<MessageMarker>, String> {
    let path = text.trim().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let last = path.rsplit(['/', '-']).next().unwrap_or_default();
    let id = last.parse().ok().and_then(Id::new_checked);
    id.ok_or_else(|| {
        "that is neither a message's link nor its id; in Discord: Copy Message Link".to_owned()
    })
}

/// Runs `den why`.
///
/// # Errors
/// Where the explanations cannot be read, or there are none.
pub async fn run(args: WhyArgs, settings: Settings) -> anyhow::Result<ExitCode> {
    let looked = format!("looking for message {}", args.message);
    let (place, explanations) = shown(looked, look(&args, &settings)).await?;
    if explanations.is_empty() {
        bail!(
            "{place} knows nothing of message {}: it was none of the den's, addressed nobody, or is more than 30 \
             days old",
            args.message
        );
    }
    if args.json {
        let raw: Vec<Value> =
            explanations.iter().map(|json| serde_json::from_str(json)).collect::<Result<_, _>>()?;
        println!("{:#}", Value::from(raw));
    } else {
        print!("{}", in_words(&explanations)?);
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the explanations were looked for, and what was found there.
async fn look(args: &WhyArgs, settings: &Settings) -> anyhow::Result<(String, Vec<String>)> {
    if args.data.is_none() && settings.names_deployment {
        let store =
            Store::new(aws_sdk_dynamodb::Client::new(&aws::config().await), &settings.table);
        let found = store.why(args.message).await;
        let found = found
            .map_err(|e| anyhow::anyhow!("{}; `den doctor` says more", trouble::causes(&e)))?;
        return Ok((format!("table {}", settings.table), found));
    }
    let folder = args.data.as_deref().unwrap_or(Path::new(table::USUAL));
    table::is_there(folder)?;
    let place = format!("the den in {}", folder.display());
    match LocalTable::open(folder).await {
        Ok(table) => {
            let found = table.store.why(args.message).await;
            table.close().await;
            Ok((place, found?))
        }
        // A running den has the folder: its page knows.
        Err(in_use) => match ask_page(args).await {
            Ok(found) => Ok((place, found)),
            Err(_) => Err(in_use.context(format!(
                "{place} cannot be asked, and no page answers at {}: name its page with --page, or, in the real \
                 Discord, use the message's menu: Apps, Why did it say that?",
                args.page
            ))),
        },
    }
}

async fn ask_page(args: &WhyArgs) -> anyhow::Result<Vec<String>> {
    let url = format!("http://{}/api/why/{}", args.page, args.message);
    let answer = model::http_client()?.get(url).timeout(PAGE).send().await?.error_for_status()?;
    let body = answer.text().await?;
    // 204, without a body, where there is none.
    Ok(match serde_json::from_str(if body.is_empty() { "[]" } else { &body })? {
        Value::Array(several) => several.iter().map(Value::to_string).collect(),
        one => vec![one.to_string()],
    })
}

/// Explanations in words, as a terminal shows them.
pub(crate) fn in_words(explanations: &[String]) -> anyhow::Result<String> {
    let read = |json: &String| serde_json::from_str::<Explanation>(json);
    let read = explanations.iter().map(read).collect::<Result<Vec<_>, _>>();
    let read = read.context("read an explanation: perhaps a newer version wrote it")?;
    Ok(read.iter().map(|why| plain(&explain_in_words(why))).collect::<Vec<_>>().join("\n"))
}

/// Takes Discord's marks for bold and code away; what was bold is bold where the terminal can.
fn plain(marked: &str) -> String {
    let mut text = String::new();
    for (n, part) in marked.split("**").enumerate() {
        let part = part.replace('`', "");
        if n % 2 == 1 {
            text.push_str(&part.if_supports_color(Stdout, |part| part.bold()).to_string());
        } else {
            text.push_str(&part);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use ::chat::{Outcome, Tokens};
    use ::store::ReplyRow;

    use super::*;

    const MESSAGE: u64 = 1_203_000_000_000_000_000;

    async fn a_den_that_said_something(data: &Path) {
        let table = LocalTable::open(data).await.unwrap();
        let why = Explanation {
            v: 1,
            personality: "Turbo".to_owned(),
            addressed: "name".to_owned(),
            outcome: Outcome::Spoke,
            model: Some("llama3.2:3b".to_owned()),
            tokens: Tokens { r#in: 812, out: 64, cache_read: 0 },
            ..Explanation::default()
        };
        let row = ReplyRow {
            message_id: Id::new(MESSAGE),
            channel_id: Id::new(7),
            personality: "turbo".parse().unwrap(),
            event: serde_json::from_str("\"5:turbo\"").unwrap(),
            asker: Id::new(9),
            why: why.to_json(),
            messages: Vec::new(),
            question: None,
            others: Vec::new(),
            mentions: Vec::new(),
            command: None,
        };
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        table.store.keep_reply(&row, now.as_millis() as u64).await.unwrap();
        table.close().await;
    }

    fn asked(data: &Path, message: u64) -> WhyArgs {
        let page = "127.0.0.1:1".parse().unwrap();
        WhyArgs { message: Id::new(message), data: Some(data.to_owned()), page, json: false }
    }

    #[tokio::test]
    async fn what_was_said_here_is_explained_in_words() {
        let folder = tempfile::tempdir().unwrap();
        a_den_that_said_something(folder.path()).await;
        let settings = Settings::of(&[]).unwrap();
        let (_, found) = look(&asked(folder.path(), MESSAGE), &settings).await.unwrap();
        owo_colors::set_override(false);
        insta::assert_snapshot!(in_words(&found).unwrap(), @r"
        Turbo answered because its name stood at the start.
        - model: llama3.2:3b; 812 tokens read, 0 from cache, 64 written
        - it had 0 earlier turns, 0 lines said before, 0 files, 0 images
        - first words after 0 ms, all of it after 0 ms
        ");
    }

    #[tokio::test]
    async fn of_a_message_nobody_knows_it_says_where_it_looked() {
        let folder = tempfile::tempdir().unwrap();
        a_den_that_said_something(folder.path()).await;
        // The folder is named: whatever a deployment's table is called, that is not meant.
        let settings = Settings::of(&[("DEN_TABLE", "elsewhere")]).unwrap();
        let refused = run(asked(folder.path(), 1), settings).await.unwrap_err().to_string();
        assert!(refused.contains("knows nothing of message 1"), "{refused}");
        assert!(refused.contains(&folder.path().display().to_string()), "{refused}");
    }

    #[tokio::test]
    async fn without_a_den_it_says_how_to_name_one() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::of(&[]).unwrap();
        let refused = run(asked(folder.path(), 1), settings).await.unwrap_err().to_string();
        assert!(refused.contains("--data") && refused.contains("DEN_TABLE"), "{refused}");
    }

    #[test]
    fn a_message_is_named_by_id_or_link() {
        for text in [
            "1203",
            " 1203 ",
            "1077-1203",
            "https://discord.com/channels/1042/1077/1203",
            "https://discord.com/channels/@me/1077/1203/?jump=1",
        ] {
            assert_eq!(message(text), Ok(Id::new(1203)), "{text}");
        }
        for text in ["", "0", "last one", "https://discord.com/channels/1042/1077/x"] {
            assert!(message(text).is_err(), "{text}");
        }
    }
}
