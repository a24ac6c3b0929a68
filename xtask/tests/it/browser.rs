//! The pages of failing schedules: written by `why`, and in a real browser, which is skipped where there is none.
use crate::scratch::{Course, RIGHT, STARTER, until};
use crate::webdriver::{Browser, key};
use interleave::{Act, Excerpt, Place, Step, Story};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Names and texts that try to get out of where they stand.
const EVIL: &str = "</script></title><img src=x onerror=document.title='evil'>\"'&\u{202e}`${1}";

/// A story of `threads` threads in `count` steps, in which everything occurs that a picture draws.
fn story(threads: usize, count: usize) -> Story {
    let file = "lessons/1-threads/exercises/e104_visits.rs".to_owned();
    let lines: Vec<String> =
        (0..count).map(|i| format!("{}line({i}); // {EVIL}", " ".repeat(i % 12))).collect();
    let step = |i: usize| {
        let lock = format!("lock_{}", i % (3 * threads) / threads);
        let act = match i / threads % 4 {
            0 => Act::Takes(lock),
            1 => Act::WaitsFor { what: format!("lock_{}", i % 3), gives_back: None },
            2 => Act::None,
            _ => Act::GivesBack(format!("lock_{}", (i + threads) % 2)),
        };
        Step {
            thread: i % threads,
            text: format!(
                "does number {i} with {}",
                ["care", EVIL, "all_that_has_a_very_long_name_indeed"][i % 3]
            ),
            place: (i % 5 != 4).then(|| Place {
                file: file.clone(),
                line: i as u32 + 1,
                code: lines[i].clone(),
            }),
            bad: i % 4 == 3,
            switched: i % 6 == 2,
            act,
            from: (i > threads && i.is_multiple_of(3)).then(|| i - threads.div_ceil(2)),
        }
    };
    Story {
        title: format!("Deadlock: {EVIL}"),
        home: file.clone(),
        threads: (0..threads).map(|t| if t == 1 { EVIL.into() } else { format!("thread {t}") }).collect(),
        steps: (0..count).map(step).collect(),
        sources: vec![Excerpt { file, first_line: 1, lines }],
        because: vec![format!(
            "It is so because {EVIL} and because sentences can be longer than a line is wide."
        )],
        replay: "1a1..".into(),
        ..Story::default()
    }
}

/// Writes a page and gives its address.
fn page(name: &str, text: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    format!("file://{}", path.display())
}

fn browser(name: &str) -> Option<Browser> {
    Browser::start(name).inspect_err(|missing| println!("skipped: {missing}")).ok()
}

/// The step that the whole page is at; all its parts must agree.
#[track_caller]
fn step(browser: &Browser) -> u64 {
    let parts = browser.eval(
        "[document.getElementById('slider').value, location.hash.slice(6),
          document.getElementById('count').textContent.split(' ')[0],
          ...[...document.querySelectorAll('svg .step.now')].map(s => s.dataset.step),
          document.querySelector('.steps li[aria-current]').value].map(Number)",
    );
    let parts: Vec<u64> = parts.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
    // Slider, address, counter, both pictures, list.
    assert_eq!(parts.len(), 6, "{parts:?}");
    assert!(parts.iter().all(|n| *n == parts[0]), "{parts:?}");
    parts[0]
}

#[test]
fn a_page_can_be_stepped_through_in_every_way() {
    let Some(browser) = browser("steps") else { return };
    let address = page("steps.html", &story(2, 12).html());
    browser.open(&format!("{address}#step=5"));
    assert_eq!(step(&browser), 5, "the address names the step");
    browser.click("#next");
    assert_eq!(step(&browser), 6);
    browser.click("#previous");
    browser.click("#previous");
    assert_eq!(step(&browser), 4);
    browser.keys("#slider", &key::RIGHT.to_string());
    assert_eq!(step(&browser), 5, "the slider takes arrows");
    browser.eval("document.activeElement.blur()");
    let keys =
        [(key::RIGHT, 6), (key::LEFT, 5), (key::END, 12), (key::RIGHT, 12), (key::HOME, 1), (key::LEFT, 1)];
    for (pressed, wanted) in keys {
        browser.press(pressed);
        assert_eq!(step(&browser), wanted, "{}", pressed.escape_unicode());
    }
    browser.eval("document.querySelector('.wide .step[data-step=\"7\"] circle').dispatchEvent(new MouseEvent('click', {bubbles: true}))");
    assert_eq!(step(&browser), 7, "a step of the picture was clicked");
    browser.eval("location.hash = 'step=9'");
    until("the address was changed", || {
        browser.eval("document.getElementById('count').textContent") == "9 of 12"
    });
    assert_eq!(step(&browser), 9);
    for odd in ["#step=999", "#step=0", "#nonsense", ""] {
        browser.open(&format!("{address}{odd}"));
        assert_eq!(step(&browser), if odd == "#step=999" { 12 } else { 1 }, "{odd}");
    }
    browser.press(' ');
    until("it plays", || step(&browser) >= 3);
    browser.press(' ');
    assert_eq!(browser.eval("document.getElementById('play').textContent"), "Play");
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn every_step_shows_who_is_where_and_who_holds_what() {
    let Some(browser) = browser("state") else { return };
    let (takes, waits) =
        (|l: &str| Act::Takes(l.into()), |w: &str| Act::WaitsFor { what: w.into(), gives_back: None });
    let mut story = story(2, 4);
    story.threads = vec!["main".into(), "clerk".into()];
    let acts = [takes("left"), takes("right"), waits("right"), waits("left")];
    for (step, act) in story.steps.iter_mut().zip(acts) {
        step.act = act;
    }
    browser.open(&page("state.html", &story.html()));
    let table = || {
        browser.eval(
            "[...document.querySelectorAll('.live tbody tr')].map(r => [...r.cells].map(c => c.textContent))",
        )
    };
    assert_eq!(table(), json!([["main", "left", "–"], ["clerk", "no step yet", "–"]]));
    let badges = || {
        browser.eval("[...document.querySelectorAll('.badge')].map(b => b.closest('tr').querySelector('th').textContent + ' ' + b.textContent)")
    };
    assert_eq!(badges(), json!(["1 main"]));
    browser.press(key::END);
    assert_eq!(
        table(),
        json!([["main", "left", "right, held by clerk"], ["clerk", "right", "left, held by main"]])
    );
    assert_eq!(badges(), json!(["3 main waits", "4 clerk waits"]));
    let said = browser.eval("document.getElementById('said').textContent");
    assert_eq!(said, "clerk does number 3 with care (e104_visits.rs:4)");
    assert_eq!(browser.eval("document.getElementById('said').getAttribute('aria-live')"), "polite");
}

#[test]
fn a_page_says_what_it_is_and_lets_nothing_out() {
    let Some(browser) = browser("words") else { return };
    browser.open(&page("words.html", &story(3, 9).html()));
    assert_eq!(browser.eval("document.querySelectorAll('img, iframe, object, link').length"), 0);
    assert_ne!(browser.eval("document.title"), "evil");
    assert!(browser.eval("document.body.textContent").as_str().unwrap().contains("<img src=x onerror="));
    assert_eq!(browser.reads_as("#slider"), ("slider".into(), "Step 1 of 9".into()));
    assert_eq!(browser.reads_as("main").0, "main");
    for (selector, name) in [
        ("section.controls", "Step through the schedule"),
        ("section.source", "Where the threads are"),
        ("section.because", "Why"),
    ] {
        assert_eq!(browser.reads_as(selector), ("region".into(), name.into()));
    }
    let (role, name) = browser.reads_as(".wide svg");
    assert!(["img", "image"].contains(&role.as_str()) && name.starts_with("Deadlock"), "{role}: {name}");
    // Everything that can be operated can be reached, in the order in which it stands.
    let order = browser.eval("[...document.querySelectorAll('button, input, a, summary, [tabindex]')].every(e => e.tabIndex === 0)");
    assert_eq!(order, true);
    let complaints = browser.complaints();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

/// The texts whose colour stands out too little from what lies behind them: less than 4.5 to 1, the least that WCAG 2.2
/// wants of small text. What is switched off may be pale.
const PALE: &str = "(() => {
    const numbers = c => (c.match(/[\\d.]+/g) || []).map(Number);
    const light = c => { const [r, g, b] = numbers(c).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
        return .2126 * r + .7152 * g + .0722 * b; };
    const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor, n = numbers(c);
        if (n.length === 3 || n[3] === 1) return c; } return 'rgb(255, 255, 255)'; };
    const own = e => [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    return [...document.querySelectorAll('body *')].filter(e => e.getClientRects().length && own(e)
            && !e.closest('script, .hidden, [aria-disabled=true]')).filter(e => {
        const style = getComputedStyle(e), inside = e.closest('svg');
        const a = light(inside ? style.fill : style.color), b = light(behind(inside || e));
        return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
    }).map(e => `${e.tagName}.${e.className.baseVal ?? e.className}: ${e.textContent.slice(0, 30)}`);
})()";

#[test]
fn every_text_stands_out_in_light_and_dark_and_on_paper() {
    let Some(browser) = browser("contrast") else { return };
    browser.open(&page("contrast.html", &story(3, 12).html()));
    browser.press(key::RIGHT);
    for scheme in ["light", "dark"] {
        for media in ["screen", "print"] {
            let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
            browser.devtools("Emulation.setEmulatedMedia", json!({ "media": media, "features": features }));
            assert_eq!(browser.eval(PALE), json!([]), "{scheme}, {media}");
            let shown = browser.eval(
                "['.controls', '.state', '.picture .wide', '.source', '.because'].map(s => document.querySelector(s).getClientRects().length > 0)",
            );
            let screen = media == "screen";
            assert_eq!(shown, json!([screen, screen, true, true, true]), "{scheme}, {media}");
            if !screen {
                // Ink on white, and nothing cut off.
                let paper = browser.eval("getComputedStyle(document.body).backgroundColor");
                assert_eq!(paper, "rgb(255, 255, 255)", "{scheme}");
                let cut = browser.eval("[...document.querySelectorAll('.scroll')].some(e => e.scrollHeight > e.clientHeight + 1)");
                assert_eq!(cut, false);
            }
        }
    }
}

#[test]
fn whoever_has_no_mouse_or_no_liking_for_movement_is_served() {
    let Some(browser) = browser("access") else { return };
    let features = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
    browser.open(&page("access.html", &story(2, 12).html()));
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features }));
    let moves =
        "[...document.querySelectorAll('svg *')].some(e => getComputedStyle(e).transitionDuration !== '0s')";
    assert_eq!(browser.eval(moves), false);
    // In the order of reading: the buttons and the slider, the picture, the source, the list.
    let mut order = Vec::new();
    for _ in 0..7 {
        browser.press(key::TAB);
        let name = "(e => e.id || e.getAttribute('aria-labelledby') || e.tagName)(document.activeElement)";
        order.push(browser.eval(name).as_str().unwrap().to_owned());
    }
    assert_eq!(order, ["previous", "next", "play", "slider", "h-picture", "h-source", "SUMMARY"]);
    // What is said of a step is said whole, when nothing else is being said.
    let live = browser
        .eval("['aria-live', 'aria-atomic'].map(a => document.getElementById('said').getAttribute(a))");
    assert_eq!(live, json!(["polite", "true"]));
    for (selector, name) in [("#previous", "◀ Previous"), ("#next", "Next ▶"), ("#play", "Play")] {
        assert_eq!(browser.reads_as(selector), ("button".into(), name.into()));
    }
}

/// Every text of the visible pictures that lies on another or reaches over the edge.
const CLASHES: &str = "[...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).flatMap(svg => {
    const edge = svg.getBoundingClientRect();
    const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
    const out = texts.filter(([, r]) => r.left < edge.left || r.right > edge.right || r.bottom > edge.bottom || r.top < edge.top);
    const on = texts.filter(([a, r], i) => texts.some(([b, q], k) => k > i &&
        Math.min(r.right, q.right) - Math.max(r.left, q.left) > 1 && Math.min(r.bottom, q.bottom) - Math.max(r.top, q.top) > 2));
    return [...out, ...on].map(([t]) => t.textContent);
})";

#[test]
fn no_text_lies_on_another_and_nothing_is_wider_than_the_screen() {
    let Some(browser) = browser("layout") else { return };
    for (threads, count) in [(1, 3), (2, 12), (3, 20), (4, 31), (5, 40), (6, 60)] {
        let story = story(threads, count);
        let (html, svg) = (page("layout.html", &story.html()), page("layout.svg", &story.svg()));
        browser.open(&svg);
        assert_eq!(browser.eval(CLASHES), json!([]), "{threads} threads, alone");
        for (width, mobile) in [(1280, false), (360, true)] {
            let size = json!({ "width": width, "height": 740, "deviceScaleFactor": 1, "mobile": mobile });
            browser.devtools("Emulation.setDeviceMetricsOverride", size);
            browser.open(&html);
            assert_eq!(browser.eval(CLASHES), json!([]), "{threads} threads, {width} wide");
            let wide = browser.eval("document.documentElement.scrollWidth").as_u64().unwrap();
            assert!(wide <= width, "{threads} threads: {wide} on a screen of {width}");
            let shown = browser
                .eval("[...document.querySelectorAll('svg')].filter(s => s.getClientRects().length).length");
            assert_eq!(shown, 1, "one picture for {width}");
        }
        browser.devtools("Emulation.clearDeviceMetricsOverride", json!({}));
    }
}

#[test]
fn why_writes_the_page_of_a_failing_schedule() {
    let course = Course::shared();
    let answer = "lessons/1-mini/exercises/e102_hang.rs";
    let lost = RIGHT.replace(
        "counter.fetch_add(1, Ordering::Relaxed)",
        "counter.store(counter.load(Ordering::Relaxed) + 1, Ordering::Relaxed)",
    );
    assert_ne!(lost, RIGHT);
    course.write(answer, &lost);
    let (code, text) = course.says(&["why", "102", "--html"]);
    assert_eq!(code, 1, "{text}");
    let path = text.lines().last().unwrap();
    assert_eq!(path, "target/interleave/why/e102_hang.html", "{text}");
    let page = course.read(path);
    for wanted in ["Lost update", "counter.store(counter.load(", "e102_hang.rs", "is overwritten", "<svg"] {
        assert!(page.contains(wanted), "`{wanted}` is not in the page");
    }
    assert!(!page.contains("two threads\","), "the judge's own lines are nobody's business");
    let (code, text) = course.says(&["why", "102", "--html=mine.html"]);
    assert_eq!((code, text.trim()), (1, "mine.html"));
    assert_eq!(course.read("mine.html"), page);
    let (code, text) = course.says(&["why", "102", "--htm"]);
    assert!(code == 2 && text.contains("--html"), "{text}");
    course.write(answer, "//! Does not compile.\n");
    let (code, text) = course.says(&["why", "102", "--html"]);
    assert!(code == 1 && text.contains("no failing schedule to draw"), "{text}");
    course.write(answer, STARTER);
}
