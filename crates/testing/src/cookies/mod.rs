//! A browser's cookies by RFC 6265bis, with the strictest rule where browsers differ.

mod cookie_date;
mod host;
mod jar;
mod set_cookie;

pub use self::jar::{Context, Cookie, CookieJar};
pub use self::set_cookie::SameSite;
