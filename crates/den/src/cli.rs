//! What can be typed, and where it goes.

use std::{convert::Infallible, io, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{ArgAction, Args, Parser, Subcommand};
use den_worker::config::ConfigProblems;
use owo_colors::{OwoColorize, Stream::Stderr};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    allowlist::{self, AllowlistCommand},
    block::{self, BlockArgs},
    budget::{self, BudgetArgs},
    chat::{self, ChatArgs},
    commands::{self, CommandsCommand},
    config::{self, Settings},
    cost::{self, CostArgs},
    data::{self, DataCommand},
    doctor::{self, DoctorArgs},
    pause::{self, PauseArgs},
    personality::{self, Personality},
    recall,
    reports::{self, ReportsArgs},
    store::{self, StoreCommand},
    table::TableArgs,
    up,
    why::{self, WhyArgs},
};

const EXAMPLES: &str = "\
Try it, without an account:
  den up                          everything on this machine, and a page to chat in
  den chat baroness               the same in the terminal
  echo 'Roast me.' | den chat turbo

Make a character:
  den personality new grim        writes personalities/grim.toml
  den personality check           tells all that is wrong with any of them

Join your own Discord server:
  export DISCORD_TOKEN=…          from the developer portal
  den doctor                      what is wrong, and what mends it
  den up                          now it listens there

Every variable is explained in docs/reference/environment.md.

Exit codes: 0 all is well, 1 something went wrong or is wrong, 2 it was asked in a way nobody understands.";

const RECALL: &str = "\
Reads a request a line from standard input and answers each with a line, in order:
  {\"op\":\"hello\",\"protocol\":1}                             {\"ok\":true,\"name\":…,\"persistent\":…}
  {\"op\":\"remember\",\"space\":…,\"id\":…,\"channel\":…,
    \"speaker\":…,\"ts\":…,\"text\":…,\"reply_to\":…}             {\"ok\":true}
  {\"op\":\"recall\",\"space\":…,\"query\":…,\"k\":10,
    \"now\":…,\"asker\":…}                                    {\"ids\":[…]}, best first
  {\"op\":\"forget\",\"space\":…}, also with \"id\" or \"speaker\"  {\"ok\":true,\"forgotten\":n}
  {\"op\":\"stats\"}                                          {\"items\":n,\"bytes\":n}
  {\"op\":\"flush\"}, {\"op\":\"bye\"}                            {\"ok\":true}

A space is a server or a direct message: nothing is looked for in two of them. Names and ids are
strings or whole numbers; the same id again is an edit. Times are seconds or milliseconds since
1970, or RFC 3339. channel, speaker, ts, reply_to, k, now and asker may be left out. A bad line is
answered with {\"error\":…}, and the next is read.

RECALL_HOME names a folder to keep it all in; what a flush was answered for survives a kill.
Without it everything is gone with the program.

Examples:
  echo '{\"op\":\"hello\",\"protocol\":1}' | den recall
  den recall < requests.jsonl
  RECALL_HOME=/tmp/memory den recall";

/// A den of AI personalities for Discord, on this machine or in the cloud.
#[derive(Debug, Parser)]
#[command(name = "den", version, after_help = EXAMPLES, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Tell what happens inside, on standard error; twice tells more
    #[arg(short, long, global = true, action = ArgAction::Count)]
    verbose: u8,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Start a whole den: in a simulated Discord with a page, or in the real one
    #[command(after_help = "\
Examples:
  den up                          a simulated Discord; open http://127.0.0.1:4600/
  den up --open                   opens it for you
  den up --page 127.0.0.1:4601 --data /tmp/other-den
  DISCORD_TOKEN=… den up          the real Discord, no page
  DEN_MODEL_URL=http://127.0.0.1:1234/v1 DEN_MODEL=qwen2.5 den up

What was said is kept in the --data folder; remove it to begin anew.")]
    Up(UpArgs),

    /// Talk to one personality in the terminal, in a simulated Discord
    #[command(after_help = "\
Examples:
  den chat baroness
  den chat \"Detective Chirp\"
  echo 'Any advice?' | den chat turbo

While talking: /why explains the last answer, /who lists everybody, /quit ends it (or Ctrl-D).")]
    Chat(ChatArgs),

    /// Look whether everything is as it must be, and say what mends what is not
    #[command(after_help = "\
Looks at the personalities, the token, its intents and permissions, the model (by asking it for one
word), the table and the queues. Without a deployment it looks at what `den up` would use.

Examples:
  den doctor
  den doctor --deployment         also the table and the queues must be there
  den doctor --json | jq '.checks[] | select(.state == \"wrong\")'

Exit code 1 says that something is wrong.")]
    Doctor(DoctorArgs),

    /// Explain why a personality said something, or stayed silent
    #[command(after_help = "\
A message is named by its link or its id: in Discord, open its menu and choose Copy Message Link.
What a personality said and what a person said can both be asked about.

Examples:
  den why https://discord.com/channels/1042/1077/1203
  den why 1203 --json
  DEN_TABLE=roast-den den why 1203        in a deployment's table")]
    Why(WhyArgs),

    /// The commands people see in Discord: register and list them
    #[command(after_help = "\
Examples:
  den commands sync               makes Discord show exactly ours, and says what changed
  den commands list

Both need DISCORD_TOKEN. `den up` registers them by itself.")]
    Commands {
        #[command(subcommand)]
        command: CommandsCommand,
        #[command(flatten)]
        output: Output,
    },

    /// Search a chat history, speaking JSON lines: the memory by itself, for measuring it
    #[command(after_help = RECALL)]
    Recall,

    /// What was spent, by day, guild, personality and model
    #[command(after_help = cost::EXAMPLES)]
    Cost(CostArgs),

    /// What the den and a guild may spend a day
    #[command(after_help = budget::EXAMPLES)]
    Budget(BudgetArgs),

    /// Stop answering: a personality, a guild, or the whole den
    #[command(after_help = pause::EXAMPLES)]
    Pause(PauseArgs),

    /// Answer again
    #[command(after_help = pause::EXAMPLES)]
    Resume(PauseArgs),

    /// Which guilds are served
    #[command(after_help = allowlist::EXAMPLES)]
    Allowlist {
        #[command(subcommand)]
        command: AllowlistCommand,
        #[command(flatten)]
        table: TableArgs,
    },

    /// Let nobody answer a person
    #[command(after_help = block::EXAMPLES)]
    Block(BlockArgs),

    /// Let a person be answered again
    #[command(after_help = block::EXAMPLES)]
    Unblock(BlockArgs),

    /// What people reported
    #[command(after_help = reports::EXAMPLES)]
    Reports(ReportsArgs),

    /// Everything that is kept: export, import, copy and erase it
    #[command(after_help = data::EXAMPLES)]
    Data {
        #[command(subcommand)]
        command: DataCommand,
    },

    /// The table of a deployment: make it and check it
    #[command(after_help = "\
Examples:
  den store init                  makes the table DEN_TABLE where it is missing, and switches TTL on
  den store check

Both need AWS credentials and AWS_REGION. `den up` needs neither: it has a table of its own.")]
    Store {
        #[command(subcommand)]
        command: StoreCommand,
        #[command(flatten)]
        output: Output,
    },

    /// The characters: make, check, list and show them
    #[command(after_help = "\
Examples:
  den personality new grim \"Grim the Gardener\"
  den personality check
  den personality check drafts/grim.toml
  den personality show grim --json")]
    Personality {
        #[command(subcommand)]
        command: Personality,
        #[command(flatten)]
        folder: Folder,
        #[command(flatten)]
        output: Output,
    },
}

/// What `den up` is told.
#[derive(Clone, Debug, Args)]
pub struct UpArgs {
    /// Where the page is served; loopback only makes sense
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:4600")]
    pub page: SocketAddr,
    /// The folder that keeps what was said
    #[arg(long, value_name = "DIR", default_value = ".den")]
    pub data: PathBuf,
    /// The folder of personality files
    #[arg(long, value_name = "DIR", default_value = PERSONALITIES, env = "DEN_PERSONALITIES", hide_env_values = true,
          value_parser = folder)]
    pub personalities: PathBuf,
    /// Open the page in the browser
    #[arg(long)]
    pub open: bool,
}

/// Where the personality files are, for commands of commands.
#[derive(Clone, Debug, Args)]
struct Folder {
    /// The folder of personality files
    #[arg(long, global = true, value_name = "DIR", default_value = PERSONALITIES, env = "DEN_PERSONALITIES",
          hide_env_values = true, value_parser = folder)]
    personalities: PathBuf,
}

/// How the result is printed, for commands of commands.
#[derive(Clone, Copy, Debug, Args)]
struct Output {
    /// Print JSON, for scripts
    #[arg(long, global = true)]
    json: bool,
}

/// The crates that speak for the den in the log.
const OURS: [&str; 8] =
    ["den", "den_listener", "den_worker", "discord", "discord_sim", "model", "queue", "store"];

/// The folder of personality files unless told otherwise.
pub(crate) const PERSONALITIES: &str = "personalities";

/// A folder's name. One that a template left open is the usual one.
pub(crate) fn folder(text: &str) -> Result<PathBuf, Infallible> {
    let text = if text.trim().is_empty() { PERSONALITIES } else { text };
    Ok(text.into())
}

/// Reads the command line and does what it says.
pub async fn main() -> ExitCode {
    // Prints help and usage errors itself, the latter with exit code 2.
    let cli = Cli::parse();
    log(cli.verbose);
    match run(cli.command).await {
        Ok(code) => code,
        // Whoever reads our output has read enough, as in `den doctor | head`.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::from(if error.is::<ConfigProblems>() { 2 } else { 1 })
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Up(args) => {
            let settings = Settings::from_env()?;
            // In the real Discord there is no page.
            if args.open && settings.token.is_none() {
                tokio::spawn(crate::browser::open_when_served(args.page));
            }
            up::run(args, settings).await
        }
        Command::Chat(args) => chat::run(args, Settings::from_env()?).await,
        Command::Doctor(args) => doctor::run(args, Settings::from_env()?).await,
        Command::Why(args) => why::run(args, Settings::from_env()?).await,
        Command::Commands { command, output } => {
            commands::run(command, output.json, &Settings::from_env()?).await
        }
        Command::Recall => recall::run(config::recall_home()),
        Command::Cost(args) => cost::run(args, &Settings::from_env()?).await,
        Command::Budget(args) => budget::run(args, &Settings::from_env()?).await,
        Command::Pause(args) => pause::run(args, true, &Settings::from_env()?).await,
        Command::Resume(args) => pause::run(args, false, &Settings::from_env()?).await,
        Command::Allowlist { command, table } => {
            allowlist::run(command, table, &Settings::from_env()?).await
        }
        Command::Block(args) => block::run(args, true, &Settings::from_env()?).await,
        Command::Unblock(args) => block::run(args, false, &Settings::from_env()?).await,
        Command::Reports(args) => reports::run(args, &Settings::from_env()?).await,
        Command::Data { command } => data::run(command, &Settings::from_env()?).await,
        Command::Store { command, output } => {
            store::run(command, output.json, &Settings::from_env()?).await
        }
        Command::Personality { command, folder, output } => {
            personality::run(command, &folder.personalities, output.json, &den_worker::allows)
        }
    }
}

/// Logs go to standard error, so that what a command prints can be read by the next one.
fn log(verbose: u8) {
    // Ours first; libraries have much to say about what is none of a person's business, and some of it
    // holds what people wrote.
    let (ours, theirs) = match verbose {
        0 => (LevelFilter::WARN, LevelFilter::ERROR),
        1 => (LevelFilter::INFO, LevelFilter::ERROR),
        _ => (LevelFilter::DEBUG, LevelFilter::WARN),
    };
    let targets = Targets::new().with_default(theirs).with_targets(OURS.map(|name| (name, ours)));
    let layer =
        tracing_subscriber::fmt::layer().with_target(verbose > 1).with_writer(std::io::stderr);
    tracing_subscriber::registry().with(layer.with_filter(targets)).init();
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// Says what went wrong, and why, a cause a line.
fn complain(error: &anyhow::Error) {
    eprintln!("{} {error}", "error:".if_supports_color(Stderr, |text| text.red()));
    for cause in error.chain().skip(1) {
        eprintln!("  {} {cause}", "because:".if_supports_color(Stderr, |text| text.dimmed()));
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn help(path: &[&str]) -> String {
        let mut command = Cli::command().term_width(100);
        command.build();
        let found = path.iter().fold(&mut command, |command, name| {
            command.find_subcommand_mut(name).expect("a command of this name")
        });
        found.render_help().to_string()
    }

    #[test]
    fn every_flag_has_a_meaning_of_its_own() {
        Cli::command().debug_assert();
    }

    #[test]
    fn help_begins_with_what_one_can_do() {
        insta::assert_snapshot!(help(&[]), @r"
        A den of AI personalities for Discord, on this machine or in the cloud

        Usage: den [OPTIONS] <COMMAND>

        Commands:
          up           Start a whole den: in a simulated Discord with a page, or in the real one
          chat         Talk to one personality in the terminal, in a simulated Discord
          doctor       Look whether everything is as it must be, and say what mends what is not
          why          Explain why a personality said something, or stayed silent
          commands     The commands people see in Discord: register and list them
          recall       Search a chat history, speaking JSON lines: the memory by itself, for measuring it
          cost         What was spent, by day, guild, personality and model
          budget       What the den and a guild may spend a day
          pause        Stop answering: a personality, a guild, or the whole den
          resume       Answer again
          allowlist    Which guilds are served
          block        Let nobody answer a person
          unblock      Let a person be answered again
          reports      What people reported
          data         Everything that is kept: export, import, copy and erase it
          store        The table of a deployment: make it and check it
          personality  The characters: make, check, list and show them
          help         Print this message or the help of the given subcommand(s)

        Options:
          -v, --verbose...  Tell what happens inside, on standard error; twice tells more
          -h, --help        Print help
          -V, --version     Print version

        Try it, without an account:
          den up                          everything on this machine, and a page to chat in
          den chat baroness               the same in the terminal
          echo 'Roast me.' | den chat turbo

        Make a character:
          den personality new grim        writes personalities/grim.toml
          den personality check           tells all that is wrong with any of them

        Join your own Discord server:
          export DISCORD_TOKEN=…          from the developer portal
          den doctor                      what is wrong, and what mends it
          den up                          now it listens there

        Every variable is explained in docs/reference/environment.md.

        Exit codes: 0 all is well, 1 something went wrong or is wrong, 2 it was asked in a way nobody
        understands.
        ");
    }

    #[test]
    fn help_of_up_says_where_things_are_kept() {
        insta::assert_snapshot!(help(&["up"]), @r"
        Start a whole den: in a simulated Discord with a page, or in the real one

        Usage: den up [OPTIONS]

        Options:
              --page <ADDRESS>       Where the page is served; loopback only makes sense [default:
                                     127.0.0.1:4600]
              --data <DIR>           The folder that keeps what was said [default: .den]
              --personalities <DIR>  The folder of personality files [env: DEN_PERSONALITIES] [default:
                                     personalities]
              --open                 Open the page in the browser
          -v, --verbose...           Tell what happens inside, on standard error; twice tells more
          -h, --help                 Print help

        Examples:
          den up                          a simulated Discord; open http://127.0.0.1:4600/
          den up --open                   opens it for you
          den up --page 127.0.0.1:4601 --data /tmp/other-den
          DISCORD_TOKEN=… den up          the real Discord, no page
          DEN_MODEL_URL=http://127.0.0.1:1234/v1 DEN_MODEL=qwen2.5 den up

        What was said is kept in the --data folder; remove it to begin anew.
        ");
    }

    #[test]
    fn help_of_data_teaches_how_a_den_moves() {
        insta::assert_snapshot!(help(&["data"]), @r"
        Everything that is kept: export, import, copy and erase it

        Usage: den data [OPTIONS] <COMMAND>

        Commands:
          export  Write everything to a file
          import  Read everything from a file
          copy    Copy everything from one table to another
          erase   Erase a person, a guild, or the guilds that left
          help    Print this message or the help of the given subcommand(s)

        Options:
          -v, --verbose...  Tell what happens inside, on standard error; twice tells more
          -h, --help        Print help

        An export is JSON lines, one item a line in DynamoDB's own notation. It holds what people said
        and the webhooks' tokens: keep it like a password. What is erased here later is not erased there.

        Examples:
          den data export den.jsonl                       the den in .den, or DEN_TABLE
          den data export - | gzip > den.jsonl.gz
          den data import den.jsonl --data /tmp/other     makes the folder where it is missing
          den data copy --from .den --to-table roast-den  from the laptop to AWS
          den data copy --from-table roast-den --to .den  and back
          den data erase --person 301                     every word of theirs, everywhere
          den data erase --guild 1042                     every word said in a guild
          den data erase --left --yes                     guilds that left more than 30 days ago

        To move a den: stop it, let its queues run dry, copy, start it at the new place. What was
        answered is not answered again, and what waits is answered there.
        ");
    }

    #[test]
    fn help_of_erase_says_whom() {
        insta::assert_snapshot!(help(&["data", "erase"]), @r"
        Erase a person, a guild, or the guilds that left

        Usage: den data erase [OPTIONS] <--person <ID>|--guild <ID>|--left>

        Options:
              --person <ID>  A person, by their Discord id: what they said and what is known about them,
                             everywhere
              --guild <ID>   A guild: what was said and learned there
              --left         All guilds that removed the den more than 30 days ago
              --yes          Ask nothing
              --data <DIR>   The folder of a den on this machine; without it, the table DEN_TABLE names,
                             else .den
              --json         Print JSON, for scripts
          -v, --verbose...   Tell what happens inside, on standard error; twice tells more
          -h, --help         Print help
        ");
    }

    #[test]
    fn help_of_pause_says_what_stops() {
        insta::assert_snapshot!(help(&["pause"]), @r"
        Stop answering: a personality, a guild, or the whole den

        Usage: den pause [OPTIONS]

        Options:
              --personality <NAME>   Only this personality
              --guild <ID>           Only in this guild
              --personalities <DIR>  The folder of personality files [env: DEN_PERSONALITIES] [default:
                                     personalities]
              --data <DIR>           The folder of a den on this machine; without it, the table DEN_TABLE
                                     names, else .den
              --json                 Print JSON, for scripts
          -v, --verbose...           Tell what happens inside, on standard error; twice tells more
          -h, --help                 Print help

        It holds from the next message on; an answer that is being written is finished. Whoever speaks
        to one that is paused is told nothing. The commands that show and delete what is kept work on.

        A guild's admins cannot take this back, but for a single personality, which is muted there.

        Examples:
          den pause                                   nobody answers anywhere
          den pause --guild 1042                      nobody answers there
          den pause --personality turbo               turbo answers nowhere
          den pause --personality turbo --guild 1042  turbo does not answer there
          den resume --guild 1042                     takes back exactly that
        ");
    }

    #[test]
    fn help_of_reports_says_who_reads_them() {
        insta::assert_snapshot!(help(&["reports"]), @r"
        What people reported

        Usage: den reports [OPTIONS]

        Options:
              --limit <N>   How many, the newest first [default: 20]
              --data <DIR>  The folder of a den on this machine; without it, the table DEN_TABLE names, else
                            .den
              --json        Print JSON, for scripts
          -v, --verbose...  Tell what happens inside, on standard error; twice tells more
          -h, --help        Print help

        Whoever reads why something was said can report it. The reason and who gave it are for those who
        run the den alone. They go when that person has everything of theirs erased, and after a year.

        Examples:
          den reports                     the newest ones
          den reports --limit 100 --json | jq -r '.reports[].link'
          den why LINK                    what the reply was made of
          den pause --personality turbo   until it is mended
        ");
    }

    #[test]
    fn help_of_cost_says_what_a_day_is() {
        insta::assert_snapshot!(help(&["cost"]), @r"
        What was spent, by day, guild, personality and model

        Usage: den cost [OPTIONS]

        Options:
              --day <DATE>  The last day to look at [default: today]
              --days <N>    How many days, that one included [default: 1]
              --guild <ID>  Look at one guild only
              --data <DIR>  The folder of a den on this machine; without it, the table DEN_TABLE names, else
                            .den
              --json        Print JSON, for scripts
          -v, --verbose...  Tell what happens inside, on standard error; twice tells more
          -h, --help        Print help

        Days are those of UTC. What a turn is thought to cost is reserved before the model is asked, and
        settled afterwards from what it used, at the prices this den knows (DEN_PRICES adds to them).

        Examples:
          den cost                        today
          den cost --days 7               this week, with sums
          den cost --day 2026-11-21 --guild 1042
          den cost --days 30 --json | jq .total.micro_dollars
        ");
    }

    #[test]
    fn help_of_doctor_says_what_it_looks_at() {
        insta::assert_snapshot!(help(&["doctor"]), @r#"
        Look whether everything is as it must be, and say what mends what is not

        Usage: den doctor [OPTIONS]

        Options:
              --deployment           Look at a deployment: its table and its queues must be there. Holds by
                                     itself where DEN_TABLE or DEN_QUEUE_PREFIX is set
              --guild <ID>           Look at the permissions in this guild only
              --personalities <DIR>  The folder of personality files [env: DEN_PERSONALITIES] [default:
                                     personalities]
              --json                 Print JSON, for scripts
          -v, --verbose...           Tell what happens inside, on standard error; twice tells more
          -h, --help                 Print help

        Looks at the personalities, the token, its intents and permissions, the model (by asking it for one
        word), the table and the queues. Without a deployment it looks at what `den up` would use.

        Examples:
          den doctor
          den doctor --deployment         also the table and the queues must be there
          den doctor --json | jq '.checks[] | select(.state == "wrong")'

        Exit code 1 says that something is wrong.
        "#);
    }

    #[test]
    fn json_and_the_folder_may_stand_at_the_end() {
        let line = ["den", "personality", "list", "--json", "--personalities", "drafts"];
        let cli = Cli::try_parse_from(line).unwrap();
        let Command::Personality { folder, output, .. } = cli.command else {
            panic!("understood as {:?}", cli.command);
        };
        assert!(output.json);
        assert_eq!(folder.personalities, PathBuf::from("drafts"));
    }

    #[test]
    fn a_folder_that_a_template_left_open_is_the_usual_one() {
        let Ok(read) = folder(" ");
        assert_eq!(read, PathBuf::from(PERSONALITIES));
    }
}
