//! What was typed, and what it asks for.

use crate::package::{Architecture, What};

pub const HELP: &str = "\
The project's own work.

  cargo xtask test                  everything that must be green: what CI runs, and you before a push
      --only STEP[,STEP…]           only these steps, as in `--only test`
      --list                        the steps and what each does
      --allow-missing               go on where a tool cannot be installed; the tests that need it fail
      -- ARGUMENTS                  for `cargo test`, as in `-- -p queue` or `-- a_second_mention`
  cargo xtask tools                 installs what the tests need that is not Rust, into .tools/
  cargo xtask tidy                  checks what the compiler cannot: who may know whom, docs that tell the truth
  cargo xtask package               the worker as a zip for AWS Lambda, in target/lambda/
      --arch arm64|x86-64           for which processor; arm64 unless said otherwise. This machine's own is then
                                    started and invoked by a local Runtime API
      --debug                       quickly, from the debug build, for this machine: what the tests run
  cargo xtask bench                 builds for release, measures, prints a table
      PART…                         only these, as in `turns listening`
      --quick                       everything once, to see that it runs; no figure to quote
      --json FILE                   the same as JSON, elsewhere than in cargo's target folder
";

/// What is asked for.
#[derive(Debug, PartialEq)]
pub enum Request {
    Help,
    ListSteps,
    Test(TestOptions),
    Tools { allow_missing: bool },
    Tidy,
    Package(What),
    Bench { arguments: Vec<String> },
}

/// How to test.
#[derive(Debug, Default, PartialEq)]
pub struct TestOptions {
    /// Only these steps; all when empty.
    pub only: Vec<String>,
    pub allow_missing: bool,
    /// Handed on to `cargo test`.
    pub arguments: Vec<String>,
}

/// What was typed makes no sense, and why.
#[derive(Debug, PartialEq)]
pub struct Usage(pub String);

pub fn parse(words: impl Iterator<Item = String>) -> Result<Request, Usage> {
    let mut words = words;
    let Some(command) = words.next() else { return Ok(Request::Help) };
    let (options, rest) = split(words);
    if options.iter().any(|option| option == "--help" || option == "-h") {
        return Ok(Request::Help);
    }
    match command.as_str() {
        "help" | "--help" | "-h" => Ok(Request::Help),
        "test" => parse_test(&options, rest),
        "tools" => {
            let allow_missing = flags(&command, &options, ["--allow-missing"])?[0];
            none_left(&command, &rest)?;
            Ok(Request::Tools { allow_missing })
        }
        "tidy" => {
            flags(&command, &options, [])?;
            none_left(&command, &rest)?;
            Ok(Request::Tidy)
        }
        "package" => {
            none_left(&command, &rest)?;
            parse_package(&options)
        }
        "bench" => {
            // The bench program knows its own words.
            Ok(Request::Bench { arguments: [options, rest].concat() })
        }
        other => Err(Usage(format!("there is no `{other}`"))),
    }
}

/// Before and after `--`; `--name=value` becomes two words.
fn split(words: impl Iterator<Item = String>) -> (Vec<String>, Vec<String>) {
    let (mut options, mut rest, mut after) = (Vec::new(), Vec::new(), false);
    for word in words {
        match word.split_once('=') {
            _ if after => rest.push(word),
            _ if word == "--" => after = true,
            Some((name, value)) if name.starts_with("--") => {
                options.extend([name.into(), value.into()])
            }
            _ => options.push(word),
        }
    }
    (options, rest)
}

fn parse_test(options: &[String], arguments: Vec<String>) -> Result<Request, Usage> {
    let mut test = TestOptions { arguments, ..TestOptions::default() };
    let mut options = options.iter();
    while let Some(option) = options.next() {
        match option.as_str() {
            "--list" => return Ok(Request::ListSteps),
            "--allow-missing" => test.allow_missing = true,
            "--only" => {
                let steps = options.next().ok_or_else(|| Usage("`--only` wants a step".into()))?;
                test.only.extend(steps.split(',').map(str::to_owned));
            }
            other => return Err(Usage(format!("`test` knows no `{other}`"))),
        }
    }
    Ok(Request::Test(test))
}

fn parse_package(options: &[String]) -> Result<Request, Usage> {
    match options.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => Ok(Request::Package(What::Release(Architecture::Arm64))),
        ["--debug"] => Ok(Request::Package(What::Debug)),
        ["--arch", "arm64"] => Ok(Request::Package(What::Release(Architecture::Arm64))),
        ["--arch", "x86-64"] => Ok(Request::Package(What::Release(Architecture::X86_64))),
        ["--arch", other] => Err(Usage(format!("`--arch` is arm64 or x86-64, not `{other}`"))),
        _ => Err(Usage("`package` takes `--debug`, or `--arch` with arm64 or x86-64".into())),
    }
}

fn flags<const N: usize>(
    command: &str,
    options: &[String],
    known: [&str; N],
) -> Result<[bool; N], Usage> {
    if let Some(unknown) = options.iter().find(|option| !known.contains(&option.as_str())) {
        return Err(Usage(format!("`{command}` knows no `{unknown}`")));
    }
    Ok(known.map(|flag| options.iter().any(|option| option == flag)))
}

fn none_left(command: &str, rest: &[String]) -> Result<(), Usage> {
    match rest {
        [] => Ok(()),
        [first, ..] => {
            Err(Usage(format!("`{command}` hands nothing on, so `-- {first}` has no meaning")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(line: &str) -> Result<Request, Usage> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn steps_may_be_named_in_either_spelling_and_the_rest_is_handed_on() {
        let only = vec!["fmt".to_owned(), "test".to_owned()];
        let arguments = vec!["-p".to_owned(), "queue".to_owned()];
        let expected = Request::Test(TestOptions { only, allow_missing: false, arguments });
        assert_eq!(typed("test --only=fmt,test -- -p queue").as_ref(), Ok(&expected));
        assert_eq!(typed("test --only fmt --only test -- -p queue"), Ok(expected));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_the_word_that_is_wrong() {
        for (line, word) in [
            ("tset", "tset"),
            ("test --onyl fmt", "--onyl"),
            ("test --only", "--only"),
            ("tidy --fix", "--fix"),
            ("tidy -- crates", "-- crates"),
            ("package --arch sparc", "sparc"),
        ] {
            let Err(Usage(problem)) = typed(line) else { panic!("`{line}` was accepted") };
            assert!(problem.contains(word), "`{line}` gave: {problem}");
        }
    }

    #[test]
    fn parts_of_the_bench_are_handed_on_as_they_are_typed() {
        let arguments = ["turns", "--json", "FILE"].map(str::to_owned).to_vec();
        assert_eq!(
            typed("bench turns --json FILE"),
            Ok(Request::Bench { arguments: arguments.clone() })
        );
        assert_eq!(typed("bench -- turns --json FILE"), Ok(Request::Bench { arguments }));
    }

    #[test]
    fn help_is_never_further_than_a_flag_away() {
        for line in ["", "help", "--help", "test --help", "package -h"] {
            assert_eq!(typed(line), Ok(Request::Help), "{line}");
        }
    }
}
