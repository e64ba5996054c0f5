//! Commands, menus, buttons, forms and suggestions, which arrive over the gateway and must be acknowledged
//! within three seconds. See Discord Docs/Receiving and Responding.
//!
//! All of this happens beside the poll loop. Suggestions are answered here, from memory, and so are buttons
//! that open a form; a known command is deferred and queued for whoever answers it; other buttons and forms
//! that were sent are queued for the steward; anything else gets one plain line.

mod answer;

use std::{sync::Arc, time::Duration};

use discord::{Discord, code};
use personality::PersonalityId;
use tokio::{task::JoinSet, time::Instant};
use twilight_model::{
    channel::message::MessageFlags,
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

use self::answer::{AUTOCOMPLETE, Answer, Asked, Deferral};
use crate::{
    audience::Audiences,
    checkpoint::{Ticket, now_ms},
    counts::Counts,
    error::chain,
    frame::Interaction,
    houses::Houses,
    lanes::Lanes,
    routing::Den,
};

/// Interactions in work at once; each holds a request to Discord. Beyond that they would be too late.
const AT_ONCE: usize = 128;
/// The three seconds, less the way here.
const DUE: Duration = Duration::from_millis(2_500);

/// Where interactions are handled. Dropping it abandons those in work; they are replayed to whoever
/// resumes, and found too late there, or acknowledged already.
pub struct Interactions {
    desk: Arc<Desk>,
    tasks: JoinSet<()>,
}

/// What handling one needs.
struct Desk {
    discord: Discord,
    den: Arc<Den>,
    houses: Arc<Houses>,
    lanes: Lanes,
    audiences: Arc<Audiences>,
    counts: Arc<Counts>,
}

impl Interactions {
    /// Interactions of `den`, answered through `discord`, queued on `lanes`.
    pub fn new(
        discord: Discord,
        den: Arc<Den>,
        houses: Arc<Houses>,
        lanes: Lanes,
        audiences: Arc<Audiences>,
        counts: Arc<Counts>,
    ) -> Self {
        let desk = Desk { discord, den, houses, lanes, audiences, counts };
        Self { desk: Arc::new(desk), tasks: JoinSet::new() }
    }

    /// Takes one on and returns at once. `last_speaker` is who of us spoke last in its channel.
    pub fn take(
        &mut self,
        interaction: Interaction,
        last_speaker: Option<PersonalityId>,
        ticket: Ticket,
    ) {
        while self.tasks.try_join_next().is_some() {}
        if self.tasks.len() >= AT_ONCE {
            self.desk.counts.unacknowledged.add();
            tracing::warn!(interaction = %interaction.id, "too many interactions at once: interaction {} dropped", interaction.id);
            ticket.settle();
            return;
        }
        let desk = self.desk.clone();
        self.tasks.spawn(async move { desk.handle(interaction, last_speaker, ticket).await });
    }

    /// Waits for those in work; each is bounded by its three seconds.
    pub async fn finish(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Desk {
    async fn handle(
        &self,
        interaction: Interaction,
        last_speaker: Option<PersonalityId>,
        ticket: Ticket,
    ) {
        let received_at_ms = now_ms();
        let discord = self.discord.by(Instant::now() + DUE);
        let house = match interaction.kind {
            AUTOCOMPLETE => self.houses.last_known(interaction.guild_id),
            _ => self.houses.fresh(interaction.guild_id).await,
        };
        let asked = Asked {
            interaction: &interaction,
            den: &self.den,
            house: &house,
            last_speaker: last_speaker.as_ref(),
            received_at_ms,
        };
        if asked.is_turned_away() {
            self.counts.turned_away.add();
        }
        let (id, token) = (interaction.id, interaction.token.as_str());
        let answered = match asked.answer() {
            Answer::Suggest(choices) => discord.autocomplete(id, token, choices).await,
            Answer::Say(line) => discord.respond(id, token, privately(line)).await,
            Answer::Open(form) => discord.respond(id, token, *form).await,
            Answer::Queue(event, deferral) => {
                let deferred = match deferral {
                    Deferral::Public => discord.defer(id, token, false).await,
                    Deferral::Private => discord.defer(id, token, true).await,
                    Deferral::Update => discord.defer_update(id, token).await,
                };
                match deferred {
                    Ok(()) => {
                        if deferral != Deferral::Public {
                            self.houses.expect_change(interaction.guild_id);
                        }
                        return self.lanes.put(self.audiences.told(*event), ticket);
                    }
                    Err(error) => Err(error),
                }
            }
        };
        match answered {
            Ok(()) => {}
            Err(error) if error.code() == Some(code::UNKNOWN_INTERACTION) => {
                self.counts.expired.add();
                tracing::info!(interaction = %id, "interaction {id} came too late to be answered");
            }
            Err(error) => {
                self.counts.unacknowledged.add();
                tracing::warn!(interaction = %id, error = %chain(&error), "interaction {id} is not acknowledged");
            }
        }
        ticket.settle();
    }
}

fn privately(line: String) -> InteractionResponse {
    let data = InteractionResponseData {
        content: Some(line),
        flags: Some(MessageFlags::EPHEMERAL),
        ..InteractionResponseData::default()
    };
    InteractionResponse {
        kind: InteractionResponseType::ChannelMessageWithSource,
        data: Some(data),
    }
}
