//! Replay tokens: the choices of a schedule as a short text.

/// More alternatives than any choice has; a token that names more is broken.
const MOST_ALTERNATIVES: u16 = 10_000;

/// Writes choices compactly: nearly all are 0, so runs of them become a letter (`12a` is twelve
/// zeros) and every other choice stands between dots. Trailing zeros are left out.
pub(super) fn encode(choices: impl Iterator<Item = u16>) -> String {
    use ::std::fmt::Write as _;
    let mut token = String::new();
    let mut zeros = 0;
    for choice in choices {
        if choice == 0 {
            zeros += 1;
            continue;
        }
        if zeros > 0 {
            let _ = write!(token, "{zeros}a");
            zeros = 0;
        }
        let _ = write!(token, "{choice}.");
    }
    if token.is_empty() { "0".into() } else { token }
}

pub(super) fn decode(token: &str) -> Result<Vec<u16>, String> {
    let wrong = || format!("`{token}` is not a replay token: copy it whole from the failure it came from");
    if token == "0" {
        return Ok(Vec::new());
    }
    let mut choices = Vec::new();
    let mut digits = String::new();
    for c in token.chars() {
        match c {
            '0'..='9' => digits.push(c),
            'a' | '.' => {
                let n = digits.parse::<u16>().ok().filter(|n| *n < MOST_ALTERNATIVES).ok_or_else(wrong)?;
                digits.clear();
                if c == 'a' {
                    choices.extend(::std::iter::repeat_n(0, usize::from(n)));
                } else {
                    choices.push(n);
                }
            }
            _ => return Err(wrong()),
        }
    }
    if digits.is_empty() && !choices.is_empty() { Ok(choices) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_a_round_trip() {
        for choices in [vec![], vec![1], vec![0, 0, 2], vec![3, 0, 1, 0, 0, 0, 12]] {
            let token = encode(choices.iter().copied());
            assert_eq!(decode(&token).unwrap(), choices, "{token}");
        }
    }

    #[test]
    fn a_broken_token_is_an_error() {
        for token in ["", "x", "3", "a", "1.2", "99999a", "1..", "é"] {
            assert!(decode(token).is_err(), "{token}");
        }
    }
}
