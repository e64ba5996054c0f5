//! `den chat NAME`: a talk with one personality in the terminal, in a simulated Discord.

mod screen;
mod talk;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode, sync::Arc};

use anyhow::bail;
use personality::{Personality, Roster};
use tokio::sync::mpsc;

use self::talk::Talk;
use crate::{choice::choose, config::Settings, progress::shown, say, up::Den};

/// How alike a name must be to be meant, from 0 to 1.
const ALIKE: f64 = 0.75;

/// Whom to talk to.
#[derive(Clone, Debug, clap::Args)]
pub struct ChatArgs {
    /// The personality's id, name or alias
    name: String,
    /// The folder that keeps what was said
    #[arg(long, value_name = "DIR", default_value = ".den")]
    data: PathBuf,
    /// The folder of personality files
    #[arg(long, value_name = "DIR", default_value = crate::cli::PERSONALITIES, env = "DEN_PERSONALITIES",
          hide_env_values = true, value_parser = crate::cli::folder)]
    personalities: PathBuf,
}

/// Runs `den chat`: until `/quit`, Ctrl-C or the end of standard input.
///
/// # Errors
/// A name nobody has, or a den that does not start.
pub async fn run(args: ChatArgs, settings: Settings) -> anyhow::Result<ExitCode> {
    let roster = Arc::new(Roster::load(&args.personalities, &den_worker::allows)?);
    let who = find(&roster, &args.name)?.clone();
    let aws = aws::config().await;
    let choice = shown("looking for a model", choose(settings.model.as_ref(), &aws)).await?;
    let waking = Den::start(&args.data, choice, roster, settings.prices()?);
    let den = shown("waking the den", waking).await?;
    let is_terminal = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    eprintln!("{}", say::unmarked(&den.model_note));
    if is_terminal {
        println!("You are with {}. /why explains, /who lists, /quit ends.\n", screen::name(&who));
    }
    let talked = Talk::new(&den, &who, lines(), is_terminal).run().await;
    shown("finishing what was begun", den.stop()).await;
    talked
}

/// The personality of this name, or the one that was probably meant, as a question.
pub(crate) fn find<'r>(roster: &'r Roster, name: &str) -> anyhow::Result<&'r Personality> {
    if let Some(who) = roster.by_name(name) {
        return Ok(who);
    }
    let wanted = name.to_lowercase();
    let names = roster.iter().flat_map(|who| who.names().chain([who.id.as_str()]));
    let alike = |known: &&str| strsim::jaro_winkler(&wanted, &known.to_lowercase());
    let best =
        names.max_by(|a, b| alike(a).total_cmp(&alike(b))).filter(|best| alike(best) >= ALIKE);
    match best {
        Some(best) => bail!("nobody here is called `{name}`; did you mean `{best}`?"),
        None => {
            let ids: Vec<&str> = roster.iter().map(|who| who.id.as_str()).collect();
            bail!("nobody here is called `{name}`; there are: {}", ids.join(", "))
        }
    }
}

/// The lines of standard input. A thread of its own reads them, as nothing can stop a read that waits; it
/// ends with the process.
fn lines() -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel(1);
    std::thread::spawn(move || {
        for line in std::io::stdin().lines() {
            let Ok(line) = line else { return };
            if send.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn roster() -> Roster {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../personalities");
        Roster::load(&folder, &|_, _| true).unwrap()
    }

    #[test]
    fn a_name_nearly_right_is_asked_about() {
        let roster = roster();
        assert_eq!(find(&roster, "BARONESS").unwrap().id.as_str(), "baroness");
        let refused = find(&roster, "turbot").unwrap_err().to_string();
        assert!(refused.contains("did you mean `turbo`"), "{refused}");
        let refused = find(&roster, "xyzzy").unwrap_err().to_string();
        assert!(refused.contains("there are: baroness, chirp, turbo"), "{refused}");
    }
}
