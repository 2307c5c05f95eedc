//! The timeline of a registry: which version was current when, and which deployments used it.

use jiff::Timestamp;
use maud::{Markup, html};

use super::History;
use crate::store::deployments::Use;
use crate::store::now;
use crate::store::registries::Registry;
use crate::store::turns::Turn;

/// Turns that are drawn, and deployments of one turn; earlier ones are counted.
const TURNS: usize = 12;
const USES: usize = 6;

pub fn timeline(registry: &Registry, history: &History) -> Markup {
    let turns = &history.turns;
    let first = turns.len().saturating_sub(TURNS);
    html! {
        ol.timeline aria-label={ "Versions of " (registry.handle) } {
            @if first > 0 { li.soft { (first) " earlier" } }
            @for (at, turn) in turns.iter().enumerate().skip(first) {
                @let uses: Vec<_> = history.uses.iter().filter(|it| turn_of(turns, it) == Some(at)).collect();
                (bar(registry, history, at, turn, &uses))
            }
        }
    }
}

fn bar(registry: &Registry, history: &History, at: usize, turn: &Turn, uses: &[&Use]) -> Markup {
    let Turn { version, since } = turn;
    let next = history.turns.get(at + 1);
    let again = history.turns[..at]
        .iter()
        .any(|earlier| earlier.version == *version);
    let kept = history.retained.iter().find(|it| it.version == *version);
    let what = match kept {
        Some(kept) => format!(
            "{} at {}, made {}",
            kept.username, kept.server, kept.created
        ),
        None => "not retained any more".into(),
    };
    let news = format!("{}: version {version} is current", registry.handle);
    let hidden = uses.len().saturating_sub(USES);
    html! {
        li.turn.current[next.is_none()].gone[kept.is_none()] data-key={ (registry.id) " " (at) } data-news=(news)
            style={ "flex-grow:" (weight(since, next.map(|next| next.since.as_str()))) } title=(what) {
            div.bar {
                b { "v" (version) } " "
                span { @if again { "again" } @else { "made" } " " (clock(since)) @if next.is_none() { ", current" } }
            }
            @if hidden > 0 { span.soft { (hidden) " earlier, " } }
            @for used in &uses[hidden..] {
                span.use.good[used.succeeded].bad[!used.succeeded] title=(used.created) {
                    @if used.succeeded { "✓ " } @else { "✗ " } (used.container) " no. " (used.number)
                } " "
            }
        }
    }
}

/// The turn in which a deployment took its credentials: it may have ended before the deployment did.
fn turn_of(turns: &[Turn], used: &Use) -> Option<usize> {
    turns
        .iter()
        .rposition(|turn| turn.version == used.version && turn.since <= used.created)
}

/// How wide a turn is drawn. Each doubling of its time adds the same, so that seconds beside days are seen.
fn weight(since: &str, until: Option<&str>) -> u32 {
    let parsed = |text: &str| text.parse::<Timestamp>().unwrap_or_default();
    let until = until.map_or_else(Timestamp::now, parsed);
    let seconds = until.as_second() - parsed(since).as_second();
    4 + seconds.max(1).ilog2()
}

/// The time of day, with the day before it unless it is today.
pub fn clock(at: &str) -> &str {
    match (at.get(..10), at.get(11..19)) {
        (Some(day), Some(time)) if now().starts_with(day) => time,
        _ => at.get(..16).unwrap_or(at),
    }
}
