// Here, the links of README.md lead to the pages of this version.
//! [Several instances]: fncy_login::manual::concepts::instances
#![doc = include_str!("../README.md")]
//! ## Why a store
//!
//! A session is in its browser's cookies, so each instance knows a user without asking another one. Three things don't
//! fit into a cookie: the one use of a refresh token, the one use of an authorization code, and a sign-out on every
//! instance. [`RedisStore`] keeps them, as a [`SharedStore`](fncy_login::store::SharedStore).
//!
//! ## What Redis keeps
//!
//! | what | for how long |
//! | --- | --- |
//! | the outcome of a refresh, sealed with the application's cookie secret | 90 seconds after a request has shown the new session; otherwise an hour |
//! | which cookie of a session is the newest that a request has shown | a day |
//! | the outcome of a sign-in, sealed in the same way | 2 seconds; the code stays spent for 10 minutes |
//! | ids of revoked sessions, hashes of the users whose sessions are revoked or whose user data must be read again | as long as their cookies can live |
//! | with `list_sessions`: the sessions of each user, sealed in the same way, under a keyed hash of the user's id | as long as the sessions live |
//!
//! The *outcome* of a refresh or a sign-in is its result: the new cookies, or a refusal. A request has *shown* a session
//! when it came with that session's cookie; the instance then *confirms* it in Redis.
//!
//! Redis keeps no readable token and no name. All entries expire.
//!
//! ## How an instance knows that a session was revoked
//!
//! Each instance reads the log of revocations once a second and answers requests from its own memory. A request waits
//! for Redis in two cases only: if the last reading is older than 4.5 seconds, or if the access token of its session
//! has expired. If Redis has lost its memory, or if a replica has taken over, the instances write the missing entries
//! into the log.
//!
//! ## While Redis is down
//!
//! The application starts without Redis. [`LoginBuilder::store`](fncy_login::LoginBuilder::store) says what users see.
//! The log has one warning a minute.
//!
//! [The page for operators] describes each kind of failure.
#![cfg_attr(docsrs, feature(doc_cfg))]

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
