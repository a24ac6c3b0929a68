//! Proves that a chapter's pictures are drawn from the programs they show: see [`check_pictures`](super::check_pictures).
use super::Picture;
use interleave::Story;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Where a chapter keeps its pictures.
const FOLDER: &str = "pictures";

/// Set to `write`, it has the pictures drawn anew instead of compared.
const VARIABLE: &str = "INTERLEAVE_PICTURES";

/// The story without the places in one file, and without the sentences that name it.
pub(super) fn without_lines_of(file: &str, mut story: Story) -> Story {
    for step in &mut story.steps {
        if step.place.as_ref().is_some_and(|place| place.file == file) {
            step.place = None;
        }
    }
    let name = format!("{}:", file.rsplit('/').next().unwrap_or(file));
    story.because.retain(|sentence| !sentence.contains(&name));
    story
}

/// Compares, or draws anew; gives what is wrong.
pub(super) fn problems(package_name: &str, package: &Path, pictures: &[Picture]) -> Vec<String> {
    let again = std::env::var(VARIABLE).is_ok_and(|value| value == "write");
    let one = |(name, draw): &Picture| one(package_name, package, name, &draw(), again).err();
    let mut problems: Vec<String> = pictures.iter().filter_map(one).collect();
    problems.extend(strays(package, pictures));
    problems
}

/// One picture: whether its file is what its program draws.
fn one(package_name: &str, package: &Path, name: &str, drawn: &str, again: bool) -> Result<(), String> {
    let path = package.join(FOLDER).join(format!("{name}.svg"));
    let there = fs::read_to_string(&path).unwrap_or_default();
    if there == drawn {
        return Ok(());
    }
    if again {
        write(&path, drawn).map_err(|error| format!("{}: {error}", path.display()))?;
        println!("drawn: {}", path.display());
        return Ok(());
    }
    let what = if there.is_empty() { "is not there" } else { "is not what its program draws now" };
    let line = there.lines().zip(drawn.lines()).position(|(old, new)| old != new).map_or(0, |n| n + 1);
    Err(format!(
        "{FOLDER}/{name}.svg {what} (line {line})\n  to draw it anew, and then look at it: \
         {VARIABLE}=write cargo test -p {package_name} --test pictures"
    ))
}

/// Replaces a file as a whole, so that nobody ever sees half of it.
fn write(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("svg.new");
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

/// Pictures that nobody draws, that the chapter does not show, or shows without saying in words what is in them.
fn strays(package: &Path, pictures: &[Picture]) -> Vec<String> {
    let drawn: BTreeSet<String> = pictures.iter().map(|(name, _)| format!("{name}.svg")).collect();
    let entries = fs::read_dir(package.join(FOLDER)).into_iter().flatten();
    let kept: BTreeSet<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    let chapter = fs::read_to_string(package.join("README.md")).unwrap_or_default();
    let shown = shown(&chapter);
    let mut problems: Vec<String> = Vec::new();
    problems.extend(kept.difference(&drawn).map(|file| format!("{FOLDER}/{file} is drawn by no program")));
    for file in &drawn {
        match shown.iter().find(|(_, shown)| shown == file) {
            None => problems
                .push(format!("{FOLDER}/{file} is not shown in README.md: ![in words]({FOLDER}/{file})")),
            Some((words, _)) if words.split_whitespace().count() < 3 => problems.push(format!(
                "README.md shows {FOLDER}/{file} without telling those who cannot see it what is in it: \
                 ![in words]({FOLDER}/{file})"
            )),
            Some(_) => {}
        }
    }
    let unknown = shown.iter().filter(|(_, file)| !drawn.contains(file));
    problems.extend(
        unknown.map(|(_, file)| format!("README.md shows {FOLDER}/{file}, which is drawn by no program")),
    );
    problems
}

/// The pictures of a chapter: what they say in words, and their files.
fn shown(chapter: &str) -> Vec<(String, String)> {
    let target = format!("]({FOLDER}/");
    let ends = chapter.match_indices(&target);
    ends.filter_map(|(at, _)| {
        let start = chapter[..at].rfind("![")? + 2;
        let file = chapter[at + target.len()..].split(')').next()?;
        Some((chapter[start..at].to_string(), file.to_string()))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str, chapter: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
        let folder = std::env::temp_dir().join(format!("interleave-pictures-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join(FOLDER)).unwrap();
        fs::write(folder.join("README.md"), chapter).unwrap();
        for (file, text) in files {
            fs::write(folder.join(FOLDER).join(file), text).unwrap();
        }
        folder
    }

    #[test]
    fn a_picture_must_be_drawn_shown_told_and_as_it_is_drawn_now() {
        let good: [Picture; 1] = [("a", || "<svg>1</svg>\n".into())];
        let chapter = "text ![two threads that wait](pictures/a.svg) text";
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);
        let table: [Case; 6] = [
            ("same", chapter, &[("a.svg", "<svg>1</svg>\n")], ""),
            (
                "stale",
                chapter,
                &[("a.svg", "<svg>0</svg>\n")],
                "pictures/a.svg is not what its program draws now (line 1)",
            ),
            ("missing", chapter, &[], "pictures/a.svg is not there"),
            (
                "stray",
                chapter,
                &[("a.svg", "<svg>1</svg>\n"), ("b.svg", "")],
                "pictures/b.svg is drawn by no program",
            ),
            ("unseen", "text", &[("a.svg", "<svg>1</svg>\n")], "pictures/a.svg is not shown"),
            (
                "mute",
                "![](pictures/a.svg)",
                &[("a.svg", "<svg>1</svg>\n")],
                "without telling those who cannot see it",
            ),
        ];
        for (name, chapter, files, wanted) in table {
            let folder = scratch(name, chapter, files);
            let found = problems("fruit", &folder, &good).join("\n");
            fs::remove_dir_all(&folder).unwrap();
            assert!(found.contains(wanted) && found.is_empty() == wanted.is_empty(), "{name}: {found}");
            let advice = found.contains("INTERLEAVE_PICTURES=write cargo test -p fruit --test pictures");
            assert_eq!(advice, ["stale", "missing"].contains(&name), "{name}: {found}");
        }
    }

    #[test]
    fn a_chapter_that_shows_what_nobody_draws_is_told() {
        let folder = scratch("unknown", "![a picture of x](pictures/x.svg)", &[]);
        let found = problems("fruit", &folder, &[]);
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(found, ["README.md shows pictures/x.svg, which is drawn by no program"]);
    }

    #[test]
    fn a_picture_is_written_as_a_whole() {
        let folder = scratch("write", "", &[]);
        let file = folder.join(FOLDER).join("a.svg");
        one("fruit", &folder, "a", "<svg/>", true).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "<svg/>");
        assert_eq!(fs::read_dir(folder.join(FOLDER)).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }
}
