//! Everything that is logged, by all threads, at every level: through `tracing`, and through `log`,
//! which rustls, mio and actix-web use.

use std::io::{self, Write};
use std::sync::{Arc, LazyLock, Mutex};

use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

static CAPTURED: LazyLock<Capture> = LazyLock::new(|| {
    let capture = Capture::default();
    // The feature `tracing-log` makes `init` take the records of `log` as well.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(capture.clone())
        .finish()
        .init();
    capture
});

/// What is logged from [`Logs::start`] on. Scenarios run side by side, so it holds lines of others
/// as well: look for what only one of them can say.
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

#[derive(Clone, Default)]
struct Capture(Arc<Mutex<Vec<u8>>>);

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
