//! Arguments that are not known when a plan is made: each is judged once it is known.

use support::sandbox::Sandbox;

use crate::bench::{Bench, named_registry, secret};

/// An argument that is not known in the plan: what it was, another value, and one that cannot be with what is said of it.
struct Late {
    argument: &'static str,
    old: &'static str,
    other: &'static str,
    invalid: Option<(&'static str, &'static str)>,
    /// What another value calls, in each dialect.
    calls: [Option<&'static str>; 2],
}

const PUT: Option<&str> = Some("PUT /registries/*");
const ROTATE: Option<&str> = Some("POST /registries/*/rotate");

#[rustfmt::skip]
const LATE: [Late; 12] = [
    Late { argument: "handle", old: "\"handle\"", other: "\"other\"", invalid: Some(("\"A_B\"", "is not a handle")), calls: [None, None] },
    Late { argument: "name", old: "\"GitHub\"", other: "\"Other\"", invalid: Some(("\"\"", "Invalid name")), calls: [PUT, PUT] },
    Late { argument: "server", old: "\"ghcr.io\"", other: "\"quay.io\"", invalid: Some(("\"https://ghcr.io/\"", "Suspicious server")), calls: [ROTATE, PUT] },
    Late { argument: "username", old: "\"bot\"", other: "\"robot\"", invalid: Some(("\"bot:x\"", "Suspicious username")), calls: [ROTATE, PUT] },
    Late { argument: "password", old: "\"one\"", other: "\"two\"", invalid: Some(("\"two\\n\"", "Suspicious password")), calls: [ROTATE, PUT] },
    Late { argument: "password_wo", old: "\"one\"", other: "\"two\"", invalid: None, calls: [None, None] },
    Late { argument: "password_wo_version", old: "\"1\"", other: "\"2\"", invalid: None, calls: [None, None] },
    Late { argument: "active_version", old: "2", other: "1", invalid: Some(("7", "Version 7 is not retained")), calls: [Some("POST /registries/*/versions/1/activate"), None] },
    Late { argument: "on_drift", old: "\"warn\"", other: "\"restore\"", invalid: Some(("\"never\"", "Invalid on_drift")), calls: [None, None] },
    Late { argument: "verify", old: "\"off\"", other: "\"warn\"", invalid: Some(("\"never\"", "Invalid verify")), calls: [None, None] },
    Late { argument: "maxversions", old: "5", other: "4", invalid: Some(("0", "Invalid maxversions")), calls: [PUT, PUT] },
    Late { argument: "timeouts", old: "{ read = \"3m\" }", other: "{ read = \"4m\" }", invalid: Some(("{ read = \"soon\" }", "Invalid timeouts.read")), calls: [None, None] },
];

/// One registry for each of these arguments, which is the value that a resource will have.
fn late(rows: &[&Late], value: fn(&Late) -> &'static str) -> String {
    let values = rows
        .iter()
        .map(|row| format!("    {} = {}\n", row.argument, value(row)));
    let mut hcl = format!(
        "resource \"terraform_data\" \"late\" {{\n  input = {{\n{}  }}\n}}\n",
        values.collect::<String>()
    );
    for row in rows {
        let output = format!(
            "{} = terraform_data.late.output.{}\n",
            row.argument, row.argument
        );
        hcl += &early(row).replacen(&format!("{} = {}\n", row.argument, row.old), &output, 1);
    }
    hcl
}

/// The same with what is known, and two versions.
fn early(row: &Late) -> String {
    let handle = row.argument.replace('_', "-");
    let lines = match row.argument {
        "password" => "password = \"one\"".to_owned(),
        argument @ ("active_version" | "on_drift" | "verify" | "maxversions" | "timeouts") => {
            format!("{}; {argument} = {}", secret("one", "1"), row.old)
        }
        _ => secret("one", "1"),
    };
    named_registry(&handle, &handle, &lines)
}

#[tokio::test]
async fn what_is_not_known_yet_is_judged_when_it_is() {
    needs!(WRITE_ONLY);
    for (number, dialect) in ["rotate", "put"].into_iter().enumerate() {
        let bench = Bench::with(Sandbox::options().dialect(dialect));
        let pins = |row: &&Late| dialect == "rotate" || row.argument != "active_version";
        let rows: Vec<_> = LATE.iter().filter(pins).collect();
        let first: String = rows.iter().map(|row| early(row)).collect();
        // Two versions, and a pin only once there are.
        let unpinned = first.replace("active_version = 2\n", "\n");
        let zero = unpinned
            .replace("\"one\"", "\"zero\"")
            .replace("\"1\"", "\"0\"");
        for hcl in [&zero, &unpinned, &first] {
            bench.terraform.step(hcl);
        }
        bench.writes().await;
        let before = bench.terraform.state()["resources"].clone();

        bench.terraform.step(&late(&rows, |row| row.old));
        assert_eq!(bench.writes().await, [""; 0], "{dialect}: the same");

        let invalid = late(&rows, |row| row.invalid.map_or(row.old, |(value, _)| value));
        bench.terraform.write("main.tf", &invalid);
        let words: Vec<_> = rows.iter().filter_map(|row| Some(row.invalid?.1)).collect();
        bench.terraform.apply().fails().says(&words);
        assert_eq!(bench.writes().await, [""; 0], "{dialect}: invalid");
        assert_eq!(before.as_array().map(Vec::len), Some(rows.len()));

        bench
            .terraform
            .write("main.tf", &late(&rows, |row| row.other));
        bench
            .terraform
            .apply()
            .fails()
            .says(&["inconsistent final plan", "plan again"]);
        let mut made = bench.writes().await;
        let mut called: Vec<_> = rows.iter().filter_map(|row| row.calls[number]).collect();
        made.sort();
        called.sort_unstable();
        assert_eq!(made, called, "{dialect}: another");
        for row in rows.iter().filter(|row| row.argument != "handle") {
            let handle = row.argument.replace('_', "-");
            let address = format!("bahriya_registry.{handle}");
            assert_eq!(bench.terraform.attributes(&address)["handle"], handle);
        }
    }
}
