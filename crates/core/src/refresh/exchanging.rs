//! Exchanging: the provider is asked for new tokens in exchange for the refresh token.

use std::sync::Arc;

use crate::machine::machine::Machine;
use crate::provider::answer::ProviderResult;
use crate::provider::token_answer::TokenSet;
use crate::provider::tokens::SessionTokens;
use crate::refresh::approving::UserKnown;
use crate::refresh::failure::NotRefreshed;
use crate::refresh::reading_user::ReadingUserAgain;
use crate::refresh::refreshed_tokens::RefreshedTokens;
use crate::refresh::request::RefreshRequest;
use crate::session::profile::Profile;
use crate::values::report::Report;
use crate::values::secret::Secret;
use crate::values::timestamp::Timestamp;

/// A refresh that waits for the token endpoint.
#[must_use]
pub struct Exchanging {
    machine: Arc<Machine>,
    request: Arc<RefreshRequest>,
}

/// The exits of [`Exchanging`].
#[must_use]
pub enum Exchanged {
    /// There are tokens, and the user data is due.
    ReadUser(Box<ReadingUserAgain>),
    /// There are tokens, and the user is known.
    Known(UserKnown),
    /// There are no tokens.
    Failed(NotRefreshed),
}

impl Exchanging {
    pub(crate) fn new(machine: Arc<Machine>, request: Arc<RefreshRequest>) -> Self {
        Self { machine, request }
    }

    /// The question: use this refresh token.
    #[must_use]
    pub fn refresh_token(&self) -> &Secret {
        &self.request.refresh_token
    }

    /// Goes on with the token endpoint's answer. The reports are about oddities of the answer.
    pub fn answered(self, result: ProviderResult, now: Timestamp) -> (Exchanged, Vec<Report>) {
        let Self { machine, request } = self;
        let set = match result {
            Ok(answer) => TokenSet::parse(&answer, &machine.provider.dialect, now)
                .map_err(|error| NotRefreshed::of(error, &answer)),
            Err(failure) => Err(NotRefreshed::lost(failure)),
        };
        let set = match set {
            Ok(set) => set,
            Err(failed) => return (Exchanged::Failed(failed), Vec::new()),
        };
        let refresh_token = set.tokens.refresh_token;
        let refresh_token = refresh_token.unwrap_or_else(|| request.refresh_token.clone());
        let tokens = RefreshedTokens {
            key: machine.token_digest.get().of(&refresh_token),
            tokens: SessionTokens {
                access_token: set.tokens.access_token,
                refresh_token: Some(refresh_token),
            },
            expires_at: set.expires_at,
            life: set.life,
            generation: request.session.generation.saturating_add(1),
            session_id: *request.session.id.as_bytes(),
            profile: Profile {
                scopes: set.scopes.unwrap_or_else(|| request.profile.scopes.clone()),
                ..request.profile.clone()
            },
            awaits_approval: machine.asks_on_refresh,
        };
        let exchanged = if request.reads_user && tokens.is_fresh(now) {
            Exchanged::ReadUser(Box::new(ReadingUserAgain {
                machine,
                request,
                tokens,
            }))
        } else {
            Exchanged::Known(UserKnown::new(&machine, &request, tokens, None))
        };
        (exchanged, set.reports)
    }
}
