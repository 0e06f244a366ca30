//! How the driver stores the application's hooks and asks them.
//!
//! Rule: a hook runs in a task of its own until a deadline. A panic or a late answer is [`HookAnswer::Failed`].

use std::pin::Pin;
use std::sync::Arc;

use fncy_login_core::HookAnswer;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument as _;

use crate::hooks::approval::{Approval, NewLogin, RefreshedLogin, Refusal, Why};

/// A hook.
type Hook<T> =
    Arc<dyn Fn(T) -> Pin<Box<dyn Future<Output = Result<Approval, Refusal>> + Send>> + Send + Sync>;
/// `on_login`.
pub(crate) type LoginHook = Hook<NewLogin>;
/// `on_refresh`.
pub(crate) type RefreshHook = Hook<RefreshedLogin>;

/// Asks a hook. At the deadline its task is aborted.
pub(crate) async fn ask<T: Send + 'static>(
    hook: &Hook<T>,
    login: T,
    deadline: Instant,
) -> HookAnswer {
    let hook = Arc::clone(hook);
    let asked = tokio::spawn(async move { hook(login).await }.in_current_span());
    let task = asked.abort_handle();
    let answer = timeout_at(deadline, asked).await;
    task.abort();
    match answer {
        Ok(Ok(Ok(Approval(data)))) => HookAnswer::Approved { data },
        Ok(Ok(Err(Refusal(Why::NotThisUser(message))))) => HookAnswer::Refused { message },
        Ok(Ok(Err(Refusal(Why::NotNow)))) => HookAnswer::Undecided,
        Ok(Err(_)) | Err(_) => HookAnswer::Failed,
    }
}
