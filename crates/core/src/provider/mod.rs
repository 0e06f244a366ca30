//! The provider, from our side: its addresses, the requests to it, and the meaning of its answers.

pub(crate) mod answer;
pub(crate) mod auth_time;
pub(crate) mod authorize;
pub(crate) mod callback;
pub(crate) mod client_token;
pub(crate) mod complaint;
pub(crate) mod exchange;
pub(crate) mod scope;
pub(crate) mod settings;
pub(crate) mod sign_in_options;
pub(crate) mod token_answer;
pub(crate) mod tokens;
pub(crate) mod user_data;
