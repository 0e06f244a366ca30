//! Sign-ins of an application's own making: a confirmation, a tenant, a language.

pub mod confirm;
pub mod languages;
pub mod tenants;
