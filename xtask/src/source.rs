//! The file of an answer, and what may be wrong with it as a file.
use anyhow::{Context, Result};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// What is found where an answer should be.
#[derive(Debug, PartialEq, Eq)]
pub enum Source {
    /// A text with something in it.
    Text(String),
    /// A file without a word.
    Empty,
    /// Nothing at all.
    Missing,
    /// A link to a file that is not there.
    Dangling(PathBuf),
    /// A folder.
    Folder,
    /// A pipe or a device.
    Special,
    /// Bytes that are no text, first in this line.
    NotUtf8(u32),
}

impl Source {
    /// Looks at `path`. An error is one of the system's and names the file.
    pub fn at(path: &Path) -> Result<Source> {
        let meta = match fs::metadata(path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Ok(fs::read_link(path).map_or(Source::Missing, Source::Dangling));
            }
            meta => meta.with_context(|| format!("cannot read {}", path.display()))?,
        };
        if meta.is_dir() {
            return Ok(Source::Folder);
        }
        if !meta.is_file() {
            return Ok(Source::Special);
        }
        let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(match String::from_utf8(bytes) {
            Ok(text) if text.trim().is_empty() => Source::Empty,
            Ok(text) => Source::Text(text),
            Err(error) => {
                let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
                let line = good.iter().filter(|byte| **byte == b'\n').count() + 1;
                Source::NotUtf8(u32::try_from(line).unwrap_or(u32::MAX))
            }
        })
    }

    /// What is wrong with the file as a file, to follow its name; nothing when it is a text.
    pub fn trouble(&self) -> Option<String> {
        Some(match self {
            Source::Text(_) => return None,
            Source::Empty => "is empty".to_owned(),
            Source::Missing => "is missing".to_owned(),
            Source::Dangling(target) => format!("is a link to {}, which does not exist", target.display()),
            Source::Folder => "is a folder, not a file".to_owned(),
            Source::Special => "is no ordinary file".to_owned(),
            Source::NotUtf8(line) => {
                format!("is no text in UTF-8: line {line} has bytes that are no character")
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_stands_in_the_place_of_a_file_is_told() {
        let folder = std::env::temp_dir().join(format!("interleave-source-{}", std::process::id()));
        fs::create_dir_all(folder.join("folder")).unwrap();
        fs::write(folder.join("empty"), " \n").unwrap();
        fs::write(folder.join("bytes"), b"fine\nfine\n\xff\xfe\n").unwrap();
        fs::write(folder.join("text"), "fine\n").unwrap();
        symlink("nowhere", folder.join("dangling")).unwrap();
        symlink("text", folder.join("link")).unwrap();
        let at = |name: &str| Source::at(&folder.join(name)).unwrap();
        let found = [at("folder"), at("empty"), at("bytes"), at("dangling"), at("missing"), at("link")];
        fs::remove_dir_all(&folder).unwrap();
        let wanted = [
            Source::Folder,
            Source::Empty,
            Source::NotUtf8(3),
            Source::Dangling("nowhere".into()),
            Source::Missing,
            Source::Text("fine\n".to_owned()),
        ];
        assert_eq!(found, wanted);
        assert!(Source::at(Path::new("/dev/null")).unwrap().trouble().unwrap().contains("no ordinary file"));
    }
}
