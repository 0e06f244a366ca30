//! What the toy application asks of FNCY's API, step by step as the query says.
//!
//! `/api?get=https://api.example/orders&set=blue` calls the API, and then sets the session data. The answer has the result
//! of each step. The user of a bearer token has no session. The first error is the answer, unless a step `caught` came
//! before it.

use std::time::Duration;

use fncy_login::User;
use fncy_login::adapter::{ApiHandle, Rejection, SessionHandle};
use http::{Request, Response};
use tokio::time::sleep;
use url::form_urlencoded;

use super::Calls;

/// The body of each POST.
const ORDER: &[u8] = b"one order";

/// The text of the answer.
pub(super) async fn answer(
    api: &ApiHandle,
    user: &User,
    session: Option<&SessionHandle>,
    calls: &Calls,
    query: &str,
) -> Result<String, Rejection> {
    calls.answer("/api", Some(user));
    let (mut results, mut is_caught, mut header) = (Vec::new(), false, None);
    for (step, value) in form_urlencoded::parse(query.as_bytes()) {
        let request = |method: &str| {
            let request = Request::builder().method(method).uri(&*value);
            let request = match &header {
                Some(name) => request.header(name, "handler"),
                None => request,
            };
            request
                .body(if method == "GET" {
                    Vec::new()
                } else {
                    ORDER.to_vec()
                })
                .unwrap()
        };
        let result = match &*step {
            "get" => api.send(request("GET")).await.map(|answer| shown(&answer)),
            "post" => api.send(request("POST")).await.map(|answer| shown(&answer)),
            "once" => api
                .send_once(request("POST"))
                .await
                .map(|answer| shown(&answer)),
            "refresh" => {
                let tokens = api.refresh(&api.tokens()).await;
                tokens.map(|_| "refreshed".to_owned())
            }
            "set" => {
                session.unwrap().set_data(&value).unwrap();
                continue;
            }
            "header" => {
                header = Some(value.into_owned());
                continue;
            }
            "wait" => {
                sleep(Duration::from_millis(value.parse().unwrap())).await;
                continue;
            }
            "caught" => {
                is_caught = true;
                continue;
            }
            "late" => {
                let (api, calls, request) = (api.clone(), calls.clone(), request("GET"));
                tokio::spawn(async move {
                    sleep(Duration::from_millis(300)).await;
                    let answer = api.send(request).await;
                    calls.note(format!(
                        "{:?}",
                        answer
                            .map(|answer| shown(&answer))
                            .map_err(|error| error.kind())
                    ));
                });
                continue;
            }
            step => panic!("{step} is no step"),
        };
        results.push(match result {
            Err(error) if is_caught => format!("{:?}", error.kind()),
            result => result?,
        });
    }
    Ok(results.join(", "))
}

fn shown(answer: &Response<Vec<u8>>) -> String {
    let text = String::from_utf8_lossy(answer.body());
    format!("{} {text}", answer.status().as_u16())
}
