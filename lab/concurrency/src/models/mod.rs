//! The models: a few threads each, and what must hold in each order of their steps.

mod filter;
mod in_flight;
mod leases;
mod newest;
mod places;
mod refreshes;
mod revocations;
pub(crate) mod sessions;
mod shares;
mod tasks;
mod watched;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

/// A name, how often its threads are interrupted in CI, and the model.
type Model = (&'static str, usize, fn());

#[rustfmt::skip]
pub(crate) const ALL: &[Model] = &[
    ("filter_entry", 2, filter::an_entry_is_found_from_its_return_on),
    ("filter_levels", 2, filter::a_full_level_loses_no_entry),
    ("revocation", 3, revocations::a_revocation_is_seen_from_its_return_on),
    ("revocation_again", 3, revocations::an_entry_that_is_added_again_is_never_missing),
    ("revocation_user", 3, revocations::a_users_entry_replaces_a_sessions_without_a_gap),
    ("lease_one_holder", 3, leases::one_claimant_holds_a_lease),
    ("lease_outcome", 3, leases::one_claimant_works_and_the_others_get_its_outcome),
    ("lease_cancelled", 3, leases::a_claimant_that_gives_up_takes_no_wake_up),
    ("lease_confirm", 3, leases::an_outcome_that_was_left_can_be_confirmed),
    ("in_flight_outcome", 2, in_flight::a_joined_request_gets_the_outcome),
    ("in_flight_end", 2, in_flight::a_joined_request_notices_the_end),
    ("in_flight_unheard", 2, in_flight::a_task_ends_with_its_last_waiter_and_not_before),
    ("redemptions", 3, in_flight::one_callback_redeems),
    ("refreshes", 3, refreshes::one_request_refreshes),
    ("breaker_probe", 3, refreshes::one_probe_goes_each_second),
    ("breaker_closes", 3, refreshes::the_breaker_closes_once),
    ("shares", 3, shares::the_last_clone_frees_the_state_once),
    ("newest", 3, newest::a_replaced_value_is_not_read_after_its_return),
    ("tasks", 2, tasks::a_wait_misses_no_task),
    ("watched_revoked", 3, watched::a_connection_hears_of_a_revocation_that_it_has_not_seen),
    ("watched_places", 3, watched::an_entry_stays_while_a_connection_watches),
    ("watched_changes", 3, watched::two_changes_are_kept),
    ("places", 2, places::a_place_is_never_lost),
];

/// Set after a call has returned. A thread that sees it may rely on the call, as on an answer that came over the network.
#[derive(Clone, Default)]
struct Returned(Arc<AtomicUsize>);

impl Returned {
    fn set(&self) {
        self.0.store(1, Ordering::Release);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1
    }
}

fn join<const COUNT: usize>(threads: [JoinHandle<()>; COUNT]) {
    for thread in threads {
        thread.join().unwrap();
    }
}
