//! Admissions: requests that go on to the application, and the changes to their sessions.

#[expect(clippy::module_inception, reason = "the folder's main noun")]
pub(crate) mod admission;
pub(crate) mod resealing;
