//! The builder's hooks: functions of the application that the login calls, and its own HTTP client.
//!
//! Rules:
//! - A hook over a session runs once for a sign-in or refresh, and has the rest of the request's 15 seconds. If it
//!   fails, the user is not let in.
//! - No request waits for `on_event`.
//! - A hook that writes a page may be called for any request, and one that writes headers for each request to FNCY.

use std::sync::Arc;

use fncy_login_core::{OwnPage, Page};
use http::HeaderMap;

use crate::config::builder::LoginBuilder;
use crate::handle::client_address::RequestHeaders;
use crate::hooks::approval::{Approval, NewLogin, RefreshedLogin, Refusal};
use crate::hooks::login_event::LoginEvent;
use crate::provider::http_client::HttpClient;

use fncy_login_core::Language;

impl LoginBuilder {
    /// Keeps a list of each user's sessions, for [`Login::sessions_of`](crate::Login::sessions_of).
    ///
    /// `label` reads a label from the headers of the session's request, such as the browser's name from `User-Agent`. It
    /// is called for a request that may begin, refresh or keep alive a session. A label is cut to 100 characters. For a
    /// list without labels, pass `|_| None`.
    ///
    /// The list is off by default, since it keeps when and where a user was last seen. It is sealed and in the
    /// [store](Self::store). No request waits for it.
    ///
    /// ```
    /// # use fncy_login::Login;
    /// let builder = Login::builder().list_sessions(|headers| {
    ///     let browser = headers.last("user-agent")?;
    ///     let names = ["Firefox", "Edg", "Chrome", "Safari"];
    ///     names.into_iter().find(|name| browser.contains(name)).map(str::to_owned)
    /// });
    /// ```
    #[doc(alias("devices", "active sessions"))]
    pub fn list_sessions(
        mut self,
        label: impl Fn(&RequestHeaders<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.session_label = Some(Arc::new(label));
        self
    }

    /// A hook that accepts or refuses each sign-in.
    ///
    /// The login calls it once for each sign-in, with FNCY's user data, after the code is redeemed and before there is a
    /// session. The hook may add data to the session. It may refuse with a message for the person; the login then revokes
    /// the tokens. It has the rest of the request's 15 seconds, and runs in a task of its own: its future is `Send`, in
    /// actix-web too.
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
    /// The hook is called many times, so each call clones a handle of the database. A hook without a handle can be an
    /// async closure:
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
    #[doc(alias("hook", "callback", "registration", "allowlist", "block user"))]
    pub fn on_login<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(NewLogin) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Approval, Refusal>> + Send + 'static,
    {
        self.on_login = Some(Arc::new(move |login| Box::pin(hook(login))));
        self
    }

    /// A hook that accepts or refuses each refresh.
    ///
    /// The login calls it once for each refresh, with the new tokens, and with FNCY's user data if they were read again. The
    /// hook may replace the session's data. It may refuse: the session then ends, its tokens are revoked, and the person is
    /// sent to sign in. A hook that panics, takes too long or returns [`Refusal::not_now`] is called again by the next
    /// request after five seconds.
    ///
    /// The message of a refusal is not shown after a refresh. To keep a user out, refuse them in
    /// [`on_login`](Self::on_login) too: otherwise the next sign-in lets them in again.
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

    /// A hook that is told of sign-ins, refreshes, refusals and sign-outs, for an audit log.
    ///
    /// It decides nothing, and no request waits for it. One task calls it, for one event after the other, and gives it 15
    /// seconds for each. A panic or a late answer is in the log, and the next event follows. Up to 1,024 events wait. If
    /// more come, the newest are lost: the metric `fncy_login_events_lost_total` counts them, and the log warns.
    ///
    /// Events have no secret, so they may be logged. Strangers can cause some of them, such as
    /// [`LoginEventKind::SignInStarted`](crate::LoginEventKind::SignInStarted). The hook must not block its thread.
    ///
    /// ```
    /// # use fncy_login::{Login, LoginEvent};
    /// let builder = Login::builder().hook_headers(["user-agent"]).on_event(async |event: LoginEvent| {
    ///     println!("{} {}", event.name(), event.user_id().unwrap_or("-"));
    /// });
    /// ```
    ///
    /// Before the process ends, await [`Login::drain`](crate::Login::drain).
    #[doc(alias("audit", "audit log", "hook"))]
    pub fn on_event<F, R>(mut self, hook: F) -> Self
    where
        F: Fn(LoginEvent) -> R + Send + Sync + 'static,
        R: Future<Output = ()> + Send + 'static,
    {
        self.on_event = Some(Arc::new(move |event| Box::pin(hook(event))));
        self
    }

    /// Headers that hooks see, such as `user-agent`. By default they see no header.
    ///
    /// [`RequestContext::header`](crate::RequestContext::header) returns them. Names are in lower case. Headers that hold
    /// secrets are refused at start: `authorization`, `cookie`, `proxy-authorization` and `set-cookie`, and `referer`
    /// and `hx-current-url`, whose address may have the code of a sign-in. Don't name a header in which your proxy
    /// writes an address with its query.
    ///
    /// ```
    /// # use fncy_login::{Approval, Login, NewLogin};
    /// let builder = Login::builder()
    ///     .hook_headers(["user-agent", "x-request-id"])
    ///     .on_login(async |login: NewLogin| {
    ///         let agent = login.request().header("user-agent");
    ///         Ok(Approval::with_data(&agent)?)
    ///     });
    /// ```
    #[doc(alias("user agent", "audit"))]
    pub fn hook_headers(mut self, names: impl IntoIterator<Item = &'static str>) -> Self {
        self.hook_headers.extend(names);
        self
    }

    /// A function that writes the login's pages as HTML, in place of the built-in ones: of a failed sign-in, a sign-out, a
    /// refusal.
    ///
    /// The [`Page`] has the texts in the reader's language: escape them. Status, headers and replies to programs stay as
    /// they are. The `Content-Security-Policy` allows styles, pictures and fonts of the application's own origin. Of scripts
    /// it allows [`Page::script`] alone. Visitors without a session see the page, so all files that it loads must be
    /// public. If the function panics, the built-in page is shown.
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
    ///         Some((WayOn::NewTab(href), label)) => {
    ///             format!("<a href=\"{}\" target=_blank rel=noopener>{label}</a>", escape(href))
    ///         }
    ///         _ => String::new(),
    ///     };
    ///     let script = page.script().map(|script| format!("<script type=module src=\"{}\"></script>", escape(script)));
    ///     let script = script.unwrap_or_default();
    ///     let code = page.code().zip(page.reference());
    ///     let code = code.map(|(code, reference)| format!("<p>{code}, {reference}</p>")).unwrap_or_default();
    ///     format!(
    ///         "<!doctype html><html lang={}><link rel=stylesheet href=/assets/site.css><h1>{}</h1><p>{}</p>{way_on}{code}{script}",
    ///         page.language().tag(),
    ///         escape(page.title()),
    ///         escape(page.text()),
    ///     )
    /// });
    /// ```
    ///
    /// `escape` is the function of the application's template engine. The code and the reference are in the log too:
    /// show both, so that a person can tell them to you.
    #[doc(alias("template", "error page", "branding"))]
    pub fn pages(mut self, write: impl Fn(&Page) -> String + Send + Sync + 'static) -> Self {
        self.choices.own_page = Some(OwnPage::new(write));
        self
    }

    /// The client that sends requests to FNCY, such as a client with a certificate of its own.
    ///
    /// The default is hyper with rustls. It goes through the proxy of `HTTPS_PROXY`, and trusts the system's authorities and
    /// those of [`ca_file`](Self::ca_file). The login still sets the deadlines, limits the number of requests at once,
    /// and checks the answers.
    #[doc(alias("proxy", "mtls", "reqwest"))]
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.http_client = Some(Arc::new(client));
        self
    }

    /// A hook that writes headers of each request to FNCY, such as `traceparent`, so that FNCY's part is in the same trace
    /// (distributed tracing).
    ///
    /// The hook is called in the span `fncy_login.exchange` of the request, and gets an empty map. Its headers are added
    /// to the request, but replace none that is there: `Authorization`, `Content-Type`, `Cookie`, `Host` and others stay
    /// the login's. It is called for calls of FNCY's API too, and must not block. By default no header is added, since
    /// these headers tell FNCY which requests belong together.
    ///
    /// ```
    /// use fncy_login::Login;
    /// use http::HeaderValue;
    ///
    /// let builder = Login::builder().trace_context(|headers| {
    ///     headers.insert("x-request-source", HeaderValue::from_static("shop"));
    /// });
    /// ```
    ///
    /// The [manual](crate::manual::reference::metrics#spans) shows it with OpenTelemetry.
    #[doc(alias("traceparent", "tracestate", "opentelemetry", "propagation"))]
    #[doc(alias("distributed tracing"))]
    pub fn trace_context(mut self, write: impl Fn(&mut HeaderMap) + Send + Sync + 'static) -> Self {
        self.trace_context = Some(Arc::new(write));
        self
    }

    /// The language of all pages, for a site in one language. By default each reader gets English or Korean, by
    /// `Accept-Language`.
    #[doc(alias("i18n", "locale"))]
    pub fn language(mut self, language: Language) -> Self {
        self.choices.language = Some(language);
        self
    }
}
