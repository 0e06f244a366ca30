//! What the server remembers about browsers: sessions, open pages, and consent.

use std::collections::{HashMap, HashSet};

use super::{Page, SessionCookie};
use crate::authorize::AuthorizeRequest;
use crate::id_source::IdSource;

#[derive(Default)]
pub(crate) struct Browser {
    /// The user of each session; `None` before signing in.
    sessions: HashMap<SessionCookie, Option<String>>,
    /// Each page with the session that it was made for; `None` once its form was sent.
    pages: HashMap<String, (Option<SessionCookie>, Page)>,
    /// User and scope token. For the process rather than the session, so that a developer is asked
    /// once; `prompt=consent` asks again.
    consents: HashSet<(String, String)>,
}

impl Browser {
    pub(crate) fn open(&mut self, ids: &IdSource) -> SessionCookie {
        self.add_session(ids, None)
    }

    pub(crate) fn knows(&self, session: &SessionCookie) -> bool {
        self.sessions.contains_key(session)
    }

    pub(crate) fn user(&self, session: &SessionCookie) -> Option<String> {
        self.sessions.get(session).cloned().flatten()
    }

    pub(super) fn sign_in(
        &mut self,
        ids: &IdSource,
        session: &SessionCookie,
        user: String,
    ) -> SessionCookie {
        self.close(session);
        self.add_session(ids, Some(user))
    }

    pub(super) fn close(&mut self, session: &SessionCookie) {
        self.sessions.remove(session);
    }

    pub(super) fn add_page(
        &mut self,
        ids: &IdSource,
        session: &SessionCookie,
        page: Page,
    ) -> String {
        let token = ids.next("page");
        self.pages
            .insert(token.clone(), (Some(session.clone()), page));
        token
    }

    pub(super) fn page(&self, session: &SessionCookie, token: &str) -> Option<Page> {
        let (owner, page) = self.pages.get(token)?;
        (owner.as_ref() == Some(session)).then(|| page.clone())
    }

    /// The request of a page, whichever session the page was made for, and whether it was used or not.
    pub(super) fn request(&self, token: &str) -> Option<AuthorizeRequest> {
        let (_, page) = self.pages.get(token)?;
        Some(page.request.clone())
    }

    pub(super) fn take_page(&mut self, session: &SessionCookie, token: &str) -> Option<Page> {
        let page = self.page(session, token)?;
        self.pages.insert(token.to_owned(), (None, page.clone()));
        Some(page)
    }

    pub(super) fn has_consented(&self, user: &str, scope: &[String]) -> bool {
        scope
            .iter()
            .all(|token| self.consents.contains(&(user.to_owned(), token.clone())))
    }

    pub(super) fn consent(&mut self, user: &str, scope: &[String]) {
        self.consents
            .extend(scope.iter().map(|token| (user.to_owned(), token.clone())));
    }

    fn add_session(&mut self, ids: &IdSource, user: Option<String>) -> SessionCookie {
        let session = SessionCookie::new(ids.next("session"));
        self.sessions.insert(session.clone(), user);
        session
    }
}
