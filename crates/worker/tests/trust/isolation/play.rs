//! Doing at the wire what an act says, and judging what came of it.

use discord_sim::UserId;
use queue::{Edited, What};
use twilight_model::id::Id;

use super::{
    act::Act,
    judge::{Eyes, View},
    town::{Den, Town},
    words::{Fate, Kind, Word},
};
use crate::{
    steward::{Answer, Ask, steward},
    world::serve,
};

impl Town {
    /// Does it, and judges everything that anybody saw of it.
    pub async fn act(&mut self, den: &mut Den, act: &Act) -> Result<(), String> {
        match *act {
            Act::Talk { place, to, ref lines, is_late } => {
                let (place, to) = (self.place(place), usize::from(to) % den.personalities.len());
                let late = self.say(den, place, to, lines);
                match is_late {
                    true => self.late.push(late),
                    false => self.hear(den, late).await?,
                }
            }
            Act::Arrive if self.late.is_empty() => {}
            Act::Arrive => {
                let late = self.late.remove(0);
                self.hear(den, late).await?;
            }
            Act::Edit { said } => self.edit(den, said).await,
            Act::Delete { said } => self.delete(den, said).await,
            Act::Remember { place, to, who, about } => {
                self.remember(den, place, to, who, about).await?;
            }
            Act::RememberThis { said, to, who } => self.remember_this(den, said, to, who).await,
            Act::Memories { place, to, who } => self.memories(den, place, to, who).await?,
            Act::ForgetThing { fact, place, who } => {
                self.forget_thing(den, fact, place, who).await?
            }
            Act::Fix { fact } => self.fix(den, fact).await?,
            Act::ForgetMe { place, who } => {
                let (place, who) = (self.place(place), self.reader(self.place(place), who));
                let here = self.places[place];
                self.pressed(den, place, who, "forget-me:yes").await;
                den.words.end(Fate::Forgotten, |word| {
                    let is_here = word.place == here
                        || (word.place.is_public && here.guild == word.place.guild);
                    word.belongs_to(who) && is_here
                });
            }
            Act::ForgetHere { place, who } => {
                let (place, who) = (self.place(place), self.reader(self.place(place), who));
                let here = self.places[place];
                let answer = self.pressed(den, place, who, "forget-here:yes").await;
                if answer.text.contains("is left") {
                    den.words.end(Fate::Forgotten, |word| word.place == here);
                }
            }
            Act::Show { place, who } => self.mine(den, place, who, "privacy show").await?,
            Act::Export { place, who } => self.mine(den, place, who, "privacy export").await?,
            Act::Erase { place, who } => {
                let (place, who) = (self.place(place), self.reader(self.place(place), who));
                self.pressed(den, place, who, "erase:yes").await;
                den.words.end(Fate::Erased, |word| word.belongs_to(who));
            }
            Act::Quoting { place, who, allow } => {
                let who = self.chosen(den, place, who, "privacy quoting", allow).await;
                den.words.unquoted.retain(|unquoted| *unquoted != who);
                den.words.unquoted.extend((!allow).then_some(who));
            }
            Act::Memory { place, who, allow } => {
                let who = self.chosen(den, place, who, "privacy memory", allow).await;
                self.forgetful.retain(|forgetful| *forgetful != who);
                self.forgetful.extend((!allow).then_some(who));
                // What is on its way is kept or not as they wish by then, as it was said and as it was edited.
                let late = self.late.iter().flat_map(|late| &late.events);
                let late: Vec<u64> =
                    late.filter_map(|event| Some(event.message()?.id.get())).collect();
                let is_late = |word: &Word| word.message.is_some_and(|id| late.contains(&id.get()));
                for number in den.words.those(is_late) {
                    let word = den.words.get_mut(number);
                    match (word.by == who, allow, word.fate) {
                        (true, false, Fate::Lives) => word.fate = Fate::NotKept,
                        (true, true, Fate::NotKept) => word.fate = Fate::Lives,
                        _ => {}
                    }
                }
            }
            Act::Why { reply, who } => self.why(den, reply, who).await?,
            Act::TakeBack { reply } => self.take_back(den, reply, "Delete").await?,
            Act::Again { reply } => self.take_back(den, reply, "Answer again").await?,
            Act::Digest => self.digest(den).await?,
            Act::Restart => self.workers[self.next] = den.world.another_worker(),
            Act::Switch => self.next = 1 - self.next,
        }
        Ok(())
    }

    pub async fn command(
        &self,
        den: &Den,
        place: usize,
        who: UserId,
        name: &str,
        options: &[(&str, &str)],
    ) -> Answer {
        let ask = Ask::Command { name, options, about: None };
        den.world.ask(self.worker(), who, self.places[place].channel, &ask).await
    }

    pub async fn pressed(&self, den: &Den, place: usize, who: UserId, button: &str) -> Answer {
        den.world.ask(self.worker(), who, self.places[place].channel, &Ask::Button(button)).await
    }

    /// The steward hears of something that nobody waits for.
    async fn told(&self, den: &Den, place: usize, by: UserId, what: What) {
        let here = self.places[place];
        let event = den.world.event(here.guild, here.channel, by, &steward(), what);
        serve(self.worker(), &[event]).await;
    }

    async fn edit(&mut self, den: &mut Den, choice: u8) {
        let Some(at) = usize::from(choice).checked_rem(self.said.len()) else { return };
        let standing = self.said[at];
        let personality = den.words.get(standing.word).personality;
        let new = self.word(den, Kind::Message, standing.place, personality, standing.by);
        let old = den.words.get(standing.word).clone();
        den.words.get_mut(standing.word).fate = Fate::Edited;
        *den.words.get_mut(new) = Word { text: den.words.get(new).text.clone(), ..old };
        let text = format!("Remember that I meant {}", den.words.get(new).text);
        let world = den.world.sim.world();
        world.edit(standing.by, standing.message, &text).expect("it is theirs");
        self.said[at].word = new;
        let message_id = Id::new(standing.message.get());
        let edited = What::Edited(Edited { message_id, text, mentions: vec![] });
        self.told(den, standing.place, standing.by, edited).await;
    }

    async fn delete(&mut self, den: &mut Den, choice: u8) {
        let Some(at) = usize::from(choice).checked_rem(self.said.len()) else { return };
        let standing = self.said.remove(at);
        // With what it said before it was edited.
        for number in den.words.those(|word| word.message == Some(standing.message)) {
            den.words.get_mut(number).fate = Fate::Deleted;
        }
        den.world.sim.world().delete(standing.by, standing.message).expect("it is theirs");
        let gone = What::Deleted { message_ids: vec![Id::new(standing.message.get())] };
        self.told(den, standing.place, standing.by, gone).await;
    }

    async fn mine(&self, den: &mut Den, place: u8, who: u8, name: &str) -> Result<(), String> {
        let place = self.place(place);
        let asker = self.reader(place, who);
        let answer = self.command(den, place, asker, name, &[]).await;
        let view = View { place: self.places[place], eyes: Eyes::Exporting { asker } };
        den.words.judge(name, view, &answer.words())
    }

    async fn chosen(&self, den: &Den, place: u8, who: u8, name: &str, allow: bool) -> UserId {
        let place = self.place(place);
        let who = self.reader(place, who);
        let allow = allow.to_string();
        self.command(den, place, who, name, &[("allow", &allow)]).await;
        who
    }
}
