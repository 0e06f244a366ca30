//! Requests to FNCY: over HTTP, with deadlines and a limited number of places.

pub(crate) mod api_client;
pub(crate) mod api_error;
pub(crate) mod choices;
pub(crate) mod client_credentials;
pub(crate) mod connector;
pub(crate) mod exchanges;
pub(crate) mod http_client;
pub(crate) mod hyper_client;
pub(crate) mod last_check;
pub(crate) mod places;
pub(crate) mod provider_client;
pub(crate) mod sender;
