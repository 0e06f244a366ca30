//! A token endpoint that answers with any bytes of a scenario, and then with silence, a reset or an endless body.
//!
//! It keeps the requests. It counts connections and the bytes that clients read, and measures how long they stay.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::WriteHalf;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep};

/// The answer to each request.
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
    /// Repeats these bytes, one a second.
    Drip(&'static [u8]),
    /// Repeats these bytes as fast as the client reads, up to a gigabyte.
    Flood(Vec<u8>),
}

/// The length at which an endless answer stops.
const GIGABYTE: usize = 1 << 30;

impl Wire {
    /// These bytes, then the end of the connection.
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self {
            bytes: bytes.as_ref().to_vec(),
            then: Then::Close,
        }
    }

    /// These bytes, then a reset.
    #[must_use]
    pub fn then_reset(self) -> Self {
        self.then(Then::Reset)
    }

    /// These bytes, then silence on an open connection.
    #[must_use]
    pub fn then_silence(self) -> Self {
        self.then(Then::Silence)
    }

    /// Repeats these bytes for ever, one a second.
    #[must_use]
    pub fn then_drip(self, bytes: &'static [u8]) -> Self {
        self.then(Then::Drip(bytes))
    }

    /// Repeats these bytes as fast as the client reads, up to a gigabyte.
    #[must_use]
    pub fn then_flood(self, block: Vec<u8>) -> Self {
        self.then(Then::Flood(block))
    }

    fn then(self, then: Then) -> Self {
        Self { then, ..self }
    }
}

/// The endpoint. Clones share it. It stops with the runtime that started it.
#[derive(Clone)]
pub struct WireProvider(Arc<Inner>);

struct Inner {
    url: String,
    /// Reserves the port without a listener.
    idle: Mutex<Option<TcpSocket>>,
    requests: Mutex<Vec<String>>,
    connections: AtomicUsize,
    taken: AtomicUsize,
    leaving: UnboundedSender<Duration>,
    left: tokio::sync::Mutex<UnboundedReceiver<Duration>>,
}

impl WireProvider {
    /// An endpoint with this answer.
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

    /// An endpoint whose host has no address, since its label is too long for a name.
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

    /// Lets an endpoint that refused connections answer like this.
    pub fn listen(&self, wire: Wire) {
        let socket = self.0.idle.lock().unwrap().take();
        let listener = socket.expect("nobody listens yet").listen(64).unwrap();
        let served = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                served.0.connections.fetch_add(1, Ordering::SeqCst);
                let (served, wire) = (served.clone(), wire.clone());
                // A client may close the connection early, which is an error here.
                tokio::spawn(async move { served.answer(stream, wire).await });
            }
        });
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// The number of connections.
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::SeqCst)
    }

    /// Whether it accepts connections.
    pub fn is_there(&self) -> bool {
        let is_idle = self.0.idle.lock().unwrap().is_some();
        !is_idle && self.0.url.starts_with("http:")
    }

    /// All requests, byte for byte.
    pub fn requests(&self) -> Vec<String> {
        self.0.requests.lock().unwrap().clone()
    }

    /// The bodies of all requests.
    pub fn bodies(&self) -> Vec<Vec<u8>> {
        let requests = self.requests().into_iter();
        let bodies = requests.filter_map(|request| Some(request.split_once("\r\n\r\n")?.1.into()));
        bodies.collect()
    }

    /// How long the next client stays that leaves before the answer ends.
    pub async fn left(&self) -> Duration {
        let wait = self.0.left.lock().await.recv().await;
        wait.expect("this endpoint tells")
    }

    /// The number of bytes that clients read of floods.
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
            // This endpoint is alive, so the receiver is too.
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

/// Reads a request with a `Content-Length`.
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
