//! Users and their sessions (rows U): what the application ends, has read again and lists.

mod end;
mod list;
mod read_again;

scenarios! {
    end: {
        u03_ending_one_session_ends_no_other ["U3"],
        u03_ending_the_others_leaves_this_one ["U3"],
        u03_ending_the_others_reaches_each_instance ["U3"],
        u03_a_session_that_was_ended_spares_none ["U3"],
    }
    list: {
        u04_a_user_has_a_list_of_their_live_sessions ["U4"],
        u04_a_list_follows_refreshes_and_rolls ["U4"],
        u04_a_listed_id_ends_a_session_of_its_user_alone ["U4"],
        u04_while_the_store_is_down_a_list_is_an_error ["U4"],
        u04_without_the_setting_a_list_is_an_error ["U4"],
    }
    read_again: {
        u02_a_user_is_read_again_once_in_each_session ["U2"],
        u02_a_user_who_is_refused_when_read_again_is_out ["U2"],
        u02_while_fncy_fails_the_user_stays_as_they_were ["U2"],
        u02_a_path_guard_judges_the_user_who_was_read_again ["U2"],
        u02_a_path_guard_judges_the_user_after_each_refresh ["U2"],
        u02_a_user_whose_grant_is_revoked_signs_in_again ["U2"],
        u02_a_session_without_a_refresh_token_signs_in_again_once ["U2"],
    }
}
