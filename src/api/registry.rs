//! A registry as the API shows it.

/// A registry. Everything but `id` and `handle` may be missing from an answer. A password is never read.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Registry {
    pub id: String,
    pub handle: String,
    pub name: Option<String>,
    pub server: Option<String>,
    pub username: Option<String>,
    pub maxversions: Option<i64>,
    pub billable: Option<bool>,
    pub currentversionid: Option<String>,
    pub currentversion: Option<i64>,
    pub versioncount: Option<i64>,
    pub managedbyresourceid: Option<String>,
    pub managedbyresourcetype: Option<String>,
    /// The projects it is attached to, where the API shows them.
    pub projects: Option<Vec<ProjectReference>>,
}

/// A project named in a registry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ProjectReference {
    pub id: Option<String>,
    pub handle: Option<String>,
    pub name: Option<String>,
}
