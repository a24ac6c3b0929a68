//! The commands as their users call them: as a program, in a small course of their own.
mod answers;
mod browser;
mod commands;
mod interruption;
mod killed;
mod maintaining;
mod newcomer;
mod playing;
mod release;
mod scratch;
mod timelines;
mod tmux;
mod trouble;
mod watching;
mod webdriver;
