//! Everything a turn needs, in exactly one concurrent round trip.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes};
use futures_util::future::{join_all, try_join_all};
use personality::PersonalityId;
use queue::EventId;
use serde::de::DeserializeOwned;
use twilight_model::id::{
    Id,
    marker::{ChannelMarker, GuildMarker, MessageMarker, UserMarker},
};

use crate::{
    About, Attempt, Book, ChannelRow, Claimed, Counter, Day, DenRow, Episode, Episodes, Error,
    Forgotten, GuildRow, Held, Preferences, Progress, Purse, Scope, Space, Spending, Store,
    Summary, channel, den,
    error::{failed, unreadable},
    fact, forget, forgotten, guild,
    item::Item,
    leaf, person, s,
    summary::{self, KeptSummary},
    window,
};

/// What a turn wants to know.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The events to be answered together, the leader first.
    pub events: &'a [EventId],
    /// In which guild; none in a direct message.
    pub guild: Option<Id<GuildMarker>>,
    /// Where.
    pub channel: Id<ChannelMarker>,
    /// By whom.
    pub personality: &'a PersonalityId,
    /// The limits that count this turn.
    pub counters: &'a [Counter],
    /// Everybody the turn is about, at most [`MOST_PEOPLE`]: authors first.
    pub people: &'a [Id<UserMarker>],
    /// The messages to be answered: a deleted one is not.
    pub messages: &'a [Id<MessageMarker>],
    /// What is reserved for it, in millionths of a US dollar.
    pub reserve: u64,
    /// The purses that pay.
    pub purses: &'a [Purse],
    /// What the caller has of each scope's episodes already: those after that message suffice, as long as the
    /// scope's mark is still that one. In the order of [`Scope::read_in`].
    pub known: &'a [Option<(Id<MessageMarker>, u64)>],
}

/// People a turn knows the preferences of, and what is remembered about.
pub const MOST_PEOPLE: usize = 16;

/// What the table knew.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// What became of each claim, in the order of the events.
    pub claims: Vec<Claimed>,
    /// The recent turns, oldest first.
    pub window: Vec<Episode>,
    /// The counts, in the order of the counters, this turn included.
    pub counts: Vec<u64>,
    /// What the purses have given today, this turn's reservation included, in their order.
    pub spending: Vec<Spending>,
    /// What else is known.
    pub rows: Rows,
    /// What is remembered of each scope, in the order of [`Scope::read_in`].
    pub memory: Vec<ScopeMemory>,
}

/// The rows of a turn.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    /// What is known of the channel.
    pub channel: Option<ChannelRow>,
    /// What the guild has set.
    pub guild: GuildRow,
    /// What the operator has set.
    pub den: DenRow,
    /// What people want; nobody is missing who was asked for.
    pub people: BTreeMap<Id<UserMarker>, Preferences>,
    /// What was said before the window.
    pub summary: Summary,
    /// Of the messages to be answered, those deleted meanwhile.
    pub deleted: HashSet<Id<MessageMarker>>,
    /// What of this channel and these people was forgotten lately.
    pub forgotten: Forgotten,
}

/// What is remembered of a scope.
#[derive(Clone, Debug)]
pub struct ScopeMemory {
    /// Which.
    pub scope: Scope,
    /// What is known about the people, and last about the place.
    pub books: Vec<(About, Book)>,
    /// What was said.
    pub episodes: Episodes,
    /// Raised whenever something in it was changed or erased.
    pub mark: u64,
    /// People whose words here are not to be handed over to others.
    pub unquoted: BTreeSet<Id<UserMarker>>,
}

impl Store {
    /// Takes the claims and reads everything else beside it: one concurrent round trip, so that the model
    /// is asked one round trip after the event arrived.
    ///
    /// # Errors
    /// [`Error::Failed`] if any part failed. Claims that were taken all the same are given up first, so
    /// that the record need not wait for them.
    pub async fn gather(&self, wanted: &Wanted<'_>, attempt: &Attempt) -> Result<Gathered, Error> {
        let now_ms = attempt.now_ms;
        let day = Day::of(now_ms);
        let held = (wanted.reserve > 0).then_some(Held { day, amount: wanted.reserve });
        let claims =
            join_all(wanted.events.iter().enumerate().map(|(n, event)| {
                self.claim(event, wanted.events, attempt, held.filter(|_| n == 0))
            }));
        let counts = join_all(wanted.counters.iter().map(|counter| self.count(counter, 1, now_ms)));
        let reserve = i64::try_from(wanted.reserve).unwrap_or(i64::MAX);
        let spending =
            join_all(wanted.purses.iter().map(|purse| self.spend(*purse, day, reserve, 0)));
        let scopes = Scope::read_in(wanted.guild, wanted.channel, wanted.personality);
        let after = |n: usize| wanted.known.get(n).copied().flatten().map(|(message, _)| message);
        let episodes = try_join_all(
            scopes
                .iter()
                .enumerate()
                .map(|(n, scope)| self.marked_episodes(scope, after(n), now_ms)),
        );
        let (claims, window, rows, counts, spending, episodes) = tokio::join!(
            claims,
            self.window(wanted.channel, wanted.personality, now_ms),
            self.rows(wanted, &scopes, now_ms),
            counts,
            spending,
            episodes,
        );
        let rest = window.and_then(|window| Ok((window, rows?, episodes?)));
        let has_failed = claims.iter().any(Result::is_err)
            || counts.iter().any(Result::is_err)
            || spending.iter().any(Result::is_err)
            || rest.is_err();
        if has_failed && self.undo_gather(wanted, attempt, held, &claims, &spending).await {
            let counted = wanted.counters.iter().zip(&counts).filter(|(_, count)| count.is_ok());
            join_all(counted.map(|(counter, _)| self.count(counter, -1, now_ms))).await;
        }
        let counts = counts.into_iter().collect::<Result<_, _>>()?;
        let spending = spending.into_iter().collect::<Result<_, _>>()?;
        let claims = claims.into_iter().collect::<Result<_, _>>()?;
        let (window, (rows, books), mut episodes) = rest?;
        let mut memory = Vec::with_capacity(scopes.len());
        for (n, (scope, (books, mark))) in scopes.into_iter().zip(books).enumerate() {
            let unquoted = mark.unquoted;
            // As it was when the messages were read: a later one would hide a change from the next turn.
            let (mut read, mut mark) = std::mem::take(&mut episodes[n]);
            let known = wanted.known.get(n).copied().flatten();
            if known.is_some_and(|(_, known)| known != mark) {
                // Rare: something was edited or erased since this process last looked.
                (read, mark) = self.marked_episodes(&scope, None, now_ms).await?;
            }
            memory.push(ScopeMemory { scope, books, episodes: read, mark, unquoted });
        }
        Ok(Gathered { claims, window, counts, spending, rows, memory })
    }

    /// Gives up what a failed gather took, and returns whether its counts may be taken back. Best effort: where this
    /// fails too, the lock runs out by itself, and what cannot be released is too much reserved until the day ends,
    /// never too little.
    async fn undo_gather(
        &self,
        wanted: &Wanted<'_>,
        attempt: &Attempt,
        held: Option<Held>,
        claims: &[Result<Claimed, Error>],
        spending: &[Result<Spending, Error>],
    ) -> bool {
        let is_released = match (wanted.events.first(), claims.first()) {
            // First out of the claim: else the next attempt would release it once more.
            (Some(leader), Some(Ok(Claimed::Won(progress)))) => {
                self.hold(leader, attempt, progress.held).await.is_ok()
            }
            // A claim whose answer was lost may be ours as well.
            (Some(leader), Some(Err(_))) => matches!(
                self.hold(leader, attempt, None).await,
                Ok(()) | Err(Error::ClaimLost { .. })
            ),
            _ => true,
        };
        let unknown = Progress::default();
        let ours = wanted.events.iter().zip(claims).filter_map(|(event, claim)| match claim {
            Ok(Claimed::Closed | Claimed::Live { .. }) => None,
            Ok(Claimed::Won(before)) => Some((event, before)),
            // Where its answer was lost, it may be ours.
            Err(_) => Some((event, &unknown)),
        });
        let given_up =
            join_all(ours.map(|(event, before)| self.give_up_uncounted(event, attempt, before)))
                .await;
        // A claim that is not ours has nothing noted, and nothing to note.
        let is_noted = |given_up: &Result<(), Error>| {
            matches!(given_up, Ok(()) | Err(Error::ClaimLost { .. }))
        };
        let is_uncounted = given_up.iter().all(is_noted);
        let Some(held) = held.filter(|_| is_released) else { return is_uncounted };
        let amount = i64::try_from(held.amount).unwrap_or(i64::MAX);
        let reserved = wanted.purses.iter().zip(spending).filter(|(_, spent)| spent.is_ok());
        join_all(reserved.map(|(purse, _)| self.settle_purse(*purse, held.day, amount, 0))).await;
        is_uncounted
    }

    /// Every row with a known key, in one request; and per scope the books and the mark.
    async fn rows(
        &self,
        wanted: &Wanted<'_>,
        scopes: &[Scope],
        now_ms: u64,
    ) -> Result<(Rows, Vec<(Vec<(About, Book)>, Mark)>), Error> {
        let mut people = wanted.people.to_vec();
        let mut seen = HashSet::new();
        people.retain(|user| seen.insert(*user));
        people.truncate(MOST_PEOPLE);
        let people = || people.iter().copied();
        let abouts: Vec<About> = people().map(About::Person).chain([About::Place]).collect();
        let key_of_channel = (window::partition(wanted.channel), channel::SORT.to_owned());
        let key_of_guild = wanted.guild.map(|id| (guild::partition(id), guild::SORT.to_owned()));
        let key_of_den = (den::KEY.0.to_owned(), den::KEY.1.to_owned());
        let key_of_summary = (window::partition(wanted.channel), summary::sort(wanted.personality));
        let key_of_person =
            |user: Id<UserMarker>| (person::partition(user), person::SORT.to_owned());
        let key_of_stone = |message: &Id<MessageMarker>| forget::stone(*message);
        let key_of_book =
            |scope: &Scope, about: &About| (scope.partition(), fact::sort(scope, *about));
        let key_of_mark = |scope: &Scope| (scope.partition(), leaf::mark_sort(scope));

        let mut keys = vec![key_of_channel.clone(), key_of_den.clone(), key_of_summary.clone()];
        keys.extend(key_of_guild.clone());
        keys.extend(people().map(key_of_person));
        keys.extend(wanted.messages.iter().map(key_of_stone));
        // Whoever has a place forget them has the guild of it forget them, too.
        let space = scopes.first().map_or(Space::Channel(wanted.channel), |scope| scope.space);
        keys.extend(forgotten::keys(space, wanted.channel, people()));
        for scope in scopes {
            keys.extend(abouts.iter().map(|about| key_of_book(scope, about)));
            keys.push(key_of_mark(scope));
        }
        let mut found = self.read_all(keys).await?;
        let rows = Rows {
            channel: take(&mut found, &key_of_channel)?,
            guild: match key_of_guild {
                Some(key) => take(&mut found, &key)?.unwrap_or_default(),
                None => GuildRow::default(),
            },
            den: take(&mut found, &key_of_den)?.unwrap_or_default(),
            people: people()
                .map(|user| Ok((user, take(&mut found, &key_of_person(user))?.unwrap_or_default())))
                .collect::<Result<_, Error>>()?,
            summary: take(&mut found, &key_of_summary)?
                .map_or_else(Summary::default, |kept: KeptSummary| kept.at(now_ms)),
            deleted: (wanted.messages.iter())
                .filter(|message| found.contains_key(&key_of_stone(message)))
                .copied()
                .collect(),
            forgotten: Forgotten::of(&found, space, wanted.channel, people()),
        };
        let mut remembered = Vec::with_capacity(scopes.len());
        for scope in scopes {
            let mut books = Vec::new();
            for about in &abouts {
                if let Some(book) = take(&mut found, &key_of_book(scope, about))? {
                    books.push((*about, book));
                }
            }
            let mark = found.get(&key_of_mark(scope)).map(Mark::of);
            remembered.push((books, mark.unwrap_or_default()));
        }
        Ok((rows, remembered))
    }

    /// What may stop a turn, read again before its last word: what the guild and the operator have set, what
    /// these people want, and which of these messages are gone. The other rows are left at their defaults.
    ///
    /// # Errors
    /// [`Error::Failed`], [`Error::Unreadable`].
    pub async fn marks(
        &self,
        guild: Option<Id<GuildMarker>>,
        people: &[Id<UserMarker>],
        messages: &[Id<MessageMarker>],
    ) -> Result<Rows, Error> {
        let key_of_guild = guild.map(|id| (guild::partition(id), guild::SORT.to_owned()));
        let key_of_den = (den::KEY.0.to_owned(), den::KEY.1.to_owned());
        let key_of_person =
            |user: &Id<UserMarker>| (person::partition(*user), person::SORT.to_owned());
        let key_of_stone = |message: &Id<MessageMarker>| forget::stone(*message);
        let mut keys = vec![key_of_den.clone()];
        keys.extend(key_of_guild.clone());
        keys.extend(people.iter().map(key_of_person));
        keys.extend(messages.iter().map(key_of_stone));
        let mut found = self.read_all(keys).await?;
        Ok(Rows {
            guild: match key_of_guild {
                Some(key) => take(&mut found, &key)?.unwrap_or_default(),
                None => GuildRow::default(),
            },
            den: take(&mut found, &key_of_den)?.unwrap_or_default(),
            people: people
                .iter()
                .map(|user| {
                    Ok((*user, take(&mut found, &key_of_person(user))?.unwrap_or_default()))
                })
                .collect::<Result<_, Error>>()?,
            deleted: (messages.iter())
                .filter(|message| found.contains_key(&key_of_stone(message)))
                .copied()
                .collect(),
            ..Rows::default()
        })
    }

    /// Items by their keys, at most 100 of them; those that are not there are left out.
    pub(crate) async fn read_all(&self, mut keys: Vec<Key>) -> Result<HashMap<Key, Item>, Error> {
        /// Rounds in which DynamoDB may leave something unread before it counts as throttled.
        const ROUNDS: u32 = 5;
        keys.sort_unstable();
        keys.dedup();
        let mut wanted: Vec<Item> = keys
            .into_iter()
            .map(|(pk, sk)| HashMap::from([("pk".to_owned(), s(pk)), ("sk".to_owned(), s(sk))]))
            .collect();
        let mut found = HashMap::new();
        for round in 0..ROUNDS {
            let asked = KeysAndAttributes::builder()
                .set_keys(Some(std::mem::take(&mut wanted)))
                .consistent_read(true)
                .build()
                .expect("the keys are set");
            let read = self
                .db
                .batch_get_item()
                .request_items(&self.table, asked)
                .send()
                .await
                .map_err(failed("read what a turn needs"))?;
            for item in read.responses.unwrap_or_default().into_values().flatten() {
                if let (Some(AttributeValue::S(pk)), Some(AttributeValue::S(sk))) =
                    (item.get("pk"), item.get("sk"))
                {
                    found.insert((pk.clone(), sk.clone()), item);
                }
            }
            wanted = read
                .unprocessed_keys
                .unwrap_or_default()
                .into_values()
                .flat_map(|left| left.keys)
                .collect();
            if wanted.is_empty() {
                return Ok(found);
            }
            tokio::time::sleep(std::time::Duration::from_millis(10 << round)).await;
        }
        Err(Error::Failed {
            operation: "read what a turn needs".to_owned(),
            code: Some("ProvisionedThroughputExceededException".to_owned()),
            source: format!("{} items were left unread {ROUNDS} times", wanted.len()).into(),
        })
    }
}

/// What is known of a scope as a whole.
#[derive(Debug, Default)]
struct Mark {
    unquoted: BTreeSet<Id<UserMarker>>,
}

impl Mark {
    fn of(item: &Item) -> Self {
        let ids = item.get("unquoted").and_then(|ids| ids.as_ss().ok()).into_iter().flatten();
        Self { unquoted: ids.filter_map(|id| id.parse().ok().and_then(Id::new_checked)).collect() }
    }
}

pub(crate) type Key = (String, String);

/// Takes an item out of what was read.
pub(crate) fn take<T: DeserializeOwned>(
    found: &mut HashMap<Key, Item>,
    key: &Key,
) -> Result<Option<T>, Error> {
    let item = found.remove(key);
    item.map(|item| serde_dynamo::from_item(item).map_err(unreadable(format!("read {}", key.1))))
        .transpose()
}
