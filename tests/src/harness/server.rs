//! A server of the toy application on a thread of its own.

use std::io;
use std::net::TcpListener;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::oneshot;

use crate::browser::{Backend, RawRequest, RawResponse, Socket};

/// A running server. Dropping it ends its thread.
struct Server {
    socket: Socket,
    _stop: oneshot::Sender<()>,
}

impl Backend for Server {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        self.socket.send(request)
    }
}

/// Starts a server for a listener.
pub(super) fn spawn<F: Future<Output = io::Result<()>>>(
    listener: TcpListener,
    serve: impl FnOnce(tokio::net::TcpListener) -> F + Send + 'static,
) -> Arc<dyn Backend> {
    let (stop, stopped) = oneshot::channel::<()>();
    let socket = Socket(listener.local_addr().unwrap());
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            tokio::select! {
                served = serve(listener) => served.unwrap(),
                _ = stopped => {}
            }
        });
    });
    Arc::new(Server {
        socket,
        _stop: stop,
    })
}
