//! A browser's cookies, as RFC 6265bis has them, with the strictest rule where browsers differ.

mod cookie_date;
mod host;
mod jar;
mod set_cookie;

pub use self::jar::{Context, Cookie, CookieJar};
pub use self::set_cookie::SameSite;
