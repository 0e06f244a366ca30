//! The settings of an application that uses this server.

use crate::config::endpoint::Endpoint;
use crate::state::provider::Provider;

/// The redirect URI of most examples and tutorials.
const REDIRECT_URI: &str = "http://localhost:3000/auth/callback";

/// The variables that follow from the provider.
pub(crate) fn environment(provider: &Provider) -> [(&'static str, String); 6] {
    let settings = &provider.settings;
    [
        ("FNCY_BASE_URL", provider.base_url.clone()),
        ("FNCY_CLIENT_ID", settings.client_id.clone()),
        ("FNCY_CLIENT_SECRET", settings.client_secret.clone()),
        ("FNCY_USERINFO_URL", provider.url(Endpoint::UserData)),
        ("FNCY_REVOCATION_URL", provider.url(Endpoint::Revoke)),
        ("FNCY_SIGN_OUT_URL", provider.sign_out_url()),
    ]
}

/// All variables as lines of an environment file, for an application at the first registered
/// redirect URI or else on port 3000.
pub(crate) fn env_file(provider: &Provider) -> String {
    let registered = provider.settings.redirect_uris.first();
    let redirect_uri = registered.map_or(REDIRECT_URI, String::as_str);
    let mut variables = environment(provider);
    let [.., (_, sign_out_url)] = &mut variables;
    // After the sign-out, the browser returns to the application's own sign-out page.
    if let Some(prefix) = redirect_uri.strip_suffix("/callback") {
        sign_out_url.push_str(&format!("?return_to={prefix}/logout"));
    }
    let own = [
        ("FNCY_AUTH_TIME", "/auth_time".to_owned()),
        ("FNCY_REDIRECT_URI", redirect_uri.to_owned()),
        ("FNCY_COOKIE_SECRET", provider.ids.cookie_secret()),
    ];
    let place = provider.settings.user_id_place.to_string();
    let user_id = (place != "/id").then_some(("FNCY_USER_ID", place));
    let lines = variables.into_iter().chain(own).chain(user_id);
    lines
        .map(|(name, value)| format!("{name}={value}\n"))
        .collect()
}
