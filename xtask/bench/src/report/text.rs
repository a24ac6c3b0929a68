//! Figures for a terminal.
use super::{Report, cells, conditions, heads, left_out, load};
use crate::rounds::Measured;

/// A report, table by table.
pub fn text(report: &Report) -> String {
    let machine = &report.machine;
    let mut out = format!(
        "{}: {} on {}, {}, {}{}\n",
        report.suite,
        report.date,
        machine.processor,
        machine.system,
        machine.rust,
        machine.python.as_ref().map_or_else(String::new, |python| format!(", {python}")),
    );
    for measured in &report.tables {
        out += &format!("\n{}\n{}\n", measured.title, table(measured));
        out += &format!("  {}\n", conditions(measured, machine));
    }
    out += &format!("\n{}\n", load(machine));
    out + &left_out(machine).map_or_else(String::new, |line| format!("{line}\n"))
}

/// Columns as wide as they must be; figures stand on the right.
fn table(measured: &Measured) -> String {
    let mut lines = vec![heads(measured)];
    lines.extend(cells(measured));
    let wide = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(wide).collect();
    let line = |cells: &Vec<String>| {
        let mut text = String::from(" ");
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            text += &if column == 0 { format!(" {cell:<width$}") } else { format!("  {cell:>width$}") };
        }
        text.trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::text;

    #[test]
    fn a_report_for_the_terminal() {
        let wanted = "\
threads: 2026-11-26 on A Processor, linux x86_64, rustc 1.95.0

One counter
                    median    least     most      CPU  a visit  CPU a visit     times as fast  times the CPU
  a lock            500 ms   400 ms   600 ms   800 ms   500 µs       800 µs              1.00           1.00
  <none> & merged  5.00 ms  4.00 ms  10.0 ms  4.00 ms  5.00 µs      4.00 µs  100 (50.0–120.0)        0.00500
  3 rounds in alternating order, 2 cores; a busy thread got 50 to 100 % of a processor

load 0.5 before, 3.2 after
There is no `python3` here: its rows are left out.
"
        .replace("50.0–120.0", "50.0–120");
        let got = text(&sample::report());
        // The columns are compared word by word: their widths follow from the words.
        let words = |text: &str| {
            text.lines().map(|l| l.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(words(&got), words(&wanted));
        let ends: Vec<usize> = got.lines().skip(3).take(3).map(|line| line.chars().count()).collect();
        assert!(ends[0] == ends[1] && ends[1] == ends[2], "the columns do not stand under each other: {got}");
    }
}
