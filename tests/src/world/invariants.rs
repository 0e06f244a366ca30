//! The rules that hold in every scenario.
//!
//! - The product and the application don't panic, in any task (`panics.rs`).
//! - The application is called only with a user, except in worlds with public paths.
//! - No code is redeemed twice. No refresh token is used twice, except in worlds that say why.
//! - Every answer comes within the deadline (`harness/mod.rs`).
//! - A response that sets a cookie of ours is `private, no-store`, for shared caches too. The cookie has all attributes
//!   of our cookies.
//! - Every 503 says when to ask again.
//! - Every `Location` is on the application's origin or at the provider.
//! - No code, token, verifier, state, cookie or secret is in the log.
//! - No secret except the state is in a header or a body of an answer. The exceptions are cookies in `Set-Cookie`, and
//!   the token that `/token` returns.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use fncy_dev_server::Endpoint;

use super::{COOKIE_SECRET, SCRIPTED, World};
use crate::browser::{Exchange, wire};
use crate::world::wire_provider::WireProvider;

impl Drop for World {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.assert_invariants();
        }
    }
}

impl World {
    fn assert_invariants(&self) {
        let panics = self.panics.seen();
        assert!(panics.is_empty(), "{}", panics.join("\n"));

        let calls = self.calls.all();
        let anonymous = calls.iter().find(|call| call.user.is_none());
        assert!(
            self.is_public.load(Ordering::Relaxed) || anonymous.is_none(),
            "called without a user: {anonymous:?}"
        );

        assert!(!self.repeats("code"), "a code was redeemed twice");
        match (*self.resends.lock().unwrap(), self.repeats("refresh_token")) {
            (None, repeats) => assert!(!repeats, "a refresh token was used twice"),
            (Some(why), repeats) => assert!(repeats, "each was used once, although {why}"),
        }

        let secrets = self.secrets();
        for exchange in self.calls.exchanges() {
            self.assert_response(&exchange, &secrets);
        }
        let logged = self.logs.text();
        for secret in secrets.iter().chain(&self.states()) {
            assert!(!logged.contains(secret), "logged: {secret}");
        }
    }

    /// Whether two token requests have the same value of a parameter.
    fn repeats(&self, name: &str) -> bool {
        let sent = self.sent_to_token(name);
        sent.iter().collect::<HashSet<_>>().len() < sent.len()
    }

    /// The values of a parameter in all token requests.
    pub fn sent_to_token(&self, name: &str) -> Vec<String> {
        let requests = self.provider.requests(Endpoint::Token).into_iter();
        let wires = self.wires.lock().unwrap();
        let wired = wires.iter().flat_map(WireProvider::bodies);
        requests
            .map(|request| request.body)
            .chain(wired)
            .filter_map(|body| wire::parameter(&body, name))
            .collect()
    }

    /// The `state` of each sign-in that reached the provider. It is in that address, and in the callback's.
    fn states(&self) -> Vec<String> {
        let requests = self.provider.requests(Endpoint::Authorize);
        let queries = requests
            .iter()
            .filter_map(|request| request.query.as_deref());
        let states = queries.filter_map(|query| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            let (_, state) = pairs.find(|(name, _)| name == "state")?;
            Some(state.into_owned())
        });
        states.collect()
    }

    /// The secrets: issued by the provider, sent to it, in the person's cookies or in a session cookie.
    ///
    /// Strangers may start thousands of sign-ins, so their transactions' cookies are left out.
    fn secrets(&self) -> HashSet<String> {
        let mut secrets: HashSet<_> = self.provider.issued_secrets().into_iter().collect();
        secrets.extend(self.sent_to_token("code_verifier"));
        secrets.insert(self.provider.client_secret().to_owned());
        secrets.insert(COOKIE_SECRET.to_owned());
        secrets.insert(SCRIPTED.to_owned());
        let own = self.browser.history().into_iter();
        let own = own.flat_map(|exchange| exchange.set_cookies());
        let all = self.calls.exchanges().into_iter();
        let all = all.flat_map(|exchange| exchange.set_cookies());
        let sessions = all.filter(|line| line.contains("_session="));
        secrets.extend(own.chain(sessions).filter_map(|line| {
            let (_, value) = line.split(';').next()?.split_once('=')?;
            (value.len() > 16).then(|| value.to_owned())
        }));
        secrets
    }

    fn assert_response(&self, exchange: &Exchange, secrets: &HashSet<String>) {
        let (url, response) = (&exchange.url, &exchange.response);
        let mut ours = exchange.set_cookies();
        ours.retain(|line| line.contains("_session") || line.contains("fncy_"));
        for line in &ours {
            let (_, attributes) = line.split_once("; ").unwrap();
            let (fixed, max_age) = attributes.rsplit_once('=').unwrap();
            assert_eq!(
                fixed, "HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age",
                "{line}"
            );
            assert!(max_age.parse::<u64>().is_ok(), "{line}");
        }
        if !ours.is_empty() {
            let policy = response.header("cache-control");
            assert_eq!(
                policy,
                Some("private, no-store"),
                "a cookie is set at {url}"
            );
            let targeted = response.header("cdn-cache-control");
            assert_eq!(targeted, None, "a cookie is set at {url}");
        }
        if response.status == 503 {
            let retry_after = response.header("retry-after");
            assert!(retry_after.is_some(), "a 503 at {url} has no Retry-After");
        }
        if let Some(location) = exchange.location() {
            let is_local = location.starts_with('/') && !location.starts_with("//");
            let is_provider = location.starts_with(self.provider.base_url());
            assert!(is_local || is_provider, "{url} leads to {location}");
        }
        if url.path() != "/token" {
            let body = response.text();
            for secret in secrets {
                assert!(!body.contains(secret), "in the body of {url}: {secret}");
            }
        }
        let headers = response.headers.iter();
        for (name, value) in headers.filter(|(name, _)| !name.eq_ignore_ascii_case("set-cookie")) {
            let value = String::from_utf8_lossy(value);
            for secret in secrets {
                assert!(!value.contains(secret), "in {name} of {url}: {secret}");
            }
        }
    }
}
