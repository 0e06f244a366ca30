//! The parameters that change the sign-in (OpenID Connect Core section 3.1.2.1).

use crate::protocol::params::Params;
use crate::protocol::prompt::Prompt;
use crate::protocol::refusal::Refusal;

#[derive(Clone, Debug, Default)]
pub(crate) struct SignInOptions {
    pub(crate) prompt: Vec<Prompt>,
    /// The greatest age of the sign-in, in seconds.
    pub(crate) max_age: Option<u64>,
    /// The user whom the application expects: an ID, an email address, or another text.
    pub(crate) login_hint: Option<String>,
    /// Language tags, separated by spaces.
    pub(crate) ui_locales: Option<String>,
}

impl SignInOptions {
    pub(crate) fn parse(query: &Params) -> Result<Self, Refusal> {
        Ok(Self {
            prompt: Prompt::parse(query.get("prompt")?)?,
            max_age: query.get("max_age")?.map(seconds).transpose()?,
            login_hint: query.get("login_hint")?.map(str::to_owned),
            ui_locales: query.get("ui_locales")?.map(str::to_owned),
        })
    }

    pub(crate) fn has(&self, prompt: Prompt) -> bool {
        self.prompt.contains(&prompt)
    }

    /// Returns whether a sign-in at `auth_time` is too old. `max_age=0` is the same as
    /// `prompt=login`.
    pub(crate) fn needs_new_sign_in(&self, auth_time: u64, now: u64) -> bool {
        let age = now.saturating_sub(auth_time);
        self.has(Prompt::Login) || self.max_age.is_some_and(|max| max == 0 || age > max)
    }
}

fn seconds(text: &str) -> Result<u64, Refusal> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or_else(|| Refusal::invalid_request("max_age must be a whole number of seconds."))
}

#[cfg(test)]
mod tests {
    use super::SignInOptions;
    use crate::protocol::params::Params;
    use crate::protocol::refusal::Refusal;

    fn parse(query: &str) -> Result<SignInOptions, Refusal> {
        SignInOptions::parse(&Params::from_form(query.as_bytes()))
    }

    #[test]
    fn the_age_of_a_sign_in_is_limited() {
        for (query, is_needed) in [
            ("", [false, false, false]),
            ("max_age=", [false, false, false]),
            ("max_age=60", [false, false, true]),
            ("max_age=0", [true, true, true]),
            ("prompt=login", [true, true, true]),
            ("max_age=18446744073709551615", [false, false, false]),
        ] {
            let options = parse(query).unwrap();
            let needed = [1_000, 940, 939].map(|then| options.needs_new_sign_in(then, 1_000));
            assert_eq!(needed, is_needed, "{query}");
        }
        assert!(!parse("max_age=1").unwrap().needs_new_sign_in(9, 8));
    }

    #[test]
    fn bad_values_are_refused() {
        for bad in [
            "max_age=-1",
            "max_age=%2B1",
            "max_age=1.5",
            "max_age=1s",
            "max_age=18446744073709551616",
            "max_age=1&max_age=1",
            "prompt=other",
            "login_hint=a&login_hint=b",
            "ui_locales=ko&ui_locales=en",
        ] {
            assert_eq!(parse(bad).unwrap_err().code, "invalid_request", "{bad}");
        }
    }
}
