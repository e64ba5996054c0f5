//! Doing at the wire what an act says, and judging what came of it.

use discord_sim::UserId;
use queue::{Edited, What};
use twilight_model::id::Id;

use super::{
    act::Act,
    town::{Den, Town},
    words::{Eyes, Fate, Kind, View, Word},
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
                self.end(den, Fate::Forgotten, |word| {
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
                    self.end(den, Fate::Forgotten, |word| word.place == here);
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
                // What is on its way is kept or not as they wish by then.
                if !allow {
                    for number in self.late.iter().flat_map(|late| &late.said) {
                        let word = den.words.get_mut(*number);
                        if word.by == who && word.fate == Fate::Lives {
                            word.fate = Fate::NotKept;
                        }
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

    /// Words go, but for those that are on their way.
    fn end(&self, den: &mut Den, fate: Fate, holds: impl Fn(&Word) -> bool) {
        let late: Vec<usize> = self.late.iter().flat_map(|late| late.said.clone()).collect();
        let gone = den.words.those(|word| word.fate == Fate::Lives && holds(word));
        for number in gone.into_iter().filter(|number| !late.contains(number)) {
            den.words.get_mut(number).fate = fate;
        }
    }

    async fn command(
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

    async fn pressed(&self, den: &Den, place: usize, who: UserId, button: &str) -> Answer {
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
        den.words.get_mut(standing.word).fate = Fate::Deleted;
        den.world.sim.world().delete(standing.by, standing.message).expect("it is theirs");
        let gone = What::Deleted { message_ids: vec![Id::new(standing.message.get())] };
        self.told(den, standing.place, standing.by, gone).await;
    }

    async fn remember(
        &mut self,
        den: &mut Den,
        place: u8,
        to: u8,
        who: u8,
        about: Option<u8>,
    ) -> Result<(), String> {
        let (place, to) = (self.place(place), usize::from(to) % den.personalities.len());
        let who = self.reader(place, who);
        let about = about.map(|about| self.people[usize::from(about) % self.people.len()]);
        let word = self.word(den, Kind::Fact, place, to, who);
        den.words.get_mut(word).about = Some(about.unwrap_or(who));
        if about.is_some_and(|about| self.forgetful.contains(&about)) {
            den.words.get_mut(word).fate = Fate::NotKept;
        }
        let what = format!("there is {} in it", den.words.get(word).text);
        let personality = den.personalities[to].to_string();
        let options = [("what", what.as_str()), ("personality", personality.as_str())];
        let about = about.map(|about| (about, den.world.name(about)));
        let ask = Ask::Command { name: "remember", options: &options, about };
        let answer = den.world.ask(self.worker(), who, self.places[place].channel, &ask).await;
        if den.words.get(word).fate == Fate::Lives && !answer.text.contains("remembers about") {
            // The book is full, or the person does not want it: nothing is kept of it.
            den.words.get_mut(word).fate = Fate::NotKept;
            return Ok(());
        }
        let found = den.words.found(&answer.words());
        match found.iter().all(|number| *number == word) {
            true => Ok(()),
            false => Err(format!("more was remembered than was told: {answer:?}")),
        }
    }

    async fn remember_this(&mut self, den: &mut Den, choice: u8, to: u8, who: u8) {
        let Some(at) = usize::from(choice).checked_rem(self.said.len()) else { return };
        let standing = self.said[at];
        let to = usize::from(to) % den.personalities.len();
        if den.words.get(standing.word).personality != to {
            return;
        }
        let who = self.reader(standing.place, who);
        let personality = den.personalities[to].to_string();
        let ask =
            Ask::Menu { name: "Remember this", on: standing.message, personality: &personality };
        let channel = self.places[standing.place].channel;
        let answer = den.world.ask(self.worker(), who, channel, &ask).await;
        let word = den.words.get_mut(standing.word);
        // It stood there still, and was not to be kept only then.
        if answer.text.contains("remembers about") && word.fate != Fate::Erased {
            word.fate = Fate::Lives;
        }
    }

    async fn memories(&self, den: &mut Den, place: u8, to: u8, who: u8) -> Result<(), String> {
        let (place, to) = (self.place(place), usize::from(to) % den.personalities.len());
        let who = self.reader(place, who);
        let personality = den.personalities[to].to_string();
        let options = [("personality", personality.as_str())];
        let answer = self.command(den, place, who, "memories", &options).await;
        let eyes = Eyes::Asking { personality: to, asker: who };
        let view = View { place: self.places[place], eyes };
        den.words.judge("the page of memories", view, &answer.words())
    }

    /// Something that was told and is not forgotten, in this town.
    fn told_fact(&self, den: &Den, choice: u8) -> Option<usize> {
        let is_ours = |word: &Word| self.places.contains(&word.place) && word.kind == Kind::Fact;
        let told = den.words.those(|word| is_ours(word) && word.fate == Fate::Lives);
        told.get(usize::from(choice).checked_rem(told.len())?).copied()
    }

    async fn forget_thing(
        &self,
        den: &mut Den,
        fact: u8,
        place: u8,
        who: u8,
    ) -> Result<(), String> {
        let Some(fact) = self.told_fact(den, fact) else { return Ok(()) };
        let (place, word) = (self.place(place), den.words.get(fact).clone());
        let who = self.reader(place, who);
        let personality = den.personalities[word.personality].to_string();
        let options = [("what", word.text.as_str()), ("personality", personality.as_str())];
        let answer = self.command(den, place, who, "forget thing", &options).await;
        let eyes = Eyes::Asking { personality: word.personality, asker: who };
        // Whoever manages messages may have the memories of others deleted.
        let is_moderator = |who| self.people[..2].contains(&who);
        let view = View { place: self.places[place], eyes };
        if !is_moderator(who) {
            den.words.judge("what may be forgotten", view, &answer.words())?;
        }
        let Some(button) = answer.buttons.first() else { return Ok(()) };
        if !den.words.found(&answer.text).contains(&fact) {
            return Ok(());
        }
        self.pressed(den, place, who, button).await;
        den.words.get_mut(fact).fate = Fate::Deleted;
        Ok(())
    }

    async fn fix(&self, den: &mut Den, fact: u8) -> Result<(), String> {
        let Some(fact) = self.told_fact(den, fact) else { return Ok(()) };
        let word = den.words.get(fact).clone();
        let place =
            self.places.iter().position(|place| *place == word.place).expect("in this town");
        let personality = den.personalities[word.personality].to_string();
        let options = [("what", word.text.as_str()), ("personality", personality.as_str())];
        let answer = self.command(den, place, word.by, "forget thing", &options).await;
        let Some(button) = answer.buttons.first() else { return Ok(()) };
        let new = self.word(den, Kind::Fact, place, word.personality, word.by);
        den.words.get_mut(new).about = word.about;
        let fix = button.replacen("drop:", "fix:", 1);
        let typed = format!("there was {} in it", den.words.get(new).text);
        let ask = Ask::Form(&fix, &typed);
        let answer = den.world.ask(self.worker(), word.by, word.place.channel, &ask).await;
        match answer.text.contains("Corrected") {
            true => den.words.get_mut(fact).fate = Fate::Corrected,
            false => den.words.get_mut(new).fate = Fate::NotKept,
        }
        Ok(())
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

    async fn why(&self, den: &mut Den, reply: u8, who: u8) -> Result<(), String> {
        let Some(at) = usize::from(reply).checked_rem(self.replies.len()) else { return Ok(()) };
        let reply = self.replies[at];
        let who = self.reader(reply.place, who);
        let ask =
            Ask::Menu { name: "Why did it say that?", on: reply.message, personality: "grim" };
        let here = self.places[reply.place];
        let answer = den.world.ask(self.worker(), who, here.channel, &ask).await;
        let raw = den.world.store.why(Id::new(reply.message.get())).await.expect("the store");
        let view = View { place: here, eyes: Eyes::Why };
        den.words.judge(
            "the explanation",
            view,
            &format!("{}\n{}", answer.words(), raw.join("\n")),
        )?;
        // What was used is named by its channel: that too is nobody's business elsewhere.
        let hidden = self.places.iter().filter(|place| {
            let is_public = place.is_public && place.guild == here.guild;
            **place != here && !is_public
        });
        for hidden in hidden {
            if raw.iter().any(|raw| raw.contains(&hidden.channel.to_string())) {
                return Err(format!("{hidden:?} is named in {here:?}: {raw:?}"));
            }
        }
        Ok(())
    }

    /// A reply is taken back, or given anew, by whoever asked for it.
    async fn take_back(&mut self, den: &mut Den, reply: u8, name: &str) -> Result<(), String> {
        let Some(at) = usize::from(reply).checked_rem(self.replies.len()) else { return Ok(()) };
        let reply = self.replies[at];
        let ask = Ask::Menu { name, on: reply.message, personality: "grim" };
        let answer =
            den.world.ask(self.worker(), reply.by, self.places[reply.place].channel, &ask).await;
        if !answer.text.contains("gone, and forgotten") && !answer.text.contains("thinks again") {
            return Ok(());
        }
        self.replies.remove(at);
        den.words.get_mut(reply.word).fate = Fate::Deleted;
        self.take_orders(den).await
    }
}
