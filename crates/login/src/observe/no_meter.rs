//! Stands for `meter.rs` without the feature `metrics`, and counts nothing.

use std::time::Duration;

use fncy_login_core::{Event, Timestamp};

pub(crate) struct Meter(());

pub(crate) struct SettingsMeter(());

pub(crate) struct PlaceMeter(());

impl Meter {
    pub(crate) fn new() -> Self {
        Self(())
    }

    pub(crate) fn places(_: &'static str, _: usize) -> PlaceMeter {
        PlaceMeter(())
    }

    pub(crate) fn settings(_: &str, _: &str) -> SettingsMeter {
        SettingsMeter(())
    }

    pub(crate) fn accepted(&self) {}

    pub(crate) fn event(&self, _: Event) {}

    pub(crate) fn returned(&self) {}

    pub(crate) fn sign_in(&self, _: Duration) {}

    pub(crate) fn warning(&self, _: &'static str) {}

    pub(crate) fn event_lost(&self) {}

    pub(crate) fn refresh(&self, _: &'static str, _: Duration) {}

    pub(crate) fn refreshes_paused(&self, _: bool) {}

    pub(crate) fn exchange(
        &self,
        _: &'static str,
        _: &'static str,
        _: Duration,
        _: Option<Timestamp>,
    ) {
    }

    pub(crate) fn store_call(&self, _: &'static str, _: bool, _: Duration) {}

    pub(crate) fn store_up(&self, _: bool) {}

    pub(crate) fn revoked_sessions(&self, _: usize) {}

    pub(crate) fn clock_offset(&self, _: i64) {}
}

impl PlaceMeter {
    pub(crate) fn now(&self, _: usize, _: usize) {}

    pub(crate) fn waited(&self, _: Duration) {}
}
