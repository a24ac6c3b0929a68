//! A failing schedule as JSON, and back.
use crate::json::{Field, Malformed};
use interleave::{Act, Excerpt, Place, Step, Story};
use serde_json::{Value, json};

/// A failing schedule as JSON.
pub fn story_to_json(story: &Story) -> Value {
    let step = |step: &Step| {
        json!({
            "thread": step.thread, "text": step.text, "place": step.place.as_ref().map(place_to_json),
            "bad": step.bad, "switched": step.switched, "act": act_to_json(&step.act), "from": step.from,
        })
    };
    let excerpt = |e: &Excerpt| json!({ "file": e.file, "first_line": e.first_line, "lines": e.lines });
    json!({
        "title": story.title,
        "home": story.home,
        "threads": story.threads,
        "steps": story.steps.iter().map(step).collect::<Vec<_>>(),
        "because": story.because,
        "replay": story.replay,
        "schedule": story.schedule,
        "cost": story.cost,
        "left_out": story.left_out,
        "sources": story.sources.iter().map(excerpt).collect::<Vec<_>>(),
    })
}

fn act_to_json(act: &Act) -> Value {
    match act {
        Act::None => Value::Null,
        Act::Takes(lock) => json!({ "kind": "takes", "what": lock }),
        Act::Shares(lock) => json!({ "kind": "shares", "what": lock }),
        Act::GivesBack(lock) => json!({ "kind": "gives-back", "what": lock }),
        Act::WaitsFor { what, gives_back } => {
            json!({ "kind": "waits-for", "what": what, "gives_back": gives_back })
        }
    }
}

/// Reads what [`story_to_json`] wrote.
///
/// # Errors
/// The first field that is missing or not what it should be.
pub fn story_from_json(value: &Value) -> Result<Story, Malformed> {
    read_story(&Field::root(value))
}

pub(crate) fn read_story(field: &Field<'_>) -> Result<Story, Malformed> {
    let threads = field.get("threads")?.list(Field::string)?;
    let count = threads.len();
    let step = |step: &Field<'_>| {
        let thread: usize = step.get("thread")?.number()?;
        if thread >= count {
            return Err(step.malformed(format!("a step of thread {thread} of {count}, counted from 0")));
        }
        Ok(Step {
            thread,
            text: step.get("text")?.string()?,
            place: step.optional("place", read_place)?,
            bad: step.get("bad")?.bool()?,
            switched: step.get("switched")?.bool()?,
            act: step.optional("act", read_act)?.unwrap_or_default(),
            from: step.optional("from", Field::number)?,
        })
    };
    let steps = field.get("steps")?.list(step)?;
    if let Some(at) = steps.iter().enumerate().position(|(i, step)| step.from.is_some_and(|from| from >= i)) {
        return Err(field.malformed(format!("steps[{at}] comes from a step that is not before it")));
    }
    Ok(Story {
        title: field.get("title")?.string()?,
        home: field.get("home")?.string()?,
        steps,
        threads,
        because: field.get("because")?.list(Field::string)?,
        replay: field.get("replay")?.string()?,
        schedule: field.get("schedule")?.number()?,
        cost: field.get("cost")?.number()?,
        left_out: field.get("left_out")?.number()?,
        sources: field.get("sources")?.list(read_excerpt)?,
    })
}

fn read_act(field: &Field<'_>) -> Result<Act, Malformed> {
    let what = || field.get("what")?.string();
    match field.get("kind")?.string()?.as_str() {
        "takes" => Ok(Act::Takes(what()?)),
        "shares" => Ok(Act::Shares(what()?)),
        "gives-back" => Ok(Act::GivesBack(what()?)),
        "waits-for" => {
            Ok(Act::WaitsFor { what: what()?, gives_back: field.optional("gives_back", Field::string)? })
        }
        other => Err(field.malformed(format!("`{}` is no act that a picture draws", other.escape_debug()))),
    }
}

fn read_excerpt(field: &Field<'_>) -> Result<Excerpt, Malformed> {
    Ok(Excerpt {
        file: field.get("file")?.string()?,
        first_line: field.get("first_line")?.number()?,
        lines: field.get("lines")?.list(Field::string)?,
    })
}

pub(crate) fn place_to_json(place: &Place) -> Value {
    json!({ "file": place.file, "line": place.line, "code": place.code })
}

pub(crate) fn read_place(field: &Field<'_>) -> Result<Place, Malformed> {
    Ok(Place {
        file: field.get("file")?.string()?,
        line: field.get("line")?.number()?,
        code: field.get("code")?.string()?,
    })
}
