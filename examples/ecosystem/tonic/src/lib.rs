//! A gRPC service with tonic, for clients without a browser, which show FNCY's access token.
//!
//! - The login is a layer around the server, so each call needs a user. Without one, or with a token that is not accepted, a
//!   call gets the status `UNAUTHENTICATED` (16), and no handler runs. A guard answers `PERMISSION_DENIED` (7).
//! - A handler finds the user in the request's extensions.
//! - `fncy-login-tower` is built without its default feature `axum`.

pub mod shop {
    //! What `build.rs` makes of `shop.proto`.
    tonic::include_proto!("shop");
}

use std::future::Future;

use fncy_login_tower::{AuthContext, BearerCheck, ConfigError, FncyLoginLayer, LoginBuilder, User};
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{self, Server};
use tonic::{Request, Response, Status};

use self::shop::shop_server::{Shop, ShopServer};
use self::shop::{ListOrdersReply, ListOrdersRequest, RefundReply, RefundRequest};

/// The layer for a service that needs a token of this client. `introspection` is FNCY's introspection endpoint.
///
/// # Errors
///
/// If settings are missing or wrong.
pub fn layer(
    login: LoginBuilder,
    introspection: &str,
    client_id: &str,
) -> Result<FncyLoginLayer, ConfigError> {
    let check = BearerCheck::introspection(introspection).client(client_id);
    // The path of a call is `/package.Service/Method`.
    let login = login
        .bearer_prefix("/shop.Shop", check)
        .require_scope_prefix("/shop.Shop/Refund", "refunds")
        .build()?;
    Ok(FncyLoginLayer::new(login))
}

/// Serves until `stop` resolves.
///
/// # Errors
///
/// If the server can't go on.
pub async fn serve(
    layer: FncyLoginLayer,
    listener: TcpListener,
    stop: impl Future<Output = ()>,
) -> Result<(), transport::Error> {
    Server::builder()
        .layer(layer)
        .add_service(ShopServer::new(Orders))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener), stop)
        .await
}

struct Orders;

#[tonic::async_trait]
impl Shop for Orders {
    async fn list_orders(
        &self,
        request: Request<ListOrdersRequest>,
    ) -> Result<Response<ListOrdersReply>, Status> {
        let user = user(&request)?;
        Ok(Response::new(ListOrdersReply {
            user: user.id().to_owned(),
            orders: vec!["a kettle".to_owned()],
        }))
    }

    async fn refund(&self, _: Request<RefundRequest>) -> Result<Response<RefundReply>, Status> {
        Ok(Response::new(RefundReply {}))
    }
}

/// The user of a call. The login has let no call through without one.
fn user<T>(request: &Request<T>) -> Result<&User, Status> {
    let context = request.extensions().get::<AuthContext>();
    let user = context.and_then(AuthContext::user);
    user.ok_or_else(|| Status::internal("the login is not around the server"))
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use fncy_login_testing::TestFncy;
    use tokio::net::TcpListener;
    use tonic::metadata::MetadataValue;
    use tonic::transport::{Channel, Endpoint};
    use tonic::{Code, Request, Status};

    use super::shop::shop_client::ShopClient;
    use super::shop::{ListOrdersRequest, RefundRequest};
    use super::{layer, serve};

    type Failure = Box<dyn std::error::Error>;

    /// A server over HTTP/2, and a channel to it.
    async fn channel(fncy: &TestFncy) -> Result<Channel, Failure> {
        let server = fncy.server();
        let layer = layer(
            fncy.login(),
            &server.introspection_url(),
            server.client_id(),
        )?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        tokio::spawn(serve(layer, listener, pending()));
        Ok(Endpoint::from_shared(address)?.connect().await?)
    }

    fn with_token<T>(token: &str, message: T) -> Result<Request<T>, Failure> {
        let mut request = Request::new(message);
        let value = MetadataValue::try_from(format!("Bearer {token}"))?;
        request.metadata_mut().insert("authorization", value);
        Ok(request)
    }

    #[tokio::test]
    async fn a_call_with_a_token_has_its_user() -> Result<(), Failure> {
        let fncy = TestFncy::start()?;
        let mut shop = ShopClient::new(channel(&fncy).await?);
        let token = fncy
            .server()
            .token_for("alex", fncy.server().client_id(), "profile")?;
        let orders = shop.list_orders(with_token(&token, ListOrdersRequest {})?);
        let orders = orders.await?.into_inner();
        assert_eq!((orders.user.as_str(), orders.orders.len()), ("alex", 1));
        Ok(())
    }

    #[tokio::test]
    async fn a_call_without_a_token_or_with_a_foreign_one_is_unauthenticated() -> Result<(), Failure>
    {
        let fncy = TestFncy::start()?;
        let mut shop = ShopClient::new(channel(&fncy).await?);
        let status = shop.list_orders(ListOrdersRequest {}).await.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{status}");
        let token = fncy.server().token_for("alex", "a-game", "profile")?;
        let status = shop
            .list_orders(with_token(&token, ListOrdersRequest {})?)
            .await;
        let status: Status = status.unwrap_err();
        assert_eq!(status.code(), Code::Unauthenticated, "{status}");
        Ok(())
    }

    #[tokio::test]
    async fn a_call_without_the_scope_is_denied() -> Result<(), Failure> {
        let fncy = TestFncy::start()?;
        let mut shop = ShopClient::new(channel(&fncy).await?);
        let token = fncy
            .server()
            .token_for("alex", fncy.server().client_id(), "profile")?;
        let refund = RefundRequest {
            order: "a kettle".to_owned(),
        };
        let status = shop.refund(with_token(&token, refund)?).await.unwrap_err();
        assert_eq!(status.code(), Code::PermissionDenied, "{status}");
        Ok(())
    }
}
