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
        "The base address of FNCY's authorization server. FNCY gives it to you.";
    ClientId = "FNCY_CLIENT_ID", "client_id", None,
        "The client ID (RFC 6749, section 2.2). FNCY gives it to you.";
    ClientSecret = "FNCY_CLIENT_SECRET", "client_secret", None,
        "The client secret. FNCY gives it to you.";
    RedirectUri = "FNCY_REDIRECT_URI", "redirect_uri", None,
        "The redirect URI that is registered with FNCY. It says where the application is. For several hosts, write one for each, separated by spaces, the main one first.";
    UserinfoUrl = "FNCY_USERINFO_URL", "userinfo_url", None,
        "The address of the user data endpoint. FNCY gives it to you.";
    CookieSecret = "FNCY_COOKIE_SECRET", "cookie_secret", None,
        "At least 32 random bytes as base64 or hex, as `openssl rand -base64 32` prints them. Of several secrets, separated by commas, the first seals cookies, and all open them.";
    UserinfoMethod = "FNCY_USERINFO_METHOD", "userinfo_method", Some("get"),
        "The method of requests for user data: `get` or `post`. The token is in the header.";
    ClientSecretFile = "FNCY_CLIENT_SECRET_FILE", "client_secret_file", Some("not set"),
        "The path of a file with the client secret, instead of `FNCY_CLIENT_SECRET`. If the file changes, the new secret is used within seconds.";
    CookieSecretFile = "FNCY_COOKIE_SECRET_FILE", "cookie_secret_file", Some("not set"),
        "The path of a file with the cookie secrets, instead of `FNCY_COOKIE_SECRET`. If the file changes, the new secrets are used within seconds.";
    AuthorizeUrl = "FNCY_AUTHORIZE_URL", "authorize_url", Some("/v1/oauth2/authorize below the base"),
        "The address of the authorization endpoint.";
    TokenUrl = "FNCY_TOKEN_URL", "token_url", Some("/v1/oauth2/token below the base"),
        "The address of the token endpoint.";
    TokenBody = "FNCY_TOKEN_BODY", "token_body", Some("json"),
        "The body of token requests: `json` as FNCY documents, or `form` as in RFC 6749.";
    ClientAuth = "FNCY_CLIENT_AUTH", "client_auth", Some("body"),
        "The place of the client secret in token requests: the `body`, or HTTP `basic`.";
    RedirectParam = "FNCY_REDIRECT_PARAM", "redirect_param", Some("both"),
        "The name of the redirect URI's parameter in requests: `redirect_uri`, `redirect_url` or `both`.";
    Scope = "FNCY_SCOPE", "scopes", Some("FNCY's own default"),
        "The scopes to ask for, separated by spaces.";
    ScopeSeparator = "FNCY_SCOPE_SEPARATOR", "scope_separator", Some("space"),
        "The separator of scopes in requests and in FNCY's answers: `space` as in RFC 6749, or `comma`.";
    TokenType = "FNCY_TOKEN_TYPE", "token_type", Some("Bearer"),
        "The name of bearer tokens in FNCY's answers, if it is not `Bearer`.";
    AuthorizeParams = "FNCY_AUTHORIZE_PARAMS", "authorize_params", Some("no parameters"),
        "More parameters for the authorize URL as a query string, such as `prompt=consent`.";
    Issuer = "FNCY_ISSUER", "issuer", Some("not checked"),
        "The issuer that each callback must name in `iss` (RFC 9207).";
    RevocationUrl = "FNCY_REVOCATION_URL", "revocation_url", Some("tokens are not revoked"),
        "The address of the revocation endpoint (RFC 7009), for sign-outs.";
    SignOutUrl = "FNCY_SIGN_OUT_URL", "sign_out_url", Some("FNCY's session stays"),
        "The address to which browsers go after a sign-out, to end FNCY's session. The sign-out's `return_to` is then not used.";
    AccountPrompt = "FNCY_ACCOUNT_PROMPT", "account_prompt", Some("select_account"),
        "The `prompt` of a sign-in with another account: `select_account`, `login`, or `off` if FNCY knows neither.";
    CaFile = "FNCY_CA_FILE", "ca_file", Some("the system's authorities only"),
        "The path of a PEM file with certificate authorities that are trusted for FNCY, in addition to the system's.";
    UserId = "FNCY_USER_ID", "user_id_pointer", Some("the first present of `/sub` and `/id`"),
        "The JSON pointer (RFC 6901) to the user's id in the user data.";
    UserName = "FNCY_USER_NAME", "user_name_pointer", Some("/name"),
        "The JSON pointer to the user's name.";
    UserEmail = "FNCY_USER_EMAIL", "user_email_pointer", Some("/email"),
        "The JSON pointer to the user's email address.";
    AuthTime = "FNCY_AUTH_TIME", "auth_time", Some("not known"),
        "The JSON pointer to the time of the person's sign-in, in seconds since 1970: in the user data, such as `/auth_time`, or in the token answer, such as `token:/auth_time`.";
    CookieName = "FNCY_COOKIE_NAME", "cookie_name", Some("fncy"),
        "The application's name in the names of its cookies, if several applications share a host.";
    BaseStripped = "FNCY_BASE_STRIPPED", "base_stripped", Some("0"),
        "`1` if a proxy strips the sub-path of the redirect URI.";
    DangerInsecureCookies = "FNCY_DANGER_INSECURE_COOKIES", "danger_insecure_cookies", Some("0"),
        "`1` for cookies without `Secure`, in development on plain http. It needs a loopback redirect URI.";
}

impl Setting {
    /// Whether instances must have it in common. A secret is left out, and so is the path of a file.
    pub(crate) const fn is_shared(self) -> bool {
        !matches!(
            self,
            Self::ClientSecret
                | Self::ClientSecretFile
                | Self::CookieSecret
                | Self::CookieSecretFile
                | Self::CaFile
        )
    }
}
