//! How many versions each combination of changed arguments makes, in both dialects. A short run leaves out the
//! combinations of three, four and five arguments; `SOAK=1` (`make soak`) has all 64.

use support::sandbox::Sandbox;
use support::soak::soaking;

use crate::bench::{Bench, named_registry};

const ARGUMENTS: [(&str, &str, &str); 6] = [
    ("name", "\"GitHub\"", "\"Packages\""),
    ("maxversions", "maxversions = 4", "maxversions = 6"),
    ("server", "\"ghcr.io\"", "\"quay.io\""),
    ("username", "\"bot\"", "\"robot\""),
    ("password", "\"one\"", "\"two\""),
    (
        "trigger",
        "password_wo_version = \"1\"",
        "password_wo_version = \"2\"",
    ),
];

/// One combination: bit n stands for argument n.
#[derive(Clone, Copy)]
struct Case {
    changed: usize,
    write_only: bool,
}

impl Case {
    fn all() -> Vec<Self> {
        let whole = ARGUMENTS.len() as u32;
        let telling = |changed: &usize| {
            let count = changed.count_ones();
            soaking() || count <= 2 || count == whole
        };
        let one = |changed| {
            [false, true].map(|write_only| Self {
                changed,
                write_only,
            })
        };
        (0..1 << whole).filter(telling).flat_map(one).collect()
    }

    fn changes(self, argument: &str) -> bool {
        let position = ARGUMENTS.iter().position(|(name, _, _)| *name == argument);
        position.is_some_and(|position| self.changed & (1 << position) != 0)
    }

    fn handle(self) -> String {
        format!(
            "{}-{}",
            if self.write_only { "wo" } else { "pw" },
            self.changed
        )
    }

    fn hcl(self, changed: bool) -> String {
        let password = if self.write_only {
            "password_wo"
        } else {
            "password"
        };
        let lines = format!("maxversions = 4; {password} = \"one\"; password_wo_version = \"1\"");
        let mut hcl = named_registry(&self.handle(), &self.handle(), &lines);
        for (name, before, after) in ARGUMENTS {
            if changed && self.changes(name) {
                hcl = hcl.replace(before, after);
            }
        }
        hcl
    }

    fn metadata(self) -> bool {
        self.changes("name") || self.changes("maxversions")
    }

    /// Another write-only password whose trigger is the same. Where a registry is only changed as a whole, nothing else can be
    /// changed with it.
    fn unasked(self) -> bool {
        self.write_only && self.changes("password") && self.metadata() && !self.credentials()
    }

    /// A write-only password is looked at only when something visible goes with it.
    fn credentials(self) -> bool {
        let place = self.changes("server") || self.changes("username");
        let told = !self.write_only || self.changes("trigger");
        place || (self.changes("password") && told)
    }
}

/// The calls of each registry, in the order of the cases.
async fn calls(bench: &Bench, cases: &[Case]) -> Vec<Vec<String>> {
    let requests = bench.sandbox.requests().await;
    let of = |case: &Case| {
        let id = bench.id(&format!("bahriya_registry.{}", case.handle()));
        let own = requests
            .iter()
            .filter(|one| one.method != "GET" && one.path.contains(&id));
        own.map(|one| {
            format!(
                "{} {}",
                one.method,
                one.path.rsplit('/').next().unwrap_or_default()
            )
        })
        .map(|call| call.replace(&id, "*"))
        .collect()
    };
    cases.iter().map(of).collect()
}

async fn bench_with(dialect: &str, cases: &[Case]) -> Bench {
    let bench = Bench::with(Sandbox::options().dialect(dialect));
    let hcl: String = cases.iter().map(|case| case.hcl(false)).collect();
    bench.terraform.step(&hcl);
    assert_eq!(bench.writes().await.len(), cases.len());
    let hcl: String = cases.iter().map(|case| case.hcl(true)).collect();
    bench.terraform.write("main.tf", &hcl);
    bench
}

#[tokio::test]
async fn metadata_makes_no_version_and_credentials_exactly_one_in_the_rotate_dialect() {
    needs!(WRITE_ONLY);
    let cases = Case::all();
    let bench = bench_with("rotate", &cases).await;
    bench.terraform.apply().succeeds();
    for (case, calls) in cases.iter().zip(calls(&bench, &cases).await) {
        let mut expected = Vec::new();
        if case.metadata() {
            expected.push("PUT *");
        }
        if case.credentials() {
            expected.push("POST rotate");
        }
        assert_eq!(calls, expected, "{}", case.handle());
    }
    bench.terraform.assert_empty_plan();
}

#[tokio::test]
async fn every_change_is_one_whole_write_in_the_put_dialect() {
    needs!(WRITE_ONLY);
    let (refused, cases): (Vec<_>, Vec<_>) =
        Case::all().into_iter().partition(|case| case.unasked());
    let bench = bench_with("put", &refused).await;
    let run = bench.terraform.plan().fails();
    run.finds(&["password_other_than_held"]);
    let bench = bench_with("put", &cases).await;
    let run = bench.terraform.apply().succeeds();
    let mut warned = 0;
    for (case, calls) in cases.iter().zip(calls(&bench, &cases).await) {
        let writes = case.metadata() || case.credentials();
        let expected = if writes { vec!["PUT *"] } else { vec![] };
        assert_eq!(calls, expected, "{}", case.handle());
        warned += usize::from(case.metadata() && !case.credentials());
    }
    // Terraform shows one warning of a kind and counts the rest.
    run.finds(&["may_have_a_version"]);
    assert!(warned > 1);
    bench.terraform.assert_empty_plan();
}
