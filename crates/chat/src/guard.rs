//! What a model said, looked at before anybody sees it.
//!
//! Four things are looked for, in the text as it grows and again when it is whole: the instructions the model
//! was given, secrets, the marks that people's words stand in, and, where the place is not age-restricted,
//! explicit words. The looking is plain and quick, and honest about what it is: it finds what is *repeated*.
//! A translation, a riddle, a text in base64 or in letters of another alphabet passes. That costs nothing, because nothing rests on it: the
//! instructions hold no secret, secrets are never in a prompt, and a mark in an answer opens nothing. What
//! judges meaning is a guardrail at the model's provider.

mod explicit;
mod instructions;
mod marks;
mod secrets;

use std::fmt;

use personality::Personality;

use self::instructions::Instructions;
use crate::{fold, quiet::quiet, visible};

/// Looks at what one personality says. It holds for every turn with the same character and place; making one
/// takes some ten microseconds.
#[derive(Clone)]
pub struct Guard {
    instructions: Instructions,
    secrets: Vec<String>,
    age_restricted: bool,
}

/// What is to become of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It may be shown as it is.
    Fine,
    /// This may be shown instead: what must not be seen is gone from it.
    Masked(String),
    /// None of it may be shown.
    Refused(Refusal),
}

/// Why nothing of a text may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It repeats the instructions the model was given.
    Instructions,
    /// It is sexually explicit, and the place is not age-restricted.
    Explicit,
}

impl Refusal {
    /// The word explanations use for it.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::Instructions => "instructions_withheld",
            Refusal::Explicit => "explicit_withheld",
        }
    }
}

/// The shortest value taken for a secret: shorter ones stand in ordinary words.
const SHORTEST_SECRET: usize = 8;

impl Guard {
    /// A guard for `who`, whose prompt has this `character`. `secrets` are values this process holds and nobody
    /// may see (its tokens and keys); what merely looks like one is masked without being named.
    pub fn new<'a>(
        who: &Personality,
        character: &str,
        secrets: impl IntoIterator<Item = &'a str>,
        age_restricted: bool,
    ) -> Self {
        let secrets = secrets.into_iter().filter(|secret| secret.len() >= SHORTEST_SECRET);
        Self {
            instructions: Instructions::of(who, character),
            secrets: secrets.map(str::to_owned).collect(),
            age_restricted,
        }
    }

    /// Looks at a whole text.
    pub fn check(&self, text: &str) -> Verdict {
        // Invisible characters would keep a secret apart, and go with it. So do marks: what is judged is what stands
        // there without them, and that is what is shown.
        let seen = quiet(&marks::removed(&visible(text)));
        for words in readings(&seen) {
            if self.instructions.are_repeated_in(&words) {
                return Verdict::Refused(Refusal::Instructions);
            }
            if !self.age_restricted && explicit::is_explicit(&words) {
                return Verdict::Refused(Refusal::Explicit);
            }
        }
        let masked = secrets::masked(&seen, &self.secrets);
        if masked == text { Verdict::Fine } else { Verdict::Masked(masked) }
    }

    /// Looks at a text that still grows: its end is held back while it could become a secret or a mark.
    pub fn check_growing(&self, text: &str) -> Verdict {
        let seen = visible(text);
        let settled = &seen[..marks::settled(&seen).min(secrets::settled(&seen))];
        match self.check(settled) {
            Verdict::Fine if settled.len() < text.len() => {
                Verdict::Masked(settled.trim_end().to_owned())
            }
            verdict => verdict,
        }
    }
}

/// The words of a text, read in both ways: markup ends a word (`House_rules`), and is nothing inside of one, as
/// people see it (`hou**se**`).
fn readings(text: &str) -> impl Iterator<Item = Vec<String>> {
    const MARKUP: [char; 6] = ['*', '_', '~', '|', '`', '\\'];
    let bare = text.contains(MARKUP).then(|| fold::words(&text.replace(MARKUP, "")));
    std::iter::once(fold::words(text)).chain(bare)
}

/// Shows no secret and no instruction.
impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard")
            .field("n_secrets", &self.secrets.len())
            .field("age_restricted", &self.age_restricted)
            .finish_non_exhaustive()
    }
}
