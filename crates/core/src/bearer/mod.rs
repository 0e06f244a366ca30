//! Bearer tokens (RFC 6750): requests that show an access token in place of a session.

pub(crate) mod machine;
pub(crate) mod policy;
pub(crate) mod refusal;
pub(crate) mod shown;
