//! The course's commands: `cargo xtask learn` for learners, `cargo xtask check-all` for maintainers.
use std::process::ExitCode;

fn main() -> ExitCode {
    xtask::main()
}
