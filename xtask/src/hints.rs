//! What helps after a certain verdict or a certain error of the compiler: the table `hint_for` of an exercise.
use crate::toml_table::{Problem, Reader};
use judge::Verdict;

/// The hints of one exercise.
#[derive(Debug, Default)]
pub struct Hints(Vec<(Occasion, String)>);

/// A hint, and what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hint<'a> {
    /// What helps.
    pub text: &'a str,
    /// Whether it is about an error that the compiler reported after the one that is shown.
    pub later: bool,
}

impl<'a> Hint<'a> {
    /// A hint about what is shown.
    pub fn new(text: &'a str) -> Hint<'a> {
        Hint { text, later: false }
    }
}

/// When a hint helps.
#[derive(Debug, PartialEq, Eq)]
enum Occasion {
    /// After this verdict.
    Verdict(Verdict),
    /// When the compiler reports this error, such as `E0382`.
    Code(String),
}

/// Whether `text` is an error code of the compiler: `E` and four digits.
pub fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix('E');
    digits.is_some_and(|digits| digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()))
}

impl Hints {
    /// Reads the table `hint_for` of an exercise, if it has one.
    pub fn read(exercise: &Reader) -> Result<Hints, Problem> {
        let Some(table) = exercise.table("hint_for")? else { return Ok(Hints::default()) };
        let mut hints = Vec::new();
        for key in table.keys() {
            let occasion = match key.parse() {
                Ok(verdict) => Occasion::Verdict(verdict),
                Err(_) if is_code(key) => Occasion::Code(key.to_owned()),
                Err(_) => {
                    let problem = format!(
                        "`{key}` is no verdict (`cargo xtask verify --help` lists them) and no error code \
                         of the compiler, which is E and four digits, like `E0382`"
                    );
                    return Err(exercise.problem("hint_for", problem));
                }
            };
            hints.push((occasion, table.string(key)?));
        }
        Ok(Hints(hints))
    }

    /// The hint after `verdict`, for which the compiler reported errors with these codes.
    ///
    /// What does not compile is helped by what belongs to its error. A hint for every error can only guess; it is
    /// given where nothing better is known. None is given without a code: then the first error, which is the one that is
    /// shown, is one of syntax, about which the compiler itself says best what is wrong.
    pub fn of(&self, verdict: Verdict, codes: &[String]) -> Option<Hint<'_>> {
        if verdict != Verdict::DoesNotCompile {
            return self.find(|occasion| *occasion == Occasion::Verdict(verdict)).map(Hint::new);
        }
        if codes.is_empty() {
            return None;
        }
        if self.find(|occasion| matches!(occasion, Occasion::Code(_))).is_some() {
            return codes.iter().enumerate().find_map(|(index, code)| {
                let text = self.find(|occasion| matches!(occasion, Occasion::Code(of) if of == code))?;
                Some(Hint { text, later: index > 0 })
            });
        }
        self.find(|occasion| *occasion == Occasion::Verdict(verdict)).map(Hint::new)
    }

    fn find(&self, is_it: impl Fn(&Occasion) -> bool) -> Option<&str> {
        self.0.iter().find(|(occasion, _)| is_it(occasion)).map(|(_, hint)| hint.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(text: &str) -> Result<Hints, Problem> {
        Hints::read(&Reader::new(&text.parse().unwrap(), "e104"))
    }

    fn codes(codes: &[&str]) -> Vec<String> {
        codes.iter().map(|code| (*code).to_owned()).collect()
    }

    #[test]
    fn an_error_gets_the_hint_of_its_code_and_no_other() {
        let hints =
            hints("[hint_for]\nE0382 = \"moved\"\nE0373 = \"outlives\"\ndoes-not-compile = \"any\"").unwrap();
        let of = |list: &[&str]| {
            hints.of(Verdict::DoesNotCompile, &codes(list)).map(|hint| (hint.text.to_owned(), hint.later))
        };
        let told = |text: &str, later| Some((text.to_owned(), later));
        assert_eq!(of(&["E0373"]), told("outlives", false));
        assert_eq!(of(&["E0308", "E0382", "E0373"]), told("moved", true), "the compiler's order counts");
        assert_eq!(of(&["E0308"]), None, "a hint for something else misleads");
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn the_hint_for_any_error_is_not_for_syntax() {
        let hints = hints("[hint_for]\ndoes-not-compile = \"any\"\nleak = \"join\"").unwrap();
        assert_eq!(hints.of(Verdict::DoesNotCompile, &codes(&["E0308"])), Some(Hint::new("any")));
        assert_eq!(hints.of(Verdict::DoesNotCompile, &[]), None);
        assert_eq!(hints.of(Verdict::Leak, &[]), Some(Hint::new("join")));
        assert_eq!(hints.of(Verdict::Deadlock, &[]), None);
    }

    #[test]
    fn a_key_is_a_verdict_or_a_code() {
        for key in ["E038", "E03822", "e0382", "E03x2", "0382", "lost"] {
            let error = hints(&format!("[hint_for]\n{key} = \"?\"")).unwrap_err();
            let wanted = format!("e104: `hint_for`: `{key}` is no verdict");
            assert!(error.starts_with(&wanted) && error.contains("like `E0382`"), "{error}");
        }
    }
}
