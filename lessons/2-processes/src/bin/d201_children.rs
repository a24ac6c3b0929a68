//! A program that starts itself three times, and waits for all three.
use std::os::unix::process::{ExitStatusExt, parent_id};
use std::process::{self, Child, Command};
use std::{env, io};

fn main() -> io::Result<()> {
    match env::args().nth(1).as_deref() {
        None => parent(),
        Some("1") => child(1, || process::exit(0)),
        Some("2") => child(2, || process::exit(42)),
        Some(_) => child(3, || process::abort()),
    }
}

fn parent() -> io::Result<()> {
    println!("parent: my pid is {}", process::id());
    let this_program = env::current_exe()?;
    let mut children: Vec<Child> = Vec::new();
    for number in 1..=3 {
        // The argument is all that tells the child that it is one.
        let child = Command::new(&this_program).arg(number.to_string()).spawn()?;
        println!("parent: child {number} has pid {}", child.id());
        children.push(child);
    }
    for (number, child) in (1..).zip(&mut children) {
        let status = child.wait()?;
        println!("parent: child {number} ended, code {:?}, signal {:?}", status.code(), status.signal());
    }
    Ok(())
}

fn child(number: u32, end: fn() -> !) -> io::Result<()> {
    println!("child {number}: my pid is {}, my parent's is {}", process::id(), parent_id());
    end()
}
