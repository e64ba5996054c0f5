//! A door: the one way to a stand-in, at which every exchange is timed.
//!
//! What a program does is measured from door to door: from an answer that is about to go to the last byte of
//! the next request that has come. Whatever a stand-in takes lies behind its door.

use std::{
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::http::Message;

/// How long anything may take before the figure counts as one that cannot be measured.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A request, and when.
#[derive(Debug)]
pub struct Exchange {
    /// AWS's name of the operation, or method and path.
    pub what: String,
    /// When its last byte had come.
    pub arrived: Instant,
    /// When the answer was about to go, in one piece. Noted before and not after, as whoever gets it may be done
    /// with it before this thread is back from the kernel.
    pub answered: OnceLock<Instant>,
}

/// A door. Closed when dropped.
pub struct Door {
    /// Where it is, as `127.0.0.1:1234`.
    pub address: String,
    book: Arc<Book>,
    keeper: JoinHandle<()>,
}

/// What a door's keeper notes.
#[derive(Default)]
struct Book {
    exchanges: Mutex<Vec<Arc<Exchange>>>,
    delay_ms: AtomicU64,
    changed: watch::Sender<()>,
}

impl Door {
    /// Opens a door on a free loopback port; `answer` makes the bytes of each answer.
    ///
    /// # Errors
    /// When the machine has no port left.
    pub async fn open<F>(answer: impl Fn(Message) -> F + Send + Sync + 'static) -> Result<Self>
    where
        F: Future<Output = Result<Vec<u8>>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.context("find a free port")?;
        let address = listener.local_addr().context("find a free port")?.to_string();
        let book = Arc::new(Book::default());
        let (noted, answer) = (Arc::clone(&book), Arc::new(answer));
        let keeper = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (book, answer) = (Arc::clone(&noted), Arc::clone(&answer));
                tokio::spawn(async move {
                    // A program that is killed, or gives a request up, leaves with an error; whoever waits
                    // for something else says what did not come.
                    let _ = serve(stream, &book, &*answer).await;
                });
            }
        });
        Ok(Self { address, book, keeper })
    }

    /// The same as a URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Holds every answer back for so long.
    pub fn delay(&self, by: Duration) {
        self.book.delay_ms.store(by.as_millis().try_into().unwrap_or(u64::MAX), Relaxed);
    }

    /// What came through it since it was last forgotten, in order of arrival.
    pub fn exchanges(&self) -> Vec<Arc<Exchange>> {
        self.book.lock().clone()
    }

    /// Forgets what is over.
    pub fn forget(&self) {
        self.book.lock().retain(|exchange| exchange.answered.get().is_none());
    }

    /// Waits for an exchange that `is_it`.
    ///
    /// # Errors
    /// When it never comes.
    pub async fn sees(
        &self,
        what: &str,
        is_it: impl Fn(&Exchange) -> bool,
    ) -> Result<Arc<Exchange>> {
        let mut changed = self.book.changed.subscribe();
        let seen = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(it) = self.book.lock().iter().find(|exchange| is_it(exchange)) {
                    return Arc::clone(it);
                }
                // The book holds the sender, so this ends only with a change.
                let _ = changed.changed().await;
            }
        });
        match seen.await {
            Ok(exchange) => Ok(exchange),
            Err(_) => bail!("{what} never came; what came was {:#?}", self.exchanges()),
        }
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

impl Book {
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Exchange>>> {
        self.exchanges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn serve<F>(stream: TcpStream, book: &Book, answer: &impl Fn(Message) -> F) -> Result<()>
where
    F: Future<Output = Result<Vec<u8>>>,
{
    stream.set_nodelay(true)?;
    let mut connection = BufReader::new(stream);
    while let Some(request) = Message::request(&mut connection).await? {
        let (arrived, what) = (Instant::now(), what(&request));
        let exchange = Arc::new(Exchange { what, arrived, answered: OnceLock::new() });
        book.lock().push(Arc::clone(&exchange));
        book.changed.send_replace(());
        let answer = answer(request).await?;
        match book.delay_ms.load(Relaxed) {
            0 => {}
            delay_ms => tokio::time::sleep(Duration::from_millis(delay_ms)).await,
        }
        exchange.answered.get_or_init(Instant::now);
        book.changed.send_replace(());
        connection.write_all(&answer).await?;
    }
    Ok(())
}

fn what(request: &Message) -> String {
    match request.header("x-amz-target") {
        Some(target) => target.rsplit('.').next().unwrap_or(target).to_owned(),
        None => format!("{} {}", request.word(0), request.word(1)),
    }
}
