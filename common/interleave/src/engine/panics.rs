//! Panics of a model's threads: noted instead of printed, for the report tells them.

use super::Context;
use super::notes::PanicNote;
use ::std::any::Any;
use ::std::panic;
use ::std::sync::Once;

/// Lets the engine see every panic of a model's thread. All others go on to the hook that was there before.
pub(super) fn install_hook() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let outer = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !super::in_model() {
                return outer(info);
            }
            let message = payload_text(info.payload());
            let place = info.location().map(|at| (at.file().to_string(), at.line()));
            super::with_context(|Context { execution, me }| {
                execution.note_panic(PanicNote { thread: *me, message, place });
            });
        }));
    });
}

pub(crate) fn payload_text(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).into()
    } else {
        "a panic without a message".into()
    }
}
