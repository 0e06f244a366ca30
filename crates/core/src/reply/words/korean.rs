//! What people read in Korean.
//!
//! Rules: 해요체 throughout, and words for people: 로그인 정보, not 세션 or 토큰.

use crate::reply::words::label::Label;
use crate::reply::words::subject::PageSubject;
use crate::values::error_code::ErrorCode;

pub(super) const fn of(subject: PageSubject) -> (&'static str, &'static str) {
    match subject {
        PageSubject::Refusal(ErrorCode::AccessDenied) => (
            "로그인되지 않았어요",
            "접근이 허용되지 않아 로그인하지 못했어요. 언제든지 다시 시도할 수 있어요.",
        ),
        PageSubject::Refusal(ErrorCode::AuthTimeMissing) => (
            "로그인한 시각을 받지 못했어요",
            "이 사이트에는 로그인 시각이 필요해요. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::ClientRejected) => (
            "로그인 설정에 문제가 있어요",
            "로그인 서비스가 이 사이트를 인식하지 못했어요. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::CrossSite) => (
            "다른 사이트에서 보낸 요청이에요",
            "이 사이트의 페이지에서 보낸 요청이 아니어서 처리하지 않았어요.",
        ),
        PageSubject::Refusal(ErrorCode::DeviceBindingRequired) => (
            "이 기기에 연결된 로그인이 필요해요",
            "지원하는 브라우저는 로그인 직후 자동으로 연결해요. 다시 시도해 주세요. 계속 안 되면 다시 로그인하거나 다른 브라우저를 사용해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::DeviceProofRefused) => (
            "기기를 확인하지 못했어요",
            "브라우저가 보낸 기기 확인 정보가 올바르지 않아요. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::DeviceUnproven) => (
            "지금은 기기를 확인할 수 없어요",
            "로그인은 유지되고 있어요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::Forbidden) => (
            "접근 권한이 없어요",
            "로그인되어 있지만, 이 계정에는 필요한 권한이 없어요.",
        ),
        PageSubject::Refusal(ErrorCode::GuardUndecided) => (
            "지금은 열 수 없어요",
            "이 사이트에서 접근 권한을 확인하지 못했어요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::InsufficientScope) => (
            "접근 허용이 더 필요해요",
            "로그인되어 있지만, 이 페이지에 필요한 계정 접근이 아직 허용되지 않았어요.",
        ),
        PageSubject::Refusal(ErrorCode::InsufficientUserAuthentication) => (
            "본인인지 확인해 주세요",
            "이 작업을 하려면 다시 로그인해야 해요. 저장되거나 바뀐 내용은 없어요.",
        ),
        PageSubject::Refusal(ErrorCode::Internal) => (
            "문제가 생겼어요",
            "예상하지 못한 오류로 로그인이 중단되었어요. 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidCallback) => (
            "올바르지 않은 로그인 링크예요",
            "주소가 불완전하거나 중간에 바뀌었어요. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidRequest) => (
            "요청이 올바르지 않아요",
            "액세스 토큰 하나를 Authorization 헤더 하나에 담아 보내야 해요.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidResponse) => (
            "로그인 서비스의 응답을 읽을 수 없어요",
            "로그인 서비스에서 생긴 문제예요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::InvalidToken) => (
            "액세스 토큰을 쓸 수 없어요",
            "만료되었거나 폐기되었거나 이 사이트용이 아니에요. 새 토큰을 받아 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginCookieMissing) => (
            "이 로그인을 계속할 수 없어요",
            "브라우저에 이 로그인의 기록이 없어요. 이미 끝난 로그인일 수 있어요. 방금 시작했다면 쿠키가 차단되었거나, 이 사이트의 다른 주소에서 시작했을 수 있어요. 쿠키를 허용한 다음 여기에서 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginExpired) => (
            "만료된 로그인 링크예요",
            "이미 사용했거나 시간이 너무 많이 지났어요. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginRefused) => (
            "이 사이트에 로그인할 수 없어요",
            "이 계정으로는 이 사이트를 이용할 수 없어요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginUndecided) => (
            "지금은 로그인할 수 없어요",
            "이 사이트에서 계정을 확인하지 못했어요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::LoginLoop) => (
            "로그인했지만 로그인이 유지되지 않아요",
            "쿠키가 중간에 사라졌거나, 이 사이트의 서버가 쿠키를 받아들이지 않았어요. 쿠키가 차단되었거나, 연결이 안전하지 않거나, 시계가 맞지 않을 수 있어요. 다시 로그인해 주세요. 이 페이지가 또 나오면 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::MethodNotAllowed) => (
            "이 주소에서 처리할 수 없는 요청이에요",
            "이 주소가 지원하지 않는 방식으로 요청했어요.",
        ),
        PageSubject::Refusal(ErrorCode::OtherUser) => (
            "다른 계정을 선택했어요",
            "이전 계정으로 계속 로그인되어 있어요. 계정을 바꾸려면 먼저 로그아웃해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::ProviderRefused) => (
            "로그인 서비스가 요청을 거절했어요",
            "이 사이트의 요청이 받아들여지지 않았어요. 다시 시도해도 안 되면 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::ProviderUnavailable) => (
            "지금은 로그인 서비스를 이용할 수 없어요",
            "로그인 서비스가 응답하지 않거나, 요청이 너무 많아요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::SessionRequired) => (
            "브라우저에서 로그인해야 해요",
            "액세스 토큰이 아니라 로그인 세션이 필요해요.",
        ),
        PageSubject::Refusal(ErrorCode::SessionTooLarge) => (
            "로그인 정보가 너무 커서 저장할 수 없어요",
            "로그인은 되었지만, 받은 정보가 브라우저의 쿠키에 다 들어가지 않아요. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::SessionUnverified) => (
            "지금은 로그인 상태를 확인할 수 없어요",
            "로그인은 그대로 유지되고, 잃어버린 것도 없어요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::SignInRequired) => (
            "로그인해 주세요",
            "로그인이 필요해요. 저장되거나 바뀐 내용은 없어요.",
        ),
        PageSubject::Refusal(ErrorCode::SignInDeclined) => (
            "FNCY에서 로그인을 허용하지 않았어요",
            "로그인되지 않았어요. 다시 시도하거나 다른 계정으로 로그인할 수 있어요.",
        ),
        PageSubject::Refusal(ErrorCode::SignInNotRecent) => (
            "다시 로그인하지 않았어요",
            "새 로그인이 필요하지만, 로그인 서비스에서 확인되지 않았어요. 언제든지 다시 시도할 수 있어요.",
        ),
        PageSubject::Refusal(ErrorCode::StateMissing) => (
            "로그인되지 않았어요",
            "로그인이 취소되었거나 완료되지 않았어요. 언제든지 다시 로그인할 수 있어요.",
        ),
        PageSubject::Refusal(ErrorCode::StoreUnavailable) => (
            "지금은 로그인을 확인할 수 없어요",
            "이 사이트의 일부가 응답하지 않아요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokenExpired) => (
            "받은 로그인이 이미 만료되었어요",
            "로그인 서비스가 보낸 권한의 유효 기간이 지났어요. 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokensDiscarded) => (
            "이 페이지의 설정에 문제가 있어요",
            "이 페이지에는 계정 접근 권한이 필요하지만, 이 사이트는 그 권한을 보관하지 않아요. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokensExpired) => (
            "접근 권한이 만료되었어요",
            "이 페이지에서는 갱신할 수 없어요. 이 사이트에서 로그인이 필요한 페이지를 열어 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::TokensUnusable) => (
            "로그인 정보가 손상되었어요",
            "로그인 정보가 불완전해서 로그아웃되었어요. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::UnknownIntent) => (
            "올바르지 않은 로그인 링크예요",
            "주소가 불완전하거나 더 이상 쓰이지 않아요. 평소처럼 로그인할 수 있어요.",
        ),
        PageSubject::Refusal(ErrorCode::UserDataRefused) => (
            "사용자 정보를 받지 못했어요",
            "로그인은 되었지만 사용자 정보를 읽을 수 없었어요. 잠시 후 다시 시도해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::UserIdMissing) => (
            "사용자 정보를 받지 못했어요",
            "받은 사용자 정보에 식별자가 없어요. 사이트 운영자에게 알려 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::WrongProvider) => (
            "다른 로그인 서비스의 링크예요",
            "응답한 로그인 서비스에서 시작한 로그인이 아니에요. 다시 로그인해 주세요.",
        ),
        PageSubject::Refusal(ErrorCode::WrongIssuer) => (
            "다른 서비스가 응답했어요",
            "이 사이트의 로그인 서비스가 보낸 응답이 아니어서 사용하지 않았어요.",
        ),
        PageSubject::FormNotSent => (
            "로그인한 다음 다시 보내 주세요",
            "지금은 로그인되어 있지 않아서 저장되거나 바뀐 내용은 없어요. 새 탭에서 로그인한 다음, 이 탭으로 돌아와 새로고침하면 입력한 내용을 다시 보낼 수 있어요.",
        ),
        PageSubject::SignedIn => (
            "로그인되었어요",
            "이 페이지를 닫고 하던 일을 계속할 수 있어요.",
        ),
        PageSubject::SignOut => (
            "로그아웃할까요?",
            "이 사이트를 다시 이용하려면 로그인해야 해요.",
        ),
        PageSubject::SigningOut => (
            "이 사이트에서 로그아웃되었어요",
            "이어서 로그인 서비스에서도 로그아웃돼요.",
        ),
        PageSubject::SignedOut => (
            "로그아웃되었어요",
            "이 페이지를 닫거나 다시 로그인할 수 있어요.",
        ),
    }
}

pub(super) const fn label(label: Label) -> &'static str {
    match label {
        Label::SignIn => "로그인",
        Label::SignInNewTab => "새 탭에서 로그인",
        Label::AllowAccess => "접근 허용",
        Label::AnotherAccount => "다른 계정 사용",
        Label::Confirm => "다시 로그인",
        Label::Continue => "계속",
        Label::TryAgain => "다시 시도",
        Label::Back => "사이트로 돌아가기",
        Label::SignOut => "로그아웃",
        Label::Stay => "취소",
        Label::Code => "코드",
        Label::Reference => "문의 번호",
    }
}
