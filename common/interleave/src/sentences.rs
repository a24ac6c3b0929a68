//! One event in words, as its thread does it.

use crate::names::Names;
use crate::trace::{Event, Kind, NONE, Show, Trace};

pub(crate) fn say(event: &Event, trace: &Trace, names: &Names) -> String {
    let object = names.object(event.object);
    let other = names.thread(event.object as usize);
    let show = |bits: u64| value(trace, event.object, bits);
    let holder = || match event.value {
        0 => String::new(),
        n => format!(", held by {}", names.thread(n as usize - 1)),
    };
    match event.kind {
        Kind::Spawn => format!("starts {other}"),
        Kind::Start => "begins".into(),
        Kind::Exit => "ends".into(),
        Kind::Panic => "panics".into(),
        Kind::Join => format!("joins {other}"),
        Kind::WantJoin => format!("waits for {other} to end"),
        Kind::WantScope => "waits for the threads of its scope".into(),
        Kind::Lock => format!("locks {object}"),
        Kind::WantLock => format!("waits for {object}{}", holder()),
        Kind::TryLockFail => format!("tries {object}: taken"),
        Kind::Unlock if event.value == 1 => format!("unlocks {object} (wrote)"),
        Kind::Unlock | Kind::ReadUnlock | Kind::WriteUnlock => format!("unlocks {object}"),
        Kind::Read => format!("locks {object} to read"),
        Kind::WantRead => format!("waits to read {object}{}", holder()),
        Kind::Write => format!("locks {object} to write"),
        Kind::WantWrite => format!("waits to write {object}{}", holder()),
        Kind::Wait => format!("waits on {object}, unlocks {}", names.object(event.value as u32)),
        Kind::Wake => format!("is woken by {object}"),
        Kind::SpuriousWake if event.object == NONE => "wakes from park for no reason".into(),
        Kind::SpuriousWake => format!("wakes from {object} for no reason"),
        Kind::TimedOut if event.object == NONE => "wakes: time is up".into(),
        Kind::TimedOut => format!("stops waiting on {object}: time is up"),
        Kind::NotifyOne if event.value == 0 => format!("notifies {object}: nobody waits"),
        Kind::NotifyOne => format!("notifies {object}: wakes {}", names.thread(event.extra as usize)),
        Kind::NotifyAll => match event.value {
            0 => format!("notifies all on {object}: nobody waits"),
            n => format!("notifies all on {object}: wakes {n}"),
        },
        Kind::Notify if event.value == 1 => format!("notifies all on {object}"),
        Kind::Notify => format!("notifies {object}"),
        Kind::Load => format!("reads {object} = {}{}", show(event.value), order(event.extra)),
        Kind::StaleLoad => {
            let order = if event.extra == 0 { " (relaxed)" } else { order(event.extra) };
            format!("reads old {object} = {}{order}", show(event.value))
        }
        Kind::Store => format!("writes {object} = {}{}", show(event.value), order(event.extra)),
        Kind::Update => format!("changes {object}: {} → {}", show(event.value), show(event.extra)),
        Kind::ExchangeFail if event.extra == 1 => {
            format!("finds {object} = {}, and fails for no reason", show(event.value))
        }
        Kind::ExchangeFail => format!("finds {object} = {}: no exchange", show(event.value)),
        Kind::Fence => format!("fence{}", order(event.extra)),
        Kind::Send if event.extra == 1 => format!("sends to {object}: nobody receives"),
        Kind::Send => format!("sends to {object}"),
        Kind::WantSend => format!("waits for room in {object}"),
        Kind::SendFull => format!("tries to send: {object} is full"),
        Kind::Recv => format!("receives from {object}"),
        Kind::WantRecv => format!("waits for a message on {object}"),
        Kind::RecvClosed => format!("finds {object} closed"),
        Kind::RecvEmpty => format!("finds {object} empty"),
        Kind::DropSender => format!("drops a sender of {object}"),
        Kind::DropReceiver => format!("drops the receiver of {object}"),
        Kind::Yield => "lets others run".into(),
        Kind::Sleep => format!("has slept {}", time(event.value)),
        Kind::WantSleep => format!("sleeps {}", time(event.value)),
        Kind::Parked => "wakes from park".into(),
        Kind::WantUnpark => "parks".into(),
        Kind::Unpark => format!("unparks {other}"),
        Kind::Meet => "has met the others".into(),
        Kind::WantToken if event.object == NONE => "waits to be woken".into(),
        Kind::WantToken => format!("waits for {object}"),
        Kind::Note => {
            trace.notes.get(event.value as usize).map_or_else(String::new, |n| n.replace("{}", object))
        }
        Kind::WantMeet => "is at work, waits for the others".into(),
        Kind::PlainRead => format!("reads {object}"),
        Kind::PlainWrite => format!("writes {object}"),
        Kind::ExitProcess => format!("ends the process with code {}", event.value),
        Kind::Woken => "is woken".into(),
        Kind::Stuck => "gets stuck after".into(),
        Kind::Switch => "is interrupted".into(),
    }
}

/// The value that an object's bits stand for.
pub(crate) fn value(trace: &Trace, object: u32, bits: u64) -> String {
    match trace.objects.get(object as usize).map_or(Show::Unsigned, |o| o.show) {
        Show::Unsigned => bits.to_string(),
        Show::Signed => (bits as i64).to_string(),
        Show::Bool => (bits != 0).to_string(),
        Show::Pointer => format!("{bits:#x}"),
    }
}

/// Milliseconds in the largest unit that tells them whole.
fn time(ms: u64) -> String {
    if ms >= 1_000 && ms.is_multiple_of(1_000) { format!("{} s", ms / 1_000) } else { format!("{ms} ms") }
}

/// The ordering, where it orders anything and is not the strongest.
fn order(code: u64) -> &'static str {
    ["", " (acquire)", " (release)", " (acq-rel)", ""].get(code as usize).copied().unwrap_or_default()
}
