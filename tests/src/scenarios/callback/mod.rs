//! The callback (rows C): which one ends a sign-in, and what the others come to.

mod answers;
mod owner;
mod repeated;
mod strangers;

scenarios! {
    owner: {
        c02_a_malformed_callback_asks_nobody ["C2", "C13", "C16"],
        c03_another_browsers_state_is_refused ["C3"],
        c04_state_differs_in_one_bit ["C4"],
        c05_two_tabs_finish_in_either_order ["C5"],
        c15_only_get_redeems ["C15", "C22"],
        c17_a_login_of_another_provider_is_refused ["C17"],
        c19_a_login_survives_a_rotation ["C19"],
        c20_a_code_arrives_exactly ["C20"],
        no_cookie_at_all_names_the_likely_causes [],
    }
    answers: {
        c09_a_cancelled_sign_in_shows_its_page ["C9", "C10"],
        c11_nothing_of_an_error_is_reflected ["C11", "C12"],
        c14_another_issuer_is_refused ["C14"],
        c18_another_user_replaces_the_session_wholly ["C18"],
        c25_an_error_that_no_standard_names_is_a_refusal ["C25"],
        c25_an_error_without_a_state_is_told ["C25"],
    }
    repeated: {
        a_slash_behind_a_callback_changes_nothing [],
        c06_a_callback_again_leads_to_the_page ["C6"],
        c07_a_callback_again_without_a_session_says_expired ["C7"],
        c08_an_old_login_knows_its_way_back ["C8"],
        c21_the_exchange_outlives_its_browser ["C21"],
        c23_the_same_callback_at_once_is_one_redemption ["C23"],
        c23_the_same_callback_later_is_spent ["C23"],
    }
    strangers: {
        c24_strangers_take_no_place_but_those_for_sign_ins ["C24", "L16"],
        c24_the_client_with_the_fewest_is_next ["C24"],
        f15_a_callback_that_is_turned_away_leaves_nothing ["F15"],
    }
}
