//! What people read in Korean.

use crate::reply::words::{Label, PageSubject};
use crate::values::error_code::ErrorCode;

pub(super) const fn of(subject: PageSubject) -> (&'static str, &'static str) {
    match subject {
        PageSubject::Refusal(ErrorCode::AccessDenied) => (
            "로그인되지 않았습니다",
            "접근을 허용하지 않아 로그인되지 않았습니다. 언제든지 다시 시도할 수 있습니다.",
        ),
        PageSubject::Refusal(ErrorCode::ClientRejected) => (
            "로그인 설정에 문제가 있습니다",
            "로그인 서비스가 이 사이트를 알아보지 못했습니다. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::CrossSite) => (
            "다른 사이트에서 보낸 요청입니다",
            "이 사이트의 페이지에서 보낸 요청이 아니어서 아무것도 실행하지 않았습니다.",
        ),
        PageSubject::Refusal(ErrorCode::Forbidden) => (
            "열 수 없는 페이지입니다",
            "로그인되어 있지만, 이 계정에는 필요한 권한이 없습니다.",
        ),
        PageSubject::Refusal(ErrorCode::Internal) => (
            "문제가 발생했습니다",
            "예상하지 못한 오류로 로그인이 중단되었습니다. 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidCallback) => (
            "올바르지 않은 로그인 링크입니다",
            "주소가 불완전하거나 도중에 바뀌었습니다. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidResponse) => (
            "로그인 서비스의 응답을 읽을 수 없습니다",
            "사용자의 잘못이 아닙니다. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginCookieMissing) => (
            "이 로그인을 계속할 수 없습니다",
            "브라우저에 이 로그인의 기록이 없습니다. 이미 끝난 로그인일 수 있습니다. 방금 시작했다면 쿠키가 차단되었거나 이 사이트의 다른 주소에서 시작했을 수 있습니다. 쿠키를 허용한 다음 여기에서 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginExpired) => (
            "만료된 로그인 링크입니다",
            "이미 사용했거나 시간이 너무 오래 지났습니다. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginRefused) => (
            "여기에는 로그인할 수 없습니다",
            "이 사이트는 사용자의 계정을 받지 않습니다.",
        ),
        PageSubject::Refusal(ErrorCode::LoginUndecided) => (
            "지금은 로그인할 수 없습니다",
            "이 사이트에서 지금 계정을 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginLoop) => (
            "로그인했지만 세션이 유지되지 않습니다",
            "브라우저나 중간 경로에서 이 사이트의 세션 쿠키가 사라집니다. 쿠키가 차단되었거나, 연결이 안전하지 않거나, 기기의 시계가 맞지 않을 수 있습니다.",
        ),
        PageSubject::Refusal(ErrorCode::MethodNotAllowed) => (
            "이 주소는 그렇게 사용할 수 없습니다",
            "이 주소가 지원하지 않는 방식의 요청입니다.",
        ),
        PageSubject::Refusal(ErrorCode::ProviderRefused) => (
            "로그인 서비스가 요청을 거절했습니다",
            "이 사이트의 요청이 받아들여지지 않았습니다. 다시 시도해도 안 되면 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::ProviderUnavailable) => (
            "로그인 서비스를 이용할 수 없습니다",
            "응답이 없거나 요청이 너무 많습니다. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::SessionTooLarge) => (
            "세션이 너무 커서 저장할 수 없습니다",
            "로그인은 되었지만 받은 정보가 브라우저의 쿠키에 들어가지 않습니다. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::SessionUnverified) => (
            "지금은 세션을 확인할 수 없습니다",
            "로그인 상태는 그대로이며 잃어버린 것은 없습니다. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::SignInRequired) => (
            "로그인해 주세요",
            "로그인이 필요합니다. 아무것도 저장되거나 바뀌지 않았습니다.",
        ),
        PageSubject::Refusal(ErrorCode::SignInDeclined) => (
            "FNCY에서 로그인을 허용하지 않았습니다",
            "로그인되지 않았습니다. 다시 시도하거나 다른 계정으로 로그인할 수 있습니다.",
        ),
        PageSubject::Refusal(ErrorCode::StateMissing) => (
            "로그인되지 않았습니다",
            "로그인이 취소되었거나 완료되지 않았습니다. 언제든지 다시 로그인할 수 있습니다.",
        ),
        PageSubject::Refusal(ErrorCode::TokenExpired) => (
            "받은 로그인이 이미 만료되었습니다",
            "로그인 서비스가 더 이상 유효하지 않은 권한을 보냈습니다. 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokensDiscarded) => (
            "이 페이지의 설정에 문제가 있습니다",
            "이 사이트가 보관하지 않는 계정 접근 권한이 필요한 페이지입니다. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokensExpired) => (
            "접근 권한이 만료되었습니다",
            "이 페이지에서는 갱신할 수 없습니다. 로그인이 필요한 이 사이트의 다른 페이지를 열어 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokensUnusable) => (
            "세션이 손상되었습니다",
            "세션이 불완전하여 종료했습니다. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::UserDataRefused) => (
            "로그인 서비스가 사용자를 알려 주지 않았습니다",
            "로그인은 되었지만 사용자 정보를 읽을 수 없었습니다. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::UserIdMissing) => (
            "로그인 서비스가 사용자를 알려 주지 않았습니다",
            "사용자 정보에 식별자가 없습니다. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::WrongProvider) => (
            "다른 로그인 서비스의 링크입니다",
            "응답한 서비스에서 시작한 로그인이 아닙니다. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::WrongIssuer) => (
            "다른 서비스가 응답했습니다",
            "이 사이트의 로그인 서비스가 보낸 응답이 아니어서 사용하지 않았습니다.",
        ),
        PageSubject::SignOut => (
            "로그아웃할까요?",
            "이 사이트를 다시 이용하려면 로그인해야 합니다.",
        ),
        PageSubject::SigningOut => (
            "이 사이트에서 로그아웃되었습니다",
            "이어서 로그인 서비스에서도 로그아웃합니다.",
        ),
        PageSubject::SignedOut => (
            "로그아웃되었습니다",
            "이 페이지를 닫거나 다시 로그인할 수 있습니다.",
        ),
    }
}

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::SignIn => "로그인",
        Label::AnotherAccount => "다른 계정 사용",
        Label::Continue => "계속",
        Label::TryAgain => "다시 시도",
        Label::Back => "사이트로 돌아가기",
        Label::SignOut => "로그아웃",
        Label::Stay => "로그인 유지",
        Label::Code => "코드",
    }
}
