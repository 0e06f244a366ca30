//! Four instances of an application, two with each framework, and a proxy that chooses among them.
//!
//! Rules:
//! - The first two instances run from begin to end, so their growth is measured. The others are killed and suspended.
//! - A second passes until the proxy notices that an instance has gone.

use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::Duration;

use tokio::time::Instant;

use super::site::{Framework, Grown, Site};

/// Until the proxy notices that an instance has gone or is back.
const NOTICED: Duration = Duration::from_secs(1);
/// The first instance that is killed and suspended.
const FIRST_MORTAL: usize = 2;

/// All instances. They end with this.
pub(super) struct Fleet {
    sites: Vec<Option<Site>>,
    settings: Vec<Vec<(String, String)>>,
    /// The proxy.
    pub(super) proxy: Arc<Proxy>,
}

/// What visitors see of the instances.
#[derive(Default)]
pub(super) struct Proxy(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    next: usize,
    instances: Vec<Backend>,
}

/// An instance, as the proxy sees it.
#[derive(Clone, Default)]
struct Backend {
    address: String,
    is_out: bool,
    /// When it was away, and since when it is back.
    gaps: Vec<(Instant, Option<Instant>)>,
}

/// The framework of an instance.
pub(super) fn framework(number: usize) -> Framework {
    Framework::ALL[number % Framework::ALL.len()]
}

impl Fleet {
    /// Starts an instance for each list of settings.
    pub(super) fn start(settings: Vec<Vec<(String, String)>>) -> Self {
        let mut fleet = Self {
            sites: settings.iter().map(|_| None).collect(),
            proxy: Arc::default(),
            settings,
        };
        let instances = vec![Backend::default(); fleet.sites.len()];
        fleet.proxy.0.lock().unwrap().instances = instances;
        for number in 0..fleet.sites.len() {
            fleet.restart(number);
        }
        fleet
    }

    /// The instances that are killed and suspended.
    pub(super) fn mortals(&self) -> impl Iterator<Item = usize> + use<> {
        FIRST_MORTAL..self.sites.len()
    }

    /// Kills an instance, as a failing machine does.
    pub(super) fn kill(&mut self, number: usize) {
        self.proxy.leaves(number);
        self.sites[number] = None;
        self.proxy.notices(number);
    }

    /// Starts an instance that was killed.
    pub(super) fn restart(&mut self, number: usize) {
        let site = Site::start(framework(number), &self.settings[number]);
        self.proxy.returns(number, &site.address);
        self.sites[number] = Some(site);
    }

    /// Suspends an instance.
    pub(super) fn suspend(&self, number: usize) {
        self.proxy.leaves(number);
        self.site(number).signal("STOP");
        self.proxy.notices(number);
    }

    /// Lets an instance go on that was suspended.
    pub(super) fn resume(&self, number: usize) {
        let site = self.site(number);
        site.signal("CONT");
        sleep(NOTICED);
        self.proxy.returns(number, &site.address);
    }

    fn site(&self, number: usize) -> &Site {
        self.sites[number].as_ref().unwrap()
    }

    /// What each instance has grown to.
    pub(super) fn grown(&mut self) -> Vec<Grown> {
        let sites = self.sites.iter_mut().flatten();
        sites.map(Site::grown).collect()
    }
}

impl Proxy {
    /// The number and the address of the next instance.
    pub(super) fn pick(&self) -> (usize, String) {
        let seen = &mut *self.0.lock().unwrap();
        loop {
            seen.next = (seen.next + 1) % seen.instances.len();
            let backend = &seen.instances[seen.next];
            if !backend.is_out {
                return (seen.next, backend.address.clone());
            }
        }
    }

    /// Whether an instance was away in this time.
    pub(super) fn was_away(&self, number: usize, from: Instant, to: Instant) -> bool {
        let gaps = &self.0.lock().unwrap().instances[number].gaps;
        let mut gaps = gaps.iter();
        gaps.any(|(gone, back)| *gone <= to && back.is_none_or(|back| back >= from))
    }

    fn leaves(&self, number: usize) {
        let gaps = &mut self.0.lock().unwrap().instances[number].gaps;
        gaps.push((Instant::now(), None));
    }

    fn notices(&self, number: usize) {
        sleep(NOTICED);
        self.0.lock().unwrap().instances[number].is_out = true;
    }

    fn returns(&self, number: usize, address: &str) {
        let backend = &mut self.0.lock().unwrap().instances[number];
        address.clone_into(&mut backend.address);
        backend.is_out = false;
        if let Some((_, back)) = backend.gaps.last_mut() {
            *back = Some(Instant::now());
        }
    }
}
