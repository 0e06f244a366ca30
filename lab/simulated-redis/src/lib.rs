//! The store of `crates/redis` over a simulated network, and a small Redis in memory that runs its scripts.
//!
//! Rules:
//! - The files of `crates/redis` are compiled as they are. Only `server.rs`, which opens connections, is replaced.
//! - The server has no clock. Each command comes with the time, so that a seed repeats a run.
//! - The server knows the commands of the scripts alone, in capital letters, and refuses all else.

mod commands;
mod interpreter;
mod keyspace;
mod link;
mod refusal;
mod server;
mod simulated_server;
mod sorted_set;

#[path = "../../../crates/redis/src"]
mod product {
    pub(crate) mod hex;
    pub(crate) mod keys;
    pub(crate) mod leases;
    pub(crate) mod log_entry;
    pub(crate) mod redis_store;
    pub(crate) mod redis_url;
    pub(crate) mod reported;
    pub(crate) mod revocation_list;
    pub(crate) mod revocation_log;
    pub(crate) mod script_client;
    pub(crate) mod session_lists;
}

use product::{
    hex, keys, leases, log_entry, redis_url, reported, revocation_list, revocation_log,
    script_client, session_lists,
};

pub use crate::link::{Link, LinkFuture, broken_connection};
pub use crate::product::redis_store::RedisStore;
pub use crate::product::redis_url::RedisUrlError;
pub use crate::refusal::server_error;
pub use crate::server::store;
pub use crate::simulated_server::{ServerState, SimulatedServer, Snapshot};
