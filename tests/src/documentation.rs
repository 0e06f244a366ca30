//! Compiles the code in README.md, in the crates' READMEs and in the manual.

macro_rules! pages {
    ($($name:ident = $file:literal;)*) => { $(#[doc = include_str!($file)] pub struct $name;)* };
}

pages! {
    Readme = "../../README.md";
    Actix = "../../crates/actix/README.md";
    Core = "../../crates/core/README.md";
    DevServer = "../../crates/dev-server/README.md";
    Login = "../../crates/login/README.md";
    Redis = "../../crates/redis/README.md";
    TestKit = "../../crates/testing/README.md";
    Tower = "../../crates/tower/README.md";
    BearerTokens = "../../crates/login/src/manual/guides/bearer_tokens.md";
    Connections = "../../crates/login/src/manual/guides/connections.md";
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
    Stopping = "../../crates/login/src/manual/operations/stopping.md";
}
