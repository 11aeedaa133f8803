//! Who may keep a connection: so many from one address, so many altogether, and none that only waits.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use ipnet::IpNet;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::TcpStream,
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Sleep,
};

use crate::limits::household;

/// How connections are kept.
#[derive(Debug, Clone)]
pub struct Connections {
    /// How long the head of a request may take, and how long a reader may take nothing of its answer.
    pub head_timeout: Duration,
    /// How many there may be altogether.
    pub most: usize,
    /// How many one address may have.
    pub per_address: usize,
    /// Networks of proxies, which speak for many and are not counted by address.
    pub proxies: Vec<IpNet>,
}

/// No request is shorter than `GET / HTTP/1.1` and two line ends.
const SHORTEST: usize = 18;
/// How many who are refused are told so at the same time; others find the connection closed.
const TOLD: usize = 64;
/// How long somebody who is refused may take to hear it.
const TELLING: Duration = Duration::from_secs(2);

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    /// This address has too many.
    Address,
    /// Everybody together has too many.
    House,
}

/// What is taken and what is left.
pub(super) struct Room {
    rules: Connections,
    all: Arc<Semaphore>,
    told: Arc<Semaphore>,
    by_address: Counts,
}

type Counts = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// The place of one connection, free again when this is dropped.
pub(super) struct Place {
    _all: OwnedSemaphorePermit,
    counted: Option<(Counts, IpAddr)>,
}

impl Room {
    pub(super) fn new(rules: Connections) -> Self {
        let all = Arc::new(Semaphore::new(rules.most.min(Semaphore::MAX_PERMITS)));
        Self { rules, all, told: Arc::new(Semaphore::new(TOLD)), by_address: Counts::default() }
    }

    /// Takes a place for somebody at this address.
    pub(super) fn enter(&self, peer: IpAddr) -> Result<Place, Full> {
        let peer = peer.to_canonical();
        let all = self.all.clone().try_acquire_owned().map_err(|_| Full::House)?;
        if self.rules.proxies.iter().any(|network| network.contains(&peer)) {
            return Ok(Place { _all: all, counted: None });
        }
        let address = household(peer);
        let mut counts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= self.rules.per_address {
            return Err(Full::Address);
        }
        *count += 1;
        Ok(Place { _all: all, counted: Some((self.by_address.clone(), address)) })
    }

    /// Tells somebody that there is no room, and hangs up.
    pub(super) fn refuse(&self, mut stream: TcpStream, why: Full) {
        let Ok(telling) = self.told.clone().try_acquire_owned() else { return };
        let status = match why {
            Full::Address => "429 Too Many Requests",
            Full::House => "503 Service Unavailable",
        };
        let answer = format!("HTTP/1.1 {status}\r\nretry-after: 10\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        tokio::spawn(async move {
            let _telling = telling;
            let told = async {
                stream.write_all(answer.as_bytes()).await?;
                stream.shutdown().await?;
                // Whoever closes before the other has stopped talking takes back what was said.
                let mut unread = [0_u8; 1024];
                while stream.read(&mut unread).await? > 0 {}
                io::Result::Ok(())
            };
            // Somebody who does not listen has no answer.
            let _ = tokio::time::timeout(TELLING, told).await;
        });
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((counts, address)) = &self.counted else { return };
        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(address);
            }
        }
    }
}

/// A stream that ends when the other side says nothing at first, or stops taking what it asked for.
pub(super) struct Patient {
    stream: TcpStream,
    longest: Duration,
    read: usize,
    opening: Option<Pin<Box<Sleep>>>,
    writing: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(super) fn new(stream: TcpStream, longest: Duration) -> Self {
        let opening = Some(Box::pin(tokio::time::sleep(longest)));
        Self { stream, longest, read: 0, opening, writing: None }
    }

    /// Hands on what became of a write, unless it has been waiting for too long.
    fn wait<T>(&mut self, progress: Poll<io::Result<T>>, context: &mut Context<'_>) -> Poll<io::Result<T>> {
        if progress.is_ready() {
            self.writing = None;
            return progress;
        }
        let longest = self.longest;
        let writing = self.writing.get_or_insert_with(|| Box::pin(tokio::time::sleep(longest)));
        ready!(writing.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let progress = Pin::new(&mut self.stream).poll_read(context, into);
        self.read = self.read.saturating_add(into.filled().len() - before);
        if self.read >= SHORTEST {
            self.opening = None;
        } else if let (Poll::Pending, Some(opening)) = (&progress, &mut self.opening) {
            ready!(opening.as_mut().poll(context));
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        progress
    }
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.wait(progress, context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let progress = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.wait(progress, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_flush(context);
        self.wait(progress, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let progress = Pin::new(&mut self.stream).poll_shutdown(context);
        self.wait(progress, context)
    }
}
