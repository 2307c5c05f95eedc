//! New credentials for a registry: sent once, and found again by what was there before.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::api::Client;
use crate::api::http::{Delays, Error, Kind, Look, Operation, Proof, Repeat, Result, Write};
use crate::api::model::{Dialect, Fields, Registry, Version, id};
use crate::secret::Secret;

/// Credentials as configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials<'a> {
    /// `host[:port]`.
    pub server: &'a str,
    /// The user name.
    pub username: &'a str,
    /// The password.
    pub password: &'a Secret,
}

/// New credentials for a registry.
#[derive(Clone, Copy, Debug)]
pub struct Rotation<'a> {
    /// What becomes current.
    pub credentials: Credentials<'a>,
    /// The server is another than before. One that is not stays as the API writes it.
    pub moves: bool,
    /// They are others than those in use. A write of the whole object with the same ones makes no version.
    pub renews: bool,
    /// The display name, where the whole object is written; `None` keeps what was read.
    pub name: Option<&'a str>,
    /// How many versions to retain, likewise.
    pub maxversions: Option<i64>,
    /// The ids of versions that were seen before. A list that lags behind does not show them all.
    pub known: &'a [String],
}

impl Rotation<'_> {
    /// The server as it is sent in a whole object.
    pub(super) fn server<'s>(&'s self, registry: &'s Registry) -> &'s str {
        match &registry.server {
            Some(server) if !self.moves => server,
            _ => self.credentials.server,
        }
    }
}

/// A version that was made, by what is known of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Made {
    /// Its number.
    pub number: Option<i64>,
    /// Its id.
    pub id: Option<String>,
}

/// What a good answer tells of the version that was made.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    /// It is this one.
    New(Made),
    /// What is not so: it is one that was there before, or there is one now.
    Contrary,
    /// Nothing.
    Nothing,
}

/// What became of a rotation that was sent.
#[derive(Clone, Debug)]
#[must_use]
pub enum Rotated {
    /// It was done.
    Done {
        /// The version it made.
        made: Made,
        /// How this is known.
        proof: Proof,
        /// The registry after it, if it was read.
        registry: Option<Registry>,
    },
    /// Whether it was or will be done could not be found out.
    Unknown {
        /// Why.
        error: Error,
        /// What finds it later.
        baseline: Baseline,
    },
}

/// What has to be known to find a rotation again: what was there just before it, and what it sent. No secret.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Baseline {
    /// The ids of the versions that were listed, where they were.
    ids: Option<BTreeSet<String>>,
    /// The highest number of a version.
    newest: Option<i64>,
    /// What the registry itself showed.
    before: Shown,
    /// What it shows once the rotation is done. The number is not known in advance.
    sent: Shown,
    /// It is certain to make a version.
    renews: bool,
}

/// What a registry shows of a write of credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Shown {
    name: Option<String>,
    server: Option<String>,
    username: Option<String>,
    maxversions: Option<i64>,
    id: Option<String>,
    number: Option<i64>,
    count: Option<i64>,
}

impl Shown {
    fn by(registry: &Registry) -> Self {
        Self {
            name: registry.name.clone(),
            server: registry.server.clone(),
            username: registry.username.clone(),
            maxversions: registry.maxversions,
            id: registry.currentversionid.clone(),
            number: registry.currentversion,
            count: registry.versioncount,
        }
    }

    /// Whether this is what was sent, as far as it is shown.
    fn fits(&self, sent: &Self) -> bool {
        fits(&self.name, &sent.name)
            && fits(&self.server, &sent.server)
            && fits(&self.username, &sent.username)
            && fits(&self.maxversions, &sent.maxversions)
    }

    fn marks(&self) -> (&Option<String>, Option<i64>, Option<i64>) {
        (&self.id, self.number, self.count)
    }
}

impl Baseline {
    /// For memories of version 0.4.0, which kept the highest number alone.
    pub fn after(newest: i64) -> Self {
        Self {
            ids: Some(BTreeSet::new()),
            newest: Some(newest),
            ..Self::default()
        }
    }

    fn of(
        registry: &Registry,
        versions: Option<&[Version]>,
        known: &[String],
        sent: Shown,
    ) -> Self {
        let ids = versions.map(|versions| {
            let listed = versions.iter().filter_map(|one| one.id.as_ref());
            listed.chain(known).cloned().collect()
        });
        Self {
            ids,
            newest: versions
                .map(|versions| versions.last().map_or(0, |last| last.version))
                .or(registry.currentversion),
            before: Shown::by(registry),
            sent,
            renews: false,
        }
    }

    /// What became of the rotation, by what there is now. Pure, so that the look after a lost answer and a
    /// refresh much later judge alike.
    pub fn find(&self, registry: &Registry, versions: Option<&[Version]>) -> Look<Made> {
        if let (Some(before), Some(versions)) = (&self.ids, versions) {
            let mut new = versions.iter().filter(|one| {
                one.id.as_ref().is_none_or(|id| !before.contains(id))
                    && self.newest.is_none_or(|newest| one.version > newest)
                    && fits(&one.server, &self.sent.server)
                    && fits(&one.username, &self.sent.username)
            });
            return match (new.next(), new.next()) {
                (None, _) => Look::Absent,
                (Some(one), None) => Look::Found(Made::of(one)),
                _ => Look::Unclear,
            };
        }
        if self.ids.is_some() {
            return Look::Unclear;
        }
        let now = Shown::by(registry);
        if !now.fits(&self.sent) {
            return Look::Absent;
        }
        let changed = now.marks() != self.before.marks();
        let shown = now.marks() != (&None, None, None);
        // One version further on is what one write does.
        if changed && !self.is_next(now.number) {
            Look::Unclear
        } else if changed || !(self.before.fits(&self.sent) || self.renews && shown) {
            Look::Found(Made::current(registry))
        } else if shown {
            Look::Absent
        } else {
            Look::Unclear
        }
    }

    /// Which version an answered rotation made, by what there is now. `told` is what the answer said.
    fn name(&self, told: &Told, registry: &Registry, versions: Option<&[Version]>) -> Look<Made> {
        let Told::New(told) = told else {
            return self.find(registry, versions);
        };
        let current = Made::current(registry);
        let shows = versions.is_some() || current != Made::default();
        let mut shown = versions
            .into_iter()
            .flatten()
            .map(Made::of)
            .chain([current]);
        match shown.find(|made| made.is(told)) {
            Some(made) => Look::Found(made),
            None if shows => Look::Absent,
            None => Look::Found(told.clone()),
        }
    }

    /// What an answer tells that names `made`. The registry itself is named by that to a write of the whole object.
    fn judge(&self, mut made: Made, registry: &str) -> Told {
        made.id = made.id.filter(|id| id != registry);
        let mut before = self.ids.iter().flatten().chain(&self.before.id);
        let was_there = before.any(|id| Some(id) == made.id.as_ref())
            || made.number.is_some() && made.number <= self.newest;
        match made {
            _ if was_there && self.renews => Told::Contrary,
            made if !was_there && made != Made::default() => Told::New(made),
            _ => Told::Nothing,
        }
    }

    /// Whether an answered rotation has made this, which was found: it was named; or a version is due, and this is the
    /// next one; or none is, and nothing has changed. Where no version shows, what else fits has to do.
    fn is_certain(&self, told: &Told, made: &Made) -> bool {
        match told {
            Told::New(_) => true,
            Told::Contrary => false,
            Told::Nothing if made.id == self.before.id && made.number == self.before.number => {
                !self.renews || *made == Made::default()
            }
            Told::Nothing => self.renews && self.is_next(made.number),
        }
    }

    fn is_next(&self, number: Option<i64>) -> bool {
        match (self.newest, number) {
            (Some(newest), Some(number)) => number == newest || number == newest + 1,
            _ => true,
        }
    }
}

/// Whether what is shown, if anything is, is what was sent.
fn fits<T: PartialEq>(shown: &Option<T>, sent: &Option<T>) -> bool {
    shown.is_none() || sent.is_none() || shown == sent
}

impl Made {
    /// What the answer to a rotation names: the id of the version, or fields of it or of the registry.
    fn told(data: &Value) -> Self {
        let fields = Fields::of(data);
        let number = |key| fields.and_then(|fields| fields.integer(key));
        let current = fields.and_then(|fields| fields.id("currentversionid"));
        Self {
            number: number("version").or_else(|| number("currentversion")),
            id: current.or_else(|| id(data)),
        }
    }

    fn of(version: &Version) -> Self {
        Self {
            number: Some(version.version),
            id: version.id.clone(),
        }
    }

    fn current(registry: &Registry) -> Self {
        Self {
            number: registry.currentversion,
            id: registry.currentversionid.clone(),
        }
    }

    /// Whether this is the version that was told of: by its id, or by its number if that is all that was told.
    fn is(&self, told: &Self) -> bool {
        match &told.id {
            Some(_) => self.id == told.id,
            None => self.number == told.number,
        }
    }
}

impl Client {
    /// Stores new credentials as a new version. They are sent once, and looked for when the answer is lost. With an
    /// error nothing was stored.
    ///
    /// `registry` was just read. The *put* dialect writes the name and the retention with it, so that a change of
    /// these is a rotation to the same credentials there.
    pub async fn rotate(
        &self,
        op: &Operation,
        registry: &Registry,
        rotation: &Rotation<'_>,
    ) -> Result<Rotated> {
        let versions = self.versions(op, registry).await?;
        let dialect = self.dialect(op, registry).await?;
        let request = self.rotation(dialect, registry, rotation)?;
        let mut sent = Shown {
            server: Some(rotation.server(registry).to_owned()),
            username: Some(rotation.credentials.username.to_owned()),
            ..Shown::default()
        };
        if dialect == Dialect::Put {
            sent.name = rotation.name.map(str::to_owned);
            sent.maxversions = rotation.maxversions;
        }
        let mut baseline = Baseline::of(registry, versions.as_deref(), rotation.known, sent);
        baseline.renews = rotation.renews || dialect == Dialect::Rotate;
        let find = |op: Operation| {
            let baseline = &baseline;
            async move {
                let versions = self.versions(&op, registry).await?;
                if baseline.ids.is_some() && versions.is_some() {
                    return Ok(baseline.find(registry, versions.as_deref()));
                }
                Ok(baseline.find(&self.existing(&op, &registry.id).await?, None))
            }
        };
        let write = Write {
            request: &request,
            repeat: Repeat::AtMostOnce,
            told: |answer| {
                let made = Made::told(&answer.data);
                // A rotation that was only accepted may be done later, when another client's looks the same.
                let later = answer.is_promise() && made == Made::default();
                (!later).then_some(made)
            },
            find,
        };
        let written = self.0.http.write(op, write);
        match self.0.cache.registries.outdated_by(written).await {
            Ok((told, Proof::Answer)) => {
                let told = baseline.judge(told, &registry.id);
                let read_back = self.read_back(op, registry, &baseline, told).await;
                Ok(read_back.unwrap_or_else(|| {
                    let error = Error::new(Kind::UnexpectedAnswer).of(&request);
                    let error = error.saying("it is a success, and no new version shows");
                    let error = error.with_unknown(true);
                    Rotated::Unknown { error, baseline }
                }))
            }
            Ok((made, proof)) => Ok(Rotated::Done {
                made,
                proof,
                registry: None,
            }),
            Err(error) if error.is_unknown() => Ok(Rotated::Unknown { error, baseline }),
            Err(error) => Err(error),
        }
    }

    /// Finds out which version an answered rotation made. `None` if a list of versions shows none that is new.
    async fn read_back(
        &self,
        op: &Operation,
        before: &Registry,
        baseline: &Baseline,
        mut told: Told,
    ) -> Option<Rotated> {
        let named = |told: &Told, registry: &Registry| {
            let current = Made::current(registry);
            current.number.is_some() && matches!(told, Told::New(made) if current.is(made))
        };
        let waits = op.after_write();
        // Who is told to stop still looks once: what nobody saw would be doubtful in every plan.
        let bounds = waits.aftermath();
        let mut delays = Delays::default();
        let done = |made, certain, registry| Rotated::Done {
            made,
            proof: match certain {
                true => Proof::Answer,
                false => Proof::OnlyCandidate,
            },
            registry,
        };
        let (mut registry, mut lags, mut listed) = (None, false, false);
        while let Ok(seen) = self
            .registry_after_write(&bounds, &before.id, |_| true)
            .await
        {
            let versions = match named(&told, &seen) {
                true => None,
                false => self.versions(&bounds, &seen).await.ok().flatten(),
            };
            let look = baseline.name(&told, &seen, versions.as_deref());
            registry = Some(seen);
            if let Look::Found(made) = look {
                let certain = baseline.is_certain(&told, &made);
                return Some(done(made, certain, registry));
            }
            lags = matches!(look, Look::Absent);
            listed = versions.is_some();
            if listed && told == Told::Nothing {
                // What is listed later may be another client's.
                told = Told::Contrary;
            }
            if !lags || waits.back_off(&mut delays).await.is_err() {
                break;
            }
        }
        let shows = |registry: &Registry| Shown::by(registry).marks() != (&None, None, None);
        let (id, certain) = match told {
            Told::New(Made { id: Some(id), .. }) => (Some(id), !lags),
            _ if listed => return None,
            // What is current later may be another client's, where that shows.
            _ => {
                let shows = shows(registry.as_ref().unwrap_or(before));
                (None, !(lags || baseline.ids.is_some() || shows))
            }
        };
        // The next read finds its number.
        Some(done(Made { number: None, id }, certain, registry))
    }
}
