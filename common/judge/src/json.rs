//! Reading JSON by hand: every error names the field it is about.
use serde_json::Value;
use std::fmt;

/// A field that is missing or not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    field: String,
    problem: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field.is_empty() { "the value" } else { &self.field };
        write!(f, "{field}: {}", self.problem)
    }
}

impl std::error::Error for Malformed {}

/// A value together with the way to it, such as `story.steps[3].line`.
pub(crate) struct Field<'a> {
    path: String,
    value: &'a Value,
}

impl<'a> Field<'a> {
    pub(crate) fn root(value: &'a Value) -> Self {
        Field { path: String::new(), value }
    }

    /// The member called `name`, which must be there.
    pub(crate) fn get(&self, name: &str) -> Result<Field<'a>, Malformed> {
        let path = if self.path.is_empty() { name.to_string() } else { format!("{}.{name}", self.path) };
        let Value::Object(members) = self.value else { return Err(self.not("an object")) };
        match members.get(name) {
            Some(value) => Ok(Field { path, value }),
            None => Err(Malformed { field: path, problem: "is missing".into() }),
        }
    }

    /// The member called `name`, read by `read` unless it is `null`.
    pub(crate) fn optional<T>(
        &self,
        name: &str,
        read: impl FnOnce(&Field<'a>) -> Result<T, Malformed>,
    ) -> Result<Option<T>, Malformed> {
        let field = self.get(name)?;
        if field.value.is_null() { Ok(None) } else { read(&field).map(Some) }
    }

    pub(crate) fn value(&self) -> &'a Value {
        self.value
    }

    /// This field's value is of the right type and yet wrong.
    pub(crate) fn malformed(&self, problem: impl Into<String>) -> Malformed {
        Malformed { field: self.path.clone(), problem: problem.into() }
    }

    pub(crate) fn string(&self) -> Result<String, Malformed> {
        self.value.as_str().map(str::to_string).ok_or_else(|| self.not("a string"))
    }

    pub(crate) fn bool(&self) -> Result<bool, Malformed> {
        self.value.as_bool().ok_or_else(|| self.not("true or false"))
    }

    /// A whole number that fits `T`.
    pub(crate) fn number<T: TryFrom<u64>>(&self) -> Result<T, Malformed> {
        let number = self.value.as_u64().ok_or_else(|| self.not("a whole number, 0 or more"))?;
        T::try_from(number).map_err(|_| self.malformed(format!("{number} is too large")))
    }

    /// A list whose items are read by `read`.
    pub(crate) fn list<T>(
        &self,
        read: impl Fn(&Field<'a>) -> Result<T, Malformed>,
    ) -> Result<Vec<T>, Malformed> {
        let Value::Array(items) = self.value else { return Err(self.not("a list")) };
        let item = |(at, value)| read(&Field { path: format!("{}[{at}]", self.path), value });
        items.iter().enumerate().map(item).collect()
    }

    /// Reads the value as something that has a `FromStr`.
    pub(crate) fn parse<T: std::str::FromStr<Err: fmt::Display>>(&self) -> Result<T, Malformed> {
        self.string()?.parse().map_err(|e: T::Err| self.malformed(e.to_string()))
    }

    fn not(&self, wanted: &str) -> Malformed {
        let found = match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a bool",
            Value::Number(_) => "another number",
            Value::String(_) => "a string",
            Value::Array(_) => "a list",
            Value::Object(_) => "an object",
        };
        self.malformed(format!("should be {wanted}, is {found}"))
    }
}
