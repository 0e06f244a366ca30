//! The settings that the environment can hold: their names there and in code, and what each is.

/// Declares the settings once: name in the environment, method, default, what it is.
macro_rules! settings {
    ($($variant:ident = $name:literal, $method:literal, $default:expr, $about:literal;)*) => {
        /// A setting that the environment can hold.
        ///
        /// In code, each has a method of [`LoginBuilder`](crate::LoginBuilder).
        ///
        /// ```
        /// # use fncy_login::Setting;
        /// assert_eq!(Setting::ClientId.name(), "FNCY_CLIENT_ID");
        /// assert_eq!(Setting::ClientId.method(), "client_id");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Setting {
            $(#[doc = $about] $variant,)*
        }

        impl Setting {
            /// All of them: the required ones first, then by topic.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name of its environment variable.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// The name of its method of [`LoginBuilder`](crate::LoginBuilder).
            #[must_use]
            pub const fn method(self) -> &'static str {
                match self { $(Self::$variant => $method,)* }
            }

            /// The default in words; `None` for a required setting.
            #[must_use]
            pub const fn default_value(self) -> Option<&'static str> {
                match self { $(Self::$variant => $default,)* }
            }

            /// What it is, in a sentence.
            #[must_use]
            pub const fn about(self) -> &'static str {
                match self { $(Self::$variant => $about,)* }
            }
        }
    };
}

settings! {
    BaseUrl = "FNCY_BASE_URL", "base_url", None,
        "The base address of FNCY's authorization server, as FNCY gave it to you.";
    ClientId = "FNCY_CLIENT_ID", "client_id", None,
        "The client ID (RFC 6749, section 2.2).";
    ClientSecret = "FNCY_CLIENT_SECRET", "client_secret", None,
        "The client secret.";
    RedirectUri = "FNCY_REDIRECT_URI", "redirect_uri", None,
        "The redirect URI that is registered with FNCY; the application's own origin and sub-path are taken from it; for several hosts, one each, separated by blanks, the main one first.";
    UserinfoUrl = "FNCY_USERINFO_URL", "userinfo_url", None,
        "The address of the user data endpoint.";
    CookieSecret = "FNCY_COOKIE_SECRET", "cookie_secret", None,
        "At least 32 random bytes as base64 or hex, as `openssl rand -base64 32` prints them; several, separated by commas: the first seals, all open.";
    UserinfoMethod = "FNCY_USERINFO_METHOD", "userinfo_method", Some("get"),
        "How the user data endpoint is asked: with `get`, or with `post`; the token is in the header.";
    ClientSecretFile = "FNCY_CLIENT_SECRET_FILE", "client_secret_file", Some("none: `FNCY_CLIENT_SECRET` is set"),
        "The path of a file with the client secret, in place of it; a new one is used within seconds.";
    CookieSecretFile = "FNCY_COOKIE_SECRET_FILE", "cookie_secret_file", Some("none: `FNCY_COOKIE_SECRET` is set"),
        "The path of a file with the cookie secrets, in place of them; new ones are used within seconds.";
    AuthorizeUrl = "FNCY_AUTHORIZE_URL", "authorize_url", Some("/v1/oauth2/authorize below the base"),
        "The address of the authorization endpoint.";
    TokenUrl = "FNCY_TOKEN_URL", "token_url", Some("/v1/oauth2/token below the base"),
        "The address of the token endpoint.";
    TokenBody = "FNCY_TOKEN_BODY", "token_body", Some("json"),
        "How token requests are written: `json` as FNCY documents, or `form` as RFC 6749 has it.";
    ClientAuth = "FNCY_CLIENT_AUTH", "client_auth", Some("body"),
        "Where the client secret is sent: in the `body`, or as HTTP `basic`.";
    RedirectParam = "FNCY_REDIRECT_PARAM", "redirect_param", Some("both"),
        "How the redirect URI is spelled in requests: `both`, `redirect_uri` or `redirect_url`.";
    Scope = "FNCY_SCOPE", "scopes", Some("none: the server's own default"),
        "Scopes to ask for, separated by spaces.";
    ScopeSeparator = "FNCY_SCOPE_SEPARATOR", "scope_separator", Some("space"),
        "What separates scopes in requests and in FNCY's answers: `space` as RFC 6749 has it, or `comma`.";
    TokenType = "FNCY_TOKEN_TYPE", "token_type", Some("Bearer"),
        "What FNCY's answers call a bearer token, where it is not `Bearer`.";
    AuthorizeParams = "FNCY_AUTHORIZE_PARAMS", "authorize_params", Some("none"),
        "More parameters for the authorize URL as a query string, such as `prompt=consent`.";
    Issuer = "FNCY_ISSUER", "issuer", Some("none: not checked"),
        "If set, `iss` of each callback must equal it (RFC 9207).";
    RevocationUrl = "FNCY_REVOCATION_URL", "revocation_url", Some("none: nothing is revoked"),
        "The address of the revocation endpoint (RFC 7009), for sign-outs.";
    SignOutUrl = "FNCY_SIGN_OUT_URL", "sign_out_url", Some("none: the provider's own session stays"),
        "Where browsers go after a sign-out, to end the provider's session.";
    AccountPrompt = "FNCY_ACCOUNT_PROMPT", "account_prompt", Some("select_account"),
        "The `prompt` of a sign-in with another account: `select_account`, `login`, or `off` where FNCY knows neither.";
    CaFile = "FNCY_CA_FILE", "ca_file", Some("none: the system's alone"),
        "The path of a PEM file with authorities that are trusted for FNCY, beside the system's.";
    UserId = "FNCY_USER_ID", "user_id_pointer", Some("the first present of `/sub` and `/id`"),
        "JSON pointer to the user's id in the user data.";
    UserName = "FNCY_USER_NAME", "user_name_pointer", Some("/name"),
        "JSON pointer to the user's name.";
    UserEmail = "FNCY_USER_EMAIL", "user_email_pointer", Some("/email"),
        "JSON pointer to the user's email address.";
    CookieName = "FNCY_COOKIE_NAME", "cookie_name", Some("fncy"),
        "The application's name in its cookies' names, where several share a host.";
    BaseStripped = "FNCY_BASE_STRIPPED", "base_stripped", Some("0"),
        "`1` where a proxy strips the sub-path of the redirect URI.";
    DangerInsecureCookies = "FNCY_DANGER_INSECURE_COOKIES", "danger_insecure_cookies", Some("0"),
        "`1` for cookies without `Secure` in development on plain http; only with a loopback redirect URI.";
}
