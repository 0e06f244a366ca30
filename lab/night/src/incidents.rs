//! The table of incidents.

use std::thread::sleep;
use std::time::Duration;

use fncy_dev_server::Fault;

use crate::stage::{Log, Oddity, Stage};
use crate::strangers::Invented;

/// An incident, and what it must cause.
pub struct Incident {
    /// What happens.
    pub name: &'static str,
    pub(crate) begin: fn(&mut Stage),
    pub(crate) end: fn(&mut Stage),
    /// How long it lasts.
    pub(crate) seconds: u64,
    /// Statuses that are wrong answers, and can't be avoided. 0 is no answer.
    pub(crate) statuses: &'static [u16],
    /// An expression that has a value in the incident alone.
    pub(crate) sign: Option<&'static str>,
    /// The alerts that must fire, without `FncyLogin`.
    pub(crate) alerts: &'static [&'static str],
    /// Alerts that may fire besides: what they say is true as well.
    pub(crate) besides: &'static [&'static str],
}

/// What an incident is, if nothing else is said.
const QUIET: Incident = Incident {
    name: "",
    begin: nothing,
    end: nothing,
    seconds: 20,
    statuses: &[],
    sign: None,
    alerts: &[],
    besides: &[],
};

fn nothing(_: &mut Stage) {}

const STORE_IS_DOWN: Incident = Incident {
    statuses: &[503],
    sign: Some("min(fncy_login_store_up) == 0"),
    alerts: &["StoreDown"],
    besides: &["SignInsDropped", "StoreFails", "StoreSlow"],
    ..QUIET
};

const FNCY_IS_DOWN: Incident = Incident {
    end: |stage| stage.no_faults(),
    statuses: &[503],
    alerts: &["ProviderDown", "RefreshesPaused"],
    besides: &[
        "ProviderFails",
        "ProviderSlow",
        "SignInsDropped",
        "WaitsForPlaces",
    ],
    ..QUIET
};

/// Sessions and sign-ins that began at an instance are lost at another one.
const INSTANCES_DIFFER: Incident = Incident {
    statuses: &[400, 401],
    end: |stage| stage.replace(0, Oddity::None),
    besides: &["SessionsRefused", "SignInLoop", "SignInsDropped"],
    ..QUIET
};

/// All incidents.
pub const ALL: &[Incident] = &[
    Incident {
        name: "a quiet hour",
        ..QUIET
    },
    Incident {
        name: "Redis is killed",
        begin: |stage| stage.fleet.redis.kill(),
        end: |stage| stage.runtime.block_on(stage.fleet.redis.restart()),
        seconds: 10,
        ..STORE_IS_DOWN
    },
    Incident {
        name: "Redis hangs",
        begin: |stage| stage.fleet.redis.pause(),
        end: |stage| stage.fleet.redis.resume(),
        ..STORE_IS_DOWN
    },
    Incident {
        name: "Redis is full",
        begin: |stage| stage.redis(&["config", "set", "maxmemory", "1"]),
        end: |stage| stage.redis(&["config", "set", "maxmemory", "0"]),
        ..STORE_IS_DOWN
    },
    Incident {
        name: "Redis gets another password",
        begin: |stage| {
            stage.redis(&["config", "set", "requirepass", "other"]);
            stage.redis(&["-a", "other", "client", "kill", "type", "normal"]);
        },
        end: |stage| stage.redis(&["-a", "other", "config", "set", "requirepass", ""]),
        ..STORE_IS_DOWN
    },
    Incident {
        name: "Redis restarts without its data",
        begin: |stage| stage.runtime.block_on(stage.fleet.redis.restart()),
        statuses: &[503],
        besides: &["StoreDown"],
        ..QUIET
    },
    Incident {
        name: "FNCY refuses connections",
        begin: |stage| stage.refuse_for_fncy(),
        end: |stage| stage.accept_for_fncy(),
        sign: Some(r#"sum(increase(fncy_login_exchanges_total{outcome="no_connection"}[3s])) > 0"#),
        ..FNCY_IS_DOWN
    },
    Incident {
        name: "FNCY hangs",
        begin: |stage| stage.fault(Fault::delay(Duration::from_secs(60))),
        seconds: 40,
        sign: Some(r#"sum(increase(fncy_login_exchanges_total{outcome="timed_out"}[3s])) > 0"#),
        ..FNCY_IS_DOWN
    },
    Incident {
        name: "FNCY answers 503",
        begin: |stage| stage.fault(Fault::status(503)),
        sign: Some(r#"sum(increase(fncy_login_exchanges_total{outcome="5xx"}[3s])) > 0"#),
        ..FNCY_IS_DOWN
    },
    Incident {
        name: "FNCY answers 429 with Retry-After",
        begin: |stage| stage.fault(Fault::status(429).header("retry-after", "2")),
        seconds: 30,
        sign: Some(r#"sum(increase(fncy_login_exchanges_total{outcome="429"}[3s])) > 0"#),
        alerts: &["ProviderFails"],
        besides: &["RefreshesPaused", "SignInsDropped"],
        ..FNCY_IS_DOWN
    },
    Incident {
        name: "FNCY refuses the client",
        begin: |stage| stage.fault(Fault::status(401).json(r#"{"error":"invalid_client"}"#)),
        statuses: &[500, 503],
        sign: Some(
            r#"sum(increase(fncy_login_sign_ins_failed_total{code="client_rejected"}[3s])) > 0"#,
        ),
        alerts: &["ClientRejected"],
        besides: &["RefreshesPaused", "SignInsDropped"],
        ..FNCY_IS_DOWN
    },
    Incident {
        name: "FNCY takes three seconds",
        begin: |stage| stage.fault(Fault::delay(Duration::from_secs(3))),
        seconds: 40,
        statuses: &[],
        sign: Some(
            "histogram_quantile(0.95, sum by (le) (rate(fncy_login_exchange_duration_seconds_bucket[5s]))) > 2",
        ),
        alerts: &["ProviderSlow"],
        besides: &["WaitsForPlaces", "SignInsDropped"],
        ..FNCY_IS_DOWN
    },
    Incident {
        name: "an instance is killed",
        begin: |stage| stage.kill(0),
        end: |stage| stage.start_again(0, Oddity::None),
        // Of a refresh that was under way, the new tokens are lost.
        statuses: &[401, 503],
        sign: Some("up == 0"),
        alerts: &["InstanceDown"],
        ..QUIET
    },
    Incident {
        name: "an instance hangs",
        begin: |stage| stage.fleet.instances[0].signal("STOP"),
        end: |stage| stage.fleet.instances[0].signal("CONT"),
        statuses: &[0, 401, 503, 504],
        sign: Some("up == 0"),
        alerts: &["InstanceDown"],
        ..QUIET
    },
    Incident {
        name: "a rolling restart",
        begin: |stage| stage.replace_all(),
        seconds: 1,
        sign: Some("sum(resets(fncy_login_sessions_accepted_total[3s])) > 0"),
        besides: &["InstanceDown"],
        ..QUIET
    },
    Incident {
        name: "a rolling restart with nginx's defaults",
        begin: |stage| {
            stage.proxy(false);
            stage.replace_all();
        },
        end: |stage| stage.proxy(true),
        seconds: 1,
        // nginx itself stops and starts.
        statuses: &[0, 502],
        sign: Some("sum(resets(fncy_login_sessions_accepted_total[3s])) > 0"),
        besides: &["InstanceDown"],
        ..QUIET
    },
    Incident {
        name: "another cookie secret, in the two steps of the manual",
        begin: |stage| {
            stage.set_cookie_secrets(&[&stage.secret, OTHER_SECRET]);
            sleep(Duration::from_secs(5));
            stage.set_cookie_secrets(&[OTHER_SECRET, &stage.secret]);
        },
        sign: Some("count(count by (cookie_key) (fncy_login_settings_info)) > 1"),
        ..QUIET
    },
    Incident {
        name: "another cookie secret, and the old one dropped at once",
        begin: |stage| stage.set_cookie_secrets(&[THIRD_SECRET]),
        end: |stage| stage.set_cookie_secrets(&[THIRD_SECRET, OTHER_SECRET]),
        statuses: &[400, 401],
        sign: Some(r#"sum(increase(fncy_login_sessions_refused_total{reason="foreign"}[5s])) > 0"#),
        alerts: &["SessionsRefused"],
        besides: &["SignInsDropped"],
        ..QUIET
    },
    Incident {
        name: "another client ID on one instance",
        begin: |stage| stage.replace(0, Oddity::Setting("FNCY_CLIENT_ID", "other")),
        sign: Some("count(count by (settings) (fncy_login_settings_info == 1)) > 1"),
        alerts: &["InstancesDiffer"],
        besides: &[
            "ClientRejected",
            "SessionsRefused",
            "SignInLoop",
            "SignInsDropped",
        ],
        ..INSTANCES_DIFFER
    },
    Incident {
        name: "a clock five minutes slow on one instance",
        begin: |stage| stage.replace(0, Oddity::Clock("-300s")),
        sign: Some("abs(fncy_login_clock_offset_seconds) > 30"),
        alerts: &["ClockOff"],
        ..INSTANCES_DIFFER
    },
    Incident {
        name: "200 invented codes a second",
        begin: |stage| stage.invade(Invented::Codes, 200),
        end: |stage| stage.banish(),
        sign: Some("sum(rate(fncy_login_sign_ins_failed_total[5s])) > 5"),
        // An incident of the last minutes may have had all visitors sign in again, which is compared with now.
        besides: &["SignInsDropped"],
        ..QUIET
    },
    Incident {
        name: "200 invented cookies a second",
        begin: |stage| stage.invade(Invented::Cookies, 200),
        end: |stage| stage.banish(),
        sign: Some("sum(rate(fncy_login_sessions_refused_total[5s])) > 5"),
        ..QUIET
    },
    Incident {
        name: "200 invented bearer tokens a second",
        begin: |stage| stage.invade(Invented::Tokens, 200),
        end: |stage| stage.banish(),
        ..QUIET
    },
    Incident {
        name: "a visitor whose session cookie is stripped",
        begin: |stage| stage.strip(),
        end: |stage| stage.banish(),
        sign: Some(r#"sum(increase(fncy_login_sign_ins_failed_total{code="login_loop"}[5s])) > 0"#),
        besides: &["SignInLoop"],
        ..QUIET
    },
    Incident {
        name: "the disk of a log is full",
        begin: |stage| stage.replace(0, Oddity::Log(Log::Full)),
        end: |stage| stage.replace(0, Oddity::None),
        ..QUIET
    },
    Incident {
        name: "the reader of a log hangs",
        begin: |stage| stage.replace(0, Oddity::Log(Log::Unread)),
        end: |stage| {
            stage.kill(0);
            stage.start_again(0, Oddity::None);
        },
        statuses: &[0, 401, 502, 503, 504],
        sign: Some("up == 0"),
        alerts: &["InstanceDown"],
        ..QUIET
    },
];

/// 32 bytes as base64, like the next.
const OTHER_SECRET: &str = "Ocgukt5Tmj+UWvdK4Y/cYi3WOnCAfMDGasv8j582aXk=";
const THIRD_SECRET: &str = "hZDVuZn7Jp5nmPqwN8sqzLct8O8bJg2sEU7AHzeBSaI=";
