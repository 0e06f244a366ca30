//! What a person reads on the way through a sign-in, in English and in Korean.
//!
//! Browsers list languages by preference, so the first of ours is taken, and weights aren't read. What only
//! a developer meets, the front page and errors, is in English.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// The words of one language. A value takes the place of `{}`.
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
    pub(super) no_email: &'static str,
    pub(super) profile: &'static str,
    pub(super) email: &'static str,
    pub(super) openid: &'static str,
    pub(super) offline_access: &'static str,
    pub(super) other_scope: &'static str,
}

pub(super) const ENGLISH: Words = Words {
    tag: "en",
    server: "development server",
    footer: "Stands in for FNCY on this machine. Nothing here is a real account.",
    sign_in: "Sign in",
    to_continue: "to continue to {}",
    wrong_password: "That user name or password is wrong. Nothing was sent to the application; please try again.",
    choose: "Choose a demo user",
    or: "or",
    user_name: "User name",
    password: "Password",
    every_password: "Every demo user's password is {}.",
    cancel: "Cancel",
    allow_access: "Allow access?",
    asks: "{} asks for access to your account.",
    not_you: "Not you?",
    able_to: "It will be able to",
    allow: "Allow",
    goes_back: "Either way you go back to {}.",
    no_email: "no email address",
    profile: "See your name, email address, language and roles",
    email: "See your email address",
    openid: "Know who you are",
    offline_access: "Stay signed in while you are away",
    other_scope: "Use what this scope stands for",
};

const KOREAN: Words = Words {
    tag: "ko",
    server: "개발 서버",
    footer: "이 컴퓨터에서 FNCY를 대신합니다. 실제 계정은 없습니다.",
    sign_in: "로그인",
    to_continue: "{} 서비스를 계속 이용하려면 로그인해 주세요.",
    wrong_password: "사용자 이름 또는 비밀번호가 올바르지 않습니다. 애플리케이션에는 아무것도 전달되지 않았습니다. 다시 시도해 주세요.",
    choose: "데모 사용자 선택",
    or: "또는",
    user_name: "사용자 이름",
    password: "비밀번호",
    every_password: "데모 사용자의 비밀번호는 모두 {}입니다.",
    cancel: "취소",
    allow_access: "접근을 허용할까요?",
    asks: "{}에서 회원님의 계정에 접근하려고 합니다.",
    not_you: "다른 계정으로 로그인",
    able_to: "허용하면 할 수 있는 일",
    allow: "허용",
    goes_back: "어느 쪽을 선택해도 {} 주소로 돌아갑니다.",
    no_email: "이메일 주소 없음",
    profile: "이름, 이메일 주소, 언어, 역할 보기",
    email: "이메일 주소 보기",
    openid: "회원님이 누구인지 확인",
    offline_access: "자리를 비운 동안에도 로그인 유지",
    other_scope: "이 권한이 뜻하는 것 사용",
};

impl Words {
    /// Those of somebody whose browser sends this.
    pub(crate) fn of(headers: &HeaderMap) -> &'static Self {
        let lines = headers.get_all(ACCEPT_LANGUAGE).into_iter();
        lines
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split([',', ';']))
            .filter_map(|range| range.trim().split('-').next())
            .find_map(|tag| {
                [&ENGLISH, &KOREAN]
                    .into_iter()
                    .find(|words| words.tag == tag)
            })
            .unwrap_or(&ENGLISH)
    }
}
