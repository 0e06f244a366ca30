//! What the server remembers about browsers: sessions, open pages and consent.

use std::collections::{HashMap, HashSet};

use axum::http::HeaderMap;

use crate::protocol::authorize_request::AuthorizeRequest;
use crate::sign_in::open_page::OpenPage;
use crate::sign_in::session_cookie::SessionCookie;
use crate::state::signed_in::SignedIn;
use crate::system::id_source::IdSource;

#[derive(Default)]
pub(crate) struct Browsers {
    /// The user of each session. Before the sign-in, a session has no user.
    sessions: HashMap<SessionCookie, Option<SignedIn>>,
    /// Each page by its token, with its session. A page whose form was sent has no session.
    pages: HashMap<String, (Option<SessionCookie>, OpenPage)>,
    /// User and scope token. A consent outlives its session, so that a developer gives it once.
    /// `prompt=consent` asks again.
    consents: HashSet<(String, String)>,
}

impl Browsers {
    /// Returns the session of a request, if this server knows it.
    pub(crate) fn session(&self, headers: &HeaderMap) -> Option<SessionCookie> {
        SessionCookie::all(headers).find(|session| self.sessions.contains_key(session))
    }

    /// Opens a session. Before the sign-in, it has no user.
    pub(crate) fn open(&mut self, ids: &IdSource, user: Option<SignedIn>) -> SessionCookie {
        let session = SessionCookie::new(ids.next("session"));
        self.sessions.insert(session.clone(), user);
        session
    }

    pub(crate) fn close(&mut self, session: &SessionCookie) {
        self.sessions.remove(session);
    }

    pub(crate) fn user(&self, session: &SessionCookie) -> Option<SignedIn> {
        self.sessions.get(session).cloned().flatten()
    }

    /// Adds a page of this session, and returns the page's token.
    pub(crate) fn add_page(
        &mut self,
        ids: &IdSource,
        session: &SessionCookie,
        page: OpenPage,
    ) -> String {
        let token = ids.next("page");
        self.pages
            .insert(token.clone(), (Some(session.clone()), page));
        token
    }

    pub(crate) fn page(&self, session: &SessionCookie, token: &str) -> Option<OpenPage> {
        let (owner, page) = self.pages.get(token)?;
        (owner.as_ref() == Some(session)).then(|| page.clone())
    }

    /// Returns a page of this session and uses up the page's token.
    pub(crate) fn take_page(&mut self, session: &SessionCookie, token: &str) -> Option<OpenPage> {
        let page = self.page(session, token)?;
        self.pages.insert(token.to_owned(), (None, page.clone()));
        Some(page)
    }

    /// Returns the request of a page of any session, used or not.
    pub(crate) fn request(&self, token: &str) -> Option<AuthorizeRequest> {
        let (_, page) = self.pages.get(token)?;
        Some(page.request.clone())
    }

    pub(crate) fn has_consented(&self, user: &str, scope: &[String]) -> bool {
        pairs(user, scope).all(|pair| self.consents.contains(&pair))
    }

    pub(crate) fn consent(&mut self, user: &str, scope: &[String]) {
        self.consents.extend(pairs(user, scope));
    }
}

fn pairs(user: &str, scope: &[String]) -> impl Iterator<Item = (String, String)> {
    scope
        .iter()
        .map(move |token| (user.to_owned(), token.clone()))
}
