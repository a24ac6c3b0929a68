//! Figures for programs: every sample, and what is said of them.
use super::Report;
use crate::rounds::{Measured, Row};
use crate::spread::Spread;
use serde_json::{Value, json};

/// A report as one object; times are in seconds.
pub fn json(report: &Report) -> Value {
    let machine = &report.machine;
    json!({
        "suite": report.suite,
        "date": report.date,
        "command": report.command,
        "machine": {
            "cores": machine.cores,
            "processor": machine.processor,
            "system": machine.system,
            "rust": machine.rust,
            "python": machine.python,
            "load_before": machine.load_before,
            "load_after": machine.load_after,
        },
        "tables": report.tables.iter().map(table).collect::<Vec<_>>(),
    })
}

fn table(measured: &Measured) -> Value {
    json!({
        "name": measured.name,
        "title": measured.title,
        "unit": measured.unit,
        "rounds": measured.rounds,
        "shares": measured.shares,
        "cases": measured.rows.iter().map(|row| case(measured, row)).collect::<Vec<_>>(),
    })
}

fn case(measured: &Measured, row: &Row) -> Value {
    let samples = row.samples.iter().map(|sample| json!({"wall_s": sample.wall_s, "cpu_s": sample.cpu_s}));
    json!({
        "name": row.case,
        "units": row.units,
        "wall_s": spread(row.wall_s()),
        "cpu_s": spread(row.cpu_s()),
        "times_as_fast": spread(measured.times_as_fast(row)),
        "times_the_cpu": measured.times_the_cpu(row).map(spread),
        "samples": samples.collect::<Vec<_>>(),
    })
}

fn spread(spread: Spread) -> Value {
    json!({"median": spread.median, "min": spread.min, "max": spread.max})
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::json;

    #[test]
    fn everything_is_there_for_a_program() {
        let json = json(&sample::report());
        assert_eq!(json["machine"]["cores"], 2);
        let case = &json["tables"][0]["cases"][1];
        assert_eq!(case["samples"][1]["wall_s"], 0.01);
        assert_eq!(case["wall_s"]["median"], 0.005);
        assert_eq!(case["times_as_fast"]["min"], 50.0);
        assert_eq!(json["tables"][0]["shares"][0], 0.5);
    }
}
