//! How a bucket is reached: by the client that reaches everyone else, so that one set of certificates and
//! one TLS are enough.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use http_body_util::BodyExt;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpResponseBody, HttpService,
};
use ureq::Agent;

use kstt_domain::attachments::MAX_BYTES;

/// One request to the bucket takes no longer.
const PATIENCE: Duration = Duration::from_secs(30);
/// No answer is longer than a file, or a page of the list.
const LONGEST: u64 = MAX_BYTES as u64 + (4 << 20);

/// Makes clients for the bucket.
#[derive(Debug, Default)]
pub struct Connector;

impl HttpConnector for Connector {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .proxy(None)
            .timeout_global(Some(PATIENCE))
            .user_agent("kstt")
            .build();
        Ok(HttpClient::new(Client(config.into())))
    }
}

#[derive(Debug)]
struct Client(Agent);

impl HttpService for Client {
    fn call<'s, 'f>(
        &'s self,
        request: HttpRequest,
    ) -> Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'f>>
    where
        's: 'f,
        Self: 'f,
    {
        let agent = self.0.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let content = body.collect().await?.to_bytes();
            let request = ureq::http::Request::from_parts(parts, content.to_vec());
            tokio::task::spawn_blocking(move || answer(&agent, request))
                .await
                .map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?
        })
    }
}

fn answer(agent: &Agent, request: ureq::http::Request<Vec<u8>>) -> Result<HttpResponse, HttpError> {
    let response = agent.run(request).map_err(refused)?;
    let (parts, mut body) = response.into_parts();
    let content = body.with_config().limit(LONGEST).read_to_vec().map_err(refused)?;
    Ok(HttpResponse::from_parts(parts, HttpResponseBody::from(content)))
}

fn refused(error: ureq::Error) -> HttpError {
    let kind = match &error {
        ureq::Error::Timeout(_) => HttpErrorKind::Timeout,
        ureq::Error::Io(_) => HttpErrorKind::Interrupted,
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => HttpErrorKind::Connect,
        _ => HttpErrorKind::Unknown,
    };
    HttpError::new(kind, error)
}
