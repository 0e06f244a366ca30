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
    BearerTokens = "../../crates/login/src/manual/building/bearer_tokens.md";
    Connections = "../../crates/login/src/manual/building/connections.md";
    Hooks = "../../crates/login/src/manual/building/hooks.md";
    Layer = "../../crates/login/src/manual/building/layer.md";
    Paths = "../../crates/login/src/manual/building/paths.md";
    QuickStart = "../../crates/login/src/manual/building/quick_start.md";
    Requests = "../../crates/login/src/manual/building/requests.md";
    SessionData = "../../crates/login/src/manual/building/session_data.md";
    Sessions = "../../crates/login/src/manual/building/sessions.md";
    SignIn = "../../crates/login/src/manual/building/sign_in.md";
    SignInOptions = "../../crates/login/src/manual/building/sign_in_options.md";
    Testing = "../../crates/login/src/manual/building/testing.md";
    Tokens = "../../crates/login/src/manual/building/tokens.md";
    Configuration = "../../crates/login/src/manual/configuration.md";
    Instances = "../../crates/login/src/manual/instances.md";
    Operations = "../../crates/login/src/manual/operations.md";
    Stopping = "../../crates/login/src/manual/deploying/stopping.md";
}
