//! The life of one client: a thread that reads what they say, and one that writes what they hear.
//!
//! Why two? A thread that waits for a line cannot send one, and the other way round. With a thread for each direction
//! every wait is a plain call that blocks, and the code reads from top to bottom. The price is two threads a client; lesson 5
//! shows what to do for a hundred thousand clients.
use crate::lines::{Lines, NoLine};
use crate::outbox::Outbox;
use crate::room::{Place, Room};
use crate::say::complain;
use crate::server::Limits;
use crate::throttle::{EACH_LINE, Throttle};
use crate::words::{Request, SERVER, cleaned, name_problem};
use std::io::{self, Read, Write};
use std::mem;
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Neither thread goes deep, and there may be thousands: much less than the usual 2 MiB of stack will do.
const STACK: usize = 128 << 10;

/// How long a writer rests after each batch. When the room is quiet, a line is sent at once, and nobody notices the rest.
/// When it is busy, all that is said in the meantime goes out together: one wake-up and one call of the system for a
/// hundred lines, not for each. It is too short to be felt.
const PAUSE: Duration = Duration::from_millis(10);

/// Lines that are told at once at most: one piece of talk must be small beside an outbox.
const TOGETHER: usize = 64;

const HELP: &str = "\
* Whatever you type is said to all. Besides:
*   /who             who is here
*   /tell NAME TEXT  say something to one person only
*   /quit            leave
* A line that should begin with a slash: put a blank before it.
";

/// A thread of a client, to be started.
pub fn thread(name: &str) -> thread::Builder {
    thread::Builder::new().name(name.into()).stack_size(STACK)
}

/// Serves a client from the first word to the last; returns when both threads are done with it.
pub fn serve(stream: TcpStream, room: &Room, limits: &Limits) {
    // Otherwise the system holds small packets back in case more comes; the writer sends all there is at once anyway.
    let _ = stream.set_nodelay(true);
    let outbox = Arc::new(Outbox::new(limits.outbox));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let writer = thread("writer").spawn_scoped(scope, || {
            write(&stream, &outbox, limits.patience);
            // Now even a reader that still waits for this client wakes up, and one that is flooded stops.
            over.store(true, Ordering::Relaxed);
            let _ = stream.shutdown(Shutdown::Both);
        });
        if let Err(error) = writer {
            return complain(format_args!("cannot start a thread for a client: {error}"));
        }
        // However the reader ends, also by a panic, the writer must hear of it, or the scope would wait for ever.
        let _gone = Gone(&outbox);
        let throttle = Throttle::new(limits.rate, Instant::now());
        let mut lines =
            Lines::new(Source { stream: &stream, over: &over, deadline: None, throttle }, limits.line);
        // An error means that the client has vanished; there is nobody to tell.
        let _ = read(&mut lines, &outbox, room, limits);
    });
}

/// Tells the writer, when it is dropped, that nobody reads any more.
struct Gone<'a>(&'a Outbox);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        self.0.close();
        self.0.reader_is_gone();
    }
}

/// What comes from a client: until a deadline, if there is one, and not too fast.
struct Source<'a> {
    stream: &'a TcpStream,
    /// Set when the writer has given up on this client. What it still sends stays unread then, so that the system answers
    /// with a reset, and the client hears at once that nobody listens. Relaxed: nothing else depends on it.
    over: &'a AtomicBool,
    deadline: Option<Instant>,
    throttle: Throttle,
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(deadline) = self.deadline {
            // A time-out of the system is for one read. A client that sends a byte now and then, or as fast as it can, would
            // never run into it; so we look at the time as well.
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::ErrorKind::TimedOut.into());
            }
            self.stream.set_read_timeout(Some(left))?;
        }
        if self.over.load(Ordering::Relaxed) {
            return Ok(0);
        }
        let read = self.stream.read(buffer)?;
        // Here and not for each line: a line that never ends costs a processor, too.
        self.pay(read);
        Ok(read)
    }
}

impl Source<'_> {
    /// Waits as long as it takes to earn so many bytes.
    fn pay(&mut self, bytes: usize) {
        // At most a buffer's worth, so the end of the server does not wait for it longer than that.
        thread::sleep(self.throttle.take(bytes, Instant::now()));
    }
}

/// Asks for a name, then does what each line says. Returns when the client hangs up.
fn read(lines: &mut Lines<Source>, outbox: &Arc<Outbox>, room: &Room, limits: &Limits) -> io::Result<()> {
    let place = room.enter(outbox);
    if take_name(lines, outbox, &place, limits)? {
        talk(lines, outbox, &place, limits)?;
    }
    // From now on nothing new is said to this client, and the others know.
    drop(place);
    outbox.close();
    // What the client still says is read and thrown away. If we closed instead, the system would answer it with a reset,
    // which might overtake our last words. The writer ends this when its patience does.
    while lines.next()?.is_some() {}
    Ok(())
}

/// Does what each line says, until the client hangs up or is to leave.
fn talk(lines: &mut Lines<Source>, outbox: &Outbox, place: &Place, limits: &Limits) -> io::Result<()> {
    let mut said = Vec::new();
    while let Some(line) = lines.next()? {
        lines.source().pay(EACH_LINE);
        let to_all = line.as_ref().ok().and_then(|line| Request::to_all(line));
        said.extend(to_all.map(cleaned));
        // Lines that came together are told together: the room and each outbox are locked once for all of them.
        if to_all.is_some() && said.len() < TOGETHER && lines.another_is_here() {
            continue;
        }
        let open = (said.is_empty() || place.say(&mem::take(&mut said)))
            && (to_all.is_some() || answer(line, place, outbox, limits));
        if !open {
            break;
        }
    }
    Ok(())
}

/// Asks until a name is good. `false` when the client has left, or is to leave.
fn take_name(lines: &mut Lines<Source>, outbox: &Outbox, place: &Place, limits: &Limits) -> io::Result<bool> {
    lines.source().deadline = Some(Instant::now() + limits.naming);
    let mut open = outbox.push(&format!("{SERVER} Welcome. What is your name?\n"));
    let mut named = false;
    while open && !named {
        lines.source().pay(EACH_LINE);
        let problem = match lines.next() {
            Ok(Some(Ok(name))) => {
                let taken = name_problem(name.trim()).map_or_else(|| place.take_name(name.trim()), Err);
                named = taken.is_ok();
                taken.err()
            }
            Ok(Some(Err(NoLine::TooLong))) => Some("This is too long for a name.".to_owned()),
            Ok(Some(Err(NoLine::NotUtf8))) => Some("This is not UTF-8.".to_owned()),
            Ok(None) => return Ok(false),
            Err(error) if is_timeout(&error) => {
                outbox.push(&format!("{SERVER} You gave no name in time. Goodbye.\n"));
                break;
            }
            Err(error) => return Err(error),
        };
        if let Some(problem) = problem {
            open = outbox.push(&format!("{SERVER} {problem} What is your name?\n"));
        }
    }
    let Source { stream, deadline, .. } = lines.source();
    *deadline = None;
    stream.set_read_timeout(None)?;
    Ok(named)
}

/// Does what a line says. `false` when the client is to leave.
fn answer(line: Result<String, NoLine>, place: &Place, outbox: &Outbox, limits: &Limits) -> bool {
    let say = |text: &str| outbox.push(&format!("{SERVER} {text}\n"));
    let text = match line {
        Ok(text) => text,
        Err(NoLine::TooLong) => {
            return say(&format!("Not sent: a line has no more than {} bytes.", limits.line));
        }
        Err(NoLine::NotUtf8) => return say("Not sent: this is not UTF-8."),
    };
    match Request::of(&text) {
        Request::Nothing => true,
        Request::Say(text) => place.say(&[cleaned(text)]),
        Request::Tell { name, text } => match place.tell(name, &cleaned(text)) {
            Ok(()) => !outbox.is_closed(),
            Err(problem) => say(&problem),
        },
        Request::Who => {
            let names = place.everybody();
            say(&format!("{} here: {}", names.len(), names.join(", ")))
        }
        Request::Help => outbox.push(HELP),
        Request::Quit => {
            say("Goodbye.");
            false
        }
        Request::Unknown(problem) => say(&problem),
    }
}

/// Sends what waits in the outbox, all there is at a time, until the outbox is closed and empty, or the client is too slow
/// or gone.
fn write(mut stream: &TcpStream, outbox: &Outbox, patience: Duration) {
    let mut batch = Vec::new();
    // Without a time-out, one client that does not read could keep this thread, and with it the server, for ever.
    let mut sent = stream.set_write_timeout(Some(patience));
    while sent.is_ok() && outbox.take(&mut batch) {
        sent = write_within(&mut stream, &batch, patience);
        thread::sleep(PAUSE);
    }
    match sent {
        Ok(()) => {
            // All is said. The client sees the end, hangs up, and the reader sees that.
            let _ = stream.shutdown(Shutdown::Write);
            outbox.wait_for_reader(patience);
        }
        Err(error) if is_timeout(&error) => outbox.give_up(),
        Err(_) => outbox.close(),
    }
}

/// Like `write_all`, but all of it has to be accepted in time, not each piece of it: a client that takes a few bytes now
/// and then would otherwise last for ever.
fn write_within(stream: &mut impl Write, mut batch: &[u8], patience: Duration) -> io::Result<()> {
    let deadline = Instant::now() + patience;
    while !batch.is_empty() {
        match stream.write(batch) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => batch = &batch[written..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if !batch.is_empty() && Instant::now() > deadline {
            return Err(io::ErrorKind::TimedOut.into());
        }
    }
    Ok(())
}

/// A call that took too long fails with one of these, depending on the system.
fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut)
}
