//! AWS on one machine: SQS, DynamoDB, Secrets Manager, Lambda and a mapping between them, on loopback.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use crate::tools;

/// How long it may take to start. Half a second on an idle machine; tests share theirs with a compiler.
const START: Duration = Duration::from_secs(60);

/// A running ministack. It ends, with every function it runs, when this is dropped or the test process ends
/// in whatever way.
pub struct Ministack {
    child: Child,
    /// Held, never written to: its end is the signal to go.
    stdin: Option<ChildStdin>,
    port: u16,
    log: PathBuf,
}

impl Ministack {
    /// The one that all tests of this process share. Give each test its own [`account`](Self::account).
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub fn shared() -> &'static Ministack {
        static SHARED: OnceLock<Ministack> = OnceLock::new();
        SHARED.get_or_init(Ministack::start)
    }

    /// Starts one on a free port and waits until it answers.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub fn start() -> Ministack {
        Self::start_with(&[])
    }

    /// Starts one with settings of its own, as in `[("AUTH", "true")]`, which enforces IAM.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub fn start_with(settings: &[(&str, &str)]) -> Ministack {
        let mut child = Command::new(tools::python())
            .arg(tools::script("ministack_server.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .envs(settings.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("start ministack");
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().expect("standard output is piped");

        let (send, first_line) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let read = BufReader::new(stdout).read_line(&mut line);
            // Nobody listens any more when the deadline has passed.
            let _ = send.send(read.map(|_| line));
        });
        let line = match first_line.recv_timeout(START) {
            Ok(line) => line.expect("read what ministack says"),
            Err(_) => panic!("ministack said nothing for {} s", START.as_secs()),
        };
        let Ok(said) = serde_json::from_str::<serde_json::Value>(&line) else {
            panic!("ministack did not start; what it said is above ({line:?})");
        };
        let port = said["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port.expect("ministack_server.py prints its port");
        let log =
            said["log"].as_str().expect("ministack_server.py prints the path of its log").into();

        let ministack = Ministack { child, stdin, port, log };
        let health = ministack.exchange("GET /_ministack/health HTTP/1.1", "");
        assert!(
            health.contains(" 200 "),
            "ministack does not answer: {health:?}\n{}",
            ministack.log_tail()
        );
        ministack
    }

    /// Its address, for `AWS_ENDPOINT_URL` and the like.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// An account nobody else uses: twelve digits, given as `AWS_ACCESS_KEY_ID` with any secret. Queues,
    /// tables and functions of one account are invisible to every other.
    pub fn account(&self) -> String {
        static NEXT: AtomicU64 = AtomicU64::new(200_000_000_000);
        NEXT.fetch_add(1, Ordering::Relaxed).to_string()
    }

    /// Asks Lambda, for which the workspace has no client, something of an account: as in `POST`,
    /// `/2015-03-31/functions` and a body. Returns what it answered.
    ///
    /// # Panics
    /// When it refuses.
    pub fn lambda(
        &self,
        account: &str,
        method: &str,
        path: &str,
        body: &serde_json::Value,
    ) -> serde_json::Value {
        let head = format!(
            "{method} {path} HTTP/1.1\r\ncontent-type: application/json\r\n{}",
            authorization(account, "lambda")
        );
        let answer = self.exchange(&head, &body.to_string());
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        assert!(head.contains(" 20"), "lambda refuses {method} {path}: {answer}");
        serde_json::from_str(body).unwrap_or_default()
    }

    /// The last lines of its log, for a failing test to print.
    pub fn log_tail(&self) -> String {
        let log = fs::read(&self.log).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<_> = log.lines().collect();
        lines[lines.len().saturating_sub(60)..].join("\n")
    }

    /// Sends a request as it stands, headers and all, and returns the whole answer.
    ///
    /// The port accepts before ministack answers, so the first answer is waited for.
    fn exchange(&self, head: &str, body: &str) -> String {
        let mut stream = self.ask(head, body);
        let mut answer = String::new();
        match stream.read_to_string(&mut answer) {
            Ok(_) => answer,
            Err(error) => format!("{error} after {answer:?}"),
        }
    }

    fn ask(&self, head: &str, body: &str) -> TcpStream {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("reach ministack");
        stream.set_read_timeout(Some(START)).expect("a minute is a valid time limit");
        let length = body.len();
        let request = format!(
            "{head}\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("ask ministack");
        stream
    }
}

/// Says for whom a request is; ministack checks no signature.
fn authorization(account: &str, service: &str) -> String {
    format!(
        "authorization: AWS4-HMAC-SHA256 Credential={account}/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=0"
    )
}

impl Drop for Ministack {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("--- the end of ministack's log ---\n{}", self.log_tail());
        }
        drop(self.stdin.take());
        // Already gone is as good.
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_answers_on_its_own_port_and_is_gone_afterwards() {
        let ministack = Ministack::start();
        let (port, folder) = (ministack.port, ministack.log.parent().unwrap().to_owned());
        assert!(folder.is_dir());
        assert_ne!(ministack.account(), ministack.account());

        drop(ministack);

        assert!(TcpStream::connect(("127.0.0.1", port)).is_err(), "still there");
        assert!(!folder.exists(), "{} was left behind", folder.display());
    }

    #[test]
    fn what_one_account_has_no_other_sees() {
        let ministack = Ministack::shared();
        let (ann, ben) = (ministack.account(), ministack.account());

        sqs(&ann, "CreateQueue", GRIMS_QUEUE);

        assert!(sqs(&ann, "ListQueues", "{}").contains("den-grim.fifo"));
        let seen = sqs(&ben, "ListQueues", "{}");
        assert!(seen.contains(" 200 ") && !seen.contains("den-grim.fifo"), "{seen}");
    }

    #[test]
    fn who_hangs_up_while_polling_is_handed_nothing() {
        let ministack = Ministack::shared();
        let ann = ministack.account();
        sqs(&ann, "CreateQueue", GRIMS_QUEUE);
        let queue = format!("{}/{ann}/den-grim.fifo", ministack.url());
        let poll = |wait_s: u32| format!(r#"{{"QueueUrl":"{queue}","WaitTimeSeconds":{wait_s}}}"#);
        drop(ministack.ask(&sqs_head(&ann, "ReceiveMessage"), &poll(20)));

        let message = format!(
            r#"{{"QueueUrl":"{queue}","MessageBody":"boo","MessageGroupId":"1","MessageDeduplicationId":"1"}}"#
        );
        let sent = sqs(&ann, "SendMessage", &message);
        assert!(sent.contains(" 200 "), "{sent}");
        // Longer than the pause between two looks of a poll.
        thread::sleep(Duration::from_millis(300));
        let received = sqs(&ann, "ReceiveMessage", &poll(0));
        assert!(received.contains("boo"), "{received}");
    }

    const GRIMS_QUEUE: &str = r#"{"QueueName":"den-grim.fifo","Attributes":{"FifoQueue":"true"}}"#;

    fn sqs(account: &str, operation: &str, body: &str) -> String {
        Ministack::shared().exchange(&sqs_head(account, operation), body)
    }

    fn sqs_head(account: &str, operation: &str) -> String {
        format!(
            "POST / HTTP/1.1\r\nx-amz-target: AmazonSQS.{operation}\r\ncontent-type: application/x-amz-json-1.0\r\n{}",
            authorization(account, "sqs")
        )
    }
}
