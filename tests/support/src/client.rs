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

/// The client of the tests.
pub fn product() -> Product {
    static PRODUCT: LazyLock<Product> = LazyLock::new(ask);
    *PRODUCT
}

/// The host at which it takes an address to stand that names none.
pub fn registry() -> &'static str {
    match product() {
        Product::Terraform => "registry.terraform.io",
        Product::OpenTofu => "registry.opentofu.org",
    }
}

fn ask() -> Product {
    let client = executables::terraform();
    let output = Command::new(client)
        .arg("version")
        .env("CHECKPOINT_DISABLE", "1")
        .output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", client.display()));
    let said = String::from_utf8_lossy(&output.stdout);
    match said.split(' ').next() {
        Some("Terraform") => Product::Terraform,
        Some("OpenTofu") => Product::OpenTofu,
        _ => panic!("{} is no client: {said}", client.display()),
    }
}
