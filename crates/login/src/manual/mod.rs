//! The manual: how to add a login to an application, go live with it, run it, and find out why it fails.
//!
//! The tables are in the order in which people need the pages. Each page ends with links to the pages before and after
//! it. The search of this documentation finds a page by a common word, such as `nginx` or `remember me`.
//!
//! | to start | |
//! | --- | --- |
//! | [`quick_start`] | from an empty project to a page that greets its user, in axum and in actix-web |
//! | [`going_live`] | a checklist for the first real users |
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
//! | [`guides::requests`] | the reply for each kind of request, CSRF, APIs, frontends on another origin |
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
//! | [`operations::proxies`] | nginx and other proxies, sub-paths, several hosts |
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

/// Declares pages in the order of reading. `$before` and `$after` are the links of the first and the last one.
///
/// The examples name the adapters, so `fncy-login-tests` compiles them.
macro_rules! pages {
    (@page $folder:expr, $name:ident, [$($word:literal)*], $before:expr, $after:expr) => {
        #[cfg_attr(not(doctest), doc = include_str!(concat!($folder, stringify!($name), ".md")))]
        #[doc = concat!("\n\n---\n\n", $before, "[Contents](crate::manual)", $after)]
        $(#[doc(alias = $word)])*
        pub mod $name {}
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
                concat!(stringify!($folder), "/"), $before; $($name $title [$($word)*])+ $after
            }
        }
    };
}

pages! {
    "", "";
    quick_start "Quick start" []
    going_live "Going live" []
    " · Next: [Concepts](concepts)"
}

folder! {
    concepts "How the login works, with a picture each.", "Previous: [Going live](super::going_live) · ";
    sign_in "A sign-in" []
    session "The session" []
    refresh "Refreshes" []
    instances "Several instances" []
    " · Next: [Guides](super::guides)"
}

folder! {
    guides "A guide for each task.", "Previous: [Several instances](super::concepts::instances) · ";
    layer "Where to put the layer" []
    paths "Public pages, guards and roles" []
    sign_in_and_out "Sign-in and sign-out" []
    sign_in_options "Sign-ins for one purpose" []
    hooks "Hooks and events" []
    session_data "Session data" []
    sessions "Users and their sessions" []
    requests "Requests, CSRF, APIs and frontends" []
    tokens "Calls of FNCY's API" []
    bearer_tokens "Bearer tokens" []
    connections "WebSockets and event streams" []
    testing "Tests" []
    " · Next: [Reference](super::reference)"
}

folder! {
    reference "All settings, codes, log lines and metrics.", "Previous: [Tests](super::guides::testing) · ";
    settings "Settings" []
    configuration "Rules of the settings" []
    defaults "Defaults and their reasons" []
    cookies "Cookies" []
    codes "Error codes" []
    log_lines "Log lines" []
    metrics "Metrics and spans" []
    " · Next: [Operations](super::operations)"
}

folder! {
    operations "How to run an application with a login.", "Previous: [Metrics and spans](super::reference::metrics) · ";
    proxies "Proxies and hosts" []
    services "Docker, Kubernetes, systemd" []
    secrets "Secrets" []
    stopping "Stopping and upgrading" []
    resources "Resources" []
    alerts "Alerts" []
    " · Next: [Security](super::security)"
}

pages! {
    "", "Previous: [Alerts](operations::alerts) · ";
    security "Security" []
    troubleshooting "Troubleshooting" []
    ""
}

#[cfg(test)]
mod tests {
    use fncy_login_core::ErrorCode;

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
