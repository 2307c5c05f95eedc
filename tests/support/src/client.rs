//! Where clients differ by rule: by who makes them, and by their version.

use std::process::Command;
use std::sync::LazyLock;

use crate::executables;

/// Who makes a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    Terraform,
    OpenTofu,
}

/// What a configuration may hold and not every client knows.
pub struct Feature {
    /// The first versions that know it, major and minor: Terraform's, then OpenTofu's.
    since: [Option<(u32, u32)>; 2],
    /// The least that uses it, beside `required_providers`.
    pub example: &'static str,
    /// How a client without it refuses the example, in its words or in ours.
    pub refusal: &'static str,
}

/// `password_wo`: refused by the provider, since an older client would store it.
pub const WRITE_ONLY: Feature = Feature {
    since: [Some((1, 11)), Some((1, 11))],
    example: "resource \"bahriya_registry\" \"r\" {\n  handle = \"r\"\n  name = \"R\"\n  server = \"ghcr.io\"\n  \
              username = \"bot\"\n  password_wo = \"one\"\n}\n",
    refusal: "password_wo needs a newer Terraform or OpenTofu",
};

/// Ephemeral variables and resources.
pub const EPHEMERAL: Feature = Feature {
    since: [Some((1, 10)), Some((1, 11))],
    example: "variable \"v\" {\n  default = \"v\"\n  ephemeral = true\n}\n",
    refusal: "An argument named \"ephemeral\" is not expected here.",
};

/// `removed` with `destroy = false`.
pub const REMOVED: Feature = Feature {
    since: [Some((1, 7)), Some((1, 10))],
    example: "removed {\n  from = bahriya_registry.r\n  lifecycle {\n    destroy = false\n  }\n}\n",
    refusal: "are not expected here",
};

/// `lifecycle { destroy = false }`.
pub const KEEP: Feature = Feature {
    since: [Some((1, 16)), Some((1, 12))],
    example: "resource \"terraform_data\" \"d\" {\n  lifecycle {\n    destroy = false\n  }\n}\n",
    refusal: "An argument named \"destroy\" is not expected here.",
};

/// `lifecycle { enabled = … }`.
pub const ENABLED: Feature = Feature {
    since: [None, Some((1, 11))],
    example: "resource \"terraform_data\" \"d\" {\n  lifecycle {\n    enabled = false\n  }\n}\n",
    refusal: "An argument named \"enabled\" is not expected here.",
};

/// `identity` in an `import` block.
pub const IDENTITY: Feature = Feature {
    since: [Some((1, 12)), Some((1, 12))],
    example: "import {\n  to = terraform_data.d\n  identity = {}\n}\nresource \"terraform_data\" \"d\" {}\n",
    refusal: "An argument named \"identity\" is not expected here.",
};

/// `terraform query`, which is no part of a configuration.
pub const QUERY: Feature = Feature {
    since: [Some((1, 14)), None],
    example: "",
    refusal: "has no command named \"query\"",
};

/// `import` blocks in a module, for whose example a module is needed.
pub const IMPORT_IN_MODULES: Feature = Feature {
    since: [Some((1, 16)), None],
    example: "",
    refusal: "Import blocks are only allowed in the root module.",
};

/// The plan that an apply makes again is handed the private bytes of the first.
pub const PLANNED_PRIVATE: Feature = Feature {
    since: [Some((1, 16)), None],
    example: "",
    refusal: "Provider produced inconsistent final plan",
};

/// A provider is asked what it makes of another provider's object that moves to it. Without, the object is handed over as it
/// stands.
pub const MOVED_STATE: Feature = Feature {
    since: [Some((1, 8)), Some((1, 10))],
    example: "",
    refusal: "Nothing in the state says to which organisation it belongs",
};

/// `terraform test` with files of runs.
pub const TEST: Feature = Feature {
    since: [Some((1, 6)), Some((1, 6))],
    example: "",
    refusal: "command is experimental",
};

/// The client of the tests.
pub fn product() -> Product {
    CLIENT.0
}

/// Whether the client of the tests knows a feature.
pub fn knows(feature: &Feature) -> bool {
    feature.since[CLIENT.0 as usize].is_some_and(|since| CLIENT.1 >= since)
}

/// The host at which it takes an address to stand that names none.
pub fn registry() -> &'static str {
    match product() {
        Product::Terraform => "registry.terraform.io",
        Product::OpenTofu => "registry.opentofu.org",
    }
}

static CLIENT: LazyLock<(Product, (u32, u32))> = LazyLock::new(ask);

/// Who makes it, and the first two numbers of its version.
fn ask() -> (Product, (u32, u32)) {
    let client = executables::terraform();
    let output = Command::new(client)
        .arg("version")
        .env("CHECKPOINT_DISABLE", "1")
        .output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", client.display()));
    let said = String::from_utf8_lossy(&output.stdout);
    // Warnings may stand before it.
    let asked = said.lines().find_map(|line| {
        let (name, version) = line.split_once(" v")?;
        let product = match name {
            "Terraform" => Product::Terraform,
            "OpenTofu" => Product::OpenTofu,
            _ => return None,
        };
        let mut numbers = version.split('.').map_while(|number| number.parse().ok());
        Some((product, (numbers.next()?, numbers.next()?)))
    });
    asked.unwrap_or_else(|| panic!("{} is no client: {said}", client.display()))
}
