//! The chat server as its clients see it. Each test has a server of its own; what happens before what is known from the
//! lines of the protocol, never from a pause.
mod chat;

use chat::{Client, Server, server};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::Signal;
use std::collections::BTreeMap;
use std::io::Write;
use std::net::TcpListener;
use std::thread;
use std::time::Duration;

const GOODBYE: &str = "* The server stops. Goodbye.";

#[test]
fn people_come_talk_and_go() {
    let server = Server::start(&[]);
    let mut ada = server.join("ada");
    let mut bob = server.join("bob");
    ada.expect("* bob has joined.");
    let mut eve = server.connect();
    eve.expect("* Welcome. What is your name?");
    eve.say("eve");
    eve.expect("* Hello eve. Here: ada, bob. /help says what you can do.");
    ada.expect("* eve has joined.");
    bob.expect("* eve has joined.");

    ada.say("hello");
    bob.say("good day");
    bob.expect("ada: hello");
    ada.expect("bob: good day");
    let mut heard = [eve.line(), eve.line()];
    heard.sort();
    assert_eq!(heard, ["ada: hello", "bob: good day"]);

    bob.say("/quit");
    bob.expect("* Goodbye.");
    assert_eq!(bob.rest(), [""; 0]);
    ada.expect("* bob has left.");
    drop(eve);
    ada.expect("* eve has left.");
    assert_eq!(ada.who(), ["ada"]);
    drop(ada);
    server.stop();
}

#[test]
fn a_name_is_asked_for_until_it_is_good() {
    let server = Server::start(&["--rate", "0"]);
    let _ada = server.join("Ada");
    let mut client = server.connect();
    client.expect("* Welcome. What is your name?");
    let long = "n".repeat(21);
    for (name, problem) in [
        ("ADA", "ADA is here already."),
        ("", "Just a name, please."),
        ("two words", "only letters"),
        ("*", "only letters"),
        ("/who", "only letters"),
        (&long, "no more than 20"),
        (&"n".repeat(100_000), "too long"),
    ] {
        client.say(name);
        let answer = client.line();
        assert!(answer.contains(problem) && answer.ends_with("What is your name?"), "{answer}");
    }
    client.send(b"\xff\xfe\n");
    client.expect("* This is not UTF-8. What is your name?");
    client.say("  Jürgen \r");
    client.expect("* Hello Jürgen. Here: Ada. /help says what you can do.");
}

#[test]
fn what_is_said_to_one_is_heard_by_one() {
    let server = Server::start(&[]);
    let (mut ada, mut bob, mut eve) = (server.join("ada"), server.join("bob"), server.join("eve"));
    ada.expect("* bob has joined.");
    ada.expect("* eve has joined.");
    bob.expect("* eve has joined.");
    ada.say("/tell BOB  eve must not know");
    bob.expect("ada, only to you: eve must not know");
    ada.say("/tell nobody hello");
    ada.expect("* Nobody here is called nobody.");
    ada.say("/tell bob");
    ada.expect_start("* Whom, and what?");
    // Whatever eve had heard would stand before this.
    bob.say("to all");
    eve.expect("bob: to all");
    ada.expect("bob: to all");
    assert_eq!(ada.who(), ["ada", "bob", "eve"]);
    ada.say("/nonsense");
    ada.expect("* There is no such command. /help says what there is.");
    ada.say("/help");
    ada.expect_start("* Whatever you type");
}

#[test]
fn lines_may_come_in_any_pieces() {
    let server = Server::start(&[]);
    let ada = server.join("ada");
    let mut bob = server.join("bob");
    for byte in "zwölf Gäste\r\n".bytes() {
        ada.send(&[byte]);
    }
    bob.expect("ada: zwölf Gäste");
    ada.send(b"one\ntwo\n\n\nthr");
    bob.expect("ada: one");
    bob.expect("ada: two");
    ada.send(b"ee\n");
    bob.expect("ada: three");
}

#[test]
fn what_cannot_be_said_is_told_and_the_client_stays() {
    let server = Server::start(&["--line", "50", "--rate", "0"]);
    let mut ada = server.join("ada");
    let mut bob = server.join("bob");
    ada.expect("* bob has joined.");
    ada.send(b"good \xff bad\n");
    ada.expect("* Not sent: this is not UTF-8.");
    ada.say(&"x".repeat(51));
    ada.expect("* Not sent: a line has no more than 50 bytes.");
    // Ten megabytes of one line are not kept anywhere.
    (0..160).for_each(|_| ada.send(&[b'x'; 64 << 10]));
    ada.say("");
    ada.expect("* Not sent: a line has no more than 50 bytes.");
    ada.say(&"y".repeat(50));
    bob.expect(&format!("ada: {}", "y".repeat(50)));
    // Nobody clears another one's screen, or talks like the server.
    ada.say("\u{1b}[2J\u{7}\u{202e}");
    bob.expect("ada: ?[2J??");
    ada.say("* eve has left.");
    bob.expect("ada: * eve has left.");
}

#[test]
fn who_vanishes_in_the_middle_of_a_line_has_not_said_it() {
    let server = Server::start(&[]);
    let mut ada = server.join("ada");
    let bob = server.join("bob");
    ada.expect("* bob has joined.");
    bob.send(b"whole\nhal");
    drop(bob);
    ada.expect("bob: whole");
    ada.expect("* bob has left.");

    // One who hangs up with something unread: their system resets the connection.
    let eve = server.join("eve");
    ada.expect("* eve has joined.");
    ada.say("unread");
    let mut wait = server.join("wait");
    ada.expect("* wait has joined.");
    eve.send(b"not fin");
    drop(eve);
    ada.expect("* eve has left.");
    wait.expect("* eve has left.");

    // Half a name is none, and nobody has joined.
    let silent = server.connect();
    silent.send(b"sil");
    drop(silent);
    assert_eq!(ada.who(), ["ada", "wait"]);
    drop((ada, wait));
    server.stop();
}

#[test]
fn a_full_room_says_so() {
    let server = Server::start(&["--clients", "2"]);
    let ada = server.join("ada");
    let unnamed = server.connect();
    let full = "* The room is full, all 2 places are taken. Try later.";
    // Those without a name take a place, too. Whoever is refused hears it, also when they have talked already.
    for _ in 0..100 {
        let client = server.connect();
        client.send(b"eve\nhello\n");
        assert_eq!(client.rest(), [full]);
    }
    drop(unnamed);
    // A place is free when the threads are done with the one who left, which nobody can see from outside. So we knock until
    // we are let in; each time the server answers.
    let knock = || {
        let mut client = server.connect();
        let answer = client.line();
        assert!(answer == full || answer == "* Welcome. What is your name?", "{answer}");
        (answer != full).then_some(client)
    };
    let bob = std::iter::repeat_with(knock).flatten().next().unwrap();
    bob.say("bob");
    drop((ada, bob));
    server.stop();
}

/// Says so much that somebody who does not read has to go; returns how many lines that took. What is said is heard by
/// `listener` before more is said, so nobody but the one who does not read is ever too slow.
fn talk_until_gone(talker: &mut Client, listener: &mut Client, slow: &str) -> usize {
    const AT_A_TIME: usize = 50;
    let padding = "x".repeat(900);
    let news = format!("* {slow} was too slow and had to leave.");
    let (mut said, mut gone) = (0, false);
    while !gone {
        for i in said..said + AT_A_TIME {
            talker.say(&format!("{i} {padding}"));
        }
        let mut next = said;
        said += AT_A_TIME;
        while next < said {
            let line = listener.line();
            if line == news {
                gone = true;
                continue;
            }
            assert!(line.ends_with(&format!(": {next} {padding}")), "wanted {next}: {line:.50}");
            next += 1;
        }
        assert!(said < 1_000_000, "a gigabyte waits for somebody who does not read");
    }
    said
}

#[test]
fn a_slow_client_has_to_go_and_nobody_waits_for_it() {
    let server = Server::start(&["--patience", "100", "--rate", "0"]);
    let mut ada = server.join("ada");
    let mut slow = server.join("slow");
    let mut bob = server.join("bob");
    let said = talk_until_gone(&mut ada, &mut bob, "slow");
    // The name is free, and the one who was slow may come again.
    let again = server.join("slow");
    bob.expect("* slow has joined.");

    // What the slow one has seen is the beginning, then why it ends.
    slow.expect("* bob has joined.");
    let lines = slow.rest();
    let (last, talk) = lines.split_last().unwrap();
    assert!(last.contains("too slow"), "{last}");
    assert!(talk.len() < said);
    for (next, line) in talk.iter().enumerate() {
        assert!(line.starts_with(&format!("ada: {next} ")), "{next}: {line:.50}");
    }
    drop(again);
    bob.expect("* slow has left.");
    drop((ada, bob));
    server.stop();
}

#[test]
fn one_who_never_reads_holds_up_neither_talk_nor_end() {
    // The outbox would take it all; it is the writer who loses patience.
    let server = Server::start(&["--patience", "0.2", "--outbox", "1000000000", "--rate", "0"]);
    let mut ada = server.join("ada");
    let never = server.join("never");
    let mut bob = server.join("bob");
    talk_until_gone(&mut ada, &mut bob, "never");
    let asleep = server.join("asleep");
    ada.say("hello");
    server.stop();
    drop((never, asleep));
}

#[test]
fn one_who_asks_and_never_reads_has_to_go_too() {
    let server = Server::start(&["--patience", "0.2", "--rate", "0"]);
    let mut ada = server.join("ada");
    let eve = server.join("eve");
    ada.expect("* eve has joined.");
    let talker = thread::spawn(move || {
        // It ends with an error, when the server does not want to hear any more.
        while eve.stream().write_all(b"/help\n/help\n/help\n/help\n").is_ok() {}
    });
    ada.expect("* eve was too slow and had to leave.");
    talker.join().unwrap();
    server.stop();
}

#[test]
fn one_who_floods_is_slowed_down_and_nobody_is_thrown_out() {
    let server = Server::start(&[]);
    let ada = server.join("ada");
    let mut bob = server.join("bob");
    let eve = server.join("eve");
    bob.expect("* eve has joined.");
    // As if somebody piped a large file into the room, or a line without an end. Neither can be sent, since the server takes
    // its time to read.
    for (client, file) in [(&ada, "one line of many\n".repeat(1 << 20)), (&eve, "x".repeat(16 << 20))] {
        client.stream().set_write_timeout(Some(Duration::from_millis(500))).unwrap();
        let sent = client.stream().write_all(file.as_bytes());
        assert!(sent.is_err(), "16 MB went into a room that takes 8 kB in a second");
    }
    // Bob hears it, as fast as one can read, and is still there.
    (0..100).for_each(|_| bob.expect("ada: one line of many"));
    assert_eq!(bob.who(), ["ada", "bob", "eve"]);
    drop((ada, bob, eve));
    server.stop();
}

#[test]
fn newcomers_who_say_nothing_do_not_stay() {
    let server = Server::start(&["--naming", "0.2", "--clients", "1", "--rate", "0"]);
    let silent = server.connect();
    assert_eq!(silent.rest(), ["* Welcome. What is your name?", "* You gave no name in time. Goodbye."]);
    // Nor those who never come to the end of their name.
    let never_done = loop {
        let mut client = server.connect();
        if client.line().contains("Welcome") {
            break client;
        }
    };
    let mut writer = never_done.stream().try_clone().unwrap();
    let typing = thread::spawn(move || {
        // Without a pause, so that no read of the server ever has to wait.
        while writer.write_all(&[b'x'; 4096]).is_ok() {}
    });
    assert_eq!(never_done.rest(), ["* You gave no name in time. Goodbye."]);
    typing.join().unwrap();
    server.stop();
}

#[test]
fn signals_end_it_in_order() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let server = Server::start(&["--rate", "0"]);
        let ada = server.join("ada");
        let bob = server.join("bob");
        let mut unnamed = server.connect();
        unnamed.expect("* Welcome. What is your name?");
        let mut eve = server.join("eve");
        for i in 0..500 {
            ada.say(&format!("line {i}"));
        }
        ada.send(b"half a li");
        for i in 0..500 {
            eve.expect(&format!("ada: line {i}"));
        }
        // All was said before the end, so everybody hears it before they hear of the end.
        server.signal(signal);
        assert_eq!(unnamed.rest(), [GOODBYE]);
        assert_eq!(eve.rest(), [GOODBYE]);
        let heard = bob.rest();
        assert_eq!(heard.len(), 502, "joined, 500 lines, goodbye");
        assert_eq!(heard[0], "* eve has joined.");
        assert!(heard[1..501].iter().enumerate().all(|(i, line)| *line == format!("ada: line {i}")));
        assert_eq!(heard[501], GOODBYE);
        assert_eq!(ada.rest().last().map(String::as_str), Some(GOODBYE));
        let address = server.address;
        let (code, said) = server.ended();
        assert_eq!(code, Some(0));
        assert_eq!(said, "stopped: everybody was told, 4 clients served, all threads joined\n");
        assert!(TcpListener::bind(address).is_ok() || std::net::TcpStream::connect(address).is_err());
    }
}

#[test]
fn a_second_signal_does_not_wait_for_anybody() {
    let server = Server::start(&["--patience", "1000"]);
    let mut ada = server.join("ada");
    server.signal(Signal::SIGTERM);
    // She hears of the end and does not hang up; the server would wait for her.
    ada.expect(GOODBYE);
    server.signal(Signal::SIGTERM);
    let (code, said) = server.ended();
    assert_eq!((code, said.as_str()), (Some(128 + Signal::SIGTERM as i32), ""));
}

#[test]
fn everybody_hears_the_same_order() {
    let server = Server::start(&["--outbox", "1000000", "--rate", "0"]);
    let mut watcher = server.join("watcher");
    let talkers: Vec<Client> = (0..5).map(|i| server.join(&format!("t{i}"))).collect();
    let mut other = server.join("other");
    for _ in 0..6 {
        watcher.line();
    }
    thread::scope(|scope| {
        for talker in &talkers {
            scope.spawn(|| (0..200).for_each(|i| talker.say(&i.to_string())));
        }
    });
    let heard: Vec<String> = (0..1_000).map(|_| watcher.line()).collect();
    let by_other: Vec<String> = (0..1_000).map(|_| other.line()).collect();
    assert_eq!(heard, by_other);
    for (t, talker) in talkers.into_iter().enumerate() {
        let own = format!("t{t}: ");
        let others: Vec<&String> = heard.iter().filter(|line| !line.starts_with(&own)).collect();
        talker.say("/quit");
        let lines = talker.rest();
        let lines: Vec<&String> = lines.iter().filter(|line| !line.starts_with('*')).collect();
        assert_eq!(lines, others, "what {own} heard");
        let said: Vec<&str> = heard.iter().filter_map(|line| line.strip_prefix(&own)).collect();
        assert!(said.iter().enumerate().all(|(i, line)| *line == i.to_string()), "{own} {said:?}");
    }
}

#[test]
fn a_thousand_clients_and_two_hundred_talk() {
    const CLIENTS: usize = 1_000;
    const TALKERS: usize = 200;
    const LINES: usize = 10;
    // Each connection is an open file here and one in the server.
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap();
    let wanted = CLIENTS as u64 + 100;
    if hard < wanted || setrlimit(Resource::RLIMIT_NOFILE, wanted.max(hard.min(4_096)), hard).is_err() {
        eprintln!("skipped: a_thousand_clients_and_two_hundred_talk: the system allows {hard} open files");
        return;
    }
    // An outbox that holds everything: what is tested is the order and that nothing is lost, not who is fast.
    let server =
        Server::start(&["--clients", "1000", "--outbox", "1000000", "--rate", "0", "--patience", "100"]);
    // All together, not one after the other: half a million joins are told, and the server may tell many at a time.
    let mut clients: Vec<Client> = (0..CLIENTS).map(|_| server.connect()).collect();
    for (i, client) in clients.iter_mut().enumerate() {
        client.expect("* Welcome. What is your name?");
        client.say(&format!("c{i}"));
    }
    for (i, client) in clients.iter_mut().enumerate() {
        client.expect_start(&format!("* Hello c{i}. "));
    }
    let refused = server.connect();
    assert_eq!(refused.rest().len(), 1, "one too many");
    for line in 0..LINES {
        for (talker, client) in clients[..TALKERS].iter().enumerate() {
            client.say(&format!("{talker} {line}"));
        }
    }
    let mut order: Option<Vec<(usize, usize)>> = None;
    for (me, client) in clients.iter_mut().enumerate() {
        let to_hear = if me < TALKERS { (TALKERS - 1) * LINES } else { TALKERS * LINES };
        let mut heard = Vec::with_capacity(to_hear);
        while heard.len() < to_hear {
            let line = client.line();
            if line.starts_with('*') {
                continue;
            }
            let (name, text) = line.split_once(": ").unwrap();
            let (talker, number) = text.split_once(' ').unwrap();
            assert_eq!(name, format!("c{talker}"));
            heard.push((talker.parse::<usize>().unwrap(), number.parse::<usize>().unwrap()));
        }
        // Nothing lost, nothing twice, and each talker's lines in order.
        for talker in (0..TALKERS).filter(|talker| *talker != me) {
            let lines = heard.iter().filter(|(t, _)| *t == talker).map(|(_, line)| *line);
            assert!(lines.eq(0..LINES), "what c{me} heard of c{talker}");
        }
        // The first one who does not talk has heard all, and gives the order that all must have heard.
        if me >= TALKERS {
            assert!(heard == *order.get_or_insert_with(|| heard.clone()), "c{me} heard another order");
        }
    }
    server.signal(Signal::SIGTERM);
    for client in clients {
        assert_eq!(client.rest().last().map(String::as_str), Some(GOODBYE));
    }
    let (code, said) = server.ended();
    assert_eq!((code, said.contains("1000 clients served, all threads joined")), (Some(0), true), "{said}");
}

/// What the chapter shows of two people is played, line by line.
#[test]
fn the_chapter_tells_what_people_see() {
    let chapter = include_str!("../README.md");
    let talk = chapter
        .split("```text\n")
        .find(|block| block.starts_with("ada sees"))
        .expect("the talk is in the chapter");
    let talk: Vec<&str> = talk.lines().take_while(|line| *line != "```").collect();
    assert!(talk.len() > 10, "{talk:?}");
    let server = Server::start(&[]);
    let mut people: BTreeMap<&str, Client> = BTreeMap::new();
    for line in talk {
        let (who, does) = line.split_once(' ').unwrap();
        let person = people.entry(who).or_insert_with(|| server.connect());
        match does.split_once(char::is_whitespace).map(|(does, text)| (does, text.trim_start())) {
            Some(("sees", text)) => person.expect(text),
            Some(("types", text)) => person.say(text),
            _ => panic!("who does what? {line}"),
        }
    }
    drop(people);
    server.stop();
}

#[test]
fn the_command_line_explains_itself() {
    let output = server(&["--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && help.contains("--port PORT") && help.contains("Example:"), "{help}");
    for options in [&["--prot", "0"][..], &["--clients", "0"], &["--patience", "never"], &["4109"]] {
        let output = server(options).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{options:?}: {said}");
        assert!(said.contains("--help"), "{said}");
    }
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = server(&["--listen", &address]).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(&address) && said.contains("--port 0"), "{said}");
}
