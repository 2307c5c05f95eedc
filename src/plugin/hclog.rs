//! Logs as Terraform reads them: one JSON object per line on stderr, in the form of hclog.
//!
//! Terraform crashes on a line whose `@message` is not a string, and takes a line apart wrongly when it
//! has more than 64 KiB or its `@timestamp` another form than here.

use std::ffi::OsString;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

use super::About;
use super::hclog_fields::LoggedFields;
use super::stderr;

/// The crate whose own events are logged at the level asked for. Those of others could print what they
/// transport, so they are logged from `WARN` on only.
const OURS: &str = env!("CARGO_CRATE_NAME");
/// The longest line, in bytes.
const LONGEST_LINE: usize = 48 * 1024;
/// The longest text of one value, in bytes. Longer ones are cut.
const LONGEST_VALUE: usize = 8 * 1024;
/// The same where the line would be too long. An event has 32 fields at most, and JSON makes six bytes of one at most.
const SHORT_VALUE: usize = 128;

/// Starts logging at the level the environment asks for. Where it asks for none nothing is installed,
/// so that events cost nothing.
pub fn init(about: &About, get: impl Fn(&str) -> Option<OsString>) {
    let provider = about.address.rsplit('/').next().unwrap_or_default();
    let level = level(provider, get);
    if level == LevelFilter::OFF {
        return;
    }
    let layer = Hclog {
        level,
        module: provider.to_owned(),
        write: stderr::write,
    };
    let subscriber = tracing_subscriber::registry().with(layer);
    // Fails only where a program that embeds us logs by itself already.
    let _ = tracing::subscriber::set_global_default(subscriber);
}

/// The level set for this provider, for all providers, or for everything. As Terraform does, a word
/// that is no level is taken for the most detailed one.
fn level(provider: &str, get: impl Fn(&str) -> Option<OsString>) -> LevelFilter {
    let own = format!(
        "TF_LOG_PROVIDER_{}",
        provider.to_uppercase().replace('-', "_")
    );
    let asked = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| get(name).filter(|value| !value.is_empty()));
    let Some(asked) = asked else {
        return LevelFilter::OFF;
    };
    match asked.to_string_lossy().to_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

struct Hclog<W> {
    level: LevelFilter,
    /// The first part of `@module`, in place of the name of our crate.
    module: String,
    write: W,
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: Fn(&[u8]) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        match within_ours(metadata.target()) {
            // Our spans are kept at every level: their fields say which call an event belongs to.
            Some(_) => metadata.is_span() || *metadata.level() <= self.level,
            None => *metadata.level() <= self.level.min(LevelFilter::WARN),
        }
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = LoggedFields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut line = Map::new();
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(fields) = span.extensions().get::<LoggedFields>() {
                // From the innermost span outwards: what is nearer to the event is kept.
                fields.copy_missing_to(&mut line);
            }
        }
        let mut fields = LoggedFields::default();
        event.record(&mut fields);
        let message = fields.take_message();
        line.extend(fields.0);
        let metadata = event.metadata();
        let level = metadata.level().as_str().to_ascii_lowercase();
        line.insert("@level".to_owned(), level.into());
        line.insert("@message".to_owned(), message.into());
        line.insert("@module".to_owned(), self.module(metadata.target()).into());
        line.insert("@timestamp".to_owned(), timestamp(Timestamp::now()).into());
        (self.write)(&bounded(line));
    }
}

impl<W> Hclog<W> {
    fn module(&self, target: &str) -> String {
        match within_ours(target) {
            Some(path) => format!("{}{}", self.module, path.replace("::", ".")),
            None => target.replace("::", "."),
        }
    }
}

/// The rest of a target below our crate: empty, or from `::` on.
fn within_ours(target: &str) -> Option<&str> {
    let rest = target.strip_prefix(OURS)?;
    (rest.is_empty() || rest.starts_with("::")).then_some(rest)
}

/// Exactly six digits of a second, and `Z`.
fn timestamp(now: Timestamp) -> String {
    format!("{now:.6}")
}

/// The line, with its end, and not too long.
fn bounded(mut line: Map<String, Value>) -> Vec<u8> {
    let mut written = |longest| {
        for value in line.values_mut() {
            if let Value::String(text) = value {
                shorten(text, longest);
            }
        }
        // Text and numbers always serialise.
        serde_json::to_vec(&line).unwrap_or_default()
    };
    let mut bytes = written(LONGEST_VALUE);
    if bytes.len() > LONGEST_LINE {
        bytes = written(SHORT_VALUE);
    }
    bytes.push(b'\n');
    bytes
}

/// Cuts text that has more than `longest` bytes, at a character, and says so.
fn shorten(text: &mut String, longest: usize) {
    const CUT: &str = "… (cut)";
    if text.len() > longest {
        text.truncate(text.floor_char_boundary(longest - CUT.len()));
        text.push_str(CUT);
    }
}

#[cfg(test)]
#[path = "hclog_tests.rs"]
mod tests;
