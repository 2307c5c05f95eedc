//! Deleting a registry.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;

#[allow(unused_variables)]
impl Client {
    /// Deletes a registry. While the API says that it is still attached, this waits until the deadline,
    /// then answers [`super::Kind::StillAttached`]. One that is proved to be gone already is a success.
    pub async fn delete_registry(&self, op: &Operation, id: &str) -> Result<(), Error> {
        todo!()
    }
}
