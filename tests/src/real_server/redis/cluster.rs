//! A Redis Cluster of three nodes on loopback.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use fncy_login_redis::RedisStore;
use tokio::time::{Instant, sleep};

use super::Redis;
use super::several::{PATIENCE, send_all, signed_in, until};
use crate::harness::Harness;
use crate::steps::session::{LIFE, request};
use crate::store::contract;
use crate::world::APP;

struct Cluster {
    nodes: Vec<(u16, Redis)>,
}

impl Cluster {
    async fn start() -> Option<Self> {
        let mut nodes = Vec::new();
        for [port, bus] in free_ports() {
            let settings = [
                ["--port", &port.to_string()],
                ["--cluster-port", &bus.to_string()],
                ["--cluster-enabled", "yes"],
                ["--cluster-node-timeout", "1000"],
            ];
            nodes.push((port, Redis::start_with(&settings.concat()).await?));
        }
        let cluster = Self { nodes };
        let created = Command::new("redis-cli")
            .args(["--cluster", "create", "--cluster-yes"])
            .args(cluster.addresses())
            .output()
            .unwrap();
        assert!(created.status.success(), "{created:?}");
        for (_, node) in &cluster.nodes {
            until_agreed(node).await;
        }
        Some(cluster)
    }

    fn addresses(&self) -> impl Iterator<Item = String> {
        self.nodes
            .iter()
            .map(|(port, _)| format!("127.0.0.1:{port}"))
    }

    fn way(&self) -> impl Fn() -> RedisStore + use<> {
        let urls: Vec<_> = self
            .addresses()
            .map(|node| format!("redis://{node}"))
            .collect();
        move || RedisStore::new(&urls.join(",")).unwrap()
    }

    /// The keys with this ending on each node.
    fn names(&self, end: &str) -> Vec<Vec<String>> {
        self.nodes.iter().map(|(_, node)| node.names(end)).collect()
    }
}

/// The ports of three nodes, and those on which the nodes talk to each other.
fn free_ports() -> [[u16; 2]; 3] {
    let free = || TcpListener::bind("127.0.0.1:0").unwrap();
    let listeners = [(); 3].map(|()| [free(), free()]);
    listeners.map(|pair| pair.map(|listener| listener.local_addr().unwrap().port()))
}

async fn until_agreed(node: &Redis) {
    let began = Instant::now();
    while !node.tell(&["cluster", "info"]).contains("cluster_state:ok") {
        assert!(began.elapsed() < PATIENCE, "the nodes don't agree");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_keeps_the_contract_and_what_a_script_needs_together() {
    let Some(cluster) = Cluster::start().await else {
        return;
    };
    let way = cluster.way();
    contract::holds(way(), way(), 1).await;
    contract::holds(way(), way(), 2).await;
    let left = cluster.names(":outcome");
    assert!(left.iter().filter(|names| !names.is_empty()).count() > 1);
    let slot = |name: &str| cluster.nodes[0].1.tell(&["cluster", "keyslot", name]);
    for name in left.concat() {
        let work = name.strip_suffix("outcome").unwrap();
        for part in ["lease", "spent"] {
            assert_eq!(slot(&format!("{work}{part}")), slot(&name));
        }
    }
    let logs = cluster.names(":log").concat();
    let [log] = logs.as_slice() else {
        panic!("there is one log: {logs:?}");
    };
    assert_eq!(slot(log), slot(&log.replace(":log", ":expiry")));
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_on_a_cluster_use_a_token_once_and_outlive_a_node() {
    let Some(mut cluster) = Cluster::start().await else {
        return;
    };
    let (world, mut tab, instances) = signed_in(Harness::Tower, cluster.way(), 1).await;
    world.advance(LIFE + 1);
    let before = world.token_requests();
    let page = request(&world, "/page");
    for answer in send_all(&instances, &page, 40).await {
        assert_eq!(answer.text(), "user=alex");
    }
    assert_eq!(world.token_requests() - before, 1);
    assert_eq!(tab.get(&format!("{APP}/page")).await.text(), "user=alex");

    let page = request(&world, "/page");
    let logs = cluster.names(":log");
    let holder = logs.iter().position(|names| !names.is_empty()).unwrap();
    cluster.nodes[holder].1.kill();
    let down = until(&instances[0], &page, 503).await;
    assert!(down.header("retry-after").is_some());
    cluster.nodes[holder].1.restart().await;
    for instance in &instances {
        let answer = until(instance, &page, 200).await;
        assert_eq!(answer.text(), "user=alex");
    }
}
