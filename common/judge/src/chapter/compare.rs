//! Comparing what a demo printed with what a chapter shows.

/// Stands for any number of lines.
const ANY_LINES: &str = "...";

/// Stands for any text within a line.
const ANY_TEXT: &str = "[..]";

/// `None` if the lines agree; otherwise a diff, line by line.
pub(super) fn in_order(expected: &[&str], actual: &[&str]) -> Option<String> {
    // agree[e][a]: whether the lines from `e` agree with those from `a`.
    let (rows, columns) = (expected.len(), actual.len());
    let mut agree = vec![vec![false; columns + 1]; rows + 1];
    agree[rows][columns] = true;
    for e in (0..rows).rev() {
        for a in (0..=columns).rev() {
            agree[e][a] = if expected[e] == ANY_LINES {
                agree[e + 1][a] || a < columns && agree[e][a + 1]
            } else {
                a < columns && agree[e + 1][a + 1] && line(expected[e], actual[a])
            };
        }
    }
    (!agree[0][0]).then(|| diff(expected, actual))
}

/// `None` if the lines agree in some order; otherwise those that are missing and those that are too much.
pub(super) fn in_any_order(expected: &[&str], actual: &[&str]) -> Option<String> {
    let more_may_come = expected.contains(&ANY_LINES);
    let expected: Vec<&str> = expected.iter().copied().filter(|line| *line != ANY_LINES).collect();
    // A line with a gap may agree with several, so lines are paired one by one, moving earlier pairs where needed.
    let mut pair: Vec<Option<usize>> = vec![None; actual.len()];
    let mut missing = Vec::new();
    for e in 0..expected.len() {
        if !find_pair(e, &expected, actual, &mut pair, &mut vec![false; actual.len()]) {
            missing.push(expected[e]);
        }
    }
    let too_much: Vec<&str> =
        actual.iter().zip(&pair).filter(|(_, pair)| pair.is_none()).map(|(line, _)| *line).collect();
    if missing.is_empty() && (more_may_come || too_much.is_empty()) {
        return None;
    }
    let lines =
        missing.iter().map(|l| format!("  - {l}\n")).chain(too_much.iter().map(|l| format!("  + {l}\n")));
    Some(lines.collect())
}

fn find_pair(
    e: usize,
    expected: &[&str],
    actual: &[&str],
    pair: &mut [Option<usize>],
    tried: &mut [bool],
) -> bool {
    for a in 0..actual.len() {
        if tried[a] || !line(expected[e], actual[a]) {
            continue;
        }
        tried[a] = true;
        if pair[a].is_none_or(|other| find_pair(other, expected, actual, pair, tried)) {
            pair[a] = Some(e);
            return true;
        }
    }
    false
}

/// Whether a printed line agrees with a pattern.
fn line(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split(ANY_TEXT);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The longest common run of lines stays, the rest is marked.
fn diff(expected: &[&str], actual: &[&str]) -> String {
    let (rows, columns) = (expected.len(), actual.len());
    let mut common = vec![vec![0_usize; columns + 1]; rows + 1];
    for e in (0..rows).rev() {
        for a in (0..columns).rev() {
            common[e][a] = if line(expected[e], actual[a]) {
                common[e + 1][a + 1] + 1
            } else {
                common[e + 1][a].max(common[e][a + 1])
            };
        }
    }
    let (mut e, mut a) = (0, 0);
    let mut out = String::new();
    while e < rows || a < columns {
        if e < rows && a < columns && line(expected[e], actual[a]) {
            out += &format!("    {}\n", actual[a]);
            (e, a) = (e + 1, a + 1);
        } else if a == columns || e < rows && common[e + 1][a] >= common[e][a + 1] {
            out += &format!("  - {}\n", expected[e]);
            e += 1;
        } else {
            out += &format!("  + {}\n", actual[a]);
            a += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<&str> {
        if text.is_empty() { Vec::new() } else { text.split('|').collect() }
    }

    #[test]
    fn lines_in_order() {
        let table = [
            ("a|b", "a|b", true),
            ("a|b", "b|a", false),
            ("a", "a|b", false),
            ("a|...", "a|b|c", true),
            ("...|c", "a|b|c", true),
            ("a|...|b|...|d", "a|b|c|b|d", true),
            ("a|...|b", "a|b|c", false),
            ("...", "", true),
            ("", "", true),
            ("took [..] ms", "took 12 ms", true),
            ("took [..] ms", "took 12 s", false),
            ("[..]b[..]b", "ab", false),
            ("[..]a[..]", "bab", true),
            ("a[..]a", "a", false),
        ];
        for (expected, actual, same) in table {
            let diff = in_order(&lines(expected), &lines(actual));
            assert_eq!(diff.is_none(), same, "{expected} / {actual}: {diff:?}");
        }
    }

    #[test]
    fn lines_in_any_order_are_counted() {
        let table = [
            ("a|b", "b|a", true),
            ("a|a|b", "a|b|b", false),
            ("a", "a|a", false),
            ("a|...", "b|a|a", true),
            // The first pattern must leave `x1` to the second.
            ("x[..]|x1", "x1|x2", true),
            ("x[..]|x[..]|x1", "x1|x2|y", false),
        ];
        for (expected, actual, same) in table {
            let diff = in_any_order(&lines(expected), &lines(actual));
            assert_eq!(diff.is_none(), same, "{expected} / {actual}: {diff:?}");
        }
    }

    #[test]
    fn a_diff_marks_only_what_differs() {
        let diff = in_order(&lines("a|b[..]|c"), &lines("a|x|c|d")).unwrap();
        assert_eq!(diff, "    a\n  - b[..]\n  + x\n    c\n  + d\n");
        assert_eq!(in_any_order(&["a", "b"], &["b", "c"]).unwrap(), "  - a\n  + c\n");
    }
}
