//! The picture of the table in the guide that compares this provider with the official one.

use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const ROW: f64 = 24.0;
const TOP: f64 = 56.0;
/// Where the bars begin: neither provider is ahead.
const EQUAL: f64 = 420.0;
/// The length of a bar for a factor of two.
const TWICE: f64 = 48.0;

/// One row that both providers have a figure for.
struct Row<'a> {
    what: &'a str,
    official: &'a str,
    ours: &'a str,
    /// How many times as much the official provider takes.
    factor: f64,
}

/// Draws the rows of the first table of `guide` that end in a factor, such as `8.2 ×`.
///
/// One file serves light and dark pages, and the bars' logarithmic scale shows twice and half as equally far from equal.
pub fn picture(guide: &str) -> String {
    let rows: Vec<_> = guide.lines().filter_map(row).collect();
    let height = rows.len() as f64 * ROW + TOP + 16.0;
    let title = "How much more the official provider takes";
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{title}\" \
         font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <style>text {{ fill: #333 }} .pale {{ fill: #777 }} .ours {{ fill: #1971c2 }} .official {{ fill: #d9480f }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} .pale {{ fill: #aaa }} .ours {{ fill: #4dabf7 }} \
         .official {{ fill: #ff922b }} }}</style>\n\
         <text x=\"16\" y=\"24\" font-size=\"16\" font-weight=\"600\">{title}</text>\n\
         <text class=\"pale\" x=\"16\" y=\"44\">official : this one; bars to the right are in favour of this one</text>\n"
    );
    for (index, row) in rows.iter().enumerate() {
        let middle = TOP + (index as f64 + 0.5) * ROW;
        let length = row.factor.log2() * TWICE;
        let (class, left) = if length < 0.0 {
            ("official", EQUAL + length)
        } else {
            ("ours", EQUAL)
        };
        let _ = writeln!(
            svg,
            "<text x=\"16\" y=\"{:.1}\">{}</text>\n\
             <rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"12\"/>\n\
             <text class=\"pale\" x=\"{:.1}\" y=\"{:.1}\">{} : {}</text>",
            middle + 4.0,
            row.what,
            middle - 6.0,
            length.abs(),
            EQUAL + length.max(0.0) + 8.0,
            middle + 4.0,
            row.official,
            row.ours,
        );
    }
    svg + "</svg>\n"
}

fn row(line: &str) -> Option<Row<'_>> {
    let cells = line.strip_prefix('|')?.strip_suffix('|')?.split('|');
    let cells: Vec<_> = cells
        .map(|cell| cell.trim_matches([' ', '*', '`']))
        .collect();
    let [what, official, ours, factor] = cells.try_into().ok()?;
    let factor = factor.strip_suffix(" ×")?.parse().ok()?;
    Some(Row {
        what,
        official,
        ours,
        factor,
    })
}
