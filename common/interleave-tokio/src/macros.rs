//! `select!`, `join!` and `try_join!`, without tokio's own: those need procedural macros.

use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};

/// Waits for several futures at once, and runs the handler of the first that is ready; the others are dropped.
///
/// As tokio's: `pattern = future, if condition => handler`, an `else` branch, and `biased;` to look at the futures in
/// order. Without it the first to be looked at is chosen anew for each poll: outside a check by chance, inside a check
/// each in turn, which counts as an unlucky moment for all but the first. At most twelve branches.
#[macro_export]
macro_rules! select {
    (biased; $($branches:tt)+) => { $crate::__select!(@parse () () $($branches)+) };
    ($($branches:tt)+) => { $crate::__select!(@parse ($crate::macros::start) () $($branches)+) };
}

/// Brings the branches into one form, gives each a name, and writes the code.
#[doc(hidden)]
#[macro_export]
macro_rules! __select {
    (@parse $start:tt ($($done:tt)*) else => $else:expr $(,)?) => {
        $crate::__select!(@name $start [__a __b __c __d __e __f __g __h __i __j __k __l] () ($($done)*) $else)
    };
    (@parse $start:tt ($($done:tt)+)) => {
        $crate::__select!(@name $start [__a __b __c __d __e __f __g __h __i __j __k __l] () ($($done)+)
            panic!("all branches are disabled and there is no else branch"))
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr, if $c:expr => $h:block, $($rest:tt)*) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) ($c) ($h))) $($rest)*)
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr => $h:block, $($rest:tt)*) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) (true) ($h))) $($rest)*)
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr, if $c:expr => $h:block $($rest:tt)*) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) ($c) ($h))) $($rest)*)
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr => $h:block $($rest:tt)*) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) (true) ($h))) $($rest)*)
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr, if $c:expr => $h:expr) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) ($c) ($h))))
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr => $h:expr) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) (true) ($h))))
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr, if $c:expr => $h:expr, $($rest:tt)*) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) ($c) ($h))) $($rest)*)
    };
    (@parse $start:tt ($($done:tt)*) $p:pat = $f:expr => $h:expr, $($rest:tt)*) => {
        $crate::__select!(@parse $start ($($done)* (($p) ($f) (true) ($h))) $($rest)*)
    };

    (@name $start:tt [$n:ident $($names:ident)*] ($($named:tt)*) ($branch:tt $($rest:tt)*) $else:expr) => {
        $crate::__select!(@name $start [$($names)*] ($($named)* ($n $branch)) ($($rest)*) $else)
    };
    (@name ($($start:tt)*) $names:tt ($(($n:ident (($p:pat) ($f:expr) ($c:expr) ($h:expr))))*) () $else:expr) => {{
        #[allow(non_camel_case_types, reason = "one name for a branch, its future and its output")]
        enum __Selected<$($n),*> {
            $($n($n),)*
            Disabled,
        }
        #[allow(non_camel_case_types, reason = "one name for a branch, its future and its output")]
        #[derive(Clone, Copy)]
        enum __Branch {
            $($n),*
        }
        const __BRANCHES: &[__Branch] = &[$(__Branch::$n),*];
        $crate::macros::sees();
        let mut enabled = [$($c),*];
        let selected = {
            let futures = ($($f,)*);
            let ($($n,)*) = futures;
            // Each in a variable of its own: `pin!` keeps it there, without unsafe code.
            $(let mut $n = ::core::pin::pin!(::core::future::IntoFuture::into_future($n));)*
            ::core::future::poll_fn(|context| {
                let start = $crate::__select!(@start ($($start)*) __BRANCHES);
                let mut waits = false;
                for i in 0..__BRANCHES.len() {
                    match __BRANCHES[(start + i) % __BRANCHES.len()] {
                        $(__Branch::$n => {
                            if !enabled[__Branch::$n as usize] {
                                continue;
                            }
                            match ::core::future::Future::poll($n.as_mut(), context) {
                                ::core::task::Poll::Pending => waits = true,
                                ::core::task::Poll::Ready(output) => {
                                    // Looks whether the pattern fits, without taking the output apart.
                                    let mut fits = false;
                                    #[allow(unused_variables, unused_mut, unreachable_patterns,
                                        reason = "the handler uses what the pattern binds")]
                                    match output {
                                        $p if { fits = true; false } => unreachable!(),
                                        _ => {}
                                    }
                                    if fits {
                                        return ::core::task::Poll::Ready(__Selected::$n(output));
                                    }
                                    enabled[__Branch::$n as usize] = false;
                                }
                            }
                        })*
                    }
                }
                if waits { ::core::task::Poll::Pending } else { ::core::task::Poll::Ready(__Selected::Disabled) }
            })
            .await
        };
        match selected {
            $(__Selected::$n($p) => $h,)*
            #[allow(unreachable_patterns, reason = "a pattern that always fits")]
            _ => $else,
        }
    }};

    (@start () $branches:ident) => { 0 };
    (@start ($($start:tt)+) $branches:ident) => { $($start)+($branches.len()) };
}

/// Waits for several futures at once, on one task, and gives all their outputs. At most twelve.
#[macro_export]
macro_rules! join {
    ($($f:expr),+ $(,)?) => {
        $crate::__join!(join [__a __b __c __d __e __f __g __h __i __j __k __l] () ($(($f))+))
    };
}

/// Waits for several futures at once, on one task, and gives all their outputs, or the first error. At most twelve.
#[macro_export]
macro_rules! try_join {
    ($($f:expr),+ $(,)?) => {
        $crate::__join!(try_join [__a __b __c __d __e __f __g __h __i __j __k __l] () ($(($f))+))
    };
}

/// Gives each future a name, and writes the code.
#[doc(hidden)]
#[macro_export]
macro_rules! __join {
    ($kind:ident [$n:ident $($names:ident)*] ($($named:tt)*) (($f:expr) $($rest:tt)*)) => {
        $crate::__join!($kind [$($names)*] ($($named)* ($n $f)) ($($rest)*))
    };
    ($kind:ident $names:tt ($(($n:ident $f:expr))*) ()) => {{
        let futures = ($($f,)*);
        let ($($n,)*) = futures;
        $(
            let $n = ::core::pin::pin!(::core::future::IntoFuture::into_future($n));
            let mut $n = $crate::macros::Joined::new($n);
        )*
        ::core::future::poll_fn(|context| {
            let mut all = true;
            $(all &= $n.is_ready(context);)*
            $crate::__join!(@$kind all $($n)*)
        })
        .await
    }};
    (@join $all:ident $($n:ident)*) => {
        if $all { ::core::task::Poll::Ready(($($n.take(),)*)) } else { ::core::task::Poll::Pending }
    };
    (@try_join $all:ident $($n:ident)*) => {{
        $(if let Some(error) = $n.take_error() {
            return ::core::task::Poll::Ready(Err(error));
        })*
        if $all { ::core::task::Poll::Ready(Ok(($($n.take_ok(),)*))) } else { ::core::task::Poll::Pending }
    }};
}

/// A future of `join!`, and then its output.
#[doc(hidden)]
pub struct Joined<'a, F: Future> {
    future: Pin<&'a mut F>,
    output: Option<F::Output>,
}

impl<'a, F: Future> Joined<'a, F> {
    #[doc(hidden)]
    pub fn new(future: Pin<&'a mut F>) -> Self {
        Joined { future, output: None }
    }

    #[doc(hidden)]
    pub fn is_ready(&mut self, context: &mut Context<'_>) -> bool {
        if self.output.is_none()
            && let Poll::Ready(output) = self.future.as_mut().poll(context)
        {
            self.output = Some(output);
        }
        self.output.is_some()
    }

    #[doc(hidden)]
    pub fn take(&mut self) -> F::Output {
        self.output.take().expect("it is ready")
    }
}

impl<T, E, F: Future<Output = Result<T, E>>> Joined<'_, F> {
    #[doc(hidden)]
    pub fn take_error(&mut self) -> Option<E> {
        self.output.take_if(|output| output.is_err())?.err()
    }

    #[doc(hidden)]
    pub fn take_ok(&mut self) -> T {
        match self.take() {
            Ok(value) => value,
            Err(_) => unreachable!("errors were taken before"),
        }
    }
}

/// Whether what a task waits for would have had to wait can now be seen.
#[doc(hidden)]
pub fn sees() {
    interleave::model::tries();
}

/// Which branch to look at first.
#[doc(hidden)]
#[track_caller]
pub fn start(branches: usize) -> usize {
    if interleave::model::in_model() {
        return interleave::model::choose(branches);
    }
    let random = RandomState::new().hash_one(0);
    usize::try_from(random % branches as u64).unwrap_or(0)
}
