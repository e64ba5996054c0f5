//! The listening socket, whose connections can be cut from inside a handler: the fault HTTP servers do not offer.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{extract::connect_info::Connected, serve::IncomingStream};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// A listener whose connections all end when `stop` is cancelled.
pub(crate) struct Listener {
    inner: TcpListener,
    stop: CancellationToken,
}

impl Listener {
    pub(crate) fn new(inner: TcpListener, stop: CancellationToken) -> Self {
        Self { inner, stop }
    }
}

impl axum::serve::Listener for Listener {
    type Io = Stream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Stream, SocketAddr) {
        // The trait's own implementation waits out passing errors such as too many open files.
        let (inner, address) = axum::serve::Listener::accept(&mut self.inner).await;
        // Small frames go out at once; a failure to say so only costs milliseconds.
        let _ = inner.set_nodelay(true);
        let cut = self.stop.child_token();
        let cancelled = Box::pin(cut.clone().cancelled_owned());
        (Stream { inner, cut, cancelled }, address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// A TCP connection that fails once it is cut.
pub(crate) struct Stream {
    inner: TcpStream,
    cut: CancellationToken,
    cancelled: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl Stream {
    /// Ready with the error once the connection was cut; registers for a wake-up otherwise.
    fn check(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        if self.cut.is_cancelled() || self.cancelled.as_mut().poll(cx).is_ready() {
            // With this the kernel sends RST instead of an orderly end.
            let _ = self.inner.set_zero_linger();
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Ok(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check(cx)?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

/// The connection a request came over.
#[derive(Clone)]
pub(crate) struct Connection {
    cut: CancellationToken,
}

impl Connection {
    /// Resets the connection: what was not sent yet never will be.
    pub(crate) fn cut(&self) {
        self.cut.cancel();
    }
}

impl Connected<IncomingStream<'_, Listener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        Self { cut: stream.io().cut.clone() }
    }
}
