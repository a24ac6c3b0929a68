//! Reading `lesson.toml`: every mistake is told with its place, its key and what to do.
use crate::hints::Hints;
use crate::lessons::{Demo, Exercise, Kind, Lesson, Question, Step, Wrong};
use crate::toml_table::{Problem, Reader};
use std::path::Path;

/// Reads one lesson; an error names the file, the place, the key and what to do.
pub fn lesson(file: &str, folder: &Path, text: &str) -> Result<Lesson, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        format!("{file}:{line}: {}", error.message().trim())
    })?;
    read_lesson(folder, &Reader::new(&table, "")).map_err(|problem| format!("{file}: {problem}"))
}

fn read_lesson(folder: &Path, top: &Reader) -> Result<Lesson, Problem> {
    let mut steps: Vec<Step> = Vec::new();
    for table in top.tables("demo")? {
        steps.push(Step::Demo(demo(&table.named("[[demo]]", "id"))?));
    }
    for table in top.tables("exercise")? {
        steps.push(Step::Exercise(Box::new(exercise(&table.named("[[exercise]]", "id"))?)));
    }
    let order = top.strings("order")?;
    let mut in_order = Vec::with_capacity(steps.len());
    for id in &order {
        let Some(index) = steps.iter().position(|step| step.id() == id) else {
            return Err(top.problem(
                "order",
                format!(
                    "`{id}` is no [[demo]] or [[exercise]], or stands twice: give it one, or take it out"
                ),
            ));
        };
        in_order.push(steps.remove(index));
    }
    if let Some(left) = steps.first() {
        return Err(top.problem(
            "order",
            format!("`{}` is missing: put it where the learner should meet it", left.id()),
        ));
    }
    let lesson = Lesson {
        folder: folder.to_owned(),
        number: top.number("number")?,
        name: top.string("name")?,
        title: top.string("title")?,
        steps: in_order,
    };
    top.nothing_else()?;
    Ok(lesson)
}

fn demo(table: &Reader) -> Result<Demo, Problem> {
    let demo = Demo {
        id: id(table, &["d", "p"])?,
        title: table.string("title")?,
        minutes: table.number("minutes")?,
        was: table.strings("was")?,
    };
    table.ignore("topics");
    table.nothing_else()?;
    Ok(demo)
}

fn exercise(table: &Reader) -> Result<Exercise, Problem> {
    let kinds = [Kind::Predict, Kind::Break, Kind::Fix, Kind::Build, Kind::Speed];
    let kind = table.string("kind")?;
    let Some(kind) = kinds.into_iter().find(|known| known.word() == kind) else {
        let known: Vec<&str> = kinds.iter().map(|kind| kind.word()).collect();
        return Err(table.problem("kind", format!("`{kind}` is none of {}", known.join(", "))));
    };
    let quiz = table
        .tables("quiz")?
        .into_iter()
        .map(|t| question(&t.inside(table, "quiz")))
        .collect::<Result<_, _>>()?;
    let wrong = table
        .tables("wrong")?
        .into_iter()
        .map(|t| wrong_answer(&t.inside(table, "wrong").named("wrong", "slug")))
        .collect::<Result<_, _>>()?;
    let exercise = Exercise {
        id: id(table, &["e"])?,
        title: table.string("title")?,
        kind,
        minutes: table.number("minutes")?,
        points: table.number("points")?,
        section: table.string("section")?,
        misconception: table.string("misconception")?,
        limit_s: table.optional_number("limit_s")?.unwrap_or(20) as u64,
        programs: table.strings("programs")?,
        starter: table.optional_verdict("starter")?,
        hints: table.strings("hints")?,
        hint_for: Hints::read(table)?,
        quiz,
        wrong,
        was: table.strings("was")?,
    };
    table.ignore("topics");
    table.nothing_else()?;
    Ok(exercise)
}

fn question(table: &Reader) -> Result<Question, Problem> {
    let question = Question {
        question: table.string("question")?,
        choices: table.strings("choices")?,
        answer: table.number("answer")?,
        why: table.string("why")?,
        program: table.optional_string("program")?,
        prints: table.strings("prints")?,
    };
    if !question.prints.is_empty()
        && (question.prints.len() != question.choices.len() || question.program.is_none())
    {
        let problem =
            "needs a `program`, and one text for each choice (an empty one where nothing can be printed)";
        return Err(table.problem("prints", problem));
    }
    if !(1..=question.choices.len()).contains(&question.answer) {
        let last = question.choices.len();
        return Err(table.problem("answer", format!("{} is none of 1 to {last}", question.answer)));
    }
    table.nothing_else()?;
    Ok(question)
}

fn wrong_answer(table: &Reader) -> Result<Wrong, Problem> {
    let wrong = Wrong {
        slug: table.string("slug")?,
        verdict: table
            .optional_verdict("verdict")?
            .ok_or_else(|| table.problem("verdict", "is missing: which one must this answer get?"))?,
        layer: table.optional_string("layer")?,
    };
    // The reason is for the person who reads the manifest; that there is one is worth insisting on.
    table.string("why")?;
    table.nothing_else()?;
    Ok(wrong)
}

/// An id becomes part of paths and commands, so it is held to a form.
fn id(table: &Reader, letters: &[&str]) -> Result<String, Problem> {
    let id = table.string("id")?;
    let form =
        letters.iter().find_map(|letter| id.strip_prefix(letter)).and_then(|rest| rest.split_once('_'));
    let good = form.is_some_and(|(digits, name)| {
        digits.len() == 3
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    });
    if good {
        Ok(id)
    } else {
        Err(table.problem("id", format!("`{id}`: write `{}104_some_name`", letters[0])))
    }
}
