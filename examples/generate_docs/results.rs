//! The figures of long runs, which `make soak` leaves in `target/soak`, in their places in `docs/reliability.md`.

use std::error::Error;
use std::fs;
use std::path::Path;

const PAGE: &str = "docs/reliability.md";

/// Puts each result between the marks of its section. Without results the page stays as it is.
pub fn place(root: &Path) -> Result<(), Box<dyn Error>> {
    let Ok(results) = fs::read_dir(root.join("target/soak")) else {
        return Ok(());
    };
    let mut page = fs::read_to_string(root.join(PAGE))?;
    for result in results {
        let file = result?.path();
        let section = file.file_stem().unwrap_or_default().to_string_lossy();
        page = placed(&page, &section, &fs::read_to_string(&file)?)
            .ok_or_else(|| format!("{PAGE} has no section for {}", file.display()))?;
    }
    Ok(fs::write(root.join(PAGE), page)?)
}

fn placed(page: &str, section: &str, result: &str) -> Option<String> {
    let (begin, end) = (
        format!("<!-- {section} -->\n"),
        format!("<!-- end of {section} -->"),
    );
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{result}{end}{after}"))
}
