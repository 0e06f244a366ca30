//! FNCY's API, called from a handler: refreshes after a 401, and what the handler gets.

mod answers;
mod once;
mod refreshes;

scenarios! {
    refreshes: {
        t01_a_hundred_refused_calls_are_one_refresh ["T1"],
        t01_a_hundred_calls_at_expiry_are_one_refresh ["T1"],
        t01_newer_tokens_are_taken_without_an_exchange ["T1"],
        t01_an_old_copy_uses_no_refresh_token ["T1"],
        t01_a_change_of_the_same_request_stays ["T1"],
        t01_a_change_of_another_request_keeps_the_new_tokens ["T1"],
        t01_a_cookie_from_before_more_scopes_uses_no_refresh_token ["T1"],
        t01_tokens_of_another_user_end_the_session ["T1"],
        t01_a_hook_that_refuses_ends_the_session ["T1"],
        t01_a_bearer_token_is_not_refreshed ["T1"],
    }
    answers: {
        t02_a_second_401_is_our_sign_in ["T2"],
        t02_an_api_that_refuses_everything_is_no_loop ["T2"],
        t02_other_answers_are_passed_on ["T2"],
        t02_another_origin_is_refused_before_a_token_is_attached ["T2"],
        t02_a_header_of_the_login_is_refused ["T2"],
        t02_without_an_answer_it_is_a_503 ["T2"],
        t02_a_long_answer_is_a_502 ["T2"],
        t02_each_user_has_their_own_token ["T2"],
        t02_calls_that_hang_delay_no_refresh ["T2"],
        t02_an_error_says_which_it_is ["T2"],
    }
    once: {
        t03_a_body_that_cannot_be_sent_again_is_sent_once ["T3"],
        t03_an_ended_session_gets_no_refresh_and_no_cookie ["T3"],
        t03_a_sign_out_wins_over_a_refresh ["T3"],
        t03_after_the_response_there_is_no_refresh ["T3"],
    }
}
