//! Five philosophers, five forks: how all of them starve, three ways to eat, and two ways to go hungry all the same.
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

pub(crate) const NAMES: [&str; 5] = ["Ada", "Barbara", "Edsger", "Grace", "Leslie"];
const MEALS: u32 = 5_000;

fn main() {
    println!("everybody takes the left fork, then the right one:");
    let eaten = Arc::new(AtomicU32::new(0));
    let all_hold_one = Arc::new(Barrier::new(5));
    let wait = move || _ = all_hold_one.wait(); // Without it most meals go well. With it none does.
    // Not joined: they will never end by themselves. They go when the program goes.
    let _seated = left_then_right(&NAMES, wait, &eaten);
    thread::sleep(Duration::from_millis(500));
    println!("  after half a second {} have eaten", eaten.load(Relaxed));

    println!("{MEALS} meals for whoever gets them; the least and the most that one of the five had:");
    println!("  lower fork first:      {}", dinner(lower_fork_first));
    println!("  at most four sit down: {}", dinner(four_sit_down));
    println!("  give back, try again:  {}", dinner(give_back));

    println!("give back and try again, all in step:");
    println!("  {} meals in 1000 rounds", in_step());
    println!("the neighbours take turns, so that one of them always eats:");
    println!("  {}", between_neighbours());
}

/// Seats a philosopher for each name. Each takes the left fork, does `pause`, and takes the right fork.
pub(crate) fn left_then_right(
    names: &[&str],
    pause: impl Fn() + Clone + Send + 'static,
    eaten: &Arc<AtomicU32>,
) -> Vec<JoinHandle<()>> {
    let forks: Arc<Vec<Mutex<()>>> = Arc::new(names.iter().map(|_| Mutex::new(())).collect());
    let mut seated = Vec::new();
    for (seat, name) in names.iter().enumerate() {
        let (forks, pause, eaten) = (forks.clone(), pause.clone(), eaten.clone());
        let dine = move || {
            let _left = forks[seat].lock().unwrap();
            pause();
            let _right = forks[(seat + 1) % forks.len()].lock().unwrap();
            eaten.fetch_add(1, Relaxed);
        };
        seated.push(thread::Builder::new().name(name.to_string()).spawn(dine).unwrap());
    }
    seated
}

#[derive(Default)]
struct Table {
    forks: [Mutex<()>; 5],
    seated: Mutex<u32>,
    place_free: Condvar,
}

fn lower_fork_first(table: &Table, seat: usize, eat: &dyn Fn()) {
    let (left, right) = (seat, (seat + 1) % 5);
    let _lower = table.forks[left.min(right)].lock().unwrap();
    let _upper = table.forks[left.max(right)].lock().unwrap();
    eat();
}

fn four_sit_down(table: &Table, seat: usize, eat: &dyn Fn()) {
    let seated = table.seated.lock().unwrap();
    *table.place_free.wait_while(seated, |seated| *seated == 4).unwrap() += 1;
    {
        let _left = table.forks[seat].lock().unwrap();
        let _right = table.forks[(seat + 1) % 5].lock().unwrap();
        eat();
    }
    *table.seated.lock().unwrap() -= 1;
    table.place_free.notify_one();
}

fn give_back(table: &Table, seat: usize, eat: &dyn Fn()) {
    loop {
        let _left = table.forks[seat].lock().unwrap();
        if let Ok(_right) = table.forks[(seat + 1) % 5].try_lock() {
            return eat();
        }
        drop(_left);
        thread::yield_now();
    }
}

fn dinner(dine: fn(&Table, usize, &dyn Fn())) -> String {
    let (least, most) = meals(dine, || ());
    let (least_then, most_then) = meals(dine, thread::yield_now);
    format!("{least} and {most}; when all think after a meal, {least_then} and {most_then}")
}

/// The least and the most meals that one philosopher has had when all are eaten.
fn meals(dine: fn(&Table, usize, &dyn Fn()), think: fn()) -> (u32, u32) {
    let (table, start, served) = (Table::default(), Barrier::new(5), AtomicU32::new(0));
    let meals = thread::scope(|scope| {
        let guests = [0, 1, 2, 3, 4].map(|seat| {
            let (table, start, served) = (&table, &start, &served);
            scope.spawn(move || {
                let mine = AtomicU32::new(0);
                start.wait();
                while served.load(Relaxed) < MEALS {
                    dine(table, seat, &|| {
                        mine.fetch_add((served.fetch_add(1, Relaxed) < MEALS) as u32, Relaxed);
                    });
                    think();
                }
                mine.into_inner()
            })
        });
        guests.map(|guest| guest.join().unwrap())
    });
    assert_eq!(meals.iter().sum::<u32>(), MEALS);
    (meals.into_iter().min().unwrap(), meals.into_iter().max().unwrap())
}

/// Everybody is polite, and everybody does it at the same time.
fn in_step() -> u32 {
    let (table, step, eaten) = (Table::default(), Barrier::new(5), AtomicU32::new(0));
    thread::scope(|scope| {
        for seat in 0..5 {
            let (forks, step, eaten) = (&table.forks, &step, &eaten);
            scope.spawn(move || {
                for _ in 0..1_000 {
                    let left = forks[seat].lock().unwrap();
                    step.wait(); // all hold their left fork
                    let right = forks[(seat + 1) % 5].try_lock();
                    eaten.fetch_add(right.is_ok() as u32, Relaxed);
                    step.wait(); // all have tried
                    drop((left, right));
                }
            });
        }
    });
    eaten.into_inner()
}

/// Barbara sits between Ada and Edsger. Each of the two puts their fork down only when the other one has theirs.
fn between_neighbours() -> String {
    let (table, step, done) = (Table::default(), Barrier::new(2), AtomicBool::new(false));
    let forks = &table.forks;
    let (tries, meals) = thread::scope(|scope| {
        let edsger = forks[2].lock().unwrap();
        let barbara = scope.spawn(|| {
            let (mut tries, mut meals) = (0_u32, 0_u32);
            while !done.load(Relaxed) {
                let left = forks[1].try_lock();
                let right = forks[2].try_lock();
                tries += 1;
                meals += (left.is_ok() && right.is_ok()) as u32;
            }
            (tries, meals)
        });
        scope.spawn(|| {
            for _ in 0..1_000 {
                let _ada = forks[1].lock().unwrap();
                step.wait(); // Ada eats, Edsger may stop
                step.wait(); // Edsger eats, Ada may stop
            }
        });
        let mut fork = edsger;
        for _ in 0..1_000 {
            step.wait();
            drop(fork);
            fork = forks[2].lock().unwrap();
            step.wait();
        }
        done.store(true, Relaxed);
        let counts = barbara.join().unwrap();
        drop(fork);
        counts
    });
    format!("Ada 1000 meals, Edsger 1000 meals, Barbara {meals} meals in {tries} attempts")
}
