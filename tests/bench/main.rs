//! What the den's programs need, measured as they are shipped, beside what the design aims for.
//!
//! `cargo xtask bench` builds the programs and runs this. Every figure is taken from outside, at the wire or from
//! what the kernel says of a process; nothing of the den is linked in here but its recall, which is a function.
//! docs/reference/benchmarks.md says what each figure means and how it is taken. A figure that cannot be measured fails the run; one that misses
//! its aim does not, as it may be the machine's fault.

mod bare;
mod chatter;
mod door;
mod figure;
mod http;
mod lambda;
mod listening;
mod noise;
mod program;
mod queue;
mod recall;
mod size;
mod stage;
mod start;
mod table;
mod talk;
mod town;
mod turns;

use std::{env, fs, path::PathBuf, process::ExitCode};

use anyhow::{Context, Result, bail};

use crate::{figure::Report, noise::Noise};

/// What is measured, in the order of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Turns,
    Start,
    Size,
    Listening,
    Talk,
    Recall,
}

/// The programs that are measured.
pub struct Programs {
    /// The listener.
    pub listener: PathBuf,
    /// The worker.
    pub worker: PathBuf,
    /// This one: a bare listener is a program, too.
    pub bench: PathBuf,
    /// What packaging found out about sizes, where it was done.
    pub sizes: Option<PathBuf>,
    /// The personalities that are shipped.
    pub personalities: PathBuf,
}

/// How much is measured.
#[derive(Clone, Copy)]
pub struct Scale {
    /// Whether it is only to be seen that everything can be measured.
    pub is_quick: bool,
}

impl Part {
    const ALL: [Self; 6] =
        [Self::Turns, Self::Start, Self::Size, Self::Listening, Self::Talk, Self::Recall];

    fn name(self) -> &'static str {
        match self {
            Self::Turns => "turns",
            Self::Start => "start",
            Self::Size => "size",
            Self::Listening => "listening",
            Self::Talk => "talk",
            Self::Recall => "recall",
        }
    }

    async fn measure(self, programs: &Programs, scale: Scale, report: &mut Report) -> Result<()> {
        match self {
            Self::Turns => turns::measure(programs, scale, report).await,
            Self::Start => start::measure(programs, scale, report).await,
            Self::Size => size::measure(programs, scale, report),
            Self::Listening => listening::measure(programs, scale, report).await,
            Self::Talk => talk::measure(programs, scale, report).await,
            Self::Recall => recall::measure(scale, report),
        }
    }
}

impl Scale {
    /// So many, or so many when it is to be quick.
    pub fn of(self, many: usize, few: usize) -> usize {
        if self.is_quick { few } else { many }
    }
}

struct Wish {
    scale: Scale,
    parts: Vec<Part>,
    json: Option<PathBuf>,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let runtime = match arguments.first().map(String::as_str) {
        // Measured itself, so on one thread as the listener is.
        Some("bare") => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        _ => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
    };
    let done = runtime.context("start the runtime").and_then(|runtime| {
        runtime.block_on(async {
            match &arguments[..] {
                [bare, gateway, token, intents] if bare == "bare" => {
                    bare::listen(gateway, token, intents).await
                }
                _ => measure(wish(&arguments)?).await,
            }
        })
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn wish(arguments: &[String]) -> Result<Wish> {
    let mut wish = Wish { scale: Scale { is_quick: false }, parts: Vec::new(), json: None };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => wish.scale.is_quick = true,
            "--json" => wish.json = Some(arguments.next().context("--json names a file")?.into()),
            named => match Part::ALL.into_iter().find(|part| part.name() == named) {
                Some(part) => wish.parts.push(part),
                None => bail!(
                    "what is {named}?\nusage: bench [--quick] [--json FILE] [{}]...",
                    Part::ALL.map(Part::name).join("|")
                ),
            },
        }
    }
    if wish.parts.is_empty() {
        wish.parts = Part::ALL.into();
    }
    Ok(wish)
}

fn programs() -> Result<Programs> {
    let given = |name: &str| env::var_os(name).map(PathBuf::from);
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    Ok(Programs {
        listener: given("DEN_BENCH_LISTENER").unwrap_or_else(|| tests::built("den-listener")),
        worker: given("DEN_BENCH_WORKER").unwrap_or_else(|| tests::built("den-worker")),
        bench: env::current_exe().context("find this program")?,
        sizes: given("DEN_BENCH_SIZES"),
        personalities: root.join("personalities"),
    })
}

async fn measure(wish: Wish) -> Result<()> {
    let (programs, mut report, mut noise) = (programs()?, Report::default(), Noise::default());
    noise.listen();
    for part in wish.parts {
        eprintln!("measuring: {}", part.name());
        let measured = part.measure(&programs, wish.scale, &mut report).await;
        measured.with_context(|| format!("measure {}", part.name()))?;
        noise.listen();
    }
    report.note(noise.sentence());
    println!("\n{}", report.table());
    if let Some(path) = wish.json {
        let text = format!("{:#}\n", report.json());
        fs::write(&path, text).with_context(|| format!("write {}", path.display()))?;
        println!("\nwritten to {}", path.display());
    }
    Ok(())
}
