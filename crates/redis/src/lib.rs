//! FNCY Login on several instances: a [`SharedStore`] on Redis or Valkey.
//!
//! A session is in its browser's cookies, so each instance knows a user without asking another one. Three things don't
//! fit into a cookie: a refresh token is used once, an authorization code is redeemed once, and a sign-out (logout)
//! holds on every instance. One line adds them:
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
//! # What Redis keeps
//!
//! | what | for how long |
//! | --- | --- |
//! | the outcome of a refresh, sealed with the application's cookie secret | 90 seconds after a request has shown the new session; an hour if none does |
//! | the shown generations of a session | a day |
//! | the outcome of a sign-in, sealed in the same way | 2 seconds; the code stays spent for 10 minutes |
//! | ids of revoked sessions, hashes of the users whose sessions are revoked or who are read again | as long as their cookies can live |
//! | with `list_sessions`: the sessions of each user, sealed in the same way, under a keyed hash of the user's id | as long as the sessions live |
//!
//! Redis keeps no readable token and no name. All entries expire.
//!
//! # How an instance knows that a session was revoked
//!
//! Each instance reads the log of revocations once a second and answers requests from its own memory. A request waits
//! for Redis in two cases only: if the last reading is older than 4.5 seconds, or if the access token of its session has
//! expired. If Redis has lost its memory, or if a replica has taken over, the instances write into the log what it lacks.
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `tls` | `rediss://`, with the rustls provider that the application has |
//! | `tls-ring` | the same, for an application without a provider: turns on rustls' feature `ring` |
//! | `cluster` | Redis Cluster: several addresses, separated by commas |
//!
//! With `tls`, the provider is the one that the application installs, or that of rustls' feature `aws-lc-rs` or `ring`.
//! Servers such as axum-server turn one of them on. Without a provider, rustls panics when the first connection is opened:
//! "Could not automatically determine the process-level CryptoProvider".
//!
//! # While Redis is down
//!
//! The application starts without it. [`LoginBuilder::store`](fncy_login::LoginBuilder::store) says what users see. The
//! log has one warning a minute.
//!
//! `docs/scale.md` in the repository is for the operator: what one server carries, its settings, and each way to fail.
//!
//! [`SharedStore`]: fncy_login::store::SharedStore

mod hex;
mod keys;
mod leases;
mod log_entry;
mod redis_store;
mod redis_url;
mod reported;
mod revocation_list;
mod revocation_log;
mod script_client;
mod server;
mod session_lists;

pub use crate::redis_store::RedisStore;
pub use crate::redis_url::RedisUrlError;
