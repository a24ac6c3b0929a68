//! All suites. `README.md` of this package says how to add one.
mod chat;
mod sync;
mod threads;

use crate::suite::Suite;

/// Every suite, in the order of the lessons.
pub const ALL: &[Suite] = &[threads::SUITE, chat::SUITE, sync::SUITE];

#[cfg(test)]
mod tests {
    use super::ALL;
    use crate::meter;
    use crate::suite::{Size, Work};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_fit_for_files() {
        let mut seen = BTreeSet::new();
        let fit =
            |name: &str| name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        for suite in ALL {
            assert!(seen.insert(suite.name.to_owned()) && fit(suite.name), "{}", suite.name);
            for table in (suite.tables)(Size::Full).unwrap() {
                let name = format!("{}-{}", suite.name, table.name);
                assert!(fit(&name) && seen.insert(name.clone()), "{name}");
                assert!(table.cases.len() > 1, "{name} compares nothing");
                let cases: BTreeSet<&str> = table.cases.iter().map(|case| case.name.as_str()).collect();
                assert_eq!(cases.len(), table.cases.len(), "{name} has two cases of the same name");
            }
        }
    }

    /// Every case checks its own result; one that has rotted is found here, not by whoever makes the pages.
    #[test]
    fn every_case_works() {
        for suite in ALL {
            for table in (suite.tables)(Size::Small).unwrap() {
                for mut case in table.cases {
                    let done = match &mut case.work {
                        Work::Here(work) => meter::measure(&mut **work),
                        Work::Itself(work) => work(),
                    };
                    let sample =
                        done.unwrap_or_else(|error| panic!("{} {}: {error:#}", table.name, case.name));
                    assert!(sample.wall_s > 0.0, "{} {}: {sample:?}", table.name, case.name);
                }
            }
        }
    }
}
