//! The cases that are measured in turns.

use fncy_login::LoginBuilder;

use crate::frameworks::SignedIn;
use crate::interleave::Case;
use crate::sample::{Provider, TOKEN_LEN, sign_in};
use crate::{driver, floor, frameworks, refresh};

/// All of them, with a floor as the first one.
pub async fn all() -> Vec<Case> {
    let provider = Provider::start().await;
    let private = provider.login(|builder| builder);
    let signed = provider.login(LoginBuilder::signed_cookies);
    let cookies = sign_in(&private, TOKEN_LEN).await;
    let signed_cookies = sign_in(&signed, TOKEN_LEN).await;
    let private = SignedIn {
        login: &private,
        cookies: &cookies,
    };
    let signed = SignedIn {
        login: &signed,
        cookies: &signed_cookies,
    };
    let mut cases = Vec::from(floor::cases());
    cases.extend(driver::cases(&provider, private, signed).await);
    cases.extend(frameworks::cases(private, signed).await);
    cases.extend(refresh::cases().await);
    provider.age_sessions();
    cases
}
