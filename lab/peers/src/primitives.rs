//! What sealed cookies rest on, from several crates: on a whole session and on a user alone.

mod body;
mod ciphers;
mod text;

use fncy_login_benches::interleave::{Case, measure};

use crate::session::Session;

/// How much is measured at a time.
struct Sample {
    /// Characters of base64, and what they say.
    text_len: usize,
    session: Session,
}

impl Sample {
    /// The bytes under the base64.
    fn bytes(&self) -> Vec<u8> {
        (0..self.text_len * 3 / 4)
            .map(|index| index as u8)
            .collect()
    }

    fn cases(&self) -> Vec<Case> {
        let mut cases = ciphers::cases(&self.bytes());
        cases.extend(text::cases(&self.bytes()));
        cases.extend(body::cases(&self.session));
        cases
    }
}

/// Measures and prints.
pub(crate) async fn table() {
    let whole = Sample {
        text_len: 1_500,
        session: Session::sample(),
    };
    let user = Sample {
        text_len: 300,
        session: Session::without_tokens(),
    };
    let mut cases = whole.cases();
    let count = cases.len();
    cases.extend(user.cases());
    let figures = measure(cases).await;
    let (whole, user) = figures.split_at(count);
    println!("| what, ns | whole session | user alone |\n| --- | --: | --: |");
    for (whole, user) in whole.iter().zip(user) {
        println!(
            "| {} | {:.0} | {:.0} |",
            whole.name, whole.whole, user.whole
        );
    }
}
