//! `docs/performance.md`: the words are written by hand, what stands between a pair of markers by the
//! bench.

use std::fs;
use std::path::PathBuf;

/// The page, as it is in the repository.
pub struct Page {
    path: PathBuf,
    text: String,
}

impl Page {
    pub fn open(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { path, text }
    }

    /// Replaces what stands between the markers of this name.
    pub fn fill(&mut self, name: &str, content: &str) {
        let (begin, end) = (
            format!("<!-- bench: {name} -->\n"),
            format!("<!-- end: {name} -->"),
        );
        let parts = self.text.split_once(&begin);
        let (before, rest) = parts.unwrap_or_else(|| panic!("no marker {begin:?} in the page"));
        let parts = rest.split_once(&end);
        let (_, after) = parts.unwrap_or_else(|| panic!("no marker {end:?} in the page"));
        self.text = format!("{before}{begin}\n{}\n\n{end}{after}", content.trim());
    }

    pub fn save(&self) {
        fs::write(&self.path, &self.text).expect("the page");
    }
}

/// A table: the first column is text, the others are figures.
pub fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let rule = vec!["---".to_owned(); 1]
        .into_iter()
        .chain(vec!["---:".to_owned(); head.len() - 1])
        .collect::<Vec<_>>();
    let rows: String = rows.iter().map(|row| line(row)).collect();
    line(head) + &line(&rule) + &rows
}
