//! The signal to stop, for the one thread that has to hear it.
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Asks a server to stop. Clones ask the same one.
#[derive(Clone)]
pub struct Stop {
    shared: Arc<Shared>,
}

struct Shared {
    /// Set once, never taken back.
    requested: AtomicBool,
    /// Where the server listens. It sleeps in `accept`, and `accept` wakes only for a client. So we knock.
    door: SocketAddr,
}

impl Stop {
    /// A signal for the server that will listen on `listener`.
    pub fn new(listener: &TcpListener) -> io::Result<Stop> {
        let mut door = listener.local_addr()?;
        // "Any address of this machine" is no address to connect to.
        match door.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => door.set_ip(Ipv4Addr::LOCALHOST.into()),
            IpAddr::V6(ip) if ip.is_unspecified() => door.set_ip(Ipv6Addr::LOCALHOST.into()),
            _ => {}
        }
        Ok(Stop { shared: Arc::new(Shared { requested: AtomicBool::new(false), door }) })
    }

    /// Asks. Returns at once; the server may need a while.
    pub fn request(&self) {
        // Release, for whatever the caller did before: it pairs with the load in `requested`.
        self.shared.requested.store(true, Ordering::Release);
        // If nobody opens, there is nobody to wake: either the server has gone already, or so many knock that it is awake.
        drop(TcpStream::connect(self.shared.door));
    }

    /// Whether somebody has asked.
    pub fn requested(&self) -> bool {
        self.shared.requested.load(Ordering::Acquire)
    }
}
