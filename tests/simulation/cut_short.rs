//! Cancellation and death at every point at which an operation waits: it is cut short at the first, at the second, and
//! so on to the last, and each time everything has to hold as in any story.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use support::memory_api::{Acts, Call, Dialect, Fate, MemoryApi, Rule, Says, Shape};
use tokio::time::sleep;
use tracing::span::Id;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

use crate::invariants::{self, Ending};
use crate::story::told;
use crate::table::{WRITES, Write};
use crate::terraform::{Blow, Terraform};
use crate::wanted::HANDLE;

/// An operation, and what befalls it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    write: Write,
    dialect: Dialect,
    shown: bool,
    /// The answer is lost, and the write acts while it is looked for.
    lost: bool,
    blow: Blow,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            write,
            dialect,
            shown,
            lost,
            blow,
        } = self;
        let shown = if *shown { "Shown" } else { "Withheld" };
        let answer = if *lost { "Lost" } else { "Truth" };
        write!(f, "{write:?}/{dialect:?}/{shown}/{answer}/{blow:?}")
    }
}

/// Every operation with every blow.
pub fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for write in WRITES {
        for dialect in [Dialect::Rotate, Dialect::Put] {
            let only_in = match write {
                Write::Activate => Some(Dialect::Rotate),
                Write::Both => Some(Dialect::Put),
                _ => None,
            };
            if only_in.is_some_and(|only| only != dialect) {
                continue;
            }
            for shown in [true, false] {
                for lost in [false, true] {
                    for blow in [Blow::CtrlC, Blow::Death, Blow::Desertion] {
                        all.push(Operation {
                            write,
                            dialect,
                            shown,
                            lost,
                            blow,
                        });
                    }
                }
            }
        }
    }
    all
}

/// Sees each poll of the provider's work, whose span is entered for it, and strikes at one of them: what begins to wait
/// there, waits for ever or is told to stop.
#[derive(Clone, Default)]
pub struct Polls(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    polls: usize,
    at: usize,
    strike: Option<Box<dyn FnOnce() + Send>>,
}

impl Polls {
    /// Strikes at a poll from now on.
    pub fn strike(&self, at: usize, strike: impl FnOnce() + Send + 'static) {
        let strike = Some(Box::new(strike) as Box<_>);
        *self.seen() = Seen {
            polls: 0,
            at,
            strike,
        };
    }

    fn has_struck(&self) -> bool {
        self.seen().strike.is_none()
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Layer<S> for Polls {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.is_span()
    }

    fn on_enter(&self, _: &Id, _: Context<'_, S>) {
        let strike = {
            let mut seen = self.seen();
            seen.polls += 1;
            if seen.polls == seen.at {
                seen.strike.take()
            } else {
                None
            }
        };
        if let Some(strike) = strike {
            strike();
        }
    }
}

impl Operation {
    /// Cuts it short at every point. Answers how many there are, and the last ending.
    pub fn play(&self) -> Result<(usize, Ending), String> {
        let polls = Polls::default();
        let subscriber = tracing_subscriber::registry().with(polls.clone());
        let _quiet = tracing::subscriber::set_default(subscriber);
        let shape = Shape {
            dialect: self.dialect,
            versions_shown: self.shown,
            ..Shape::default()
        };
        let mut point = 0;
        loop {
            point += 1;
            let told = told(1, shape, async |api| self.unfold(api, &polls, point).await);
            let ending = told.map_err(|why| format!("{why}\ncut short at point {point}"))?;
            if !polls.has_struck() {
                return Ok((point - 1, ending));
            }
        }
    }

    async fn unfold(&self, api: MemoryApi, polls: &Polls, point: usize) -> Ending {
        let project = api.look(|state| state.projects[0].id.clone());
        let mut terraform = Terraform::new(api.clone()).await;
        let wanted = self.write.begin(&mut terraform, &project).await;
        if self.lost {
            let late = Acts::After(Duration::from_secs(3));
            api.rule(Rule::next(
                self.write.call(self.dialect),
                Fate::new(late, Says::Cut),
            ));
        }
        let run = terraform
            .cut_short(&wanted.blocks(&project), polls, point, self.blow)
            .await;
        // A provider that was deserted finishes what it has begun.
        sleep(Duration::from_secs(3600)).await;
        api.calm();
        invariants::after_a_run(&terraform, &run);
        let ending = invariants::in_the_end(&mut terraform, &wanted, &project).await;
        self.ends_well(&api, &ending);
        ending
    }

    /// Where no answer is lost, whoever is told to stop finishes what was begun. A death leaves a creation that asks for an
    /// import, or credentials whose PUT, made once more, changes nothing that would tell whose they are.
    fn ends_well(&self, api: &MemoryApi, ending: &Ending) {
        let told_to_stop = self.blow == Blow::CtrlC;
        let in_doubt = self.write == Write::Create || self.write.call(self.dialect) == Call::Put;
        if !self.lost && (told_to_stop || !in_doubt) {
            assert!(
                ending.says.is_empty(),
                "it warns of nothing: {:?}",
                ending.says
            );
        }
        let made = api.look(|state| state.by_handle(HANDLE).map_or(0, |one| one.ever.len()));
        let most = if told_to_stop && (!self.lost || self.shown) {
            2
        } else {
            3
        };
        assert!(made <= most, "{made} versions for one change");
    }
}
