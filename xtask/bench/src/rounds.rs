//! Rounds: every case once a round, in alternating order, so that all have the same luck.
//!
//! On a machine that does other things too, a figure from one minute cannot be compared with one from another. So the
//! cases of a table take turns, and a ratio is formed within a round, from two runs that stood side by side. Every
//! second round goes backwards: whoever profits from coming first does so only half of the time.
use crate::meter::Sample;
use crate::suite::{Case, Table};
use anyhow::{Context, Result, ensure};

/// All runs of a table.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// Part of the names of files.
    pub name: &'static str,
    /// The heading.
    pub title: String,
    /// What the work is.
    pub about: String,
    /// One of what the work consists of.
    pub unit: &'static str,
    /// How many rounds there were.
    pub rounds: usize,
    /// The cases in the table's order.
    pub rows: Vec<Row>,
    /// In each round, the share of a processor that a single busy thread was given.
    pub shares: Vec<f64>,
}

/// All runs of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What stands in the table.
    pub case: String,
    /// How many units a run does.
    pub units: u64,
    /// One for each round, in order.
    pub samples: Vec<Sample>,
}

/// Who runs a case, and who is told of it. Tests bring their own clock here.
pub trait Executor {
    /// Runs a case once.
    fn execute(&mut self, case: &mut Case) -> Result<Sample>;
    /// The share of a processor that a busy thread is given just now, from 0 to 1.
    fn share(&mut self) -> f64;
    /// Is told what comes next: the round (0 is the warm-up), and the case.
    fn told(&mut self, round: usize, case: &str);
}

/// Runs each case that wants it once to warm up, then all `rounds` times to count.
///
/// # Errors
/// When a case fails, or measures nonsense; the error names it.
pub fn run(mut table: Table, rounds: usize, executor: &mut dyn Executor) -> Result<Measured> {
    ensure!(rounds > 0, "no rounds, no figures");
    ensure!(table.cases.iter().all(|case| case.units > 0), "a case of `{}` does no work", table.name);
    let mut rows: Vec<Row> = table
        .cases
        .iter()
        .map(|case| Row { case: case.name.clone(), units: case.units, samples: Vec::with_capacity(rounds) })
        .collect();
    let mut shares = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        if round > 0 {
            shares.push(executor.share());
        }
        for index in order(table.cases.len(), round) {
            let case = &mut table.cases[index];
            if round == 0 && !case.warms_up {
                continue;
            }
            executor.told(round, &case.name);
            let named = || format!("table `{}`, case `{}`", table.name, rows[index].case);
            let sample = executor.execute(case).with_context(named)?;
            let sound = |seconds: f64| seconds.is_finite() && seconds >= 0.0;
            ensure!(
                sample.wall_s > 0.0 && sound(sample.wall_s) && sound(sample.cpu_s),
                "{}: {sample:?}",
                named()
            );
            if round > 0 {
                rows[index].samples.push(sample);
            }
        }
    }
    let Table { name, title, about, unit, .. } = table;
    Ok(Measured { name, title, about, unit, rounds, rows, shares })
}

/// Forwards in every other round, backwards in those between.
fn order(cases: usize, round: usize) -> Vec<usize> {
    if round.is_multiple_of(2) { (0..cases).rev().collect() } else { (0..cases).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::bail;

    /// Gives samples from a script and writes down who was run.
    struct Scripted<F> {
        time: F,
        log: Vec<String>,
        told: Vec<usize>,
    }

    impl<F: FnMut(&str, usize) -> Result<f64>> Executor for Scripted<F> {
        fn execute(&mut self, case: &mut Case) -> Result<Sample> {
            let wall_s = (self.time)(&case.name, self.log.len())?;
            self.log.push(case.name.clone());
            Ok(Sample { wall_s, cpu_s: wall_s / 2.0 })
        }

        fn share(&mut self) -> f64 {
            self.log.push("share".into());
            0.5
        }

        fn told(&mut self, round: usize, _: &str) {
            self.told.push(round);
        }
    }

    fn table(names: &[&str]) -> Table {
        let cases = names.iter().map(|name| Case::here(*name, 10, || Ok(()))).collect();
        Table { name: "t", title: "T".into(), about: String::new(), unit: "thing", rounds: 3, cases }
    }

    fn scripted<F: FnMut(&str, usize) -> Result<f64>>(time: F) -> Scripted<F> {
        Scripted { time, log: Vec::new(), told: Vec::new() }
    }

    #[test]
    fn rounds_alternate_and_the_warm_up_does_not_count() {
        let mut executor = scripted(|_, _| Ok(1.0));
        let measured = run(table(&["a", "b", "c"]), 3, &mut executor).unwrap();
        let log = executor.log.join(" ");
        assert_eq!(log, "c b a share a b c share c b a share a b c");
        assert_eq!(executor.told, [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
        assert!(measured.rows.iter().all(|row| row.samples.len() == 3));
        assert_eq!(measured.shares, [0.5; 3]);
    }

    #[test]
    fn what_does_not_warm_up_is_not_warmed_up() {
        let mut executor = scripted(|_, _| Ok(1.0));
        let mut table = table(&["a", "b"]);
        table.cases[0].warms_up = false;
        run(table, 2, &mut executor).unwrap();
        assert_eq!(executor.log.join(" "), "b share a b share b a");
    }

    #[test]
    fn samples_stay_with_their_case_and_round() {
        // Every run takes longer than the one before, whoever it is.
        let mut executor = scripted(|_, runs| Ok(1.0 + runs as f64));
        let measured = run(table(&["a", "b"]), 2, &mut executor).unwrap();
        let walls = |row: &Row| row.samples.iter().map(|sample| sample.wall_s).collect::<Vec<_>>();
        // The log also counts the shares: b a | s a b | s b a.
        assert_eq!(walls(&measured.rows[0]), [4.0, 8.0]);
        assert_eq!(walls(&measured.rows[1]), [5.0, 7.0]);
    }

    #[test]
    fn a_case_that_fails_is_named() {
        let mut executor = scripted(|name, _| if name == "b" { bail!("out of luck") } else { Ok(1.0) });
        let error = format!("{:#}", run(table(&["a", "b"]), 1, &mut executor).unwrap_err());
        assert_eq!(error, "table `t`, case `b`: out of luck");
    }

    #[test]
    fn nonsense_is_refused() {
        for wall in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(run(table(&["a"]), 1, &mut scripted(|_, _| Ok(wall))).is_err(), "{wall}");
        }
        assert!(run(table(&["a"]), 0, &mut scripted(|_, _| Ok(1.0))).is_err());
        let mut idle = table(&["a"]);
        idle.cases[0].units = 0;
        assert!(run(idle, 1, &mut scripted(|_, _| Ok(1.0))).is_err());
    }
}
