//! The driver without a framework: the smallest possible adapter.

use std::pin::Pin;
use std::time::Duration;

use fncy_login::adapter::{
    ApiHandle, Decision, Denial, Guard, Head, Rejection, Reply, ResponsePatch, SessionHandle,
    SignInStart, SignedIn, Verdict, tokens,
};
use fncy_login::{AuthContext, Login};

use super::{
    Calls, OWN_HEADERS, RECENT, WAITING, api, decide, is_alex, live_text, options, session,
};
use crate::browser::{Backend, RawRequest, RawResponse};

pub(super) struct Bare {
    pub(super) logins: Vec<Login>,
    pub(super) mount: &'static str,
    pub(super) calls: Calls,
}

/// The head of a request, as the driver reads it.
pub struct RawHead<'a> {
    request: &'a RawRequest,
    authority: Option<String>,
    path: String,
    stripped: Option<String>,
    query: Option<String>,
}

impl<'a> RawHead<'a> {
    fn again(&self) -> Self {
        Self::of(self.request)
    }

    /// Splits the target into its path and its query.
    pub fn of(request: &'a RawRequest) -> Self {
        let target = String::from_utf8_lossy(&request.target).into_owned();
        // The absolute form (RFC 9112, section 3.2.2).
        let (authority, target) = match target.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let path = if path.is_empty() { "/" } else { path };
                (Some(authority.to_owned()), path.to_owned())
            }
            _ => (None, target),
        };
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path.to_owned(), Some(query.to_owned())),
            None => (target, None),
        };
        Self {
            request,
            authority,
            path,
            stripped: None,
            query,
        }
    }

    /// Strips as many segments as the pattern has, as a router does for nested routes.
    fn beneath(self, mount: &str) -> Self {
        let mut slashes = self.path.match_indices('/').map(|(at, _)| at);
        let start = slashes.nth(mount.matches('/').count());
        let stripped = start.map(|at| self.path[at..].to_owned());
        Self {
            stripped: stripped.filter(|_| !mount.is_empty()),
            ..self
        }
    }
}

impl Head for RawHead<'_> {
    fn method(&self) -> &str {
        &self.request.method
    }

    fn path(&self) -> &str {
        &self.path
    }

    fn stripped_path(&self) -> Option<&str> {
        self.stripped.as_deref()
    }

    fn authority(&self) -> Option<&str> {
        self.authority.as_deref()
    }

    fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        self.request
            .headers
            .iter()
            .filter(move |(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_slice())
    }
}

impl Backend for Bare {
    fn send(&self, request: RawRequest) -> Pin<Box<dyn Future<Output = RawResponse> + Send + '_>> {
        Box::pin(async move { self.answer(&request).await })
    }
}

impl Bare {
    async fn answer(&self, request: &RawRequest) -> RawResponse {
        let head = RawHead::of(request).beneath(self.mount);
        let mut context: Option<AuthContext> = None;
        let mut patches: Vec<ResponsePatch> = Vec::new();
        for login in &self.logins {
            let verdict = match login.decide(&head, context.as_ref()) {
                Decision::Pass => continue,
                Decision::Now(verdict) => verdict,
                Decision::Later(verdict) => verdict.await,
            };
            match verdict {
                Verdict::Admit {
                    context: own,
                    patch,
                } => {
                    context = Some(own);
                    patches.push(patch);
                }
                Verdict::Reply(reply) => return response(*reply),
            }
        }
        let application = self.handler(&head, context.as_ref());
        let response = match patches.last_mut() {
            Some(patch) => patch.around(application).await,
            None => application.await,
        };
        patches.into_iter().rev().fold(response, patched)
    }

    async fn handler(&self, head: &RawHead<'_>, context: Option<&AuthContext>) -> RawResponse {
        match (context.and_then(SignedIn::of), context) {
            (Some(user), _) if head.path() == "/live" => {
                RawResponse::new(200).with_body(live_text(user.watch()).await)
            }
            (_, Some(context)) if head.path() == "/session" => {
                match SessionHandle::of(context, head) {
                    Ok(session) => {
                        let query = head.query().unwrap_or_default();
                        let (status, text) = session::answer(&session, &self.calls, query).await;
                        RawResponse::new(status).with_body(text)
                    }
                    Err(rejection) => refused(&rejection),
                }
            }
            (_, Some(context)) if head.path() == "/api" => match self.call(head, context).await {
                Ok(text) => RawResponse::new(200).with_body(text),
                Err(rejection) => refused(&rejection),
            },
            _ => match guarded(head, context, &self.calls).await {
                Ok(()) => self.application(head, context),
                Err(rejection) => refused(&rejection),
            },
        }
    }

    async fn call(&self, head: &RawHead<'_>, context: &AuthContext) -> Result<String, Rejection> {
        let fncy = ApiHandle::of(context, head)?;
        let user = SignedIn::required(context, || head.again())?;
        let session = SessionHandle::of(context, head).ok();
        let query = head.query().unwrap_or_default();
        api::answer(&fncy, user.user(), session.as_ref(), &self.calls, query).await
    }

    fn application(&self, head: &RawHead<'_>, context: Option<&AuthContext>) -> RawResponse {
        let path = head.path();
        let user = context.and_then(AuthContext::user);
        match (context, path) {
            (None, "/extract" | "/token" | "/start" | "/recent") => RawResponse::new(500),
            (Some(context), "/start") => {
                let start = SignInStart::new(context, head).start(options(head.query()));
                refused(&start.unwrap_or_else(Rejection::from))
            }
            (Some(context), "/recent") => {
                match SignedIn::recent(context, RECENT, || head.again()) {
                    Ok(user) => {
                        RawResponse::new(200).with_body(self.calls.answer(path, Some(user.user())))
                    }
                    Err(rejection) => refused(&rejection),
                }
            }
            (Some(context), "/extract") if user.is_none() => {
                refused(&SignedIn::required(context, || head.again()).unwrap_err())
            }
            (Some(context), "/token") => match tokens(context, head) {
                Ok(tokens) => RawResponse::new(200).with_body(tokens.access_token()),
                Err(rejection) => refused(&rejection),
            },
            (_, "/missing") => RawResponse::new(404),
            _ => {
                self.calls.received(head.lines("cookie"));
                let text = self.calls.answer(path, user);
                let response = RawResponse::new(200).with_body(text);
                if path == "/own" {
                    let headers = OWN_HEADERS.iter();
                    headers.fold(response, |response, (name, value)| {
                        response.with_header(name, value)
                    })
                } else {
                    response
                }
            }
        }
    }
}

/// The replies of a router's guards.
async fn guarded(
    head: &RawHead<'_>,
    context: Option<&AuthContext>,
    calls: &Calls,
) -> Result<(), Rejection> {
    let guard = match head.path() {
        "/needs/profile" => Guard::scope("profile"),
        "/needs/write" => Guard::scope("write"),
        "/needs/denied" => {
            let refused = |context| Err(Denial::new(context, head).forbidden());
            return context.map_or(Ok(()), refused);
        }
        "/needs/recent" => Guard::recent_sign_in(Duration::from_secs(RECENT)),
        "/needs/alex" => Guard::predicate(is_alex),
        path => match WAITING
            .into_iter()
            .find(|guard| path == format!("/needs/{guard}"))
        {
            Some(guard) => {
                let calls = calls.clone();
                Guard::waiting(move |user| decide(guard, user, calls.clone()))
            }
            None => return Ok(()),
        },
    };
    match context {
        Some(context) => guard.check(context, head).await,
        None => Err(Rejection::missing_layer("ask a login first")),
    }
}

fn patched(mut response: RawResponse, patch: ResponsePatch) -> RawResponse {
    let changes = patch.header_changes(response.header("cache-control").is_some());
    if let Some(value) = changes.cache_control {
        response.headers.retain(|(name, _)| name != "cache-control");
        response = response.with_header("cache-control", value);
    }
    let headers = &mut response.headers;
    headers.retain(|(name, _)| !changes.removals.contains(&&**name));
    changes.cookies.iter().fold(response, |response, line| {
        response.with_header("set-cookie", line)
    })
}

fn refused(rejection: &Rejection) -> RawResponse {
    let missing = || RawResponse::new(500);
    rejection.reply().map_or_else(missing, response)
}

fn response(reply: Reply) -> RawResponse {
    reply
        .headers
        .into_iter()
        .fold(RawResponse::new(reply.status), |response, (name, value)| {
            response.with_header(&name, &*value)
        })
        .with_body(reply.body)
}
