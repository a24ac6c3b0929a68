//! The judge of e307_bounded_queue: no schedule in which somebody sleeps on, an item is lost, or a limit is not kept.
extern crate interleave as std; // every `use std::…` here and in the answer is the course's std

mod asleep;
#[cfg(not(exercise_crate))]
#[path = "../exercises/e307_bounded_queue.rs"]
pub mod exercise;

use asleep::{LONG, asleep, on_time, waits_for_long};
use exercise::{BoundedQueue, GetError, PutError};
use interleave::Checker;
use judge::{Rules, Verdict, expect_eq};
use std::thread;
use std::time::{Duration, Instant};

const LIMIT: Duration = Duration::from_millis(10);
/// Of the crowd.
const PRODUCERS: usize = 4;
const ITEMS: usize = 500;

judge::structural_eq!(GetError, GetError::Empty);
judge::structural_eq!(PutError<u32>, PutError::Full(0));

fn main() -> judge::ExitCode {
    let no_polling =
        "Looking again and again wastes a processor and comes late. A condition variable tells when to look.";
    judge::exercise!("e307_bounded_queue")
        .rules(
            Rules::new()
                .forbid("thread::sleep", no_polling)
                .forbid("yield_now", no_polling)
                .forbid("spin_loop", no_polling),
        )
        .schedules("two items go in, then two come out", one_after_the_other)
        .schedules("one producer, one consumer, two places", in_order)
        .schedules("one producer, two consumers, one place", || two_consumers(1))
        .schedules("two producers, one consumer, one place", || two_producers(1))
        .schedules("one producer, two consumers, two places", || two_consumers(2))
        .schedules("two producers, one consumer, two places", || two_producers(2))
        .schedules("nobody puts, and a consumer has a limit", nobody_puts)
        .schedules("nobody takes, and a producer has a limit", nobody_takes)
        .schedules("an item comes when the limit is nearly over", just_in_time)
        .schedules("a place comes and goes while a producer with a limit waits", place_comes_and_goes)
        .schedules_with(
            punctual(),
            "a producer with a limit is woken in vain, and gives up in time",
            woken_in_between,
        )
        .schedules_with(on_time(), "a consumer waits for long, and so does a producer", long_waits)
        .schedules("closed while two consumers wait", closed_on_consumers)
        .schedules("closed while two producers wait", closed_on_producers)
        .schedules("closed with items inside", closed_with_items)
        .schedules_with(crowded(), "two producers, two consumers, one place", two_and_two)
        .spec("limits on real threads", real_limits)
        .spec("4 producers, 500 items each, and 4 consumers until the queue is closed", crowd)
        .run()
}

/// Five threads have too many schedules to try all; those with up to two unlucky moments are tried.
fn crowded() -> Checker {
    Checker::new().bound(2).runs_per_round(6_000).runs_beyond_bound(0)
}

/// Without an unlucky moment, threads run until they wait: only then it is known when each began.
fn punctual() -> Checker {
    Checker::new().bound(0).runs_beyond_bound(0)
}

fn one_after_the_other() {
    let queue = BoundedQueue::new(2);
    let put = || [6, 7].map(|item| queue.put(item, None));
    let answers = thread::scope(|scope| scope.spawn(put).join().unwrap());
    expect_eq("the answers to `put` of two items in two places", answers, [Ok(()), Ok(())]);
    expect_eq("what came out of 6, 7", [(); 2].map(|()| queue.get(None)), [Ok(6), Ok(7)]);
}

fn in_order() {
    let queue = BoundedQueue::new(2);
    let got = thread::scope(|scope| {
        scope.spawn(|| {
            (1..=3).for_each(|item| expect_eq("the answer to `put`", queue.put(item, None), Ok(())))
        });
        [(); 3].map(|()| queue.get(None))
    });
    expect_eq("what came out of 1, 2, 3", got, [Ok(1), Ok(2), Ok(3)]);
}

fn two_consumers(places: usize) {
    let queue = BoundedQueue::new(places);
    let mut got = thread::scope(|scope| {
        let consumers = [(); 2].map(|()| scope.spawn(|| queue.get(None)));
        expect_eq("the answer to the first `put`", queue.put(1, None), Ok(()));
        expect_eq("the answer to the second `put`", queue.put(2, None), Ok(()));
        consumers.map(|consumer| consumer.join().unwrap())
    });
    got.sort_by_key(|item| item.unwrap_or(0));
    expect_eq("what two consumers got of the items 1 and 2", got, [Ok(1), Ok(2)]);
}

fn two_producers(places: usize) {
    let queue = BoundedQueue::new(places);
    for _ in 0..places {
        expect_eq("the answer to `put` on a queue with places left", queue.put(0, None), Ok(()));
    }
    let got = thread::scope(|scope| {
        let queue = &queue;
        for item in [1, 2] {
            scope.spawn(move || expect_eq("the answer to `put`", queue.put(item, None), Ok(())));
        }
        (0..places + 2).map(|_| queue.get(None)).collect::<Vec<_>>()
    });
    let (first, mut last) = (got[..places].to_vec(), got[places..].to_vec());
    last.sort_by_key(|item| item.unwrap_or(9));
    expect_eq("what was inside before the producers came", first, vec![Ok(0); places]);
    expect_eq("what two producers put in", last, vec![Ok(1), Ok(2)]);
}

fn two_and_two() {
    let queue = BoundedQueue::new(1);
    let mut got = thread::scope(|scope| {
        let queue = &queue;
        let consumers = [(); 2].map(|()| scope.spawn(|| queue.get(None)));
        for item in [1, 2] {
            scope.spawn(move || expect_eq("the answer to `put`", queue.put(item, None), Ok(())));
        }
        consumers.map(|consumer| consumer.join().unwrap())
    });
    got.sort_by_key(|item| item.unwrap_or(0));
    expect_eq("what two consumers got of the items 1 and 2", got, [Ok(1), Ok(2)]);
}

/// The answer to a call with a limit, which must not give up early. How late it is, only some models can tell: a thread
/// that is interrupted before it has begun to wait may be late without a fault.
fn kept<T>(what: &str, call: impl FnOnce() -> T, gave_up: impl FnOnce(&T) -> bool) -> T {
    let begin = Instant::now();
    let answer = call();
    let took = begin.elapsed();
    if gave_up(&answer) && took < LIMIT {
        let sentence = format!("{what} gave up after {took:?}, before its time was up: it had {LIMIT:?}.");
        judge::fail(Verdict::WrongResult, &sentence);
    }
    answer
}

fn get(queue: &BoundedQueue<u32>) -> Result<u32, GetError> {
    kept("`get`", || queue.get(Some(LIMIT)), |answer| *answer == Err(GetError::Empty))
}

fn put(queue: &BoundedQueue<u32>, item: u32) -> Result<(), PutError<u32>> {
    kept("`put`", || queue.put(item, Some(LIMIT)), |answer| matches!(answer, Err(PutError::Full(_))))
}

fn nobody_puts() {
    let queue = BoundedQueue::new(1);
    thread::scope(|scope| {
        let begin = Instant::now();
        let consumer = scope.spawn(|| get(&queue));
        expect_eq(
            "the answer of an empty queue to `get` with a limit",
            consumer.join().unwrap(),
            Err(GetError::Empty),
        );
        expect_eq("how long `get` waited", begin.elapsed(), LIMIT);
    });
    expect_eq("the answer to `put` afterwards", queue.put(1, None), Ok(()));
    expect_eq("the answer to `get` afterwards, with no time to wait", queue.get(Some(Duration::ZERO)), Ok(1));
    let at_once = queue.get(Some(Duration::ZERO));
    expect_eq("the answer of an empty queue to `get` with no time to wait", at_once, Err(GetError::Empty));
}

fn nobody_takes() {
    let queue = BoundedQueue::new(2);
    thread::scope(|scope| {
        expect_eq("the answer to `put` on an empty queue", queue.put(1, None), Ok(()));
        expect_eq(
            "the answer to `put` on a queue with one place left",
            queue.put(2, Some(Duration::ZERO)),
            Ok(()),
        );
        let begin = Instant::now();
        let producer = scope.spawn(|| put(&queue, 3));
        expect_eq(
            "the answer of a full queue to `put` with a limit",
            producer.join().unwrap(),
            Err(PutError::Full(3)),
        );
        expect_eq("how long `put` waited", begin.elapsed(), LIMIT);
    });
    let inside = [(); 3].map(|()| queue.get(Some(Duration::ZERO)));
    expect_eq("what is in the queue afterwards", inside, [Ok(1), Ok(2), Err(GetError::Empty)]);
}

/// Two wait, one with a limit, and one item comes. It must not be lost on somebody who has given up.
fn just_in_time() {
    let queue = BoundedQueue::new(1);
    thread::scope(|scope| {
        let hurried = scope.spawn(|| get(&queue));
        let patient = scope.spawn(|| queue.get(None));
        expect_eq("the answer to `put`", queue.put(1, None), Ok(()));
        let hurried = hurried.join().unwrap();
        if hurried == Ok(1) {
            expect_eq("the answer to a second `put`", queue.put(1, None), Ok(()));
        } else {
            expect_eq("the answer to `get` with a limit", hurried, Err(GetError::Empty));
        }
        expect_eq("the answer to `get` without a limit", patient.join().unwrap(), Ok(1));
    });
}

fn place_comes_and_goes() {
    let queue = BoundedQueue::new(1);
    expect_eq("the answer to `put` on an empty queue", queue.put(1, None), Ok(()));
    let answer = thread::scope(|scope| {
        let producer = scope.spawn(|| put(&queue, 3));
        thread::sleep(LIMIT * 6 / 10);
        expect_eq("the first item out", queue.get(None), Ok(1));
        // The other one may have been quicker; then there is no place.
        let again = queue.put(2, Some(Duration::ZERO));
        (producer.join().unwrap(), again)
    });
    let left = [(); 2].map(|()| queue.get(Some(Duration::ZERO)));
    let want = match answer {
        (Ok(()), Err(PutError::Full(2))) => [Ok(3), Err(GetError::Empty)],
        (Err(PutError::Full(3)), Ok(())) => [Ok(2), Err(GetError::Empty)],
        other => {
            let sentence = format!("Two producers wanted one place, and were answered {other:?}.");
            judge::fail(Verdict::WrongResult, &sentence)
        }
    };
    expect_eq("what is in the queue afterwards", left, want);
}

/// The producer waits from 0 ms on; at 6 ms there is a place, and it is gone before the producer can have it.
fn woken_in_between() {
    let queue = BoundedQueue::new(1);
    expect_eq("the answer to `put` on an empty queue", queue.put(1, None), Ok(()));
    let begin = Instant::now();
    thread::scope(|scope| {
        let producer = scope.spawn(|| asleep(|| put(&queue, 3)));
        thread::sleep(LIMIT * 6 / 10);
        expect_eq("the first item out", queue.get(None), Ok(1));
        if queue.put(2, Some(Duration::ZERO)) == Ok(()) {
            expect_eq(
                "the answer of a full queue to `put` with a limit",
                producer.join().unwrap(),
                Err(PutError::Full(3)),
            );
            expect_eq("how long `put` waited, though it was woken up in between", begin.elapsed(), LIMIT);
        }
    });
}

fn long_waits() {
    let queue = BoundedQueue::new(1);
    let put = |item| expect_eq("the answer to `put`", queue.put(item, None), Ok(()));
    let item = waits_for_long(|| queue.get(None), || put(1));
    expect_eq("what a consumer got that waited for long", item, Ok(1));
    put(2);
    waits_for_long(|| put(3), || expect_eq("the second item out", queue.get(None), Ok(2)));
    expect_eq("the third item out", queue.get(None), Ok(3));
    let in_vain = asleep(|| queue.get(Some(LONG)));
    expect_eq("the answer of an empty queue to `get` with a long limit", in_vain, Err(GetError::Empty));
}

fn closed_on_consumers() {
    let queue = BoundedQueue::<u32>::new(1);
    thread::scope(|scope| {
        let patient = scope.spawn(|| queue.get(None));
        let other = scope.spawn(|| queue.get(None));
        queue.close();
        let answers = [patient.join().unwrap(), other.join().unwrap()];
        expect_eq(
            "the answers to two consumers when an empty queue is closed",
            answers,
            [Err(GetError::Closed); 2],
        );
    });
    expect_eq("the answer of a closed queue to `put`", queue.put(1, None), Err(PutError::Closed(1)));
    let limited = queue.put(2, Some(Duration::ZERO));
    expect_eq("the answer of a closed queue to `put` with a limit", limited, Err(PutError::Closed(2)));
    queue.close();
    let limited = queue.get(Some(Duration::ZERO));
    expect_eq("the answer of a queue that was closed twice to `get`", limited, Err(GetError::Closed));
}

fn closed_on_producers() {
    let queue = BoundedQueue::new(1);
    expect_eq("the answer to `put` on an empty queue", queue.put(0, None), Ok(()));
    thread::scope(|scope| {
        let queue = &queue;
        let [one, two] = [1, 2].map(|item| scope.spawn(move || queue.put(item, None)));
        queue.close();
        let answers = [one.join().unwrap(), two.join().unwrap()];
        let want = [Err(PutError::Closed(1)), Err(PutError::Closed(2))];
        expect_eq("the answers to two producers when a full queue is closed", answers, want);
    });
    let left = [(); 2].map(|()| queue.get(None));
    expect_eq("what comes out of the closed queue", left, [Ok(0), Err(GetError::Closed)]);
}

fn closed_with_items() {
    let queue = BoundedQueue::new(2);
    thread::scope(|scope| {
        let queue = &queue;
        let consumer = scope.spawn(|| [(); 3].map(|()| queue.get(None)));
        expect_eq("the answer to `put`", queue.put(1, None), Ok(()));
        expect_eq("the answer to `put`", queue.put(2, None), Ok(()));
        queue.close();
        let want = [Ok(1), Ok(2), Err(GetError::Closed)];
        expect_eq(
            "what a consumer gets of a queue that is closed with two items in it",
            consumer.join().unwrap(),
            want,
        );
    });
}

fn real_limits() {
    let queue = BoundedQueue::new(1);
    let begin = Instant::now();
    expect_eq(
        "the answer of an empty queue to `get` with a limit",
        queue.get(Some(LIMIT)),
        Err(GetError::Empty),
    );
    expect_eq("the answer to `put` on an empty queue", queue.put(1, Some(LIMIT)), Ok(()));
    expect_eq(
        "the answer of a full queue to `put` with a limit",
        queue.put(2, Some(LIMIT)),
        Err(PutError::Full(2)),
    );
    expect_eq("whether both waited as long as they may", begin.elapsed() >= LIMIT * 2, true);
}

fn crowd() {
    let queue = BoundedQueue::new(3);
    let got: Vec<(usize, usize)> = thread::scope(|scope| {
        let queue = &queue;
        let consume = || {
            let mut got = Vec::new();
            while let Ok(item) = queue.get(None) {
                got.push(item);
            }
            got
        };
        let consumers: Vec<_> = (0..PRODUCERS).map(|_| scope.spawn(consume)).collect();
        let produce = |producer| {
            move || {
                (0..ITEMS).for_each(|item| {
                    expect_eq("the answer to `put`", queue.put((producer, item), None), Ok(()))
                })
            }
        };
        let producers: Vec<_> = (0..PRODUCERS).map(|producer| scope.spawn(produce(producer))).collect();
        producers.into_iter().for_each(|producer| producer.join().unwrap());
        queue.close();
        let got: Vec<Vec<_>> = consumers.into_iter().map(|consumer| consumer.join().unwrap()).collect();
        for items in &got {
            let in_order = (0..PRODUCERS).all(|producer| {
                let mine: Vec<_> = items.iter().filter(|(from, _)| *from == producer).collect();
                mine.is_sorted()
            });
            expect_eq("whether each consumer got each producer's items in their order", in_order, true);
        }
        got.into_iter().flatten().collect()
    });
    let mut got = got;
    got.sort_unstable();
    let all: Vec<_> =
        (0..PRODUCERS).flat_map(|producer| (0..ITEMS).map(move |item| (producer, item))).collect();
    expect_eq("how many of 2,000 items came out", got.len(), all.len());
    expect_eq("whether each item came out once", got == all, true);
}
