//! The objects that exist, as a stream that ends when the client has enough of it.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::Status;

use super::CallResult;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::list::Found;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::list_resource::{Event, Request};

/// How many objects may wait for the client.
const WAITING: usize = 16;

pub fn handle<P: Provider>(
    server: Server<P>,
    request: Request,
) -> impl Stream<Item = Result<Event, Status>> {
    let (items, events) = mpsc::channel(WAITING);
    let subject = request.type_name.clone();
    server.lifecycle().clone().spawn(async move {
        let work = list(server.clone(), request, items.clone());
        let ended = server.finish("ListResource", &subject, work).await;
        let diagnostic = wire::diagnostics(&[], &ended.unwrap_or_else(|failed| failed));
        if !diagnostic.is_empty() {
            let event = Event {
                diagnostic,
                ..Event::default()
            };
            // A receiver that is gone does not miss it.
            let _ = items.send(event).await;
        }
    });
    ReceiverStream::new(events).map(Ok)
}

async fn list<P: Provider>(
    server: Server<P>,
    request: Request,
    items: mpsc::Sender<Event>,
) -> CallResult<Diagnostics> {
    let resource = server.lister(&request.type_name)?;
    let config = super::decode_known(&request.config, resource.list_schema())?;
    let mut call = server.call()?;
    let objects = request.include_resource_object;
    let mut found = Found::new(items.clone(), request.limit, objects, resource.schema());
    tokio::select! {
        () = items.closed() => tracing::debug!("the client has gone"),
        // What failed has been told.
        _ = resource.list(&mut call, config, &mut found) => {}
    }
    Ok(call.diagnostics)
}
