//! What each operation is called in the happens-before hash.

pub(in crate::engine) const LOCK: u64 = 1;
pub(in crate::engine) const TRY_LOCK_FAIL: u64 = 2;
pub(in crate::engine) const UNLOCK: u64 = 3;
pub(in crate::engine) const READ: u64 = 4;
pub(in crate::engine) const WRITE: u64 = 5;
pub(in crate::engine) const RW_UNLOCK: u64 = 6;
pub(in crate::engine) const RW_TRY_FAIL: u64 = 7;
pub(in crate::engine) const WAIT: u64 = 8;
pub(in crate::engine) const WAIT_MUTEX: u64 = 9;
/// Plus the reason for waking.
pub(in crate::engine) const WAKE: u64 = 10;
pub(in crate::engine) const NOTIFY_ONE: u64 = 13;
pub(in crate::engine) const NOTIFY_ALL: u64 = 14;
/// Plus which waiter.
pub(in crate::engine) const NOTIFY_PICK: u64 = 100;
/// Plus how many stores old.
pub(in crate::engine) const LOAD: u64 = 1_000;
pub(in crate::engine) const STORE: u64 = 300;
/// Plus 1 when it failed for no reason.
pub(in crate::engine) const UPDATE: u64 = 301;
pub(in crate::engine) const FENCE: u64 = 303;
pub(in crate::engine) const PEEK: u64 = 304;
pub(in crate::engine) const PLAIN_READ: u64 = 400;
pub(in crate::engine) const PLAIN_WRITE: u64 = 401;
pub(in crate::engine) const SEND: u64 = 500;
pub(in crate::engine) const RECV: u64 = 501;
pub(in crate::engine) const SENDERS: u64 = 502;
pub(in crate::engine) const DROP_RECEIVER: u64 = 503;
pub(in crate::engine) const SEND_FULL: u64 = 504;
pub(in crate::engine) const TAKEN: u64 = 505;
pub(in crate::engine) const JOIN: u64 = 600;
/// Plus the reason for waking.
pub(in crate::engine) const PARKED: u64 = 602;
/// Plus the thread.
pub(in crate::engine) const UNPARK: u64 = 700;
pub(in crate::engine) const YIELD: u64 = 800;
pub(in crate::engine) const SLEEP: u64 = 801;
pub(in crate::engine) const TOUCH: u64 = 802;
pub(in crate::engine) const ARRIVE: u64 = 803;
pub(in crate::engine) const MEET: u64 = 804;
pub(in crate::engine) const TOKEN_SET: u64 = 805;
/// Plus the reason for waking.
pub(in crate::engine) const TOKEN_TAKE: u64 = 806;
/// Plus which way.
pub(in crate::engine) const CHOOSE: u64 = 2_000;
pub(in crate::engine) const SPAWN: u64 = 900;
pub(in crate::engine) const CHILD: u64 = 901;
pub(in crate::engine) const START: u64 = 950;
pub(in crate::engine) const STEP: u64 = 970;
pub(in crate::engine) const CLOCK: u64 = 2_000_000;
