//! Compiles the code in README.md and in the manual. A crate's README is its front page, and compiled with it.

macro_rules! pages {
    ($($name:ident = $file:literal;)*) => { $(#[doc = include_str!($file)] pub struct $name;)* };
}

pages! {
    Readme = "../../README.md";
    BearerTokens = "../../crates/login/src/manual/guides/bearer_tokens.md";
    Connections = "../../crates/login/src/manual/guides/connections.md";
    DeviceBound = "../../crates/login/src/manual/guides/device_bound.md";
    Hooks = "../../crates/login/src/manual/guides/hooks.md";
    Layer = "../../crates/login/src/manual/guides/layer.md";
    Paths = "../../crates/login/src/manual/guides/paths.md";
    QuickStart = "../../crates/login/src/manual/quick_start.md";
    Requests = "../../crates/login/src/manual/guides/requests.md";
    SessionData = "../../crates/login/src/manual/guides/session_data.md";
    Sessions = "../../crates/login/src/manual/guides/sessions.md";
    SignInAndOut = "../../crates/login/src/manual/guides/sign_in_and_out.md";
    SignInOptions = "../../crates/login/src/manual/guides/sign_in_options.md";
    Testing = "../../crates/login/src/manual/guides/testing.md";
    Tokens = "../../crates/login/src/manual/guides/tokens.md";
    Configuration = "../../crates/login/src/manual/reference/configuration.md";
    Instances = "../../crates/login/src/manual/concepts/instances.md";
    Metrics = "../../crates/login/src/manual/reference/metrics.md";
    Proxies = "../../crates/login/src/manual/operations/proxies.md";
    Services = "../../crates/login/src/manual/operations/services.md";
    Stopping = "../../crates/login/src/manual/operations/stopping.md";
}
