//! A token endpoint that answers what no HTTP server would: any bytes that a scenario writes, and then silence, a reset,
//! or no end.
//!
//! It keeps the requests, and counts connections, the bytes that were read of an answer, and how long clients stayed.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::WriteHalf;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};

/// How every connection is answered, once its request has been read.
#[derive(Clone, Debug)]
pub struct Wire {
    bytes: Vec<u8>,
    then: Then,
}

#[derive(Clone, Debug)]
enum Then {
    Close,
    Reset,
    Silence,
    /// These, one a second, again and again.
    Drip(&'static [u8]),
    /// These, as fast as they are taken, again and again up to a gigabyte.
    Flood(Vec<u8>),
}

/// What an endless answer comes to an end at.
const GIGABYTE: usize = 1 << 30;

impl Wire {
    /// These bytes, and the end of the connection.
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            bytes: bytes.as_ref().to_vec(),
            then: Then::Close,
        }
    }

    /// A reset connection, after these bytes.
    #[must_use]
    pub fn then_reset(self) -> Self {
        self.then(Then::Reset)
    }

    /// No more bytes, on a connection that stays.
    #[must_use]
    pub fn then_silence(self) -> Self {
        self.then(Then::Silence)
    }

    /// One of these bytes a second, for ever.
    #[must_use]
    pub fn then_drip(self, bytes: &'static [u8]) -> Self {
        self.then(Then::Drip(bytes))
    }

    /// As many of these as are taken, up to a gigabyte.
    #[must_use]
    pub fn then_flood(self, block: Vec<u8>) -> Self {
        self.then(Then::Flood(block))
    }

    fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// The endpoint. Clones are the same; it ends with the runtime that started it.
#[derive(Clone)]
pub struct WireProvider(Arc<Inner>);

struct Inner {
    url: String,
    /// Keeps the port without a listener.
    idle: Mutex<Option<TcpSocket>>,
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    taken: AtomicUsize,
    leaving: UnboundedSender<Duration>,
    left: tokio::sync::Mutex<UnboundedReceiver<Duration>>,
}

impl WireProvider {
    /// An endpoint that answers like this.
    pub fn start(wire: Wire) -> Self {
        let provider = Self::refuse();
        provider.listen(wire);
        provider
    }

    /// An endpoint that refuses connections.
    pub fn refuse() -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = socket.local_addr().unwrap();
        Self::new(format!("http://{address}/token"), Some(socket))
    }

    /// An endpoint whose host has no address: no name has a label as long as this.
    pub fn nowhere() -> Self {
        Self::new(format!("https://{}.example/token", "x".repeat(64)), None)
    }

    fn new(url: String, idle: Option<TcpSocket>) -> Self {
        let (leaving, left) = unbounded_channel();
        Self(Arc::new(Inner {
            url,
            idle: Mutex::new(idle),
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            taken: AtomicUsize::new(0),
            leaving,
            left: left.into(),
        }))
    }

    /// From now on one that refused connections answers like this.
    pub fn listen(&self, wire: Wire) {
        let socket = self.0.idle.lock().unwrap().take();
        let listener = socket.expect("nobody listens yet").listen(64).unwrap();
        let served = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                served.0.connections.fetch_add(1, Ordering::SeqCst);
                let (served, wire) = (served.clone(), wire.clone());
                // A client that has enough leaves, which ends the answer with an error.
                tokio::spawn(async move { served.answer(stream, wire).await });
            }
        });
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// How many connections were made to it.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }

    /// Whether anybody listens.
    pub fn is_there(&self) -> bool {
        let is_idle = self.0.idle.lock().unwrap().is_some();
        !is_idle && self.0.url.starts_with("http:")
    }

    /// All requests, as they came.
    pub fn requests(&self) -> Vec<String> {
        self.0.requests.lock().unwrap().clone()
    }

    /// The bodies of all requests.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        let requests = self.requests().into_iter();
        let bodies = requests.filter_map(|request| Some(request.split_once("\r\n\r\n")?.1.into()));
        bodies.collect()
    }

    /// How long the next client waits that leaves before its answer is over.
    pub async fn left(&self) -> Duration {
        let wait = self.0.left.lock().await.recv().await;
        wait.expect("this endpoint tells")
    }

    /// How many bytes of floods were taken from it.
    pub fn taken(&self) -> usize {
        self.0.taken.load(Ordering::SeqCst)
    }

    async fn answer(&self, mut stream: TcpStream, wire: Wire) -> io::Result<()> {
        let request = read_request(&mut stream).await?;
        self.0.requests.lock().unwrap().push(request);
        let began = Instant::now();
        let (mut reader, writer) = stream.split();
        tokio::select! {
            written = self.write(writer, &wire) => written?,
            // This endpoint is alive, and so is who listens.
            _ = reader.read_u8() => self.0.leaving.send(began.elapsed()).unwrap(),
        }
        match wire.then {
            Then::Reset => stream.set_zero_linger(),
            _ => Ok(()),
        }
    }

    async fn write(&self, mut writer: WriteHalf<'_>, wire: &Wire) -> io::Result<()> {
        writer.write_all(&wire.bytes).await?;
        match &wire.then {
            Then::Close | Then::Reset => {}
            Then::Silence => std::future::pending().await,
            Then::Drip(bytes) => {
                for byte in bytes.iter().cycle() {
                    writer.write_all(&[*byte]).await?;
                    sleep(Duration::from_secs(1)).await;
                }
            }
            Then::Flood(block) => {
                while self.taken() < GIGABYTE {
                    writer.write_all(block).await?;
                    self.0.taken.fetch_add(block.len(), Ordering::SeqCst);
                }
            }
        }
        Ok(())
    }
}

/// A request that says how long it is.
async fn read_request(stream: &mut TcpStream) -> io::Result<String> {
    let mut request = Vec::new();
    while !is_whole(&String::from_utf8_lossy(&request)) {
        if stream.read_buf(&mut request).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(String::from_utf8_lossy(&request).into_owned())
}

fn is_whole(request: &str) -> bool {
    let Some((head, body)) = request.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        let is_length = name.eq_ignore_ascii_case("content-length");
        is_length.then(|| value.parse().ok())?
    });
    length.is_some_and(|length: usize| body.len() >= length)
}
