//! The manual: how to add a login to an application, set it up, run it, and find out why it fails.
//!
//! | to build | |
//! | --- | --- |
//! | [`quick_start`] | from an empty project to a page that greets its user |
//! | [`layer`] | where to put the login, and the order of other middleware |
//! | [`paths`] | public pages, guards, scopes and roles |
//! | [`sign_in`] | sign-in, sign-out, session timeouts |
//! | [`sign_in_options`] | one sign-in for more scopes, "confirm it's you", a language, a tenant |
//! | [`hooks`] | hooks over sign-ins and refreshes, the request that they see, events for an audit log |
//! | [`requests`] | the reply for each kind of request, CSRF, APIs, frontends on another origin |
//! | [`session_data`] | a handler that changes the session data, reads the user again, or ends the session |
//! | [`sessions`] | users and their sessions: sign out other devices or everywhere, a list of devices |
//! | [`tokens`] | calls of FNCY's API |
//! | [`bearer_tokens`] | mobile applications, command lines and other services |
//! | [`connections`] | WebSockets and event streams |
//! | [`testing`] | tests of protected routes |
//!
//! | to set up | |
//! | --- | --- |
//! | [`settings`] | all settings |
//! | [`configuration`] | where settings come from, and the rules for their values |
//! | [`defaults`] | each default and fixed value, with its reason |
//!
//! | to run | |
//! | --- | --- |
//! | [`deployment`] | nginx, sub-paths, several hosts |
//! | [`services`] | systemd, Docker, Compose, Kubernetes, probes |
//! | [`stopping`] | stopping, rolling restarts, upgrade and rollback |
//! | [`instances`] | several instances and the store that they share |
//! | [`resources`] | memory, file descriptors, cores, clocks, a restored dump |
//! | [`cookies`] | the cookies, why one may not stick, how to change the secret |
//! | [`security`] | what the login defends against, and what the application must do |
//! | [`operations`] | logs, traces, metrics, alerts |
//! | [`troubleshooting`] | symptoms and error codes |

/// Declares the pages. Their examples name the adapters, so `fncy-login-tests` compiles them.
macro_rules! pages {
    ($($name:ident = $file:literal;)*) => {
        $(
            #[cfg_attr(not(doctest), doc = include_str!($file))]
            pub mod $name {}
        )*
    };
}

pages! {
    bearer_tokens = "building/bearer_tokens.md";
    configuration = "configuration.md";
    connections = "building/connections.md";
    cookies = "cookies.md";
    defaults = "defaults.md";
    deployment = "deployment.md";
    hooks = "building/hooks.md";
    instances = "instances.md";
    layer = "building/layer.md";
    operations = "operations.md";
    paths = "building/paths.md";
    quick_start = "building/quick_start.md";
    requests = "building/requests.md";
    resources = "deploying/resources.md";
    security = "security.md";
    session_data = "building/session_data.md";
    sessions = "building/sessions.md";
    services = "deploying/services.md";
    settings = "settings.md";
    sign_in = "building/sign_in.md";
    sign_in_options = "building/sign_in_options.md";
    stopping = "deploying/stopping.md";
    testing = "building/testing.md";
    tokens = "building/tokens.md";
    troubleshooting = "troubleshooting.md";
}

#[cfg(test)]
mod tests {
    use fncy_login_core::ErrorCode;

    #[test]
    fn each_code_has_an_entry_under_its_own_heading() {
        let entries: Vec<_> = include_str!("troubleshooting.md")
            .lines()
            .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
            .collect();
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(entries, codes, "in the order of the table in code.rs");
    }
}
