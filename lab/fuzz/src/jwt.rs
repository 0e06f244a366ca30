//! JWTs and key sets: a token is accepted if the only key that fits has signed it, and all members say so.
//!
//! The input chooses a key set, a token and changes of its text. So it is known which tokens are right.

use std::sync::Arc;

use fncy_login::adapter::{Decision, Verdict};
use fncy_login::clock::Clock;
use fncy_login::{BearerCheck, JwtKeys, Login, Timestamp};
use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::app::NOW;
use crate::input::Input;
use crate::request::Request;
use crate::sealer::encode;

const ISSUER: &str = "https://fncy.example";

struct Stopped;

impl Clock for Stopped {
    fn now(&self) -> Timestamp {
        NOW
    }
}

/// A member of a key or a header: its text, and whether it has the usual meaning.
type Choice = (&'static str, bool);

const USES: [Choice; 6] = [
    ("", true),
    (r#","use":"sig""#, true),
    (r#","use":"enc""#, false),
    (r#","key_ops":["verify"]"#, true),
    (r#","key_ops":["sign"]"#, false),
    (r#","use":7"#, false),
];
/// Whether the key is for Ed25519.
const ALGORITHMS: [Choice; 6] = [
    ("", true),
    (r#","alg":"EdDSA""#, true),
    (r#","alg":"Ed25519""#, true),
    (r#","alg":"ES256""#, false),
    (r#","alg":"HS256""#, false),
    (r#","alg":null"#, false),
];
const KEY_IDS: [(&str, Option<&str>); 4] = [
    ("", None),
    (r#","kid":"a""#, Some("a")),
    (r#","kid":"b""#, Some("b")),
    (r#","kid":"c""#, Some("c")),
];
const HEADERS: [Choice; 9] = [
    (r#""alg":"EdDSA","typ":"at+jwt""#, true),
    (r#""typ":"application/at+jwt","alg":"Ed25519""#, true),
    (
        r#""alg":"EdDSA","typ":"AT+JWT","jku":"https://evil.example""#,
        true,
    ),
    (r#""alg":"EdDSA","typ":"JWT""#, false),
    (r#""alg":"EdDSA""#, false),
    (r#""alg":"none","typ":"at+jwt""#, false),
    (r#""alg":"HS256","typ":"at+jwt""#, false),
    (r#""alg":"EdDSA","typ":"at+jwt","crit":["exp"]"#, false),
    (r#""alg":"EdDSA","typ":"at+jwt","alg":"none""#, false),
];
const CLAIMS: [Choice; 9] = [
    (
        r#""iss":"https://fncy.example","aud":"api","exp":1893459600"#,
        true,
    ),
    (
        r#""iss":"https://fncy.example","aud":["x","api"],"exp":1893455941.5"#,
        true,
    ),
    (
        r#""iss":"https://fncy.example","aud":"api","exp":1893455940"#,
        false,
    ),
    (r#""iss":"https://fncy.example","aud":"api""#, false),
    (
        r#""iss":"https://fncy.example","aud":"other","exp":1893459600"#,
        false,
    ),
    (
        r#""iss":"https://evil.example","aud":"api","exp":1893459600"#,
        false,
    ),
    (
        r#""iss":"https://fncy.example","aud":"api","exp":1893459600,"nbf":1893456061"#,
        false,
    ),
    (
        r#""iss":"https://fncy.example","aud":"api","exp":1893459600,"aud":"api""#,
        false,
    ),
    (
        r#""iss":"https://fncy.example","aud":"api","exp":1893459600,"cnf":{}"#,
        false,
    ),
];

/// A key of the set.
struct Key {
    json: String,
    /// The pair, if the key can be used for Ed25519.
    signer: Option<usize>,
    id: Option<&'static str>,
    /// Whether the key can be used for any algorithm.
    is_usable: bool,
}

impl Key {
    fn read(input: &mut Input<'_>) -> Self {
        let kind = input.below(8);
        let (purpose, is_for_signatures) = input.one_of(&USES);
        let (algorithm, is_for_ed25519) = input.one_of(&ALGORITHMS);
        let (key_id, id) = input.one_of(&KEY_IDS);
        let x = |length: usize| encode(&vec![9; length]);
        let (public, is_key) = match kind {
            0..=3 => {
                let public = encode(pair(kind % 2).public_key().as_ref());
                (
                    format!(r#""kty":"OKP","crv":"Ed25519","x":"{public}""#),
                    true,
                )
            }
            4 => (
                format!(
                    r#""kty":"EC","crv":"P-256","x":"{}","y":"{}""#,
                    x(32),
                    x(32)
                ),
                true,
            ),
            5 => (
                format!(r#""kty":"OKP","crv":"Ed25519","x":"{}""#, x(31)),
                false,
            ),
            6 => (format!(r#""kty":"oct","k":"{}""#, x(32)), false),
            _ => (format!(r#""kty":"RSA","n":"{}","e":"AQAB""#, x(255)), false),
        };
        let is_known = !matches!(algorithm, r#","alg":"HS256""# | r#","alg":null"#);
        let is_usable = is_key && is_for_signatures && is_known;
        Self {
            json: format!("{{{public}{purpose}{algorithm}{key_id}}}"),
            signer: (is_usable && kind < 4 && is_for_ed25519).then_some(kind % 2),
            id,
            is_usable,
        }
    }
}

fn pair(number: usize) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[number as u8 + 1; 32]).unwrap()
}

/// Keys, a token, and changes of its text.
pub(crate) fn check(data: &[u8]) {
    let mut input = Input::new(data);
    let is_repeated = input.byte() == 255;
    let keys: Vec<_> = (0..input.below(4)).map(|_| Key::read(&mut input)).collect();
    let list: Vec<_> = keys.iter().map(|key| &*key.json).collect();
    let list = list.join(",");
    let more = if is_repeated { r#","keys":[]"# } else { "" };
    let set = format!(r#"{{"keys":[{list}]{more}}}"#);
    let can_start = !is_repeated && keys.iter().any(|key| key.is_usable);
    let login = login(&set);
    assert_eq!(login.is_some(), can_start, "{set}");
    let Some(login) = login else { return };
    let signer = input.below(2);
    let (header, is_header) = input.one_of(&HEADERS);
    let (key_id, id) = input.one_of(&KEY_IDS);
    let (claims, are_claims) = input.one_of(&CLAIMS);
    let client = input.one_of(&["app", "alex"]);
    let payload = format!(r#"{{{claims},"sub":"alex","client_id":"{client}"}}"#);
    let header = format!("{{{header}{key_id}}}");
    let signed = format!(
        "{}.{}",
        encode(header.as_bytes()),
        encode(payload.as_bytes())
    );
    let signature = pair(signer).sign(signed.as_bytes());
    let token = format!("{signed}.{}", encode(signature.as_ref()));
    let changed = changed(token.clone(), &mut input);
    // Several keys of the token's key ID are one too many, even if they are the same.
    let fitting = keys.iter().filter(|key| id.is_none() || key.id == id);
    let mut fitting = fitting.filter_map(|key| key.signer);
    let is_signed = fitting.next() == Some(signer) && fitting.next().is_none();
    let expected = is_signed && is_header && are_claims && client == "app" && changed == token;
    let user = user(&login, &changed);
    assert_eq!(
        user.as_deref(),
        expected.then_some("alex"),
        "{set} {header} {payload}"
    );
}

fn login(set: &str) -> Option<Login> {
    let vars = [
        ("FNCY_BASE_URL", "http://127.0.0.1:4000"),
        ("FNCY_CLIENT_ID", "client"),
        ("FNCY_CLIENT_SECRET", "a secret of the client"),
        ("FNCY_REDIRECT_URI", "https://app.example/auth/callback"),
        ("FNCY_USER_ID", "/sub"),
        ("FNCY_USERINFO_URL", "http://127.0.0.1:4000/me"),
        (
            "FNCY_COOKIE_SECRET",
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJK=",
        ),
    ];
    let check = BearerCheck::jwt(ISSUER, JwtKeys::from_set(set)).audience("api");
    let vars = vars.map(|(name, value)| (name, value.to_owned()));
    let builder = Login::builder().env_from(vars).clock(Arc::new(Stopped));
    let built = builder.bearer_prefix("/api", check).build();
    built
        .inspect_err(|error| assert!(error.to_string().contains("key set"), "{error}"))
        .ok()
}

/// A token with some of its bytes changed.
pub(crate) fn changed(token: String, input: &mut Input<'_>) -> String {
    let mut bytes = token.into_bytes();
    while !input.is_empty() && !bytes.is_empty() {
        let at = input.number() % bytes.len();
        match input.below(4) {
            0 => bytes[at] = input.byte(),
            1 => bytes.insert(at, input.byte()),
            2 => drop(bytes.remove(at)),
            _ => bytes.truncate(at),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The user of a token, if it is accepted.
fn user(login: &Login, token: &str) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let request = Request::get("/api").header("authorization", format!("Bearer {token}"));
        let verdict = match login.decide(&request, None) {
            Decision::Now(verdict) => verdict,
            Decision::Later(verdict) => verdict.await,
            Decision::Pass => panic!("no layer has seen this request"),
        };
        match verdict {
            Verdict::Admit { context, .. } => Some(context.user().unwrap().id().to_owned()),
            Verdict::Reply(reply) => {
                assert!((400..500).contains(&reply.status), "{}", reply.status);
                None
            }
        }
    })
}
