//! Today's date, without a crate for calendars.
use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

/// A day of the calendar, in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: i64,
    month: u32,
    day: u32,
}

impl Date {
    /// The day it is now; the first of January 1970 if the clock says it is earlier.
    pub fn today() -> Date {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
        Date::from_days((seconds / 86_400).cast_signed())
    }

    /// The day that many days after the first of January 1970 (Howard Hinnant, "chrono-compatible low-level date
    /// algorithms", `civil_from_days`). Years begin in March here, so that the leap day is the last of its year.
    fn from_days(days: i64) -> Date {
        const DAYS_IN_400_YEARS: i64 = 146_097;
        let days = days + 719_468; // counted from the first of March of the year 0
        let era = days.div_euclid(DAYS_IN_400_YEARS);
        let day_of_era = days.rem_euclid(DAYS_IN_400_YEARS);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * march_month + 2) / 5 + 1;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Date { year, month: month as u32, day: day as u32 }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn known_days() {
        for (days, text) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (789, "1972-02-29"),
            (10_957, "2000-01-01"),
            (11_016, "2000-02-29"),
            (20_088, "2024-12-31"),
            (20_778, "2026-11-21"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
            (-1, "1969-12-31"),
        ] {
            assert_eq!(Date::from_days(days).to_string(), text, "day {days}");
        }
    }

    #[test]
    fn every_day_is_the_day_after_the_one_before() {
        let mut before = Date::from_days(-1);
        for days in 0..200_000 {
            let day = Date::from_days(days);
            assert!(day > before, "{day} must come after {before}");
            before = day;
        }
    }
}
