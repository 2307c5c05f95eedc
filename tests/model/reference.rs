//! The reference: what an apply has to come to, told as simply as it can be.

use std::collections::BTreeMap;

/// Which API there is.
#[derive(Clone, Copy, Debug)]
pub struct Api {
    /// Credentials have routes of their own, with a list of versions and activation. Otherwise every
    /// change replaces the whole registry.
    pub rotates: bool,
    /// Registries show the numbers of their versions.
    pub shows_versions: bool,
}

/// Credentials, as places in the lists of `actions.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub server: usize,
    pub username: usize,
    pub password: usize,
}

impl Credentials {
    fn place(self) -> (usize, usize) {
        (self.server, self.username)
    }
}

/// The registry as it is.
#[derive(Clone, Debug)]
pub struct Registry {
    pub name: usize,
    pub maxversions: i64,
    /// The retained versions.
    pub versions: BTreeMap<i64, Credentials>,
    pub current: i64,
    /// The newest number that was ever given.
    pub last: i64,
}

impl Registry {
    pub fn current(&self) -> Credentials {
        self.versions[&self.current]
    }

    pub fn add(&mut self, credentials: Credentials) -> i64 {
        self.last += 1;
        self.current = self.last;
        self.versions.insert(self.last, credentials);
        self.evict();
        self.last
    }

    /// The replacing write: other credentials than the current ones make a version.
    pub fn put(&mut self, credentials: Credentials) {
        if self.current() != credentials {
            self.add(credentials);
        }
    }

    pub fn evict(&mut self) {
        while self.versions.len() as i64 > self.maxversions {
            let oldest = *self.versions.keys().find(|v| **v != self.current).unwrap();
            self.versions.remove(&oldest);
        }
    }
}

/// The configuration of the registry and its attachment.
#[derive(Clone, Debug)]
pub struct Config {
    pub name: usize,
    pub server: usize,
    pub username: usize,
    pub password: Option<usize>,
    pub password_wo: Option<usize>,
    pub trigger: Option<usize>,
    pub pin: Option<i64>,
    pub restore: bool,
    pub maxversions: Option<i64>,
    pub attached: bool,
}

impl Config {
    fn credentials(&self) -> Option<Credentials> {
        Some(Credentials {
            server: self.server,
            username: self.username,
            password: self.password.or(self.password_wo)?,
        })
    }
}

/// What Terraform knows of the registry.
#[derive(Clone, Debug)]
pub struct Known {
    /// The configuration that was applied last.
    pub applied: Config,
    /// The credentials that it asked for.
    held: Credentials,
    /// The version that holds them.
    configured: Option<i64>,
    /// The versions that the provider made.
    made: BTreeMap<i64, Credentials>,
}

/// All there is in one sequence.
#[derive(Clone, Debug)]
pub struct Reference {
    pub api: Api,
    pub registry: Option<Registry>,
    pub known: Option<Known>,
    pub attached: bool,
    /// The state holds the attachment.
    pub attachment_known: bool,
    /// The handle of the sequence cannot be used again.
    pub spent: bool,
    /// The last apply made a version that its plan could not foresee: credentials that went along with
    /// other changes were not those of the current version.
    pub unforeseen: bool,
}

/// An apply that has to end in an error.
#[derive(Debug)]
pub struct Refused;

impl Reference {
    /// Applies a configuration, or none.
    pub fn apply(&mut self, config: Option<&Config>) -> Result<(), Refused> {
        self.unforeseen = false;
        // Refresh.
        if self.registry.is_none() {
            self.known = None;
        }
        let Some(config) = config else {
            if self.attachment_known {
                self.attached = false;
                self.attachment_known = false;
            }
            if self.known.is_some() {
                if self.attached {
                    return Err(Refused); // somebody else attached it
                }
                (self.known, self.registry, self.spent) = (None, None, true);
            }
            return Ok(());
        };
        if self.known.is_some() {
            self.update(config)?;
        } else {
            self.create(config)?;
        }
        if config.attached || self.attachment_known {
            self.attached = config.attached;
            self.attachment_known = config.attached;
        }
        Ok(())
    }

    fn create(&mut self, config: &Config) -> Result<(), Refused> {
        let credentials = config.credentials().ok_or(Refused)?;
        if self.spent || config.pin.is_some_and(|pin| pin != 1) {
            return Err(Refused);
        }
        let versions = BTreeMap::from([(1, credentials)]);
        self.registry = Some(Registry {
            name: config.name,
            maxversions: config.maxversions.unwrap_or(5),
            versions: versions.clone(),
            current: 1,
            last: 1,
        });
        self.known = Some(Known {
            applied: config.clone(),
            held: credentials,
            configured: self.numbers().then_some(1),
            made: versions,
        });
        Ok(())
    }

    /// Whether version numbers can be seen, by whatever way.
    pub fn numbers(&self) -> bool {
        self.api.rotates || self.api.shows_versions
    }

    fn update(&mut self, config: &Config) -> Result<(), Refused> {
        let (api, numbers) = (self.api, self.numbers());
        let (Some(registry), Some(known)) = (&mut self.registry, &mut self.known) else {
            return Err(Refused);
        };
        known.made.retain(|v, _| registry.versions.contains_key(v));
        let current = registry.current;
        let configured = known.configured.unwrap_or(current);
        let before = &known.applied;

        // Did the user change the credentials?
        let ours_is_current = !numbers || current == configured;
        let shown = if ours_is_current {
            registry.current().place()
        } else {
            (before.server, before.username)
        };
        let wanted = config.credentials();
        let moved = shown != (config.server, config.username);
        let asked = moved
            || before.trigger != config.trigger
            || (config.password != before.password
                && (config.password.is_some() || config.password_wo.is_some()));
        if moved && wanted.is_none() {
            return Err(Refused);
        }
        let new = wanted.filter(|wanted| asked && (*wanted != known.held || (!numbers && moved)));
        // A version that holds them already serves.
        let same = |version: &i64| Some(known.made[version]) == new;
        let again = known.made.keys().copied().rev().find(same);
        let again = again.filter(|_| api.rotates);

        // Which version shall be current?
        let mut rotation = None;
        let mut target = current;
        match (config.pin, new, again) {
            (Some(_), _, _) if !numbers => return Err(Refused),
            (Some(pin), Some(_), again) if again != Some(pin) => return Err(Refused),
            (Some(pin), _, _) => target = pin,
            (None, Some(_), Some(version)) => target = version,
            (None, Some(_), None) => rotation = new,
            (None, None, _) => {
                let unpinned = before.pin.is_some();
                if numbers && current != configured && (unpinned || config.restore) {
                    if api.rotates && registry.versions.contains_key(&configured) {
                        target = configured;
                    } else {
                        rotation = Some(wanted.ok_or(Refused)?);
                    }
                }
            }
        }
        if target != current && !(api.rotates && registry.versions.contains_key(&target)) {
            return Err(Refused);
        }

        // Write.
        let maxversions = config.maxversions.unwrap_or(registry.maxversions);
        let renamed = (config.name, maxversions) != (registry.name, registry.maxversions);
        if renamed && !api.rotates && rotation.is_none() {
            // The whole has to be sent, so the configured credentials go along.
            let sent = wanted.ok_or(Refused)?;
            rotation = (sent != registry.current()).then_some(sent);
            self.unforeseen = rotation.is_some();
            known.held = sent;
            known.configured = None;
        } else {
            known.configured = numbers.then_some(configured);
        }
        registry.name = config.name;
        registry.maxversions = maxversions;
        if target != current {
            registry.current = target;
        }
        registry.evict();
        if let Some(credentials) = rotation {
            if api.rotates {
                registry.add(credentials);
            } else {
                registry.put(credentials);
            }
            known.made.insert(registry.current, credentials);
            known.configured = numbers.then_some(registry.current);
            known.held = credentials;
        } else if let Some(new) = new {
            known.configured = Some(target);
            known.held = new;
        }
        known.applied = config.clone();
        Ok(())
    }
}
