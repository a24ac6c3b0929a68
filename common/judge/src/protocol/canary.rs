//! Canaries: runs that must fail, by which a grader notices a program that always reports success.
//!
//! An answer shares its process with the judge. One that gets around Rust's rules could make the judge see or say what it
//! likes. So a grader runs each layer once more as a canary: the judge adds an assertion that fails. A program that
//! reports success even then is caught. Whether a run is a canary is sealed until the answer's code has come to the
//! layer's end for the first time; nothing else about the process differs.
use super::seal::{Page, Sealed};
use std::io;
use std::sync::{Arc, OnceLock};

/// What the assertion of a canary says.
pub const CANARY_SENTENCE: &str = "This canary came to its end, as it should.";

/// Whether this run is a canary.
#[derive(Clone, Debug)]
pub(crate) struct Canary {
    sealed: Arc<Sealed>,
    known: Arc<OnceLock<bool>>,
}

impl Canary {
    /// Seals the answer.
    pub fn sealed(canary: bool) -> io::Result<Canary> {
        let mut page = Page::new()?;
        page.bytes()[0] = canary.into();
        Ok(Canary { sealed: Arc::new(page.seal()?), known: Arc::default() })
    }

    /// Breaks the seal, the first time. To be called at the end of a layer and not before.
    ///
    /// # Panics
    /// The system does not open the page: it is out of memory.
    pub fn is_one(&self) -> bool {
        let look = || self.sealed.open(|page| page[0] != 0);
        *self.known.get_or_init(|| look().unwrap_or_else(|error| panic!("the judge's seal: {error}")))
    }
}
