//! The manual: how to add a login to an application, go live with it, run it, and find out why it fails.
//!
//! The tables are in the order in which people need the pages. Each page ends with links to the pages before and after
//! it. The search field above finds pages by common words, such as `nginx` or `remember me`.
//!
//! | to start | |
//! | --- | --- |
//! | [`quick_start`] | from an empty project to a page that greets its user, in axum and in actix-web |
//! | [`going_live`] | a checklist for the first real users |
//! | [`coming_from`] | what is what, for users of axum-login, tower-sessions, actix-session, actix-identity, axum-oidc and oauth2-proxy |
//!
//! | [`concepts`] | |
//! | --- | --- |
//! | [`concepts::sign_in`] | what happens at a sign-in |
//! | [`concepts::session`] | the session in the browser's cookies, and how long it lasts |
//! | [`concepts::refresh`] | how tokens are refreshed |
//! | [`concepts::instances`] | several instances and the store that they share |
//!
//! | [`guides`] | |
//! | --- | --- |
//! | [`guides::layer`] | where to put the login, and the order of other middleware |
//! | [`guides::paths`] | public pages, guards, scopes and roles |
//! | [`guides::sign_in_and_out`] | links and buttons, sign-out, another account, your own pages |
//! | [`guides::sign_in_options`] | one sign-in for more scopes, "confirm it's you", a language, a tenant |
//! | [`guides::hooks`] | hooks over sign-ins and refreshes, the request that they see, events for an audit log |
//! | [`guides::session_data`] | a handler that changes the session data, reads the user again, or ends the session |
//! | [`guides::sessions`] | users and their sessions: sign out other devices or everywhere, a list of devices |
//! | [`guides::requests`] | the reply for each kind of request, CSRF, APIs for programs |
//! | [`guides::frontends`] | single-page applications, a frontend on another origin, a sign-in that keeps the page |
//! | [`guides::tokens`] | calls of FNCY's API |
//! | [`guides::bearer_tokens`] | mobile applications, command lines and other services |
//! | [`guides::connections`] | WebSockets and event streams |
//! | [`guides::testing`] | tests of protected routes |
//!
//! | [`reference`](mod@reference) | |
//! | --- | --- |
//! | [`reference::settings`] | all settings |
//! | [`reference::configuration`] | where settings come from, and the rules for their values |
//! | [`reference::defaults`] | each default and fixed value, with its reason |
//! | [`reference::cookies`] | the cookies and their attributes |
//! | [`reference::codes`] | error codes |
//! | [`reference::log_lines`] | log lines |
//! | [`reference::metrics`] | metrics, and the spans of a trace |
//!
//! | [`operations`] | |
//! | --- | --- |
//! | [`operations::proxies`] | nginx, Caddy, Traefik, Cloudflare, AWS ALB; sub-paths; several hosts |
//! | [`operations::services`] | systemd, Docker, Compose, Kubernetes, probes |
//! | [`operations::secrets`] | secret files, and how to change a secret |
//! | [`operations::stopping`] | stopping, rolling restarts, upgrade and rollback |
//! | [`operations::resources`] | memory, file descriptors, cores, clocks, a restored dump |
//! | [`operations::alerts`] | alerts, and a dashboard |
//!
//! | at last | |
//! | --- | --- |
//! | [`security`] | what the login defends against, and what the application must do |
//! | [`troubleshooting`] | what to do about a symptom |

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
                concat!($folder, stringify!($name)),
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
    quick_start "Quick start" ["tutorial" "getting started"]
    going_live "Going live" ["checklist" "production"]
    coming_from "Coming from another library" [
        "migration" "axum-login" "tower-sessions" "actix-session" "actix-identity" "axum-oidc" "oauth2-proxy"
    ]
    " · Next: [Concepts](concepts)"
}

folder! {
    concepts "How the login works, with a picture each.",
    "Previous: [Coming from another library](super::coming_from) · ";
    sign_in "A sign-in" ["OAuth" "PKCE" "authorization code"]
    session "The session" ["session timeout" "remember me" "session cookie"]
    refresh "Refreshes" ["refresh token"]
    instances "Several instances" ["Redis" "Valkey"]
    " · Next: [Guides](super::guides)"
}

folder! {
    guides "A guide for each task.", "Previous: [Several instances](super::concepts::instances) · ";
    layer "Where to put the layer" ["middleware"]
    paths "Public pages, guards and roles" ["role" "permission" "authorization"]
    sign_in_and_out "Sign-in and sign-out" ["logout" "sign out" "log out" "log in"]
    sign_in_options "Sign-ins for one purpose" ["prompt" "step-up" "tenant"]
    hooks "Hooks and events" ["audit"]
    session_data "Session data" ["cart"]
    sessions "Users and their sessions" ["sign out everywhere" "devices"]
    requests "Requests, CSRF and APIs" ["CSRF" "iframe" "htmx"]
    frontends "Single-page applications" ["single-page application" "SPA"]
    tokens "Calls of FNCY's API" ["access token"]
    bearer_tokens "Bearer tokens" ["bearer" "mobile" "JWT"]
    connections "WebSockets and event streams" ["WebSocket" "SSE"]
    testing "Tests" ["test kit"]
    " · Next: [Reference](super::reference)"
}

folder! {
    reference "All settings, codes, log lines and metrics.", "Previous: [Tests](super::guides::testing) · ";
    settings "Settings" ["environment variable"]
    configuration "Rules of the settings" ["HTTPS_PROXY" "certificate authority"]
    defaults "Defaults and their reasons" []
    cookies "Cookies" ["SameSite" "HttpOnly"]
    codes "Error codes" ["error code"]
    log_lines "Log lines" ["tracing"]
    metrics "Metrics and spans" ["Prometheus" "OpenTelemetry"]
    " · Next: [Operations](super::operations)"
}

folder! {
    operations "How to run an application with a login.", "Previous: [Metrics and spans](super::reference::metrics) · ";
    proxies "Proxies and hosts" ["nginx" "Caddy" "Traefik" "Cloudflare" "AWS ALB" "reverse proxy"]
    services "Docker, Kubernetes, systemd" ["Docker" "Kubernetes" "systemd" "Compose" "probe"]
    secrets "Secrets" ["rotate"]
    stopping "Stopping and upgrading" ["graceful shutdown" "rolling restart" "upgrade"]
    resources "Resources" ["memory" "clock"]
    alerts "Alerts" ["Grafana"]
    " · Next: [Security](super::security)"
}

pages! {
    LAST: "", "Previous: [Alerts](operations::alerts) · ";
    security "Security" ["threat"]
    troubleshooting "Troubleshooting" ["redirect loop" "too many redirects"]
    ""
}

#[cfg(test)]
mod tests {
    use fncy_login_core::ErrorCode;

    use super::{LAST, START, concepts, guides, operations, reference};

    /// The path of a page, the words by which people search it, and its text.
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
            .filter(|line| !line.ends_with("| |"))
            .filter_map(|line| Some(line.strip_prefix("//! | [`")?.split_once("`]")?.0))
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
            AWS ALB, WebSocket, iframe, audit, prompt";
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
