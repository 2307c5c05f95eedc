use std::sync::{Arc, Mutex};

use super::*;

type Lines = Arc<Mutex<Vec<Vec<u8>>>>;

/// Runs `log` with a layer at `level`, and answers what it wrote.
fn logged(level: LevelFilter, log: impl FnOnce()) -> Vec<Map<String, Value>> {
    let lines = Lines::default();
    let sink = lines.clone();
    let layer = Hclog {
        level,
        module: "x".to_owned(),
        write: move |line: &[u8]| sink.lock().unwrap().push(line.to_vec()),
    };
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, log);
    let lines = std::mem::take(&mut *lines.lock().unwrap());
    lines
        .iter()
        .map(|line| {
            assert!(line.len() < 64 * 1024, "{} bytes", line.len());
            let (end, json) = line.split_last().unwrap();
            assert_eq!(*end, b'\n');
            assert!(!json.contains(&b'\n'));
            serde_json::from_slice(json).unwrap()
        })
        .collect()
}

#[test]
fn a_line_has_the_form_of_hclog() {
    let lines = logged(LevelFilter::TRACE, || {
        tracing::info!(count = 3, ratio = 0.5, ok = true, "two {}", "words");
    });
    let line = &lines[0];
    assert_eq!(line["@level"], "info");
    assert_eq!(line["@message"], "two words");
    assert_eq!(line["@module"], "x.plugin.hclog.tests");
    assert_eq!(line["count"], 3);
    assert_eq!(line["ratio"].to_string(), "0.5");
    assert_eq!(line["ok"], true);
}

#[test]
fn the_timestamp_has_six_digits_even_when_they_are_zero() {
    for (nanoseconds, expected) in [
        (0, "2023-11-14T22:13:20.000000Z"),
        (123_456_789, "2023-11-14T22:13:20.123456Z"),
    ] {
        let then = Timestamp::new(1_700_000_000, nanoseconds).unwrap();
        assert_eq!(timestamp(then), expected);
    }
}

#[test]
fn the_message_is_text_whatever_was_logged() {
    let lines = logged(LevelFilter::TRACE, || {
        tracing::info!(message = 3);
        tracing::info!(only = "a field");
        tracing::info!("@message" = 4, "@level" = false, "text");
    });
    assert_eq!(lines[0]["@message"], "3");
    assert_eq!(lines[1]["@message"], "");
    assert_eq!(lines[2]["@message"], "text");
    assert_eq!(lines[2]["@level"], "info");
}

#[test]
fn fields_of_spans_are_added_at_every_level() {
    let lines = logged(LevelFilter::WARN, || {
        let _call = tracing::info_span!("call", tf_rpc = "Plan", id = 1).entered();
        let _step = tracing::debug_span!("step", id = 2).entered();
        tracing::info!("too quiet");
        tracing::warn!("loud");
    });
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["@message"], "loud");
    assert_eq!(lines[0]["tf_rpc"], "Plan");
    assert_eq!(lines[0]["id"], 2);
}

#[test]
fn every_text_is_scrubbed() {
    crate::secret::register(&crate::secret::Secret::new("hunter2-log"));
    let lines = logged(LevelFilter::TRACE, || {
        let _span = tracing::info_span!("call", a = "hunter2-log", b = ?"hunter2-log").entered();
        tracing::error!(c = %"hunter2-log", "with hunter2-log");
    });
    let line = Value::Object(lines[0].clone()).to_string();
    assert!(!line.contains("hunter2"), "{line}");
    assert_eq!(line.matches("[redacted]").count(), 4, "{line}");
}

#[test]
fn others_are_heard_from_warnings_on() {
    let lines = logged(LevelFilter::TRACE, || {
        tracing::info!(target: "h2::codec", "a body");
        tracing::warn!(target: "h2::codec", "trouble");
        tracing::info!(target: concat!(env!("CARGO_CRATE_NAME"), "_other"), "a namesake");
    });
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["@module"], "h2.codec");
    let quiet = logged(LevelFilter::ERROR, || {
        tracing::warn!(target: "h2::codec", "trouble");
    });
    assert!(quiet.is_empty());
}

#[test]
fn long_values_are_cut_at_a_character() {
    let long = "ä".repeat(100_000);
    let lines = logged(LevelFilter::TRACE, || {
        tracing::info!(long = long.as_str(), short = "kept", "text");
    });
    let cut = lines[0]["long"].as_str().unwrap();
    assert!(cut.starts_with("ää") && cut.ends_with("… (cut)"));
    assert_eq!(lines[0]["short"], "kept");
}

#[test]
fn a_line_stays_bounded_with_many_long_values_that_grow_in_json() {
    let long = "\u{1}".repeat(10_000);
    let lines = logged(LevelFilter::TRACE, || {
        let value = long.as_str();
        tracing::info!(
            a = value,
            b = value,
            c = value,
            d = value,
            e = value,
            f = value,
            "{value}"
        );
    });
    assert_eq!(lines[0]["@level"], "info");
    assert!(lines[0].contains_key("f"));
}

#[test]
fn the_nearest_variable_sets_the_level() {
    let level = |variables: &[(&str, &str)]| {
        level("my-cloud", |name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some(OsString::from(value))
        })
    };
    let (own, all, terraform) = ("TF_LOG_PROVIDER_MY_CLOUD", "TF_LOG_PROVIDER", "TF_LOG");
    assert_eq!(level(&[]), LevelFilter::OFF);
    assert_eq!(level(&[(terraform, "")]), LevelFilter::OFF);
    assert_eq!(level(&[(terraform, "JSON")]), LevelFilter::TRACE);
    assert_eq!(
        level(&[(terraform, "warn"), (all, "info")]),
        LevelFilter::INFO
    );
    assert_eq!(level(&[(all, "info"), (own, "off")]), LevelFilter::OFF);
    assert_eq!(
        level(&[(all, ""), (terraform, "error")]),
        LevelFilter::ERROR
    );
    assert_eq!(level(&[(own, "loud")]), LevelFilter::TRACE);
}
