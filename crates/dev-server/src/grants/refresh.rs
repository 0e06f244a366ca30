//! Refresh tokens (RFC 6749 section 6).
//!
//! With rotation, each is good for one use, and a second use tells of a theft: it revokes the family
//! (RFC 9700 section 4.14.2). Without, each stays good until it is revoked.

use std::time::Instant;

use super::{FamilyId, Grants, Issued};
use crate::id_source::IdSource;
use crate::refusal::Refusal;
use crate::scope;

pub(super) struct RefreshToken {
    pub(super) family: FamilyId,
    rotated: bool,
}

impl Grants {
    pub(crate) fn refresh(
        &mut self,
        ids: &IdSource,
        now: Instant,
        value: &str,
        asked_scope: Option<&str>,
    ) -> Result<Issued, Refusal> {
        let Some(token) = self.refresh_tokens.get_mut(value) else {
            return Err(Refusal::invalid_grant("The refresh token is unknown."));
        };
        let family_id = token.family;
        let family = &mut self.families[family_id.0];
        if token.rotated {
            family.revoked = true;
            return Err(Refusal::invalid_grant("The refresh token has been used."));
        }
        if family.revoked {
            return Err(Refusal::invalid_grant(
                "The refresh token has been revoked.",
            ));
        }
        let scope = scope::narrow(&family.grant.scope, asked_scope)?;
        token.rotated = self.rotation;
        let rotated = self
            .rotation
            .then(|| self.issue_refresh_token(ids, family_id));
        Ok(self.issue(ids, now, family_id, scope, rotated))
    }

    pub(super) fn issue_refresh_token(&mut self, ids: &IdSource, family: FamilyId) -> String {
        let value = ids.next("refresh");
        self.secrets.push(value.clone());
        self.refresh_tokens.insert(
            value.clone(),
            RefreshToken {
                family,
                rotated: false,
            },
        );
        value
    }
}
