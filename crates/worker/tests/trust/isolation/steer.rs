//! Steering what personalities remember, asking why they said something, and taking it back.

use twilight_model::id::Id;

use super::{
    judge::{Eyes, View},
    town::{Den, Town},
    words::{Fate, Kind, Word},
};
use crate::steward::Ask;

impl Town {
    pub async fn remember(
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

    pub async fn remember_this(&mut self, den: &mut Den, choice: u8, to: u8, who: u8) {
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
        // It stands there still. What was erased only its author brings back.
        let may_come_back = word.fate != Fate::Erased || who == standing.by;
        if answer.text.contains("remembers about") && may_come_back {
            word.fate = Fate::Lives;
        }
    }

    pub async fn memories(&self, den: &mut Den, place: u8, to: u8, who: u8) -> Result<(), String> {
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

    pub async fn forget_thing(
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

    pub async fn fix(&self, den: &mut Den, fact: u8) -> Result<(), String> {
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

    pub async fn why(&self, den: &mut Den, reply: u8, who: u8) -> Result<(), String> {
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
    pub async fn take_back(&mut self, den: &mut Den, reply: u8, name: &str) -> Result<(), String> {
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
