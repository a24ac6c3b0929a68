//! What a runner makes of messages, right and forged, and of silence.
use super::*;
use crate::protocol::LayerName;

const NONCE: &str = "00112233445566778899aabbccddeeff";
const SECOND: &str = "ffeeddccbbaa99887766554433221100";

fn begin() -> Message {
    let layer = |name: &str, what: &str| LayerName { name: name.into(), what: what.into() };
    let layers = vec![layer("rules", ""), layer("schedules-2", "two threads"), layer("spec", "many")];
    Message::Begin { exercise: "e1".into(), layers }
}

fn enter(layer: &str) -> Message {
    Message::LayerBegin { layer: layer.into() }
}

fn leave(layer: &str) -> Message {
    Message::LayerEnd { layer: layer.into(), note: "all".into(), micros: 7 }
}

fn done(exercise: &str) -> Message {
    Message::Done(Box::new(Judgement::passed(exercise)))
}

/// What a judge writes: the judgement with its seal.
fn lines(messages: &[Message]) -> String {
    let line = |message: &Message| match message {
        Message::Done(_) => message.to_line(NONCE) + &seal(SECOND),
        _ => message.to_line(NONCE),
    };
    messages.iter().map(line).collect()
}

fn seal(number: &str) -> String {
    format!("{{\"type\":\"seal\",\"nonce\":\"{number}\"}}\n")
}

fn outcome(text: &[u8]) -> Outcome {
    let mut incoming = Incoming::new(NONCE, SECOND);
    incoming.feed(text);
    incoming.finish()
}

#[test]
fn messages_may_come_in_pieces_of_any_size() {
    let all = [begin(), enter("rules"), leave("rules"), enter("schedules-2"), done("e1")];
    let text = lines(&all);
    for size in [1, 2, 7, 100, 10_000] {
        let mut incoming = Incoming::new(NONCE, SECOND);
        let came: Vec<Message> =
            text.as_bytes().chunks(size).flat_map(|bytes| incoming.feed(bytes)).collect();
        assert_eq!(came, all, "pieces of {size}");
        assert_eq!(incoming.running(), Some("schedules-2"));
        assert_eq!(incoming.finish(), Outcome::Judged(Box::new(Judgement::passed("e1"))));
    }
}

#[test]
fn whatever_the_judge_did_not_write_is_tampering() {
    let ours = lines(&[begin(), enter("rules")]);
    let other_nonce = done("e1").to_line(&NONCE.replace('0', "1"));
    let no_nonce = r#"{"type":"done"}"#.to_string() + "\n";
    let number = format!("{{\"nonce\":{},\"type\":\"done\"}}\n", 1);
    let odd_layer =
        format!("{{\"nonce\":\"{NONCE}\",\"type\":\"layer-end\",\"layer\":\"rules\",\"note\":1}}\n");
    let odd_type = format!("{{\"nonce\":\"{NONCE}\",\"type\":\"x\"}}\n");
    let deep = format!("{}\n", "[".repeat(100_000));
    let huge_number = format!("{{\"nonce\":\"{NONCE}\",\"micros\":1e999}}\n");
    let table = [
        (format!("{ours}{other_nonce}"), "a message without the judge's secret number"),
        (format!("{ours}{no_nonce}"), "a message without the judge's secret number"),
        (format!("{ours}{number}"), "a message without the judge's secret number"),
        (format!("{ours}hello\n"), "a line that is no message"),
        (format!("{ours}\n"), "a line that is no message"),
        (format!("{ours}{deep}"), "a line that is no message"),
        (format!("{ours}{huge_number}"), "a line that is no message"),
        (format!("{ours}{odd_layer}"), "an odd message: note: should be a string, is another number"),
        (format!("{ours}{odd_type}"), "an odd message: type: `x` is no message"),
        (format!("{ours}{}", lines(&[begin()])), "a second beginning"),
        (format!("{ours}{}", lines(&[enter("overlap")])), "a layer that was not announced: `overlap`"),
        (
            format!("{ours}{}", lines(&[leave("rules"), leave("rules")])),
            "a layer that was not announced: `rules`",
        ),
        (format!("{ours}{}", lines(&[done("e2")])), "a judgement of another exercise"),
        (format!("{ours}{}", lines(&[done("e1"), done("e1")])), "a message after the last one"),
        (format!("{ours}{}x", lines(&[done("e1")])), "a message after the last one"),
        (lines(&[done("e1")]), "a message before the first one"),
        // Whoever read the first number in the judge's memory still lacks the second.
        (format!("{ours}{}", done("e1").to_line(NONCE)), "a judgement without its seal"),
        (
            format!("{ours}{}{}", done("e1").to_line(NONCE), &seal(SECOND)[..40]),
            "a judgement without its seal",
        ),
        (format!("{ours}{}{}", done("e1").to_line(NONCE), seal(NONCE)), "a message after the last one"),
        (format!("{ours}{}{}", lines(&[done("e1")]), seal(SECOND)), "a message after the last one"),
        (format!("{ours}{}", seal(SECOND)), "a message without the judge's secret number"),
    ];
    for (text, why) in table {
        let Outcome::Tampered { what, .. } = outcome(text.as_bytes()) else { panic!("{why}: not seen") };
        assert_eq!(what, why);
    }
    // Nothing that comes later makes it good.
    let text = format!("{ours}x\n{}", lines(&[done("e1")]));
    let judgement = outcome(text.as_bytes()).judgement("e1", Ending::Exited(0));
    assert_eq!((judgement.verdict, judgement.layer.as_str()), (Verdict::BreaksARule, "rules"));
}

#[test]
fn a_line_may_be_long_but_not_endless() {
    let mut judgement = Judgement::passed("e1");
    judgement.details = vec!["x".repeat(MAX_LINE_BYTES - 10_000)];
    let text = lines(&[begin(), Message::Done(Box::new(judgement.clone()))]);
    assert_eq!(outcome(text.as_bytes()), Outcome::Judged(Box::new(judgement)));

    let mut incoming = Incoming::new(NONCE, SECOND);
    incoming.feed(lines(&[begin()]).as_bytes());
    for _ in 0..=MAX_LINE_BYTES / 1_000 {
        incoming.feed(&[b' '; 1_000]);
    }
    assert!(incoming.rest.is_empty(), "what is too long is not kept");
    assert!(
        matches!(incoming.finish(), Outcome::Tampered { what, .. } if what.starts_with("a line of more than"))
    );
}

#[test]
fn silence_has_a_meaning() {
    let spec = lines(&[begin(), enter("rules"), leave("rules"), enter("schedules-2")]);
    // Killed in the middle of a line: half of it is no tampering.
    let half = format!("{spec}{{\"nonce");
    let table = [
        (&spec, Ending::Exited(0), Verdict::Exits, "The program ended itself (exit code 0) while the layer"),
        (
            &half,
            Ending::Exited(101),
            Verdict::Exits,
            "The program ended itself (exit code 101) while the layer",
        ),
        (&spec, Ending::Signal(6), Verdict::Crashes, "The program crashed while the layer `schedules-2`"),
        (&spec, Ending::Limit(20), Verdict::Hangs, "The program was still running after 20 s, in the layer"),
    ];
    for (text, ending, verdict, sentence) in table {
        let judgement = outcome(text.as_bytes()).judgement("e1", ending);
        assert_eq!((judgement.verdict, judgement.layer.as_str()), (verdict, "schedules"));
        assert!(judgement.sentence.starts_with(sentence), "{}", judgement.sentence);
        assert!(judgement.sentence.contains("(two threads)"), "{}", judgement.sentence);
        let statuses: Vec<Status> = judgement.layers.iter().map(|l| l.status).collect();
        assert_eq!(statuses, [Status::Passed, Status::Failed, Status::NotRun]);
    }
    for text in [String::new(), lines(&[begin()])] {
        let judgement = outcome(text.as_bytes()).judgement("e1", Ending::Exited(1));
        assert_eq!(judgement.verdict, Verdict::CouldNotJudge, "{text}");
    }
}

#[test]
fn both_sides_understand_each_other() {
    let (mut runner, theirs) = Runner::start().unwrap();
    let judge = std::thread::spawn(move || {
        let mut channel = crate::protocol::Channel::open(theirs).unwrap();
        for message in [begin(), enter("rules"), done("e1")] {
            channel.send(&message).unwrap();
        }
    });
    judge.join().unwrap();
    assert_eq!(runner.drain().unwrap(), [begin(), enter("rules"), done("e1")]);
    assert_eq!(runner.read(Duration::from_secs(60)).unwrap(), Read::End);
    assert_eq!(runner.finish(), Outcome::Judged(Box::new(Judgement::passed("e1"))));
}

#[test]
fn every_channel_has_a_secret_of_its_own() {
    let nonces: Vec<String> = (0..3).map(|_| fresh_number().unwrap()).collect();
    assert!(nonces.iter().all(|nonce| nonce.len() == 32));
    assert!(nonces[0] != nonces[1] && nonces[1] != nonces[2]);
}
