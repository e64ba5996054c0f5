//! Talking to personalities, and what they see of it.

use den_worker::Verdict;
use discord_sim::{MessageId, UserId};
use queue::{Event, Mention, What};
use twilight_model::id::Id;

use super::{
    act::{How, Line},
    judge::{Eyes, View},
    say::TOPICS,
    town::{Den, Late, Standing, Town},
    words::{Fate, Kind, Word},
};
use crate::world::{Saying, serve};

impl Town {
    /// People say these, one after the other.
    pub fn say(&mut self, den: &mut Den, place: usize, personality: usize, lines: &[Line]) -> Late {
        let (mut events, mut said, mut quoted) = (Vec::new(), Vec::new(), Vec::new());
        let before = self.before(den, place);
        for line in lines {
            let by = self.reader(place, line.by);
            let word = self.word(den, Kind::Message, place, personality, by);
            let (text, mentions) = self.text(den, word, line);
            den.words.get_mut(word).about =
                mentions.first().map(|mention| UserId::from(mention.id.get()));
            let to = &den.personalities[personality];
            let here = self.places[place];
            let saying = Saying { guild: here.guild, channel: here.channel, by, to, text: &text };
            let mut event = den.world.says(&saying);
            let What::Message(message) = &mut event.what else { unreachable!("it is a message") };
            message.mentions = mentions;
            if let How::Reply(choice) = line.how {
                quoted.extend(self.reply_to(den, place, choice, message));
            }
            let id = MessageId::from(message.id.get());
            event.preceding.clone_from(&before.0);
            den.words.get_mut(word).message = Some(id);
            self.said.push(Standing { word, message: id, by, place });
            events.push(event);
            said.push(word);
        }
        Late { events, place, personality, said, quoted, before: before.1 }
    }

    /// A new word in a place.
    pub fn word(
        &self,
        den: &mut Den,
        kind: Kind,
        place: usize,
        personality: usize,
        by: UserId,
    ) -> usize {
        let fate = if self.forgetful.contains(&by) { Fate::NotKept } else { Fate::Lives };
        let place = self.places[place];
        let text = String::new();
        let (with, about, message) = (vec![], None, None);
        den.words.add(Word { text, kind, place, personality, by, with, about, message, fate })
    }

    fn text(&self, den: &Den, word: usize, line: &Line) -> (String, Vec<Mention>) {
        let topic = TOPICS[usize::from(line.topic) % TOPICS.len()];
        let word = &den.words.get(word).text;
        match line.how {
            How::Tell | How::Reply(_) => (format!("I had a lot of {topic} today, {word}"), vec![]),
            How::Ask => (format!("What did I tell you about {topic}? {word}"), vec![]),
            How::Remember => (format!("Remember that I collect {topic} {word}"), vec![]),
            How::RememberOf(choice) => {
                let other = self.people[usize::from(choice) % self.people.len()];
                let name = den.world.name(other);
                let mention = Mention { id: Id::new(other.get()), name };
                (format!("Remember that <@{other}> collects {topic} {word}"), vec![mention])
            }
        }
    }

    /// A worker deals with what was said, and everything it shows to the model and in the channel is judged.
    pub async fn hear(&mut self, den: &mut Den, late: Late) -> Result<(), String> {
        let Late { events, place, personality, said, quoted, before } = late;
        // Whoever spoke last is answered: of those whose words still stand.
        let stands = |event: &&Event| event.message().is_none_or(|message| self.stands(message.id));
        let last = events.iter().rfind(stands).or(events.last()).expect("a line");
        let asker = UserId::from(last.author.id.get());
        let reply = self.word(den, Kind::Reply, place, personality, asker);
        let authors = events.iter().filter(stands).map(|event| UserId::from(event.author.id.get()));
        let quoted_people = quoted.iter().map(|word| den.words.get(*word).by);
        let with: Vec<UserId> = authors.chain(quoted_people).collect();
        if with.iter().any(|person| self.forgetful.contains(person)) {
            den.words.get_mut(reply).fate = Fate::NotKept;
        }
        den.words.get_mut(reply).with = with;
        let here = self.places[place];
        let text = format!("Soup, and {}.", den.words.get(reply).text);
        text.clone_into(&mut den.model.says.lock().expect("no panic"));
        let newest = newest(den, here.channel);
        let verdicts = serve(self.worker(), &events).await;
        if verdicts.iter().any(|verdict| *verdict != Verdict::Done) {
            return Err(format!("not answered: {verdicts:?}"));
        }
        let said = [said, vec![reply]].concat();
        let eyes =
            Eyes::Answering { personality, asker, said: &said, quoted: &quoted, before: &before };
        let view = View { place: here, eyes };
        for asked in den.model.saw.lock().expect("no panic").drain(..) {
            den.words.judge("the model is asked", view, &asked)?;
        }
        for message in den.world.sim.world().messages(here.channel) {
            if message.application_id().is_some() && message.id > newest {
                den.words.judge("the channel is shown", view, &message.content)?;
                den.words.get_mut(reply).message = Some(message.id);
                self.replies.push(Standing { word: reply, message: message.id, by: asker, place });
            }
        }
        self.take_orders(den).await
    }

    /// What the turn caused: notes are made later, questions asked again are answered at once.
    pub async fn take_orders(&mut self, den: &mut Den) -> Result<(), String> {
        for event in den.world.caused.take() {
            match &event.what {
                What::Chore(_) => self.chores.push(event),
                What::Again(_) => Box::pin(self.hear_again(den, event)).await?,
                other => return Err(format!("nobody ordered {other:?}")),
            }
        }
        Ok(())
    }

    async fn hear_again(&mut self, den: &mut Den, event: Event) -> Result<(), String> {
        let What::Again(again) = &event.what else { unreachable!("it is asked again") };
        let place =
            self.places.iter().position(|place| place.channel.get() == event.channel_id.get());
        let place = place.expect("it is of this town");
        let personality =
            den.personalities.iter().position(|id| *id == event.personality).expect("one of ours");
        let said = den.words.found(&again.text);
        let (events, quoted, before) = (vec![event], vec![], vec![]);
        self.hear(den, Late { events, place, personality, said, quoted, before }).await
    }

    /// The notes that were ordered are made.
    pub async fn digest(&mut self, den: &mut Den) -> Result<(), String> {
        for event in std::mem::take(&mut self.chores) {
            let here =
                self.places.iter().find(|place| place.channel.get() == event.channel_id.get());
            let here = *here.expect("it is of this town");
            let personality = den
                .personalities
                .iter()
                .position(|id| *id == event.personality)
                .expect("one of ours");
            let verdicts = serve(self.worker(), &[event]).await;
            if verdicts != [Verdict::Done] {
                return Err(format!("no notes: {verdicts:?}"));
            }
            let view = View { place: here, eyes: Eyes::Digesting { personality } };
            for asked in den.model.saw.lock().expect("no panic").drain(..) {
                den.words.judge("notes are made", view, &asked)?;
            }
        }
        Ok(())
    }
}

fn newest(den: &Den, channel: discord_sim::ChannelId) -> MessageId {
    den.world.sim.world().last_message(channel).map_or(MessageId::from(1), |message| message.id)
}
