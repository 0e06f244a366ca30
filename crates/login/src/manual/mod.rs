//! The manual: how to add a login to an application, go live with it, run it, and find out why it fails.
//!
//! The pages are in the order in which people need them, and each ends with links to the pages before and after it. The
//! search field above finds a page by a common word, such as `nginx` or `remember me`.
//!
//! **For actix-web:** where an example has `fncy_login_tower`, write `fncy_login_actix`. Where the two differ, the page
//! has both.
//!
//! | Start | what you get |
//! | --- | --- |
//! | [Quick start](quick_start) | from an empty project to a page that greets its user, in axum and in actix-web |
//! | [Going live](going_live) | a checklist for the first real users |
//! | [Coming from another library](coming_from) | axum-login, tower-sessions, actix-session, actix-identity, axum-oidc, oauth2-proxy |
//!
//! | Concepts | what the page explains |
//! | --- | --- |
//! | [A sign-in](concepts::sign_in) | the steps from the first request to the user |
//! | [The session](concepts::session) | what is in the cookies, and how long a session lasts |
//! | [Refreshes](concepts::refresh) | new tokens for old, once for all requests |
//! | [Several instances](concepts::instances) | what they share by a store, such as Redis |
//!
//! | Guides | what the page shows |
//! | --- | --- |
//! | [Where to put the layer](guides::layer) | and the order of other middleware |
//! | [Public pages, guards and roles](guides::paths) | which paths need a user, and which need more |
//! | [Sign-in and sign-out](guides::sign_in_and_out) | links and buttons, another account, your own pages |
//! | [Sign-ins for one purpose](guides::sign_in_options) | more scopes, "confirm it's you", a language, a tenant |
//! | [Hooks and events](guides::hooks) | refuse users, add data, keep an audit log |
//! | [Session data](guides::session_data) | change them in a handler, read the user again, end the session |
//! | [Users and their sessions](guides::sessions) | sign out everywhere, a list of devices |
//! | [Device-bound sessions](guides::device_bound) | copies of cookies that are worth minutes; experimental |
//! | [Requests, CSRF and APIs](guides::requests) | the reply for each kind of request |
//! | [Single-page applications](guides::frontends) | scripts, a frontend on another origin, a sign-in that keeps the page |
//! | [Calls of FNCY's API](guides::tokens) | with the user's token, or your application's own |
//! | [Bearer tokens](guides::bearer_tokens) | mobile applications, command lines and other services |
//! | [WebSockets and event streams](guides::connections) | connections that end with the session |
//! | [Tests](guides::testing) | of protected routes, without a browser |
//!
//! | Reference | what the page lists |
//! | --- | --- |
//! | [Settings](reference::settings) | each with its variable, method and default |
//! | [Rules of the settings](reference::configuration) | where they come from, and how FNCY is reached |
//! | [Defaults and their reasons](reference::defaults) | and what is fixed |
//! | [Cookies](reference::cookies) | names and attributes |
//! | [Error codes](reference::codes) | what a page shows and the log repeats |
//! | [Log lines](reference::log_lines) | and what each means |
//! | [Metrics and spans](reference::metrics) | for Prometheus and OpenTelemetry |
//!
//! | Operations | what the page is about |
//! | --- | --- |
//! | [Proxies and hosts](operations::proxies) | nginx, Caddy, Traefik, Cloudflare, AWS ALB, sub-paths, several hosts |
//! | [Docker, Kubernetes, systemd](operations::services) | files to copy, probes |
//! | [Secrets](operations::secrets) | files for them, and how to change them |
//! | [Stopping and upgrading](operations::stopping) | without losing a request or a session |
//! | [Resources](operations::resources) | memory, file descriptors, cores, clocks, a restored Redis |
//! | [Alerts](operations::alerts) | and a dashboard |
//!
//! | Threats and trouble | what the page answers |
//! | --- | --- |
//! | [Security](security) | what the login prevents, and what your application must do |
//! | [Troubleshooting](troubleshooting) | by symptom |

/// Declares pages in the order of reading. `$before` and `$after` are the links of the first and the last one. The words
/// in brackets are those by which rustdoc's search finds the page.
///
/// The examples name the adapters, so `fncy-login-tests` compiles them.
macro_rules! pages {
    (
        $all:ident: $folder:expr, $before:expr;
        $($name:ident $title:literal [$($word:literal)*])+
        $after:literal
    ) => {
        #[cfg(test)]
        pub(crate) const $all: &[crate::manual::tests::Page] = &[
            $((
                concat!("[", $title, "](", $folder, stringify!($name), ")"),
                &[$($word),*],
                include_str!(concat!($folder, stringify!($name), ".md")),
            )),+
        ];
        pages! { $folder, $before; $($name $title [$($word)*])+ $after }
    };
    ($folder:expr, $before:expr; $name:ident $title:literal [$($word:literal)*] $after:literal) => {
        pages! { @page $folder, $name, [$($word)*], $before, $after }
    };
    (
        $folder:expr, $before:expr;
        $name:ident $title:literal [$($word:literal)*]
        $next:ident $next_title:literal $($rest:tt)+
    ) => {
        pages! {
            @page $folder, $name, [$($word)*], $before,
            concat!(" · Next: [", $next_title, "](mod@", stringify!($next), ")")
        }
        pages! {
            $folder, concat!("Previous: [", $title, "](mod@", stringify!($name), ") · ");
            $next $next_title $($rest)+
        }
    };
    (@page $folder:expr, $name:ident, [$($word:literal)*], $before:expr, $after:expr) => {
        #[cfg_attr(not(doctest), doc = include_str!(concat!($folder, stringify!($name), ".md")))]
        #[doc = concat!("\n\n---\n\n", $before, "[Contents](crate::manual)", $after)]
        $(#[doc(alias = $word)])*
        pub mod $name {}
    };
}

/// Declares a folder of pages, whose front page lists them.
macro_rules! folder {
    (
        $folder:ident $about:literal, $before:literal;
        $($name:ident $title:literal [$($word:literal)*])+
        $after:literal
    ) => {
        #[doc = $about]
        #[doc = ""]
        $(#[doc = concat!("1. [", $title, "](", stringify!($folder), "::", stringify!($name), ")")])+
        pub mod $folder {
            pages! {
                ALL: concat!(stringify!($folder), "/"), $before;
                $($name $title [$($word)*])+
                $after
            }
        }
    };
}

pages! {
    START: "", "";
    quick_start "Quick start" [
        "tutorial" "getting started" "axum" "example" "localhost" "dev server" "extractor" "greet" "escape"
    ]
    going_live "Going live" ["checklist" "production"]
    coming_from "Coming from another library" [
        "migration" "axum-login" "tower-sessions" "actix-session" "actix-identity" "axum-oidc" "oauth2-proxy"
    ]
    " · Next: [Concepts](crate::manual::concepts)"
}

folder! {
    concepts "How the login works, with a picture each.",
    "Previous: [Coming from another library](crate::manual::coming_from) · ";
    sign_in "A sign-in" [
        "OAuth" "OAuth2" "PKCE" "OIDC" "OpenID" "SSO" "single sign-on" "authorization code" "sign up" "password"
    ]
    session "The session" ["session timeout" "remember me" "session cookie" "database" "keep alive"]
    refresh "Refreshes" ["refresh token"]
    instances "Several instances" ["Redis" "Valkey" "session store"]
    " · Next: [Guides](crate::manual::guides)"
}

folder! {
    guides "A guide for each task.\n\nFor actix-web, write `fncy_login_actix` where an example has `fncy_login_tower`.",
    "Previous: [Several instances](crate::manual::concepts::instances) · ";
    layer "Where to put the layer" ["middleware"]
    paths "Public pages, guards and roles" ["role" "permission" "authorization" "claims" "admin" "public page" "403"]
    sign_in_and_out "Sign-in and sign-out" ["logout" "sign out" "sign-out" "log out" "log in" "login page"]
    sign_in_options "Sign-ins for one purpose" ["prompt" "step-up" "tenant" "multi-tenant"]
    hooks "Hooks and events" ["audit"]
    session_data "Session data" ["session data" "cart"]
    sessions "Users and their sessions" ["sign out everywhere" "log out everywhere" "devices" "web::Data"]
    device_bound "Device-bound sessions" ["DBSC" "Device Bound Session Credentials" "cookie theft"]
    requests "Requests, CSRF and APIs" ["CSRF" "CSRF token" "iframe" "htmx" "fetch" "401"]
    frontends "Single-page applications" ["single-page application" "SPA" "React" "popup"]
    tokens "Calls of FNCY's API" ["access token"]
    bearer_tokens "Bearer tokens" ["bearer" "mobile" "JWT"]
    connections "WebSockets and event streams" ["WebSocket" "SSE" "event stream" "actix_ws"]
    testing "Tests" ["test kit" "mock"]
    " · Next: [Reference](crate::manual::reference)"
}

folder! {
    reference "All settings, codes, log lines and metrics.", "Previous: [Tests](crate::manual::guides::testing) · ";
    settings "Settings" ["environment variable"]
    configuration "Rules of the settings" ["HTTPS_PROXY" "certificate authority"]
    defaults "Defaults and their reasons" []
    cookies "Cookies" ["SameSite" "HttpOnly"]
    codes "Error codes" ["error code"]
    log_lines "Log lines" ["tracing"]
    metrics "Metrics and spans" ["Prometheus" "OpenTelemetry" "counter"]
    " · Next: [Operations](crate::manual::operations)"
}

folder! {
    operations "How to run an application with a login.", "Previous: [Metrics and spans](crate::manual::reference::metrics) · ";
    proxies "Proxies and hosts" ["nginx" "Caddy" "Traefik" "Cloudflare" "AWS ALB" "ALB" "reverse proxy" "base path"]
    services "Docker, Kubernetes, systemd" ["Docker" "Kubernetes" "systemd" "Compose" "probe" "health check" "liveness"]
    secrets "Secrets" ["rotate" "secret rotation"]
    stopping "Stopping and upgrading" ["graceful shutdown" "rolling restart" "upgrade"]
    resources "Resources" ["memory" "clock"]
    alerts "Alerts" ["Grafana"]
    " · Next: [Security](crate::manual::security)"
}

pages! {
    LAST: "", "Previous: [Alerts](crate::manual::operations::alerts) · ";
    security "Security" ["threat"]
    troubleshooting "Troubleshooting" ["redirect loop" "login loop" "too many redirects" "404" "500"]
    ""
}

#[cfg(test)]
mod tests {
    use fncy_login_core::ErrorCode;

    use super::{LAST, START, concepts, guides, operations, reference};

    /// The link to a page, the words by which people search it, and its text.
    pub(crate) type Page = (&'static str, &'static [&'static str], &'static str);

    fn pages() -> Vec<Page> {
        [
            START,
            concepts::ALL,
            guides::ALL,
            reference::ALL,
            operations::ALL,
            LAST,
        ]
        .concat()
    }

    #[test]
    fn the_front_page_has_the_pages_in_their_order() {
        let front = include_str!("mod.rs").lines();
        let links: Vec<_> = front
            .filter_map(|line| line.strip_prefix("//! | ")?.split(" | ").next())
            .filter(|cell| cell.starts_with('['))
            .collect();
        let pages: Vec<_> = pages()
            .iter()
            .map(|page| page.0.replace('/', "::"))
            .collect();
        assert_eq!(links, pages);
    }

    #[test]
    fn each_word_that_people_search_leads_to_one_page() {
        let pages = pages();
        let words = "session timeout, remember me, logout, sign out, CSRF, role, bearer, mobile, \
            middleware, redirect loop, Docker, Kubernetes, nginx, Caddy, Traefik, Cloudflare, \
            AWS ALB, WebSocket, iframe, audit, prompt, 401, 403, 404, 500, admin, ALB, axum, base path, claims, \
            CSRF token, database, dev server, example, extractor, fetch, health check, localhost, login page, mock, \
            multi-tenant, OAuth2, OIDC, OpenID, popup, public page, React, secret rotation, session data, \
            session store, sign-out, single sign-on, SSO, escape, greet, event stream, counter, log out everywhere, \
            login loop, actix_ws, liveness, keep alive, web::Data";
        for word in words.split(", ") {
            let found = pages.iter().filter(|(_, words, _)| words.contains(&word));
            assert_eq!(found.count(), 1, "{word}");
        }
    }

    #[test]
    fn each_word_stands_where_people_look() {
        for (name, words, text) in pages() {
            let first = text.lines().take_while(|line| !line.is_empty());
            let headings = text.lines().filter(|line| line.starts_with('#'));
            let seen: Vec<_> = first.chain(headings).collect();
            let seen = seen.join(" ").to_lowercase();
            for word in words {
                assert!(seen.contains(&word.to_lowercase()), "{name} lacks {word}");
            }
        }
    }

    #[test]
    fn each_code_has_an_entry_under_its_own_heading() {
        let entries: Vec<_> = include_str!("reference/codes.md")
            .lines()
            .filter_map(|line| line.strip_prefix("# `")?.strip_suffix('`'))
            .collect();
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(entries, codes, "in the order of the table in code.rs");
    }
}
