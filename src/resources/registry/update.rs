//! Updating a registry: metadata, then credentials, each its own call. What comes back is what was proved.

use super::check;
use super::memory::{Action, Decision, Intent, Memory, PlanNote};
use super::plan::same_handle;
use super::read;
use super::schema::Model;
use super::{identity_of, name_of};
use crate::api::{Client, Dialect, Error, Kind, Operation, Proof, Registry, Rotated, Rotation};
use crate::connection::Connection;
use crate::findings;
use crate::fingerprint::Hasher;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::provider::{Call, Stored, UpdateRequest};
use crate::framework::value::Value;
use crate::resources::report;
use crate::resources::timeouts;
use crate::secret::Secret;

/// Carries out the plan of an update.
pub async fn update(
    call: &Call<Connection>,
    request: UpdateRequest,
    diagnostics: &mut Diagnostics,
) -> Stored {
    let prior = Model::from(&request.prior);
    let mut memory = Memory::decode(&request.private);
    let name = name_of(&prior);
    let planned = Model::from(&request.planned);
    let ready = call.connection.client(diagnostics).and_then(|client| {
        memory.home.same_organisation(client, &name, diagnostics)?;
        let decision = decided(&mut memory, &prior, &planned, diagnostics)?;
        Ok((client, decision))
    });
    let Ok((client, decision)) = ready else {
        return Stored {
            value: request.prior,
            private: memory.stored(),
            identity: Value::Null,
        };
    };
    // Values are those of the plan. A write-only one is in the configuration alone, where nothing is ignored: it is
    // used if the plan saw it.
    let write_only = Model::from(&request.config).password_wo;
    let write_only = write_only.known().filter(|_| decision.write_only);
    let mut update = Update {
        client,
        hasher: &call.connection.hasher,
        operation: timeouts::operation(call, &planned.timeouts, |timeouts| &timeouts.update),
        password: planned.password.known().or(write_only).cloned(),
        decision,
        proved: prior.clone(),
        rotated: None,
        name,
        prior,
        planned,
        memory,
    };
    if let Err(error) = update.carry_out(diagnostics).await {
        report::failed("update", &update.name, &error, diagnostics);
    }
    let leaving = update.prior.credentials(update.prior.password.known());
    if leaving != update.proved.credentials(update.proved.password.known()) {
        update.memory.out_of_sight(update.hasher, leaving).await;
    }
    Stored {
        identity: identity_of(client, &update.proved),
        value: update.proved.into(),
        private: update.memory.stored(),
    }
}

/// What the last plan decided, if it is one that can be carried out.
fn decided(
    memory: &mut Memory,
    prior: &Model,
    planned: &Model,
    diagnostics: &mut Diagnostics,
) -> Result<Decision, Reported> {
    match memory.plan.take() {
        Some(PlanNote::Change {
            decision: Some(decision),
            ..
        }) if decision.credentials != Action::Undecided && same_handle(prior, planned) => {
            Ok(decision)
        }
        _ => Err(diagnostics.error(findings::not_planned_wholly(name_of(prior)))),
    }
}

/// An update under way.
struct Update<'a> {
    client: &'a Client,
    hasher: &'a Hasher,
    operation: Operation,
    name: String,
    password: Option<Secret>,
    decision: Decision,
    prior: Model,
    planned: Model,
    memory: Memory,
    /// What is known to be so: the prior state at first, the planned one in the end.
    proved: Model,
    /// Credentials were written; and the registry as it was read after that, if it was.
    rotated: Option<Option<Registry>>,
}

impl Update<'_> {
    async fn carry_out(&mut self, diagnostics: &mut Diagnostics) -> Result<(), Error> {
        let Some(id) = self.prior.id.known().cloned() else {
            diagnostics.error(findings::no_id_in_state(&self.name));
            return Ok(());
        };
        if !self.is_what_was_planned().await {
            diagnostics.error(findings::other_password_than_planned().at("password"));
            return Ok(());
        }
        let rotates = self.decision.credentials == Action::Rotate;
        let mut doubt = None;
        if rotates && let Some(credentials) = self.planned.credentials(self.password.as_ref()) {
            let verify = &self.planned.verify;
            let checked = check::credentials(
                self.client,
                &self.operation,
                verify,
                credentials,
                diagnostics,
            );
            match checked.await {
                Ok(found) => doubt = found,
                Err(_) => return Ok(()),
            }
        }
        let renames = self.prior.metadata_differs(&self.planned);
        if renames || rotates {
            let Some(registry) = self.client.registry(&self.operation, &id).await? else {
                diagnostics.error(findings::registry_deleted_meanwhile(&self.name));
                return Ok(());
            };
            self.write(&registry, renames, diagnostics).await?;
            if let Some(doubt) = doubt {
                diagnostics.warning(doubt);
            }
        }
        if let Action::Activate(version) = self.decision.credentials {
            let activated = self.client.activate(&self.operation, &id, version).await;
            if let Err(Kind::NoSuchVersion { remaining, .. }) =
                activated.as_ref().map_err(Error::kind)
            {
                // Known now, so that the next plan does not choose it again.
                self.memory.retained = Some(remaining.clone());
            }
            activated?;
        }
        if self.rotated.is_none() {
            self.keep_in_mind().await;
        }
        self.confirm(&id, diagnostics).await;
        Ok(())
    }

    /// Whether the credentials at hand are those for which the plan found that nothing has to be written. A
    /// rotation was shown, and stores whatever there is.
    async fn is_what_was_planned(&mut self) -> bool {
        if self.decision.hashes.is_empty() || self.decision.credentials == Action::Rotate {
            return true;
        }
        match self.planned.credentials(self.password.as_ref()) {
            Some(credentials) => {
                let hashes = self.memory.hashes(self.hasher, credentials).await;
                hashes == self.decision.hashes
            }
            None => false,
        }
    }

    async fn write(
        &mut self,
        registry: &Registry,
        renames: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Error> {
        let rotates = self.decision.credentials == Action::Rotate;
        // A rotation finds out by itself, with the list of versions that it reads.
        let mut whole = false;
        if renames {
            whole = self.client.dialect(&self.operation, registry).await? == Dialect::Put;
            if !whole && let Some(name) = self.planned.name.known() {
                let maxversions = self.planned.maxversions.known().copied();
                self.client
                    .update_metadata(&self.operation, registry, name, maxversions)
                    .await?;
                self.proved.name = self.planned.name.clone();
                self.proved.maxversions = self.planned.maxversions.clone();
            }
        }
        // The put dialect writes the whole object, so that one write does for all.
        if rotates || whole {
            self.rotate(registry, diagnostics).await?;
        }
        let dialect = self.client.dialect(&self.operation, registry).await?;
        self.memory.whole_writes = dialect == Dialect::Put;
        if whole && !rotates {
            diagnostics.warning(findings::may_have_a_version(&self.name));
        }
        Ok(())
    }

    async fn rotate(
        &mut self,
        registry: &Registry,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Error> {
        let Some(credentials) = self.planned.credentials(self.password.as_ref()) else {
            return Err(Error::new(Kind::CredentialsNeeded));
        };
        let fingerprint = self
            .memory
            .new_fingerprint(self.hasher, credentials, false)
            .await;
        // What was read may lag behind what the plan knew.
        let moves = self.prior.server != self.planned.server
            || registry.server.as_deref() != Some(credentials.server);
        let rotation = Rotation {
            credentials,
            moves,
            renews: self.decision.credentials == Action::Rotate,
            name: self.planned.name.known().map(String::as_str),
            maxversions: self.planned.maxversions.known().copied(),
        };
        let rotated = self.client.rotate(&self.operation, registry, &rotation);
        let (made, proof, registry) = match rotated.await? {
            Rotated::Done {
                made,
                proof,
                registry,
            } => (made, proof, registry),
            Rotated::Unknown { error, baseline } => {
                self.memory.intent = fingerprint.map(|sent| Intent::new(sent, baseline));
                return Err(error);
            }
        };
        // What the answer does not tell is for the read that follows.
        if made.number.is_some() {
            self.planned.current_version.resolve(made.number);
        }
        if made.id.is_some() {
            self.planned.currentversionid.resolve(made.id.clone());
        }
        if proof == Proof::OnlyCandidate {
            diagnostics.warning(findings::unproved_version().at("current_version"));
        }
        self.memory.hold(made, proof, fingerprint);
        self.memory.retained = None;
        self.rotated = Some(registry);
        Ok(())
    }

    /// Remembers which version holds the configured credentials, after an update that made none.
    async fn keep_in_mind(&mut self) {
        if self.decision.configured != self.memory.configured {
            self.memory.follow(self.decision.configured);
        } else if self.memory.held.is_none()
            && self.memory.unproved.is_none()
            && self.prior.password.known() == self.password.as_ref()
            && let Some(credentials) = self.prior.credentials(self.password.as_ref())
        {
            // The state vouches for the password: from now on it is recognised without being stored.
            if let Some(held) = self
                .memory
                .new_fingerprint(self.hasher, credentials, false)
                .await
            {
                self.memory.vouch(held);
            }
        }
        self.memory.imported = false;
    }

    /// Reads the registry back and takes the planned state for proved.
    async fn confirm(&mut self, id: &str, diagnostics: &mut Diagnostics) {
        let called =
            self.decision.credentials != Action::Keep || self.prior.metadata_differs(&self.planned);
        if called {
            let rotated = self.rotated.is_some();
            let expected = self.planned.current_version.known().filter(|_| !rotated);
            let name = self.planned.name.known();
            let maxversions = self.planned.maxversions.known();
            let written = |registry: &Registry| {
                let shown = registry.maxversions.as_ref();
                (expected.is_none()
                    || registry
                        .currentversion
                        .as_ref()
                        .is_none_or(|v| Some(v) == expected))
                    && (name.is_none() || registry.name.as_ref() == name)
                    && (maxversions.is_none() || shown.is_none() || shown == maxversions)
            };
            let read = match self.rotated.take().flatten() {
                Some(registry) => Ok(registry),
                None => {
                    let bounds = self.operation.after_write();
                    self.client.registry_after_write(&bounds, id, written).await
                }
            };
            match read {
                Ok(registry) => {
                    let current = registry.currentversion;
                    if !rotated {
                        self.memory.settle(&registry, None, current);
                    }
                    let mut seen = self.planned.clone();
                    read::take(&mut seen, &registry, current, None);
                    self.planned.resolve_computed(&seen);
                }
                Err(error) => {
                    diagnostics.warning(findings::not_read_after_update(&self.name, error));
                }
            }
        }
        self.memory.server.clone_from(&self.decision.server);
        self.proved = self.planned.clone();
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
