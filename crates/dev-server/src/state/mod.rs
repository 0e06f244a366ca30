//! What all endpoints share: the provider with its codes and tokens.
//!
//! [`grants`] is the store. Each grant type has a file with the functions that change the store.

pub(crate) mod access_token;
pub(crate) mod authorization_code;
pub(crate) mod client_credentials;
pub(crate) mod environment;
pub(crate) mod grant;
pub(crate) mod grants;
pub(crate) mod provider;
pub(crate) mod refresh_token;
pub(crate) mod signed_in;
pub(crate) mod signing_keys;
