//! What stands in a channel, and comes along with what is said there.

use discord_sim::UserId;
use queue::{Line, Message, Person, Quoted};
use twilight_model::id::{Id, marker::MessageMarker};

use super::town::{Den, Standing, Town};

impl Town {
    /// The message that is replied to, and its word.
    pub fn reply_to(
        &self,
        den: &Den,
        place: usize,
        choice: u8,
        message: &mut Message,
    ) -> Option<usize> {
        let here: Vec<&Standing> =
            self.said.iter().filter(|standing| standing.place == place).collect();
        let quoted = here.get(usize::from(choice) % here.len().max(1))?;
        let text = den.world.sim.world().message(quoted.message)?.content.clone();
        message.reply_to = Some(Quoted {
            message_id: Id::new(quoted.message.get()),
            author: self.person(den, quoted.by),
            text,
            ours: false,
        });
        Some(quoted.word)
    }

    /// Whether a message still stands somewhere.
    pub fn stands(&self, message: Id<MessageMarker>) -> bool {
        self.said.iter().any(|standing| standing.message.get() == message.get())
    }

    /// The last lines said in a place, as a listener remembers them: not those of people who opted out.
    pub fn before(&self, den: &Den, place: usize) -> (Vec<Line>, Vec<usize>) {
        let speaks = |by: &UserId| !den.words.unquoted.contains(by) && !self.forgetful.contains(by);
        let here =
            self.said.iter().filter(|standing| standing.place == place && speaks(&standing.by));
        let here: Vec<&Standing> = here.collect();
        let last = &here[here.len().saturating_sub(2)..];
        let line = |standing: &&Standing| {
            let message = den.world.sim.world().message(standing.message)?;
            Some(Line {
                message_id: Id::new(standing.message.get()),
                author: self.person(den, standing.by),
                text: message.content.clone(),
                ours: false,
            })
        };
        (
            last.iter().filter_map(line).collect(),
            last.iter().map(|standing| standing.word).collect(),
        )
    }

    fn person(&self, den: &Den, who: UserId) -> Person {
        Person { id: Id::new(who.get()), name: den.world.name(who) }
    }
}
