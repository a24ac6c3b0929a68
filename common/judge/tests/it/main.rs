//! The judge from outside: as its runner sees it, as `cargo test` sees it, and what a chapter's check says.
mod as_a_test;
mod chapter;
mod fixture;
mod standstill;
mod verdicts;
