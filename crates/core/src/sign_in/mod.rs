//! The sign-in: from the first redirect to the new session.
//!
//! ```text
//!  challenge / GET {prefix}/login -> StartSignIn --entropy--> 303 to the provider, transaction cookie
//!
//!  GET {prefix}/callback -> Redeeming --token answer--> ReadingUser --user data--> Approving --hook's answer--+
//!           |                   |                           |       \                  |                      |
//!           |                   |                           |        \--- no hook -----|-----> Completing <---+
//!           v                   v                           v                          v           | entropy
//!         Reply               Reply                       Reply                      Reply       Reply, new session
//! ```
//!
//! Each state holds its question. The method that takes the answer consumes the state. It returns the next state or a
//! reply.

pub(crate) mod approving;
pub(crate) mod callback;
pub(crate) mod challenge;
pub(crate) mod completing;
pub(crate) mod demands;
pub(crate) mod judging;
pub(crate) mod known_callback;
pub(crate) mod loop_count;
pub(crate) mod reading_user;
pub(crate) mod redeeming;
pub(crate) mod replies;
pub(crate) mod start;
pub(crate) mod transaction;
