//! The flow of an authorization request through sign-in and consent.
//!
//! * A page's token is accepted once, and only from the session of the page. So another site can
//!   neither submit a form for the user nor plant a form of its own session (CSRF).
//! * A sign-in replaces the session ID (OWASP ASVS 3.2.1).
//! * The button of the signed-in user continues the session with its `auth_time`, unless the request
//!   needs a new sign-in (`prompt=login`, `max_age`).
//! * The response to a form is a 303, so that the back button never submits the form twice.

use std::sync::{Arc, Mutex};

use axum::response::Response;

use crate::protocol::authorize_request::AuthorizeRequest;
use crate::protocol::refusal::Refusal;
use crate::protocol::response::see_other;
use crate::sign_in::authorization_response::{code_url, error_url};
use crate::sign_in::browsers::Browsers;
use crate::sign_in::next_step::{NextStep, Situation, next_step};
use crate::sign_in::open_page::{OpenPage, PageKind};
use crate::sign_in::session_cookie::SessionCookie;
use crate::state::provider::Provider;
use crate::system::lock::lock;

/// What the endpoints for browsers share.
pub(crate) struct Flow {
    pub(crate) provider: Arc<Provider>,
    pub(crate) browsers: Mutex<Browsers>,
}

/// How far a request has come.
pub(crate) enum Outcome {
    /// The user has to submit this page.
    Page { token: String, page: Box<OpenPage> },
    /// The browser returns to the application, with this URL.
    Return(String),
}

impl Outcome {
    /// The response to a form: a redirect to the next page's own address or to the application.
    pub(crate) fn redirect(&self) -> Response {
        match self {
            Self::Page { token, page } => see_other(&page.address(token)),
            Self::Return(url) => see_other(url),
        }
    }
}

impl Flow {
    pub(crate) fn new(provider: Arc<Provider>) -> Self {
        Self {
            provider,
            browsers: Mutex::default(),
        }
    }

    /// Takes a request as far as possible without the user. `has_chosen` tells that the user has
    /// submitted the sign-in form of this request.
    pub(crate) fn advance(
        &self,
        session: &SessionCookie,
        request: AuthorizeRequest,
        has_chosen: bool,
    ) -> Outcome {
        let settings = &self.provider.settings;
        let situation = {
            let browsers = lock(&self.browsers);
            let user = browsers.user(session);
            let id = user.as_ref().map(|user| user.user.as_str());
            let scope = settings.granted_scope(id.unwrap_or_default(), &request.scope);
            let hint = request.options.login_hint.as_deref();
            let expected = hint.and_then(|hint| settings.hinted_user(hint));
            Situation {
                now: settings.clock.unix_seconds(),
                has_chosen,
                is_other_expected: expected.is_some_and(|expected| Some(&*expected.id) != id),
                can_grant: !scope.is_empty(),
                has_consented: id.is_some_and(|id| browsers.has_consented(id, &scope)),
                user,
            }
        };
        match next_step(&request.options, situation) {
            NextStep::Show(kind) => self.show(session, request, kind),
            NextStep::Grant { user } => Outcome::Return(code_url(&self.provider, &request, user)),
            NextStep::Refuse(refusal) => self.refuse(&request, &refusal),
        }
    }

    pub(crate) fn show(
        &self,
        session: &SessionCookie,
        request: AuthorizeRequest,
        kind: PageKind,
    ) -> Outcome {
        let page = OpenPage { kind, request };
        let token = lock(&self.browsers).add_page(&self.provider.ids, session, page.clone());
        Outcome::Page {
            token,
            page: Box::new(page),
        }
    }

    pub(crate) fn refuse(&self, request: &AuthorizeRequest, refusal: &Refusal) -> Outcome {
        Outcome::Return(error_url(&self.provider.settings, &request.client, refusal))
    }
}
