//! What the figures were made on.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::executables;

use jiff::Timestamp;

/// The machine when the run began.
pub struct Machine {
    load: String,
    began: Timestamp,
}

impl Machine {
    pub fn now() -> Self {
        Self {
            load: load(),
            began: Timestamp::now(),
        }
    }

    /// A sentence for the page.
    pub fn sentence(&self) -> String {
        let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpus
            .lines()
            .find_map(|line| line.strip_prefix("model name"));
        let model = model.map_or("?", |text| text.trim_start_matches(['\t', ' ', ':']));
        let count = std::thread::available_parallelism().map_or(0, usize::from);
        let terraform = output(executables::terraform(), &["version"]);
        let terraform = terraform.lines().next().unwrap_or_default();
        let build = if cfg!(debug_assertions) {
            " **The bench and the sandbox were development builds**, whose own slowness is in every time."
        } else {
            ""
        };
        format!(
            "{}: {count} cores ({model}), Linux {}, {}, {terraform}, load average {} at the start and {} at the \
             end, {} minutes.{build}",
            self.began.strftime("%-d %B %Y, %H:%M UTC"),
            output("uname", &["-r"]),
            output("rustc", &["--version"]),
            self.load,
            load(),
            self.began.duration_until(Timestamp::now()).as_mins(),
        )
    }
}

fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or_default().to_owned()
}

fn output(program: impl AsRef<Path>, args: &[&str]) -> String {
    let program = program.as_ref();
    let output = Command::new(program).args(args).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}", program.display()));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
