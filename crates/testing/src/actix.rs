//! Applications of actix-web, which uses another version of `http`.

use actix_web::Error;
use actix_web::body::{MessageBody, to_bytes};
use actix_web::dev::{Service, ServiceResponse};
use actix_web::test::TestRequest;
use bytes::Bytes;
use http::{Request, Response};

use crate::app::{App, AppError};

/// An application of actix-web under test: what `actix_web::test::init_service` returns.
#[derive(Debug)]
pub struct Actix<'a, S>(
    /// The service, with the login around it.
    pub &'a S,
);

impl<S> Clone for Actix<'_, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for Actix<'_, S> {}

impl<S, B> App for Actix<'_, S>
where
    S: Service<actix_http::Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    async fn call(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AppError> {
        let (head, body) = request.into_parts();
        let mut request = TestRequest::with_uri(&head.uri.to_string())
            .method(head.method.as_str().parse()?)
            .set_payload(body);
        for (name, value) in &head.headers {
            request = request.append_header((name.as_str(), value.as_bytes()));
        }
        // As in a server, an error of middleware becomes a response.
        let response = match Service::call(self.0, request.to_request()).await {
            Ok(response) => response.into_parts().1.map_into_boxed_body(),
            Err(error) => error.error_response(),
        };
        let mut answer = Response::builder().status(response.status().as_u16());
        for (name, value) in response.headers() {
            answer = answer.header(name.as_str(), value.as_bytes());
        }
        let body = to_bytes(response.into_body()).await;
        Ok(answer.body(body.map_err(|error| error.to_string())?)?)
    }
}
