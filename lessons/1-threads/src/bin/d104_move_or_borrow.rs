//! A list on its way through threads: given away and given back, borrowed, shared.
use std::sync::Arc;
use std::thread;

fn main() {
    // 1. Given to a thread, and given back as its result. The numbers stay where they are.
    let parcels = vec![300, 1_200, 750];
    let place = parcels.as_ptr().addr();
    let parcels = thread::spawn(move || {
        println!(
            "given:    {} parcels, in the same place: {}",
            parcels.len(),
            parcels.as_ptr().addr() == place
        );
        parcels
    })
    .join()
    .unwrap();
    println!("returned: {} parcels, in the same place: {}", parcels.len(), parcels.as_ptr().addr() == place);

    // 2. Borrowed by two threads of a scope, which end before it does.
    let (heaviest, lightest) = thread::scope(|scope| {
        let heaviest = scope.spawn(|| parcels.iter().max());
        let lightest = scope.spawn(|| parcels.iter().min());
        (heaviest.join().unwrap(), lightest.join().unwrap())
    });
    println!("borrowed: from {lightest:?} to {heaviest:?}");

    // 3. Shared with threads that may outlive this function. Who is last clears it away.
    let shared = Arc::new(parcels);
    let readers: Vec<_> = (0..3)
        .map(|index| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared[index])
        })
        .collect();
    let total: i32 = readers.into_iter().map(|reader| reader.join().unwrap()).sum();
    println!("shared:   {total} grams, {} owner left", Arc::strong_count(&shared));

    // 4. Changed through a mutable borrow: each thread has its own stretch, so no lock is needed.
    let mut parcels = Arc::into_inner(shared).expect("the readers have ended");
    let (front, back) = parcels.split_at_mut(1);
    thread::scope(|scope| {
        scope.spawn(|| front.iter_mut().for_each(|parcel| *parcel += 1));
        scope.spawn(|| back.iter_mut().for_each(|parcel| *parcel += 2));
    });
    println!("changed:  {parcels:?}");
}
