//! Encryption of records by an AEAD, for TLS 1.3 and TLS 1.2.

use ring::aead::{self, Aad, LessSafeKey, UnboundKey};
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, NONCE_LEN, Nonce, OutboundOpaqueMessage, OutboundPlainMessage,
    PrefixedPayload, Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError,
    make_tls12_aad, make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

/// The largest plaintext of a record (RFC 5246, section 6.2.1).
const MAX_PLAINTEXT: usize = 1 << 14;

/// A cipher.
pub(super) struct Aead {
    algorithm: &'static aead::Algorithm,
    /// The number of the nonce's bytes that each record of TLS 1.2 carries.
    explicit: usize,
}

/// One direction of a connection in TLS 1.3 (RFC 8446, section 5.2).
struct Tls13 {
    key: LessSafeKey,
    iv: Iv,
}

/// One direction of a connection in TLS 1.2 (RFC 5246, section 6.2.3.3).
struct Tls12 {
    key: LessSafeKey,
    iv: Iv,
    explicit: usize,
}

impl Aead {
    pub(super) const fn new(algorithm: &'static aead::Algorithm, explicit: usize) -> Self {
        Self {
            algorithm,
            explicit,
        }
    }

    #[expect(
        clippy::expect_used,
        reason = "rustls asks for the length of keys, and keeps to it"
    )]
    fn key(&self, key: &AeadKey) -> LessSafeKey {
        let key = UnboundKey::new(self.algorithm, key.as_ref());
        LessSafeKey::new(key.expect("a key of the algorithm's length"))
    }

    fn tls13(&self, key: &AeadKey, iv: Iv) -> Box<Tls13> {
        let key = self.key(key);
        Box::new(Tls13 { key, iv })
    }

    /// `fixed` is the part of the nonce from the key block, and `explicit` its rest.
    fn tls12(&self, key: &AeadKey, fixed: &[u8], explicit: &[u8]) -> Box<Tls12> {
        let mut iv = [0; NONCE_LEN];
        let (head, rest) = iv.split_at_mut(NONCE_LEN - self.explicit);
        head.copy_from_slice(fixed);
        rest.copy_from_slice(explicit);
        Box::new(Tls12 {
            key: self.key(key),
            iv: Iv::from(iv),
            explicit: self.explicit,
        })
    }
}

impl Tls13AeadAlgorithm for Aead {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        self.tls13(&key, iv)
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.tls13(&key, iv)
    }

    fn key_len(&self) -> usize {
        self.algorithm.key_len()
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

impl Tls12AeadAlgorithm for Aead {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        self.tls12(&key, iv, extra)
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        self.tls12(&key, iv, &[0; NONCE_LEN][..self.explicit])
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape {
            enc_key_len: self.algorithm.key_len(),
            fixed_iv_len: NONCE_LEN - self.explicit,
            explicit_nonce_len: self.explicit,
        }
    }

    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

/// The nonce of a record, which is unique, since each record has a sequence number of its own.
fn nonce(nonce: &Nonce) -> aead::Nonce {
    aead::Nonce::assume_unique_for_key(nonce.0)
}

impl MessageEncrypter for Tls13 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let len = self.encrypted_payload_len(message.payload.len());
        let mut payload = PrefixedPayload::with_capacity(len);
        payload.extend_from_chunks(&message.payload);
        payload.extend_from_slice(&[message.typ.into()]);
        let aad = Aad::from(make_tls13_aad(len));
        self.key
            .seal_in_place_append_tag(nonce(&Nonce::new(&self.iv, sequence)), aad, &mut payload)
            .map_err(|_| Error::EncryptError)?;
        Ok(OutboundOpaqueMessage::new(
            ContentType::ApplicationData,
            ProtocolVersion::TLSv1_2,
            payload,
        ))
    }

    /// The payload, the type of the content, and the tag.
    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        payload_len + 1 + self.key.algorithm().tag_len()
    }
}

impl MessageDecrypter for Tls13 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let aad = Aad::from(make_tls13_aad(message.payload.len()));
        let nonce = nonce(&Nonce::new(&self.iv, sequence));
        let opened = self.key.open_in_place(nonce, aad, &mut message.payload);
        let len = opened.map_err(|_| Error::DecryptError)?.len();
        message.payload.truncate(len);
        message.into_tls13_unpadded_message()
    }
}

impl MessageEncrypter for Tls12 {
    fn encrypt(
        &mut self,
        message: OutboundPlainMessage<'_>,
        sequence: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let len = message.payload.len();
        let used = Nonce::new(&self.iv, sequence);
        let mut payload = PrefixedPayload::with_capacity(self.encrypted_payload_len(len));
        payload.extend_from_slice(&used.0[NONCE_LEN - self.explicit..]);
        payload.extend_from_chunks(&message.payload);
        let aad = make_tls12_aad(sequence, message.typ, message.version, len);
        let plain = &mut payload.as_mut()[self.explicit..];
        let tag = self
            .key
            .seal_in_place_separate_tag(nonce(&used), Aad::from(aad), plain)
            .map_err(|_| Error::EncryptError)?;
        payload.extend_from_slice(tag.as_ref());
        Ok(OutboundOpaqueMessage::new(
            message.typ,
            message.version,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        self.explicit + payload_len + self.key.algorithm().tag_len()
    }
}

impl MessageDecrypter for Tls12 {
    fn decrypt<'a>(
        &mut self,
        mut message: InboundOpaqueMessage<'a>,
        sequence: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let overhead = self.encrypted_payload_len(0);
        let len = message.payload.len().checked_sub(overhead);
        let len = len.ok_or(Error::DecryptError)?;
        let mut used = Nonce::new(&self.iv, sequence);
        if self.explicit > 0 {
            // The peer chooses this part. It may be another number than the sequence's (RFC 5288, section 3).
            used.0[NONCE_LEN - self.explicit..].copy_from_slice(&message.payload[..self.explicit]);
        }
        let aad = make_tls12_aad(sequence, message.typ, message.version, len);
        self.key
            .open_within(
                nonce(&used),
                Aad::from(aad),
                &mut message.payload,
                self.explicit..,
            )
            .map_err(|_| Error::DecryptError)?;
        if len > MAX_PLAINTEXT {
            return Err(Error::PeerSentOversizedRecord);
        }
        message.payload.truncate(len);
        Ok(message.into_plain_message())
    }
}
