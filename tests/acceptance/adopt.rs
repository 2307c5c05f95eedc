//! Credentials of imported registries: adopted without a write where that is possible.

use crate::bench::{Bench, registry, secret};

async fn importable(lines: &str) -> Bench {
    let bench = Bench::new();
    bench.sandbox.registry("ghcr", "one").await;
    bench.writes().await;
    let hcl = registry(lines).replace("GitHub", "ghcr");
    let block = "import {\n  to = bahriya_registry.ghcr\n  id = \"ghcr\"\n}\n";
    bench.terraform.write("main.tf", &(hcl + block));
    bench
}

#[tokio::test]
async fn without_a_trigger_nothing_is_written() {
    needs!(WRITE_ONLY);
    for lines in ["", "password_wo = \"one\"", "password_wo = \"another\""] {
        let bench = importable(lines).await;
        bench
            .terraform
            .apply()
            .succeeds()
            .says(&["1 imported, 0 added, 0 changed"]);
        bench
            .terraform
            .assert_empty_plan()
            .keeps_silent_about(&["new version"]);
        assert_eq!(bench.writes().await, [""; 0], "{lines}");
        bench.terraform.step(&registry(lines));
        assert_eq!(
            bench.writes().await,
            ["PUT /registries/*"],
            "a rename, with {lines:?}"
        );
        assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
    }
}

#[tokio::test]
async fn with_a_password_or_a_trigger_the_plan_warns_of_the_write() {
    needs!(WRITE_ONLY);
    for lines in ["password = \"one\"", &secret("one", "1")] {
        let bench = importable(lines).await;
        bench
            .terraform
            .apply()
            .succeeds()
            .finds(&["rotates_after_import"])
            .says(&[
                "leave both password and password_wo_version out",
                "1 imported, 0 added, 1 changed",
            ]);
        bench
            .terraform
            .assert_empty_plan()
            .keeps_silent_about(&["new version"]);
        assert_eq!(
            bench.writes().await,
            ["POST /registries/*/rotate"],
            "{lines}"
        );
        assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
    }
}

#[tokio::test]
async fn an_adopted_registry_rotates_and_rolls_back_to_what_it_had() {
    needs!(WRITE_ONLY);
    let bench = importable("password_wo = \"one\"").await;
    bench.terraform.apply().succeeds();
    let hcl = |lines: &str| registry(lines).replace("GitHub", "ghcr");
    bench.terraform.step(&hcl(&secret("two", "1")));
    bench
        .terraform
        .step(&hcl(&format!("{}; active_version = 1", secret("two", "1"))));
    assert_eq!(
        bench.writes().await,
        [
            "POST /registries/*/rotate",
            "POST /registries/*/versions/1/activate"
        ]
    );
    assert!(bench.sandbox.current_is("ghcr", "bot", "one").await);
}
