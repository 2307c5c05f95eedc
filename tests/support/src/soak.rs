//! Long runs (`SOAK=1`, `make soak`), and their figures, written to where readers find them.

use std::fs;
use std::sync::{Mutex, PoisonError};

/// Tests run side by side and write to the same file.
static FILE: Mutex<()> = Mutex::new(());

/// Whether everything is to be tried, not just a sample.
pub fn soaking() -> bool {
    std::env::var("SOAK").is_ok_and(|value| value == "1")
}

/// Prints a result and, after a soak, puts it in its place in `docs/reliability.md`.
pub fn publish(section: &str, result: &str) {
    println!("{result}");
    if !soaking() || std::env::var_os("ONLY").is_some() {
        return;
    }
    let _alone = FILE.lock().unwrap_or_else(PoisonError::into_inner);
    let file = crate::repository().join("docs/reliability.md");
    let text = fs::read_to_string(&file).expect("the document can be read");
    let written = placed(&text, section, result);
    fs::write(&file, written).expect("the document can be written");
}

/// The text with the result between the marks of the section.
fn placed(text: &str, section: &str, result: &str) -> String {
    let (begin, end) = (
        format!("<!-- {section} -->\n"),
        format!("<!-- end of {section} -->"),
    );
    let (before, rest) = text
        .split_once(&begin)
        .expect("the section begins somewhere");
    let (_, after) = rest.split_once(&end).expect("the section ends somewhere");
    format!("{before}{begin}{}\n{end}{after}", result.trim_end())
}

#[cfg(test)]
mod tests {
    use super::placed;

    #[test]
    fn only_the_section_is_replaced() {
        let text = "a\n<!-- x -->\nold\n<!-- end of x -->\nb\n";
        let expected = "a\n<!-- x -->\nnew\nlines\n<!-- end of x -->\nb\n";
        assert_eq!(placed(text, "x", "new\nlines\n\n"), expected);
        assert_eq!(placed(expected, "x", "new\nlines"), expected);
    }
}
