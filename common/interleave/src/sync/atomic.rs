//! `std::sync::atomic`: the real one outside a check; inside, a relaxed or acquire load may return any
//! value that the memory model allows.

use crate::engine::{Contents, Doing, Handle, Oid, Op, State, Update, in_model, order_code, point, quiet};
use crate::record;
use crate::trace::{Kind, Loc, Show};
use ::std::fmt;
use ::std::panic::Location;
pub use ::std::sync::atomic::{Ordering, compiler_fence};

/// [`std::sync::atomic::fence`].
///
/// # Panics
/// If `order` is `Relaxed`.
#[track_caller]
pub fn fence(order: Ordering) {
    if in_model() {
        assert!(order != Ordering::Relaxed, "there is no such thing as a relaxed fence");
        point(Op::Free(Doing::Fences), Location::caller(), |step| step.fence(order));
    } else {
        ::std::sync::atomic::fence(order);
    }
}

/// [`std::hint::spin_loop`], under its older name.
#[track_caller]
#[deprecated(note = "use std::hint::spin_loop instead")]
pub fn spin_loop_hint() {
    crate::hint::spin_loop();
}

/// The part of an atomic operation that does not depend on its type.
fn load_in_model(id: Oid, order: Ordering, at: Loc) -> Option<u64> {
    assert!(
        !matches!(order, Ordering::Release | Ordering::AcqRel),
        "there is no such thing as a release load"
    );
    quiet(at, |step| step.arm_spin(id));
    point(Op::Free(Doing::Reads(id)), at, |step| step.load(id, order))
}

fn update_in_model(
    id: Oid,
    success: Ordering,
    failure: Ordering,
    weak: Option<u64>,
    at: Loc,
    change: &mut dyn FnMut(u64) -> Option<u64>,
) -> Option<Update> {
    quiet(at, |step| step.arm_spin(id));
    point(Op::Free(Doing::Changes(id)), at, |step| step.update(id, success, failure, weak, change))
}

macro_rules! atomic {
    ($name:ident, $value:ty, $show:expr, $generic:tt, $to_bits:expr, $from_bits:expr) => {
        atomic!(@ $name, $value, $show, $generic, $to_bits, $from_bits);
    };
    (@ $name:ident, $value:ty, $show:expr, [$($t:ident)?], $to_bits:expr, $from_bits:expr) => {
        #[doc = concat!("[`std::sync::atomic::", stringify!($name), "`](::std::sync::atomic::", stringify!($name), ").")]
        pub struct $name$(<$t>)? {
            handle: Handle,
            inner: ::std::sync::atomic::$name$(<$t>)?,
        }

        impl$(<$t>)? $name$(<$t>)? {
            /// Creates an atomic with this first value.
            #[track_caller]
            pub const fn new(value: $value) -> Self {
                $name { handle: Handle::new(), inner: ::std::sync::atomic::$name::new(value) }
            }

            fn bits(value: $value) -> u64 {
                $to_bits(value)
            }

            fn id(&self) -> Oid {
                self.handle.id(stringify!($name), Contents::of(&self.inner), || {
                    State::atomic($to_bits(self.inner.load(Ordering::SeqCst)), $show)
                })
            }

            /// Reads the value.
            ///
            /// # Panics
            /// If `order` is `Release` or `AcqRel`.
            #[track_caller]
            #[inline]
            pub fn load(&self, order: Ordering) -> $value {
                if in_model() {
                    return self.load_at(order, Location::caller());
                }
                let value = self.inner.load(order);
                if record::on() {
                    self.log(Kind::Load, Self::bits(value), order_code(order), Location::caller());
                }
                value
            }

            /// Writes down what happens to this atomic in a recording.
            #[cold]
            fn log(&self, kind: Kind, value: u64, extra: u64, at: Loc) {
                record::log(kind, record::object(&self.handle, stringify!($name), $show), value, extra, at);
            }

            #[cold]
            fn load_at(&self, order: Ordering, at: Loc) -> $value {
                match load_in_model(self.id(), order, at) {
                    Some(bits) => $from_bits(bits),
                    None => self.inner.load(Ordering::SeqCst),
                }
            }

            /// Writes the value.
            ///
            /// # Panics
            /// If `order` is `Acquire` or `AcqRel`.
            #[track_caller]
            #[inline]
            pub fn store(&self, value: $value, order: Ordering) {
                if in_model() {
                    return self.store_at(value, order, Location::caller());
                }
                if record::on() {
                    self.log(Kind::Store, Self::bits(value), order_code(order), Location::caller());
                }
                self.inner.store(value, order);
            }

            #[cold]
            fn store_at(&self, value: $value, order: Ordering, at: Loc) {
                assert!(
                    !matches!(order, Ordering::Acquire | Ordering::AcqRel),
                    "there is no such thing as an acquire store"
                );
                let id = self.id();
                point(Op::Free(Doing::Writes(id)), at, |step| {
                    step.store(id, $to_bits(value), order);
                    self.inner.store(value, Ordering::SeqCst);
                });
            }

            #[cold]
            fn update_at(
                &self,
                success: Ordering,
                failure: Ordering,
                weak: Option<u64>,
                at: Loc,
                mut change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let mut change = |bits: u64| {
                    let new = change($from_bits(bits))?;
                    self.inner.store(new, Ordering::SeqCst);
                    Some($to_bits(new))
                };
                match update_in_model(self.id(), success, failure, weak, at, &mut change) {
                    Some(Update { old, new: Some(_) }) => Ok($from_bits(old)),
                    Some(Update { old, new: None }) => Err($from_bits(old)),
                    // The execution is over, and this thread is unwinding: any answer will do.
                    None => Ok(self.inner.load(Ordering::SeqCst)),
                }
            }

            #[cold]
            fn exchange_at(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
                weak: bool,
                at: Loc,
            ) -> Result<$value, $value> {
                assert!(
                    !matches!(failure, Ordering::Release | Ordering::AcqRel),
                    "there is no such thing as a release failure ordering"
                );
                let weak = weak.then(|| $to_bits(current));
                self.update_at(success, failure, weak, at, |found| (found == current).then_some(new))
            }

            /// Writes the value and returns the one before.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                if in_model() {
                    let (Ok(old) | Err(old)) = self.update_at(order, order, None, Location::caller(), |_| Some(value));
                    return old;
                }
                let old = self.inner.swap(value, order);
                if record::on() {
                    self.log(Kind::Update, $to_bits(old), $to_bits(value), Location::caller());
                }
                old
            }

            /// Writes `new` if the value is `current`.
            ///
            /// # Errors
            /// The value found, if it was another.
            ///
            /// # Panics
            /// If `failure` is `Release` or `AcqRel`.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                if in_model() {
                    return self.exchange_at(current, new, success, failure, false, Location::caller());
                }
                let result = self.inner.compare_exchange(current, new, success, failure);
                self.log_exchange(&result, $to_bits(new), Location::caller());
                result
            }

            /// As [`Self::compare_exchange`]; it may also fail for no reason, inside a check too.
            ///
            /// # Errors
            /// The value found.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                current: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                if in_model() {
                    return self.exchange_at(current, new, success, failure, true, Location::caller());
                }
                let result = self.inner.compare_exchange_weak(current, new, success, failure);
                self.log_exchange(&result, $to_bits(new), Location::caller());
                result
            }

            fn log_exchange(&self, result: &Result<$value, $value>, new: u64, at: Loc) {
                if record::on() {
                    match result {
                        Ok(old) => self.log(Kind::Update, $to_bits(*old), new, at),
                        Err(found) => self.log(Kind::ExchangeFail, $to_bits(*found), 0, at),
                    }
                }
            }

            /// Reads the value, and goes on trying to write what `change` makes of it.
            ///
            /// # Errors
            /// The value for which `change` returned `None`.
            #[track_caller]
            pub fn fetch_update<F>(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut change: F,
            ) -> Result<$value, $value>
            where
                F: FnMut($value) -> Option<$value>,
            {
                let mut found = self.load(fetch);
                while let Some(new) = change(found) {
                    match self.compare_exchange_weak(found, new, set, fetch) {
                        Ok(old) => return Ok(old),
                        Err(other) => found = other,
                    }
                }
                Err(found)
            }

            /// As [`Self::fetch_update`], under its newer name.
            ///
            /// # Errors
            /// The value for which `change` returned `None`.
            #[track_caller]
            pub fn try_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                self.fetch_update(set, fetch, change)
            }

            /// Writes what `change` makes of the value, trying again as long as others come first. Returns the value
            /// before.
            #[track_caller]
            pub fn update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut change: impl FnMut($value) -> $value,
            ) -> $value {
                let (Ok(old) | Err(old)) = self.fetch_update(set, fetch, |value| Some(change(value)));
                old
            }

            /// A pointer to the value. What is done through it no check sees.
            pub const fn as_ptr(&self) -> *mut $value {
                self.inner.as_ptr()
            }

            /// Consumes the atomic and returns its value.
            pub fn into_inner(self) -> $value {
                self.inner.into_inner()
            }

            /// The value, without an atomic operation: the borrow proves that nobody else looks.
            pub fn get_mut(&mut self) -> &mut $value {
                // The model would not see the write, so the atomic enters it anew.
                self.handle = Handle::made_at(self.handle.created);
                self.inner.get_mut()
            }
        }

        impl$(<$t>)? fmt::Debug for $name$(<$t>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.inner.fmt(f)
            }
        }

        impl$(<$t>)? From<$value> for $name$(<$t>)? {
            #[track_caller]
            fn from(value: $value) -> Self {
                Self::new(value)
            }
        }
    };
}

macro_rules! fetch {
    ($name:ident, $value:ty, $($(#[$doc:meta])* $method:ident = $change:expr;)*) => {
        impl $name {
            $(
                $(#[$doc])*
                ///
                /// Returns the value before.
                #[track_caller]
                pub fn $method(&self, value: $value, order: Ordering) -> $value {
                    let change: fn($value, $value) -> $value = $change;
                    if in_model() {
                        let (Ok(old) | Err(old)) =
                            self.update_at(order, order, None, Location::caller(), |old| Some(change(old, value)));
                        return old;
                    }
                    let old = self.inner.$method(value, order);
                    if record::on() {
                        self.log(Kind::Update, Self::bits(old), Self::bits(change(old, value)), Location::caller());
                    }
                    old
                }
            )*
        }
    };
}

macro_rules! integer {
    ($($name:ident, $value:ty, $show:expr;)*) => {
        $(
            atomic!($name, $value, $show, [], |value: $value| value as u64, |bits: u64| bits as $value);
            fetch!($name, $value,
                /// Adds, wrapping around.
                fetch_add = <$value>::wrapping_add;
                /// Subtracts, wrapping around.
                fetch_sub = <$value>::wrapping_sub;
                /// Bitwise and.
                fetch_and = |old, value| old & value;
                /// Bitwise nand.
                fetch_nand = |old, value| !(old & value);
                /// Bitwise or.
                fetch_or = |old, value| old | value;
                /// Bitwise exclusive or.
                fetch_xor = |old, value| old ^ value;
                /// The larger of the two.
                fetch_max = |old, value| old.max(value);
                /// The smaller of the two.
                fetch_min = |old, value| old.min(value);
            );
            impl Default for $name {
                #[track_caller]
                fn default() -> Self {
                    Self::new(0)
                }
            }
        )*
    };
}

integer! {
    AtomicUsize, usize, Show::Unsigned;
    AtomicIsize, isize, Show::Signed;
    AtomicU64, u64, Show::Unsigned;
    AtomicI64, i64, Show::Signed;
    AtomicU32, u32, Show::Unsigned;
    AtomicI32, i32, Show::Signed;
    AtomicU16, u16, Show::Unsigned;
    AtomicI16, i16, Show::Signed;
    AtomicU8, u8, Show::Unsigned;
    AtomicI8, i8, Show::Signed;
}

atomic!(AtomicBool, bool, Show::Bool, [], u64::from, |bits: u64| bits != 0);
fetch!(AtomicBool, bool,
    /// Logical and.
    fetch_and = |old, value| old & value;
    /// Logical nand.
    fetch_nand = |old, value| !(old & value);
    /// Logical or.
    fetch_or = |old, value| old | value;
    /// Logical exclusive or.
    fetch_xor = |old, value| old ^ value;
);

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> Self {
        Self::new(false)
    }
}

impl AtomicBool {
    /// Logical not. Returns the value before.
    #[track_caller]
    pub fn fetch_not(&self, order: Ordering) -> bool {
        self.fetch_xor(true, order)
    }
}

atomic!(
    AtomicPtr,
    *mut T,
    Show::Pointer,
    [T],
    // Exposed, so that the address found in the model is a pointer again.
    |pointer: *mut T| pointer.expose_provenance() as u64,
    |bits: u64| ::std::ptr::with_exposed_provenance_mut(bits as usize)
);

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> Self {
        Self::new(::std::ptr::null_mut())
    }
}
