//! The commands as their users call them: as a program, in a small course of their own.
mod answers;
mod browser;
mod commands;
mod interruption;
mod scratch;
mod trouble;
mod webdriver;
