use std::time::Duration;

use fncy_login_testing::{Endpoint, Fault, TestError, TestFncy};
use fncy_login_tests::real_server::redis::Redis;
use fncy_login_tower::store::MemoryStore;
use tokio::time::{sleep, timeout};

use super::app;
use super::probes::{exporter, probes};

/// The recorder holds for this thread, on which all of the test runs.
#[tokio::test]
async fn prometheus_reads_what_happened() -> Result<(), TestError> {
    let recorder = exporter().unwrap().build_recorder();
    let _guard = metrics::set_default_local_recorder(&recorder);
    let fncy = TestFncy::start()?;
    let (app, login) = app(fncy.login(), MemoryStore::new(), false)?;
    let alex = fncy.signed_in("alex", app).await?;
    assert_eq!(alex.get("/").send().await?.status(), 200);
    let prometheus = fncy.visitor(probes(login, recorder.handle()));
    let read = prometheus.get("/metrics").send().await?;
    for line in [
        "# TYPE fncy_login_sign_ins_finished_total counter",
        "fncy_login_sign_ins_finished_total 1",
        "fncy_login_sessions_accepted_total 1",
        "fncy_login_store_up 1",
    ] {
        assert!(read.text().lines().any(|said| said == line), "{line}");
    }
    Ok(())
}

#[tokio::test]
async fn it_is_ready_while_fncy_is_down_and_not_once_it_stops() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    let (app, login) = app(fncy.login(), MemoryStore::new(), false)?;
    let recorder = exporter().unwrap().build_recorder();
    let probe = fncy.visitor(probes(login.clone(), recorder.handle()));
    fncy.fault(Endpoint::Token, Fault::status(503));
    let answered = async {
        while !login.is_ready() {
            sleep(Duration::from_millis(10)).await;
        }
    };
    timeout(Duration::from_secs(5), answered).await.unwrap();
    for (path, status) in [("/live", 200), ("/ready", 200), ("/health", 503)] {
        assert_eq!(probe.get(path).send().await?.status(), status, "{path}");
    }
    let answer = fncy.visitor(app.clone()).get("/").send().await?;
    assert_eq!(answer.header("connection"), None);
    login.drain().await;
    assert_eq!(probe.get("/ready").send().await?.status(), 503);
    assert_eq!(probe.get("/live").send().await?.status(), 200);
    let answer = fncy.visitor(app).get("/").send().await?;
    assert_eq!(answer.header("connection"), Some("close"));
    Ok(())
}

#[tokio::test]
async fn only_a_trusted_proxy_names_a_request() -> Result<(), TestError> {
    let fncy = TestFncy::start()?;
    for (trusts_proxy, sent, is_taken) in [
        (true, "4f7c-1", true),
        (true, "4f7c 1", false),
        (false, "4f7c-1", false),
    ] {
        let (app, _) = app(fncy.login(), MemoryStore::new(), trusts_proxy)?;
        let visitor = fncy.visitor(app);
        let answer = visitor.get("/").header("x-request-id", sent).send().await?;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id == sent, is_taken, "{id}");
        assert!(is_taken || id.len() == 16, "{id}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_agree_on_refreshes_and_sign_outs() -> Result<(), TestError> {
    let Some(redis) = Redis::start().await else {
        return Ok(());
    };
    let fncy = TestFncy::start()?;
    let instance = || app(fncy.login(), redis.instance(), false);
    let here = fncy.signed_in("alex", instance()?.0).await?;
    let there = here.at(instance()?.0);
    assert_eq!(there.get("/").send().await?.status(), 200);

    fncy.advance(Duration::from_secs(5 * 60));
    let (one, other) = tokio::join!(here.get("/").send(), there.get("/").send());
    assert_eq!(one?.status(), 200);
    assert_eq!(other?.status(), 200);
    assert_eq!(fncy.server().request_count(Endpoint::Token), 2);

    let copy = here.cookie_header();
    here.post("/auth/logout").send().await?;
    let page = || there.get("/").header("cookie", &copy).send();
    let refused = async {
        while page().await?.status() == 200 {
            sleep(Duration::from_millis(20)).await;
        }
        Ok::<_, TestError>(())
    };
    timeout(Duration::from_secs(5), refused)
        .await
        .expect("known in time")
}
