//! The way to the provider, and back.

use fncy_login::http_client::HttpClientError;
use http::{Request, Response};
use serde_json::json;
use tokio::sync::oneshot;

use crate::faults::Fault;
use crate::provider::{Use, response};
use crate::schedule::Time;
use crate::world::{Event, ProviderAnswer, World};

impl World {
    /// An instance sends a request to the provider.
    pub(crate) fn ask_provider(
        &mut self,
        instance: usize,
        time: Time,
        request: Request<Vec<u8>>,
        answer: oneshot::Sender<ProviderAnswer>,
    ) {
        self.count("requests to the provider");
        let number = self.number();
        self.ledger.began(number, instance);
        self.judge_exchange(instance, time, number, &request);
        let is_gone =
            |fault| fault == Fault::ProviderIsGone || fault == Fault::ProviderIsGoneFor(instance);
        if self.faults.is_on(time, is_gone) {
            let refused = self.choices.between(1, 50);
            let wait = self.choices.one(&[refused, 4_000]);
            let answered = Err(HttpClientError::NoConnection("no way".into()));
            let event = Event::Exchanged {
                number,
                answer,
                answered,
            };
            self.events.plan(time + wait, event);
            return;
        }
        let event = Event::Exchange {
            number,
            request,
            answer,
        };
        self.events.plan(time + self.choices.between(5, 80), event);
    }

    /// A request reaches the provider.
    pub(crate) fn exchange(
        &mut self,
        number: u64,
        request: &Request<Vec<u8>>,
        answer: oneshot::Sender<ProviderAnswer>,
    ) {
        let (now, instance) = (self.now, self.ledger.instance(number));
        let is = |fault| move |on: Fault| on == fault;
        let back = now + self.choices.between(5, 80);
        let (time, answered, twice) = if self.faults.is_on(now, is(Fault::ProviderFails)) {
            let status = self.choices.one(&[500, 503]);
            (back, Ok(response(status, &json!({}))), None)
        } else if self.faults.is_on(now, is(Fault::ProviderIsBusy)) {
            let mut busy = response(429, &json!({}));
            let seconds = self.choices.between(1, 5);
            busy.headers_mut().insert("retry-after", seconds.into());
            (back, Ok(busy), None)
        } else {
            let by = Use {
                exchange: number,
                instance,
                at: now,
            };
            let exchanged = self.provider.answer(request, by);
            let (time, answered) = self.on_its_way(back, exchanged.response);
            (time, answered, exchanged.twice)
        };
        let event = Event::Exchanged {
            number,
            answer,
            answered,
        };
        self.events.plan(time, event);
        self.tell(|| {
            let (path, body) = (request.uri().path(), request.body());
            let body = String::from_utf8_lossy(body);
            let secret = ["code-", "refresh-"].iter().find_map(|kind| {
                let (_, rest) = body.split_once(&format!("\"{kind}"))?;
                Some(format!("{kind}{}", rest.split_once('"')?.0))
            });
            let secret = secret.unwrap_or_default();
            format!(
                "the provider is asked {path} {secret} by {}",
                crate::story::letter(instance)
            )
        });
        if let Some((secret, first)) = twice {
            self.judge_second_use(&secret, first, instance);
        }
    }

    /// When an answer of the provider arrives, and what arrives.
    fn on_its_way(&mut self, back: Time, answer: Response<Vec<u8>>) -> (Time, ProviderAnswer) {
        let now = self.now;
        let is = |fault| move |on: Fault| on == fault;
        if self.faults.is_on(now, is(Fault::ProviderFailsAfterwards)) && self.choices.percent(50) {
            (back, Ok(response(500, &json!({}))))
        } else if self.faults.is_on(now, is(Fault::ProviderAnswersAreLost))
            && self.choices.percent(50)
        {
            let late = self.choices.between(1, 14_000);
            let lost = Err(HttpClientError::Interrupted("lost".into()));
            (now + late, lost)
        } else if self.faults.is_on(now, is(Fault::ProviderIsSlow)) {
            (now + self.choices.between(100, 14_000), Ok(answer))
        } else {
            (back, Ok(answer))
        }
    }

    /// An answer of the provider reaches an instance.
    pub(crate) fn exchanged(
        &mut self,
        number: u64,
        answer: oneshot::Sender<ProviderAnswer>,
        answered: ProviderAnswer,
    ) {
        let is_whole = matches!(&answered, Ok(answer) if answer.status() == 200);
        let is_gone = matches!(&answered, Err(HttpClientError::NoConnection(_)));
        self.learn_reach(number, is_gone);
        let is_heard = answer.send(answered).is_ok();
        self.ledger.arrived(number, self.now, is_whole && is_heard);
    }
}
