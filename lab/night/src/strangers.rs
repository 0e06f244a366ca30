//! Strangers who send invented codes, cookies and bearer tokens.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{MissedTickBehavior, interval};

use crate::browser::{Browser, Wants};
use crate::visitor::{PAGE, Site};

/// What strangers invent.
#[derive(Clone, Copy)]
pub(crate) enum Invented {
    Codes,
    Cookies,
    Tokens,
}

/// Requests under way at once.
const AT_ONCE: usize = 64;

/// Sends so many requests a second until the task is aborted.
pub(crate) fn strangers(site: &Arc<Site>, invented: Invented, rate: u32) -> JoinHandle<()> {
    let site = Arc::clone(site);
    tokio::spawn(async move {
        let mut asking = JoinSet::new();
        let mut ticks = interval(Duration::from_secs(1) / rate);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut browsers: Vec<_> = (0..AT_ONCE).map(|_| Browser::new(&site.origin)).collect();
        for number in 0_u64.. {
            ticks.tick().await;
            let browser = match browsers.pop() {
                Some(browser) => browser,
                // All are under way.
                None => asking.join_next().await.unwrap().unwrap(),
            };
            asking.spawn(ask(browser, invented, number));
            while let Some(back) = asking.try_join_next() {
                browsers.push(back.unwrap());
            }
        }
    })
}

async fn ask(mut browser: Browser, invented: Invented, number: u64) -> Browser {
    match invented {
        Invented::Codes => {
            let start = browser.get(PAGE, Wants::Page).await;
            let state = url::Url::parse(&start.location).ok().and_then(|url| {
                let mut pairs = url.query_pairs();
                pairs.find_map(|(name, value)| (name == "state").then(|| value.into_owned()))
            });
            let state = state.unwrap_or_default();
            let callback = format!("/auth/callback?code=invented-{number}&state={state}");
            browser.get(&callback, Wants::Page).await;
        }
        Invented::Cookies => {
            browser.set_session(&format!("invented{number}"));
            browser.get(PAGE, Wants::Data).await;
        }
        Invented::Tokens => {
            let token = format!("invented-{number}");
            browser.get_with_token(PAGE, &token).await;
        }
    }
    browser
}
