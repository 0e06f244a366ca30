//! Users and their sessions (rows U): what the application ends.

mod end;

scenarios! {
    end: {
        u03_ending_one_session_ends_no_other ["U3"],
        u03_ending_the_others_leaves_this_one ["U3"],
        u03_ending_the_others_reaches_each_instance ["U3"],
        u03_a_session_that_was_ended_spares_none ["U3"],
    }
}
