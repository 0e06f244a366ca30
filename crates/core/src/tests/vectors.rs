//! The test vectors of `docs/cookie-format.md`, checked against the code in both directions.
//!
//! Rules: every value of the page is compared. Keys are derived, and texts are opened and sealed, a second time with
//! only HMAC and AES-GCM, so that the page is enough to write another reader.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::digest::{SHA256, digest};
use ring::hmac::{HMAC_SHA256, Key, sign};

use crate::cookies::policy::CookiePolicy;
use crate::cookies::vault::Vault;
use crate::provider::tokens::SessionTokens;
use crate::request::return_to::ReturnTo;
use crate::request::site::Site;
use crate::seal::key_ring::KeyRing;
use crate::seal::keys::Keys;
use crate::seal::protection::Protection;
use crate::seal::purpose::Purpose;
use crate::session::device_cookie::{self, Showing};
use crate::session::found::Checked;
use crate::session::open::{open, open_user};
use crate::session::sealed_tokens;
use crate::session::segment::{Segment, Terms};
use crate::session::status::RevocationStatus;
use crate::session::user::User;
use crate::session::write::write;
use crate::sign_in::demands::Demands;
use crate::sign_in::loop_count::{self, LoopCount};
use crate::sign_in::transaction::{self, State, Transaction};
use crate::tests::request::Request;
use crate::tests::vector::{PAGE, Vector};
use crate::values::entropy::Entropy;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

fn ring() -> KeyRing {
    KeyRing::new(&Vector::of("keys").bytes("secret"), &[] as &[&[u8]]).unwrap()
}

fn keys() -> Keys {
    ring().bound_to(&Vector::of("keys").bytes("context"))
}

fn vault(protection: Protection) -> Vault {
    vault_of(protection, None)
}

fn vault_of(protection: Protection, origin: Option<&str>) -> Vault {
    let client_id = Vector::of("keys").text("client_id");
    let cookies = CookiePolicy::new(None, None).unwrap();
    Vault::new(&ring(), cookies, protection, client_id, origin)
}

/// The context of keys, as the page says it.
fn context(cookie: &str, client_id: &str, origin: &str) -> Vec<u8> {
    let texts = [cookie, client_id, origin].map(|text| {
        let length = u16::try_from(text.len()).unwrap().to_be_bytes();
        [&length, text.as_bytes()].concat()
    });
    texts.concat()
}

fn site() -> Site {
    Site::new("https://app.example/auth/callback", "/auth", false).unwrap()
}

/// A request with the cookie of this `Set-Cookie` line.
fn request(line: &str) -> Request {
    Request::get("/").header("cookie", line.split(';').next().unwrap())
}

fn session_body() -> Vector {
    Vector::of("session-body")
}

/// The first segment of the page, field by field.
fn segment(vector: &Vector) -> Segment<'static> {
    Segment {
        terms: Terms {
            session_id: vector.array("session_id"),
            chunks: vector.number("chunks").try_into().unwrap(),
            generation: vector.number("generation").try_into().unwrap(),
            issued: vector.time("issued"),
            ends: vector.time("ends"),
            idle_ends: vector.time("idle_ends"),
            token_expires: vector.time("token_expires"),
            token_life: vector.number("token_life"),
            can_refresh: vector.number("flags") & 1 == 1,
            is_bound: false,
            user_read: vector.time("user_read"),
            signed_in: vector.time("signed_in"),
            data_version: vector.number("data_version").try_into().unwrap(),
        },
        user_id: vector.text("user_id"),
        name: vector.text("name"),
        email: vector.text("email"),
        scopes: vector.text("scopes"),
        claims: vector.text("claims"),
        data: vector.text("data"),
        device: "",
    }
}

fn tokens(vector: &Vector) -> SessionTokens {
    SessionTokens {
        access_token: Secret::new(vector.text("access_token").to_owned()),
        refresh_token: Some(Secret::new(vector.text("refresh_token").to_owned())),
    }
}

fn user() -> User {
    User::open(&session_body().bytes("body"), |_| true).unwrap()
}

/// AES-256-GCM under a key of the page, without our code.
fn aes(key: &[u8]) -> LessSafeKey {
    LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).unwrap())
}

/// Opens a text as the page says it, where `N` bytes follow the key id.
fn open_by_hand<const N: usize>(key: &[u8], text: &str, aad: &[u8]) -> ([u8; N], Vec<u8>) {
    let bytes = URL_SAFE_NO_PAD.decode(text).unwrap();
    let (header, rest) = bytes.split_at(5);
    assert_eq!(
        header,
        [&[1][..], &Vector::of("keys").bytes("key_id")].concat()
    );
    let (prefix, sealed) = rest.split_first_chunk::<N>().unwrap();
    let nonce = prefix[..].try_into().unwrap_or([0; 12]);
    let mut sealed = sealed.to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    let body = aes(key)
        .open_in_place(nonce, Aad::from(aad), &mut sealed)
        .unwrap();
    (*prefix, body.to_vec())
}

/// Seals a body as the page says it: `prefix` is a nonce, or a salt for a nonce of zeros.
fn seal_by_hand(key: &[u8], prefix: &[u8], aad: &[u8], body: &[u8]) -> String {
    let nonce = prefix.try_into().unwrap_or([0; 12]);
    let mut sealed = body.to_vec();
    let nonce = Nonce::assume_unique_for_key(nonce);
    aes(key)
        .seal_in_place_append_tag(nonce, Aad::from(aad), &mut sealed)
        .unwrap();
    let id = Vector::of("keys").bytes("key_id");
    URL_SAFE_NO_PAD.encode([&[1][..], &id, prefix, &sealed].concat())
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    sign(&Key::new(HMAC_SHA256, key), message).as_ref().to_vec()
}

/// The only block of HKDF's expansion that 32 bytes take (RFC 5869, section 2.3).
fn expand(prk: &[u8], info: &[u8]) -> Vec<u8> {
    mac(prk, &[info, &[1]].concat())
}

#[test]
fn the_page_has_these_vectors_and_no_others() {
    let names: Vec<_> = PAGE
        .lines()
        .filter_map(|line| line.strip_prefix("```vector "))
        .collect();
    let checked = [
        "keys",
        "session-body",
        "bound-body",
        "private",
        "signed",
        "other-host",
        "device",
        "tokens",
        "session-cookie",
        "login",
        "login-kept",
        "round",
    ];
    assert_eq!(names, checked);
}

#[test]
fn keys_are_derived_as_the_page_says() {
    let vector = Vector::of("keys");
    let (cookie, client_id) = (vector.text("cookie"), vector.text("client_id"));
    let context = context(cookie, client_id, "");
    assert_eq!(context, vector.bytes("context"));
    let prk = mac(b"fncy-login v1", &vector.bytes("secret"));
    assert_eq!(prk, vector.bytes("prk"));
    assert_eq!(expand(&prk, b"key id")[..4], vector.bytes("key_id"));
    for (info, name) in [
        (&b"session"[..], "session"),
        (b"tokens", "tokens"),
        (b"login", "login"),
        (b"device", "device"),
        (b"shared", "shared"),
        (b"signed session", "signed_session"),
    ] {
        let key = expand(&prk, &[info, &context].concat());
        assert_eq!(key, vector.bytes(name), "{name}");
    }
    vector.assert_all_seen();
}

#[test]
fn the_first_segment_is_written_and_read_field_by_field() {
    let vector = session_body();
    let body = vector.bytes("body");
    assert_eq!(segment(&vector).encode(), body);
    let read = Segment::decode(&body).unwrap();
    assert_eq!(read.encode(), body);
    let fields = (
        read.user_id,
        read.name,
        read.email,
        read.scopes,
        read.claims,
        read.data,
    );
    let written = segment(&vector);
    let expected = (
        written.user_id,
        written.name,
        written.email,
        written.scopes,
        written.claims,
        written.data,
    );
    assert_eq!(fields, expected);
    vector.assert_all_seen();
}

#[test]
fn a_bound_segment_names_its_device_key() {
    let vector = Vector::of("bound-body");
    let own = session_body();
    let bound = Segment {
        device: vector.text("device"),
        ..segment(&own)
    };
    let body = vector.bytes("body");
    assert_eq!(bound.encode(), body);
    let read = Segment::decode(&body).unwrap();
    assert_eq!(read.device, vector.text("device"));
    assert_eq!(vector.number("flags"), 3);
    assert!(read.is_bound && read.can_refresh);
    vector.assert_all_seen();
}

#[test]
fn a_device_cookie_is_sealed_and_proves_its_session() {
    let vector = Vector::of("device");
    let vault = vault(Protection::Private);
    let session = user().session();
    assert_eq!(session.id().as_bytes(), &vector.array("session_id"));
    let now = Timestamp::from_unix(vector.time("good_until").as_unix() - 360);
    let thumbprint = vector.text("device");
    let text = device_cookie::seal(&vault, &session, thumbprint, now, vector.array("nonce"));
    assert_eq!(text, vector.text("text"));
    let body = [
        &vector.bytes("session_id")[..],
        &vector.time("good_until").as_unix().to_be_bytes(),
        &[0, 43],
        thumbprint.as_bytes(),
    ];
    assert_eq!(
        open_by_hand(&Vector::of("keys").bytes("device"), &text, b"device cookie"),
        (vector.array::<12>("nonce"), body.concat())
    );
    let name = vector.text("name");
    assert_eq!(vault.cookies.device_name(session.id().as_bytes()), name);
    let request = request(&format!("{name}={text}"));
    for (at, is_bound) in [(now.plus(359), true), (now.plus(360), false)] {
        let showing = device_cookie::check(&vault, &request, &user(), &session, at);
        let is_shown_bound = matches!(showing, Showing::Bound(_));
        assert_eq!(is_shown_bound, is_bound, "{at:?}");
    }
    vector.assert_all_seen();
}

#[test]
fn a_private_segment_is_sealed_and_opened() {
    let (vector, body) = (Vector::of("private"), session_body().bytes("body"));
    let (nonce, text) = (vector.array("nonce"), vector.text("text"));
    assert_eq!(keys().seal(Purpose::Session, nonce, b"", &body), text);
    let mut buffer = [0; 1024];
    let opened = keys().open_session(text.as_bytes(), &mut buffer);
    assert_eq!(opened, Ok(&*body));

    let key = Vector::of("keys").bytes("session");
    assert_eq!(open_by_hand(&key, text, b""), (nonce, body));
    let other = seal_by_hand(&key, &[7; 12], b"", b"another body");
    let opened = keys().open_session(other.as_bytes(), &mut buffer);
    assert_eq!(opened, Ok(&b"another body"[..]));
    vector.assert_all_seen();
}

#[test]
fn a_signed_segment_is_signed_and_opened() {
    let (vector, body) = (Vector::of("signed"), session_body().bytes("body"));
    let text = vector.text("text");
    assert_eq!(keys().sign(&body), text);
    let mut buffer = [0; 1024];
    let opened = keys().open_session(text.as_bytes(), &mut buffer);
    assert_eq!(opened, Ok(&*body));

    let keys = Vector::of("keys");
    let signed = [&[2][..], &keys.bytes("key_id"), &body].concat();
    let tag = mac(&keys.bytes("signed_session"), &signed);
    assert_eq!(URL_SAFE_NO_PAD.encode([signed, tag].concat()), text);
    vector.assert_all_seen();
}

#[test]
fn a_segment_of_a_further_host_opens_at_no_other_host() {
    let (vector, keys) = (Vector::of("other-host"), Vector::of("keys"));
    let (origin, text) = (vector.text("origin"), vector.text("text"));
    let opens = |origin: Option<&str>| {
        let vault = vault_of(Protection::Private, origin);
        open_user(&vault, text.as_bytes(), |_| true).is_ok()
    };
    assert!(opens(Some(origin)));
    assert!(!opens(None) && !opens(Some("https://third.example")));

    let context = context(keys.text("cookie"), keys.text("client_id"), origin);
    assert_eq!(context, vector.bytes("context"));
    let key = expand(&keys.bytes("prk"), &[b"session", &*context].concat());
    let (nonce, body) = (
        Vector::of("private").array("nonce"),
        session_body().bytes("body"),
    );
    assert_eq!(open_by_hand::<12>(&key, text, b""), (nonce, body.clone()));
    assert_eq!(seal_by_hand(&key, &nonce, b"", &body), text);
    vector.assert_all_seen();
}

#[test]
fn tokens_are_sealed_beside_their_own_user_only() {
    let vector = Vector::of("tokens");
    let (vault, text) = (vault(Protection::Private), vector.text("text"));
    let (tokens, nonce) = (tokens(&vector), vector.array("nonce"));
    let session = session_body();
    let own = segment(&session);
    assert_eq!(sealed_tokens::seal(&vault, &tokens, &own, nonce), text);
    let line = format!("__Host-fncy_session=.{text}");
    let opened = sealed_tokens::open(&vault, &request(&line), &user()).unwrap();
    assert_eq!(opened.access_token(), tokens.access_token());
    let refresh_token = opened.refresh_token.unwrap();
    assert_eq!(refresh_token.expose(), vector.text("refresh_token"));

    let aad = vector.bytes("associated_data");
    let key = Vector::of("keys").bytes("tokens");
    assert_eq!(
        open_by_hand(&key, text, &aad),
        (nonce, vector.bytes("body"))
    );
    let other = seal_by_hand(&key, &[7; 12], &aad, &vector.bytes("body"));
    let line = format!("__Host-fncy_session=.{other}");
    assert!(sealed_tokens::open(&vault, &request(&line), &user()).is_some());

    let mut older = own;
    older.terms.generation = 2;
    let older = User::open(&older.encode(), |_| true).unwrap();
    assert!(sealed_tokens::open(&vault, &request(&line), &older).is_none());
    vector.assert_all_seen();
}

#[test]
fn the_whole_cookie_is_set_and_read() {
    let vector = Vector::of("session-cookie");
    let (now, line) = (vector.time("now"), vector.text("line"));
    let vault = vault(Protection::Private);
    let mut entropy = [0; 32];
    entropy[..12].copy_from_slice(&Vector::of("private").bytes("nonce"));
    let sealed = Vector::of("tokens").text("text");
    let session = session_body();
    let written = write(&vault, segment(&session), sealed, &[], now, &entropy);
    let (lines, _) = written.ok().unwrap();
    assert_eq!(lines, [line]);

    let Checked::Found(found) =
        open(&vault, &request(line), now).check(|_, _| RevocationStatus::Live)
    else {
        panic!("its access token has expired");
    };
    let found = found.into_user().unwrap();
    assert_eq!(found.segment().encode(), session.bytes("body"));
    assert!(sealed_tokens::open(&vault, &request(line), &found).is_some());
    vector.assert_all_seen();
}

#[test]
fn a_chunk_is_as_long_as_the_page_says() {
    let room = 4_019;
    assert!(PAGE.contains("4,019 bytes"));
    let session = session_body();
    let sealed = "x".repeat(2 * room);
    let now = session.time("issued");
    let vault = vault(Protection::Private);
    let written = write(&vault, segment(&session), &sealed, &[], now, &[1; 32]);
    let (lines, user) = written.ok().unwrap();
    assert_eq!((lines.len(), user.segment().chunks), (3, 3));
    for (line, suffix) in lines.iter().zip(["", ".1", ".2"]) {
        let rest = line.strip_prefix("__Host-fncy_session").unwrap();
        let (value, _) = rest.split_once(';').unwrap();
        let value = value.strip_prefix(&format!("{suffix}=")).unwrap();
        assert_eq!(value.len() == room, suffix != ".2");
        assert!(line.len() <= 4_096);
    }
}

#[test]
fn a_transaction_is_sealed_and_found() {
    let vector = Vector::of("login");
    let addresses = [vector.text("authorize_url"), vector.text("token_url")].join(" ");
    let provider = vector.array::<8>("provider");
    assert_eq!(
        digest(&SHA256, addresses.as_bytes()).as_ref()[..8],
        provider
    );
    let entropy = Entropy::new(["state", "verifier", "salt"].map(|name| vector.array(name)));
    let started = vector.time("started");
    let return_to = ReturnTo::parse(vector.text("return_to"), &site());
    assert_eq!(
        (vector.number("keeps"), vector.number("max_age")),
        (0, u32::MAX.into())
    );
    assert_eq!(vector.text("scopes"), "");
    let demands = Demands::default();
    let (transaction, salt) =
        Transaction::start(return_to, demands.clone(), provider, started, entropy);
    let state = transaction.state();
    assert_eq!(state.text, vector.text("state_sent"));
    let verifier = vector.text("verifier_sent");
    assert_eq!(transaction.pkce.verifier().expose(), verifier);
    let vault = vault(Protection::Signed);
    let line = vector.text("line");
    assert_eq!(transaction::set(&vault, &transaction, &state, salt), line);

    let state = State::new(vector.text("state_sent").to_owned());
    let found = transaction::find(&vault, &request(line), &state, &site()).unwrap();
    assert_eq!(found.return_to.as_str(), vector.text("return_to"));
    assert_eq!(found.provider, provider);
    assert_eq!(found.demands, demands);
    assert_eq!(found.pkce.verifier().expose(), verifier);
    assert!(!found.is_expired(started.plus(599)) && found.is_expired(started.plus(600)));
    assert_message(&vector);
    vector.assert_all_seen();
}

#[test]
fn a_transaction_that_keeps_a_session_is_sealed_and_found() {
    let (plain, vector) = (Vector::of("login"), Vector::of("login-kept"));
    assert_eq!(vector.number("keeps"), 1);
    let demands = Demands {
        is_counted: false,
        keeps: Some(vector.array("session_id")),
        max_age: Some(vector.number("max_age")),
        scopes: vector.text("scopes").to_owned(),
    };
    let entropy = Entropy::new(["state", "verifier", "salt"].map(|name| plain.array(name)));
    let return_to = ReturnTo::parse(plain.text("return_to"), &site());
    let (provider, started) = (plain.array("provider"), plain.time("started"));
    let (transaction, salt) =
        Transaction::start(return_to, demands.clone(), provider, started, entropy);
    let (vault, line) = (vault(Protection::Private), vector.text("line"));
    let state = transaction.state();
    assert_eq!(transaction::set(&vault, &transaction, &state, salt), line);
    let found = transaction::find(&vault, &request(line), &state, &site()).unwrap();
    assert_eq!(found.demands, demands);
    assert_message(&vector);
    vector.assert_all_seen();
}

#[test]
fn a_loop_count_is_sealed_and_read() {
    let vector = Vector::of("round");
    let (vault, line) = (vault(Protection::Private), vector.text("line"));
    let (first, count) = (vector.time("first"), vector.number("count"));
    let round = (0..count).fold(None, |before, _| Some(LoopCount::after(before, first)));
    assert_eq!(
        loop_count::set(&vault, round.unwrap(), vector.array("salt")),
        line
    );

    let found = loop_count::find(&vault, &request(line), first.plus(59)).unwrap();
    assert!(!found.is_loop());
    assert!(LoopCount::after(Some(found), first).is_loop());
    assert!(loop_count::find(&vault, &request(line), first.plus(60)).is_none());
    assert_message(&vector);
    vector.assert_all_seen();
}

/// A transaction or a loop count: a key for each salt, and the text by hand.
fn assert_message(vector: &Vector) {
    let (cookie, text) = (vector.text("cookie"), vector.text("text"));
    let line = vector.text("line");
    assert!(line.starts_with(&format!("{cookie}={text};")), "{line}");
    let (salt, key) = (vector.array::<32>("salt"), vector.bytes("key"));
    let logins = Vector::of("keys").bytes("login");
    assert_eq!(
        expand(&logins, &[&b"login message"[..], &salt].concat()),
        key
    );
    let body = vector.bytes("body");
    assert_eq!(
        open_by_hand(&key, text, cookie.as_bytes()),
        (salt, body.clone())
    );

    let key = expand(&logins, &[&b"login message"[..], &[7; 32]].concat());
    let other = seal_by_hand(&key, &[7; 32], cookie.as_bytes(), &body);
    let mut buffer = [0; 1024];
    let opened = keys().open_login(cookie.as_bytes(), other.as_bytes(), &mut buffer);
    assert_eq!(opened, Ok(&*body));
}
