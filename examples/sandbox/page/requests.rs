//! The requests on the page, newest first.

use std::collections::HashMap;

use maud::{Markup, html};
use serde::{Deserialize, Serialize};

use super::tables::{Row, number, table, text};
use super::timeline::clock;
use crate::request_log::Entry;

/// Requests shown of the chosen kind.
const SHOWN: usize = 100;

/// The requests that a reader wants to see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    #[default]
    All,
    Reads,
    Writes,
    Failed,
}

impl Kind {
    const EACH: [(Self, &'static str); 4] = [
        (Self::All, "all"),
        (Self::Reads, "reads"),
        (Self::Writes, "writes"),
        (Self::Failed, "failed"),
    ];

    fn includes(self, entry: &Entry) -> bool {
        match self {
            Self::All => true,
            Self::Reads => entry.method == "GET",
            Self::Writes => entry.method != "GET",
            Self::Failed => !(200..400).contains(&entry.status),
        }
    }
}

pub fn section(entries: &[Entry], kind: Kind, handles: &HashMap<String, String>) -> Markup {
    let columns = [
        text("Time"),
        text("Method"),
        text("Path"),
        number("Status"),
        number("ms"),
    ];
    let count = |kind: Kind| entries.iter().filter(|entry| kind.includes(entry)).count();
    let newest = entries.iter().enumerate().rev();
    let rows = newest
        .filter(|(_, entry)| kind.includes(entry))
        .take(SHOWN)
        .map(|(at, entry)| Row {
            key: at.to_string(),
            cells: [
                html! { (clock(&entry.at)) },
                html! { (entry.method) },
                path(&entry.path, handles),
                status(entry),
                html! { (entry.ms) },
            ],
            below: None,
        });
    html! {
        section #requests {
            h2 { "Requests" }
            nav.kinds {
                @for (each, name) in Kind::EACH {
                    a href={ "?requests=" (name) "#requests" } aria-current=[(each == kind).then_some("true")] {
                        (name) " " small id={ "requests-" (name) } data-live { (count(each)) }
                    }
                }
            }
            div #requests-table .card.scroll.requests data-live { (table(&columns, rows)) }
        }
    }
}

fn status(entry: &Entry) -> Markup {
    let failed = Kind::Failed.includes(entry);
    html! {
        span.good[!failed].bad[failed] {
            @if entry.status == 0 { "no answer" } @else { (entry.status) }
        }
    }
}

/// A path with handles in place of identifiers, and without the organisation that nearly all are in.
fn path(path: &str, handles: &HashMap<String, String>) -> Markup {
    let parts: Vec<_> = path
        .split('/')
        .skip(1)
        .map(|part| (part, handles.get(part)))
        .collect();
    let below = match parts.as_slice() {
        [("organisations", _), (_, Some(handle)), below @ ..] if *handle == "acme" => below,
        all => all,
    };
    html! {
        code title=(path) {
            @for (part, handle) in below {
                "/" wbr;
                @if let Some(handle) = handle { b { (handle) } } @else { (part) }
            }
        }
    }
}
