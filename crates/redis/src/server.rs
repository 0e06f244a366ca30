//! One Redis server or a cluster, and a connection to it.
//!
//! Rule: every wait is shorter than the driver's.

use std::io;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, FromRedisValue, RedisResult, ScriptInvocation};
#[cfg(feature = "cluster")]
use redis::{cluster::ClusterClient, cluster_async::ClusterConnection};
use tokio::time::timeout;

/// Less than the two seconds that the driver waits.
const PATIENCE: Duration = Duration::from_millis(1_500);

pub(crate) enum Server {
    Single(Box<Client>),
    #[cfg(feature = "cluster")]
    Cluster(Box<ClusterClient>),
}

/// A connection. Clones share it.
#[derive(Clone)]
pub(crate) enum Connection {
    Single(MultiplexedConnection),
    #[cfg(feature = "cluster")]
    Cluster(ClusterConnection),
}

impl Server {
    /// The server at an address, or a cluster if there are several, separated by commas.
    pub(crate) fn at(address: &str) -> RedisResult<Self> {
        #[cfg(feature = "cluster")]
        if address.contains(',') {
            let cluster = ClusterClient::builder(address.split(','))
                .connection_timeout(PATIENCE)
                .response_timeout(PATIENCE)
                .overall_response_timeout(Some(PATIENCE))
                .build()?;
            return Ok(Self::Cluster(Box::new(cluster)));
        }
        let server = Client::open(address)?;
        Ok(Self::Single(Box::new(server)))
    }

    pub(crate) async fn connect(&self) -> RedisResult<Connection> {
        let connecting = async {
            Ok(match self {
                Self::Single(client) => {
                    let config = AsyncConnectionConfig::new().set_response_timeout(Some(PATIENCE));
                    let connecting = client.get_multiplexed_async_connection_with_config(&config);
                    Connection::Single(connecting.await?)
                }
                #[cfg(feature = "cluster")]
                Self::Cluster(client) => Connection::Cluster(client.get_async_connection().await?),
            })
        };
        let in_time = timeout(PATIENCE, connecting).await;
        in_time.unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
    }
}

impl Connection {
    pub(crate) async fn run<T: FromRedisValue>(
        &mut self,
        script: &ScriptInvocation<'_>,
    ) -> RedisResult<T> {
        match self {
            Self::Single(connection) => script.invoke_async(connection).await,
            #[cfg(feature = "cluster")]
            Self::Cluster(connection) => script.invoke_async(connection).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Server;

    #[test]
    fn several_addresses_are_a_cluster() {
        let one = Server::at("redis://localhost:6379/0");
        assert!(matches!(one, Ok(Server::Single(_))));
        for none in ["", "localhost", "redis://", "http://localhost"] {
            assert!(Server::at(none).is_err(), "{none}");
        }
        let nodes = Server::at("redis://a.example,redis://b.example:7001");
        #[cfg(feature = "cluster")]
        assert!(matches!(nodes, Ok(Server::Cluster(_))));
        #[cfg(not(feature = "cluster"))]
        assert!(nodes.is_err());
    }
}
