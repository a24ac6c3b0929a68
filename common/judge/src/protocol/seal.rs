//! Memory that is closed while an answer's code runs: what the judge alone may know lies there, and nowhere else.
//!
//! An answer that gets around Rust's rules can read whatever its process can read. It cannot read a page that the
//! process has closed to itself: the processor refuses, and so does the kernel when it is asked to copy from there.
//! To open the page is a call of the system, so whoever wants to must run code of his own choice; reading memory is
//! not enough.
#![expect(unsafe_code, reason = "the system's memory pages are no subject of safe Rust")]
use std::io::{self, Read};
use std::ptr::{self, NonNull};
use std::sync::{Mutex, PoisonError};

/// A page that can be written to, and not shared yet.
#[derive(Debug)]
pub(super) struct Page {
    start: NonNull<u8>,
    bytes: usize,
}

// SAFETY: the page belongs to its value alone; nothing about it is bound to a thread.
unsafe impl Send for Page {}

impl Page {
    /// A page of zeros.
    pub fn new() -> io::Result<Page> {
        // SAFETY: a question about a number.
        let bytes = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap_or(1 << 14);
        let access = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: new memory at a place that the system chooses; nothing that exists is touched.
        let start =
            unsafe { libc::mmap(ptr::null_mut(), bytes, access, libc::MAP_PRIVATE | libc::MAP_ANON, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Page { start, bytes })
    }

    /// What is in it.
    pub fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: all of the page is mapped, readable, writable and initialised, and borrowed as this value is.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.bytes) }
    }

    /// Reads to the end of a stream, straight into the page: no other memory sees what is read. Longer than the page is
    /// an error.
    pub fn read_to_end(&mut self, stream: &mut impl Read) -> io::Result<usize> {
        let (page, mut length) = (self.bytes(), 0);
        loop {
            match stream.read(&mut page[length..]) {
                Ok(0) if length < page.len() => return Ok(length),
                Ok(0) => return Err(io::ErrorKind::InvalidData.into()),
                Ok(more) => length += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Closes it.
    pub fn seal(self) -> io::Result<Sealed> {
        self.allow(libc::PROT_NONE)?;
        Ok(Sealed { page: Mutex::new(self) })
    }

    fn allow(&self, access: libc::c_int) -> io::Result<()> {
        // SAFETY: the page is this value's own, and nobody borrows what is in it: the callers see to that.
        match unsafe { libc::mprotect(self.start.as_ptr().cast(), self.bytes, access) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: mapped by `new` with this size, and not used any more. It cannot fail for such a range.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.bytes) };
    }
}

/// A closed page.
#[derive(Debug)]
pub(super) struct Sealed {
    page: Mutex<Page>,
}

impl Sealed {
    /// Opens the page, lets `look` see it, and closes it again.
    ///
    /// # Errors
    /// The system does not open it.
    pub fn open<T>(&self, look: impl FnOnce(&[u8]) -> T) -> io::Result<T> {
        let mut page = self.page.lock().unwrap_or_else(PoisonError::into_inner);
        page.allow(libc::PROT_READ)?;
        let seen = look(page.bytes());
        page.allow(libc::PROT_NONE)?;
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::net::UnixStream;

    #[test]
    fn a_sealed_page_opens_for_its_judge_and_for_nobody_else() {
        let mut page = Page::new().unwrap();
        assert_eq!(page.read_to_end(&mut &b"a number"[..]).unwrap(), 8);
        let place = page.start.as_ptr();
        let (mut ours, _theirs) = UnixStream::pair().unwrap();
        // SAFETY: only handed to the kernel, which looks before it reads.
        let seen = || unsafe { std::slice::from_raw_parts(place, 8) };
        assert_eq!(ours.write(seen()).unwrap(), 8);
        let sealed = page.seal().unwrap();
        for _ in 0..2 {
            assert_eq!(ours.write(seen()).unwrap_err().raw_os_error(), Some(libc::EFAULT));
            assert_eq!(sealed.open(|page| page[..8].to_vec()).unwrap(), b"a number");
        }
    }

    #[test]
    fn more_than_a_page_is_refused() {
        let mut page = Page::new().unwrap();
        let size = page.bytes().len();
        assert!(page.read_to_end(&mut &vec![7; size - 1][..]).is_ok());
        assert!(page.read_to_end(&mut &vec![7; size][..]).is_err());
    }
}
