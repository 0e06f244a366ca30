//! A method for each setting that the environment can hold.
//!
//! Rule: a method writes the text that the variable would have, so that each setting is parsed in one place.

use fncy_login_core::{RedirectParam, ScopeSeparator};
use form_urlencoded::Serializer;

use crate::config::builder::LoginBuilder;
use crate::config::setting::Setting;
use crate::config::values::Origin;
use crate::provider::choices::{AccountPrompt, Choice, ClientAuth, TokenBody, UserinfoMethod};

/// Declares the methods whose value is any text.
macro_rules! texts {
    ($($(#[$doc:meta])* $method:ident = $setting:ident($value:ident);)*) => {
        impl LoginBuilder {
            $($(#[$doc])*
            pub fn $method(self, $value: impl Into<String>) -> Self {
                self.in_code(Setting::$setting, $value)
            })*
        }
    };
}

texts! {
    /// The base address of FNCY's authorization server. Required. In the environment: `FNCY_BASE_URL`.
    ///
    /// [`authorize_url`](Self::authorize_url) and [`token_url`](Self::token_url) are below it, if they are not set.
    base_url = BaseUrl(url);

    /// The client ID (RFC 6749, section 2.2). Required. In the environment: `FNCY_CLIENT_ID`.
    client_id = ClientId(id);

    /// The client secret (RFC 6749, section 2.3.1). Required. In the environment: `FNCY_CLIENT_SECRET`.
    ///
    /// No log, error or `Debug` shows it. Don't write it into the source: read it from where the deployment keeps its
    /// secrets.
    client_secret = ClientSecret(secret);

    /// A file that holds the client secret, in place of [`client_secret`](Self::client_secret). In the environment:
    /// `FNCY_CLIENT_SECRET_FILE`.
    ///
    /// If the file changes, the new secret is used within seconds.
    client_secret_file = ClientSecretFile(path);

    /// The redirect URI that is registered with FNCY (RFC 6749, section 3.1.2). Required. In the environment:
    /// `FNCY_REDIRECT_URI`.
    ///
    /// It says where the application is: its origin, and its sub-path, if it has one. If the application has several
    /// hosts, call [`redirect_uris`](Self::redirect_uris).
    #[doc(alias("callback", "callback url"))]
    redirect_uri = RedirectUri(uri);

    /// The address of the user data endpoint. Required. In the environment: `FNCY_USERINFO_URL`.
    userinfo_url = UserinfoUrl(url);

    /// The secret that seals cookies: at least 32 random bytes as base64 or hex, as `openssl rand -base64 32` prints
    /// them. Required. In the environment: `FNCY_COOKIE_SECRET`.
    ///
    /// To change it, call [`cookie_secrets`](Self::cookie_secrets).
    #[doc(alias("cookie key"))]
    cookie_secret = CookieSecret(secret);

    /// A file that holds the cookie secrets, in place of [`cookie_secret`](Self::cookie_secret). In the environment:
    /// `FNCY_COOKIE_SECRET_FILE`.
    ///
    /// If the file changes, the new secrets are used within seconds.
    cookie_secret_file = CookieSecretFile(path);

    /// The address of the authorization endpoint. The default is `/v1/oauth2/authorize` below the base, as FNCY documents
    /// it. In the environment: `FNCY_AUTHORIZE_URL`.
    authorize_url = AuthorizeUrl(url);

    /// The address of the token endpoint. The default is `/v1/oauth2/token` below the base, as FNCY documents it. In the
    /// environment: `FNCY_TOKEN_URL`.
    token_url = TokenUrl(url);

    /// The name of the token type in FNCY's answers, beside `Bearer`, such as `BearerToken` (RFC 6749, section 7.1). In
    /// the environment: `FNCY_TOKEN_TYPE`.
    token_type = TokenType(name);

    /// The issuer that each callback must name in `iss` (RFC 9207). By default `iss` is not checked. In the environment:
    /// `FNCY_ISSUER`.
    issuer = Issuer(issuer);

    /// The address of the revocation endpoint (RFC 7009), for sign-outs. By default no token is revoked. In the
    /// environment: `FNCY_REVOCATION_URL`.
    #[doc(alias("logout", "revoke"))]
    revocation_url = RevocationUrl(url);

    /// The address that browsers go to after a sign-out, to end FNCY's own session. By default that session stays. In the
    /// environment: `FNCY_SIGN_OUT_URL`.
    #[doc(alias("logout", "single logout", "log out"))]
    sign_out_url = SignOutUrl(url);

    /// A PEM file with certificate authorities that are trusted for FNCY, beside the system's. In the environment:
    /// `FNCY_CA_FILE`.
    ca_file = CaFile(path);

    /// The JSON pointer (RFC 6901) to the user's id in the user data. The default is the first that is there of `/sub` and
    /// `/id`. In the environment: `FNCY_USER_ID`.
    user_id_pointer = UserId(pointer);

    /// The JSON pointer (RFC 6901) to the user's name in the user data. The default is `/name`. In the environment:
    /// `FNCY_USER_NAME`.
    user_name_pointer = UserName(pointer);

    /// The JSON pointer (RFC 6901) to the user's email address in the user data. The default is `/email`. In the
    /// environment: `FNCY_USER_EMAIL`.
    user_email_pointer = UserEmail(pointer);

    /// The place where FNCY says when the person signed in: a JSON pointer (RFC 6901) into the user data, or `token:` and a
    /// pointer into the token answer. By default the time is not known. In the environment: `FNCY_AUTH_TIME`.
    ///
    /// The value there is a number of seconds since 1970, such as `auth_time` of OpenID Connect Core, section 2. With it, a
    /// sign-in that must be recent is checked when the person comes back, and
    /// [`User::signed_in_at`](crate::User::signed_in_at) is FNCY's time.
    auth_time = AuthTime(pointer);

    /// The application's name in the names of its cookies, if several applications share a host. The default is `fncy`. In
    /// the environment: `FNCY_COOKIE_NAME`.
    cookie_name = CookieName(name);
}

impl LoginBuilder {
    /// The redirect URIs of an application with several hosts, the main one first, all with the same path. In the
    /// environment: `FNCY_REDIRECT_URI`, separated by spaces.
    ///
    /// The `Host` of a request chooses one of them. A request for another host is for the first.
    pub fn redirect_uris<U: AsRef<str>>(self, uris: impl IntoIterator<Item = U>) -> Self {
        self.in_code(Setting::RedirectUri, joined(uris, " "))
    }

    /// The secrets that open cookies; the first one seals them. In the environment: `FNCY_COOKIE_SECRET`, separated by
    /// commas.
    ///
    /// To change a secret without a sign-out: deploy old and new, then new and old, then new alone after the idle
    /// timeout. See [`cookies`](crate::manual::reference::cookies).
    #[doc(alias("rotation", "key rotation", "secret rotation", "cookie key"))]
    pub fn cookie_secrets<S: AsRef<str>>(self, secrets: impl IntoIterator<Item = S>) -> Self {
        self.in_code(Setting::CookieSecret, joined(secrets, ","))
    }

    /// The scopes to ask for (RFC 6749, section 3.3). By default none is named, so that the server grants its own default.
    /// In the environment: `FNCY_SCOPE`, separated by spaces.
    ///
    /// ```
    /// # use fncy_login::Login;
    /// let builder = Login::builder().scopes(["profile", "email"]);
    /// ```
    pub fn scopes<S: AsRef<str>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.in_code(Setting::Scope, joined(scopes, " "))
    }

    /// More parameters for the authorize URL. A parameter of the protocol's own is an error at start. In the environment:
    /// `FNCY_AUTHORIZE_PARAMS`, as a query string.
    ///
    /// ```
    /// # use fncy_login::Login;
    /// let builder = Login::builder().authorize_params([("prompt", "consent")]);
    /// ```
    #[doc(alias("prompt"))]
    pub fn authorize_params<N, V>(self, params: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: AsRef<str>,
        V: AsRef<str>,
    {
        let query = Serializer::new(String::new()).extend_pairs(params).finish();
        self.in_code(Setting::AuthorizeParams, query)
    }

    /// How token and revocation requests are written. The default is JSON, as FNCY documents it. In the environment:
    /// `FNCY_TOKEN_BODY`.
    pub fn token_body(self, body: TokenBody) -> Self {
        self.in_code(Setting::TokenBody, body.word())
    }

    /// Where requests hold the client secret. The default is the body, as FNCY documents it. In the environment:
    /// `FNCY_CLIENT_AUTH`.
    pub fn client_auth(self, auth: ClientAuth) -> Self {
        self.in_code(Setting::ClientAuth, auth.word())
    }

    /// The method of requests for user data. The default is `GET`. In the environment: `FNCY_USERINFO_METHOD`.
    pub fn userinfo_method(self, method: UserinfoMethod) -> Self {
        self.in_code(Setting::UserinfoMethod, method.word())
    }

    /// How requests spell the redirect URI. By default it is sent under both names: FNCY documents `redirect_url`, and RFC
    /// 6749 has `redirect_uri`. In the environment: `FNCY_REDIRECT_PARAM`.
    pub fn redirect_param(self, param: RedirectParam) -> Self {
        self.in_code(Setting::RedirectParam, param.word())
    }

    /// What separates scopes in requests and in FNCY's answers. The default is a space, as RFC 6749, section 3.3, has it. In
    /// the environment: `FNCY_SCOPE_SEPARATOR`.
    pub fn scope_separator(self, separator: ScopeSeparator) -> Self {
        self.in_code(Setting::ScopeSeparator, separator.word())
    }

    /// The `prompt` of a sign-in with another account. The default is `select_account`. In the environment:
    /// `FNCY_ACCOUNT_PROMPT`.
    pub fn account_prompt(self, prompt: AccountPrompt) -> Self {
        self.in_code(Setting::AccountPrompt, prompt.word())
    }

    /// Whether a proxy strips the sub-path of the redirect URI. The default is that it does not. In the environment:
    /// `FNCY_BASE_STRIPPED`.
    #[doc(alias("nginx", "reverse proxy", "sub-path"))]
    pub fn base_stripped(self, is_stripped: bool) -> Self {
        self.in_code(Setting::BaseStripped, is_stripped.word())
    }

    /// Whether cookies go without `Secure`, in development on plain http. It needs a redirect URI on localhost. In the
    /// environment: `FNCY_DANGER_INSECURE_COOKIES`.
    #[doc(alias("secure"))]
    pub fn danger_insecure_cookies(self, is_insecure: bool) -> Self {
        self.in_code(Setting::DangerInsecureCookies, is_insecure.word())
    }

    fn in_code(mut self, setting: Setting, text: impl Into<String>) -> Self {
        self.values.insert(setting, Origin::Code, text.into());
        self
    }
}

fn joined<T: AsRef<str>>(parts: impl IntoIterator<Item = T>, separator: &str) -> String {
    let parts: Vec<_> = parts.into_iter().collect();
    let parts: Vec<_> = parts.iter().map(AsRef::as_ref).collect();
    parts.join(separator)
}
