//! Requests (rows R): which ones start a sign-in, and what the others get.

mod cross_site;
mod framing;
mod hosts;
mod kinds;
mod routing;
mod upgrades;

scenarios! {
    kinds: {
        r01_a_navigation_is_sent_to_the_provider ["R1"],
        r02_a_program_is_told_where_to_sign_in ["R2", "R3", "R4"],
        r02_an_api_is_for_programs ["R2"],
        r05_an_image_starts_no_login ["R5"],
        r06_a_prefetch_starts_no_login ["R6"],
        r07_a_posted_form_is_never_replayed ["R7"],
        r08_other_methods_are_refused ["R8"],
        r08_a_preflight_passes_where_that_is_set ["R8"],
        r25_a_guarded_paths_preflight_is_refused ["R25"],
        r09_an_upgrade_is_refused_before_it_happens ["R9"],
        r15_headers_of_proxies_are_ignored ["R15"],
        r16_the_host_header_is_not_believed ["R16"],
        r17_identity_headers_are_nobody ["R17"],
        r20_a_hundred_logins_leave_five_cookies ["R20"],
        r21_what_one_user_sees_is_not_stored ["R21"],
        r21_an_error_is_an_answer_of_the_application_too ["R21"],
        a_grpc_call_is_told_by_its_own_status [],
        htmx_is_sent_to_the_login_endpoint [],
    }
    upgrades: {
        r23_what_a_proxy_adds_makes_no_upgrade ["R23"],
        r23_a_handshake_is_judged_as_an_upgrade ["R23", "L8"],
    }
    framing: {
        l19_a_sibling_learns_nothing_of_the_session ["L19"],
        l19_every_reply_is_for_our_own_origin ["L19"],
        l19_a_trusted_origin_may_ask_who_is_signed_in ["L19"],
        r26_a_frame_without_a_session_leads_out_of_it ["R26", "R21"],
        r26_inertia_is_sent_to_the_login_endpoint ["R26"],
    }
    cross_site: {
        l08_another_site_changes_nothing ["L8"],
        a_trusted_origin_of_another_site_is_told [],
    }
    hosts: {
        r16_each_of_two_hosts_has_its_own_sign_in ["R16"],
        r16_what_is_one_hosts_is_nothing_at_the_other ["R16"],
        r16_each_of_two_hosts_takes_forms_of_its_own_pages ["R16", "L8"],
        r16_an_unknown_host_is_sent_with_the_first_redirect_uri ["R16", "R15"],
    }
    routing: {
        any_path_may_be_the_callback [],
        r14_only_a_canonical_path_is_public ["R14"],
        r14_protected_prefix_leaves_nothing_open ["R14"],
        r14_a_guard_holds_in_every_spelling ["R14"],
        r25_what_protects_holds_beneath_a_nest ["R25"],
        r25_beneath_a_nest_only_what_both_paths_open_is_public ["R25"],
        r25_a_guard_on_an_index_file_does_not_start ["R25"],
        r18_rules_are_the_applications_own ["R18"],
        r18_a_misplaced_callback_is_told_and_not_repeated ["R18"],
        r18_a_nested_application_knows_where_it_is ["R18"],
        r19_the_same_login_twice_is_inert ["R19"],
        r19_another_login_inside_decides_for_itself ["R19"],
        r19_without_the_layer_an_extractor_is_a_500 ["R19"],
        r21_a_public_page_is_served_whatever_its_cookies_say ["R21"],
        an_extractor_on_a_public_path_sends_to_sign_in [],
    }
}
