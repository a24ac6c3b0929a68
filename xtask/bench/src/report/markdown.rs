//! Figures as a page of the book.
use super::{Report, cells, conditions, heads, left_out, load};
use crate::rounds::Measured;

/// The page `docs/measured/SUITE.md`; its pictures lie beside it.
pub fn page(report: &Report) -> String {
    let machine = &report.machine;
    let mut out = format!("# Measured: {}\n\n{}\n\n", report.title, report.intro.trim());
    out += &format!(
        "Made on {} by `{}` on {} ({}; {} {}), {}{}; {}.\n\n",
        report.date,
        report.command,
        escaped(&machine.processor),
        machine.system,
        machine.cores,
        if machine.cores == 1 { "core" } else { "cores" },
        machine.rust,
        machine.python.as_ref().map_or_else(String::new, |python| format!(", {python}")),
        load(machine),
    );
    out += "\
Within a round every case runs once, in alternating order; *times as fast* compares two runs of the same round, with the
least and the most over all rounds. *CPU* is the time of all processors together. Programs share a machine: below each
table stands how much of a processor a single busy thread was given. Where that is much less than 100 %, times and their
ratios tell as much of the neighbours as of the work, and a second processor is often somebody else's; the processor time is
the work's own. Of a ratio with a wide range believe only which side of 1 it is on.\n";
    if let Some(line) = left_out(machine) {
        out += &format!("{line}\n");
    }
    for measured in &report.tables {
        out += &table(report.suite, measured);
        out += &format!("\n*{}.*\n", conditions(measured, machine));
    }
    out
}

fn table(suite: &str, measured: &Measured) -> String {
    let mut out = format!("\n## {}\n\n{}\n\n", measured.title, measured.about.trim());
    out += &format!("![{}]({suite}-{}.svg)\n\n", escaped(&measured.title), measured.name);
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads = heads(measured);
    out += &line(&heads);
    out += &line(
        &heads
            .iter()
            .enumerate()
            .map(|(i, _)| if i == 0 { "---" } else { "--:" }.to_owned())
            .collect::<Vec<_>>(),
    );
    for row in cells(measured) {
        out += &line(&row.iter().map(|cell| escaped(cell)).collect::<Vec<_>>());
    }
    out
}

/// Text in which Markdown sees no marks of its own.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "\\`*_[]<>|".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::page;

    #[test]
    fn a_page_names_how_where_and_when() {
        let page = page(&sample::report());
        for wanted in [
            "# Measured: threads\n",
            "`cargo xtask bench threads --write`",
            "2026-11-26",
            "2 cores",
            "rustc 1.95.0",
            "load 0.5 before, 3.2 after",
            "no `python3`",
            "![One counter](threads-counter.svg)",
            "| a lock | 500 ms | 400 ms | 600 ms | 800 ms | 500 µs | 800 µs | 1.00 | 1.00 |",
            "| \\<none\\> & merged |",
            "50 to 100 % of a processor",
        ] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
        assert!(page.ends_with(".*\n") && !page.contains(" \n"), "{page}");
    }
}
