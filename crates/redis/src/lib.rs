//! FNCY Login on several instances: the [`SharedStore`] on Redis or Valkey.
//!
//! A session is in its browser's cookies, so that instances need nothing in common to know a user. Three
//! things don't fit into a cookie: that a refresh token is used once, that a code is redeemed once, and
//! that a sign-out holds everywhere. One line adds them:
//!
//! ```no_run
//! use fncy_login::Login;
//! use fncy_login_redis::RedisStore;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let login = Login::builder()
//!     .env()
//!     .store(RedisStore::from_env()?) // FNCY_REDIS_URL
//!     .build()?;
//! # Ok(())
//! # }
//! ```
//!
//! # What is in the store
//!
//! Outcomes that are sealed with the application's cookie secret, hashes of tokens, ids of sessions that
//! were ended, and hashes of users whose sessions were. No token and no name can be read there. All of it
//! goes by itself: what a refresh left after an hour, or a minute after a browser has shown the new
//! session; which generation of a session was shown, after a day; what was ended when no cookie could live any more.
//!
//! # How sessions are checked
//!
//! Each instance reads the log of ended sessions once a second, and answers requests from its own memory:
//! no request waits for the store while the log was read within the last five seconds. Whether a cookie is one from
//! before a refresh is asked where its access token has expired. A store that
//! has lost its memory, or has taken over and lacks the last of it, is told by the instances what they know.
//!
//! # TLS
//!
//! `rediss://` needs a feature. `tls` takes the rustls provider that the application has: the one that it installs, or
//! the one of rustls' features `aws-lc-rs` and `ring` that is on. Servers such as axum-server turn one on. Where the
//! application has no provider, take `tls-ring`, which turns `ring` on. With neither, rustls panics when the first
//! connection is opened: "Could not automatically determine the process-level CryptoProvider".
//!
//! # While the store is down
//!
//! Nothing is guessed; [`LoginBuilder::store`](fncy_login::LoginBuilder::store) says what becomes of
//! requests. The application starts without it. The log has one warning a minute.
//!
//! `docs/scale.md` in the repository has what an operator must know: what one server carries, its settings,
//! and what becomes of everything that can fail.
//!
//! [`SharedStore`]: fncy_login::store::SharedStore

mod ended;
mod follower;
mod names;
mod redis_store;
mod server;
mod shown;
mod store;
mod works;

pub use crate::redis_store::{RedisStore, RedisUrlError};
