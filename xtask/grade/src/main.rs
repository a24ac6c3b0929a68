//! The grader's program: `cargo xtask grade …` builds and runs it.
use std::process::ExitCode;

fn main() -> ExitCode {
    grade::main()
}
