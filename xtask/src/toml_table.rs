//! Reading a TOML table by hand, with errors that name the place, the key and the fix.
//!
//! A derive would be shorter, and would cost every learner eight seconds of CPU before the first exercise.
use judge::Verdict;
use std::cell::RefCell;
use toml::{Table, Value};

/// What is wrong with a table, told so that it can be mended without reading code.
pub type Problem = String;

/// A table that remembers which keys were asked for, so that a misspelt one is noticed.
pub struct Reader<'a> {
    table: &'a Table,
    place: String,
    asked: RefCell<Vec<&'a str>>,
}

impl<'a> Reader<'a> {
    /// A reader; `place` goes before every problem.
    pub fn new(table: &'a Table, place: impl Into<String>) -> Reader<'a> {
        Reader { table, place: place.into(), asked: RefCell::default() }
    }

    /// The same table, named by one of its keys: `[[exercise]] e104_visits`.
    pub fn named(self, what: &str, key: &str) -> Reader<'a> {
        let name = self.table.get(key).and_then(Value::as_str).unwrap_or("?");
        let outer = self.place.strip_suffix(what).unwrap_or("").trim_end().to_owned();
        let place =
            if outer.is_empty() { format!("{what} {name}") } else { format!("{outer} {what} {name}") };
        Reader { place, ..self }
    }

    /// The same table, named by the table that it is in.
    pub fn inside(self, outer: &Reader, key: &str) -> Reader<'a> {
        Reader { place: format!("{} {key}", outer.place), ..self }
    }

    /// A problem with one key.
    pub fn problem(&self, key: &str, problem: impl AsRef<str>) -> Problem {
        let gap = if self.place.is_empty() { "" } else { ": " };
        format!("{}{gap}`{key}`: {}", self.place, problem.as_ref())
    }

    /// All keys.
    pub fn keys(&self) -> Vec<&'a str> {
        self.table.keys().map(String::as_str).collect()
    }

    fn get(&self, key: &str) -> Option<&'a Value> {
        let (name, value) = self.table.get_key_value(key)?;
        self.asked.borrow_mut().push(name);
        Some(value)
    }

    fn needed(&self, key: &str) -> Result<&'a Value, Problem> {
        self.get(key).ok_or_else(|| self.problem(key, "is missing: add it"))
    }

    /// A text that must be there and must say something.
    pub fn string(&self, key: &str) -> Result<String, Problem> {
        match self.needed(key)? {
            Value::String(text) if text.trim().is_empty() => Err(self.problem(key, "is empty: fill it in")),
            Value::String(text) => Ok(text.trim().to_owned()),
            other => Err(self.wrong_type(key, "a text in quotes", other)),
        }
    }

    /// A text that may be missing.
    pub fn optional_string(&self, key: &str) -> Result<Option<String>, Problem> {
        if self.table.contains_key(key) { self.string(key).map(Some) } else { Ok(None) }
    }

    /// A whole number from 0.
    pub fn number(&self, key: &str) -> Result<usize, Problem> {
        let value = self.needed(key)?;
        let number = value.as_integer().and_then(|number| usize::try_from(number).ok());
        number.ok_or_else(|| self.wrong_type(key, "a whole number", value))
    }

    /// A whole number that may be missing.
    pub fn optional_number(&self, key: &str) -> Result<Option<usize>, Problem> {
        if self.table.contains_key(key) { self.number(key).map(Some) } else { Ok(None) }
    }

    /// A list of texts; none is an empty one.
    pub fn strings(&self, key: &str) -> Result<Vec<String>, Problem> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or_else(|| self.wrong_type(key, "a list of texts", value))?;
        let text = |item: &Value| match item.as_str() {
            Some(text) => Ok(text.trim().to_owned()),
            None => Err(self.wrong_type(key, "a list of texts", item)),
        };
        list.iter().map(text).collect()
    }

    /// A verdict that may be missing.
    pub fn optional_verdict(&self, key: &str) -> Result<Option<Verdict>, Problem> {
        let Some(name) = self.optional_string(key)? else { return Ok(None) };
        self.verdict_named(&name, key).map(Some)
    }

    /// The verdict called `name`, which `key` gave.
    pub fn verdict_named(&self, name: &str, key: &str) -> Result<Verdict, Problem> {
        name.parse().map_err(|_| {
            self.problem(key, format!("`{name}` is no verdict; `cargo xtask verify --help` lists them"))
        })
    }

    /// A table that may be missing.
    pub fn table(&self, key: &str) -> Result<Option<Reader<'a>>, Problem> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Table(table)) => Ok(Some(Reader::new(table, format!("{} {key}", self.place)))),
            Some(other) => Err(self.wrong_type(key, "a table", other)),
        }
    }

    /// A list of tables, `[[key]]`; none is an empty one.
    pub fn tables(&self, key: &str) -> Result<Vec<Reader<'a>>, Problem> {
        let Some(value) = self.get(key) else { return Ok(Vec::new()) };
        let list = value.as_array().ok_or_else(|| self.wrong_type(key, "a list of tables", value))?;
        let table = |item: &'a Value| match item {
            Value::Table(table) => Ok(Reader::new(table, "")),
            other => Err(self.wrong_type(key, "a list of tables", other)),
        };
        list.iter().map(table).collect()
    }

    /// A key for others; it may be there.
    pub fn ignore(&self, key: &str) {
        self.get(key);
    }

    /// Complains about the first key that nobody asked for.
    pub fn nothing_else(&self) -> Result<(), Problem> {
        let asked = self.asked.borrow();
        match self.table.keys().find(|key| !asked.contains(&key.as_str())) {
            Some(key) => Err(self.problem(key, "is no key of this table: is it misspelt?")),
            None => Ok(()),
        }
    }

    fn wrong_type(&self, key: &str, wanted: &str, found: &Value) -> Problem {
        self.problem(key, format!("must be {wanted}, not of type {}", found.type_str()))
    }
}
