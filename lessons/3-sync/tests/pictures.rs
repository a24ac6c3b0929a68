//! Every picture of the chapter is drawn from the demo it shows, by the explorer: `pictures/` can never go stale.
//!
//! To draw them anew: `INTERLEAVE_PICTURES=write cargo test -p sync --test pictures`.
extern crate interleave as std; // every `use std::…` of the demos is the explorer's

#[path = "../src/bin/d308_condvar.rs"]
#[expect(dead_code, reason = "a picture shows a part of its demo")]
mod d308_condvar;

use std::sync::Arc;

#[test]
fn the_chapter_shows_what_the_explorer_draws() {
    judge::chapter::check_pictures(env!("CARGO_MANIFEST_DIR"), &[("d308_condvar", condvar)]);
}

/// Two producers and two consumers around one condition variable, one item each.
fn condvar() -> String {
    judge::chapter::failing_schedule(|| {
        let queue = Arc::new(d308_condvar::Queue::with_one_condvar(false));
        for thread in d308_condvar::start(&queue, 2, 1) {
            thread.join().unwrap();
        }
    })
}
