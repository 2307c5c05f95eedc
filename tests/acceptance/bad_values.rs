//! Arguments that cannot be meant: refused before anything is called.

use crate::bench::{Bench, named_registry, registry};

const MASK: &str = "value-hidden-for-your-own-good";

#[tokio::test]
async fn impossible_arguments_are_errors_of_validate() {
    needs!(WRITE_ONLY);
    let bench = Bench::new();
    let cases = [
        ("Ghcr_1", "password = \"p\"", "\"Ghcr_1\" is not a handle"),
        ("-edge", "password = \"p\"", "\"-edge\" is not a handle"),
        (
            "two",
            "password = \"p\"; password_wo = \"p\"",
            "Both password and password_wo are set",
        ),
        (
            "mask",
            &format!("password = \"{MASK}\""),
            "not a password. Set the real one",
        ),
        (
            "mask-wo",
            &format!("password_wo = \"{MASK}\""),
            "leave the password out",
        ),
        ("empty", "password = \"\"", "Invalid password: empty"),
        (
            "verify",
            "password = \"p\"; verify = \"maybe\"",
            "\"maybe\"",
        ),
        (
            "drift",
            "password = \"p\"; on_drift = \"panic\"",
            "\"panic\"",
        ),
        (
            "short",
            "password = \"p\"; timeouts = { read = \"10ms\" }",
            "between one second and a day",
        ),
        (
            "unit",
            "password = \"p\"; timeouts = { create = \"soon\" }",
            "such as \"90s\", \"5m\"",
        ),
        (
            "none",
            "password = \"p\"; maxversions = 0",
            "whole number, 1 or more",
        ),
        (
            "pin",
            "password = \"p\"; active_version = 1.5",
            "whole number",
        ),
        (
            &"a".repeat(64),
            "password = \"p\"",
            "It has 64 characters. A handle has 63 at most",
        ),
    ];
    let attachment = |name: &str, project: &str, handle: &str| {
        format!(
            "resource \"bahriya_project_registry_attachment\" \"{name}\" {{\n  project_id = \"{project}\"\n  handle = \"{handle}\"\n}}\n"
        )
    };
    let mut hcl = attachment("by-handle", "shop", "ghcr");
    hcl += &attachment("empty", "00000000-0000-4000-8000-000000000000", "");
    hcl +=
        &named_registry("nameless", "nameless", "password = \"p\"").replace("\"GitHub\"", "\"\"");
    hcl += &named_registry("nobody", "nobody", "password = \"p\"").replace("\"bot\"", "\" \"");
    for (n, (handle, lines, _)) in cases.iter().enumerate() {
        hcl += &named_registry(&format!("case{n}"), handle, lines);
    }
    bench.terraform.write("main.tf", &hcl);
    let run = bench.terraform.run(&["validate"]).fails();
    let run = run.says(&[
        "\"shop\" is not a UUID. Use the id",
        "Invalid handle: empty",
        "the API takes no empty text",
        "It consists of blanks alone",
    ]);
    run.says(&cases.map(|(_, _, words)| words))
        .says(&["`warn`", "`restore`"].map(|word| word.trim_matches('`')));
    assert_eq!(bench.sandbox.requests().await, []);
}

#[tokio::test]
async fn doubtful_arguments_are_errors_while_they_are_new() {
    let bench = Bench::new();
    let with = |name: &str, from: &str, to: &str| {
        named_registry(name, name, "password = \"p\"").replace(from, to)
    };
    let hcl = [
        with("scheme", "\"ghcr.io\"", "\"https://ghcr.io/\""),
        with("path", "\"ghcr.io\"", "\"ghcr.io/acme\""),
        with("colon", "\"bot\"", "\"bot:secret\""),
        with("newline", "\"p\"", "\"p\\n\""),
        with("user-line", "\"bot\"", "\"bot\\n\""),
        with("user-mark", "\"bot\"", "\"\\ufeffbot\""),
        named_registry("nothing", "nothing", ""),
        named_registry("pinned", "pinned", "password = \"p\"; active_version = 2"),
    ];
    bench.terraform.write("main.tf", &hcl.concat());
    bench.terraform.plan().fails().says(&[
        "Suspicious server",
        "ghcr.io",
        "Suspicious username",
        "Suspicious password",
        "trimspace",
        "The username ends in a newline",
        "byte order mark",
        "A new registry needs credentials",
        "Version 2 does not exist yet",
    ]);
    assert_eq!(bench.sandbox.requests().await, []);
}

#[tokio::test]
async fn what_the_api_refuses_is_told_in_its_words() {
    let bench = Bench::new();
    let hcl = registry("password = \"p\"; maxversions = 100000");
    bench.terraform.write("main.tf", &hcl);
    bench.terraform.apply().fails().says(&[
        "Failed to create registry \"ghcr\"",
        "400",
        "maxversions",
    ]);
    let absent = "resource \"bahriya_project_registry_attachment\" \"a\" {\n  \
        project_id = \"00000000-0000-4000-8000-000000000000\"\n  handle = \"absent\"\n}\n";
    bench.terraform.write("main.tf", absent);
    bench.terraform.apply().fails().says(&[
        "Failed to create attachment",
        "404",
        "Check the identifier",
    ]);
    let summary = bench.sandbox.summary().await;
    assert_eq!(
        (&summary["registries"], &summary["attachments"]),
        (&0.into(), &0.into())
    );
}

#[tokio::test]
async fn identifiers_in_capitals_mean_the_same() {
    let bench = Bench::new();
    let project = bench.sandbox.create_project("shop", &["helsinki-1"]).await;
    let hcl = |project: &str| {
        format!(
            "{}resource \"bahriya_project_registry_attachment\" \"ghcr\" {{\n  project_id = \"{project}\"\n  \
             handle = bahriya_registry.ghcr.handle\n}}\ndata \"bahriya_project\" \"shop\" {{\n  id = \"{project}\"\n}}\n",
            registry("password = \"p\"")
        )
    };
    bench.terraform.step(&hcl(&project.to_uppercase()));
    bench.writes().await;
    bench.terraform.step(&hcl(&project));
    assert_eq!(bench.writes().await, [""; 0], "nothing is replaced");

    let id = bench.id("bahriya_registry.ghcr").to_uppercase();
    let link = format!("{}:ghcr", project.to_uppercase());
    for (address, id) in [
        ("bahriya_registry.ghcr", &id),
        ("bahriya_project_registry_attachment.ghcr", &link),
    ] {
        bench.terraform.run(&["state", "rm", address]).succeeds();
        bench.terraform.import(address, id).succeeds();
    }
    assert_eq!(bench.writes().await, [""; 0]);
}
