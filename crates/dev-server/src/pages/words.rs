//! The words of the sign-in and consent pages, in English and Korean.
//!
//! * The first known language of `ui_locales` wins (OpenID Connect Core section 3.1.2.1), then the
//!   first of `Accept-Language`. Browsers list languages by preference, so weights are ignored.
//! * The front page and the error pages are for developers, and are in English only.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// The words of one language. `{}` is a placeholder for a value.
pub(crate) struct Words {
    pub(super) tag: &'static str,
    pub(super) server: &'static str,
    pub(super) footer: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) to_continue: &'static str,
    pub(super) wrong_password: &'static str,
    pub(super) choose: &'static str,
    pub(super) or: &'static str,
    pub(super) user_name: &'static str,
    pub(super) password: &'static str,
    pub(super) every_password: &'static str,
    pub(super) cancel: &'static str,
    pub(super) allow_access: &'static str,
    pub(super) asks: &'static str,
    pub(super) not_you: &'static str,
    pub(super) able_to: &'static str,
    pub(super) allow: &'static str,
    pub(super) goes_back: &'static str,
    pub(super) profile: &'static str,
    pub(super) email: &'static str,
    pub(super) openid: &'static str,
    pub(super) offline_access: &'static str,
    pub(super) other_scope: &'static str,
    pub(super) asks_for: &'static str,
    pub(super) asks_login: &'static str,
    pub(super) asks_account: &'static str,
    pub(super) asks_consent: &'static str,
    pub(super) asks_age: &'static str,
    pub(super) asks_user: &'static str,
    pub(super) asks_language: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    tag: "en",
    server: "development server",
    footer: "This server stands in for FNCY on this machine. Its accounts are not real.",
    sign_in: "Sign in",
    to_continue: "to continue to {}",
    wrong_password: "The user name or password is wrong. Please try again.",
    choose: "Choose a demo user",
    or: "or",
    user_name: "User name",
    password: "Password",
    every_password: "Every demo user's password is {}.",
    cancel: "Cancel",
    allow_access: "Allow access?",
    asks: "{} asks for access to your account.",
    not_you: "Not you?",
    able_to: "The application will be able to",
    allow: "Allow",
    goes_back: "Allow and Cancel both take you back to {}.",
    profile: "See your name, email address, language and roles",
    email: "See your email address",
    openid: "Identify you",
    offline_access: "Keep its access while you are away",
    other_scope: "Use the permission",
    asks_for: "The application asks for:",
    asks_login: "a new sign-in",
    asks_account: "a choice of the account",
    asks_consent: "a new consent",
    asks_age: "a sign-in that is at most {} seconds old",
    asks_user: "this user, if possible",
    asks_language: "this language, if possible",
};

const KOREAN: Words = Words {
    tag: "ko",
    server: "개발 서버",
    footer: "이 서버는 이 컴퓨터에서 FNCY를 대신합니다. 이 서버의 계정은 실제 계정이 아닙니다.",
    sign_in: "로그인",
    to_continue: "{} 서비스를 계속 이용하려면 로그인해 주세요.",
    wrong_password: "사용자 이름 또는 비밀번호가 올바르지 않습니다. 다시 시도해 주세요.",
    choose: "데모 사용자 선택",
    or: "또는",
    user_name: "사용자 이름",
    password: "비밀번호",
    every_password: "데모 사용자의 비밀번호는 모두 {}입니다.",
    cancel: "취소",
    allow_access: "접근을 허용할까요?",
    asks: "{}에서 회원님의 계정에 접근하려고 합니다.",
    not_you: "다른 계정으로 로그인",
    able_to: "애플리케이션이 할 수 있는 작업",
    allow: "허용",
    goes_back: "허용과 취소 모두 {} 주소로 돌아갑니다.",
    profile: "이름, 이메일 주소, 언어, 역할 보기",
    email: "이메일 주소 보기",
    openid: "회원님이 누구인지 확인",
    offline_access: "회원님이 자리를 비운 동안에도 접근 유지",
    other_scope: "다음 권한 사용",
    asks_for: "애플리케이션의 요청:",
    asks_login: "다시 로그인",
    asks_account: "계정 선택",
    asks_consent: "다시 동의",
    asks_age: "로그인한 지 {}초 이내",
    asks_user: "가능하면 이 사용자로 로그인",
    asks_language: "가능하면 이 언어로 표시",
};

impl Words {
    /// Chooses the language by `ui_locales` and the `Accept-Language` header. The default is English.
    pub(crate) fn of(ui_locales: Option<&str>, headers: &HeaderMap) -> &'static Self {
        let asked = ui_locales.into_iter().flat_map(|list| list.split(' '));
        let accepted = headers
            .get_all(ACCEPT_LANGUAGE)
            .into_iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split([',', ';']));
        asked
            .chain(accepted)
            .filter_map(|range| range.trim().split('-').next())
            .find_map(|tag| {
                let mut known = [&ENGLISH, &KOREAN].into_iter();
                known.find(|known| known.tag.eq_ignore_ascii_case(tag))
            })
            .unwrap_or(&ENGLISH)
    }
}
