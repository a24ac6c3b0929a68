//! A server process, and everybody who talks to it.
use crate::children::Running;
use crate::meter::Sample;
use anyhow::{Context, Result, bail, ensure};
use nix::time::{ClockId, clock_getcpuclockid, clock_gettime};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Only against hangs.
const HANG: Duration = Duration::from_secs(120);

/// What a talker says; every line is as long, so that counting bytes counts lines.
const WORDS: &str = "the quick brown fox jumps over a dog";

/// How much is said.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    /// Who hear.
    pub clients: usize,
    /// Those of them who talk.
    pub talkers: usize,
    /// Lines that each of them says in a burst.
    pub lines: usize,
    /// Everybody has heard a burst before the next one begins.
    pub bursts: usize,
}

impl Talk {
    /// A line for a client is one.
    pub fn deliveries(&self) -> u64 {
        (self.talkers * self.lines * self.bursts * (self.clients - 1)) as u64
    }
}

/// A server and its clients.
pub struct Party {
    server: Running,
    cpu: ClockId,
    clients: Vec<TcpStream>,
}

impl Party {
    /// Starts a server that says where it listens, and brings everybody in.
    pub fn start(server: &mut Command, talk: &Talk) -> Result<Party> {
        let child = Running::start(server.stdin(Stdio::null()).stdout(Stdio::piped()))?;
        let cpu = clock_getcpuclockid(child.pid())?;
        // From here on a failure ends the server, too.
        let mut party = Party { server: child, cpu, clients: Vec::with_capacity(talk.clients) };
        let mut line = String::new();
        BufReader::new(party.server.stdout.take().context("no output")?).read_line(&mut line)?;
        let address = line.trim_end().strip_prefix("listening on ").context("the server does not listen")?;
        let mut readers = Vec::with_capacity(talk.clients);
        for _ in 0..talk.clients {
            let stream = TcpStream::connect(address)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(HANG))?;
            readers.push(BufReader::new(stream));
        }
        for (number, reader) in readers.iter_mut().enumerate() {
            line.clear();
            reader.read_line(&mut line)?;
            reader.get_mut().write_all(format!("c{number:03}\n").as_bytes())?;
        }
        for reader in &mut readers {
            until(reader, "* Hello")?;
        }
        // Everybody has heard this when all that came with joining is over.
        readers[0].get_mut().write_all(b"begin\n")?;
        for reader in &mut readers[1..] {
            until(reader, "c000: begin")?;
        }
        readers[1].get_mut().write_all(b"begin\n")?;
        until(&mut readers[0], "c001: begin")?;
        for reader in &mut readers[2..] {
            until(reader, "c001: begin")?;
        }
        party.clients = readers.into_iter().map(BufReader::into_inner).collect();
        Ok(party)
    }

    /// All bursts: how long they took, and what they cost the server.
    pub fn talk(&self, talk: &Talk) -> Result<Sample> {
        let (start, cpu) = (Instant::now(), self.cpu()?);
        for _ in 0..talk.bursts {
            self.burst(talk)?;
        }
        Ok(Sample { wall_s: start.elapsed().as_secs_f64(), cpu_s: (self.cpu()? - cpu).as_secs_f64() })
    }

    fn burst(&self, talk: &Talk) -> Result<()> {
        let said = format!("{WORDS}\n").repeat(talk.lines);
        let heard = ("c000: ".len() + WORDS.len() + 1) * talk.lines;
        thread::scope(|scope| {
            let talking = scope.spawn(|| {
                self.clients[..talk.talkers]
                    .iter()
                    .try_for_each(|mut talker| talker.write_all(said.as_bytes()))
            });
            let mut buffer = vec![0; heard * talk.talkers];
            for (number, mut client) in self.clients.iter().enumerate() {
                let others = talk.talkers - usize::from(number < talk.talkers);
                let buffer = &mut buffer[..heard * others];
                client.read_exact(buffer).with_context(|| format!("client {number} has not heard all"))?;
                let lines = buffer.iter().filter(|byte| **byte == b'\n').count();
                ensure!(lines == others * talk.lines, "client {number} has heard {lines} lines");
            }
            match talking.join() {
                Ok(said) => Ok(said?),
                Err(_) => bail!("the talkers have panicked"),
            }
        })
    }

    fn cpu(&self) -> Result<Duration> {
        Ok(Duration::from(clock_gettime(self.cpu)?))
    }
}

fn until(reader: &mut BufReader<TcpStream>, start: &str) -> Result<()> {
    let mut line = String::new();
    while !line.starts_with(start) {
        line.clear();
        ensure!(reader.read_line(&mut line)? > 0, "the server has hung up before {start:?}");
    }
    Ok(())
}
