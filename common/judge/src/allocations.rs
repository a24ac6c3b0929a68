//! How often an answer asks for memory. Counted only in judges that say so, by an allocator of their own.
#![expect(unsafe_code, reason = "an allocator that counts, and passes everything on to the system's")]
use crate::say;
use crate::verdict::Verdict;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The system's allocator, and a count of how often it was asked. See [`count_allocations!`](crate::count_allocations).
#[derive(Debug, Default)]
pub struct Counting;

static COUNTS: AtomicBool = AtomicBool::new(false);
static TIMES: AtomicU64 = AtomicU64::new(0);
static BYTES: AtomicU64 = AtomicU64::new(0);
/// Whether any judge in this program counts at all.
static INSTALLED: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What this thread asks for now is the judge's business.
    static PAUSED: Cell<bool> = const { Cell::new(false) };
}

fn note(bytes: usize) {
    // Relaxed: the counts travel to whoever reads them by the joins of the threads that counted.
    INSTALLED.store(true, Ordering::Relaxed);
    if COUNTS.load(Ordering::Relaxed) && !PAUSED.try_with(Cell::get).unwrap_or(true) {
        TIMES.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(bytes as u64, Ordering::Relaxed);
    }
}

// SAFETY: every call is passed on to the system's allocator as it came, and its answer as it is.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: the caller keeps the promises that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        // SAFETY: as above.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }
}

/// Lets the judge that says it count allocations; to stand at the top of its file. Other judges pay nothing.
#[macro_export]
macro_rules! count_allocations {
    () => {
        #[global_allocator]
        static COUNTING: $crate::Counting = $crate::Counting;
    };
}

/// How often memory was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allocations {
    /// How often.
    pub times: u64,
    /// How many bytes in all.
    pub bytes: u64,
}

/// Runs `f` on real threads and counts how often memory is asked for meanwhile, by any thread, except in
/// [`uncounted`]. Starting a thread takes some memory, too.
///
/// # Panics
/// If the judge does not say [`count_allocations!`](crate::count_allocations), or two count at the same time.
pub fn allocations<R>(f: impl FnOnce() -> R) -> (R, Allocations) {
    /// Ends the counting, also when `f` panics.
    struct Off;
    impl Drop for Off {
        fn drop(&mut self) {
            COUNTS.store(false, Ordering::SeqCst);
        }
    }
    drop(std::hint::black_box(Box::new(0_u8)));
    assert!(INSTALLED.load(Ordering::SeqCst), "write `judge::count_allocations!();` at the top of the judge");
    assert!(!COUNTS.swap(true, Ordering::SeqCst), "two things count allocations at the same time");
    let off = Off;
    let before = (TIMES.load(Ordering::SeqCst), BYTES.load(Ordering::SeqCst));
    let result = f();
    drop(off);
    let (times, bytes) = (TIMES.load(Ordering::SeqCst) - before.0, BYTES.load(Ordering::SeqCst) - before.1);
    (result, Allocations { times, bytes })
}

/// Runs `f`, whose allocations are the judge's own: for callbacks.
pub fn uncounted<R>(f: impl FnOnce() -> R) -> R {
    /// Goes on counting, also when `f` panics.
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            PAUSED.set(self.0);
        }
    }
    let _back = Back(PAUSED.replace(true));
    f()
}

impl Allocations {
    /// Fails with `too-slow` if memory was asked for more often. `why` says why so often is enough.
    ///
    /// # Panics
    /// When it was.
    #[track_caller]
    pub fn at_most(&self, limit: u64, why: &str) {
        if self.times > limit {
            let sentence =
                format!("It asks for memory {} times; {limit} times are enough: {why}.", self.times);
            let details = vec![format!(
                "{} bytes in all. Look for a `Vec`, a `Box` or a `clone` in a loop.",
                self.bytes
            )];
            say::fail_at(Verdict::TooSlow, sentence, details, None);
        }
    }
}
