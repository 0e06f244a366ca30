//! The manual: what a login does, why, and what to do when it doesn't.
//!
//! | page | for whom |
//! | --- | --- |
//! | [`howto`] | who builds something with it |
//! | [`settings`] | who sets one up: every setting that is text |
//! | [`defaults`] | who wants to know why it is so, or to change it |
//! | [`cookies`] | who has cookies that don't stick, or a proxy in front |
//! | [`threats`] | who has to answer for its safety |
//! | [`operations`] | who runs it: logs, traces, metrics |
//! | [`troubleshooting`] | who has a code from a page or a log, or a symptom |

#[doc = include_str!("cookies.md")]
pub mod cookies {}

#[doc = include_str!("defaults.md")]
pub mod defaults {}

#[doc = include_str!("howto.md")]
pub mod howto {}

#[doc = include_str!("operations.md")]
pub mod operations {}

#[doc = include_str!("settings.md")]
pub mod settings {}

#[doc = include_str!("threats.md")]
pub mod threats {}

#[doc = include_str!("troubleshooting.md")]
pub mod troubleshooting {}

#[cfg(test)]
mod tests {
    use fncy_login_core::ErrorCode;

    #[test]
    fn each_code_has_an_entry_under_its_own_heading() {
        let entries: Vec<_> = include_str!("troubleshooting.md")
            .lines()
            .filter_map(|line| line.strip_prefix("## `")?.strip_suffix('`'))
            .collect();
        let codes: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(entries, codes, "in the order of the table in code.rs");
    }
}
