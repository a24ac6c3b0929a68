//! Pages: the class for staff, and each student for staff and for the student.
use super::similar::Group;
use super::{Book, Cell, Row};
use crate::outcome::{Outcome, Verdict};
use crate::text::tame;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const STYLE: &str = include_str!("pages.css");
const SCRIPT: &str = include_str!("pages.js");

/// For whom a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Everything.
    Staff,
    /// Nothing of what is hidden: no hidden checks, no flags, nothing of others.
    Student,
}

fn page(title: &str, body: Markup, script: bool) -> String {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                // What students wrote is shown; nothing of it may ever run or load.
                meta http-equiv="Content-Security-Policy"
                    content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";
                title { (tame(title)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (body)
                @if script { script { (PreEscaped(SCRIPT)) } }
            }
        }
    };
    markup.into_string()
}

/// "1 student", "2 students"
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// Words in which code stands between backticks.
fn prose(text: &str) -> Markup {
    let text = tame(text);
    let pieces: Vec<&str> = text.split('`').collect();
    // An odd backtick means itself.
    let paired = pieces.len() % 2 == 1;
    html! {
        @if paired {
            @for (at, piece) in pieces.iter().enumerate() {
                @if at % 2 == 1 { code { (piece) } } @else { (piece) }
            }
        } @else { (text) }
    }
}

fn class_of(word: &str) -> &'static str {
    match word {
        "PASS" => "v good",
        "GRADER_ERROR" | "not graded" | "TAMPERED" | "FLAKY" => "v odd",
        _ => "v bad",
    }
}

/// The class, for staff.
pub fn class(book: &Book, alike: &[Group]) -> String {
    let words: BTreeSet<&str> = book.rows.iter().flat_map(|row| row.cells.iter().map(Cell::word)).collect();
    let body = html! {
        header {
            h1 { (tame(&book.title)) }
            p { (counted(book.rows.len(), "student")) ", " (counted(book.tasks.len(), "exercise")) "." }
        }
        main {
            div.filters {
                label for="verdict" { "Verdict" }
                select id="verdict" {
                    option value="" { "all" }
                    @for word in &words { option value=(word.replace(' ', "-")) { (word) } }
                }
                label for="words" { "Contains" }
                input id="words" type="search" placeholder="name, number, verdict";
                span id="shown" role="status" class="faint" {}
            }
            div.scroll {
                table id="students" {
                    thead { tr {
                        th { button type="button" { "Student" } }
                        @for task in book.tasks { th { button type="button" title=(task.title) { (task.id) } } }
                        th data-kind="number" { button type="button" { "Total" } }
                        th data-kind="number" { button type="button" { "Days late" } }
                        th { "Notes" }
                    } }
                    tbody { @for row in &book.rows { (student_line(row)) } }
                }
            }
            (hardest(book))
            (common(book))
            (alikes(alike))
            (notes(book))
        }
    };
    page(&book.title, body, true)
}

fn student_line(row: &Row) -> Markup {
    let words: BTreeSet<String> = row.cells.iter().map(|cell| cell.word().replace(' ', "-")).collect();
    let words = words.into_iter().collect::<Vec<_>>().join(" ");
    let late = row.cells.iter().map(|cell| cell.score.days_late).max().unwrap_or(0);
    let total = row.total();
    html! {
        tr data-verdicts=(words) {
            td data-key=(row.student.id) {
                a href=(format!("{}.html", row.student.id)) { (tame(row.name())) }
                @if row.name() != row.student.id { " " span.faint { (row.student.id) } }
            }
            @for cell in &row.cells {
                td data-key=(cell.word()) {
                    span class=(class_of(cell.word())) { (cell.word()) }
                    @if let Some(points) = cell.score.points { " " span.faint { (points) } }
                }
            }
            td.number data-key=(total.map(|points| points.0.to_string()).unwrap_or_default()) {
                @match total { Some(points) => { (points) }, None => { "?" } }
                span.faint { " of " (row.most()) }
            }
            td.number data-key=(late) { @if late > 0 { (late) } }
            td.faint { (flags(row)) }
        }
    }
}

/// A word about what a person should look at.
fn flags(row: &Row) -> String {
    let of_answers: usize = row.cells.iter().filter_map(|c| c.outcome.as_ref()).map(|o| o.flags.len()).sum();
    let count = of_answers + row.student.notes.len();
    if count == 0 { String::new() } else { format!("{count} to look at") }
}

fn hardest(book: &Book) -> Markup {
    let mut lines: Vec<(usize, usize, &Row, usize)> = Vec::new();
    for at in 0..book.tasks.len() {
        let cells = book.rows.iter().map(|row| &row.cells[at]);
        let handed: Vec<&Cell> = cells.filter(|cell| cell.verdict().is_some()).collect();
        let passed = handed.iter().filter(|cell| cell.verdict() == Some(Verdict::Pass)).count();
        if let Some(row) = book.rows.first() {
            lines.push((passed * 1000 / handed.len().max(1), handed.len(), row, at));
        }
    }
    lines.sort_by_key(|(share, handed, _, at)| (*share, usize::MAX - handed, *at));
    html! {
        h2 { "Hardest exercises" }
        div.scroll { table { tbody {
            @for (share, handed, _, at) in &lines {
                tr {
                    td { (book.tasks[*at].id) " " span.faint { (book.tasks[*at].title) } }
                    td {
                        span.bar style=(format!("width: {}px", share / 5)) {}
                        (share / 10) " % of " (handed) " passed"
                    }
                }
            }
        } } }
    }
}

fn common(book: &Book) -> Markup {
    let mut kinds: BTreeMap<(&str, &str, &str, String), Vec<&Row>> = BTreeMap::new();
    for row in &book.rows {
        for cell in &row.cells {
            if let (Some(outcome), Some(verdict)) = (cell.outcome.as_deref(), cell.verdict())
                && verdict != Verdict::Pass
            {
                let key = (&*cell.task.id, cell.word(), &*outcome.layer, general(&outcome.sentence));
                kinds.entry(key).or_default().push(row);
            }
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().filter(|(_, rows)| rows.len() > 1).collect();
    kinds.sort_by_key(|(key, rows)| (std::cmp::Reverse(rows.len()), key.clone()));
    html! {
        h2 { "Common wrong answers" }
        @if kinds.is_empty() { p.faint { "No two are wrong in the same way." } }
        @else { div.scroll { table.list { tbody {
            @for ((exercise, word, layer, sentence), rows) in kinds.iter().take(25) {
                tr {
                    td.number { (rows.len()) }
                    td { (exercise) }
                    td { span class=(class_of(word)) { (word) } " " span.faint { (layer) } }
                    td { (prose(sentence)) " "
                        @for row in rows.iter().take(8) { a href=(format!("{}.html", row.student.id)) { (row.student.id) } " " }
                        @if rows.len() > 8 { span.faint { "and " (rows.len() - 8) " more" } }
                    }
                }
            }
        } } } }
    }
}

/// The sentence without what is particular to one answer: its numbers, for each of which stands an `N`.
fn general(sentence: &str) -> String {
    let mut out = String::new();
    let mut in_number = false;
    for character in sentence.chars() {
        let digit = character.is_ascii_digit();
        if !digit {
            out.push(character);
        } else if !in_number {
            out.push('N');
        }
        in_number = digit;
    }
    out
}

fn alikes(alike: &[Group]) -> Markup {
    html! {
        h2 { "Answers that are alike" }
        p.faint { "For a person to look at. Short exercises have few right answers, and those are alike by themselves." }
        @if alike.is_empty() { p { "None." } }
        @else { div.scroll { table.list { tbody {
            @for group in alike.iter().take(200) {
                tr {
                    td { (group.exercise) }
                    td { (group.how.words()) }
                    td { @for id in group.students.iter().take(30) { a href=(format!("{id}.html")) { (id) } " " }
                        @if group.students.len() > 30 { span.faint { "and " (group.students.len() - 30) " more" } }
                    }
                }
            }
        } } } }
    }
}

fn notes(book: &Book) -> Markup {
    html! {
        @if !book.notes.is_empty() {
            h2 { "What belongs to nobody" }
            ul { @for note in book.notes.iter().take(200) { li { (tame(note)) } } }
        }
    }
}

/// One student.
pub fn student(book: &Book, row: &Row, out: &Path, view: View) -> String {
    let title = format!("{}: {}", row.name(), book.title);
    let body = html! {
        header {
            h1 { (tame(row.name())) }
            p {
                @if view == View::Staff { a href="index.html" { "the class" } " · " }
                @match row.total() {
                    Some(points) => { strong { (points) } " of " (row.most()) " points" },
                    None => { "Some exercises are not graded yet." },
                }
            }
            @if view == View::Staff && !row.student.notes.is_empty() {
                ul { @for note in &row.student.notes { li { (tame(note)) } } }
            }
        }
        main {
            @if row.cells.len() > 1 { (contents(row)) }
            @for cell in &row.cells { (exercise(cell, out, view)) }
        }
    };
    page(&title, body, false)
}

/// What is below, at a glance.
fn contents(row: &Row) -> Markup {
    html! {
        div.scroll { table.short { tbody {
            @for cell in &row.cells {
                tr {
                    td { a href=(format!("#{}", cell.task.id)) { (cell.task.id) } " " span.faint { (cell.task.title) } }
                    td { span class=(class_of(cell.word())) { (cell.word()) } }
                    td.number { @if let Some(points) = cell.score.points { (points) } span.faint { " of " (cell.score.most) } }
                }
            }
        } } }
    }
}

fn exercise(cell: &Cell, out: &Path, view: View) -> Markup {
    let heading = html! {
        h2 id=(cell.task.id) {
            (cell.task.id) " " (cell.task.title) " "
            span class=(class_of(cell.word())) { (cell.word()) }
        }
    };
    let Some(outcome) = cell.outcome.as_deref() else {
        return html! { section { (heading) p { "Not graded yet." } } };
    };
    html! {
        section {
            (heading)
            p {
                @match cell.score.points {
                    Some(points) => { strong { (points) } " of " (cell.score.most) " points" },
                    None => { "no points yet of " (cell.score.most) },
                }
                @if !cell.score.how.is_empty() { " (" (cell.score.how) ")" }
            }
            p { (prose(&sentence(outcome, view))) }
            @if let Some((_, line, code)) = outcome.place.as_ref().filter(|place| !place.2.is_empty()) {
                p.place { code { span.faint { (line) " │ " } (tame(code)) } }
            }
            @if !outcome.details.is_empty() {
                ul { @for detail in &outcome.details { li { (prose(detail)) } } }
            }
            @if let Some(compiler) = &outcome.compiler { pre { (tame(compiler)) } }
            (story(outcome))
            (layers(outcome))
            @if view == View::Staff { (for_staff(outcome)) }
            @if !outcome.printed.trim().is_empty() {
                details { summary { "What the program printed" } pre { (tame(&outcome.printed)) } }
            }
            (answer(cell, outcome, out))
        }
    }
}

/// The sentence; a student is told of public checks only, and that there may be others.
fn sentence(outcome: &Outcome, view: View) -> String {
    if view == View::Student && outcome.verdict == Verdict::Pass && !outcome.hidden.is_empty() {
        let count = outcome.hidden.len();
        let checks =
            if count == 1 { "1 hidden check counts" } else { &format!("{count} hidden checks count") };
        return format!("All public checks passed; {checks} as well.");
    }
    outcome.sentence.clone()
}

fn story(outcome: &Outcome) -> Markup {
    let story = outcome.story.as_ref().and_then(|value| judge::story_from_json(value).ok());
    html! {
        @if let Some(story) = story {
            // Title and reasons stand in the picture; whoever cannot see it is told them as well.
            div.scroll tabindex="0" role="group" aria-label="The failing schedule" {
                img.picture src=(format!("data:image/svg+xml,{}", percent(&story.svg()))) alt=(in_words(&story));
            }
            details { summary { "The same as text" } pre { (tame(&story.terminal(100, false))) } }
        }
    }
}

/// A picture of a schedule for those who do not see it.
fn in_words(story: &interleave::Story) -> String {
    let mut words = vec![story.title.clone()];
    words.extend(story.steps.iter().map(|step| match story.threads.get(step.thread) {
        Some(thread) => format!("{thread} {}", step.text),
        None => step.text.clone(),
    }));
    words.extend(story.because.iter().cloned());
    tame(&words.join("; "))
}

fn layers(outcome: &Outcome) -> Markup {
    html! {
        @if !outcome.layers.is_empty() {
            details {
                summary { (outcome.layers.iter().filter(|layer| layer.passed()).count()) " of " (outcome.layers.len()) " layers passed" }
                table { tbody { @for layer in &outcome.layers {
                    tr {
                        td { (layer.name) }
                        td { (tame(&layer.what)) }
                        td { span class=(if layer.passed() { "v good" } else if layer.status == "failed" { "v bad" } else { "v" }) { (layer.status) } }
                        td.faint { (tame(&layer.note)) }
                    }
                } } }
            }
        }
    }
}

fn for_staff(outcome: &Outcome) -> Markup {
    html! {
        @for check in &outcome.hidden {
            p { "Hidden check " code { (check.name) } ": " span class=(class_of(check.verdict.as_str())) { (check.verdict.as_str()) } " " (tame(&check.sentence)) }
        }
        @if !outcome.flags.is_empty() {
            p { strong { "To look at:" } }
            ul { @for flag in &outcome.flags { li { (tame(flag)) } } }
        }
        @if !outcome.backend.is_empty() { p.faint { "Graded in boxes of " (outcome.backend) "." } }
    }
}

fn answer(cell: &Cell, outcome: &Outcome, out: &Path) -> Markup {
    let text = cell.sha.and_then(|sha| fs::read(out.join("answers").join(format!("{sha}.rs"))).ok());
    let line = outcome.place.as_ref().filter(|place| place.0.ends_with(".rs")).map(|place| place.1 as usize);
    html! {
        @if let Some(text) = text {
            details {
                summary { "The answer" }
                ol.code { @for (at, code) in String::from_utf8_lossy(&text).lines().take(2000).enumerate() {
                    li.here[line == Some(at + 1)] { (tame(code)) }
                } }
            }
        }
    }
}

/// Bytes for a `data:` address.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_students_write_is_text() {
        let text = page("<script>alert(1)</script>\u{202e}", html! { p { ("</p><script>") } }, false);
        assert!(!text.contains("<script>"), "{text}");
        assert!(!text.contains('\u{202e}'));
        assert_eq!(percent("<a b='c'>"), "%3Ca%20b%3D%27c%27%3E");
    }

    #[test]
    fn code_in_sentences_is_shown_as_code_and_stays_text() {
        assert_eq!(prose("waits for `a<b>`.").into_string(), "waits for <code>a&lt;b&gt;</code>.");
        assert_eq!(prose("an odd ` one").into_string(), "an odd ` one");
        assert_eq!(
            (counted(1, "exercise"), counted(2, "exercise")),
            ("1 exercise".into(), "2 exercises".into())
        );
    }

    #[test]
    fn sentences_that_differ_in_numbers_are_one_kind() {
        assert_eq!(general("expected 12, got 7"), general("expected 3, got 1000"));
    }
}
