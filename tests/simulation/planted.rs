//! The planted bugs stay plantable: a change of the code that one of them is in has to take it along.

use std::fs;
use std::process::Command;

use support::repository;

use crate::table;

#[test]
fn each_planted_bug_can_be_planted_and_names_its_cells() {
    let folder = repository().join("tests/simulation/planted");
    let files = fs::read_dir(&folder).expect("planted bugs");
    let mut patches: Vec<_> = files.map(|file| file.expect("a file").path()).collect();
    patches.sort();
    assert!(!patches.is_empty());
    let cells: Vec<String> = table::cells().iter().map(ToString::to_string).collect();
    for patch in patches {
        let shown = patch.display();
        let text = fs::read_to_string(&patch).expect("a patch");
        let named: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("cell: "))
            .collect();
        assert!(!named.is_empty(), "{shown} names no cell");
        for name in named {
            assert!(
                cells.iter().any(|cell| cell == name),
                "{shown}: there is no cell {name}"
            );
        }
        let checked = Command::new("git")
            .args(["apply", "--check"])
            .arg(&patch)
            .current_dir(repository())
            // Within another repository it would leave out what that one does not hold, and be content.
            .env(
                "GIT_CEILING_DIRECTORIES",
                repository().parent().expect("a folder"),
            )
            .output()
            .expect("git");
        let said = String::from_utf8_lossy(&checked.stderr);
        assert!(
            checked.status.success(),
            "{shown} does not apply any more, plant it anew: {said}"
        );
    }
}
