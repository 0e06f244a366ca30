//! The routes: which handler answers which path.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::config::endpoint::Endpoint;
use crate::endpoints::authorize::authorize;
use crate::endpoints::control::{delete_faults, put_faults, requests, same_origin};
use crate::endpoints::front_page::front_page;
use crate::endpoints::introspect::introspect;
use crate::endpoints::jwks::jwks;
use crate::endpoints::revoke::revoke;
use crate::endpoints::token::token;
use crate::endpoints::user_data::user_data;
use crate::pages::error_page::not_found;
use crate::server::host::only_loopback;
use crate::server::observe::observe;
use crate::sign_in::flow::Flow;
use crate::sign_in::forms::{show, submit};
use crate::sign_in::sign_out::sign_out;
use crate::state::provider::Provider;

pub(crate) fn routes(provider: Arc<Provider>) -> Router {
    let browser = Router::new()
        .route("/", get(front_page))
        .route("/sign-in", get(show).post(submit))
        .route("/consent", get(show).post(submit))
        .route("/sign-out", get(sign_out))
        .merge(observed(&provider, Endpoint::Authorize, get(authorize)))
        .with_state(Arc::new(Flow::new(Arc::clone(&provider))));
    let control = Router::new()
        .route("/_dev/faults/{endpoint}", put(put_faults))
        .route("/_dev/faults", delete(delete_faults))
        .route("/_dev/requests", get(requests))
        .layer(from_fn_with_state(Arc::clone(&provider), same_origin));
    Router::new()
        .merge(observed(&provider, Endpoint::Token, post(token)))
        .merge(observed(&provider, Endpoint::UserData, get(user_data)))
        .merge(observed(&provider, Endpoint::Revoke, post(revoke)))
        .merge(observed(&provider, Endpoint::Introspect, post(introspect)))
        .merge(observed(&provider, Endpoint::Jwks, get(jwks)))
        .merge(control)
        .with_state(Arc::clone(&provider))
        .merge(browser)
        .fallback(not_found)
        .layer(from_fn_with_state(provider, only_loopback))
}

/// The route of an endpoint that records its requests and takes faults.
fn observed<S: Clone + Send + Sync + 'static>(
    provider: &Arc<Provider>,
    endpoint: Endpoint,
    route: MethodRouter<S>,
) -> Router<S> {
    let state = (Arc::clone(provider), endpoint);
    let route = route.layer(from_fn_with_state(state, observe));
    Router::new().route(endpoint.path(), route)
}
