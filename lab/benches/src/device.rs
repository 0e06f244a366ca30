//! A session that is bound to a device key.

use fncy_login::Login;
use fncy_login::adapter::{Decision, Head, Verdict};
use fncy_login_testing::DeviceKey;

use crate::sample::{Get, TOKEN_LEN, callback, cookies, header, reply, set};

/// The registration of a browser.
struct Registration(String);

impl Head for Registration {
    fn method(&self) -> &str {
        "POST"
    }

    fn path(&self) -> &str {
        "/auth/device/register"
    }

    fn query(&self) -> Option<&str> {
        None
    }

    fn lines<'a>(&'a self, name: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let line = (name == "secure-session-response").then_some(self.0.as_bytes());
        line.into_iter()
    }
}

/// Signs a person in, binds the session, and returns the `Cookie` header of a browser whose session names its key.
pub async fn sign_in_and_bind(login: &Login) -> String {
    let arrived = reply(login, &callback(login, TOKEN_LEN).await).await;
    let offer = header(&arrived, "secure-session-registration").next();
    let challenge = offer.unwrap().split('"').nth(3).unwrap();
    let proof = DeviceKey::generate().unwrap().registration(challenge);
    let bound = reply(login, &Registration(proof)).await;
    let device = cookies(&bound);
    let both = format!("{}; {device}", cookies(&arrived));
    let Decision::Now(Verdict::Admit { patch, .. }) = login.decide(&Get::page(both), None) else {
        unreachable!("the session is bound");
    };
    let changes = patch.header_changes(false);
    let session = set(changes.cookies.iter().map(String::as_str));
    format!("{session}; {device}")
}
