//! The sign-out (rows L): which request ends a session, and where the end reaches.

mod post;
mod reach;

scenarios! {
    post: {
        signs_out_and_asks_again ["K23"],
        l01_a_link_from_elsewhere_signs_nobody_out ["L1"],
        l02_only_our_own_origin_signs_out ["L2"],
        l03_a_sign_out_always_leaves_nothing ["L3"],
        l06_the_last_page_signs_nobody_in ["L6"],
        p36_a_sign_out_finishes_without_the_provider ["P36", "L16"],
        l11_session_ids_are_drawn_and_ending_one_ends_no_other ["L11"],
        l05_a_sign_out_ends_where_no_sign_in_begins ["L5"],
        l05_a_sign_out_ends_on_a_public_page_of_ours_or_on_its_own ["L5"],
        r22_a_sign_out_ends_on_a_page_in_any_script ["R22"],
    }
    reach: {
        l13_a_sign_out_goes_on_to_the_provider_by_itself ["L13"],
        l17_a_sign_out_ends_all_sessions_that_open ["L17"],
        a_sign_out_clears_the_cache_where_that_is_set [],
    }
}
