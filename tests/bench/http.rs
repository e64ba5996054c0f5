//! Just enough of HTTP/1.1 to see where a message ends, to the byte and to the microsecond.
//!
//! A framework would hide when a request was there and when its answer left.

use std::io::{Error, ErrorKind, Result};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

/// A connection, read with a buffer.
pub type Connection = BufReader<TcpStream>;

/// A request or an answer.
#[derive(Debug)]
pub struct Message {
    /// The bytes as they came, chunk sizes and all: what a stand-in passes on.
    pub raw: Vec<u8>,
    /// The content alone.
    pub body: Vec<u8>,
    head: String,
}

/// Where the end of an answer without a length is.
#[derive(Clone, Copy, PartialEq)]
enum Ends {
    WithHead,
    WithConnection,
}

impl Message {
    /// The next request on a connection; `None` once the client has left.
    pub async fn request(connection: &mut Connection) -> Result<Option<Self>> {
        if connection.fill_buf().await?.is_empty() {
            return Ok(None);
        }
        Self::read(connection, Ends::WithHead).await.map(Some)
    }

    /// The answer to a request that was just sent.
    async fn answer(connection: &mut Connection) -> Result<Self> {
        Self::read(connection, Ends::WithConnection).await
    }

    async fn read(connection: &mut Connection, ends: Ends) -> Result<Self> {
        let mut raw = Vec::with_capacity(4096);
        while !raw.ends_with(b"\r\n\r\n") {
            if connection.read_until(b'\n', &mut raw).await? == 0 {
                return Err(Error::from(ErrorKind::UnexpectedEof));
            }
        }
        let head = String::from_utf8_lossy(&raw).into_owned();
        let mut message = Self { raw, body: Vec::new(), head };
        if message.header("transfer-encoding").is_some_and(|coding| coding.contains("chunked")) {
            while message.chunk(connection).await? > 0 {}
        } else if let Some(length) = message.header("content-length") {
            let length = length.parse().map_err(|e| Error::new(ErrorKind::InvalidData, e))?;
            message.body = vec![0; length];
            connection.read_exact(&mut message.body).await?;
            message.raw.extend_from_slice(&message.body);
        } else if ends == Ends::WithConnection && !message.is_empty_by_status() {
            connection.read_to_end(&mut message.body).await?;
            message.raw.extend_from_slice(&message.body);
        }
        Ok(message)
    }

    /// Reads a chunk, its size line and the line end behind it. Returns its size; the last one's is 0.
    async fn chunk(&mut self, connection: &mut Connection) -> Result<usize> {
        let line = self.raw.len();
        connection.read_until(b'\n', &mut self.raw).await?;
        let size = String::from_utf8_lossy(&self.raw[line..]).into_owned();
        let size = size.split(';').next().unwrap_or_default().trim();
        let size =
            usize::from_str_radix(size, 16).map_err(|e| Error::new(ErrorKind::InvalidData, e))?;
        let start = self.raw.len();
        self.raw.resize(start + size + 2, 0);
        connection.read_exact(&mut self.raw[start..]).await?;
        self.body.extend_from_slice(&self.raw[start..start + size]);
        Ok(size)
    }

    /// 204 and 304 have no body and need not say so.
    fn is_empty_by_status(&self) -> bool {
        matches!(self.word(1), "204" | "304")
    }

    /// A word of the first line: of a request, method and path.
    pub fn word(&self, n: usize) -> &str {
        let line = self.head.lines().next().unwrap_or_default();
        line.split(' ').nth(n).unwrap_or_default()
    }

    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let headers = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        let mut headers = headers.filter(|(key, _)| key.eq_ignore_ascii_case(name));
        headers.next().map(|(_, value)| value.trim())
    }

    /// The body as JSON; `null` where it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// Sends a request on a connection of its own and waits for the whole answer.
pub async fn ask(address: &str, request: &[u8]) -> Result<Message> {
    let mut connection = connect(address).await?;
    ask_on(&mut connection, request).await
}

/// Opens a connection that sends at once.
pub async fn connect(address: &str) -> Result<Connection> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(BufReader::new(stream))
}

/// The same on a connection that is kept.
pub async fn ask_on(connection: &mut Connection, request: &[u8]) -> Result<Message> {
    connection.write_all(request).await?;
    Message::answer(connection).await
}

/// An answer of JSON.
pub fn json(status: &str, body: &Value, headers: &str) -> Vec<u8> {
    let body = body.to_string();
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    (head + &body).into_bytes()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    /// What the far end makes of `request`, and what comes back of `answer`.
    async fn exchange(request: &[u8], answer: &'static [u8]) -> (Message, Message) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let far = tokio::spawn(async move {
            let mut connection = BufReader::new(listener.accept().await.unwrap().0);
            let request = Message::request(&mut connection).await.unwrap().unwrap();
            connection.write_all(answer).await.unwrap();
            request
        });
        let answer = ask(&address, request).await.unwrap();
        (far.await.unwrap(), answer)
    }

    #[tokio::test]
    async fn a_message_ends_where_its_head_says() {
        let asked = b"POST /a/b HTTP/1.1\r\nContent-Length: 3\r\nHost: here\r\n\r\n[1]";
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\nA;x=1\r\n          \r\n0\r\n\r\n";
        let (request, answer) = exchange(asked, chunked).await;
        assert_eq!((request.word(0), request.word(1)), ("POST", "/a/b"));
        assert_eq!((request.header("host"), request.json()[0].as_u64()), (Some("here"), Some(1)));
        assert_eq!((&request.raw[..], &answer.raw[..]), (&asked[..], &chunked[..]));
        assert_eq!(answer.body, b"{}          ");
    }

    #[tokio::test]
    async fn an_answer_may_have_no_body_or_end_with_its_connection() {
        let asked = b"GET / HTTP/1.1\r\n\r\n";
        let (_, nothing) = exchange(asked, b"HTTP/1.1 204 No Content\r\n\r\n").await;
        assert!(nothing.body.is_empty());
        let (_, open) = exchange(asked, b"HTTP/1.0 200 OK\r\n\r\nall of it").await;
        assert_eq!(open.body, b"all of it");
    }
}
