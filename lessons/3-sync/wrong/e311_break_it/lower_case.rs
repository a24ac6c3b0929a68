//! e311_break_it, wrong: names written as nobody is called.

/// Whose turn it is, one name for each step.
pub type Turns = Vec<&'static str>;

/// Ann and Ben each count one visit. Lose one: `visits` is 1 at the end.
///
/// ```text
/// Ann and Ben, once each:    1  let seen = visits.load(SeqCst);
///                            2  visits.store(seen + 1, SeqCst);
/// ```
pub fn lose_a_visit() -> Turns {
    vec!["ann", "ben", "ben", "ann"]
}

/// The same, and each counts three visits: two times three steps of each kind, twelve turns in all. Lose as many as can be
/// lost: `visits` is 2 at the end.
pub fn lose_four_visits() -> Turns {
    vec!["Ann", "Ben", "Ben", "Ben", "Ben", "Ann", "Ben", "Ann", "Ann", "Ann", "Ann", "Ben"]
}

/// Three threads each move a coin, Ann from `tea` to `till`, Ben from `till` to `safe`, Cy from `safe` to `tea`. Let them
/// stand still for ever.
///
/// ```text
/// each:    1  let mut from = from.lock().unwrap();
///          2  let mut to = to.lock().unwrap();      moves the coin, and gives both back at once
/// ```
pub fn stand_still() -> Turns {
    vec!["Ann", "Ben", "Cy"]
}

/// Ann waits for a letter, and Ben posts one and wakes her up. Let Ann sleep for ever, with the letter in the box.
///
/// ```text
/// Ann:    1  let empty = *letters.lock().unwrap() == 0;   looks, and gives the lock back
///         2  let mut letters = letters.lock().unwrap();
///            if empty {
///         3      letters = posted.wait(letters).unwrap();
///            }
/// Ben:    1  *letters.lock().unwrap() += 1;               posts, and gives the lock back
///         2  posted.notify_one();
/// ```
pub fn sleep_on() -> Turns {
    vec!["Ann", "Ben", "Ben", "Ann", "Ann"]
}
