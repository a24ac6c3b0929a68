//! Every picture of the chapter is drawn from the program it shows, by the explorer: `pictures/` can never go stale.
//!
//! To draw them anew: `INTERLEAVE_PICTURES=write cargo test -p threads --test pictures`.
extern crate interleave as std; // every `use std::…` of the programs is the explorer's

#[path = "../wrong/e104_visits/stronger_ordering.rs"]
mod e104_visits;
#[path = "../wrong/e108_scheduler/closes_before_it_says_so.rs"]
#[expect(dead_code, reason = "a picture shows a part of its exercise")]
mod e108_scheduler;

use std::sync::Arc;
use std::thread;

#[test]
fn the_chapter_shows_what_the_explorer_draws() {
    judge::chapter::check_pictures(
        env!("CARGO_PKG_NAME"),
        env!("CARGO_MANIFEST_DIR"),
        &[("e104_visits", lost_update), ("e108_scheduler", lost_wakeup)],
    );
}

/// Two gates, one visitor each.
fn lost_update() -> String {
    judge::chapter::failing_schedule(|| {
        let visits = e104_visits::count_visits(2, 1, |_| true);
        assert_eq!(visits, 2, "two people came in");
    })
}

/// A scheduler with nothing to do, which is closed.
fn lost_wakeup() -> String {
    judge::chapter::failing_schedule(|| {
        let scheduler = Arc::new(e108_scheduler::Scheduler::new());
        let runs = Arc::clone(&scheduler);
        let runner = thread::Builder::new().name("runner".into()).spawn(move || runs.run()).unwrap();
        scheduler.close();
        runner.join().unwrap();
    })
}
