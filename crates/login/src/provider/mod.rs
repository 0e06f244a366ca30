//! FNCY as this process asks it: over HTTP, within deadlines and places.

pub(crate) mod check;
pub(crate) mod choices;
pub(crate) mod client_token;
pub(crate) mod client_token_error;
pub(crate) mod client_tokens;
pub(crate) mod connector;
pub(crate) mod http_client;
pub(crate) mod hyper_client;
pub(crate) mod places;
pub(crate) mod provider_client;
pub(crate) mod roots;
pub(crate) mod sender;
