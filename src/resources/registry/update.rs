//! Updating a registry: metadata, then credentials, each its own call. What comes back is what was proved.

use super::memory::{Action, Decision, Intent, Memory, PlanNote};
use super::plan::same_handle;
use super::read;
use super::schema::Model;
use super::verify::verify;
use super::{name_of, stored};
use crate::api::{Dialect, Error, Kind, Proof, Registry, Rotated, Rotation};
use crate::connection::Connection;
use crate::findings;
use crate::fingerprint::Fingerprint;
use crate::framework::diagnostics::Reported;
use crate::framework::provider::{ApplyRequest, Call, Stored};
use crate::framework::value::Value;
use crate::resources::context::Context;
use crate::secret::Secret;

/// Carries out the plan of an update.
pub async fn update(call: &mut Call<Connection>, request: ApplyRequest) -> Stored {
    let (prior, planned) = (Model::from(&request.prior), Model::from(&request.planned));
    let config = Model::from(&request.config);
    let mut memory = Memory::decode(&request.private);
    let what = ("update", name_of(&prior));
    let begun = Context::new(call, what, &planned.timeouts).and_then(|mut cx| {
        memory.home.same_organisation(&mut cx)?;
        let decision = take_decision(&mut memory, &prior, &planned, &mut cx)?;
        Ok((cx, decision))
    });
    let Ok((cx, decision)) = begun else {
        return Stored {
            value: request.prior,
            private: memory.stored(),
            identity: Value::Null,
        };
    };
    let password = planned.password_to_apply(&config, decision.write_only);
    let mut update = Update {
        password: password.cloned(),
        cx,
        decision,
        proved: prior.clone(),
        written: false,
        read: None,
        prior,
        planned,
        memory,
    };
    // What failed is told.
    let _ = update.carry_out().await;
    update.put_out_of_sight().await;
    stored(update.cx.client, update.proved, update.memory)
}

/// What the last plan decided, if it is one that can be carried out.
fn take_decision(
    memory: &mut Memory,
    prior: &Model,
    planned: &Model,
    cx: &mut Context<'_>,
) -> Result<Decision, Reported> {
    match memory.plan.take() {
        Some(PlanNote::Change {
            decision: Some(decision),
            ..
        }) if decision.action != Action::Undecided && same_handle(prior, planned) => Ok(decision),
        _ => Err(cx.error(findings::not_planned_wholly(&cx.object))),
    }
}

/// An update under way.
struct Update<'a> {
    cx: Context<'a>,
    password: Option<Secret>,
    decision: Decision,
    prior: Model,
    planned: Model,
    memory: Memory,
    /// What is known to be so: the prior state at first, the planned one in the end.
    proved: Model,
    /// Credentials were written.
    written: bool,
    /// The registry as it was read after that, if it was.
    read: Option<Registry>,
}

impl Update<'_> {
    async fn carry_out(&mut self) -> Result<(), Reported> {
        let Some(id) = self.prior.id.known().cloned() else {
            return Err(self.cx.error(findings::no_id_in_state(&self.cx.object)));
        };
        if !self.is_what_was_planned().await {
            let found = findings::other_password_than_planned();
            return Err(self.cx.error(found.at("password")));
        }
        let (renames, rotates) = (self.renames(), self.decision.rotates());
        let mut doubt = None;
        if rotates && let Some(credentials) = self.planned.credentials(self.password.as_ref()) {
            doubt = verify(&mut self.cx, &self.planned.verify, credentials).await?;
        }
        if renames || rotates {
            let found = self.cx.client.registry(&self.cx.operation, &id).await;
            let Some(registry) = self.cx.answer(found)? else {
                let gone = findings::registry_deleted_meanwhile(&self.cx.object);
                return Err(self.cx.error(gone));
            };
            self.write(&registry).await?;
            if let Some(doubt) = doubt {
                self.cx.diagnostics.warning(doubt);
            }
        }
        if let Action::Activate(version) = self.decision.action {
            self.activate(&id, version).await?;
        }
        if !self.written {
            self.keep_in_mind().await;
        }
        if renames || self.decision.action != Action::Keep {
            self.read_back(&id).await;
        }
        self.memory.server.clone_from(&self.decision.server);
        self.proved = self.planned.clone();
        Ok(())
    }

    fn renames(&self) -> bool {
        self.prior.metadata_differs(&self.planned)
    }

    /// Whether the credentials at hand are those for which the plan found that nothing has to be written. A
    /// rotation was shown, and stores whatever there is.
    async fn is_what_was_planned(&self) -> bool {
        if self.decision.hashes.is_empty() || self.decision.rotates() {
            return true;
        }
        match self.planned.credentials(self.password.as_ref()) {
            Some(credentials) => {
                let hasher = &self.cx.connection.hasher;
                self.memory.fingerprints_of(hasher, credentials).await == self.decision.hashes
            }
            None => false,
        }
    }

    async fn write(&mut self, registry: &Registry) -> Result<(), Reported> {
        let rotates = self.decision.rotates();
        // A rotation finds out by itself, with the list of versions that it reads.
        let mut whole = false;
        if self.renames() {
            whole = self.writes_whole(registry).await?;
            if !whole && let Some(name) = self.planned.name.known() {
                let maxversions = self.planned.maxversions.known().copied();
                let (client, operation) = (self.cx.client, &self.cx.operation);
                let updated = client.update_metadata(operation, registry, name, maxversions);
                let updated = updated.await;
                self.cx.answer(updated)?;
                self.proved.name = self.planned.name.clone();
                self.proved.maxversions = self.planned.maxversions.clone();
            }
        }
        // A read that lags behind shows an earlier version.
        let seen = self.prior.current_version.known();
        let between = registry
            .currentversion
            .filter(|now| seen.is_some_and(|seen| seen < now));
        if whole
            && !rotates
            && let Some(version) = between
        {
            let found = findings::version_in_between(&self.cx.object, version);
            return Err(self.cx.error(found.at("current_version")));
        }
        // The put dialect writes the whole object, so that one write does for all.
        if rotates || whole {
            self.rotate(registry).await?;
        }
        if rotates && let Some(version) = between {
            let found = findings::version_replaced(version);
            self.cx.diagnostics.warning(found.at("current_version"));
        }
        self.memory.whole_writes = self.writes_whole(registry).await?;
        if whole && !rotates {
            let found = findings::may_have_a_version(&self.cx.object);
            self.cx.diagnostics.warning(found);
        }
        Ok(())
    }

    async fn writes_whole(&mut self, registry: &Registry) -> Result<bool, Reported> {
        let dialect = self.cx.client.dialect(&self.cx.operation, registry).await;
        Ok(self.cx.answer(dialect)? == Dialect::Put)
    }

    async fn rotate(&mut self, registry: &Registry) -> Result<(), Reported> {
        let Some(credentials) = self.planned.credentials(self.password.as_ref()) else {
            return Err(self.cx.failed(&Error::new(Kind::CredentialsNeeded)));
        };
        let hasher = &self.cx.connection.hasher;
        let fingerprint = self.memory.new_fingerprint(hasher, credentials, false);
        let fingerprint = fingerprint.await;
        // What was read may lag behind what the plan knew.
        let moves = self.prior.server != self.planned.server
            || registry.server.as_deref() != Some(credentials.server);
        let known: Vec<_> = self.memory.ids.values().cloned().collect();
        let rotation = Rotation {
            credentials,
            moves,
            renews: self.decision.rotates() && !self.may_be_there(registry, fingerprint.as_ref()),
            name: self.planned.name.known().map(String::as_str),
            maxversions: self.planned.maxversions.known().copied(),
            known: &known,
        };
        let (client, operation) = (self.cx.client, &self.cx.operation);
        let rotated = client.rotate(operation, registry, &rotation).await;
        let (made, proof, read) = match self.cx.answer(rotated)? {
            Rotated::Done {
                made,
                proof,
                registry,
            } => (made, proof, registry),
            Rotated::Unknown { error, baseline } => {
                self.memory.intent = fingerprint.map(|sent| Intent::new(sent, baseline));
                return Err(self.cx.failed(&error));
            }
        };
        // What does not show is for the read that follows.
        if made.number.is_some() {
            self.planned.current_version.resolve(made.number);
            if let Some(id) = made.id.clone() {
                self.planned.currentversionid.resolve(Some(id));
            }
        }
        if proof == Proof::OnlyCandidate {
            let found = findings::unproved_version().at("current_version");
            self.cx.diagnostics.warning(found);
        }
        self.memory.record_write(made, proof, fingerprint);
        self.memory.retained = None;
        (self.written, self.read) = (true, read);
        Ok(())
    }

    /// Whether these credentials may be in use already: a write whose answer was lost stored them, or was wrong, or its
    /// process ended. Another write of the whole object makes no version then, and the next one is somebody else's.
    fn may_be_there(&self, registry: &Registry, sent: Option<&Fingerprint>) -> bool {
        let (number, id) = (registry.currentversion, registry.currentversionid.as_ref());
        if let Some(held) = number.and_then(|number| self.memory.fingerprints.get(&number)) {
            return Some(held) == sent;
        }
        let unproved = self.memory.unproved.as_ref();
        let never_seen = self.memory.configured.is_none();
        let changed = !self.decision.hashes.is_empty();
        unproved.is_some_and(|one| Some(&one.sent) == sent)
            || (never_seen || changed) && self.memory.is_drift(number, id)
    }

    async fn activate(&mut self, id: &str, version: i64) -> Result<(), Reported> {
        let activated = self
            .cx
            .client
            .activate(&self.cx.operation, id, version)
            .await;
        if let Err(Kind::NoSuchVersion { remaining, .. }) = activated.as_ref().map_err(Error::kind)
        {
            // Known now, so that the next plan does not choose it again.
            self.memory.retained = Some(remaining.clone());
        }
        // A read that lags behind shows the id of the version before.
        if let Some(id) = self.memory.ids.get(&version).cloned() {
            self.planned.currentversionid.resolve(Some(id));
        }
        self.cx.answer(activated)
    }

    /// Hashes the password that the state held at full cost, if the state holds it no longer.
    async fn put_out_of_sight(&mut self) {
        let leaving = self.prior.credentials(self.prior.password.known());
        if leaving != self.proved.credentials(self.proved.password.known()) {
            let hasher = &self.cx.connection.hasher;
            self.memory.out_of_sight(hasher, leaving).await;
        }
    }

    /// Remembers which version holds the configured credentials, after an update that made none.
    async fn keep_in_mind(&mut self) {
        if self.decision.configured != self.memory.configured {
            self.memory.record_activation(self.decision.configured);
        } else if self.memory.held.is_none()
            && self.memory.unproved.is_none()
            && self.prior.password.known() == self.password.as_ref()
            && let Some(credentials) = self.prior.credentials(self.password.as_ref())
        {
            // The state vouches for the password: from now on it is recognised without being stored.
            let hasher = &self.cx.connection.hasher;
            let held = self.memory.new_fingerprint(hasher, credentials, false);
            if let Some(held) = held.await {
                self.memory.record_fingerprint(held);
            }
        }
        self.memory.imported = false;
    }

    /// Reads the registry back, for what was not known when this was planned.
    async fn read_back(&mut self, id: &str) {
        let read = match self.read.take() {
            Some(registry) => Ok(registry),
            None => {
                let bounds = self.cx.operation.after_write();
                let client = self.cx.client;
                let shown = |registry: &Registry| self.is_shown_by(registry);
                client.registry_after_write(&bounds, id, shown).await
            }
        };
        match read {
            Ok(registry) => {
                let current = registry.currentversion;
                if !self.written {
                    self.memory.absorb_read(&registry, None, current);
                }
                read::resolve(&mut self.planned, &registry, current);
            }
            Err(error) => {
                let found = findings::not_read_after_update(&self.cx.object, error);
                self.cx.diagnostics.warning(found);
            }
        }
    }

    /// Whether a registry that was read shows what was written.
    fn is_shown_by(&self, registry: &Registry) -> bool {
        let activated = self.planned.current_version.known();
        let activated = activated.filter(|_| !self.written);
        let (name, limit) = (self.planned.name.known(), self.planned.maxversions.known());
        (name.is_none() || registry.name.as_ref() == name)
            && is_shown(activated, registry.currentversion.as_ref())
            && is_shown(limit, registry.maxversions.as_ref())
    }
}

fn is_shown(expected: Option<&i64>, shown: Option<&i64>) -> bool {
    expected.is_none() || shown.is_none() || shown == expected
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
