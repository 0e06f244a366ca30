//! The defences of the product. Each can be taken out, to see a property fail.

/// Which defences are in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a defence of its own"
)]
pub struct Rules {
    /// `finish.lua` compares the fence.
    pub finish_fence: bool,
    /// `release.lua` compares the fence.
    pub release_fence: bool,
    /// A claim whose answer was lost is given back (`leases.rs`, `give_back`).
    pub release_after_lost_answer: bool,
    /// A lease must outlast the request (`store_client.rs`, `claim`).
    pub outlast: bool,
    /// The lease is compared with the deadline once more, just before the refresh token is sent (`exchange.rs`).
    pub outlast_when_sent: bool,
    /// The session's status is asked between the claim and the exchange (`exchange.rs`, `must_be_live`).
    pub ask_before_exchange: bool,
    /// It is asked after publishing, and the new tokens are revoked (`refresher.rs`).
    pub ask_after_publishing: bool,
    /// An instance that meets another log writes into it what it lacks (`revocation_log.rs`).
    pub resend: bool,
    /// A list that was not read for seconds answers no request (`revocation_list.rs`, `is_current`).
    pub stale: bool,
    /// An outcome outlives every request that was admitted before its generation was outdated.
    pub outlives_requests: bool,
}

impl Rules {
    /// The product.
    pub const ALL: Self = Self {
        finish_fence: true,
        release_fence: true,
        release_after_lost_answer: true,
        outlast: true,
        outlast_when_sent: true,
        ask_before_exchange: true,
        ask_after_publishing: true,
        resend: true,
        stale: true,
        outlives_requests: true,
    };
}
