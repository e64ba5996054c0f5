//! After the person has the answer: what is remembered, and the claims closed.

use chat::{Explanation, Outcome, Silence, recall::Drawn};
use futures_util::future::{join_all, try_join_all};
use personality::Personality;
use queue::{Event, EventId, Mention, What};
use store::{
    AskedBy, Asker, Attempt, Claimed, Episode, Error, Gathered, Kept, MOST_PEOPLE, Meanwhile,
    Progress, ReplyRow, Scope, Shown, Speaker, Store,
};
use twilight_model::id::{
    Id,
    marker::{MessageMarker, UserMarker},
};

use crate::{
    Worker, chores,
    clock::now_ms,
    memory::{terms, written_ms},
    space, steward, told,
    turn::{Source, asked, question},
};

/// People beside those it answers that an answer is noted to be drawn from: with them, what is asked when it is kept
/// is still one request.
const MOST_DRAWN_ON: usize = 12;
/// Open messages of a scope from which it is worth asking the store to fold some; it folds beyond 64.
const FOLD_FROM: usize = 64;
/// One in so many messages makes it ask whatever it knows.
const FOLD_EVERY: usize = 24;

/// What a turn came to.
pub(crate) struct Settled<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) who: &'a Personality,
    /// The events answered together; the first one leads.
    pub(crate) events: &'a [Event],
    /// What was answered: the last of them that was heard.
    pub(crate) last: &'a Event,
    /// Those of them that were not heard, and why.
    pub(crate) unheard: &'a [(EventId, Silence)],
    /// Events answered with them that were not delivered this time.
    pub(crate) absent: &'a [EventId],
    pub(crate) attempt: &'a Attempt,
    /// What the turn knew.
    pub(crate) gathered: &'a Gathered,
    pub(crate) shown: &'a [Shown],
    /// What it said in words of its own; nothing for fixed lines.
    pub(crate) said: Option<&'a str>,
    pub(crate) why: &'a Explanation,
    /// Whether what people said is kept.
    pub(crate) remember: bool,
    /// The words of before that it was made of, as far as they were handed over.
    pub(crate) sources: &'a [Source],
    /// Whether there is a model that can make a digest.
    pub(crate) digests: bool,
}

/// Writes it all down, then closes the claims: the members' first, the leader's last, so that a crash in
/// between finds the leader open and finishes rather than answers again.
///
/// # Errors
/// The store's; then the leader's claim is open, and the next attempt comes back here.
pub(crate) async fn settle(settled: Settled<'_>) -> Result<(), Error> {
    let Settled { worker, who, events, absent, attempt, shown, why, .. } = settled;
    let store = &worker.store;
    let leader = &events[0];
    let episodes = if settled.remember { settled.episodes() } else { Vec::new() };
    settled.take_back_left(&episodes).await?;
    let others = settled.others();
    let (rows, kept) = tokio::join!(
        keep_rows(store, who, (leader, settled.last), &others, shown, why),
        Box::pin(settled.keep(&episodes)),
    );
    rows?;
    let scope = kept?;

    let why_json = why.to_json();
    let spoke = why.outcome != Outcome::Silent;
    // What was not delivered is not claimed yet; closed ones, and ones another attempt is at, stay theirs.
    let claimed = join_all(absent.iter().map(|id| store.claim(id, absent, attempt, None))).await;
    let taken =
        absent.iter().zip(claimed).filter(|(_, claim)| matches!(claim, Ok(Claimed::Won(_))));
    let members = events[1..].iter().map(|event| &event.id).chain(taken.map(|(id, _)| id));
    let closed = join_all(members.map(|id| store.close(id, attempt, spoke, &why_json))).await;
    closed.into_iter().collect::<Result<Vec<()>, Error>>()?;
    store.close(&leader.id, attempt, spoke, &why_json).await?;
    if let Some(scope) = scope {
        settled.tidy(&scope, episodes.len()).await;
    }
    Ok(())
}

impl Settled<'_> {
    /// Takes back what an earlier attempt kept, was killed over before it looked once more, and is not to be kept now:
    /// its message was deleted, or its author does not want it any more.
    async fn take_back_left(&self, episodes: &[Episode]) -> Result<(), Error> {
        let before = self.gathered.claims.iter().filter_map(|claim| match claim {
            Claimed::Won(before) if before.is_retake => Some(before),
            _ => None,
        });
        let before: Vec<&Progress> = before.collect();
        if before.is_empty() {
            return Ok(());
        }
        let is_deleted = |event: &Event| {
            let mut unheard = self.unheard.iter();
            unheard.any(|(id, because)| *id == event.id && *because == Silence::Deleted)
        };
        // The question of an answer wanted anew was kept long before.
        let unwanted = self.events.iter().filter(|event| {
            !matches!(event.what, What::Again(_)) && (is_deleted(event) || !self.may_keep(event))
        });
        let mut left: Vec<Id<MessageMarker>> =
            unwanted.filter_map(|event| Id::new_checked(question(event))).collect();
        if !left.is_empty() {
            let replies = before.iter().filter_map(|before| before.shown.first());
            left.extend(replies.map(|shown| shown.message_id));
        }
        left.retain(|id| !episodes.iter().any(|episode| episode.message_id == *id));
        if left.is_empty() {
            return Ok(());
        }
        let scope = self.scope().await;
        let kept = self.kept(&scope, episodes);
        for message in left {
            self.worker.store.take_back(&kept, message, now_ms()).await?;
        }
        Ok(())
    }

    /// The scope in which it is kept.
    async fn scope(&self) -> Scope {
        let row = self.gathered.rows.channel.clone();
        space::scope_of(self.worker, self.last, &self.who.id, row).await
    }

    fn kept<'k>(&self, scope: &'k Scope, episodes: &'k [Episode]) -> Kept<'k> {
        Kept {
            scope,
            guild: self.last.guild_id,
            channel: self.last.channel_id,
            episodes,
            days: self.gathered.rows.guild.retention_days(),
        }
    }

    /// Keeps what was said and what was asked to be remembered, unless it was deleted meanwhile. Returns the
    /// scope, where something was kept.
    async fn keep(&self, episodes: &[Episode]) -> Result<Option<Scope>, Error> {
        if episodes.is_empty() {
            return Ok(None);
        }
        let scope = self.scope().await;
        let kept = self.kept(&scope, episodes);
        let store = &self.worker.store;
        store.keep(&kept, now_ms()).await?;
        let mut subjects = Vec::new();
        for event in self.heard().filter(|event| self.may_keep(event)) {
            let about = told::remember(self.worker, event, &scope, &self.gathered.rows).await?;
            subjects.extend(about.map(|about| (about, event)));
        }
        // An edit or a deletion may have overtaken this, and people may have changed their minds.
        let authors = self.events.iter().map(|event| event.author.id);
        let others = authors.chain(subjects.iter().map(|(about, _)| *about));
        let now = store.meanwhile(&kept, others).await?;
        for edited in &now.edited {
            self.keep_as_it_is_now(*edited).await?;
        }
        for gone in &now.buried {
            store.take_back(&kept, *gone, now_ms()).await?;
        }
        // A reply in several messages is kept under the first of them, and goes with any.
        if let [first, others @ ..] = self.shown {
            let others: Vec<_> = others.iter().map(|shown| shown.message_id).collect();
            if !store.buried(&others).await?.is_empty() {
                store.take_back(&kept, first.message_id, now_ms()).await?;
            }
        }
        self.obey(&kept, &subjects, &now).await?;
        store.honour_erasures(&kept, &now.people, self.attempt.now_ms, now_ms()).await?;
        Ok(Some(scope))
    }

    /// What people want may have changed while the model spoke: what is not to be kept any more is forgotten.
    /// One of the two finds the other, whichever came first.
    async fn obey(
        &self,
        kept: &Kept<'_>,
        subjects: &[(Id<UserMarker>, &Event)],
        now: &Meanwhile,
    ) -> Result<(), Error> {
        let (scope, episodes) = (kept.scope, kept.episodes);
        let store = &self.worker.store;
        let is_gone = |user: Id<UserMarker>, said_ms: u64| {
            let wants = now.people.get(&user);
            now.forgotten.covers(user, said_ms)
                || wants.is_some_and(|wants| {
                    wants.no_memory || wants.blocked || said_ms <= wants.erased_at_ms
                })
        };
        for episode in episodes {
            let said_ms = match &episode.speaker {
                Speaker::Person { .. } => written_ms(episode.message_id),
                // The personality's own words go with what they answer, from the first of it on.
                Speaker::Me => self.asked_ms(),
            };
            if episode.people().any(|user| is_gone(user, said_ms)) {
                store.take_back(kept, episode.message_id, now_ms()).await?;
            }
        }
        for (about, event) in subjects {
            let said = Id::new_checked(question(event));
            if is_gone(*about, said.map_or(0, written_ms)) {
                store.forget_facts(scope, |fact| fact.message_id == said).await?;
            }
        }
        let unquoted = self.gathered.memory.iter().filter(|memory| memory.scope == *scope);
        let unquoted: Vec<_> = unquoted.flat_map(|memory| &memory.unquoted).collect();
        for (user, wants) in &now.people {
            if wants.no_quote != unquoted.contains(&user) {
                store.set_quotable(scope, *user, !wants.no_quote).await?;
            }
        }
        Ok(())
    }

    /// Looks what a message says now, and keeps that. Where Discord does not show it, the older words go: they
    /// were taken back.
    async fn keep_as_it_is_now(&self, message: Id<MessageMarker>) -> Result<(), Error> {
        let asked = self.events.iter().find(|event| question(event) == message.get());
        let Some(heard) = asked.and_then(Event::message) else { return Ok(()) };
        let before = Id::new_checked(message.get() - 1).unwrap_or(message);
        let channel = self.events[0].channel_id;
        let seen = self.worker.discord.messages_after(channel, before, 1).await;
        let seen = seen.ok().and_then(|seen| seen.into_iter().find(|seen| seen.id == message));
        let text =
            seen.map_or_else(String::new, |seen| chat::clean(&seen.content, &heard.mentions));
        steward::rewrite(self.worker, message, &text).await
    }

    /// Whether an event's words may be kept: their author wants it, and has not had everything erased since.
    fn may_keep(&self, event: &Event) -> bool {
        let wants = self.gathered.rows.people.get(&event.author.id);
        wants.is_none_or(|wants| {
            let said_ms = Id::new_checked(question(event)).map_or(0, written_ms);
            !wants.no_memory && !wants.blocked && said_ms > wants.erased_at_ms
        })
    }

    fn episodes(&self) -> Vec<Episode> {
        let episode = |id: u64, event: &Event, speaker, text: String| {
            let reply_to = match &event.what {
                What::Message(message) => message.reply_to.as_ref().map(|quoted| quoted.message_id),
                _ => None,
            };
            Some(Episode {
                message_id: Id::new_checked(id)?,
                channel_id: event.channel_id,
                speaker,
                terms: terms(&text),
                terms_version: chat::recall::TERMS_VERSION,
                text,
                reply_to,
                to: Vec::new(),
                drawn: Vec::new(),
                expires_s: 0,
            })
        };
        let heard = self.heard().filter(|event| self.may_keep(event)).filter_map(|event| {
            let text = asked(event);
            let is_new = !matches!(event.what, What::Again(_)) && !text.is_empty();
            let name = chat::clean_name(&event.author.name);
            let speaker = Speaker::Person { id: event.author.id, name };
            episode(question(event), event, speaker, text).filter(|_| is_new)
        });
        let last = self.last;
        let own = self.said.zip(self.shown.first()).and_then(|(text, first)| {
            let to = self.answered_people();
            let drawn = self.drawn_on(text, &to);
            if !self.may_keep_own(to.iter().chain(&drawn)) {
                return None;
            }
            let own = episode(first.message_id.get(), last, Speaker::Me, text.to_owned())?;
            let reply_to = Id::new_checked(question(last));
            Some(Episode { to, drawn, reply_to, ..own })
        });
        heard.chain(own).collect()
    }

    /// The events that were heard.
    fn heard(&self) -> impl Iterator<Item = &Event> {
        let is_heard = |event: &&Event| !self.unheard.iter().any(|(id, _)| *id == event.id);
        self.events.iter().filter(is_heard)
    }

    /// Those who asked beside the last of them, each with what they asked.
    fn others(&self) -> Vec<Asker> {
        let others = self.heard().filter(|event| event.id != self.last.id);
        let asker = |event: &Event| {
            Some(Asker { id: event.author.id, question: Id::new_checked(question(event))? })
        };
        others.filter_map(asker).collect()
    }

    /// Everybody whose words the answer answers: who was heard, and whom they quoted.
    fn answered_people(&self) -> Vec<Id<UserMarker>> {
        let mut people: Vec<_> = self.heard().flat_map(concerned).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    /// Others than those `answered` whose words of before stand again in what was said: it goes with each of them.
    fn drawn_on(&self, said: &str, answered: &[Id<UserMarker>]) -> Vec<Id<UserMarker>> {
        let asked: Vec<String> = self.heard().map(asked).collect();
        let drawn = Drawn::new(said, &asked.join("\n"));
        let mut others = Vec::new();
        for source in self.sources.iter().filter(|source| drawn.is_from(&source.text)) {
            for user in &source.people {
                if others.len() < MOST_DRAWN_ON
                    && !answered.contains(user)
                    && !others.contains(user)
                {
                    others.push(*user);
                }
            }
        }
        others
    }

    /// Whether the personality's own words may be kept: everybody whose words they are made of wants that.
    fn may_keep_own<'p>(&self, mut people: impl Iterator<Item = &'p Id<UserMarker>>) -> bool {
        let rows = &self.gathered.rows;
        let wants_it = |user: &Id<UserMarker>| {
            rows.people.get(user).is_none_or(|wants| !wants.no_memory && !wants.blocked)
        };
        self.heard().all(|event| self.may_keep(event)) && people.all(wants_it)
    }

    /// When the first of what is answered was said, in milliseconds since the Unix epoch.
    fn asked_ms(&self) -> u64 {
        let said = self.heard().filter_map(|event| Id::new_checked(question(event)));
        said.map(written_ms).min().unwrap_or(0)
    }

    /// What can wait: the oldest open messages are folded, and a digest is ordered where enough was said since
    /// the last. What fails here is done after the next answer.
    async fn tidy(&self, scope: &Scope, n_new: usize) {
        let memory = self.gathered.memory.iter().find(|memory| memory.scope == *scope);
        let n_open = memory.map_or(0, |memory| memory.episodes.n_open) + n_new;
        // A warm worker reads what is new only, and so does not see how many lie open: it asks now and then.
        let asks_anyway = fastrand::usize(..FOLD_EVERY) < n_new;
        if (n_open > FOLD_FROM || asks_anyway)
            && let Err(e) = self.worker.store.seal(scope, now_ms()).await
        {
            tracing::warn!(space = %scope.space, error = %e, "no page was folded; the next answer tries again");
        }
        let last = self.last;
        let summary = &self.gathered.rows.summary;
        if self.digests && chores::is_due(&self.gathered.window, summary) {
            chores::order(self.worker, last).await;
        }
        for memory in &self.gathered.memory {
            let scope = &memory.scope;
            if let Err(e) = self.worker.memory.deepen(&self.worker.store, scope, now_ms()).await {
                tracing::info!(space = %scope.space, error = %e, "older messages were not read");
            }
        }
    }
}

/// The people whose words an event brings, all of whom spoke in its channel: who speaks, and who is quoted.
fn concerned(event: &Event) -> Vec<Id<UserMarker>> {
    let others: Vec<_> = match &event.what {
        What::Message(message) => {
            let quoted = message.reply_to.iter().filter(|quoted| !quoted.ours);
            quoted.map(|quoted| quoted.author.id).collect()
        }
        What::Command(command) => {
            let target = command.target.iter().filter(|target| !target.ours);
            target.map(|target| target.author.id).collect()
        }
        _ => Vec::new(),
    };
    others.into_iter().chain([event.author.id]).collect()
}

/// Keeps a row for every message shown: whose it is, and why it was said.
///
/// # Errors
/// The store's.
pub(crate) async fn keep_rows(
    store: &Store,
    who: &Personality,
    (leader, last): (&Event, &Event),
    others: &[Asker],
    shown: &[Shown],
    why: &Explanation,
) -> Result<(), Error> {
    let (why, now) = (why.to_json(), now_ms());
    let mentions: Vec<Id<UserMarker>> = mentioned(last).take(MOST_PEOPLE).collect();
    let rows = shown.iter().map(|message| ReplyRow {
        message_id: message.message_id,
        channel_id: message.channel_id,
        personality: who.id.clone(),
        event: leader.id.clone(),
        asker: last.author.id,
        why: why.clone(),
        messages: shown.to_vec(),
        question: Id::new_checked(question(last)),
        others: others.to_vec(),
        mentions: mentions.clone(),
        command: asked_by(last),
    });
    try_join_all(rows.map(|row| async move { store.keep_reply(&row, now).await })).await.map(drop)
}

fn mentioned(event: &Event) -> impl Iterator<Item = Id<UserMarker>> {
    let (said, again): (&[Mention], &[Id<UserMarker>]) = match &event.what {
        What::Message(message) => (&message.mentions, &[]),
        What::Again(again) => (&[], &again.mentions),
        _ => (&[], &[]),
    };
    said.iter().map(|mention| mention.id).chain(again.iter().copied())
}

fn asked_by(event: &Event) -> Option<AskedBy> {
    let What::Command(command) = &event.what else { return None };
    Some(AskedBy {
        name: command.name.clone(),
        person: command.people.first().map(|person| person.id),
        target: command.target.as_ref().map(|target| target.message_id),
    })
}

/// Gives up every claim of a turn that is to be tried again, so that the next attempt need not wait for the
/// lock and does not count this one as a crash. Best effort: a lock runs out by itself.
pub(crate) async fn give_up(
    store: &Store,
    events: impl Iterator<Item = &EventId>,
    attempt: &Attempt,
) {
    for given_up in join_all(events.map(|event| store.give_up(event, attempt))).await {
        if let Err(e) = given_up {
            tracing::debug!(error = %e, "a claim was not given up; it runs out");
        }
    }
}
