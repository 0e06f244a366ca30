//! Proving: a browser has proved its device key, and the proof must not have been used before.

use std::fmt;

use ring::digest::{SHA256, digest};

use crate::device::challenging::{Challenging, without_entropy};
use crate::device::sealed::{self, Bindable, Binding};
use crate::machine::responder::Responder;
use crate::refusal::refuse::for_program;
use crate::reply::draft::Draft;
use crate::reply::event::Event;
use crate::reply::reply::{Ending, Reply};
use crate::reply::subject::Subject;
use crate::request::endpoint::Endpoint;
use crate::session::device_cookie::{self, DEVICE_COOKIE_LIFE, YOUNG};
use crate::session::lifetimes::MAX_SKEW;
use crate::session::revoked_session::RevokedSession;
use crate::session::session_ref::SessionRef;
use crate::values::device_draft;
use crate::values::entropy::{Entropy, pair};
use crate::values::error_code::ErrorCode;
use crate::values::timestamp::Timestamp;

/// A proof that waits for two answers: whether its session was revoked, and whether it was used before.
#[must_use]
pub struct Proving {
    responder: Responder,
    binding: Binding,
    /// The binding, as the browser names it. `None` for a registration.
    name: Option<String>,
    key: [u8; 32],
}

impl Proving {
    /// A registration. A session is bound once, so all offers of a session have the same key.
    pub(crate) fn registration(responder: Responder, binding: Binding) -> Self {
        let session = binding.bindable.session.id();
        Self {
            key: key_of(b"registration", session.as_bytes()),
            responder,
            binding,
            name: None,
        }
    }

    /// A refresh, by a proof of this challenge.
    pub(crate) fn refresh(
        responder: Responder,
        binding: Binding,
        name: String,
        challenge: &str,
    ) -> Self {
        Self {
            key: key_of(b"refresh", challenge.as_bytes()),
            responder,
            binding,
            name: Some(name),
        }
    }

    /// The first question: whether this session was revoked. A session that is bound already counts as revoked for a
    /// registration.
    #[must_use]
    pub fn session(&self) -> SessionRef {
        let session = self.binding.bindable.session;
        match self.name {
            // The newest copy there can be, since a sign-out with an older one spares it.
            Some(_) => session.newest().bound(),
            None => session,
        }
    }

    /// The id of its user.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.binding.bindable.user_id
    }

    /// The second question: whether a proof with this key was used before. The answer is remembered for longer than
    /// challenges are good.
    #[must_use]
    pub fn key(&self) -> [u8; 32] {
        self.key
    }

    /// The reply if the session was revoked. The browser forgets the binding.
    #[must_use]
    pub fn revoked(self) -> Box<Reply> {
        let responder = &self.responder;
        match self.name {
            Some(name) => responder.write(end_of(&name)),
            None => {
                let detail = "the session of a registration was revoked, or is bound already";
                responder.write(for_program(ErrorCode::DeviceProofRefused, detail))
            }
        }
    }

    /// The reply if the proof was used before. A refresh gets a new challenge.
    #[must_use]
    pub fn used(self, now: Timestamp, entropy: Option<Entropy<1>>) -> Box<Reply> {
        let session = self.session();
        let responder = self.responder;
        match self.name {
            Some(name) => {
                let challenging = Challenging {
                    responder,
                    session,
                    name,
                };
                challenging.finish(now, entropy)
            }
            None => {
                let detail = "an offer of the session was used before";
                responder.write(for_program(ErrorCode::DeviceProofRefused, detail))
            }
        }
    }

    /// The reply if the store can't be asked.
    #[must_use]
    pub fn unanswered(self) -> Box<Reply> {
        let detail = "the store can't be asked about a proof of a device key";
        let draft = for_program(ErrorCode::StoreUnavailable, detail);
        self.responder.write(draft)
    }

    /// The reply with the device cookie, and with the next challenge. Without entropy, it is 500.
    ///
    /// With a registration, all copies of the session that are not bound are revoked.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "entropy serves one purpose")]
    pub fn finish(self, now: Timestamp, entropy: Option<Entropy<2>>) -> Box<Reply> {
        let Some(Entropy([nonces, salt])) = entropy else {
            return self.responder.write(without_entropy());
        };
        let (machine, binding) = (&self.responder, &self.binding);
        let (vault, Bindable { session, user_id }) = (&machine.vault, &binding.bindable);
        let (cookie_nonce, name_nonce) = pair(&nonces);
        let is_new = self.name.is_none();
        let name = self
            .name
            .unwrap_or_else(|| sealed::binding(vault, binding, name_nonce));
        let cookie = vault.cookies.device_name(session.id().as_bytes());
        let thumbprint = binding.key.thumbprint();
        let value = device_cookie::seal(vault, session, &thumbprint, now, cookie_nonce);
        let challenge = sealed::challenge(vault, session, now, salt);
        let instructions = device_draft::instructions(
            machine.site.origin(),
            &name,
            &machine.site.path_of(Endpoint::DeviceRefresh),
            &cookie,
            vault.cookies.attributes(),
        );
        let draft = Draft::new(200)
            .typed_body("application/json", instructions)
            .header(
                device_draft::CHALLENGE,
                device_draft::challenge(&challenge, &name),
            )
            .cookies([vault.cookies.set(&cookie, &value, DEVICE_COOKIE_LIFE)])
            .about(Subject {
                user_id: user_id.clone(),
                session: Some(session.id()),
            });
        machine.write(if is_new {
            // No request extends the idle timeout of an unbound copy from then on.
            let last_used = now.plus(YOUNG + MAX_SKEW);
            let idle_ends = machine.lifetimes.idle_ends(session.ends(), last_used);
            let unbound = SessionRef::new(session.id(), 0, session.issued(), idle_ends);
            let revoked = RevokedSession::new(unbound, user_id).sparing_bound();
            draft.event([Event::SessionBound]).ending([Ending {
                session: Some(revoked),
                revoke: None,
            }])
        } else {
            draft.event([Event::DeviceProved])
        })
    }
}

/// The reply that makes the browser forget a binding.
pub(crate) fn end_of(name: &str) -> Draft {
    Draft::new(200).typed_body("application/json", device_draft::end_of(name))
}

/// The key under which it is remembered that something was used.
fn key_of(kind: &[u8], used: &[u8]) -> [u8; 32] {
    let hash = digest(&SHA256, &[b"fncy-login device ", kind, b" ", used].concat());
    std::array::from_fn(|index| hash.as_ref()[index])
}

/// Shows the session only.
impl fmt::Debug for Proving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proving")
            .field("session", &self.session())
            .finish_non_exhaustive()
    }
}
