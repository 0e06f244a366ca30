//! A recorder of the `metrics` facade that keeps all figures in memory for the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};

use crate::harness::Harness;
use crate::world::World;

/// The metrics by name and labels: `name{label=value}`. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Counts {
    values: Arc<Mutex<BTreeMap<String, Arc<Value>>>>,
    described: Arc<Mutex<Vec<String>>>,
}

#[derive(Default)]
struct Value(AtomicU64);

impl Counts {
    /// The metrics that aren't zero. A histogram's value is its number of records.
    pub(crate) fn all(&self) -> BTreeMap<String, u64> {
        let values = self.values.lock().unwrap();
        let all = values.iter();
        all.map(|(name, value)| (name.clone(), value.0.load(Ordering::Relaxed)))
            .filter(|(_, value)| *value > 0)
            .collect()
    }

    /// All series, those at zero included.
    pub(crate) fn series(&self) -> Vec<String> {
        self.values.lock().unwrap().keys().cloned().collect()
    }

    /// The names that have a description, sorted.
    pub(crate) fn described(&self) -> Vec<String> {
        let mut names = self.described.lock().unwrap().clone();
        names.sort_unstable();
        names.dedup();
        names
    }

    fn value(&self, key: &Key) -> Arc<Value> {
        let labels: Vec<_> = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()))
            .collect();
        let name = match labels.as_slice() {
            [] => key.name().to_owned(),
            labels => format!("{}{{{}}}", key.name(), labels.join(",")),
        };
        Arc::clone(self.values.lock().unwrap().entry(name).or_default())
    }

    fn describe(&self, name: &KeyName) {
        self.described
            .lock()
            .unwrap()
            .push(name.as_str().to_owned());
    }
}

/// Every series of a new login without the prefix `fncy_login_`, as `name{label=value}`.
pub(crate) fn registered() -> BTreeSet<String> {
    let counts = Counts::default();
    let _guard = metrics::set_default_local_recorder(&counts);
    let _world = World::new(Harness::Bare);
    let series = counts.series().into_iter();
    series
        .map(|name| name.strip_prefix("fncy_login_").unwrap().to_owned())
        .collect()
}

impl Recorder for Counts {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.value(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.value(key))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(self.value(key))
    }
}

impl CounterFn for Value {
    fn increment(&self, by: u64) {
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    fn absolute(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }
}

/// The value of a gauge as an integer. Ours are 0 and 1.
impl GaugeFn for Value {
    fn increment(&self, by: f64) {
        self.0.fetch_add(by as u64, Ordering::Relaxed);
    }

    fn decrement(&self, by: f64) {
        self.0.fetch_sub(by as u64, Ordering::Relaxed);
    }

    fn set(&self, value: f64) {
        self.0.store(value as u64, Ordering::Relaxed);
    }
}

impl HistogramFn for Value {
    fn record(&self, _: f64) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}
