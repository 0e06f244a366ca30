//! SHA-2 and its HMAC.

use ring::{digest, hmac};
use rustls::crypto;
use rustls::crypto::hash::{HashAlgorithm, Output};

pub(super) static SHA256: Sha = Sha(&hmac::HMAC_SHA256, HashAlgorithm::SHA256);
pub(super) static SHA384: Sha = Sha(&hmac::HMAC_SHA384, HashAlgorithm::SHA384);

/// A hash, named by its HMAC.
pub(super) struct Sha(&'static hmac::Algorithm, HashAlgorithm);

struct Context(digest::Context);

struct Key(hmac::Key);

impl crypto::hash::Hash for Sha {
    fn start(&self) -> Box<dyn crypto::hash::Context> {
        Box::new(Context(digest::Context::new(self.0.digest_algorithm())))
    }

    fn hash(&self, data: &[u8]) -> Output {
        Output::new(digest::digest(self.0.digest_algorithm(), data).as_ref())
    }

    fn output_len(&self) -> usize {
        self.0.digest_algorithm().output_len()
    }

    fn algorithm(&self) -> HashAlgorithm {
        self.1
    }
}

impl crypto::hash::Context for Context {
    fn fork_finish(&self) -> Output {
        Output::new(self.0.clone().finish().as_ref())
    }

    fn fork(&self) -> Box<dyn crypto::hash::Context> {
        Box::new(Self(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> Output {
        Output::new(self.0.finish().as_ref())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

impl crypto::hmac::Hmac for Sha {
    fn with_key(&self, key: &[u8]) -> Box<dyn crypto::hmac::Key> {
        Box::new(Key(hmac::Key::new(*self.0, key)))
    }

    fn hash_output_len(&self) -> usize {
        self.0.digest_algorithm().output_len()
    }
}

impl crypto::hmac::Key for Key {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> crypto::hmac::Tag {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(first);
        for data in middle {
            context.update(data);
        }
        context.update(last);
        crypto::hmac::Tag::new(context.sign().as_ref())
    }

    fn tag_len(&self) -> usize {
        self.0.algorithm().digest_algorithm().output_len()
    }
}
