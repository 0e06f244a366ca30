//! Properties of every seal: it opens to the same bytes, and does not open if any part of it was changed.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_assume, proptest};
use proptest::sample::{Index, select};

use crate::seal::format::OpenError;
use crate::seal::key_ring::KeyRing;
use crate::seal::keys::Keys;
use crate::seal::purpose::Purpose;

/// The three ways to make a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Sealed,
    Signed,
    Login,
}

const WAYS: [Way; 3] = [Way::Sealed, Way::Signed, Way::Login];

impl Way {
    fn make(self, keys: &Keys, drawn: [u8; 32], body: &[u8]) -> String {
        let nonce = std::array::from_fn(|index| drawn[index]);
        match self {
            Self::Sealed => keys.seal(Purpose::Session, nonce, b"", body),
            Self::Signed => keys.sign(body),
            Self::Login => keys.seal_login(drawn, b"", body),
        }
    }

    fn open(self, keys: &Keys, text: &[u8]) -> Result<Vec<u8>, OpenError> {
        let mut buffer = vec![0; text.len()];
        let opened = match self {
            Self::Sealed | Self::Signed => keys.open_session(text, &mut buffer),
            Self::Login => keys.open_login(b"", text, &mut buffer),
        };
        opened.map(<[u8]>::to_vec)
    }
}

fn keys(secret: u8, context: &[u8]) -> Keys {
    let secret: [u8; 32] = std::array::from_fn(|index| secret.wrapping_add(index as u8));
    let ring = KeyRing::new(&secret, &[] as &[&[u8]]).unwrap();
    ring.bound_to(context)
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..80)
}

proptest! {
    #[test]
    fn a_sealed_text_opens(
        way in select(&WAYS[..]), drawn: [u8; 32], context in bytes(), body in bytes(),
    ) {
        let text = way.make(&keys(0, &context), drawn, &body);
        prop_assert_eq!(way.open(&keys(0, &context), text.as_bytes()), Ok(body));
    }

    #[test]
    fn a_changed_text_does_not_open(
        way in select(&WAYS[..]), drawn: [u8; 32], body in bytes(), place: Index, byte: u8,
    ) {
        let keys = keys(0, b"");
        let text = way.make(&keys, drawn, &body).into_bytes();
        let at = place.index(text.len());
        let mut changed = text.clone();
        changed[at] = byte;
        let mut longer = text.clone();
        longer.insert(at, byte);
        let mut shorter = text.clone();
        shorter.remove(at);
        for other in [changed, longer, shorter, text[..at].to_vec()] {
            let opens = way.open(&keys, &other).is_ok();
            prop_assert_eq!(opens, other == text);
        }
    }

    #[test]
    fn a_moved_text_does_not_open(
        way in select(&WAYS[..]), other in select(&WAYS[..]), drawn: [u8; 32],
        context in bytes(), elsewhere in bytes(), body in bytes(), secret in 1..u8::MAX,
    ) {
        prop_assume!(context != elsewhere);
        let own = keys(0, &context);
        let text = way.make(&own, drawn, &body);
        let text = text.as_bytes();
        prop_assert_eq!(way.open(&keys(0, &elsewhere), text), Err(OpenError::Broken));
        prop_assert_eq!(way.open(&keys(secret, &context), text), Err(OpenError::Foreign));
        // Private and signed sessions both open, so that an application can change from one to the other.
        let is_same = (way == Way::Login) == (other == Way::Login);
        prop_assert_eq!(other.open(&own, text).is_ok(), is_same);
        let tokens = own.open_pieces(Purpose::Tokens, b"", &[text], |body| Some(body.to_vec()));
        prop_assert!(tokens.is_none());
    }
}
