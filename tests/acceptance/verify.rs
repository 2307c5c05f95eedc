//! The credential check, through Terraform, against a real image registry.

use support::registry_server::RegistryServer;

use crate::bench::Bench;

/// A registry at this server, user `bot`, with this password and these further lines.
fn hcl(server: &str, password: &str, lines: &str) -> String {
    format!(
        "resource \"bahriya_registry\" \"own\" {{\n  handle = \"own\"\n  name = \"Own\"\n  server = \"{server}\"\n  \
         username = \"bot\"\n  password = \"{password}\"\n  {lines}\n}}\n"
    )
}

#[tokio::test]
async fn wrong_credentials_never_reach_the_api() {
    let server = RegistryServer::start("bot", "right-one");
    let bench = Bench::new();
    let strict = |password: &str| hcl(&server.address, password, "verify = \"error\"");

    bench.terraform.write("main.tf", &strict("wrong-one"));
    let refused = format!("{} refuses the credentials", server.address);
    let run = bench.terraform.apply().fails();
    run.says(&[&refused, "Nothing was stored"])
        .keeps_silent_about(&["wrong-one"]);
    assert_eq!(bench.writes().await, [""; 0]);

    bench.terraform.step(&strict("right-one"));
    assert_eq!(bench.writes().await, ["POST /registries"]);

    bench.terraform.write("main.tf", &strict("wrong-two"));
    bench.terraform.apply().fails().says(&[&refused]);
    assert_eq!(bench.writes().await, [""; 0]);
    assert_eq!(
        bench.terraform.attributes("bahriya_registry.own")["password"],
        "right-one"
    );

    server.set_user("bot", "right-two");
    bench.terraform.step(&strict("right-two"));
    assert_eq!(bench.writes().await, ["POST /registries/*/rotate"]);
}

#[tokio::test]
async fn a_warning_does_not_stop_an_apply() {
    let server = RegistryServer::start("bot", "right-one");
    let bench = Bench::new();
    let hcl = hcl(&server.address, "wrong-one", "verify = \"warn\"");
    let run = bench.terraform.step(&hcl);
    run.says(&["refuses the credentials", "stored anyway"]);

    // The next rotation is tried again, and by now the server has gone.
    let gone = server.address.clone();
    drop(server);
    let run = bench.terraform.step(&hcl.replace("wrong-one", "wrong-two"));
    run.says(&[&format!("{gone} could not be asked")]);
}

#[tokio::test]
async fn the_extra_trust_anchors_count_for_the_check_too() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = |name: &str, content: String| {
        let path = directory.path().join(name);
        std::fs::write(&path, content).expect("the directory can be written to");
        path
    };
    let own = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
    let certificate = file("certificate.pem", own.cert.pem());
    let key = file("key.pem", own.signing_key.serialize_pem());
    let server = RegistryServer::start_tls("bot", "right-one", &certificate, &key);
    let mut bench = Bench::new();
    let hcl = hcl(&server.address, "right-one", "verify = \"error\"");

    let run = bench.terraform.step(&hcl);
    run.says(&["ca_certificate_file", "stored anyway"]);

    let path = certificate.display().to_string();
    bench.terraform.set("BAHRIYA_CA_CERTIFICATE_FILE", &path);
    bench
        .terraform
        .write("main.tf", &hcl.replace("right-one", "wrong-one"));
    bench
        .terraform
        .apply()
        .fails()
        .says(&["refuses the credentials"]);
    server.set_user("bot", "right-two");
    let run = bench.terraform.step(&hcl.replace("right-one", "right-two"));
    run.keeps_silent_about(&["could not be asked", "refuses"]);
}

#[tokio::test]
async fn what_was_not_stored_is_not_said_to_be() {
    let server = RegistryServer::start("bot", "right-one");
    let bench = Bench::new();
    let refuse = serde_json::json!({"method": "POST", "path": "/**", "times": 1, "fault": {"kind": "status", "status": 500}});
    bench.sandbox.fault(refuse).await;
    let hcl = hcl(&server.address, "wrong-one", "verify = \"warn\"");
    bench.terraform.write("main.tf", &hcl);
    let run = bench.terraform.apply().fails();
    run.says(&["Failed to create"])
        .keeps_silent_about(&["stored anyway"]);
}

/// The check takes a share of the time, so that enough is left for what it is made for.
#[tokio::test]
async fn a_silent_server_leaves_time_to_store() {
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let silent = silent.expect("a port");
    let address = silent.local_addr().expect("an address").to_string();
    let bench = Bench::new();
    let lines = "verify = \"warn\"\n  timeouts = { create = \"10s\", update = \"10s\" }";
    for password in ["one", "two"] {
        let run = bench.terraform.step(&hcl(&address, password, lines));
        run.finds(&["verify_unreachable"]);
    }
    assert_eq!(
        bench.writes().await,
        ["POST /registries", "POST /registries/*/rotate"]
    );
}
