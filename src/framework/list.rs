//! Lists of objects that exist, for clients that look for something to bring under management.

use std::ops::ControlFlow;

use tokio::sync::mpsc;

use super::plan;
use super::schema::Schema;
use super::value::Value;
use super::wire;
use crate::proto::tfplugin6::list_resource::Event;

/// One object of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What identifies it.
    pub identity: Value,
    /// What it is called in a list for people.
    pub display_name: String,
    /// Its attributes, as a read would store them, if they were asked for.
    pub object: Option<Value>,
}

/// Where a list puts what it finds.
pub struct Found {
    items: mpsc::Sender<Event>,
    /// How many more are wanted; `None` without a limit.
    left: Option<u64>,
    /// Whether whole objects are wanted, not their identities alone.
    pub wants_objects: bool,
    schema: &'static Schema,
}

impl Found {
    /// Hands objects of the schema to `items`. A limit that is not positive is none, as Terraform means it.
    pub(super) fn new(
        items: mpsc::Sender<Event>,
        limit: i64,
        wants_objects: bool,
        schema: &'static Schema,
    ) -> Self {
        Self {
            items,
            left: u64::try_from(limit).ok().filter(|limit| *limit > 0),
            wants_objects,
            schema,
        }
    }

    /// Hands over an object, as fast as the client takes it. Breaks when no more are wanted.
    pub async fn hand(&mut self, listed: Listed) -> ControlFlow<()> {
        let object = listed.object.map(|it| plan::storable(self.schema, it));
        let event = Event {
            identity: wire::encode_identity(&listed.identity),
            display_name: listed.display_name,
            resource_object: object.as_ref().map(wire::encode),
            diagnostic: Vec::new(),
        };
        let gone = self.items.send(event).await.is_err();
        if let Some(left) = &mut self.left {
            *left -= 1;
        }
        if gone || self.left == Some(0) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;
    use crate::framework::schema::{Attribute, Mode};

    fn schema() -> &'static Schema {
        let secret = Attribute::string("secret", Mode::Optional, "").write_only();
        Box::leak(Box::new(Schema::new("", vec![secret])))
    }

    fn listed() -> Listed {
        Listed {
            identity: Value::Null,
            display_name: "one".to_owned(),
            object: Some(object([("secret", "s".into())])),
        }
    }

    #[tokio::test]
    async fn no_more_are_taken_than_asked_for() {
        let (items, mut received) = mpsc::channel(8);
        let mut found = Found::new(items, 2, true, schema());
        assert!(found.hand(listed()).await.is_continue());
        assert!(found.hand(listed()).await.is_break());
        let first = received.recv().await.expect("an object");
        let stored = wire::encode(&object([("secret", Value::Null)]));
        assert_eq!(first.resource_object, Some(stored));
    }

    #[tokio::test]
    async fn without_a_limit_only_the_client_ends_it() {
        for limit in [0, -1] {
            let (items, received) = mpsc::channel(8);
            let mut found = Found::new(items, limit, true, schema());
            assert!(found.hand(listed()).await.is_continue());
            drop(received);
            assert!(found.hand(listed()).await.is_break());
        }
    }
}
