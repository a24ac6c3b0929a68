//! A table as a picture: a bar for each case, with a whisker from the least to the most.
use crate::figures::{ratio, seconds};
use crate::rounds::{Measured, Row};
use std::fmt::Write as _;

const WIDTH: f64 = 760.0;
const LABELS: f64 = 250.0;
const BARS: f64 = 300.0;
const LINE: f64 = 26.0;
const TOP: f64 = 44.0;

/// From this ratio on, bars of equal units would show nothing of the short ones.
const LOGARITHMIC_FROM: f64 = 30.0;

/// Colours for a light page and a dark one, as the reader's system wants it.
const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#1b1f24}.title{font-weight:600}.small{font-size:11px;fill:#57606a}\
.bar{fill:#3b76c4}.first{fill:#8a94a0}.whisker{stroke:#1b1f24;stroke-width:1.5}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.small{fill:#9aa4af}.bar{fill:#6ea3ec}.first{fill:#768390}.whisker{stroke:#e6edf3}}";

/// The picture of a table; what it shows is also said in its description.
pub fn picture(measured: &Measured) -> String {
    let axis = Axis::of(measured);
    let height = TOP + LINE * measured.rows.len() as f64 + 24.0;
    let title = escaped(&measured.title);
    let described: Vec<String> = measured
        .rows
        .iter()
        .map(|row| format!("{}: {}", escaped(&row.case), seconds(axis.value(row, row.wall_s().median))))
        .collect();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"t d\">\n<title id=\"t\">{title}</title>\n<desc id=\"d\">{}</desc>\n\
         <style>{STYLE}</style>\n<text class=\"title\" x=\"8\" y=\"20\">{title}</text>\n",
        described.join("; ")
    );
    for (index, row) in measured.rows.iter().enumerate() {
        draw(&mut out, measured, &axis, index, row);
    }
    let scale = if axis.logarithmic { ", on a logarithmic scale" } else { "" };
    let per = if axis.per_unit { format!(" for one {}", escaped(measured.unit)) } else { String::new() };
    let _ = writeln!(
        out,
        "<text class=\"small\" x=\"{LABELS}\" y=\"{}\">time{per}{scale}; whiskers from the least to the most</text>",
        height - 8.0
    );
    out + "</svg>\n"
}

fn draw(out: &mut String, measured: &Measured, axis: &Axis, index: usize, row: &Row) {
    let wall = row.wall_s();
    let y = TOP + LINE * index as f64;
    let middle = y + 9.0;
    let x = |seconds: f64| LABELS + axis.place(axis.value(row, seconds)) * BARS;
    let class = if index == 0 { "bar first" } else { "bar" };
    // Writing to a string cannot fail.
    let _ = write!(
        out,
        "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n\
         <rect class=\"{class}\" x=\"{LABELS}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"18\" rx=\"2\"/>\n\
         <line class=\"whisker\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{middle:.1}\" y2=\"{middle:.1}\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\">{}",
        LABELS - 8.0,
        y + 14.0,
        escaped(&row.case),
        (x(wall.median) - LABELS).max(1.0),
        x(wall.min),
        x(wall.max),
        x(wall.max) + 8.0,
        y + 14.0,
        seconds(axis.value(row, wall.median)),
    );
    if index > 0 {
        let _ = write!(out, "<tspan class=\"small\"> {} ×</tspan>", ratio(measured.times_as_fast(row)));
    }
    *out += "</text>\n";
}

/// From seconds to a place between 0 and 1.
struct Axis {
    least: f64,
    most: f64,
    logarithmic: bool,
    /// Whether a bar is for one unit: it must be when the cases do different amounts.
    per_unit: bool,
}

impl Axis {
    fn of(measured: &Measured) -> Axis {
        let units = measured.rows[0].units;
        let per_unit = measured.rows.iter().any(|row| row.units != units);
        let mut axis = Axis { least: f64::INFINITY, most: 0.0, logarithmic: false, per_unit };
        for row in &measured.rows {
            let wall = row.wall_s();
            axis.least = axis.least.min(axis.value(row, wall.min));
            axis.most = axis.most.max(axis.value(row, wall.max));
        }
        axis.logarithmic = axis.most / axis.least > LOGARITHMIC_FROM;
        axis
    }

    fn value(&self, row: &Row, seconds: f64) -> f64 {
        if self.per_unit { seconds / row.units as f64 } else { seconds }
    }

    fn place(&self, value: f64) -> f64 {
        if self.logarithmic {
            // The shortest bar can still be seen.
            let floor = self.least / 2.0;
            (value / floor).ln() / (self.most / floor).ln()
        } else {
            value / self.most
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn a_picture_shows_every_case_and_says_it_too() {
        let report = sample::report();
        let picture = picture(&report.tables[0]);
        assert_eq!(picture.matches("<rect ").count(), 2);
        assert!(picture.contains("&lt;none&gt; &amp; merged: 5.00 ms"), "{picture}");
        assert!(picture.contains("logarithmic"), "500 ms beside 5 ms");
        assert!(!picture.contains("NaN") && !picture.contains("inf"), "{picture}");
    }

    #[test]
    fn bars_are_as_long_as_the_times() {
        let mut table = sample::report().tables.remove(0);
        table.rows.truncate(1);
        let axis = Axis::of(&table);
        assert!(!axis.logarithmic);
        assert_eq!(axis.place(0.6), 1.0);
        assert_eq!(axis.place(0.3), 0.5);
        let table = sample::report().tables.remove(0);
        let axis = Axis::of(&table);
        assert_eq!(axis.place(0.6), 1.0);
        assert!(axis.place(0.004) > 0.0 && axis.place(0.004) < axis.place(0.04));
    }
}
