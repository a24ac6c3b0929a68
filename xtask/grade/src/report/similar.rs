//! Answers that are alike across students: for a person to look at, never a verdict.
use super::Book;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

/// Students whose answers to one exercise are alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The exercise.
    pub exercise: String,
    /// In which way.
    pub how: How,
    /// Ids of students.
    pub students: Vec<String>,
}

/// In which way answers are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// The same bytes.
    Identical,
    /// The same but for comments, blanks and the names of things.
    Renamed,
    /// At least nine tenths of the smaller one's pieces are in the other.
    Near,
}

impl How {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            How::Identical => "identical",
            How::Renamed => "identical but for names, comments and blanks",
            How::Near => "nearly identical",
        }
    }
}

/// How many tokens a piece has. Shorter ones are what every answer to an exercise has.
const PIECE: usize = 8;

/// Answers with fewer pieces say nothing: there is one short way to write them.
const FEWEST: usize = 40;

/// The groups of each exercise; students with identical answers count as one below.
pub fn groups(book: &Book, out: &Path) -> Vec<Group> {
    let mut groups = Vec::new();
    for (at, task) in book.tasks.iter().enumerate() {
        let mut by_sha: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for row in &book.rows {
            if let Some(sha) = row.cells[at].sha {
                by_sha.entry(sha).or_default().push(row.student.id.clone());
            }
        }
        for students in by_sha.values().filter(|students| students.len() > 1) {
            groups.push(Group { exercise: task.id.clone(), how: How::Identical, students: students.clone() });
        }
        let texts: Vec<(&Vec<String>, Print)> = by_sha
            .iter()
            .filter_map(|(sha, students)| {
                let text = fs::read_to_string(out.join("answers").join(format!("{sha}.rs"))).ok()?;
                Some((students, Print::of(&text)))
            })
            .collect();
        let texts = without_common_pieces(texts);
        let mut renamed: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for (students, print) in texts.iter().filter(|(_, print)| print.pieces.len() >= FEWEST) {
            renamed.entry(print.shape).or_default().extend(students.iter().cloned());
        }
        for (shape, students) in &renamed {
            if texts.iter().filter(|(_, print)| print.shape == *shape).count() > 1 {
                groups.push(Group {
                    exercise: task.id.clone(),
                    how: How::Renamed,
                    students: students.clone(),
                });
            }
        }
        for (index, (one, print)) in texts.iter().enumerate() {
            for (two, other) in &texts[index + 1..] {
                if print.shape != other.shape && print.is_near(other) {
                    let students = one.iter().chain(two.iter()).cloned().collect();
                    groups.push(Group { exercise: task.id.clone(), how: How::Near, students });
                }
            }
        }
    }
    groups
}

/// How many different answers there must be before what most of them have is taken for the exercise's own.
const ENOUGH: usize = 5;

/// What the exercise gives to everybody says nothing about two of them: pieces that more than half of the answers have go.
fn without_common_pieces<T>(mut texts: Vec<(T, Print)>) -> Vec<(T, Print)> {
    if texts.len() < ENOUGH {
        return texts;
    }
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for piece in texts.iter().flat_map(|(_, print)| &print.pieces) {
        *counts.entry(*piece).or_default() += 1;
    }
    let half = texts.len() / 2;
    for (_, print) in &mut texts {
        print.own.retain(|piece| counts[piece] <= half);
    }
    texts
}

/// What is left of an answer's text for comparing.
struct Print {
    /// All of it, without names.
    shape: u64,
    /// Its pieces, with names.
    pieces: BTreeSet<u64>,
    /// Those of them that are not the exercise's own.
    own: BTreeSet<u64>,
}

impl Print {
    fn of(text: &str) -> Print {
        let tokens = tokens(text);
        let is_name = |token: &str| token.starts_with(|c: char| c.is_alphabetic() || c == '_');
        let shape: Vec<&str> =
            tokens.iter().map(|token| if is_name(token) { "name" } else { token.as_str() }).collect();
        let pieces: BTreeSet<u64> = tokens.windows(PIECE).map(|piece| hash(&piece)).collect();
        Print { shape: hash(&shape), own: pieces.clone(), pieces }
    }

    fn is_near(&self, other: &Print) -> bool {
        let smaller = self.own.len().min(other.own.len());
        let larger = self.own.len().max(other.own.len());
        smaller >= FEWEST
            && smaller * 10 >= larger * 8
            && self.own.intersection(&other.own).count() * 10 >= smaller * 9
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Words, numbers and signs, without comments and blanks. It need not be exact: nothing is decided by it.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |at| at + 2)
        } else if first.is_alphanumeric() || first == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            tokens.push(rest[..end].to_owned());
            end
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "pub fn transfer(a: usize, b: usize) -> u64 { // look\n let mut sum = 0; \
                       for x in a..b { if x % 2 == 0 { sum += x as u64 * 3; } else { sum -= 1; } } sum + 1 }";

    #[test]
    fn names_comments_and_blanks_do_not_hide_a_copy() {
        let renamed = ONE.replace("sum", "total").replace("// look\n", "/* mine */\n\n").replace('x', "y");
        assert_eq!(Print::of(ONE).shape, Print::of(&renamed).shape);
        assert_ne!(Print::of(ONE).shape, Print::of(&ONE.replace("3", "4")).shape);
    }

    #[test]
    fn what_the_exercise_gives_to_everybody_makes_nobody_alike() {
        let given = (0..40).map(|n| ONE.replace("sum", &format!("given{n}"))).collect::<String>();
        let own = |who: &str| {
            (0..6).map(|n| format!("fn {who}{n}() {{ {who}{n}::{who}({n}); }}")).collect::<String>()
        };
        let names = ["a", "b", "c", "d", "e"];
        let prints = names.map(|who| ((), Print::of(&format!("{given}{}", own(who)))));
        assert!(prints[0].1.is_near(&prints[1].1), "as long as nobody knows what was given");
        let prints = without_common_pieces(Vec::from(prints));
        assert!(!prints[0].1.is_near(&prints[1].1));
    }

    #[test]
    fn one_changed_line_in_twenty_is_near_and_another_answer_is_not() {
        let long = (0..20).map(|n| ONE.replace("sum", &format!("s{n}"))).collect::<String>();
        let edited = long.replace("s7 -= 1", "s7 -= 2");
        assert!(Print::of(&long).is_near(&Print::of(&edited)));
        let other = (0..20)
            .map(|n| format!("fn f{n}(v: &[u8]) -> Option<u8> {{ v.iter().max().copied() }}"))
            .collect::<String>();
        assert!(!Print::of(&long).is_near(&Print::of(&other)));
        assert!(!Print::of("fn f() {}").is_near(&Print::of("fn f() {} ")), "too short to say");
    }
}
