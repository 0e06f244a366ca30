//! The bodies of sealed texts, as `docs/cookie-format.md` describes them: written, and read by a second reader.

use std::collections::VecDeque;

use crate::app::NOW;

/// A session's first segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Session {
    pub(crate) session_id: [u8; 16],
    pub(crate) chunks: u8,
    pub(crate) generation: u32,
    pub(crate) issued: u64,
    pub(crate) ends: u64,
    pub(crate) idle_ends: u64,
    pub(crate) token_expires: u64,
    pub(crate) user_read: u64,
    pub(crate) token_life: u32,
    pub(crate) signed_in: u64,
    pub(crate) data_version: u32,
    pub(crate) can_refresh: u8,
    /// User id, name, email, scopes, claims, session data.
    pub(crate) texts: [String; 6],
}

impl Session {
    /// One of this user that began just now.
    pub(crate) fn of(user: &str) -> Self {
        let now = NOW.as_unix();
        let mut texts = <[String; 6]>::default();
        texts[0] = user.to_owned();
        Self {
            session_id: [user.as_bytes()[0]; 16],
            chunks: 1,
            generation: 0,
            issued: now,
            ends: now + 7 * 86_400,
            idle_ends: now + 86_400,
            token_expires: now + 3_600,
            user_read: now,
            token_life: 3_600,
            signed_in: now,
            data_version: 0,
            can_refresh: 1,
            texts,
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut body = self.session_id.to_vec();
        body.push(self.chunks);
        body.extend(self.generation.to_be_bytes());
        body.extend(self.issued.to_be_bytes());
        for time in [
            self.ends,
            self.idle_ends,
            self.token_expires,
            self.user_read,
        ] {
            let after = u32::try_from(time.saturating_sub(self.issued));
            body.extend(after.unwrap_or(u32::MAX).to_be_bytes());
        }
        body.extend(self.token_life.to_be_bytes());
        body.extend(self.signed_in.to_be_bytes());
        body.extend(self.data_version.to_be_bytes());
        body.push(self.can_refresh);
        body.extend(texts(&self.texts));
        body
    }

    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Body(body.iter().copied().collect());
        let (session_id, [chunks]) = (body.array()?, body.array()?);
        let generation = u32::from_be_bytes(body.array()?);
        let issued = body.number()?;
        let session = Self {
            session_id,
            chunks,
            generation,
            issued,
            ends: body.after(issued)?,
            idle_ends: body.after(issued)?,
            token_expires: body.after(issued)?,
            user_read: body.after(issued)?,
            token_life: u32::from_be_bytes(body.array()?),
            signed_in: body.number()?,
            data_version: u32::from_be_bytes(body.array()?),
            can_refresh: body.array::<1>()?[0],
            texts: [
                body.text()?,
                body.text()?,
                body.text()?,
                body.text()?,
                body.text()?,
                body.text()?,
            ],
        };
        (body.0.is_empty() && !session.texts[0].is_empty()).then_some(session)
    }

    /// Whether it is over, or was never one.
    pub(crate) fn is_over(&self) -> bool {
        let now = NOW.as_unix();
        let token_ends = (self.can_refresh != 1).then_some(self.token_expires);
        self.issued > now + 60
            || self.ends.saturating_sub(self.issued) > 30 * 86_400
            || self.ends <= now
            || self.idle_ends <= now
            || token_ends.is_some_and(|ends| ends <= now)
    }
}

/// Texts, one after the other.
pub(crate) fn texts<T: AsRef<str>>(texts: &[T]) -> Vec<u8> {
    let texts = texts.iter().flat_map(|text| {
        let text = text.as_ref().as_bytes();
        [&(text.len() as u16).to_be_bytes(), text].concat()
    });
    texts.collect()
}

/// The texts of a body that is nothing else.
pub(crate) fn read_texts(body: &[u8], count: usize) -> Option<Vec<String>> {
    let mut body = Body(body.iter().copied().collect());
    let texts: Option<Vec<_>> = (0..count).map(|_| body.text()).collect();
    texts.filter(|_| body.0.is_empty())
}

/// A login under way.
pub(crate) struct Login {
    pub(crate) provider: [u8; 8],
    pub(crate) started: u64,
    pub(crate) state: [u8; 32],
    pub(crate) verifier: [u8; 32],
    pub(crate) return_to: String,
    /// The session that is kept, if one is.
    pub(crate) keeps: Option<[u8; 16]>,
    pub(crate) max_age: u32,
    pub(crate) scopes: String,
}

impl Login {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut body = self.provider.to_vec();
        body.extend(self.started.to_be_bytes());
        body.extend(self.state);
        body.extend(self.verifier);
        body.extend(texts(&[&self.return_to]));
        body.push(u8::from(self.keeps.is_some()));
        body.extend(
            self.keeps
                .unwrap_or_default()
                .iter()
                .filter(|_| self.keeps.is_some()),
        );
        body.extend(self.max_age.to_be_bytes());
        body.extend(texts(&[&self.scopes]));
        body
    }

    pub(crate) fn decode(body: &[u8]) -> Option<Self> {
        let mut body = Body(body.iter().copied().collect());
        let login = Self {
            provider: body.array()?,
            started: body.number()?,
            state: body.array()?,
            verifier: body.array()?,
            return_to: body.text()?,
            keeps: match body.array::<1>()? {
                [0] => None,
                [1] => Some(body.array()?),
                _ => return None,
            },
            max_age: u32::from_be_bytes(body.array()?),
            scopes: body.text()?,
        };
        body.0.is_empty().then_some(login)
    }
}

/// How many sign-ins succeeded, and when the first one did.
pub(crate) fn read_round(body: &[u8]) -> Option<(u8, u64)> {
    let mut body = Body(body.iter().copied().collect());
    let round = (body.array::<1>()?[0], body.number()?);
    body.0.is_empty().then_some(round)
}

struct Body(VecDeque<u8>);

impl Body {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        (self.0.len() >= N).then(|| std::array::from_fn(|_| self.0.pop_front().unwrap()))
    }

    fn number(&mut self) -> Option<u64> {
        self.array().map(u64::from_be_bytes)
    }

    /// The time that is a `u32` of seconds after another one.
    fn after(&mut self, time: u64) -> Option<u64> {
        let seconds = self.array().map(u32::from_be_bytes)?;
        Some(time.saturating_add(seconds.into()))
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::from(u16::from_be_bytes(self.array()?));
        let bytes: Option<Vec<u8>> = (0..length).map(|_| self.0.pop_front()).collect();
        String::from_utf8(bytes?).ok()
    }
}
