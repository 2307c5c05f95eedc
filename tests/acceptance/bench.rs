//! A sandbox with a Terraform beside it, and the few questions that most tests ask of them.

use serde_json::Value;
use support::client::{self, Feature};
use support::sandbox::{Options, Sandbox};
use support::terraform::Terraform;

/// A sandbox and a Terraform that is configured for it.
pub struct Bench {
    pub sandbox: Sandbox,
    pub terraform: Terraform,
}

impl Bench {
    pub fn new() -> Self {
        Self::with(Sandbox::options())
    }

    pub fn with(options: Options) -> Self {
        let sandbox = options.start();
        let terraform = Terraform::new(&sandbox.env());
        Self { sandbox, terraform }
    }

    /// The writes since the last time this was asked, without the organisation and with `*` for identifiers:
    /// `POST /registries/*/rotate`. Refused and unanswered ones count.
    pub async fn writes(&self) -> Vec<String> {
        let requests = self.sandbox.requests().await;
        self.sandbox.clear_requests().await;
        let writes = requests.iter().filter(|request| request.method != "GET");
        writes
            .map(|request| format!("{} {}", request.method, self.shorten(&request.path)))
            .collect()
    }

    fn shorten(&self, path: &str) -> String {
        let below =
            path.trim_start_matches(&format!("/organisations/{}", self.sandbox.organisation));
        let short = |segment| match uuid::Uuid::try_parse(segment) {
            Ok(_) => "*",
            Err(_) => segment,
        };
        below.split('/').map(short).collect::<Vec<_>>().join("/")
    }

    /// What the API tells of a registry, by its identifier.
    pub async fn registry(&self, id: &str) -> Value {
        let path = format!("/registries/{id}");
        self.sandbox.get(&path).await
    }

    /// The identifier that is stored at an address.
    #[track_caller]
    pub fn id(&self, address: &str) -> String {
        let id = &self.terraform.attributes(address)["id"];
        id.as_str().expect("an object has an id").to_owned()
    }
}

/// Ends a test at a client that does not know what it needs, once the client was seen to refuse it as documented.
macro_rules! needs {
    ($feature:ident) => {
        if crate::bench::refused(&support::client::$feature).await {
            return;
        }
    };
}

/// Whether the client does not know a feature. Then it refuses it in its documented words, and nothing is written.
pub async fn refused(feature: &Feature) -> bool {
    if client::knows(feature) {
        return false;
    }
    let bench = Bench::new();
    bench.terraform.write("main.tf", feature.example);
    for run in [bench.terraform.plan(), bench.terraform.apply()] {
        run.fails().says(&[feature.refusal]);
    }
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(bench.terraform.read("terraform.tfstate"), "");
    true
}

/// A registry `ghcr` at ghcr.io, user `bot`, with these further lines.
pub fn registry(lines: &str) -> String {
    named_registry("ghcr", "ghcr", lines)
}

/// The same with other names for the resource and the handle.
pub fn named_registry(resource: &str, handle: &str, lines: &str) -> String {
    format!(
        "resource \"bahriya_registry\" \"{resource}\" {{\n  handle = \"{handle}\"\n  name = \"GitHub\"\n  \
         server = \"ghcr.io\"\n  username = \"bot\"\n  {}\n}}\n",
        lines.replace("; ", "\n  ")
    )
}

/// The line for a write-only password and its trigger.
pub fn secret(password: &str, trigger: &str) -> String {
    format!("password_wo = \"{password}\"; password_wo_version = \"{trigger}\"")
}
