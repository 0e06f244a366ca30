//! The whole log, of all threads and at every level: through `tracing`, and through `log`, which rustls, mio and
//! actix-web use.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing::Subscriber;
use tracing::subscriber::{DefaultGuard, set_default};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

static CAPTURED: LazyLock<Capture> = LazyLock::new(|| {
    let capture = Capture::default();
    // If the text grew while a test counts allocations, they would be more by one.
    capture.0.lock().unwrap().reserve(16 << 20);
    // With the feature `tracing-log`, `init` receives the records of `log` too.
    capture.subscriber().init();
    capture
});

/// The log since [`Logs::start`].
///
/// Scenarios run side by side, so it has lines of others too. Search for a line that only one of them can write.
pub struct Logs {
    from: usize,
}

impl Logs {
    /// Begins to listen.
    pub fn start() -> Self {
        Self {
            from: CAPTURED.0.lock().unwrap().len(),
        }
    }

    /// The text so far.
    pub fn text(&self) -> String {
        let bytes = CAPTURED.0.lock().unwrap();
        String::from_utf8_lossy(&bytes[self.from..]).into_owned()
    }
}

/// The log of this thread while the value lives, for tests that run on one thread.
pub struct ThreadLogs {
    capture: Capture,
    _default: DefaultGuard,
}

impl ThreadLogs {
    /// Begins to listen.
    pub fn start() -> Self {
        let capture = Capture::default();
        let _default = set_default(capture.subscriber());
        Self { capture, _default }
    }

    /// The lines so far that contain this text.
    pub fn with(&self, text: &str) -> Vec<String> {
        let bytes = self.capture.0.lock().unwrap();
        let all = String::from_utf8_lossy(&bytes);
        let lines = all.lines().filter(|line| line.contains(text));
        lines.map(str::to_owned).collect()
    }
}

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    fn subscriber(&self) -> impl Subscriber + Send + Sync + 'static {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(self.clone())
            .finish()
    }
}

impl Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Capture {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
