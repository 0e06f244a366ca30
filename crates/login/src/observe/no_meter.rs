//! Stands for `meter.rs` without the feature `metrics`, and counts nothing.

use std::time::Duration;

use fncy_login_core::Event;

#[derive(Default)]
pub(crate) struct Accepted(());

impl Accepted {
    pub(crate) fn count(&self) {}
}

pub(crate) fn describe() {}

pub(crate) fn event(_: Event) {}

pub(crate) fn warning(_: &'static str) {}

pub(crate) fn event_lost() {}

pub(crate) fn refresh(_: &'static str, _: Duration) {}

pub(crate) fn exchange(_: &'static str, _: &'static str, _: Duration) {}

pub(crate) fn store(_: bool) {}
