//! A story as one page of HTML to step through: the picture beside the source, who holds what, why it failed.
//!
//! The page is complete without its script: picture, source, steps and sentences are all there. The script only
//! shows one step at a time.

use crate::acts::Act;
use crate::picture::Picture;
use crate::story::{Excerpt, Step, Story};
use crate::svg;
use crate::text::{escaped, json, visible};
use ::std::fmt::Write as _;

const STYLE: &str = include_str!("html/page.css");
const SCRIPT: &str = include_str!("html/page.js");

pub(crate) fn page(story: &Story) -> String {
    let title = escaped(&story.title);
    let mut body = String::new();
    let _ = writeln!(body, "<header>\n<h1>{title}</h1>");
    if !story.replay.is_empty() {
        let _ = writeln!(
            body,
            "<p class=\"note\">This schedule again: replay token <code>{}</code>.</p>",
            escaped(&story.replay)
        );
    }
    body.push_str("</header>\n<main>\n");
    if !story.steps.is_empty() {
        controls(&mut body, story);
        body.push_str("<div class=\"columns\">\n");
        picture(&mut body, story);
        table(&mut body, story);
        source(&mut body, story);
        why(&mut body, story);
        body.push_str("</div>\n");
        list(&mut body, story);
    } else {
        why(&mut body, story);
    }
    body.push_str("</main>\n");
    let script = if story.steps.is_empty() {
        String::new()
    } else {
        body.push_str(
            "<footer><p class=\"note\">Keys: <kbd>←</kbd> <kbd>→</kbd> one step, <kbd>Home</kbd> first, <kbd>End</kbd> \
             last, <kbd>Space</kbd> plays. The address ends in the step, so it can be kept and shared.</p></footer>\n",
        );
        format!(
            "<script type=\"application/json\" id=\"story\">{}</script>\n<script>\n{SCRIPT}</script>\n",
            data(story)
        )
    };
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\" class=\"nojs\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; \
         script-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{}{STYLE}</style>\n</head>\n<body class=\"il\">\n{body}{script}</body>\n</html>\n",
        svg::STYLE
    )
}

fn controls(out: &mut String, story: &Story) {
    let last = story.steps.len();
    let _ = write!(
        out,
        "<section class=\"controls\" aria-label=\"Step through the schedule\">\n<div class=\"row\">\n\
         <button type=\"button\" id=\"previous\">◀ Previous</button>\n<button type=\"button\" id=\"next\">Next ▶</button>\n\
         <button type=\"button\" id=\"play\">Play</button>\n\
         <label for=\"slider\">Step <span id=\"count\">1 of {last}</span></label>\n\
         <input type=\"range\" id=\"slider\" min=\"1\" max=\"{last}\" value=\"1\">\n</div>\n\
         <p id=\"said\" aria-live=\"polite\" aria-atomic=\"true\"></p>\n</section>\n"
    );
}

fn picture(out: &mut String, story: &Story) {
    let _ = write!(
        out,
        "<section class=\"picture\" aria-labelledby=\"h-picture\">\n<h2 id=\"h-picture\">What happened, time downwards</h2>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"h-picture\">\n\
         <div class=\"wide\">\n{}</div>\n<div class=\"narrow\">\n{}</div>\n</div>\n</section>\n",
        svg::part(story, 730.0, "w-"),
        svg::part(story, 356.0, "n-"),
    );
}

fn table(out: &mut String, story: &Story) {
    out.push_str(
        "<section class=\"state\" aria-labelledby=\"h-state\">\n<h2 id=\"h-state\">After this step</h2>\n<table class=\"live\">\n\
         <thead><tr><th scope=\"col\">Thread</th><th scope=\"col\">Holds</th><th scope=\"col\">Waits for</th></tr></thead>\n<tbody>\n",
    );
    let end = at_the_end(story);
    for thread in Picture::new(story).lanes {
        let (holds, waits) = &end[thread];
        let _ = writeln!(
            out,
            "<tr data-thread=\"{thread}\"><th scope=\"row\" style=\"color:var(--t{})\">{}</th><td>{}</td><td>{}</td></tr>",
            thread % 6,
            escaped(&story.threads[thread]),
            escaped(if holds.is_empty() { "nothing" } else { holds }),
            escaped(if waits.is_empty() { "–" } else { waits }),
        );
    }
    out.push_str("</tbody>\n</table>\n</section>\n");
}

/// What each thread holds and waits for when the story ends: what the table says until the script runs.
fn at_the_end(story: &Story) -> Vec<(String, String)> {
    let picture = Picture::new(story);
    let of = |thread: usize| {
        let lane = picture.lanes.iter().position(|t| *t == thread);
        let held = picture.bars.iter().filter(|b| Some(b.lane) == lane && b.to.is_none());
        let held: Vec<&str> = held.map(|b| picture.locks[b.lock].as_str()).collect();
        let waits = picture.waits.iter().find(|w| Some(w.lane) == lane && w.to.is_none());
        (held.join(", "), waits.map(|w| w.what.clone()).unwrap_or_default())
    };
    (0..story.threads.len()).map(of).collect()
}

/// The excerpts in which a step lies, the home file's first.
fn excerpts(story: &Story) -> Vec<&Excerpt> {
    let lies_in = |e: &&Excerpt| story.steps.iter().any(|s| line_in(e, s).is_some());
    let mut excerpts: Vec<&Excerpt> = story.sources.iter().filter(lies_in).collect();
    excerpts.sort_by_key(|e| e.file != story.home);
    excerpts
}

/// The line of a step, if it lies in this excerpt.
fn line_in(excerpt: &Excerpt, step: &Step) -> Option<u32> {
    let place = step.place.as_ref().filter(|place| place.file == excerpt.file)?;
    let index = place.line.checked_sub(excerpt.first_line)? as usize;
    (index < excerpt.lines.len()).then_some(place.line)
}

fn source(out: &mut String, story: &Story) {
    let excerpts = excerpts(story);
    if excerpts.is_empty() {
        return;
    }
    out.push_str(
        "<section class=\"source\" aria-labelledby=\"h-source\">\n<h2 id=\"h-source\">Where the threads are</h2>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"h-source\">\n",
    );
    for (i, excerpt) in excerpts.iter().enumerate() {
        let _ = writeln!(
            out,
            "<table class=\"code\">\n<caption>{}</caption>\n<thead class=\"hidden\"><tr><th scope=\"col\">Line</th>\
             <th scope=\"col\">Threads</th><th scope=\"col\">Code</th></tr></thead>\n<tbody>",
            escaped(&excerpt.file)
        );
        let lines: Vec<String> = excerpt.lines.iter().map(|line| visible(line)).collect();
        let indent = |line: &String| line.len() - line.trim_start().len();
        let common = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or(0);
        for (k, line) in lines.iter().enumerate() {
            let number = excerpt.first_line as usize + k;
            // A line that does not fit goes on below its own beginning.
            let indent = indent(line).saturating_sub(common);
            let _ = writeln!(
                out,
                "<tr id=\"s{i}-{number}\"><th scope=\"row\">{number}</th><td class=\"who\"></td><td class=\"text\" \
                 style=\"--indent:{indent}\">{}</td></tr>",
                escaped(line.trim())
            );
        }
        out.push_str("</tbody>\n</table>\n");
    }
    out.push_str("</div>\n</section>\n");
}

fn why(out: &mut String, story: &Story) {
    if story.because.is_empty() {
        return;
    }
    out.push_str("<section class=\"because\" aria-labelledby=\"h-why\">\n<h2 id=\"h-why\">Why</h2>\n<ul class=\"why\">\n");
    for sentence in &story.because {
        let _ = writeln!(out, "<li>{}</li>", escaped(sentence));
    }
    out.push_str("</ul>\n</section>\n");
}

/// Every step as a link: what the picture says, in words.
fn list(out: &mut String, story: &Story) {
    out.push_str("<section class=\"steps-list\">\n<details>\n<summary>All steps as a list</summary>\n<ol class=\"steps\">\n");
    for (i, step) in story.steps.iter().enumerate() {
        let (number, bad) = (i + 1, if step.bad { " class=\"bad\"" } else { "" });
        let _ = writeln!(
            out,
            "<li value=\"{number}\"><a href=\"#step={number}\"{bad}>{}{} {}{}</a></li>",
            if step.switched { "(switch) " } else { "" },
            escaped(&story.threads[step.thread]),
            escaped(&step.text),
            step.place.as_ref().map(|p| format!(" ({})", escaped(&p.to_string()))).unwrap_or_default(),
        );
    }
    out.push_str("</ol>\n</details>\n</section>\n");
}

/// What the script needs, as JSON.
fn data(story: &Story) -> String {
    let excerpts = excerpts(story);
    let threads: Vec<String> = story.threads.iter().map(|name| json(name)).collect();
    let steps: Vec<String> = story.steps.iter().map(|step| step_data(step, &excerpts)).collect();
    format!("{{\"threads\":[{}],\"steps\":[\n{}\n]}}", threads.join(","), steps.join(",\n"))
}

fn step_data(step: &Step, excerpts: &[&Excerpt]) -> String {
    let (mut takes, mut gives, mut waits) = ("", "", "");
    match &step.act {
        Act::None => {}
        Act::Takes(lock) | Act::Shares(lock) => takes = lock,
        Act::GivesBack(lock) => gives = lock,
        Act::WaitsFor { what, gives_back } => {
            waits = what;
            gives = gives_back.as_deref().unwrap_or_default();
        }
    }
    let row = excerpts.iter().enumerate().find_map(|(i, e)| Some(format!("s{i}-{}", line_in(e, step)?)));
    let at = step.place.as_ref().map(ToString::to_string).unwrap_or_default();
    format!(
        "{{\"thread\":{},\"text\":{},\"at\":{},\"line\":{},\"bad\":{},\"switched\":{},\"takes\":{},\"gives\":{},\"waits\":{}}}",
        step.thread,
        json(&step.text),
        json(&at),
        json(&row.unwrap_or_default()),
        step.bad,
        step.switched,
        json(takes),
        json(gives),
        json(waits),
    )
}
