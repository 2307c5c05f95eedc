//! `docs/statements.md` names tests; they must be there.

use std::fs;
use std::path::Path;

#[test]
fn every_test_that_the_statements_name_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = fs::read_to_string(root.join("docs/statements.md")).unwrap();
    let mut named = 0;
    for line in document.lines() {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, _, file, test, _] = cells[..] else {
            continue;
        };
        let code = |cell: &str| {
            let inner = cell
                .strip_prefix('`')
                .and_then(|cell| cell.strip_suffix('`'));
            inner.map(str::to_owned)
        };
        let (Some(file), Some(test)) = (code(file), code(test)) else {
            continue;
        };
        let source = fs::read_to_string(root.join("tests/sandbox").join(&file)).unwrap();
        assert!(
            source.contains(&format!("fn {test}()")),
            "{file} has no test {test}"
        );
        named += 1;
    }
    assert!(named > 40, "only {named} rows were read");
}
