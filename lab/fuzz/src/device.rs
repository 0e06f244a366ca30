//! Registrations and refreshes of device keys: a proof is accepted if the right key has signed the right challenge, and all
//! members say so.
//!
//! Where sessions are not bound, all are requests of the application's paths.
//!
//! The input chooses the request, the key, the members and changes of the text. So it is known which proofs are right.

use std::sync::LazyLock;

use fncy_login_core::{Begin, Core, Entropy, Reply};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};

use crate::app::{self, BOUND, NOW, PRIVATE};
use crate::input::Input;
use crate::jwt::changed;
use crate::reply::{self, values};
use crate::request::Request;
use crate::sealer::encode;
use crate::sign_in;

/// A member, and whether it is as it must be.
type Choice = (&'static str, bool);

const HEADERS: [Choice; 8] = [
    (r#""alg":"ES256","typ":"dbsc+jwt""#, true),
    (r#""typ":"dbsc+jwt","alg":"ES256","kid":"1""#, true),
    (r#""alg":"none","typ":"dbsc+jwt""#, false),
    (r#""alg":"RS256","typ":"dbsc+jwt""#, false),
    (r#""alg":"ES256""#, false),
    (r#""alg":"ES256","typ":"JWT""#, false),
    (r#""alg":"ES256","typ":"dbsc+jwt","crit":["b64"]"#, false),
    (r#""alg":"ES256","typ":"dbsc+jwt","alg":"none""#, false),
];

/// Two keys, and what two browsers with these keys have from the application.
static BROWSERS: LazyLock<[Browser; 2]> = LazyLock::new(|| ["alex", "jun"].map(Browser::new));

struct Browser {
    key: EcdsaKeyPair,
    /// The challenge of the offer, the name of the binding, and the next challenge.
    texts: [String; 3],
}

impl Browser {
    fn new(user: &str) -> Self {
        let (algorithm, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        let signed_in = sign_in::sign_in(&BOUND, user, "token");
        let offer = quoted(&signed_in, "secure-session-registration", 3);
        let proof = proof(&key, HEADERS[0].0, &jwk(&key), &member(&offer));
        let Some(Begin::Prove(proving)) = begin(&BOUND, 0, "", &proof) else {
            panic!("a registration that is right is refused");
        };
        let bound = proving.finish(NOW, Some(app::entropy(user.as_bytes()[0])));
        reply::assert_sane(&bound);
        let challenge = quoted(&bound, "secure-session-challenge", 1);
        let name = quoted(&bound, "secure-session-challenge", 3);
        Self {
            key,
            texts: [offer, name, challenge],
        }
    }
}

/// A text of a header, by the number of the quotation mark before it.
fn quoted(reply: &Reply, header: &str, number: usize) -> String {
    let text = values(reply, header)[0].split('"').nth(number);
    text.unwrap().to_owned()
}

fn member(challenge: &str) -> String {
    format!(r#""jti":"{challenge}""#)
}

fn jwk(key: &EcdsaKeyPair) -> String {
    let point = key.public_key().as_ref();
    let [x, y] = [&point[1..33], &point[33..]].map(encode);
    format!(r#","jwk":{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#)
}

fn proof(key: &EcdsaKeyPair, header: &str, jwk: &str, payload: &str) -> String {
    let [header, payload] = [format!("{{{header}{jwk}}}"), format!("{{{payload}}}")]
        .map(|part| encode(part.as_bytes()));
    let signed = format!("{header}.{payload}");
    let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", encode(signature.as_ref()))
}

/// The first step of a registration (0) or a refresh. `None` if a header can't have this proof.
fn begin(core: &Core, kind: usize, name: &str, proof: &str) -> Option<Begin> {
    let path = ["/auth/device/register", "/auth/device/refresh"][kind];
    let request = Request::new("POST", path).header("secure-session-response", proof);
    let request = match kind {
        0 => request,
        _ => request.header("sec-secure-session-id", format!("\"{name}\"")),
    };
    let is_header = proof.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    is_header.then(|| app::begin(core, &request, NOW))
}

pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let kind = input.below(2);
    // The signer, the browser whose key or binding is shown, and the one whose text is answered.
    let [signer, shown, asked] = [0; 3].map(|_| &BROWSERS[input.below(2)]);
    let is = |one: &Browser, other: &Browser| std::ptr::eq(one, other);
    let (header, is_header) = input.one_of(&HEADERS);
    let text = match input.below(4) {
        0 => 0,
        1 => 2,
        2 => 1,
        _ => 3,
    };
    let challenge = asked.texts.get(text).map_or("anything", String::as_str);
    let member = member(challenge);
    let (payload, is_payload) = match input.below(4) {
        2 => (format!(r#""jti":7,{member}"#), false),
        3 => (format!("{member},{member}"), false),
        _ => (member, true),
    };
    let jwk = if kind == 0 {
        jwk(&shown.key)
    } else {
        String::new()
    };
    let right = proof(&signer.key, header, &jwk, &payload);
    let changed = changed(right.clone(), &mut input);
    let is_whole = is_header && is_payload && changed == right && is(signer, shown);
    let is_asked = match kind {
        // An offer is for any key.
        0 => text == 0,
        _ => text == 2 && is(asked, shown),
    };
    let ask = |core| begin(core, kind, &shown.texts[1], &changed);
    let (Some(begin), Some(where_off)) = (ask(&BOUND), ask(&PRIVATE)) else {
        return;
    };
    assert!(matches!(where_off, Begin::Reply(reply) if reply.status == 401));
    let is_accepted = match begin {
        Begin::Prove(proving) => {
            assert_eq!(proving.session().is_bound(), kind == 1);
            let reply = proving.finish(NOW, Some(app::entropy(7)));
            assert_eq!(values(&reply, "set-cookie").len(), 1);
            reply::assert_sane(&reply);
            true
        }
        Begin::Challenge(challenging) => {
            assert_eq!(kind, 1, "a registration is not asked twice");
            let reply = challenging.finish(NOW, Some(Entropy::new([[7; 32]])));
            assert_eq!((reply.status, values(&reply, "set-cookie").len()), (403, 0));
            false
        }
        Begin::Reply(reply) => {
            assert_eq!((reply.status, values(&reply, "set-cookie").len()), (400, 0));
            reply::assert_sane(&reply);
            false
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(is_accepted, is_whole && is_asked, "{header} {payload}");
}
