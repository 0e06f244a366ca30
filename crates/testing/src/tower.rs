//! Applications of axum and of tower.

use std::future::poll_fn;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use tower_service::Service;

use crate::app::{App, AppError};

impl<S, B> App for S
where
    S: Service<Request<Full<Bytes>>, Response = Response<B>> + Clone,
    S::Error: Into<AppError>,
    B: http_body::Body,
    B::Error: Into<AppError>,
{
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppError> {
        let mut service = self.clone();
        poll_fn(|context| service.poll_ready(context))
            .await
            .map_err(Into::into)?;
        let response = Service::call(&mut service, request.map(Full::new)).await;
        let (head, body) = response.map_err(Into::into)?.into_parts();
        let body = body.collect().await.map_err(Into::into)?;
        Ok(Response::from_parts(head, body.to_bytes()))
    }
}
