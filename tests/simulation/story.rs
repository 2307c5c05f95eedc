//! One seed, one story: applies in bad weather, somebody else at work, time that passes; and then peace.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;
use std::time::Duration;

use support::chance::Chance;
use support::core::REGISTRY;
use support::memory_api::{
    Acts, Call, Credentials, Dialect, Fate, MemoryApi, Moment, Says, Shape, State, View,
};
use tokio::time::{Instant, sleep};

use crate::invariants::{self, Ending};
use crate::terraform::{Run, Terraform};
use crate::wanted::{HANDLE, PASSWORDS, THEIRS, Wanted};

/// Nothing acts later than this.
const LATEST: Duration = Duration::from_secs(20 * 60);

/// Tells the story of a seed. On failure it answers what went wrong, and the story.
pub fn tell(seed: u64) -> Result<Ending, String> {
    let mut chance = Chance::new(seed);
    let shape = Shape {
        dialect: *chance.pick(&[Dialect::Rotate, Dialect::Rotate, Dialect::Put]),
        versions_shown: chance.one(60),
        ..Shape::default()
    };
    told(seed, shape, async |api| {
        let mut story = Story::new(api, chance).await;
        story.unfold().await
    })
}

/// Runs something over a new API in virtual time, and keeps what was told if it panics.
pub fn told<T>(
    seed: u64,
    shape: Shape,
    story: impl AsyncFnOnce(MemoryApi) -> T,
) -> Result<T, String> {
    // The jitter of the provider's waits comes from here.
    fastrand::seed(seed);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let runtime = runtime.expect("a runtime");
    let api = runtime.block_on(async { MemoryApi::new(shape) });
    let outcome =
        quietly(|| catch_unwind(AssertUnwindSafe(|| runtime.block_on(story(api.clone())))));
    outcome.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        format!("{}\n{shape:?}\n{}", text.unwrap_or_default(), api.story())
    })
}

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs something whose panics are told by the caller.
fn quietly<T>(work: impl FnOnce() -> T) -> T {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = work();
    QUIET.set(false);
    result
}

/// How bad the weather of one run is, in failures of a hundred requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Weather {
    reads: usize,
    writes: usize,
    /// Whether reads may be answered from a replica that lags so far behind.
    lag: Option<Duration>,
    /// Whether the process may end in the middle.
    death: bool,
}

impl Weather {
    const CALM: Self = Self {
        reads: 0,
        writes: 0,
        lag: None,
        death: false,
    };
}

struct Story {
    terraform: Terraform,
    chance: Chance,
    wanted: Wanted,
    project: String,
    /// Nothing has gone wrong and nobody else has done anything, so far.
    untroubled: bool,
    /// The first request whose effects the state knows.
    known_from: usize,
}

impl Story {
    async fn new(api: MemoryApi, mut chance: Chance) -> Self {
        let project = api.look(|state| state.projects[0].id.clone());
        let mut wanted = Wanted::new(chance.one(50));
        wanted.attached = chance.one(30);
        wanted.maxversions = chance.pick(&[None, None, Some(2), Some(3)]).to_owned();
        wanted.restores = chance.one(25);
        Self {
            terraform: Terraform::new(api).await,
            chance,
            wanted,
            project,
            untroubled: true,
            known_from: 0,
        }
    }

    fn api(&self) -> &MemoryApi {
        &self.terraform.api
    }

    async fn unfold(&mut self) -> Ending {
        // Many stories begin well: else most of them would be about a handle that was taken.
        if self.chance.one(70) {
            self.apply(Weather::CALM, None).await;
        }
        for _ in 0..2 + self.chance.below(4) {
            let what = self.chance.below(10);
            match what {
                0..=5 => self.change(),
                6 => self.others_do(),
                _ => {}
            }
            let weather = self.weather();
            let stops = self
                .chance
                .one(10)
                .then(|| Duration::from_millis(self.chance.below(4000) as u64));
            self.apply(weather, stops).await;
            let pause = *self.chance.pick(&[0, 1, 20, 600, 3600]);
            sleep(Duration::from_secs(pause)).await;
        }
        self.api().tell("from here on nothing goes wrong");
        sleep(LATEST).await;
        let ending = invariants::in_the_end(&mut self.terraform, &self.wanted, &self.project).await;
        assert!(
            !self.untroubled || ending.says.is_empty(),
            "it warns of nothing: {:?}",
            ending.says
        );
        ending
    }

    /// The configuration changes.
    fn change(&mut self) {
        let other = *self.chance.pick(&PASSWORDS);
        let rotate = self.api().look(|state| state.shape.dialect) == Dialect::Rotate;
        match self.chance.below(12) {
            // While a version is pinned, credentials cannot change.
            _ if self.wanted.pin.is_some() => self.wanted.pin = None,
            0..=4 => self.wanted.rotate(other),
            5 => {
                self.wanted.username = self.chance.pick(&["ada", "grace"]).to_string();
                self.wanted.touch();
            }
            6 => {
                self.wanted.server = self.chance.pick(&["ghcr.io", "quay.io"]).to_string();
                self.wanted.touch();
            }
            7 => self.wanted.name = self.chance.pick(&["Deploy", "Delivery"]).to_string(),
            8 => self.wanted.maxversions = Some(*self.chance.pick(&[2, 3, 5])),
            9 => self.wanted.attached = !self.wanted.attached,
            10 if rotate => self.pin(),
            11 if self.chance.one(30) => self.wanted.exists = false,
            _ => {}
        }
        let line = format!("wanted: {:?}", self.wanted);
        self.api().tell(&line);
    }

    fn pin(&mut self) {
        let retained = self.api().look(|state| {
            let registry = state.by_handle(HANDLE)?;
            Some(
                registry
                    .versions
                    .iter()
                    .map(|one| one.number)
                    .collect::<Vec<_>>(),
            )
        });
        if let Some(retained) = retained {
            self.wanted.pin = Some(*self.chance.pick(&retained));
        }
    }

    /// Somebody else does something between two runs, or during the next one.
    fn others_do(&mut self) {
        self.untroubled = false;
        let (name, what) = self.their_move();
        let credentials = [Call::Rotate, Call::Put, Call::Create];
        match self.chance.below(5) {
            0 => self.api().others(name, what),
            1 => {
                let wait = Duration::from_millis(self.chance.below(3000) as u64);
                self.api().others_in(wait, name, what);
            }
            2 => {
                let call = *self.chance.pick(&credentials);
                self.api().others_at(Moment::Before, call, name, what);
            }
            3 => {
                let call = *self.chance.pick(&credentials);
                self.api().others_at(Moment::After, call, name, what);
            }
            _ => {
                let call = *self.chance.pick(&[
                    Call::Registry,
                    Call::Versions,
                    Call::Registries,
                    Call::Handle,
                ]);
                self.api().others_at(Moment::Before, call, name, what);
            }
        }
    }

    fn their_move(&mut self) -> (&'static str, impl FnOnce(&mut State) + Send + 'static) {
        let credentials = Credentials {
            server: self.wanted.server.clone(),
            username: self
                .chance
                .pick(&[self.wanted.username.as_str(), "mallory"])
                .to_string(),
            password: self.chance.pick(&THEIRS).to_string(),
        };
        let project = self.project.clone();
        let (number, what) = (1 + self.chance.below(3), self.chance.below(20));
        let rotate = self.api().look(|state| state.shape.dialect) == Dialect::Rotate;
        let name = match what {
            0..=10 => "rotates",
            11..=13 if rotate => "activates",
            14..=15 => "attaches",
            16..=17 => "detaches",
            18 => "deletes",
            _ => "renames",
        };
        let act = move |state: &mut State| {
            let Some(registry) = state.by_handle(HANDLE) else {
                return;
            };
            let (id, maxversions) = (registry.id.clone(), registry.maxversions);
            // Refused or not: it is all the same to us.
            let _ = match name {
                "rotates" => state.rotate(&id, credentials).map(drop),
                "activates" => state.activate(&id, &number.to_string()).map(drop),
                "attaches" => state.attach(&project, HANDLE).map(drop),
                "detaches" => state.detach(&project, HANDLE).map(drop),
                "deletes" => state.delete(&id),
                _ => {
                    let metadata = support::memory_api::Metadata {
                        handle: HANDLE.into(),
                        name: "Theirs".into(),
                        maxversions,
                    };
                    state.update(&id, &metadata)
                }
            };
        };
        (name, act)
    }

    fn weather(&mut self) -> Weather {
        let chance = &mut self.chance;
        let lag = [200, 3_000, 20_000, 90_000];
        let weather = match chance.below(10) {
            0..=2 => Weather::CALM,
            3..=5 => Weather {
                writes: 100,
                ..Weather::CALM
            },
            6 | 7 => Weather {
                reads: 10,
                writes: 50,
                ..Weather::CALM
            },
            8 => Weather {
                reads: 40,
                writes: 70,
                ..Weather::CALM
            },
            _ => Weather {
                death: true,
                reads: 5,
                writes: 40,
                ..Weather::CALM
            },
        };
        Weather {
            lag: chance
                .one(25)
                .then(|| Duration::from_millis(*chance.pick(&lag))),
            ..weather
        }
    }

    async fn apply(&mut self, weather: Weather, stop_after: Option<Duration>) -> Run {
        self.api().tell(&format!("apply; {weather:?}"));
        self.untroubled &= weather == Weather::CALM && stop_after.is_none();
        let mut chance = Chance::new(self.chance.below(usize::MAX) as u64);
        if weather != Weather::CALM {
            self.api()
                .weather(move |sent| fate(&mut chance, weather, sent.call));
        }
        let blocks = self.wanted.blocks(&self.project);
        let seen_until = Instant::now() - weather.lag.unwrap_or_default();
        let run = self.terraform.apply(&blocks, stop_after).await;
        self.api().calm();
        invariants::after_a_run(&self.terraform, &run);
        invariants::only_what_is_new(&self.terraform, &run, seen_until);
        if run.died {
            // What a process learned that has died, no state knows.
            self.known_from = self.api().count();
        }
        if run.warnings.is_empty() {
            invariants::nothing_twice(self.api(), &run, self.known_from, seen_until);
        }
        if run
            .errors
            .iter()
            .any(|error| error.contains("terraform import"))
            && self.chance.one(70)
        {
            self.import().await;
        }
        if self.untroubled {
            assert_eq!(run.errors, Vec::<String>::new());
            let missing = self
                .api()
                .look(|state| self.wanted.missing(state, &self.project));
            assert_eq!(missing, None, "after an untroubled apply");
        }
        run
    }
}

impl Story {
    /// The user does what the error says.
    async fn import(&mut self) {
        let id = self
            .api()
            .look(|state| state.by_handle(HANDLE).map(|one| one.id.clone()));
        if let Some(id) = id {
            self.terraform.import(REGISTRY, &id).await;
            // What was imported comes without fingerprints.
            self.known_from = self.api().count();
        }
    }
}

fn fate(chance: &mut Chance, weather: Weather, call: Call) -> Fate {
    let writes = call.writes();
    if !chance.one(if writes {
        weather.writes
    } else {
        weather.reads
    }) {
        return match weather.lag {
            Some(lag) if !writes && chance.one(60) => Fate::seeing(View::Ago(lag)),
            _ => Fate::GOOD,
        };
    }
    let says = match call {
        // What nobody saw before it is named, since reads lag behind, is told from nothing new.
        Call::Rotate | Call::Put if weather.lag.is_none() && chance.one(20) => {
            untruth(chance, call)
        }
        _ => says(chance, weather.death),
    };
    let acts = match says {
        // Whoever answers so has not acted and will not.
        Says::Status {
            status: 403 | 429, ..
        }
        | Says::NotSent => Acts::Never,
        Says::Wrapped => Acts::Now,
        Says::Nameless | Says::Earlier | Says::Stranger => {
            *chance.pick(&[Acts::Now, Acts::Never, Acts::Partly])
        }
        Says::Truth | Says::Accepted => {
            Acts::After(Duration::from_secs(1 + chance.below(30) as u64))
        }
        _ => match chance.below(20) {
            0..=7 => Acts::Now,
            8..=12 => Acts::Never,
            13..=16 => Acts::After(Duration::from_millis(chance.below(40_000) as u64)),
            _ => Acts::After(Duration::from_secs(chance.below(20 * 60) as u64)),
        },
    };
    Fate::new(acts, says)
}

/// A success that is none, or another. A rotation that was answered without any name is taken for done if the next
/// version is there at once.
fn untruth(chance: &mut Chance, call: Call) -> Says {
    match chance.below(3) {
        0 if call == Call::Put => Says::Nameless,
        0 | 1 => Says::Earlier,
        _ => Says::Stranger,
    }
}

fn says(chance: &mut Chance, death: bool) -> Says {
    let status = |status, own_form| Says::Status {
        status,
        own_form,
        retry_after: None,
    };
    if death && chance.one(40) {
        return Says::Death;
    }
    match chance.below(18) {
        0..=2 => Says::Cut,
        3 => status(504, false),
        4 => status(502, false),
        5 => status(503, true),
        6 => status(500, true),
        7 => status(408, true),
        8 => Says::Garbled,
        9 => Says::Page,
        10 => Says::Accepted,
        11 => Says::Truth,
        12 => Says::Nothing,
        13 => Says::Wrapped,
        14 => Says::NotSent,
        15 => status(429, true),
        16 => Says::Denied,
        _ => status(403, true),
    }
}

/// How often each ending was told.
pub fn endings(all: impl IntoIterator<Item = Ending>) -> BTreeMap<String, usize> {
    let mut counted = BTreeMap::new();
    for ending in all {
        let said: Vec<String> = ending.says.into_iter().collect();
        *counted.entry(said.join("; ")).or_default() += 1;
    }
    counted
}
