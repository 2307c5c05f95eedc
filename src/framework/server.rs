//! A provider as a gRPC service: state of the process, and the frame around every call.

use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::Id;
use tonic::service::Routes;
use tracing::Instrument;

use super::diagnostics::Diagnostics;
use super::findings;
use super::lifecycle::Lifecycle;
use super::panics;
use super::provider::{Block, Call, DataSource, Provider, Resource};

/// The service around a provider. Clones share it.
pub struct Server<P: Provider>(Arc<Served<P>>);

struct Served<P: Provider> {
    provider: P,
    lifecycle: Lifecycle,
    /// Replaced by every `ConfigureProvider`: a reattached process is configured many times.
    connection: Mutex<Option<Arc<P::Connection>>>,
}

/// What a call names, if there is such.
type Named<T> = Result<&'static T, Diagnostics>;

impl<P: Provider> Clone for Server<P> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<P: Provider> Server<P> {
    /// A service that is not configured yet.
    pub fn new(provider: P) -> Self {
        Self(Arc::new(Served {
            provider,
            lifecycle: Lifecycle::default(),
            connection: Mutex::default(),
        }))
    }

    /// The service under the address of its calls.
    pub fn routes(self) -> Routes {
        Routes::new(self)
    }

    pub(super) fn provider(&self) -> &P {
        &self.0.provider
    }

    /// What cancels the calls in flight, and waits for them.
    pub fn lifecycle(&self) -> &Lifecycle {
        &self.0.lifecycle
    }

    pub(super) fn connect(&self, connection: Option<P::Connection>) {
        *self.connection() = connection.map(Arc::new);
    }

    fn connection(&self) -> MutexGuard<'_, Option<Arc<P::Connection>>> {
        let connection = self.0.connection.lock();
        // The lock guards a single assignment, which cannot leave anything half-done.
        connection.unwrap_or_else(PoisonError::into_inner)
    }

    /// The surroundings of a call that needs a configured provider.
    pub(super) fn call(&self) -> Result<Call<P::Connection>, Diagnostics> {
        let connection = self.connection().clone();
        Ok(Call {
            connection: connection.ok_or_else(findings::not_configured)?,
            cancel: self.0.lifecycle.token(),
            diagnostics: Diagnostics::new(),
        })
    }

    pub(super) fn resource(&self, name: &str) -> Named<dyn Resource<P::Connection>> {
        find(self.provider().resources(), "resource", name)
    }

    pub(super) fn data_source(&self, name: &str) -> Named<dyn DataSource<P::Connection>> {
        find(self.provider().data_sources(), "data source", name)
    }

    pub(super) fn ephemeral_resource(&self, name: &str) -> Named<dyn DataSource<P::Connection>> {
        let known = self.provider().ephemeral_resources();
        find(known, "ephemeral resource", name)
    }

    pub(super) fn lister(&self, name: &str) -> Named<dyn Resource<P::Connection>> {
        find(self.provider().resources(), "list resource", name)
    }

    /// Drives the work of one call to its end, whatever becomes of the connection that asked for it. A
    /// panic becomes a diagnostic.
    pub(super) async fn finish<T, W>(
        &self,
        rpc: &str,
        subject: &str,
        work: W,
    ) -> Result<T, Diagnostics>
    where
        T: Send + 'static,
        W: Future<Output = Result<T, Diagnostics>> + Send + 'static,
    {
        static CALLS: AtomicU64 = AtomicU64::new(0);
        let call = CALLS.fetch_add(1, Ordering::Relaxed);
        let tf_req_id = format!("{}-{call}", std::process::id());
        let span = tracing::info_span!("rpc", tf_rpc = rpc, tf_resource_type = subject, tf_req_id);
        let traced = async {
            tracing::debug!("received request");
            let answer = work.await;
            tracing::debug!(failed = answer.is_err(), "answered request");
            answer
        };
        let ended = self.lifecycle().spawn(traced.instrument(span)).await;
        ended.unwrap_or_else(|error| Err(panicked(rpc, subject, error.id())))
    }
}

fn find<T: Block + ?Sized>(all: &[&'static T], kind: &str, name: &str) -> Named<T> {
    let found = all.iter().find(|one| one.type_name() == name).copied();
    found.ok_or_else(|| findings::unknown_type(kind, name).into())
}

fn panicked(rpc: &str, subject: &str, task: Id) -> Diagnostics {
    let report = panics::take_of(task).unwrap_or_else(|| "no report was kept".to_owned());
    let subject = if subject.is_empty() {
        "the provider"
    } else {
        subject
    };
    findings::crashed(rpc, subject, report).into()
}

#[cfg(test)]
#[path = "server_tests.rs"]
mod tests;
