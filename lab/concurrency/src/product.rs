//! The product's files, below the paths by which they import one another.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "a model uses a part of a file, and a program exports nothing"
)]

#[path = "../../../crates/login/src/handle"]
pub(crate) mod handle {
    pub(crate) mod redemptions;
    pub(crate) mod shared;
    pub(crate) mod watched;
}

#[path = "../../../crates/login/src/observe"]
pub(crate) mod observe {
    pub(crate) mod once_per_minute;

    /// Counts nothing.
    pub(crate) mod meter {
        use std::time::Duration;

        pub(crate) struct Meter;

        pub(crate) struct PlaceMeter;

        impl Meter {
            pub(crate) fn places(_: &'static str, _: usize) -> PlaceMeter {
                PlaceMeter
            }
        }

        impl PlaceMeter {
            pub(crate) fn waited(&self, _: Duration) {}

            pub(crate) fn now(&self, _: usize, _: usize) {}
        }
    }

    /// Writes to no log.
    pub(crate) mod telemetry {
        use crate::observe::once_per_minute::OncePerMinute;

        #[derive(Default)]
        pub(crate) struct Telemetry {
            pub(crate) lines: OncePerMinute,
        }
    }
}

#[path = "../../../crates/login/src/provider"]
pub(crate) mod provider {
    pub(crate) mod places;
}

#[path = "../../../crates/login/src/refresh"]
pub(crate) mod refresh {
    pub(crate) mod breaker;
    pub(crate) mod refreshes;
}

#[path = "../../../crates/login/src/store"]
pub(crate) mod store {
    pub(crate) mod counting_filter;
    pub(crate) mod expiring_map;
    pub(crate) mod in_flight;
    pub(crate) mod leases;
    pub(crate) mod store_error;
    pub(crate) mod tasks;

    pub(crate) mod memory {
        pub(crate) mod leases;
        pub(crate) mod outdated;
        pub(crate) mod revocations;
    }
}

#[path = "../../../crates/core/src/values"]
pub(crate) mod values {
    pub(crate) mod newest;
}
