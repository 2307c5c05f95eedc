//! From measurements to tables and verdicts.

use crate::callgrind::Counts;
use crate::chart::Line;
use crate::codec::Speed;
use crate::contender::{Contender, Kind};
use crate::page::table;
use crate::startup::Startup;
use crate::stats::{Samples, short, times};
use crate::terraform::{Lane, Operation, Outcome};
use crate::walk::Walk;

/// Everything that was measured in one run.
#[derive(Default)]
pub struct Results {
    pub contenders: Vec<Contender>,
    pub startup: Vec<Startup>,
    pub walks: Vec<Vec<Walk>>,
    pub lanes: Vec<Lane>,
    pub outcomes: Vec<Outcome>,
    pub codec: Vec<Speed>,
    pub codec_instructions: Vec<(&'static str, f64)>,
    pub counts: Vec<Option<Counts>>,
}

/// What must hold whatever the machine: ratios and counts.
pub struct Verdict {
    pub what: String,
    pub budget: String,
    pub measured: String,
    pub met: bool,
    /// Whether the bench fails when it is not met.
    pub guarded: bool,
}

impl Results {
    fn names(&self, first: &str) -> Vec<String> {
        let names = self.contenders.iter().map(|one| one.name.clone());
        std::iter::once(first.to_owned()).chain(names).collect()
    }

    /// A row of one figure for each program, with its ratio to the first, which is this provider.
    fn row(&self, what: &str, values: &[Option<Samples>]) -> Vec<String> {
        let ours = values[0].as_ref().map_or(f64::NAN, Samples::median);
        let cells = values.iter().enumerate().map(|(index, samples)| {
            let Some(samples) = samples.as_ref().filter(|samples| !samples.is_empty()) else {
                return "–".to_owned();
            };
            if index == 0 {
                return format!("**{}**", samples.show());
            }
            format!("{} · {}", samples.show(), times(samples.median(), ours))
        });
        std::iter::once(what.to_owned()).chain(cells).collect()
    }

    pub fn start(&self) -> String {
        let pick = |value: fn(&Startup) -> &Samples| -> Vec<Option<Samples>> {
            self.startup
                .iter()
                .map(|one| Some(value(one).clone()))
                .collect()
        };
        let configured = |value: fn(&Startup) -> &Samples| -> Vec<Option<Samples>> {
            let mut values = pick(value);
            for (one, value) in self.contenders.iter().zip(&mut values) {
                if matches!(one.kind, Kind::Earlier | Kind::Other) {
                    *value = None;
                }
            }
            values
        };
        let sizes = self.contenders.iter().map(|one| single(one.megabytes()));
        let rows = vec![
            self.row("exec to handshake line, ms", &pick(|one| &one.handshake)),
            self.row("handshake to first schema, ms", &pick(|one| &one.schema)),
            self.row(
                "processor time until configured, ms",
                &configured(|one| &one.cpu),
            ),
            self.row(
                "resident memory when configured, MiB",
                &configured(|one| &one.resident),
            ),
            self.row(
                "resident memory after 1 000 registries, MiB",
                &self.walk_of(1000, |walk| &walk.resident),
            ),
            self.row("program, MB", &sizes.collect::<Vec<_>>()),
        ];
        table(&self.names(""), &rows)
    }

    fn walk_of(&self, size: usize, value: fn(&Walk) -> &Samples) -> Vec<Option<Samples>> {
        let of = |walks: &Vec<Walk>| {
            let walk = walks.iter().find(|walk| walk.size == size)?;
            Some(value(walk).clone())
        };
        self.walks.iter().map(of).collect()
    }

    pub fn growth(&self) -> String {
        let mut rows = Vec::new();
        for (index, walk) in self.walks[0].iter().enumerate() {
            let at = |value: fn(&Walk) -> &Samples| -> Vec<Option<Samples>> {
                self.walks
                    .iter()
                    .map(|walks| Some(value(&walks[index]).clone()))
                    .collect()
            };
            let mut row = self.row(&format!("{}, time", walk.size), &at(|walk| &walk.time));
            row.push(walk.requests.to_string());
            rows.push(row);
            let mut row = self.row(&format!("{}, processor", walk.size), &at(|walk| &walk.cpu));
            row.push(String::new());
            rows.push(row);
        }
        let mut head = self.names("registries; µs per registry");
        head.push("requests".to_owned());
        table(&head, &rows)
    }

    /// Time per registry by number of registries.
    pub fn growth_lines(&self) -> Vec<Line> {
        let lines = self
            .contenders
            .iter()
            .zip(&self.walks)
            .map(|(one, walks)| Line {
                name: one.name.clone(),
                points: walks
                    .iter()
                    .filter(|walk| !walk.time.is_empty())
                    .map(|walk| (walk.size as f64, walk.time.median()))
                    .collect(),
            });
        lines.filter(|line| !line.points.is_empty()).collect()
    }

    fn lane(&self, part: &str) -> Option<usize> {
        self.lanes.iter().position(|lane| lane.name.contains(part))
    }

    fn time(&self, size: usize, lane: usize, operation: Operation) -> f64 {
        let outcome = self.outcomes.iter().find(|one| one.size == size);
        let samples = outcome.and_then(|outcome| outcome.lanes[lane].get(&operation));
        samples.map_or(f64::NAN, Samples::median)
    }

    pub fn terraform(&self) -> String {
        let names = self.lanes.iter().map(|lane| match lane.latency_ms {
            0 => lane.name.clone(),
            latency => format!("{}, API {latency} ms", lane.name),
        });
        let head: Vec<String> = std::iter::once("seconds".to_owned()).chain(names).collect();
        let mut rows = Vec::new();
        for outcome in &self.outcomes {
            for operation in Operation::ALL {
                let values = outcome
                    .lanes
                    .iter()
                    .map(|lane| lane.get(&operation).cloned());
                let what = format!("{}, {}", outcome.size, operation.name());
                rows.push(self.row(&what, &values.collect::<Vec<_>>()));
            }
        }
        table(&head, &rows)
    }

    pub fn requests(&self) -> String {
        let head = ["registries and attachments", "command", "requests", "which"];
        let mut rows = Vec::new();
        for outcome in &self.outcomes {
            for (operation, requests) in &outcome.requests {
                let which = requests
                    .iter()
                    .map(|(what, count)| format!("{count} `{what}`"));
                rows.push(vec![
                    outcome.size.to_string(),
                    operation.name().to_owned(),
                    requests.values().sum::<usize>().to_string(),
                    which.collect::<Vec<_>>().join(", "),
                ]);
            }
        }
        table(&head.map(str::to_owned), &rows)
    }

    pub fn codec(&self) -> String {
        if cfg!(debug_assertions) {
            return "Not measured: the bench was a development build.".to_owned();
        }
        let head = ["one registry", "bytes", "ns", "MB/s", "instructions"];
        let rows = self.codec.iter().map(|speed| {
            let count = self.codec_instructions.iter();
            let count = count.clone().find(|(what, _)| *what == speed.what);
            vec![
                speed.what.to_owned(),
                speed.bytes.to_string(),
                speed.time.show(),
                short(speed.bytes as f64 * 1000.0 / speed.time.median()),
                count.map_or_else(|| "–".to_owned(), |(_, count)| short(*count)),
            ]
        });
        table(&head.map(str::to_owned), &rows.collect::<Vec<_>>())
    }

    pub fn instructions(&self) -> String {
        let pick = |value: fn(&Counts) -> f64| -> Vec<Option<Samples>> {
            let counts = self.counts.iter();
            counts
                .map(|counts| counts.as_ref().and_then(|counts| single(value(counts))))
                .collect()
        };
        let rows = vec![
            self.row("exec to handshake line", &pick(|counts| counts.handshake)),
            self.row(
                "a whole process: schema, configure, end",
                &pick(|counts| counts.session),
            ),
            self.row("one PlanResourceChange", &pick(|counts| counts.plan)),
        ];
        table(&self.names("millions of instructions"), &rows)
    }

    fn contender(&self, part: &str) -> usize {
        let found = self
            .contenders
            .iter()
            .position(|one| one.name.contains(part));
        found.unwrap_or_else(|| panic!("no contender {part}"))
    }

    /// The budgets, and the guards against traps.
    pub fn verdicts(&self) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let mut add = |what: &str, budget: &str, measured: String, met: bool, guarded: bool| {
            let (what, budget) = (what.to_owned(), budget.to_owned());
            verdicts.push(Verdict {
                what,
                budget,
                measured,
                met,
                guarded,
            });
        };
        let ours = &self.startup[0];
        let floor = &self.startup[self.contender("floor")];
        let mut at_most = |what: &str, value: f64, limit: f64, unit: &str| {
            let budget = format!("≤ {limit} {unit}");
            add(
                what,
                &budget,
                format!("{} {unit}", short(value)),
                value <= limit,
                false,
            );
        };
        at_most(
            "exec to handshake line, median",
            ours.handshake.median(),
            3.0,
            "ms",
        );
        at_most(
            "handshake to first schema answered",
            ours.schema.median(),
            4.0,
            "ms",
        );
        at_most(
            "resident memory after schema and configure",
            ours.resident.median(),
            8.0,
            "MiB",
        );
        at_most("stripped binary", self.contenders[0].megabytes(), 8.0, "MB");
        let apply = self.time(100, 0, Operation::Apply);
        if apply.is_finite() {
            at_most("apply of 100 + 100", apply, 3.5, "s");
        }
        let ratio = ours.handshake.median() / floor.handshake.median();
        add(
            "start-up trap: exec to handshake line, against the floor",
            "≤ 4 ×",
            format!("{} ×", short(ratio)),
            ratio <= 4.0,
            true,
        );
        let previous = self
            .contenders
            .iter()
            .position(|one| one.kind == Kind::Earlier);
        if let Some(previous) = previous.map(|index| &self.startup[index]) {
            let mut against = |what: &str, ratio: f64, limit: f64| {
                let (budget, measured) = (format!("≤ {limit} ×"), format!("{} ×", short(ratio)));
                add(what, &budget, measured, ratio <= limit, false);
            };
            let handshake = ours.handshake.median() / previous.handshake.median();
            against(
                "exec to handshake line, against the previous build",
                handshake,
                0.85,
            );
            let schema = ours.schema.median() / previous.schema.median();
            against(
                "handshake to first schema, against the previous build",
                schema,
                0.95,
            );
            let apply = |lane| self.time(100, lane, Operation::Apply);
            if let Some(lane) = self.lane("previous") {
                against(
                    "apply of 100 + 100, against the previous build",
                    apply(0) / apply(lane),
                    0.5,
                );
            }
        }
        if let Some(outcome) = self.outcomes.last() {
            let size = outcome.size;
            let ratio = self.time(size, 1, Operation::Plan) / self.time(size, 0, Operation::Plan);
            add(
                &format!("no-op plan of {size} + {size}, API at 50 ms against 0 ms"),
                "≤ 1.2 ×",
                format!("{} ×", short(ratio)),
                ratio <= 1.2,
                false,
            );
            let floor = self.lane("floor").unwrap_or(0);
            let ratio =
                self.time(size, 0, Operation::Plan) / self.time(size, floor, Operation::Plan);
            add(
                &format!("no-op plan of {size} + {size}, against the floor"),
                "≤ 1.15 ×",
                format!("{} ×", short(ratio)),
                ratio <= 1.15,
                false,
            );
            let plan = outcome.requests.get(&Operation::Plan);
            let requests: usize = plan.map_or(0, |requests| requests.values().sum());
            add(
                &format!("requests of a no-op plan of {size} + {size} in 10 projects"),
                "1 + 10, and 1 to know the organisation",
                requests.to_string(),
                requests <= 12,
                true,
            );
        }
        // A hundred are too few to judge by: the list is fetched once, for whatever number.
        let walks = &self.walks[0];
        let last = walks.last().unwrap_or_else(|| panic!("no growth"));
        let first = walks.iter().find(|walk| walk.size * 10 >= last.size);
        let first = first.unwrap_or(last);
        let ratio = last.cpu.median() / first.cpu.median();
        add(
            &format!(
                "growth: processor time per registry, {} against {}",
                last.size, first.size
            ),
            "≤ 1.5 ×",
            format!("{} ×", short(ratio)),
            ratio <= 1.5,
            true,
        );
        verdicts
    }

    pub fn budgets(&self) -> String {
        let head = ["what", "budget", "measured", ""];
        let rows = self.verdicts().into_iter().map(|one| {
            let met = if one.met { "met" } else { "**not met**" };
            vec![one.what, one.budget, one.measured, met.to_owned()]
        });
        table(&head.map(str::to_owned), &rows.collect::<Vec<_>>())
    }
}

fn single(value: f64) -> Option<Samples> {
    let mut samples = Samples::default();
    samples.add(value);
    Some(samples)
}
