//! A proxy on loopback, which connects to its targets in turns.
//!
//! It passes bytes on at once or slowly, and can lose all answers on its current connections.

use std::future::pending;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// The target of a connection.
#[derive(Clone, Debug)]
pub enum Target {
    /// An address.
    Tcp(SocketAddr),
    /// A Unix socket.
    Unix(PathBuf),
}

/// A running proxy. When it is dropped, it stops and closes its connections.
#[derive(Debug)]
pub struct Proxy {
    /// The address that it listens on.
    pub address: SocketAddr,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    /// The first target is the next one.
    targets: Mutex<Vec<Target>>,
    /// The delay before each byte.
    delay: watch::Sender<Duration>,
    /// Connections that were made before the last of these get no answer.
    silences: watch::Sender<u32>,
    /// Ends the connections when the proxy is dropped.
    open: watch::Sender<()>,
}

trait Stream: AsyncRead + AsyncWrite + Send {}
impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

impl Proxy {
    /// A proxy to these targets in turns.
    pub async fn to(targets: Vec<Target>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let shared = Arc::new(Shared {
            targets: Mutex::new(targets),
            delay: watch::Sender::new(Duration::ZERO),
            silences: watch::Sender::new(0),
            open: watch::Sender::new(()),
        });
        let address = listener.local_addr().unwrap();
        let listening = tokio::spawn(listen(listener, Arc::downgrade(&shared)));
        Self {
            address,
            shared,
            listening,
        }
    }

    /// Sends new connections to this target.
    pub fn lead_to(&self, target: Target) {
        *self.shared.targets.lock().unwrap() = vec![target];
    }

    /// Delays each byte by this time after the byte before.
    pub fn delay_bytes(&self, delay: Duration) {
        self.shared.delay.send_replace(delay);
    }

    /// Drops all answers on the current connections. They stay open, and requests still arrive.
    pub fn fall_silent(&self) {
        self.shared.silences.send_modify(|silences| *silences += 1);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn listen(listener: TcpListener, shared: std::sync::Weak<Shared>) {
    while let Ok((near, _)) = listener.accept().await {
        let Some(shared) = shared.upgrade() else {
            return;
        };
        tokio::spawn(async move {
            let mut open = shared.open.subscribe();
            let Some(far) = shared.connect().await else {
                return;
            };
            let (near_read, near_write) = near.into_split();
            let (far_read, far_write) = tokio::io::split(far);
            let (delay, mut silences) = (shared.delay.subscribe(), shared.silences.subscribe());
            drop(shared);
            let silence = async move { drop(silences.changed().await) };
            tokio::select! {
                () = pass(near_read, far_write, delay.clone(), pending()) => {}
                () = pass(far_read, near_write, delay, silence) => {}
                _ = open.changed() => {}
            }
        });
    }
}

impl Shared {
    async fn connect(&self) -> Option<Pin<Box<dyn Stream>>> {
        let target = {
            let mut targets = self.targets.lock().unwrap();
            targets.rotate_left(1);
            targets.last()?.clone()
        };
        Some(match target {
            Target::Tcp(address) => Box::pin(TcpStream::connect(address).await.ok()?),
            Target::Unix(path) => Box::pin(UnixStream::connect(path).await.ok()?),
        })
    }
}

/// Passes bytes on until one side closes. After a silence it drops them.
async fn pass(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    delay: watch::Receiver<Duration>,
    silence: impl Future<Output = ()>,
) {
    tokio::pin!(silence);
    let mut bytes = vec![0; 16 * 1024];
    loop {
        let count = tokio::select! {
            count = from.read(&mut bytes) => count.unwrap_or(0),
            () = &mut silence => pending().await,
        };
        if count == 0 {
            return;
        }
        let step = if delay.borrow().is_zero() { count } else { 1 };
        for part in bytes[..count].chunks(step) {
            let delay = *delay.borrow();
            if !delay.is_zero() {
                sleep(delay).await;
            }
            if to.write_all(part).await.is_err() {
                return;
            }
        }
    }
}
