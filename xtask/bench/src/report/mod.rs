//! What was measured, as text, JSON, Markdown and pictures: four views of one value.
mod json;
mod markdown;
mod svg;
mod text;

pub use json::json;
pub use markdown::page;
pub use svg::picture;
pub use text::text;

use crate::figures::{digits, ratio, seconds};
use crate::machine::Machine;
use crate::rounds::Measured;
use crate::spread::Spread;

/// A suite's figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What is typed to get it.
    pub suite: &'static str,
    /// The page's heading.
    pub title: &'static str,
    /// What the page is about.
    pub intro: &'static str,
    /// When: `2026-11-26`, in UTC.
    pub date: String,
    /// Where.
    pub machine: Machine,
    /// The command that makes it again.
    pub command: String,
    /// The tables.
    pub tables: Vec<Measured>,
}

/// The words above the columns of a table.
fn heads(table: &Measured) -> Vec<String> {
    let mut heads: Vec<String> =
        ["", "median", "least", "most", "CPU"].into_iter().map(str::to_owned).collect();
    if has_units(table) {
        heads.extend([format!("a {}", table.unit), format!("CPU a {}", table.unit)]);
    }
    heads.extend(["times as fast".to_owned(), "times the CPU".to_owned()]);
    heads
}

/// A table's cells, row by row, the name of the case first.
fn cells(table: &Measured) -> Vec<Vec<String>> {
    let cells = |row: &crate::rounds::Row| {
        let (wall, cpu) = (row.wall_s(), row.cpu_s());
        let mut cells = vec![
            row.case.clone(),
            seconds(wall.median),
            seconds(wall.min),
            seconds(wall.max),
            seconds(cpu.median),
        ];
        if has_units(table) {
            cells.extend([wall.median, cpu.median].map(|value| seconds(value / row.units as f64)));
        }
        cells.push(ratio(table.times_as_fast(row)));
        cells.push(table.times_the_cpu(row).map_or_else(|| "–".to_owned(), |spread| digits(spread.median)));
        cells
    };
    table.rows.iter().map(cells).collect()
}

/// Whether costs of a single unit say more than those of the whole.
fn has_units(table: &Measured) -> bool {
    table.rows.iter().any(|row| row.units > 1)
}

/// Under what conditions a table was made, in a line.
fn conditions(table: &Measured, machine: &Machine) -> String {
    let rounds = if table.rounds == 1 { "1 round".to_owned() } else { format!("{} rounds", table.rounds) };
    let cores = if machine.cores == 1 { "1 core".to_owned() } else { format!("{} cores", machine.cores) };
    let share = Spread::of(table.shares.iter().copied());
    let (least, most) = (percent(share.min), percent(share.max));
    let range = if least == most { format!("{most} %") } else { format!("{least} to {most} %") };
    format!("{rounds} in alternating order, {cores}; a busy thread got {range} of a processor")
}

fn percent(share: f64) -> i64 {
    (share * 100.0).round() as i64
}

/// The load before and after.
fn load(machine: &Machine) -> String {
    match (machine.load_before, machine.load_after) {
        (Some(before), Some(after)) => format!("load {before:.1} before, {after:.1} after"),
        _ => "load unknown".to_owned(),
    }
}

/// What is left out, if anything.
fn left_out(machine: &Machine) -> Option<&'static str> {
    machine.python.is_none().then_some("There is no `python3` here: its rows are left out.")
}

#[cfg(test)]
pub(crate) mod sample {
    use super::*;
    use crate::meter::Sample;
    use crate::rounds::Row;

    /// A report without a clock.
    pub(crate) fn report() -> Report {
        let row = |case: &str, units, walls: [f64; 3], cpu_s| Row {
            case: case.into(),
            units,
            samples: walls.map(|wall_s| Sample { wall_s, cpu_s }).to_vec(),
        };
        let table = Measured {
            name: "counter",
            title: "One counter".into(),
            about: "A hundred threads count.".into(),
            unit: "visit",
            rounds: 3,
            rows: vec![
                row("a lock", 1_000, [0.4, 0.5, 0.6], 0.8),
                row("<none> & merged", 1_000, [0.004, 0.01, 0.005], 0.004),
            ],
            shares: vec![0.5, 0.98, 1.0],
        };
        let machine = Machine {
            cores: 2,
            processor: "A Processor".into(),
            system: "linux x86_64".into(),
            rust: "rustc 1.95.0".into(),
            python: None,
            load_before: Some(0.5),
            load_after: Some(3.25),
        };
        Report {
            suite: "threads",
            title: "threads",
            intro: "What threads cost.",
            date: "2026-11-26".into(),
            machine,
            command: "cargo xtask bench threads --write".into(),
            tables: vec![table],
        }
    }
}
