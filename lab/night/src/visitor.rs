//! Visitors who sign in, read pages, have their tokens refreshed, and sign out, over and over.
//!
//! Rule: a visitor knows which answer is right. A signed-in visitor gets the page (200). A sign-in is sent to FNCY (303) and
//! back into the application (303). A sign-out answers with a page (200).

use std::sync::Arc;
use std::time::Duration;

use fncy_dev_server::DevServer;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep};

use crate::browser::{Answer, Browser, Wants};
use crate::tally::Tally;

/// Between two requests of a visitor.
const PAUSE: Duration = Duration::from_millis(250);
/// Before a visitor tries a failed sign-in again.
const AGAIN: Duration = Duration::from_millis(500);
/// A visitor signs out after so many pages.
const PAGES: usize = 100;

/// Where visitors are.
pub(crate) struct Site {
    pub(crate) origin: String,
    pub(crate) fncy: Arc<DevServer>,
    pub(crate) tally: Tally,
}

/// Sends visitors to the site until the result is dropped.
pub(crate) fn crowd(site: &Arc<Site>, visitors: usize) -> JoinSet<()> {
    (0..visitors)
        .map(|number| visit(Arc::clone(site), number))
        .collect()
}

/// A visitor whose session cookie is removed on the way, until the result is aborted.
pub(crate) fn stripped(site: &Arc<Site>, number: usize) -> JoinHandle<()> {
    let site = Site {
        origin: site.origin.clone(),
        fncy: Arc::clone(&site.fncy),
        tally: Tally::default(),
    };
    tokio::spawn(async move {
        let mut browser = Browser::new(&site.origin);
        let mut at = PAGE.to_owned();
        loop {
            sign_in(&site, &mut browser, &user(number), &mut at).await;
            browser.lose_session();
            sleep(PAUSE).await;
        }
    })
}

/// The id of a visitor.
pub(crate) fn user(number: usize) -> String {
    format!("u-{number}")
}

async fn visit(site: Arc<Site>, number: usize) {
    let mut browser = Browser::new(&site.origin);
    // Visitors don't come at the same moment.
    sleep(PAUSE * u32::try_from(number).unwrap_or(0) / 4).await;
    let mut at = PAGE.to_owned();
    loop {
        if sign_in(&site, &mut browser, &user(number), &mut at).await {
            read(&site, &mut browser, PAGES + 3 * number).await;
        } else {
            sleep(AGAIN).await;
        }
    }
}

/// Whether the visitor is signed in now. `at` is where the visitor begins: the page, or the button of an error page.
pub(crate) async fn sign_in(
    site: &Site,
    browser: &mut Browser,
    user: &str,
    at: &mut String,
) -> bool {
    let start = timed(site, browser.get(at, Wants::Page)).await;
    *at = button(&start.body);
    if start.status == 200 && start.body.contains("action=\"/auth/logout\"") {
        // The last sign-out got no answer.
        return true;
    }
    if start.status != 303 {
        site.tally.wrong("start of a sign-in", start.status);
        return false;
    }
    let Ok(callback) = site.fncy.approve(&start.location, user) else {
        site.tally.wrong("sign-in at FNCY", 400);
        return false;
    };
    site.tally.right();
    sleep(PAUSE).await;
    let callback = callback.strip_prefix(&site.origin).unwrap_or_default();
    let back = timed(site, browser.get(callback, Wants::Page)).await;
    if back.status != 303 {
        *at = button(&back.body);
        site.tally.wrong("callback", back.status);
        return false;
    }
    site.tally.right();
    true
}

/// An answer, whose time is kept.
async fn timed(site: &Site, asking: impl Future<Output = Answer>) -> Answer {
    let began = Instant::now();
    let answer = asking.await;
    site.tally.took(began.elapsed());
    answer
}

/// Where the button of an error page leads, or the usual page if it has no button.
fn button(page: &str) -> String {
    let target = page.split("class=\"action\" href=\"").nth(1);
    let target = target.and_then(|rest| rest.split('"').next());
    target.unwrap_or(PAGE).replace("&amp;", "&")
}

/// Reads so many pages, and signs out. A visitor whose session is gone stops.
async fn read(site: &Site, browser: &mut Browser, pages: usize) {
    for _ in 0..pages {
        sleep(PAUSE).await;
        let answer = timed(site, browser.get(PAGE, Wants::Data)).await;
        match answer.status {
            200 => site.tally.right(),
            401 => return site.tally.wrong("page", 401),
            503 if !answer.has_retry_after => site.tally.wrong("page without Retry-After", 503),
            status => site.tally.wrong("page", status),
        }
    }
    let answer = timed(site, browser.post("/auth/logout")).await;
    match answer.status {
        200 => site.tally.right(),
        status => site.tally.wrong("sign-out", status),
    }
}

/// A page of the recipe that needs a user.
pub(crate) const PAGE: &str = "/";
