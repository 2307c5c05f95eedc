//! The bench: this provider and its peers in one run, interleaved. `scripts/bench.sh` builds what it needs
//! and starts it; it writes the figures and pictures of `docs/performance.md`.

#![forbid(unsafe_code)]

mod callgrind;
mod chart;
mod codec;
mod connect;
mod contender;
mod host;
mod machine;
mod page;
mod report;
mod startup;
mod stats;
mod terraform;
mod walk;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use support::plugin::Identity;
use support::sandbox::Sandbox;

use clap::Parser;

use contender::{Contender, Kind};
use page::Page;
use report::Results;
use terraform::{Effort, Lane};

/// Measures the provider beside its peers.
#[derive(Parser)]
struct Args {
    /// The provider as it is shipped.
    #[arg(long)]
    ours: PathBuf,
    /// The same resources on the `tf-provider` crate.
    #[arg(long)]
    peer: PathBuf,
    /// The server that does nothing.
    #[arg(long)]
    floor: PathBuf,
    /// An earlier build of this provider, whose start is compared.
    #[arg(long)]
    previous: Option<PathBuf>,
    /// Any other provider, to be started and asked for its schema.
    #[arg(long)]
    other: Vec<PathBuf>,
    /// The largest number of registries for Terraform; the growth is measured up to ten times as many.
    #[arg(long, default_value_t = 1000)]
    largest: usize,
    /// Measures a little of everything and leaves the page alone.
    #[arg(long)]
    quick: bool,
    /// Counts instructions and nothing else, and leaves the page alone.
    #[arg(long)]
    instructions: bool,
    /// Ignored: cargo gives it to every benchmark.
    #[arg(long, hide = true)]
    bench: bool,
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().collect();
    if let [_, word, index, count] = words.as_slice()
        && word == callgrind::CODEC
    {
        let number = |text: &str| text.parse::<u32>().expect("a number");
        callgrind::run_codec(number(index) as usize, number(count));
        return ExitCode::SUCCESS;
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(run(&Args::parse()))
}

async fn run(args: &Args) -> ExitCode {
    let started = Instant::now();
    let step = |what: &str| eprintln!("[{:>4} s] {what}", started.elapsed().as_secs());
    let machine = machine::Machine::now();
    let mut contenders = vec![
        Contender::new("this provider", Kind::Ours, &args.ours),
        Contender::new("tf-provider peer", Kind::Stand, &args.peer),
        Contender::new("floor", Kind::Stand, &args.floor),
    ];
    if let Some(previous) = &args.previous {
        contenders.push(Contender::new("previous build", Kind::Earlier, previous));
    }
    for other in &args.other {
        let name = other.file_name().unwrap_or_default().to_string_lossy();
        contenders.push(Contender::new(&name, Kind::Other, other));
    }
    let identity = Identity::generate();
    let sandbox = Sandbox::options().arg("--handles-reusable").start();
    let directory = tempfile::tempdir().expect("a directory");
    let env = sandbox.env();
    if args.instructions {
        let counts = callgrind::measure(&contenders, &identity, &env, directory.path()).await;
        let results = Results {
            contenders,
            counts,
            ..Results::default()
        };
        println!("{}", results.instructions());
        return ExitCode::SUCCESS;
    }

    step("starting");
    let rounds = if args.quick { 5 } else { 40 };
    let startup = startup::measure(&contenders, rounds, &identity, &env).await;
    step("the codec");
    let codec = codec::measure();
    step("counting instructions");
    let counts = callgrind::measure(&contenders, &identity, &env, directory.path()).await;
    let codec_instructions = callgrind::codec(directory.path());
    step("growth");
    let most = if args.quick { 300 } else { args.largest * 10 };
    let sizes = [100, 300, 1000, 3000, 10_000];
    let sizes: Vec<_> = sizes.into_iter().filter(|size| *size <= most).collect();
    let walks = walk::measure(&contenders, &sizes, 1000, &identity, &sandbox).await;
    drop(sandbox);
    let lanes = Lane::of(&contenders);
    let mut results = Results {
        contenders,
        startup,
        walks,
        lanes,
        outcomes: Vec::new(),
        codec,
        codec_instructions,
        counts,
    };
    for effort in efforts(args) {
        // What is measured is written, whatever becomes of the rest.
        if !args.quick {
            write_page(&results, &machine.sentence());
        }
        step(&format!("Terraform with {} of each", effort.size));
        let outcome = terraform::measure(&results.lanes, effort).await;
        results.outcomes.push(outcome);
    }
    step("done");
    publish(&results, &machine.sentence(), args.quick)
}

fn efforts(args: &Args) -> Vec<Effort> {
    let effort = |size, looks, rounds| Effort {
        size,
        looks,
        rounds,
    };
    let mut efforts = if args.quick {
        vec![effort(1, 2, 1), effort(20, 2, 1)]
    } else {
        vec![effort(1, 3, 5), effort(100, 4, 2), effort(1000, 2, 1)]
    };
    efforts.retain(|effort| effort.size <= args.largest);
    efforts
}

fn parts(results: &Results, machine: &str) -> [(&'static str, String); 8] {
    [
        ("budgets", results.budgets()),
        ("start", results.start()),
        ("terraform", results.terraform()),
        ("requests", results.requests()),
        ("growth", results.growth()),
        ("codec", results.codec()),
        ("instructions", results.instructions()),
        ("machine", machine.to_owned()),
    ]
}

fn write_page(results: &Results, machine: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut page = Page::open(root.join("performance.md"));
    for (name, text) in parts(results, machine) {
        page.fill(name, &text);
    }
    page.save();
    let picture = chart::lines(
        "Refresh and no-op plan: time per registry",
        "registries",
        "µs per registry",
        &results.growth_lines(),
    );
    std::fs::write(root.join("images/growth.svg"), picture).expect("the picture");
}

/// Prints every table, writes the page, and answers whether all guards hold.
fn publish(results: &Results, machine: &str, quick: bool) -> ExitCode {
    for (name, text) in parts(results, machine) {
        println!("## {name}\n\n{text}\n");
    }
    if !quick {
        write_page(results, machine);
    }
    let mut code = ExitCode::SUCCESS;
    for verdict in results.verdicts().iter().filter(|one| !one.met) {
        let word = if verdict.guarded {
            code = ExitCode::FAILURE;
            "FAILED"
        } else {
            "over budget"
        };
        eprintln!(
            "{word}: {}: {}, budget {}",
            verdict.what, verdict.measured, verdict.budget
        );
    }
    code
}
