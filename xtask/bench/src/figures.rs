//! How figures are written: three digits that mean something, with their unit.
use crate::spread::Spread;

/// Seconds in the unit that suits them: `37.2 µs`, `1.04 s`.
pub fn seconds(value: f64) -> String {
    let scales = [(1.0, "s"), (1e-3, "ms"), (1e-6, "µs")];
    let (scale, unit) =
        scales.into_iter().find(|(scale, _)| value >= *scale * 0.9995).unwrap_or((1e-9, "ns"));
    format!("{} {unit}", digits(value / scale))
}

/// A ratio with its range, `4.1 (3.8–4.6)`; the range is left out where it says nothing.
pub fn ratio(spread: Spread) -> String {
    let (least, middle, most) = (digits(spread.min), digits(spread.median), digits(spread.max));
    if least == most { middle } else { format!("{middle} ({least}–{most})") }
}

/// Three digits: `0.0123`, `1.23`, `12.3`, `1230`.
pub fn digits(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return format!("{value}");
    }
    // Rounding may carry over into one more place: 9.996 is 10.0.
    let places = |value: f64| 2 - value.abs().log10().floor() as i32;
    let step = 10_f64.powi(places(value));
    let rounded = (value * step).round() / step;
    let places = usize::try_from(places(rounded)).unwrap_or(0);
    format!("{rounded:.places$}")
}

/// A whole number with its thousands set apart: `1,000,000`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits() {
        for (value, text) in [
            (0.0, "0"),
            (0.012_34, "0.0123"),
            (1.0, "1.00"),
            (9.996, "10.0"),
            (12.345, "12.3"),
            (99.96, "100"),
            (123.4, "123"),
            (1_234.0, "1230"),
        ] {
            assert_eq!(digits(value), text, "{value}");
        }
    }

    #[test]
    fn units_suit_the_value() {
        for (value, text) in [
            (1.5, "1.50 s"),
            (0.999_9, "1.00 s"),
            (0.0372, "37.2 ms"),
            (37.2e-6, "37.2 µs"),
            (5e-10, "0.500 ns"),
        ] {
            assert_eq!(seconds(value), text);
        }
    }

    #[test]
    fn a_range_is_shown_where_there_is_one() {
        assert_eq!(ratio(Spread { median: 4.1, min: 3.8, max: 4.62 }), "4.10 (3.80–4.62)");
        assert_eq!(ratio(Spread { median: 1.0, min: 1.0, max: 1.0 }), "1.00");
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!([999, 1_000, 12_345_678].map(count), ["999", "1,000", "12,345,678"]);
    }
}
