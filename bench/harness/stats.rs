//! Medians with their spread: the machine has moods, and a mean remembers all of them.

use std::time::Duration;

/// Measured values of one thing, in one unit.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    pub fn add(&mut self, value: f64) {
        self.0.push(value);
    }

    pub fn add_ms(&mut self, time: Duration) {
        self.add(time.as_secs_f64() * 1000.0);
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The value below which this share of the samples lies, interpolated.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let Some(last) = sorted.len().checked_sub(1) else {
            return f64::NAN;
        };
        let position = share * last as f64;
        let (low, high) = (position.floor() as usize, position.ceil() as usize);
        sorted[low] + (sorted[high] - sorted[low]) * position.fract()
    }

    /// The median, and the middle half of the samples where there is more than one.
    pub fn show(&self) -> String {
        match self.0.len() {
            0 => "–".to_owned(),
            1 => short(self.median()),
            _ => format!(
                "{} ({}–{})",
                short(self.median()),
                short(self.quantile(0.25)),
                short(self.quantile(0.75))
            ),
        }
    }
}

/// Three digits that matter.
pub fn short(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => {
            let whole = format!("{value:.0}");
            let mut grouped = String::new();
            for (index, digit) in whole.chars().enumerate() {
                if index > 0 && (whole.len() - index).is_multiple_of(3) {
                    grouped.push(' ');
                }
                grouped.push(digit);
            }
            grouped
        }
        medium if medium >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// How many times as much.
pub fn times(value: f64, reference: f64) -> String {
    if value.is_finite() && reference > 0.0 {
        format!("{} ×", short(value / reference))
    } else {
        "–".to_owned()
    }
}
