//! A line as the provider's way to the API.

use async_trait::async_trait;
use reqwest::StatusCode;
use terraform_provider_bahriya::api::{Fault, Reply, Request, Transport};

use super::line::{Line, Silence};

#[async_trait]
impl Transport for Line {
    async fn exchange(&self, request: &Request) -> Result<Reply, Fault> {
        let (method, body) = (request.method.as_str(), request.body.as_deref());
        let received = self.send(method, &request.path, body).await;
        let received = received.map_err(|silence| match silence {
            Silence::NotSent => Fault::NotSent("connection refused".to_owned()),
            Silence::Cut => Fault::Lost("the connection broke".to_owned()),
        })?;
        let status = StatusCode::from_u16(received.status).expect("a status");
        let header = |name: &str| received.retry_after.filter(|_| name == "retry-after");
        Ok(Reply::new(status, header, &received.body))
    }
}
