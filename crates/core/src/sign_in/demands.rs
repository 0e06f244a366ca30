//! The demands of one sign-in beyond those of all others. They are sealed in its transaction.
//!
//! Rules:
//! - A sign-in for more scopes or a recent sign-in keeps the session of the person who is signed in. Every other sign-in
//!   makes a new session.
//! - A sign-in that another site caused asks for no more scopes than a plain one. What FNCY once allowed may be granted
//!   again without a question. For a signed-in user, such a sign-in does not start at all.

use crate::provider::sign_in_options::SignInOptions;
use crate::session::user::User;
use crate::values::codec::{Reader, Writer};
use crate::values::error_code::ErrorCode;

/// The demands of one sign-in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Demands {
    /// The id of the session that is kept.
    pub(crate) keeps: Option<[u8; 16]>,
    /// Whether the sign-in counts for a sign-in loop, even if another instance accepts the browser's session.
    pub(crate) is_counted: bool,
    /// The age up to which the sign-in at the provider is recent enough, in seconds.
    pub(crate) max_age: Option<u64>,
    /// The scopes that were asked for in place of the setting's. Empty if the setting's were.
    pub(crate) scopes: String,
}

/// The `max_age` of a sign-in without one.
const NO_MAX_AGE: u64 = u32::MAX as u64;

impl Demands {
    /// The length of a body without its scopes and without a session, in bytes.
    const FIXED_LEN: usize = 1 + 4 + 2;

    /// The demands of a sign-in with these options. `user` is signed in, and `setting` has the scopes of all sign-ins.
    pub(crate) fn of(
        options: &SignInOptions,
        user: Option<&User>,
        setting: Option<&str>,
        is_foreign: bool,
    ) -> Self {
        let more: &[String] = if is_foreign { &[] } else { &options.scopes };
        let user = user.filter(|_| !more.is_empty() || options.max_age.is_some());
        let granted = user.map(|user| user.segment().scopes).unwrap_or_default();
        let before = match granted {
            "" if more.is_empty() => "",
            "" => setting.unwrap_or_default(),
            granted => granted,
        };
        let before = before.split(' ').filter(|scope| !scope.is_empty());
        let mut scopes: Vec<_> = before.chain(more.iter().map(String::as_str)).collect();
        scopes.sort_unstable();
        scopes.dedup();
        Self {
            keeps: user.map(|user| user.terms().session_id),
            is_counted: false,
            max_age: options.max_age.map(|age| age.min(NO_MAX_AGE - 1)),
            scopes: scopes.join(" "),
        }
    }

    /// Whether the session of a user is the one that is kept.
    pub(crate) fn is_for(&self, user: &User) -> bool {
        self.keeps == Some(user.terms().session_id)
    }

    /// Whether the sign-in counts for a sign-in loop, although the browser's session sticks: a guard wants a recent
    /// sign-in for the session that is kept, or another instance has refused that session.
    pub(crate) fn is_counted(&self) -> bool {
        self.is_counted || self.keeps.is_some() && self.max_age.is_some()
    }

    /// The code for a person who refused, or was refused: the session stays, and lacks what was demanded.
    pub(crate) fn declined(&self) -> ErrorCode {
        match self.max_age {
            Some(_) => ErrorCode::SignInNotRecent,
            None => ErrorCode::InsufficientScope,
        }
    }

    /// Whether the provider has granted fewer scopes than were asked for.
    pub(crate) fn lacks_scope(&self, granted: &str) -> bool {
        let is_granted = |scope| granted.split(' ').any(|other| other == scope);
        let mut scopes = self.scopes.split(' ').filter(|scope| !scope.is_empty());
        !scopes.all(is_granted)
    }

    /// The encoded length, in bytes.
    pub(crate) fn len(&self) -> usize {
        Self::FIXED_LEN + self.keeps.map_or(0, |id| id.len()) + self.scopes.len()
    }

    pub(crate) fn write_to(&self, body: Writer) -> Writer {
        let kind = match self.keeps {
            Some(_) => 1,
            None if self.is_counted => 2,
            None => 0,
        };
        body.byte(kind)
            .raw(self.keeps.as_ref().map_or(&[], |id| id))
            .seconds(self.max_age.unwrap_or(NO_MAX_AGE))
            .text(&self.scopes)
    }

    pub(crate) fn read_from(body: &mut Reader<'_>) -> Option<Self> {
        let kind = body.byte()?;
        Some(Self {
            keeps: match kind {
                0 | 2 => None,
                1 => Some(*body.array()?),
                _ => return None,
            },
            is_counted: kind == 2,
            max_age: Some(body.seconds()?).filter(|age| *age != NO_MAX_AGE),
            scopes: body.text()?.to_owned(),
        })
    }
}
