//! Where the programs are that tests start.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The provider under test: the one that was built with the test, or what `PROVIDER_EXECUTABLE` names.
pub fn provider() -> &'static Path {
    static PROVIDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let named = std::env::var_os("PROVIDER_EXECUTABLE").map(PathBuf::from);
        named.unwrap_or_else(|| built("terraform-provider-bahriya", "--bins"))
    });
    &PROVIDER
}

/// The client of the tests: what `TERRAFORM` names, else `terraform`, else `tofu`, where PATH finds them.
pub fn terraform() -> &'static Path {
    static CLIENT: LazyLock<PathBuf> = LazyLock::new(|| {
        if let Some(named) = std::env::var_os("TERRAFORM") {
            return PathBuf::from(named);
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
        let found = ["terraform", "tofu"].iter().find_map(|name| {
            let mut all = folders.iter().map(|folder| folder.join(name));
            all.find(|file| file.is_file())
        });
        found.expect(
            "These tests run the real `terraform` or `tofu`, and PATH has neither: `scripts/setup.sh` brings one, \
             and TERRAFORM=/path/to/terraform names another",
        )
    });
    &CLIENT
}

/// The provider as it is shipped, by `make executable`, or what `PROVIDER_EXECUTABLE` names.
pub fn shipped() -> PathBuf {
    if let Some(named) = std::env::var_os("PROVIDER_EXECUTABLE") {
        return named.into();
    }
    let beside = built("terraform-provider-bahriya", "--bins");
    let target = beside.ancestors().nth(2).expect("target/debug/…");
    let shipped = target.join("release/terraform-provider-bahriya");
    assert!(
        shipped.exists(),
        "{} is not built: run `make executable`",
        shipped.display()
    );
    shipped
}

/// An example of the repository, such as the sandbox.
pub fn example(name: &str) -> PathBuf {
    built(&format!("examples/{name}"), "--examples")
}

/// Cargo puts tests and benches into `deps`, beside which the programs are.
fn built(name: &str, kind: &str) -> PathBuf {
    let this = std::env::current_exe().expect("a test knows where it is");
    let profile = this.ancestors().nth(2).expect("a test is below target/");
    let program = profile.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(
        program.exists(),
        "{} is not built: run `cargo build {kind}`",
        program.display()
    );
    program
}
