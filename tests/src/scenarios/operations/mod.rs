//! What an operator sees when a person calls, or when instances differ.

mod references;

scenarios! {
    references: {
        xr14_one_reference_is_on_the_screen_in_the_event_and_in_the_log ["XR14"],
        xr14_a_page_of_the_applications_own_has_the_reference ["XR14"],
        xr14_a_reference_has_nothing_of_a_strangers_request ["XR14"],
    }
}
