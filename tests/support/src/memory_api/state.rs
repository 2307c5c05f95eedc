//! What the imitated API holds: a plain value, so that what it held before can be kept beside it.

use tokio::time::Instant;

/// What the API puts in the place of a password.
pub const MASK: &str = "value-hidden-for-your-own-good";
/// Versions retained where the user asks for no number.
pub const DEFAULT_MAXVERSIONS: i64 = 5;
/// The one organisation.
pub const ORGANISATION: &str = "0a000000-0000-4000-8000-000000000001";

/// How credentials are changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// By routes of their own.
    Rotate,
    /// By a PUT of the whole registry.
    Put,
}

/// What differs between the APIs that may be meant.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub dialect: Dialect,
    /// Whether a registry shows its version fields.
    pub versions_shown: bool,
    /// Whether a handle is free again after a deletion.
    pub handles_reusable: bool,
    /// Whether a deletion detaches.
    pub delete_detaches: bool,
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            dialect: Dialect::Rotate,
            versions_shown: true,
            handles_reusable: false,
            delete_detaches: false,
        }
    }
}

/// Who makes a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// The provider, by its request of this number.
    Provider(usize),
    /// Somebody else.
    Other,
}

/// A change that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub at: Instant,
    pub by: Writer,
    /// The handle of the registry.
    pub registry: String,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Created,
    VersionMade(i64),
    Evicted(i64),
    Activated(i64),
    Metadata,
    Deleted,
    Attached(String),
    Detached(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    pub server: String,
    pub username: String,
    pub password: String,
}

#[derive(Clone, Debug)]
pub struct Version {
    pub id: String,
    pub number: i64,
    pub credentials: Credentials,
    pub by: Writer,
}

#[derive(Clone, Debug)]
pub struct Registry {
    pub id: String,
    pub handle: String,
    pub name: String,
    pub maxversions: i64,
    pub current: i64,
    /// The number of the newest version there ever was.
    pub last: i64,
    /// The retained ones, oldest first.
    pub versions: Vec<Version>,
    /// All there ever were.
    pub ever: Vec<Version>,
    pub deleted: bool,
}

impl Registry {
    /// The version in use.
    pub fn current_version(&self) -> &Version {
        let found = self.versions.iter().find(|one| one.number == self.current);
        found.expect("the current version is never evicted")
    }
}

#[derive(Clone, Debug)]
pub struct Project {
    pub id: String,
    pub handle: String,
    pub name: String,
    pub regions: Vec<String>,
}

#[derive(Clone, Debug)]
pub struct Attachment {
    pub id: String,
    pub project: String,
    pub registry: String,
}

/// Everything there is.
#[derive(Clone, Debug)]
pub struct State {
    pub shape: Shape,
    pub registries: Vec<Registry>,
    pub projects: Vec<Project>,
    pub attachments: Vec<Attachment>,
    /// Project id, registry handle and name of each container that keeps a registry from being detached.
    pub containers: Vec<(String, String, String)>,
    /// What has happened, oldest first.
    pub journal: Vec<Change>,
    next_id: u64,
    writer: Writer,
    now: Instant,
}

/// A status and a sentence.
pub type Refusal = (u16, String);

pub fn bad_request<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err((400, message.into()))
}

pub fn not_found<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err((404, message.into()))
}

pub fn conflict<T>(message: impl Into<String>) -> Result<T, Refusal> {
    Err((409, message.into()))
}

/// What a user may set without touching credentials.
pub struct Metadata {
    pub handle: String,
    pub name: String,
    pub maxversions: i64,
}

impl State {
    /// An organisation with two projects and nothing else.
    pub fn new(shape: Shape) -> Self {
        let project = |n: u32, handle: &str, name: &str, regions: &[&str]| Project {
            id: format!("0b000000-0000-4000-8000-{n:012}"),
            handle: handle.into(),
            name: name.into(),
            regions: regions.iter().map(ToString::to_string).collect(),
        };
        Self {
            shape,
            registries: Vec::new(),
            projects: vec![
                project(1, "shop", "Shop", &["falkenstein-1", "helsinki-1"]),
                project(2, "lab", "Lab", &["virginia-1"]),
            ],
            attachments: Vec::new(),
            containers: Vec::new(),
            journal: Vec::new(),
            next_id: 0,
            writer: Writer::Other,
            now: Instant::now(),
        }
    }

    /// What follows is done by `writer`.
    pub fn acting(&mut self, writer: Writer, now: Instant) -> &mut Self {
        self.writer = writer;
        self.now = now;
        self
    }

    fn new_id(&mut self) -> String {
        self.next_id += 1;
        // Like a UUID of chance, so that nothing can be read from its order.
        let mixed = self.next_id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        format!(
            "{:08x}-{:04x}-4000-8000-{:012x}",
            mixed >> 32,
            mixed & 0xffff,
            self.next_id
        )
    }

    fn note(&mut self, registry: &str, what: What) {
        self.journal.push(Change {
            at: self.now,
            by: self.writer,
            registry: registry.to_owned(),
            what,
        });
    }

    /// The living registry with this id.
    pub fn registry(&self, id: &str) -> Result<&Registry, Refusal> {
        let found = self
            .registries
            .iter()
            .find(|one| !one.deleted && one.id == id);
        found.map_or_else(|| not_found(format!("Registry '{id}' not found.")), Ok)
    }

    /// The living registry with this handle.
    pub fn by_handle(&self, handle: &str) -> Option<&Registry> {
        self.registries
            .iter()
            .find(|one| !one.deleted && one.handle == handle)
    }

    /// Whether a deletion has spent this handle.
    pub fn is_burned(&self, handle: &str) -> bool {
        let spent = self
            .registries
            .iter()
            .any(|one| one.deleted && one.handle == handle);
        spent && !self.shape.handles_reusable
    }

    pub fn project(&self, id: &str) -> Result<&Project, Refusal> {
        let found = self.projects.iter().find(|one| one.id == id);
        found.map_or_else(|| not_found(format!("Project '{id}' not found.")), Ok)
    }

    /// Changes a registry that is known to be there.
    fn change(&mut self, id: &str, change: impl FnOnce(&mut Registry)) {
        let found = self.registries.iter_mut().find(|one| one.id == id);
        change(found.expect("a registry that was just found"));
    }

    pub fn create(
        &mut self,
        metadata: Metadata,
        credentials: Credentials,
    ) -> Result<String, Refusal> {
        let handle = &metadata.handle;
        if self.by_handle(handle).is_some() {
            return conflict(format!(
                "A registry with the handle \"{handle}\" already exists"
            ));
        }
        if self.is_burned(handle) {
            return conflict(format!(
                "A registry with the handle \"{handle}\" existed before, and handles cannot be reused"
            ));
        }
        let id = self.new_id();
        self.note(handle, What::Created);
        self.registries.push(Registry {
            id: id.clone(),
            handle: metadata.handle,
            name: metadata.name,
            maxversions: metadata.maxversions,
            current: 0,
            last: 0,
            versions: Vec::new(),
            ever: Vec::new(),
            deleted: false,
        });
        self.add_version(&id, credentials);
        Ok(id)
    }

    /// Replaces the metadata; a lower `maxversions` evicts at once.
    pub fn update(&mut self, id: &str, metadata: &Metadata) -> Result<(), Refusal> {
        let handle = self.registry(id)?.handle.clone();
        if metadata.handle != handle {
            return conflict("A registry's handle cannot be changed.");
        }
        self.change(id, |registry| {
            registry.name.clone_from(&metadata.name);
            registry.maxversions = metadata.maxversions;
        });
        self.note(&handle, What::Metadata);
        self.evict(id);
        Ok(())
    }

    /// Adds a version and makes it current. Returns its id.
    pub fn rotate(&mut self, id: &str, credentials: Credentials) -> Result<String, Refusal> {
        self.registry(id)?;
        Ok(self.add_version(id, credentials))
    }

    fn add_version(&mut self, id: &str, credentials: Credentials) -> String {
        let version_id = self.new_id();
        let by = self.writer;
        let mut made = (String::new(), 0);
        self.change(id, |registry| {
            registry.last += 1;
            registry.current = registry.last;
            let version = Version {
                id: version_id.clone(),
                number: registry.last,
                credentials,
                by,
            };
            registry.versions.push(version.clone());
            registry.ever.push(version);
            made = (registry.handle.clone(), registry.last);
        });
        self.note(&made.0, What::VersionMade(made.1));
        self.evict(id);
        version_id
    }

    /// Drops the oldest versions beyond `maxversions`, which counts the current one; never that one itself.
    fn evict(&mut self, id: &str) {
        let mut evicted = Vec::new();
        let mut handle = String::new();
        self.change(id, |registry| {
            handle.clone_from(&registry.handle);
            let keep = usize::try_from(registry.maxversions - 1).unwrap_or(0);
            let others = registry
                .versions
                .iter()
                .filter(|one| one.number != registry.current);
            let numbers: Vec<i64> = others.map(|one| one.number).rev().skip(keep).collect();
            registry
                .versions
                .retain(|one| !numbers.contains(&one.number));
            evicted = numbers;
        });
        for number in evicted {
            self.note(&handle, What::Evicted(number));
        }
    }

    /// Makes a retained version current. Returns its id.
    pub fn activate(&mut self, id: &str, number: &str) -> Result<String, Refusal> {
        let registry = self.registry(id)?;
        let handle = registry.handle.clone();
        let wanted = number.parse::<i64>().ok();
        let found = registry
            .versions
            .iter()
            .find(|one| Some(one.number) == wanted);
        let Some(found) = found.cloned() else {
            return not_found(format!(
                "Version {number} of registry '{handle}' not found."
            ));
        };
        self.change(id, |registry| registry.current = found.number);
        self.note(&handle, What::Activated(found.number));
        Ok(found.id)
    }

    /// Removes the credentials and burns the handle. Refused while attached, unless deletion detaches.
    pub fn delete(&mut self, id: &str) -> Result<(), Refusal> {
        let handle = self.registry(id)?.handle.clone();
        let attached = self.attachments.iter().any(|one| one.registry == id);
        if attached && !self.shape.delete_detaches {
            return bad_request("A registry associated with a project cannot be deleted.");
        }
        self.attachments.retain(|one| one.registry != id);
        self.change(id, |registry| {
            registry.deleted = true;
            registry.versions.clear();
        });
        self.note(&handle, What::Deleted);
        Ok(())
    }

    /// Links the registry with this handle to a project. Returns the id of the link.
    pub fn attach(&mut self, project: &str, handle: &str) -> Result<String, Refusal> {
        let (project, registry) = self.both(project, handle)?;
        if self.link(&project.id, &registry).is_some() {
            return conflict(format!(
                "Registry '{handle}' is already attached to project '{}'.",
                project.handle
            ));
        }
        let id = self.new_id();
        self.note(handle, What::Attached(project.id.clone()));
        self.attachments.push(Attachment {
            id: id.clone(),
            project: project.id,
            registry,
        });
        Ok(id)
    }

    /// Removes the link, unless a container of the project still names the registry.
    pub fn detach(&mut self, project: &str, handle: &str) -> Result<(), Refusal> {
        let (project, registry) = self.both(project, handle)?;
        let Some(link) = self.link(&project.id, &registry) else {
            return not_found(format!(
                "Registry '{handle}' is not attached to project '{}'.",
                project.handle
            ));
        };
        let mut users = self.containers.iter();
        if let Some((.., name)) = users.find(|(id, user, _)| *id == project.id && user == handle) {
            return conflict(format!(
                "Cannot detach registry '{handle}' from project: container '{name}' still references it. \
                 Detach from the container first or update the container to remove the reference."
            ));
        }
        self.attachments.retain(|one| one.id != link);
        self.note(handle, What::Detached(project.id));
        Ok(())
    }

    fn both(&self, project: &str, handle: &str) -> Result<(Project, String), Refusal> {
        let project = self.project(project)?.clone();
        match self.by_handle(handle) {
            Some(registry) => Ok((project, registry.id.clone())),
            None => not_found(format!("Registry '{handle}' not found.")),
        }
    }

    /// The id of a link.
    pub fn link(&self, project: &str, registry: &str) -> Option<String> {
        let mut links = self.attachments.iter();
        let found = links.find(|one| one.project == project && one.registry == registry);
        found.map(|one| one.id.clone())
    }
}
