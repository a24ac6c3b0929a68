//! Tables of what the rules find in a text, and what they leave alone.
use super::*;

/// The verdict, the line and the sentence; or `None` when all is well.
fn check(rules: &Rules, source: &str) -> Option<(Verdict, Option<u32>, String)> {
    let finding = rules.check("exercises/e1.rs", source).err()?;
    Some((finding.verdict, finding.place.map(|p| p.line), finding.sentence))
}

#[test]
fn what_is_always_looked_for() {
    let table = [
        ("fn f() {\n    unsafe { g() }\n}", 2, "`unsafe`"),
        ("\nextern crate alloc;", 2, "`extern crate`"),
        ("#![feature(test)]", 1, "`#![feature…]`"),
        ("#![no_std]", 1, "`#![no_std…]`"),
        ("#[path = \"x.rs\"]\nmod x;", 1, "`#[path = …]`"),
        ("mod x;", 1, "a module in another file"),
        ("fn f() { include!(\"x.rs\") }", 1, "`include!`"),
        ("const T: &str = include_str!(\"../solutions/e1.rs\");", 1, "`include_str!`"),
        ("use core::sync::atomic::AtomicU32;", 1, "`core::sync::atomic::AtomicU32`"),
        ("fn f() { ::core::hint::spin_loop() }", 1, "`core::hint::spin_loop`"),
        ("mod x { pub mod core {} }\nuse core::sync::atomic::AtomicU8;", 1, "`mod core`"),
        ("use core::*;", 1, "`core`"),
        ("macro_rules! r { ($a:ident) => { ::$a::sync::Arc } }", 1, "a path put together by a macro"),
        ("use alloc::sync::Arc;", 1, "`alloc::sync::Arc`"),
        ("use core as c;\nuse c::sync::atomic;", 1, "`core`"),
        ("fn f() { std::process::exit(0) }", 1, "`std::process::exit`"),
        ("use std::process;\nfn f() { process::exit(0) }", 2, "`std::process::exit`"),
        ("use std::process::{self as p, Command};\nfn f() {\n p :: abort() }", 3, "`std::process::abort`"),
        ("use std::{env, process::{exit as leave}};", 1, "`std::process::exit`"),
        ("use std::process::*;\nfn f() { exit(0) }", 2, "`std::process::exit`"),
        ("fn f() { println!(\"{}\", std::process::exit(0)) }", 1, "`std::process::exit`"),
        ("use std::panic;\nfn f() { panic::set_hook(Box::new(|_| ())) }", 2, "`std::panic::set_hook`"),
        ("use std::env;\nfn f() { env::var(\"A\") }", 1, "`std::env`"),
        ("fn f() -> bool { std::model::in_model() }", 1, "`std::model`"),
        ("use interleave::Checker;", 1, "`interleave`"),
        ("fn f() -> bool { ::std::watch::is_on() }", 1, "`std::watch`"),
        ("use std::{thread, watch as w};\nfn f() -> bool { w::is_on() }", 1, "`std::watch`"),
        ("use std::*;\nfn f() -> bool { watch::is_on() }", 2, "`std::watch`"),
        ("fn f() { std::check(|| ()).unwrap(); }", 1, "`std::check`"),
        ("fn f() { judge::fail(todo(), \"\") }", 1, "`judge`"),
        ("#[macro_export]\nmacro_rules! assert_eq { () => {} }", 1, "`macro_export`"),
    ];
    for (source, line, what) in table {
        let found = check(&Rules::new(), source);
        let sentence = format!("Line {line} uses {what}, which no exercise needs.");
        assert_eq!(found, Some((Verdict::BreaksARule, Some(line), sentence)), "{source}");
    }
}

#[test]
fn what_only_looks_like_it_is_left_alone() {
    let table = [
        "// unsafe { std::process::exit(0) } todo!()",
        "/* include!(\"x\") */ const S: &str = \"unsafe todo!() std::process::exit\";",
        "//! Inner documentation\n#![allow(dead_code)]\nfn f() {}",
        "fn f() { let r#unsafe = 1; }",
        "fn todo() {} fn f() { todo() }",
        "struct S { core: u8, judge: u8 } fn f(s: S) -> u8 { s.core + s.judge }",
        "mod kernel { pub fn run() {} } fn f() { kernel::run() }",
        "use core::iter; fn f() -> ::core::option::Option<u8> { iter::once(1).next() }",
        "macro_rules! m { ($n:ident: $t:ty) => { $crate::f() } }",
        "mod judge { pub fn ask() {} } fn f() { judge::ask() }",
        "fn exit() {} use std::process::*; fn f() { exit() }",
        "use std::process::Command; fn f() -> Command { Command::new(\"true\") }",
        "use std::alloc; fn f(l: alloc::Layout) {}",
        "use std::*; fn f(watch: u8, record: u8) -> u8 { watch + record }",
        "use std::race::RaceCell; mod watch { pub fn on() {} } fn f() { watch::on() }",
        "struct P; impl P { fn exit(&self) {} } fn f(process: P) { process.exit() }",
        "const RLO: &str = \"\u{202e}\"; // \u{202e} unsafe",
        "use a::b; use b::a; fn f() { a::c(); b::d() }",
        "use a as a; fn f() { a::b::c() }",
        "",
        // For the compiler to refuse.
        "fn f( {",
        "fn f() { \"open }",
        "use std::{thread, ; fn",
        "use",
    ];
    for source in table {
        assert_eq!(check(&Rules::new(), source), None, "{source}");
    }
}

#[test]
fn what_is_not_finished_comes_first() {
    let source = "fn f() { unsafe { } }\nfn g() -> u8 {\n    todo!(\"count {}\", 1)\n}";
    let (verdict, line, sentence) = check(&Rules::new(), source).unwrap();
    assert_eq!((verdict, line), (Verdict::NotStarted, Some(3)));
    assert_eq!(sentence, "There is still a `todo!()` on line 3: your code goes there.");
    assert_eq!(check(&Rules::new(), "fn f() { unimplemented!() }").unwrap().0, Verdict::NotStarted);
    assert_eq!(check(&Rules::new(), "fn f() { std::todo! {} }").unwrap().0, Verdict::NotStarted);
}

#[test]
fn forbidden_patterns_are_found_under_any_name() {
    let rules = Rules::new().forbid("thread::sleep", "Sleeping is not waiting.").forbid(".try_lock", "Wait.");
    let table = [
        ("fn f() { std :: thread\n:: sleep (d) }", Some(1)),
        ("use std::thread;\nfn f() { thread::sleep(d) }", Some(2)),
        ("use std::thread::sleep;", Some(1)),
        ("use std::thread::{\n    self,\n    sleep,\n};", Some(3)),
        ("use std::thread::{sleep as nap};\nfn f() { nap(d) }", Some(1)),
        ("use std::thread as t;\nfn f() { t::sleep(d) }", Some(2)),
        ("use std as s;\nfn f() { s::thread::sleep(d) }", Some(2)),
        ("use std::thread::*;\nfn f() { sleep(d) }", Some(2)),
        ("use std::*;\nfn f() { thread::sleep(d) }", Some(2)),
        ("fn f(m: M) { m.try_lock(); }", Some(1)),
        ("fn f(m: M) { m . r#try_lock(); }", Some(1)),
        ("mod inner { use std::thread::sleep; }", Some(1)),
        ("fn f() { { use std::thread as t; } }", None),
        ("fn sleep() {} use std::thread::*; fn f() { sleep() }", None),
        ("fn f(thread: T) { thread.sleep() }", None),
        ("fn f() { tokio::time::sleep(d) }", None),
        ("// thread::sleep(d)", None),
        ("const S: &str = \"thread::sleep\";", None),
    ];
    for (source, line) in table {
        let found = check(&rules, source);
        assert_eq!(found.as_ref().map(|f| f.1), line.map(Some), "{source}: {found:?}");
    }
    let finding = rules.check("e1.rs", "use std::thread::sleep;").unwrap_err();
    assert_eq!(finding.sentence, "Line 1 uses `thread::sleep`, which this exercise forbids.");
    assert_eq!(finding.details, ["Sleeping is not waiting."]);
    assert_eq!(finding.place.unwrap().code, "use std::thread::sleep;");
}

#[test]
fn required_patterns_must_stand_in_the_code() {
    let table = [
        ("join", "fn f(h: H) { h.join() }", true),
        (".join", "fn f(h: H) { h . join() }", true),
        ("join", "// join", false),
        ("Mutex", "use std::sync::Mutex;", false),
        ("Mutex", "use std::sync::Mutex; static M: Mutex<u8> = Mutex::new(1);", true),
        ("Mutex", "fn f() { std::sync::Mutex::new(1); }", true),
        ("thread::scope", "use std::thread::scope; fn f() { scope(|s| ()) }", true),
        ("thread::scope", "use std::thread; fn f() { thread::spawn(|| ()) }", false),
        ("println!", "fn f() { println!(\"\") }", true),
    ];
    for (pattern, source, there) in table {
        let found = check(&Rules::new().require(pattern, "why"), source);
        assert_eq!(found.is_none(), there, "{pattern} in {source}");
        if let Some((verdict, line, sentence)) = found {
            assert_eq!((verdict, line), (Verdict::BreaksARule, None));
            assert_eq!(sentence, format!("This exercise asks for `{pattern}`, and it is not there."));
        }
    }
}

#[test]
fn a_rule_that_holds_everywhere_can_be_lifted() {
    let source = "fn main() { std::process::exit(3) }";
    assert!(check(&Rules::new(), source).is_some());
    assert_eq!(check(&Rules::new().allow("std::process::exit"), source), None);
}

#[test]
#[should_panic(expected = "no rule forbids `std::process::exti`")]
fn a_rule_that_does_not_exist_cannot_be_lifted() {
    let _ = Rules::new().allow("std::process::exti");
}

#[test]
#[should_panic(expected = "the pattern `\"` is no Rust")]
fn a_pattern_must_be_rust() {
    let _ = Rules::new().forbid("\"", "");
}
