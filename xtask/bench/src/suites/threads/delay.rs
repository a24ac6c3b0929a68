//! A server on the loopback that answers late: something to wait for that costs no processor.
use anyhow::{Context, Result, ensure};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// What it answers.
const ANSWER: &[u8] = b"here you are\n";

/// A server that gives each connection its answer after a delay. It ends when it is dropped.
pub struct DelayServer {
    address: SocketAddr,
    closed: Arc<AtomicBool>,
    accepting: Option<thread::JoinHandle<()>>,
}

impl DelayServer {
    /// Starts one on a free port.
    pub fn start(delay: Duration) -> Result<DelayServer> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port on the loopback")?;
        let address = listener.local_addr()?;
        let closed = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&closed);
        let accepting = thread::spawn(move || {
            for connection in listener.incoming() {
                // Pairs with the store in `drop`, whose connection wakes this thread.
                if seen.load(Ordering::Acquire) {
                    return;
                }
                let Ok(mut connection) = connection else { continue };
                thread::spawn(move || {
                    thread::sleep(delay);
                    // A client that is gone needs no answer.
                    let _ = connection.write_all(ANSWER);
                });
            }
        });
        Ok(DelayServer { address, closed, accepting: Some(accepting) })
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }
}

impl Drop for DelayServer {
    fn drop(&mut self) {
        self.closed.store(true, Ordering::Release);
        // Only a connection wakes it; when there is none to be had, it is left to the end of the program.
        if TcpStream::connect(self.address).is_ok()
            && let Some(accepting) = self.accepting.take()
        {
            let _ = accepting.join();
        }
    }
}

/// Asks a delay server once.
pub fn ask(port: u16) -> Result<()> {
    let mut connection = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).context("the server is gone")?;
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer)?;
    ensure!(answer == ANSWER, "the answer is {answer:?}");
    Ok(())
}
