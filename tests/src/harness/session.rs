//! What the toy application does with a session, step by step as the query says.
//!
//! `/session?set=blue&wait=500&status=500` sets the data, waits for half a second, and answers with the status 500. The
//! answer has the result of each step, and then the session as the handler has it.

use std::time::Duration;

use fncy_login::adapter::SessionHandle;
use serde_json::Value;
use tokio::time::sleep;
use url::form_urlencoded;

use super::Calls;

/// The status and the text of the answer.
pub(super) async fn answer(session: &SessionHandle, calls: &Calls, query: &str) -> (u16, String) {
    calls.answer("/session", Some(&session.user()));
    let (mut status, mut results) = (200, Vec::new());
    for (step, value) in form_urlencoded::parse(query.as_bytes()) {
        let number = || value.parse().unwrap();
        let result = match &*step {
            "set" => session
                .set_data(&value)
                .map_err(|error| format!("{error:?}")),
            "large" => {
                let data = "x".repeat(number());
                session
                    .set_data(&data)
                    .map_err(|error| format!("{error:?}"))
            }
            "clear" => session.clear_data().map_err(|error| format!("{error:?}")),
            "refresh" => {
                let read = session.refresh_user().await;
                read.map(|_| ()).map_err(|error| format!("{error:?}"))
            }
            "end" => {
                session.end().await;
                Ok(())
            }
            "wait" => {
                sleep(Duration::from_millis(number() as u64)).await;
                Ok(())
            }
            "late" => {
                let (session, calls, value) = (session.clone(), calls.clone(), value.into_owned());
                tokio::spawn(async move {
                    sleep(Duration::from_millis(300)).await;
                    calls.note(format!("{:?}", session.set_data(&value)));
                });
                Ok(())
            }
            "status" => {
                status = number() as u16;
                Ok(())
            }
            step => panic!("{step} is no step"),
        };
        if let Err(error) = result {
            results.push(error);
        }
    }
    let (user, data) = (session.user(), session.data::<Value>().unwrap());
    let data = data.map_or("-".to_owned(), |data| data.to_string().replace('"', ""));
    results.push(format!("{} {data}", user.name().unwrap_or("-")));
    (status, results.join(", "))
}
