//! Which path is whose.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};

use crate::authorize::authorize;
use crate::browser::{consent, sign_in, sign_out};
use crate::control::{delete_faults, put_faults, requests, same_origin};
use crate::endpoint::Endpoint;
use crate::host::only_loopback;
use crate::observe::observe;
use crate::pages;
use crate::provider::Provider;
use crate::revoke::revoke;
use crate::token::token;
use crate::user_data::user_data;

pub(crate) fn routes(provider: Arc<Provider>) -> Router {
    let observed = |endpoint: Endpoint, route: MethodRouter<Arc<Provider>>| {
        route.layer(from_fn_with_state(
            (Arc::clone(&provider), endpoint),
            observe,
        ))
    };
    let control = Router::new()
        .route("/_dev/faults/{endpoint}", put(put_faults))
        .route("/_dev/faults", delete(delete_faults))
        .route("/_dev/requests", get(requests))
        .layer(from_fn_with_state(Arc::clone(&provider), same_origin));
    Router::new()
        .route(
            Endpoint::Authorize.path(),
            observed(Endpoint::Authorize, get(authorize)),
        )
        .route(
            Endpoint::Token.path(),
            observed(Endpoint::Token, post(token)),
        )
        .route(
            Endpoint::UserData.path(),
            observed(Endpoint::UserData, get(user_data)),
        )
        .route(
            Endpoint::Revoke.path(),
            observed(Endpoint::Revoke, post(revoke)),
        )
        .route("/", get(pages::landing::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::submit))
        .route("/consent", get(consent::show).post(consent::submit))
        .route("/sign-out", get(sign_out::sign_out))
        .merge(control)
        .fallback(pages::error::not_found)
        .layer(from_fn_with_state(Arc::clone(&provider), only_loopback))
        .with_state(provider)
}
