//! Updating a registry: metadata, then credentials, each its own call. What comes back is what was proved.

use super::check;
use super::decide::{self, Credentials, Decision};
use super::memory::{Intent, Memory};
use super::read;
use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{self, Client, Dialect, Error, Operation, Outcome, Registry, Rotation};
use crate::connection::Connection;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::{Call, Stored, UpdateRequest};
use crate::framework::value::Value;
use crate::oci::server;
use crate::resources::report;
use crate::resources::timeouts;
use crate::secret::{self, Secret};

/// Carries out the plan of an update.
pub async fn update(
    call: &Call<Connection>,
    request: UpdateRequest,
    diagnostics: &mut Diagnostics,
) -> Stored {
    let prior = Model::from(&request.prior);
    let memory = Memory::decode(&request.private);
    let name = name_of(&prior);
    let client = call.connection.client(diagnostics).and_then(|client| {
        report::same_organisation(memory.organisation.as_deref(), client, &name, diagnostics)?;
        Ok(client)
    });
    let Ok(client) = client else {
        return Stored {
            value: request.prior,
            private: memory.stored(),
            identity: Value::Null,
        };
    };
    let planned = Model::from(&request.planned);
    let config = Model::from(&request.config);
    let mut update = Update {
        client,
        operation: timeouts::operation(call, &planned.timeouts, |timeouts| &timeouts.update),
        password: decide::configured_password(&config).known().cloned(),
        decision: decide::decide(&prior, &config, &memory),
        proved: prior.clone(),
        name,
        prior,
        planned,
        memory,
    };
    if let Some(password) = &update.password {
        secret::register(password);
    }
    if let Err(error) = update.carry_out(&config, diagnostics).await {
        report::failed("update", &update.name, &error, diagnostics);
    }
    Stored {
        identity: identity_of(client, &update.proved),
        value: update.proved.into(),
        private: update.memory.stored(),
    }
}

/// An update under way.
struct Update<'a> {
    client: &'a Client,
    operation: Operation,
    name: String,
    password: Option<Secret>,
    decision: Decision,
    prior: Model,
    planned: Model,
    memory: Memory,
    /// What is known to be so: the prior state at first, the planned one in the end.
    proved: Model,
}

impl Update<'_> {
    async fn carry_out(
        &mut self,
        config: &Model,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Error> {
        let Some(id) = self.prior.id.known().cloned() else {
            return Ok(());
        };
        let rotates = self.decision.credentials == Credentials::Rotate;
        if rotates && let Some(password) = &self.password {
            let checked =
                check::credentials(self.client, &self.operation, config, password, diagnostics);
            if checked.await.is_err() {
                return Ok(());
            }
        }
        let renames = self.prior.metadata_differs(&self.planned);
        if renames || rotates {
            let Some(registry) = self.client.registry(&self.operation, &id).await? else {
                diagnostics.error(
                    format!("{} is gone", self.name),
                    "It was deleted outside Terraform while this apply was planned. Run terraform plan again.",
                );
                return Ok(());
            };
            self.write(registry, renames, diagnostics).await?;
        }
        if let Credentials::Activate(version) = self.decision.credentials {
            self.client.activate(&self.operation, &id, version).await?;
        }
        if !rotates {
            self.keep_in_mind().await;
        }
        self.confirm(&id, diagnostics).await;
        Ok(())
    }

    async fn write(
        &mut self,
        mut registry: Registry,
        renames: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Error> {
        let dialect = self.client.dialect(&self.operation, &registry.id).await?;
        self.memory.whole_writes = dialect == Dialect::Put;
        let rotates = self.decision.credentials == Credentials::Rotate;
        // The put dialect sends the whole object, so that one write does for both.
        let together = rotates && self.memory.whole_writes;
        if renames && !together {
            self.rename(&registry, diagnostics).await?;
        }
        registry.name = self.planned.name.known().cloned();
        registry.maxversions = self.planned.maxversions.known().copied();
        if rotates && let Some(password) = self.password.clone() {
            self.rotate(&registry, &password, diagnostics).await?;
        }
        Ok(())
    }

    async fn rename(
        &mut self,
        registry: &Registry,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Error> {
        let Some(name) = self.planned.name.known() else {
            return Ok(());
        };
        let held = match (
            self.prior.server.known(),
            self.prior.username.known(),
            &self.password,
        ) {
            (Some(server), Some(username), Some(password)) => Some(api::Credentials {
                server,
                username,
                password,
            }),
            _ => None,
        };
        let maxversions = self.planned.maxversions.known().copied();
        let updated = self
            .client
            .update_metadata(&self.operation, registry, name, maxversions, held.as_ref())
            .await?;
        self.proved.name = self.planned.name.clone();
        self.proved.maxversions = self.planned.maxversions.clone();
        if updated.may_have_made_version {
            // Which number it has, if any, is for the next read to find out. What it holds is what was sent,
            // which a write-only password need not have been before.
            if let Some(sent) = &held {
                self.memory.held = self
                    .memory
                    .new_fingerprint_aside(sent.server, sent.username, sent.password)
                    .await;
            }
            self.memory.configured = None;
            self.memory.retained = None;
            // What was decided before this write is of a version that may no longer be current.
            self.decision.configured = None;
            diagnostics.warning(
                format!("{} may have a new version", self.name),
                "This API changes a registry only as a whole, so the configured credentials were sent along \
                 with the change. It may have stored them as a new version.",
            );
        }
        Ok(())
    }

    async fn rotate(
        &mut self,
        registry: &Registry,
        password: &Secret,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Error> {
        let (Some(server), Some(username)) =
            (self.planned.server.known(), self.planned.username.known())
        else {
            return Ok(());
        };
        let fingerprint = self
            .memory
            .new_fingerprint_aside(server, username, password)
            .await;
        let moved = registry
            .server
            .as_ref()
            .is_none_or(|now| !server::same(now, server));
        let rotation = Rotation {
            server: moved.then_some(server.as_str()),
            username,
            password,
        };
        let newest = self
            .memory
            .retained
            .as_ref()
            .and_then(|all| all.last().copied());
        let before = newest.or(registry.currentversion);
        match self
            .client
            .rotate(&self.operation, registry, &rotation)
            .await
        {
            Ok(rotated) => {
                for warning in &rotated.warnings {
                    diagnostics.warning(format!("{} was rotated", self.name), warning);
                }
                self.memory.hold(rotated.version, fingerprint);
                self.memory.retained = None;
                // What the answer does not tell is for the read that follows.
                if rotated.version.is_some() {
                    self.planned.current_version.resolve(rotated.version);
                }
                if rotated.version_id.is_some() {
                    self.planned.currentversionid.resolve(rotated.version_id);
                }
                Ok(())
            }
            Err(error) => {
                if error.outcome() == Outcome::Unknown
                    && let (Some(fingerprint), Some(before)) = (fingerprint, before)
                {
                    self.memory.intent = Some(Intent {
                        fingerprint,
                        before,
                    });
                    self.memory.retained = None;
                }
                Err(error)
            }
        }
    }

    /// Remembers which version holds the configured credentials, after an update that made none.
    async fn keep_in_mind(&mut self) {
        if self.decision.configured != self.memory.configured {
            let version = self.decision.configured;
            let fingerprint =
                version.and_then(|version| self.memory.fingerprints.get(&version).cloned());
            self.memory.hold(version, fingerprint);
        } else if self.memory.held.is_none()
            && let Some(password) = &self.password
            && self.prior.password.known() == Some(password)
            && let (Some(server), Some(username)) =
                (self.prior.server.known(), self.prior.username.known())
        {
            // The state vouches for the password: from now on it is recognised without being stored.
            let fingerprint = self
                .memory
                .new_fingerprint_aside(server, username, password)
                .await;
            self.memory.hold(self.memory.configured, fingerprint);
        }
        self.memory.imported = false;
    }

    /// Reads the registry back and takes the planned state for proved.
    async fn confirm(&mut self, id: &str, diagnostics: &mut Diagnostics) {
        let called = self.decision.credentials != Credentials::Keep
            || self.prior.metadata_differs(&self.planned);
        if called {
            // After a write that may have made a version, the planned number is no guide.
            let expected = self
                .memory
                .configured
                .and(self.planned.current_version.known().copied());
            let name = self.planned.name.known().cloned();
            let maxversions = self.planned.maxversions.known().copied();
            let written = |registry: &Registry| {
                let version = expected.is_none()
                    || registry.currentversion.is_none_or(|v| Some(v) == expected);
                version
                    && (name.is_none() || registry.name == name)
                    && (maxversions.is_none()
                        || registry.maxversions.is_none()
                        || registry.maxversions == maxversions)
            };
            match self
                .client
                .registry_after_write(&self.operation, id, written)
                .await
            {
                Ok(registry) => {
                    // The answer to a write need not tell the version that it made. The read after it
                    // does, before another client's can be taken for ours. After a rotation the read may
                    // still show the version before; a renamed registry is not from before.
                    let newer =
                        registry.currentversion.as_ref() > self.prior.current_version.known();
                    let rotated = self.decision.credentials == Credentials::Rotate;
                    if newer || !rotated {
                        self.memory.settle(registry.currentversion);
                    }
                    let mut seen = self.planned.clone();
                    read::take(&mut seen, &registry, registry.currentversion, None);
                    self.planned.resolve_computed(&seen);
                }
                Err(error) => diagnostics.warning(
                    format!("{} was updated but not read back", self.name),
                    format!("The next plan fills in what is missing. Bahriya: {error}."),
                ),
            }
        }
        self.proved = self.planned.clone();
    }
}
