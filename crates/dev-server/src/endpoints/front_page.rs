//! `GET /`: the front page for developers.

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::config::endpoint::Endpoint;
use crate::pages::front_page::show;
use crate::sign_in::flow::Flow;
use crate::state::environment::env_file;
use crate::system::lock::lock;

pub(crate) async fn front_page(State(flow): State<Arc<Flow>>, headers: HeaderMap) -> Response {
    let provider = &flow.provider;
    let user = {
        let browsers = lock(&flow.browsers);
        let session = browsers.session(&headers);
        session.and_then(|session| browsers.user(&session))
    };
    let user = user.and_then(|user| provider.settings.user(&user.user));
    let requests =
        Endpoint::ALL.map(|endpoint| (endpoint.path(), provider.recorder.total(endpoint)));
    show(
        &provider.settings,
        &provider.base_url,
        &env_file(provider),
        &requests,
        user,
    )
}
