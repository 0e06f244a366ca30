//! The list of what the application asks of this sign-in, for the developer.

use crate::pages::html::escape;
use crate::pages::words::Words;
use crate::protocol::prompt::Prompt;
use crate::protocol::sign_in_options::SignInOptions;

/// Renders a line for each parameter, or nothing if there is no parameter.
pub(super) fn list(words: &Words, options: &SignInOptions) -> String {
    let prompts = options.prompt.iter().map(|prompt| {
        let meaning = match prompt {
            Prompt::None => "",
            Prompt::Login => words.asks_login,
            Prompt::Consent => words.asks_consent,
            Prompt::SelectAccount => words.asks_account,
        };
        ("prompt", prompt.name(), meaning.to_owned())
    });
    let age = options.max_age.map(|age| age.to_string());
    let texts = [
        ("max_age", age.as_deref(), words.asks_age),
        ("login_hint", options.login_hint.as_deref(), words.asks_user),
        (
            "ui_locales",
            options.ui_locales.as_deref(),
            words.asks_language,
        ),
    ];
    let texts = texts.into_iter().filter_map(|(name, value, meaning)| {
        let value = value?;
        Some((name, value, meaning.replace("{}", value)))
    });
    let lines: String = prompts
        .chain(texts)
        .map(|(name, value, meaning)| {
            let value = escape(value);
            format!("<li>{meaning} <code>{name}={value}</code></li>\n")
        })
        .collect();
    if lines.is_empty() {
        return lines;
    }
    format!(
        "<div class=\"options\">\n<p id=\"options\">{}</p>\n\
         <ul aria-labelledby=\"options\">\n{lines}</ul>\n</div>\n",
        words.asks_for
    )
}
