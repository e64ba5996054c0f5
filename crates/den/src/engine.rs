//! A den in one process: the same listener and worker as in the cloud, over an inbox instead of SQS.

use std::{path::Path, sync::Arc};

use anyhow::Context;
use den_listener::{Listener, Patience, RunError};
use den_worker::{DeadLetters, Memory, Models, Worker};
use discord::{Discord, Settings, Token};
use model::Prices;
use personality::Roster;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use twilight_model::id::{
    Id,
    marker::{ApplicationMarker, UserMarker},
};

use crate::{inbox::Inbox, local::LocalTable};

/// Where a den's Discord is.
#[derive(Clone, Debug)]
pub struct Where {
    /// The bot's token.
    pub token: Token,
    /// The REST API, as in `https://discord.com`.
    pub api_url: String,
    /// The gateway, where it is not the one Discord names.
    pub gateway_url: Option<String>,
    /// What models cost.
    pub prices: Arc<Prices>,
    /// The people who run the den.
    pub operators: Vec<Id<UserMarker>>,
    /// The application of a Discord that has just begun: it knows no session that an earlier den left, and counts
    /// identifies anew.
    pub newborn: Option<Id<ApplicationMarker>>,
}

/// A running den.
pub struct Engine {
    /// What the worker works with.
    pub worker: Worker,
    /// How many events an earlier den had left.
    pub n_left: usize,
    table: LocalTable,
    inbox: Inbox,
    listener: JoinHandle<Result<(), RunError>>,
    stop_listening: CancellationToken,
}

impl Engine {
    /// Starts a den over the folder `data`.
    ///
    /// # Errors
    /// When the folder is in use or cannot be used, or a client cannot be set up.
    pub async fn start(
        at: &Where,
        data: &Path,
        roster: Arc<Roster>,
        models: Models,
        health: Option<TcpListener>,
    ) -> anyhow::Result<Self> {
        let table = LocalTable::open(data).await?;
        if let Some(application) = at.newborn {
            let forgotten = table.store.forget_gateway(application).await;
            forgotten.context("forget the last Discord")?;
        }
        let host =
            at.api_url.strip_prefix("http://").map(|host| host.trim_end_matches('/').to_owned());
        let settings = Settings {
            api_url: at.api_url.clone(),
            attachment_host: host,
            ..Settings::new(Some(at.token.clone()))
        };
        let discord = Discord::new(settings).context("set up the connection to Discord")?;
        let worker = |sink| Worker {
            roster: roster.clone(),
            store: table.store.clone(),
            discord: discord.clone(),
            models,
            dead_letters: DeadLetters::Table(table.store.clone()),
            prices: at.prices.clone(),
            memory: Memory::default(),
            sink,
            operators: at.operators.clone().into(),
        };
        let swept = den_worker::sweep(&table.store, crate::clock::now_ms()).await;
        swept.context("erase the servers that left long ago")?;
        let inbox = Inbox::new(worker, CancellationToken::new());
        let worker = inbox.worker().clone();
        let n_left = inbox.drain().await.context("take up what an earlier den left")?;
        let stop_listening = CancellationToken::new();
        let listener = den_listener::run(
            Listener {
                token: at.token.clone(),
                discord,
                store: table.store.clone(),
                sink: Arc::new(inbox.clone()),
                roster,
                gateway_url: at.gateway_url.clone(),
                shards: None,
                health,
                patience: Patience::default(),
            },
            stop_listening.clone(),
        );
        let listener = tokio::spawn(listener);
        Ok(Self { worker, n_left, table, inbox, listener, stop_listening })
    }

    /// Ends when the listener ends by itself: Discord refuses the bot.
    ///
    /// # Errors
    /// The listener's.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        (&mut self.listener).await.context("the listener broke")?.context("listen to Discord")
    }

    /// Waits until everything heard is dealt with.
    pub async fn quiet(&self) {
        self.inbox.quiet().await;
    }

    /// Stops listening, finishes the turns under way, closes the table. What still waits stays for the next
    /// start.
    pub async fn stop(self) {
        self.stop_listening.cancel();
        if !self.listener.is_finished() {
            let _ = self.listener.await;
        }
        self.inbox.close().await;
        self.table.close().await;
    }
}
