//! Cookies: [`scan`] reads them from a request, [`policy`] writes them, and [`vault`] has the keys.

pub(crate) mod policy;
pub(crate) mod scan;
pub(crate) mod vault;
