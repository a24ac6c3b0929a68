//! What is said of several runs: the median, and how far they lie apart.
use crate::rounds::{Measured, Row};

/// The median with its range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// Half of the runs are below it.
    pub median: f64,
    /// The least.
    pub min: f64,
    /// The greatest.
    pub max: f64,
}

impl Spread {
    /// Of at least one value.
    ///
    /// # Panics
    /// When there is none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut values: Vec<f64> = values.into_iter().collect();
        values.sort_by(f64::total_cmp);
        let count = values.len();
        assert!(count > 0, "a spread of nothing");
        let median = f64::midpoint(values[(count - 1) / 2], values[count / 2]);
        Spread { median, min: values[0], max: values[count - 1] }
    }
}

impl Row {
    /// The time from start to end.
    pub fn wall_s(&self) -> Spread {
        Spread::of(self.samples.iter().map(|sample| sample.wall_s))
    }

    /// The processor time.
    pub fn cpu_s(&self) -> Spread {
        Spread::of(self.samples.iter().map(|sample| sample.cpu_s))
    }
}

impl Measured {
    /// How many times as fast a row is as the first one: in each round the two are compared, for one unit of work.
    pub fn times_as_fast(&self, row: &Row) -> Spread {
        let first = &self.rows[0];
        let per_unit = row.units as f64 / first.units as f64;
        let pairs = first.samples.iter().zip(&row.samples);
        Spread::of(pairs.map(|(first, sample)| first.wall_s / sample.wall_s * per_unit))
    }

    /// How many times the processor time of the first row a row uses for the same work; `None` if the first one used
    /// none that a clock could show.
    pub fn times_the_cpu(&self, row: &Row) -> Option<Spread> {
        let first = &self.rows[0];
        let per_unit = first.units as f64 / row.units as f64;
        let pairs = first.samples.iter().zip(&row.samples);
        let ratios: Option<Vec<f64>> = pairs
            .map(|(first, sample)| (first.cpu_s > 0.0).then(|| sample.cpu_s / first.cpu_s * per_unit))
            .collect();
        ratios.map(Spread::of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meter::Sample;

    #[test]
    fn the_median_is_in_the_middle() {
        for (values, median) in [(&[3.0][..], 3.0), (&[1.0, 9.0, 2.0], 2.0), (&[4.0, 1.0, 2.0, 9.0], 3.0)] {
            assert_eq!(Spread::of(values.iter().copied()).median, median, "{values:?}");
        }
        let spread = Spread::of([4.0, 1.0, 2.0, 9.0]);
        assert_eq!((spread.min, spread.max), (1.0, 9.0));
    }

    fn row(case: &str, units: u64, walls: &[f64]) -> Row {
        let samples = walls.iter().map(|&wall_s| Sample { wall_s, cpu_s: wall_s * 2.0 }).collect();
        Row { case: case.into(), units, samples }
    }

    fn measured(rows: Vec<Row>) -> Measured {
        let rounds = rows[0].samples.len();
        let (title, about) = (String::new(), String::new());
        Measured { name: "t", title, about, unit: "thing", rounds, rows, shares: vec![1.0; rounds] }
    }

    #[test]
    fn ratios_are_formed_within_a_round() {
        // The machine gets ten times slower in the middle; the ratio does not notice, medians of times would.
        let table = measured(vec![row("slow", 1, &[4.0, 40.0, 4.4]), row("fast", 1, &[2.0, 20.0, 1.1])]);
        assert_eq!(table.times_as_fast(&table.rows[1]), Spread { median: 2.0, min: 2.0, max: 4.0 });
        assert_eq!(table.times_as_fast(&table.rows[0]), Spread { median: 1.0, min: 1.0, max: 1.0 });
        assert_eq!(table.times_the_cpu(&table.rows[1]).map(|spread| spread.median), Some(0.5));
    }

    #[test]
    fn cases_of_different_size_are_compared_by_the_unit() {
        let table = measured(vec![row("much", 100, &[1.0]), row("little", 10, &[1.0])]);
        assert_eq!(table.times_as_fast(&table.rows[1]).median, 0.1);
        assert_eq!(table.times_the_cpu(&table.rows[1]).map(|spread| spread.median), Some(10.0));
    }

    #[test]
    fn no_ratio_to_nothing() {
        let mut idle = row("idle", 1, &[1.0]);
        idle.samples[0].cpu_s = 0.0;
        let table = measured(vec![idle, row("busy", 1, &[1.0])]);
        assert_eq!(table.times_the_cpu(&table.rows[1]), None);
    }
}
