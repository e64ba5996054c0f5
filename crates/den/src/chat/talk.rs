//! The talk itself: a line from the person, an answer from the personality, in turns.

use std::{process::ExitCode, time::Duration};

use anyhow::{Context, bail};
use discord_sim::{Change, Message, MessageId, Poster};
use personality::Personality;
use tokio::{
    sync::{broadcast::error::RecvError, mpsc},
    time::{Instant, interval, sleep_until},
};
use twilight_model::id::Id;

use super::screen::{self, Screen};
use crate::{up::Den, why};

/// How often it is looked whether a turn is over.
const LOOK: Duration = Duration::from_millis(100);
/// How long a turn may take: longer than any model's limits.
const PATIENCE: Duration = Duration::from_secs(120);
/// The most characters Discord takes from a person.
const MOST: usize = 2_000;

/// A talk.
pub(super) struct Talk<'a> {
    den: &'a Den,
    who: &'a Personality,
    lines: mpsc::Receiver<String>,
    /// Whether a person sits there: then answers grow, and a prompt is shown.
    is_terminal: bool,
    /// The explanation of the last answer.
    last: Option<String>,
}

/// How a turn ended.
enum Ended {
    /// With an explanation.
    Explained(String),
    /// The person wants to leave.
    Quit,
}

impl<'a> Talk<'a> {
    pub(super) fn new(
        den: &'a Den,
        who: &'a Personality,
        lines: mpsc::Receiver<String>,
        is_terminal: bool,
    ) -> Self {
        Self { den, who, lines, is_terminal, last: None }
    }

    /// Talks until the person leaves or has no more to say.
    pub(super) async fn run(mut self) -> anyhow::Result<ExitCode> {
        loop {
            if self.is_terminal {
                screen::prompt()?;
            }
            let line = tokio::select! {
                line = self.lines.recv() => line,
                _ = tokio::signal::ctrl_c() => None,
            };
            let Some(line) = line else {
                if self.is_terminal {
                    println!();
                }
                return Ok(ExitCode::SUCCESS);
            };
            match line.trim() {
                "" => {}
                "/quit" | "/exit" => return Ok(ExitCode::SUCCESS),
                "/who" => self.introduce(),
                "/why" => self.explain()?,
                command if is_command(command) => {
                    println!("There is no {command}. There are /why, /who and /quit.\n");
                }
                text if text.chars().count() > MOST => {
                    println!(
                        "Discord takes {MOST} characters, and these are {}.\n",
                        text.chars().count()
                    );
                }
                text => match self.ask(text).await? {
                    Ended::Explained(why) => self.last = Some(why),
                    Ended::Quit => return Ok(ExitCode::SUCCESS),
                },
            }
        }
    }

    fn introduce(&self) {
        for who in self.den.roster.iter() {
            println!("{} ({}): {}", screen::name(who), who.id, who.summary);
        }
        println!();
    }

    fn explain(&self) -> anyhow::Result<()> {
        match &self.last {
            Some(why) => println!("{}", why::in_words(std::slice::from_ref(why))?),
            None => println!("Nothing was said yet.\n"),
        }
        Ok(())
    }

    /// Says something to the personality by its name, and shows what it answers until its turn is over.
    async fn ask(&self, text: &str) -> anyhow::Result<Ended> {
        let mut changes = self.den.world.subscribe();
        let called = format!("{}, {text}", self.who.name);
        let message = self.den.world.say(self.den.you, self.den.channel, &called)?;
        let mut screen = Screen::new(self.who, self.is_terminal);
        let mut answer = Answer::default();
        let mut looks = interval(LOOK);
        let deadline = Instant::now() + PATIENCE;
        loop {
            tokio::select! {
                change = changes.recv() => match change {
                    Ok(change) => {
                        if self.is_typing(&change) {
                            screen.typing();
                        }
                        if let Some(message) = self.answered(&change) {
                            answer.update(message);
                            screen.grow(&answer.text())?;
                        }
                    }
                    // Behind by thousands of changes: the messages themselves are still there.
                    Err(RecvError::Lagged(_)) => {}
                    Err(RecvError::Closed) => bail!("the simulated Discord ended"),
                },
                _ = looks.tick() => {
                    if let Some(why) = self.explanation(message).await? {
                        // Whatever came meanwhile is there, as an explanation is written after the last edit.
                        for message in self.den.world.messages(self.den.channel) {
                            answer.refresh(&message);
                        }
                        screen.end(&answer.text(), &why)?;
                        return Ok(Ended::Explained(why));
                    }
                }
                () = sleep_until(deadline) => {
                    screen.clear();
                    bail!("no answer within {} s; `den doctor` may say why", PATIENCE.as_secs());
                }
                _ = tokio::signal::ctrl_c() => {
                    screen.clear();
                    println!();
                    return Ok(Ended::Quit);
                }
            }
        }
    }

    /// The explanation of this personality's turn about `message`, once the turn is over.
    async fn explanation(&self, message: MessageId) -> anyhow::Result<Option<String>> {
        let kept =
            self.den.store.why(Id::new(message.get())).await.context("look how the turn went")?;
        let is_theirs = |json: &String| {
            let why = serde_json::from_str::<::chat::Explanation>(json);
            why.is_ok_and(|why| why.personality == self.who.name)
        };
        Ok(kept.into_iter().find(is_theirs))
    }

    fn is_typing(&self, change: &Change) -> bool {
        matches!(change, Change::Typing { channel_id, user_id }
            if *channel_id == self.den.channel && *user_id == self.den.bot.user_id)
    }

    /// The message of a change, if the personality posted it here.
    fn answered<'c>(&self, change: &'c Change) -> Option<&'c Message> {
        let (Change::MessageCreated { message } | Change::MessageEdited { message }) = change
        else {
            return None;
        };
        let is_here = message.channel_id == self.den.channel;
        let is_theirs = match message.posted_by {
            Poster::Person => false,
            Poster::Bot { .. } => message.content.starts_with(&format!("**{}:**", self.who.name)),
            Poster::Webhook { .. } => message.author.name == self.who.name,
        };
        (is_here && is_theirs).then_some(message)
    }
}

/// Whether a line is meant for the chat and not for the personality: `/quiet`, but not `/me waves`.
fn is_command(line: &str) -> bool {
    line.strip_prefix('/')
        .is_some_and(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase()))
}

/// The messages of an answer, in order.
#[derive(Default)]
struct Answer(Vec<(MessageId, String)>);

impl Answer {
    /// Takes a message as it is now.
    fn update(&mut self, message: &Message) {
        let words = screen::words(&message.content).to_owned();
        match self.0.iter_mut().find(|(id, _)| *id == message.id) {
            Some((_, known)) => *known = words,
            None => self.0.push((message.id, words)),
        }
    }

    /// The same for messages that are part of it already.
    fn refresh(&mut self, message: &Message) {
        if self.0.iter().any(|(id, _)| *id == message.id) {
            self.update(message);
        }
    }

    fn text(&self) -> String {
        self.0.iter().map(|(_, words)| words.as_str()).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_and_a_word_is_for_the_chat_and_anything_else_is_said() {
        assert!(is_command("/quiet"));
        for said in ["/me waves", "/", "// no", "1/2", "hello"] {
            assert!(!is_command(said), "{said}");
        }
    }
}
