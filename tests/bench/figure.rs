//! Figures, and how they are shown.

use std::fmt::Write;

use serde_json::{Value, json};

/// What a figure is counted in.
#[derive(Clone, Copy, PartialEq)]
pub enum Unit {
    Milliseconds,
    Microseconds,
    Megabytes,
    /// A number of things, or a ratio.
    Plain,
}

/// The number of the design a figure is held against.
#[derive(Clone, Copy)]
pub struct Aim {
    /// The median may be as much.
    pub at_most: f64,
    /// As section 6 of the design says it.
    pub said: &'static str,
}

/// Something measured.
pub struct Figure {
    /// For machines: `worker.event_to_model`.
    pub id: String,
    /// For people. A figure that explains the one above it begins with spaces.
    pub what: String,
    pub unit: Unit,
    /// Every measurement, in any order.
    pub samples: Vec<f64>,
    pub aim: Option<Aim>,
}

/// Everything measured.
#[derive(Default)]
pub struct Report {
    figures: Vec<Figure>,
    notes: Vec<String>,
}

impl Figure {
    /// A figure without an aim.
    pub fn new(
        id: impl Into<String>,
        what: impl Into<String>,
        unit: Unit,
        samples: Vec<f64>,
    ) -> Self {
        Self { id: id.into(), what: what.into(), unit, samples, aim: None }
    }

    /// Held against the design.
    #[must_use]
    pub fn aims_for(mut self, at_most: f64, said: &'static str) -> Self {
        self.aim = Some(Aim { at_most, said });
        self
    }

    fn is_met(&self) -> Option<bool> {
        self.aim.map(|aim| quantile(&self.samples, 0.5) <= aim.at_most)
    }
}

impl Report {
    /// Adds a figure.
    pub fn add(&mut self, figure: Figure) {
        self.figures.push(figure);
    }

    /// Adds a sentence that stands below the table.
    pub fn note(&mut self, sentence: impl Into<String>) {
        self.notes.push(sentence.into());
    }

    /// As a table.
    pub fn table(&self) -> String {
        let width = self.figures.iter().map(|figure| figure.what.chars().count()).max();
        let width = width.unwrap_or_default();
        let mut table =
            format!("{:width$}  {:>10}  {:>10}  {:>5}  aims for\n", "", "median", "p95", "n");
        for figure in &self.figures {
            let [median, p95] =
                [0.5, 0.95].map(|q| shown(quantile(&figure.samples, q), figure.unit));
            let n = figure.samples.len();
            // The spread of one measurement is not known, and not nought.
            let p95 = if n > 1 { p95 } else { String::new() };
            let aim = match (figure.aim, figure.is_met()) {
                (Some(aim), Some(true)) => format!("{}: met", aim.said),
                (Some(aim), _) => format!("{}: NOT met", aim.said),
                (None, _) => String::new(),
            };
            let what = &figure.what;
            // Writing to a string cannot fail.
            let _ = writeln!(table, "{what:width$}  {median:>10}  {p95:>10}  {n:>5}  {aim}");
        }
        for note in &self.notes {
            let _ = writeln!(table, "\n{note}");
        }
        table
    }

    /// For machines.
    pub fn json(&self) -> Value {
        let figures = self.figures.iter().map(|figure| {
            let [median, p95, least, most] =
                [0.5, 0.95, 0.0, 1.0].map(|q| quantile(&figure.samples, q));
            json!({
                "id": figure.id,
                "what": figure.what.trim_start(),
                "unit": match figure.unit {
                    Unit::Milliseconds => "ms",
                    Unit::Microseconds => "µs",
                    Unit::Megabytes => "MB",
                    Unit::Plain => "",
                },
                "n": figure.samples.len(),
                "median": median, "p95": p95, "least": least, "most": most,
                "aim": figure.aim.map(|aim| json!({"at_most": aim.at_most, "said": aim.said})),
                "met": figure.is_met(),
            })
        });
        json!({"figures": figures.collect::<Vec<_>>(), "notes": self.notes})
    }
}

/// The value below which a part `q` of the samples lies; the nearest one that was really measured.
pub fn quantile(samples: &[f64], q: f64) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    // Both are small and not negative.
    let at = (q * last as f64).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

fn shown(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds if value < 10.0 => format!("{value:.2} ms"),
        Unit::Milliseconds => format!("{value:.1} ms"),
        Unit::Microseconds => format!("{value:.1} µs"),
        Unit::Megabytes => format!("{value:.1} MB"),
        Unit::Plain => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_met_by_its_median_and_shows_its_spread() {
        let mut report = Report::default();
        let samples = (1..=100).map(f64::from).collect();
        report.add(
            Figure::new("a.b", "something", Unit::Milliseconds, samples).aims_for(50.5, "half"),
        );
        report
            .add(Figure::new("a.c", "  once", Unit::Megabytes, vec![3.21]).aims_for(3.0, "three"));
        let table = report.table();
        assert!(table.contains("51.0 ms     95.0 ms    100  half: NOT met"), "{table}");
        assert!(
            table.contains("  once         3.2 MB                  1  three: NOT met"),
            "{table}"
        );
        assert_eq!(report.json()["figures"][0]["p95"], 95.0);
    }
}
