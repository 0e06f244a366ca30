//! Cookies, by direction: [`scan`] reads what a browser sent, [`policy`] writes what it shall keep.

pub(crate) mod policy;
pub(crate) mod scan;
pub(crate) mod vault;
