//! The builder's hooks: where the application has a word to say.
//!
//! Rules: a hook over a session runs once for what it is about, and has what is left of the request's 15
//! seconds; one that fails lets nobody in. One that writes a page may be called for any request.

use std::sync::Arc;

use fncy_login_core::{OwnPage, Page};

use crate::config::builder::LoginBuilder;
use crate::request::approval::{Approval, NewLogin, RefreshedLogin, Refusal};
use fncy_login_core::Language;

impl LoginBuilder {
    /// Has a word to say over each sign-in: called once for each, with what FNCY says of the user,
    /// after the code was redeemed and before there is a session. It may add data to the session,
    /// or refuse with a message for the person; the tokens of whom it refuses are revoked. It has what is
    /// left of the request's 15 seconds, and runs in a task of its own: its future is `Send`, in actix-web
    /// too.
    ///
    /// ```
    /// # use fncy_login::{Approval, Login, NewLogin, Refusal};
    /// # #[derive(Clone)]
    /// # struct Db;
    /// # impl Db {
    /// #     async fn role_of(&self, _id: &str) -> Option<String> {
    /// #         None
    /// #     }
    /// # }
    /// # fn with(db: Db) {
    /// let builder = Login::builder().on_login(move |login: NewLogin| {
    ///     let db = db.clone();
    ///     async move {
    ///         match db.role_of(login.id()).await {
    ///             Some(role) => Ok(Approval::with_data(&role)?),
    ///             None => Err(Refusal::new("This site is for members of Our Example.")),
    ///         }
    ///     }
    /// });
    /// # }
    /// ```
    ///
    /// The hook is called again and again, so each call takes its own handle of the database. One that
    /// holds nothing can be an async closure:
    ///
    /// ```
    /// # use fncy_login::{Approval, Login, NewLogin, Refusal};
    /// let builder = Login::builder().on_login(async |login: NewLogin| {
    ///     let data: serde_json::Value = login.user_data()?;
    ///     match data["member"].as_bool() {
    ///         Some(true) => Ok(Approval::new()),
    ///         _ => Err(Refusal::new("This site is for members of Our Example.")),
    ///     }
    /// });
    /// ```
    pub fn on_login<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(NewLogin) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Approval, Refusal>> + Send + 'static,
    {
        self.on_login = Some(Arc::new(move |login| Box::pin(hook(login))));
        self
    }

    /// Has a word to say over each refresh: called once for each, with the new tokens, and with what
    /// FNCY says of the user if it was read again. It may replace the session's data, or refuse: the
    /// session ends then, its tokens are revoked, and the person is asked to sign in again. One that
    /// panics, takes too long or says [`Refusal::not_now`] is asked again, with the next request after five
    /// seconds.
    ///
    /// Nobody is shown the refusal's message after a refresh: the person is sent to sign in again. Whoever
    /// must stay out must be refused by [`LoginBuilder::on_login`] too, or they are back in at once.
    ///
    /// ```
    /// # use fncy_login::{Approval, Login, Refusal, RefreshedLogin};
    /// # async fn is_suspended(id: &str) -> bool { id.is_empty() }
    /// let builder = Login::builder().on_refresh(async |login: RefreshedLogin| {
    ///     if is_suspended(login.id()).await {
    ///         return Err(Refusal::new("Your account is suspended."));
    ///     }
    ///     Ok(Approval::new())
    /// });
    /// ```
    pub fn on_refresh<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(RefreshedLogin) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Approval, Refusal>> + Send + 'static,
    {
        self.on_refresh = Some(Arc::new(move |login| Box::pin(hook(login))));
        self
    }

    /// Writes the pages that people meet at a failed sign-in, at a sign-out and where they may not go, in
    /// place of ours: HTML, from what the [`Page`] says in the reader's language. Status, headers and what
    /// programs are answered stay as they are. Escape what the page says; its
    /// `Content-Security-Policy` allows styles, pictures and fonts of the application's own origin, and no
    /// script. Those who have no session see it: whatever it loads must be public. Should it panic, our page
    /// is shown.
    ///
    /// ```
    /// # use fncy_login::Login;
    /// # use fncy_login::pages::{Page, WayOn};
    /// # fn escape(text: &str) -> String { text.replace('<', "&lt;") }
    /// let builder = Login::builder().public_prefix("/assets").pages(|page: &Page| {
    ///     let way_on = match page.way_on() {
    ///         Some((WayOn::Go(href), label)) => format!("<a href=\"{}\">{label}</a>", escape(href)),
    ///         Some((WayOn::Post(path), label)) => {
    ///             format!("<form method=post action=\"{}\"><button>{label}</button></form>", escape(path))
    ///         }
    ///         _ => String::new(),
    ///     };
    ///     let code = page.code().map(|code| format!("<p>{code}</p>")).unwrap_or_default();
    ///     format!(
    ///         "<!doctype html><html lang={}><link rel=stylesheet href=/assets/site.css><h1>{}</h1><p>{}</p>{way_on}{code}",
    ///         page.language().tag(),
    ///         escape(page.title()),
    ///         escape(page.text()),
    ///     )
    /// });
    /// ```
    ///
    /// `escape` is what the application's templates escape with. `code` is what the log has too.
    pub fn pages(mut self, write: impl Fn(&Page) -> String + Send + Sync + 'static) -> Self {
        self.own_page = Some(OwnPage::new(write));
        self
    }

    /// Has all pages in one language, as befits a site that has but one. By default each reader sees
    /// English or Korean, by `Accept-Language`.
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }
}
