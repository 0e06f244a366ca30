//! The sign-in after a callback: redeem the code, read the user, ask the hook, write the session.
//!
//! Rule: one deadline covers all that a request causes.

use fncy_login_core::{
    Approved, Approving, Exchange, HookAnswer, Redeemed, Redeeming, Reply, UserRead,
};
use tokio::time::Instant;

use crate::handle::caller::Caller;
use crate::handle::login::Login;
use crate::hooks::approval::NewLogin;
use crate::hooks::ask::ask;
use crate::observe::clock;
use crate::provider::places::Place;

/// Signs in with a code. The place is released when the user is known, before the hook is asked.
pub(crate) async fn sign_in(
    login: &Login,
    redeeming: Redeeming,
    caller: Caller,
    place: Place,
    deadline: Instant,
) -> Box<Reply> {
    let provider = &login.0.provider;
    let exchange = Exchange::Redeem(redeeming.redeem());
    let answer = provider.run(exchange, &place, deadline).await;
    let reading = match redeeming.answered(answer, login.0.clock.now()) {
        Redeemed::ReadUser(reading) => reading,
        Redeemed::Reply(reply) => return reply,
    };
    let access_token = reading.access_token();
    let exchange = Exchange::UserData { access_token };
    let answer = provider.run(exchange, &place, deadline).await;
    drop(place);
    let completing = match reading.answered(answer, login.0.clock.now()) {
        UserRead::Complete(completing) => completing,
        UserRead::Approve(approving) => {
            let answer = ask_hook(login, &approving, &caller, deadline).await;
            match approving.answered(answer) {
                Approved::Complete(completing) => completing,
                Approved::Reply(reply) => return reply,
            }
        }
        UserRead::Reply(reply) => return reply,
    };
    // If this fails, the user may be read once more.
    let read_since = login.0.store.read_since(completing.user_id()).await;
    let read_since = read_since.ok().flatten().unwrap_or_default();
    let completing = completing.read_since(read_since);
    let reply = completing.finish(login.0.clock.now(), clock::entropy());
    if let Some(user) = &reply.begins {
        caller.list(login, user);
    }
    reply
}

async fn ask_hook(
    login: &Login,
    approving: &Approving,
    caller: &Caller,
    deadline: Instant,
) -> HookAnswer {
    match &login.0.on_login {
        Some(on_login) => {
            let request = caller.request.clone().unwrap_or_default();
            let login = NewLogin::new(approving.candidate(), request);
            ask(on_login, login, deadline).await
        }
        None => HookAnswer::Approved { data: None },
    }
}
