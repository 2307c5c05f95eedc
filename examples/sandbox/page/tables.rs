//! The tables of the page.

use maud::{Markup, html};

use super::View;
use super::timeline::{clock, timeline};
use crate::store::cost;
use crate::store::deployments::Deployment;
use crate::store::projects::Project;

/// A column's title, and the class of its heading and cells alike.
pub struct Column(&'static str, &'static str);

pub const fn text(title: &'static str) -> Column {
    Column(title, "")
}

pub const fn number(title: &'static str) -> Column {
    Column(title, "number")
}

/// One row: its key, a cell for each column, and what stands below them in the whole width.
pub struct Row<const N: usize> {
    pub key: String,
    pub cells: [Markup; N],
    pub below: Option<Markup>,
}

/// A table, or a word that there is nothing yet.
pub fn table<const N: usize>(
    columns: &[Column; N],
    rows: impl IntoIterator<Item = Row<N>>,
) -> Markup {
    let mut rows = rows.into_iter().peekable();
    html! {
        @if rows.peek().is_none() { div.empty { "None yet." } }
        @else {
            table {
                thead { tr { @for Column(title, class) in columns { th class=(class) { (title) } } } }
                @for row in rows {
                    tbody data-key=(row.key) {
                        tr {
                            @for (Column(title, class), cell) in columns.iter().zip(&row.cells) {
                                td class=(class) data-title=(title) { div { (cell) } }
                            }
                        }
                        @if let Some(below) = &row.below { tr.below { td colspan=(N) { (below) } } }
                    }
                }
            }
        }
    }
}

/// A section with a table. What stands after it tells of what is no more.
fn section<const N: usize>(
    title: &str,
    columns: &[Column; N],
    rows: impl ExactSizeIterator<Item = Row<N>>,
    (label, gone): (&str, &[String]),
) -> Markup {
    let id = title.to_lowercase();
    html! {
        section id=(id) {
            h2 { (title) " " small id={ (id) "-count" } data-live { (rows.len()) } }
            div.card.scroll id={ (id) "-table" } data-live { (table(columns, rows)) }
            p.soft id={ (id) "-gone" } data-live {
                @if !gone.is_empty() { (label) ": " @for handle in gone { span.chip { s { (handle) } } " " } }
            }
        }
    }
}

pub fn registries(view: &View) -> Markup {
    let columns = [
        text("Handle"),
        text("Server"),
        text("Username"),
        text("Attached to"),
        number("Keeps"),
        number("Monthly"),
    ];
    let rows = view.registries.iter().map(|(registry, cost, history)| Row {
        key: registry.id.clone(),
        cells: [
            named(&registry.handle, &registry.name),
            html! { code { (breakable(&registry.server)) } },
            html! { code { (breakable(&registry.username)) } },
            chips(registry.projects.iter().map(|(_, handle)| handle)),
            html! { (registry.maxversions) },
            html! { "$" (cost::dollars(cost.cents())) },
        ],
        below: Some(timeline(registry, history)),
    });
    let gone = ("Spent handles", view.spent.as_slice());
    section("Registries", &columns, rows, gone)
}

pub fn projects(view: &View) -> Markup {
    let columns = [text("Handle"), text("Regions"), text("Registries")];
    let attached = |project: &Project| {
        let id = project.id.clone();
        let attached = move |(projects, _): &(String, String)| *projects == id;
        let registries = view.registries.iter().map(|(registry, ..)| registry);
        registries
            .filter(move |registry| registry.projects.iter().any(&attached))
            .map(|registry| &registry.handle)
    };
    let rows = view.projects.iter().map(|project| Row {
        key: project.id.clone(),
        cells: [
            named(&project.handle, &project.name),
            chips(&project.regions),
            chips(attached(project)),
        ],
        below: None,
    });
    section("Projects", &columns, rows, ("", &[]))
}

pub fn containers(view: &View) -> Markup {
    let columns = [
        text("Handle"),
        text("Image"),
        text("Registry"),
        text("Status"),
        text("Last deployment"),
    ];
    let rows = view.containers.iter().map(|(container, last)| {
        let status = container.status(last.as_ref());
        let class = match status {
            "running" => "good",
            "failed" => "bad",
            _ => "",
        };
        Row {
            key: container.id.clone(),
            cells: [
                named(&container.handle, &format!("in\u{a0}{}", container.project_handle)),
                html! { code { (breakable(&container.image)) } },
                html! {
                    @if let Some(registry) = &container.registry { (chips([registry])) }
                    @else { span.soft { "public" } }
                },
                html! { span class=(class) { (status) } },
                html! { @if let Some(last) = last { (deployment(last)) } @else { span.soft { "none" } } },
            ],
            below: None,
        }
    });
    let gone = ("Terminated", view.terminated.as_slice());
    section("Containers", &columns, rows, gone)
}

fn deployment(last: &Deployment) -> Markup {
    html! {
        "no. " (last.number) " " span.soft { (clock(&last.created)) }
        @for pull in &last.pulls {
            div.good[pull.succeeded].bad[!pull.succeeded] {
                (pull.region)
                @if let Some(version) = pull.version { " with v" (version) }
                ": "
                @if pull.succeeded { "pulled " code title=(pull.message) { (pull.message.chars().take(15).collect::<String>()) "…" } }
                @else { (breakable(&pull.message)) }
            }
        }
    }
}

/// A handle, and below it what it is called.
fn named(handle: &str, name: &str) -> Markup {
    html! { b { (breakable(handle)) } @if name != handle { div.soft { (name) } } }
}

fn chips<'a>(texts: impl IntoIterator<Item = &'a String>) -> Markup {
    let mut texts = texts.into_iter().peekable();
    html! {
        @if texts.peek().is_none() { span.soft { "none" } }
        @for text in texts { span.chip { (text) } " " }
    }
}

/// Text that may be broken after its punctuation, but not before a digit, and inside a word only where even a
/// word is too long.
pub fn breakable(text: &str) -> Markup {
    let mut rest = text.chars().peekable();
    html! {
        @while let Some(letter) = rest.next() {
            (letter)
            @if "./:@_".contains(letter) && !rest.peek().is_some_and(char::is_ascii_digit) { wbr; }
        }
    }
}
