//! Properties of every seal: it opens to the same bytes, and does not open if any part of it was changed.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, prop_assume, proptest};
use proptest::sample::{Index, select};

use crate::seal::format::OpenError;
use crate::seal::key_ring::KeyRing;
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
    fn make(self, ring: &KeyRing, drawn: [u8; 32], aad: &[u8], body: &[u8]) -> String {
        let nonce = std::array::from_fn(|index| drawn[index]);
        match self {
            Self::Sealed => ring.seal(Purpose::Session, nonce, aad, body),
            Self::Signed => ring.sign(aad, body),
            Self::Login => ring.seal_login(drawn, aad, body),
        }
    }

    fn open(self, ring: &KeyRing, aad: &[u8], text: &[u8]) -> Result<Vec<u8>, OpenError> {
        let mut buffer = vec![0; text.len()];
        let opened = match self {
            Self::Sealed | Self::Signed => ring.open_session(aad, text, &mut buffer),
            Self::Login => ring.open_login(aad, text, &mut buffer),
        };
        opened.map(<[u8]>::to_vec)
    }
}

fn ring(secret: u8) -> KeyRing {
    let secret: [u8; 32] = std::array::from_fn(|index| secret.wrapping_add(index as u8));
    KeyRing::new(&secret, &[] as &[&[u8]]).unwrap()
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..80)
}

proptest! {
    #[test]
    fn a_sealed_text_opens(
        way in select(&WAYS[..]), drawn: [u8; 32], aad in bytes(), body in bytes(),
    ) {
        let text = way.make(&ring(0), drawn, &aad, &body);
        prop_assert_eq!(way.open(&ring(0), &aad, text.as_bytes()), Ok(body));
    }

    #[test]
    fn a_changed_text_does_not_open(
        way in select(&WAYS[..]), drawn: [u8; 32], body in bytes(), place: Index, byte: u8,
    ) {
        let text = way.make(&ring(0), drawn, b"", &body).into_bytes();
        let at = place.index(text.len());
        let mut changed = text.clone();
        changed[at] = byte;
        let mut longer = text.clone();
        longer.insert(at, byte);
        let mut shorter = text.clone();
        shorter.remove(at);
        for other in [changed, longer, shorter, text[..at].to_vec()] {
            let opens = way.open(&ring(0), b"", &other).is_ok();
            prop_assert_eq!(opens, other == text);
        }
    }

    #[test]
    fn a_moved_text_does_not_open(
        way in select(&WAYS[..]), other in select(&WAYS[..]), drawn: [u8; 32],
        aad in bytes(), elsewhere in bytes(), body in bytes(), secret in 1..u8::MAX,
    ) {
        let text = way.make(&ring(0), drawn, &aad, &body);
        prop_assume!(aad != elsewhere);
        prop_assert!(way.open(&ring(0), &elsewhere, text.as_bytes()).is_err());
        prop_assert_eq!(way.open(&ring(secret), &aad, text.as_bytes()), Err(OpenError::Foreign));
        // Private and signed sessions both open, so that an application can change from one to the other.
        let is_same = (way == Way::Login) == (other == Way::Login);
        prop_assert_eq!(other.open(&ring(0), &aad, text.as_bytes()).is_ok(), is_same);
        let mut buffer = vec![0; text.len()];
        let tokens = ring(0).open(Purpose::Tokens, &aad, text.as_bytes(), &mut buffer);
        prop_assert!(tokens.is_err());
    }
}
