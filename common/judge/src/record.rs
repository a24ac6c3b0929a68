//! What happens while a layer runs: failures said by a judge, panics. One place for the whole process,
//! because a judge's callback may run on any of the answer's threads.
//!
//! A thread of the answer may outlive its layer. What it does later is not counted: outside a check only threads
//! count that are younger than the layer, inside one only the checked ones.
use crate::leftovers::Before;
use crate::verdict::Verdict;
use interleave::model;
use std::panic::{self, PanicHookInfo};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};
use std::thread;

/// A failure in the words of the exercise's judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub verdict: Verdict,
    pub sentence: String,
    pub details: Vec<String>,
    /// Where to look, if the judge knows.
    pub at: Option<(String, u32)>,
    /// Whether a cause that the trace shows is the better verdict: so for "expected 2, got 1".
    pub yields_to_cause: bool,
}

/// A panic of judged code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Panicked {
    pub message: String,
    pub file: String,
    pub line: u32,
    pub thread: String,
}

/// The layer that is running.
#[derive(Debug)]
struct Layer {
    /// Whether its code runs inside checks.
    modelled: bool,
    /// The number of its own thread: older threads belong to an earlier layer.
    first_thread: u64,
    /// The answer's file.
    answer: String,
    /// What was there before.
    before: Before,
    /// What was said in this schedule; the first one counts.
    said: Option<Said>,
    /// What was said in any schedule: an explorer may run others after the one that failed.
    heard: Vec<Said>,
    panics: Vec<Panicked>,
}

/// Enough for every sentence that a judge has, and an end to what a loop could add.
const MAX_HEARD: usize = 256;

static LAYER: Mutex<Option<Layer>> = Mutex::new(None);

fn layer() -> MutexGuard<'static, Option<Layer>> {
    LAYER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs `body` as the layer that is running. To be called on a thread made for it.
pub(crate) fn during<R>(modelled: bool, answer: &str, body: impl FnOnce() -> R) -> R {
    install_hook(&OUTSIDE_CHECKS);
    *layer() = Some(Layer {
        modelled,
        first_thread: thread_number(),
        answer: answer.to_string(),
        // In a check nothing is left but threads, and of those it knows by itself.
        before: if modelled { Before::default() } else { Before::now() },
        said: None,
        heard: Vec::new(),
        panics: Vec::new(),
    });
    let result = body();
    *layer() = None;
    result
}

/// Calls `f` with the running layer, if the calling thread belongs to it.
fn in_layer<R>(f: impl FnOnce(&mut Layer) -> R) -> Option<R> {
    let mut layer = layer();
    let layer = layer.as_mut()?;
    let counts = if model::in_model() { layer.modelled } else { thread_number() >= layer.first_thread };
    counts.then(|| f(layer))
}

/// Forgets what belongs to one schedule only.
fn begin_schedule() {
    // From here on the explorer's own hook is in place, so ours goes before it and sees every panic first.
    install_hook(&INSIDE_CHECKS);
    in_layer(|layer| {
        layer.said = None;
        layer.panics.clear();
    });
}

/// One schedule of a model: `body`, then `end`. A failure that the answer swallowed is one all the same.
pub(crate) fn schedule(
    body: Arc<dyn Fn() + Send + Sync>,
    end: impl Fn() + Send + Sync + 'static,
) -> impl Fn() + Send + Sync + 'static {
    move || {
        begin_schedule();
        body();
        end();
        if let Some(said) = said() {
            panic!("{}", said.sentence);
        }
    }
}

/// Remembers a failure.
pub(crate) fn say(said: Said) {
    in_layer(|layer| {
        if layer.heard.len() < MAX_HEARD && !layer.heard.contains(&said) {
            layer.heard.push(said.clone());
        }
        layer.said.get_or_insert(said);
    });
}

/// The failure that was said in this layer, or in its last schedule.
pub(crate) fn said() -> Option<Said> {
    in_layer(|layer| layer.said.clone()).flatten()
}

/// The failure whose sentence is part of this panic's message.
pub(crate) fn said_in(message: &str) -> Option<Said> {
    in_layer(|layer| layer.heard.iter().find(|said| message.contains(&said.sentence)).cloned()).flatten()
}

/// The panics of this layer, or of its last schedule, in the order in which they happened.
pub(crate) fn panics() -> Vec<Panicked> {
    in_layer(|layer| layer.panics.clone()).unwrap_or_default()
}

/// What was there before the layer.
pub(crate) fn before() -> Before {
    in_layer(|layer| layer.before.clone()).unwrap_or_default()
}

/// The answer's file, as the layer names it.
pub(crate) fn answer() -> String {
    in_layer(|layer| layer.answer.clone()).unwrap_or_default()
}

/// The number of the calling thread. Numbers grow in the order in which threads are made.
fn thread_number() -> u64 {
    // The number itself has no stable name yet; the test below notices should its `Debug` form change.
    let text = format!("{:?}", thread::current().id());
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(u64::MAX)
}

static OUTSIDE_CHECKS: Once = Once::new();
static INSIDE_CHECKS: Once = Once::new();

/// Puts our panic hook in front of the one that is there.
///
/// Ours writes down panics of judged code and prints nothing for them: the report tells. Every other panic goes on
/// to the hook before, and so does a panic inside a check, because the explorer's hook wants it too.
fn install_hook(once: &'static Once) {
    once.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let judged = LAYER.lock().unwrap_or_else(PoisonError::into_inner).is_some();
            if judged {
                note_panic(info);
            }
            if !judged || model::in_model() {
                before(info);
            }
        }));
    });
}

fn note_panic(info: &PanicHookInfo<'_>) {
    let (file, line) = info.location().map_or((String::new(), 0), |l| (l.file().to_string(), l.line()));
    let thread = thread::current().name().unwrap_or("a thread").to_string();
    let panicked = Panicked { message: message_of(info.payload()), file, line, thread };
    in_layer(|layer| {
        // Both of our hooks may see the same panic.
        if layer.panics.last() != Some(&panicked) {
            layer.panics.push(panicked);
        }
    });
}

/// The message of a panic's payload.
pub(crate) fn message_of(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|s| (*s).to_string());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn younger_threads_have_larger_numbers() {
        let mut last = thread_number();
        for _ in 0..3 {
            let next = thread::spawn(thread_number).join().unwrap();
            assert!(next > last && next < u64::MAX, "{next} after {last}");
            last = next;
        }
    }
}
