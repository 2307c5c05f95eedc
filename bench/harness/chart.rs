//! Pictures for the page: lines over a logarithmic axis, readable on light and dark pages.

use std::fmt::Write as _;

use crate::stats::short;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 60.0;
const COLOURS: [&str; 4] = ["#d9480f", "#1971c2", "#868e96", "#2f9e44"];

/// One line: its name and its points.
pub struct Line {
    pub name: String,
    pub points: Vec<(f64, f64)>,
}

/// A chart with a logarithmic horizontal axis and a vertical one that starts at zero.
pub fn lines(title: &str, horizontal: &str, vertical: &str, lines: &[Line]) -> String {
    let all = || lines.iter().flat_map(|line| &line.points);
    let (mut first, mut last, mut top) = (f64::INFINITY, 1.0_f64, 0.0_f64);
    for (x, y) in all() {
        first = first.min(*x);
        last = last.max(*x);
        top = top.max(*y);
    }
    let step = nice(top / 4.0);
    let top = (top / step).ceil() * step;
    let x = |value: f64| {
        let share = (value / first).ln() / (last / first).ln();
        LEFT + share * (WIDTH - LEFT - RIGHT)
    };
    let y = |value: f64| HEIGHT - BOTTOM - value / top * (HEIGHT - TOP - BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" \
         aria-label=\"{title}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <style>text {{ fill: #333 }} .grid {{ stroke: #8884 }}\n\
         @media (prefers-color-scheme: dark) {{ text {{ fill: #ddd }} }}</style>\n\
         <text x=\"{LEFT}\" y=\"26\" font-size=\"16\" font-weight=\"600\">{title}</text>\n"
    );
    let mut level = 0.0;
    while level <= top + step / 2.0 {
        let at = y(level);
        let _ = writeln!(
            svg,
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            if level == 0.0 {
                "0".to_owned()
            } else {
                short(level)
            },
        );
        level += step;
    }
    let mut ticks: Vec<f64> = all().map(|(x, _)| *x).collect();
    ticks.sort_by(f64::total_cmp);
    ticks.dedup();
    for tick in ticks {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{tick}</text>",
            x(tick),
            HEIGHT - BOTTOM + 20.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{horizontal}</text>\n\
         <text transform=\"translate(18 {:.1}) rotate(-90)\" text-anchor=\"middle\">{vertical}</text>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 16.0,
        (TOP + HEIGHT - BOTTOM) / 2.0
    );
    let mut labels: Vec<f64> = Vec::new();
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points = line.points.iter();
        let points = points.map(|(a, b)| format!("{:.1},{:.1}", x(*a), y(*b)));
        let points = points.collect::<Vec<_>>().join(" ");
        let _ = writeln!(
            svg,
            "<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2.5\"/>"
        );
        for (a, b) in &line.points {
            let _ = writeln!(
                svg,
                "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3.5\" fill=\"{colour}\"/>",
                x(*a),
                y(*b)
            );
        }
        if let Some((a, b)) = line.points.last() {
            // Labels keep a line's distance from each other.
            let mut at = y(*b) + 4.0;
            while labels.iter().any(|other| (other - at).abs() < 15.0) {
                at += 4.0;
            }
            labels.push(at);
            let _ = writeln!(
                svg,
                "<text x=\"{:.1}\" y=\"{at:.1}\" style=\"fill: {colour}\">{}</text>",
                x(*a) + 10.0,
                line.name
            );
        }
    }
    svg + "</svg>\n"
}

/// A round number not below this one: 1, 2 or 5 times a power of ten.
fn nice(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    let factor = [1.0, 2.0, 5.0, 10.0];
    let factor = factor.into_iter().find(|factor| factor * power >= value);
    factor.unwrap_or(10.0) * power
}
