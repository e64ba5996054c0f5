//! Remembering what somebody asks for.

use personality::Personality;
use queue::{Mention, Person, Target, What};
use store::{About, Book, BookError, Fact, MOST_OPEN, Origin, Scope, Space};
use twilight_model::{
    channel::message::component::ButtonStyle,
    id::{Id, marker::MessageMarker},
};

use super::{
    entry::{Entry, Right, right},
    keeping::{Statement, keep, refusal, undo},
    named,
};
use crate::{
    memory::written_ms,
    steward::{Asked, Told, Trouble, told::button},
    told::{TOLD_WEIGHT, put},
};

/// What is to be remembered, of whom, said by whom.
struct Wish<'a> {
    who: &'a Personality,
    statement: Statement,
    by: Person,
    /// Nobody: the place.
    about: Option<Person>,
    /// To whom a personality said it.
    to: Option<Person>,
    message_id: Option<Id<MessageMarker>>,
    said_ms: u64,
}

/// Answers `/remember`.
pub(super) async fn remember(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let who = match named(asked) {
        Ok(who) => who,
        Err(told) => return Ok(told),
    };
    let by = asked.who().clone();
    let about = match (asked.person("about"), asked.option("about")) {
        (Some(Mention { id, name }), _) => Person { id: *id, name: name.clone() },
        (None, None) => by.clone(),
        (None, Some(_)) => {
            return Ok(Told::line(
                "I do not know whom it is about. Choose somebody of this server.",
            ));
        }
    };
    let statement = Statement::of(asked.option("what").unwrap_or_default(), mentions(asked));
    let said_ms = asked.asked_ms();
    let (about, to, message_id) = (Some(about), None, None);
    let wish = Wish { who, statement, by, about, to, message_id, said_ms };
    wish.fulfil(asked).await
}

/// Answers the menu *Remember this*.
pub(super) async fn remember_this(asked: &Asked<'_>) -> Result<Told, Trouble> {
    let Some(target) = asked.target() else {
        return Ok(Told::line("Open this menu on a message."));
    };
    let statement = Statement::of(&target.text, mentions(asked));
    if target.ours {
        return remember_reply(asked, target, &statement).await;
    }
    let who = match named(asked) {
        Ok(who) => who,
        Err(told) => return Ok(told),
    };
    if let Some(why) = unquotable(asked, &target.author).await? {
        return Ok(Told::line(why));
    }
    let by = target.author.clone();
    let about = Some(by.clone());
    let (message_id, said_ms) = (Some(target.message_id), written_ms(target.message_id));
    let wish = Wish { who, statement, by, about, to: None, message_id, said_ms };
    wish.fulfil(asked).await
}

/// Has what a personality said remembered, by that personality and nobody else. It answers somebody, and is made
/// of what they said: so their wishes are asked as those of a message's author are.
async fn remember_reply(
    asked: &Asked<'_>,
    target: &Target,
    said: &Statement,
) -> Result<Told, Trouble> {
    let row = asked.worker.store.reply(target.message_id).await?;
    let Some(row) = row.filter(|row| row.channel_id == asked.channel()) else {
        return Ok(Told::line(
            "I do not know to whom that was said: no personality said it, or it is still being written, or it is \
             older than 30 days. So nothing is kept.",
        ));
    };
    let Some(who) = asked.worker.roster.get(&row.personality) else {
        return Ok(Told::line("Whoever said that does not live here any more."));
    };
    let to = Person { id: row.asker, name: "Whoever it was said to".to_owned() };
    if let Some(why) = unquotable(asked, &to).await? {
        return Ok(Told::line(why));
    }
    let statement = match said.is_empty() {
        true => said.clone(),
        false => Statement::bounded(&format!("{} said: “{}”", who.name, said.text)),
    };
    let wish = Wish {
        who,
        statement,
        by: asked.who().clone(),
        about: None,
        to: Some(to),
        message_id: Some(target.message_id),
        said_ms: written_ms(target.message_id),
    };
    wish.fulfil(asked).await
}

/// Why others may not have what somebody said, or was told, remembered; they themselves may.
async fn unquotable(asked: &Asked<'_>, whose: &Person) -> Result<Option<String>, Trouble> {
    if whose.id == asked.who().id || !asked.worker.store.preferences(whose.id).await?.no_quote {
        return Ok(None);
    }
    let name = chat::plain(&whose.name, 32);
    Ok(Some(format!("{name} has asked not to be quoted, so nothing is kept.")))
}

impl Wish<'_> {
    async fn fulfil(self, asked: &Asked<'_>) -> Result<Told, Trouble> {
        if self.statement.is_empty() {
            return Ok(Told::line("There is nothing in it to remember. Say it in a few words."));
        }
        let scope = asked.scope(&self.who.id).await?;
        let about = self.about.as_ref().map_or(About::Place, |person| About::Person(person.id));
        if let Some(why) = self.objection(asked, &scope).await? {
            undo(asked, &scope, about, &asked.id().to_string()).await?;
            return Ok(Told::line(why));
        }
        let fact = self.fact(asked);
        let name = self.about.as_ref().map(|person| chat::clean_name(&person.name));
        let add = |book: &mut Book| {
            put(book, fact.clone())?;
            if let Some(name) = &name {
                book.name.clone_from(name);
            }
            // The same words may have been kept before, under another id.
            let lower = fact.text.to_lowercase();
            let stands = |known: &&Fact| known.id == fact.id || known.text.to_lowercase() == lower;
            Ok(book.open().find(stands).cloned())
        };
        let kept = match keep(asked, &scope, about, &fact, add).await? {
            Ok(Some(kept)) => kept.unwrap_or(fact),
            Ok(None) => return Ok(Told::line("It was deleted meanwhile, so nothing is kept.")),
            Err(BookError::Full) => return Ok(Told::line(self.full())),
            Err(BookError::Empty | BookError::Gone) => {
                return Ok(Told::line("There is nothing in it to remember."));
            }
        };
        Ok(self.kept(asked, scope, about, &kept))
    }

    /// Why it is not to be kept.
    async fn objection(&self, asked: &Asked<'_>, scope: &Scope) -> Result<Option<String>, Trouble> {
        let concerns = self.about.as_ref().or(self.to.as_ref());
        if let Some(why) = refusal(asked, scope, &self.by, concerns, self.said_ms).await? {
            return Ok(Some(why));
        }
        let Some(message) = self.message_id else { return Ok(None) };
        let is_gone = !asked.worker.store.buried(&[message]).await?.is_empty();
        Ok(is_gone.then(|| "That message was deleted, so nothing is kept.".to_owned()))
    }

    fn fact(&self, asked: &Asked<'_>) -> Fact {
        Fact {
            id: asked.id().to_string(),
            text: self.statement.text.clone(),
            by: self.by.id,
            by_name: chat::clean_name(&self.by.name),
            to: self.to.as_ref().map(|person| person.id),
            channel_id: asked.channel(),
            message_id: self.message_id,
            at_ms: self.said_ms,
            until_ms: None,
            origin: Origin::Told,
            weight: TOLD_WEIGHT,
        }
    }

    fn full(&self) -> String {
        let about = self.about.as_ref();
        let about = about.map_or("this place".to_owned(), |person| chat::plain(&person.name, 32));
        format!(
            "{} was told {MOST_OPEN} things about {about} here already, and keeps no more. Forget one first: \
             `/memories`.",
            self.who.name
        )
    }

    /// What is told of it, with a button to take it back.
    fn kept(&self, asked: &Asked<'_>, scope: Scope, about: About, kept: &Fact) -> Told {
        let me = asked.who().id;
        let name = self.about.as_ref().map(|person| chat::plain(&person.name, 32));
        let words = chat::plain(&kept.text, store::MOST_CHARS);
        let mut text = match (&name, about) {
            (Some(_), About::Person(user)) if user == me => {
                format!("{} remembers about you: “{words}”", self.who.name)
            }
            (Some(name), _) => format!(
                "{} remembers about {name}: “{words}”\n{name} is shown this in `/memories`, and can correct and \
                 delete it.",
                self.who.name
            ),
            (None, _) => format!("{} remembers about this place: “{words}”", self.who.name),
        };
        if self.statement.is_cut {
            text.push_str(&format!(
                "\nThat is the beginning: only {} characters are kept.",
                store::MOST_CHARS
            ));
        }
        if matches!(scope.space, Space::Channel(_)) && asked.guild().is_some() {
            text.push_str("\nIt stays in this channel, as not everybody can read here.");
        }
        let told = Told::line(text);
        if right(asked, scope.space, about, kept) == Right::None {
            return told;
        }
        let entry = Entry { scope, about, id: kept.id.clone(), page: 0, is_narrow: false };
        told.with(vec![button(entry.button_id("drop"), "Undo", ButtonStyle::Secondary)])
    }
}

/// The people a command names.
fn mentions<'a>(asked: &Asked<'a>) -> &'a [Mention] {
    match &asked.event.what {
        What::Command(command) => &command.people,
        _ => &[],
    }
}
