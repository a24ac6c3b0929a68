//! The messages, one JSON object a line.
use crate::json::{Field, Malformed};
use crate::report::Judgement;
use serde_json::{Value, json};

/// What a judge tells its runner.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    /// The first message: what is judged, and by which layers.
    Begin {
        /// The stem of the exercise's files.
        exercise: String,
        /// The layers in the order in which they will run.
        layers: Vec<LayerName>,
    },
    /// A layer begins.
    LayerBegin {
        /// Its name.
        layer: String,
    },
    /// A layer passed. After a layer that failed comes [`Message::Done`] at once.
    LayerEnd {
        /// Its name.
        layer: String,
        /// What was covered, such as "all 1,432 schedules".
        note: String,
        /// How long it took, in microseconds.
        micros: u64,
    },
    /// The last message: the judgement.
    Done(Box<Judgement>),
}

/// The type of a message that [`Message`] has no part in: what threads hold and wait for, for the runner alone.
pub(super) const BOARD: &str = "board";

/// Another one: after the last message, with the second number, which proves that the judge came to its own end.
pub(super) const SEAL: &str = "seal";

/// A layer before it has run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerName {
    /// Unique in its exercise: `schedules`, `schedules-2`, ….
    pub name: String,
    /// What it looks at, in words.
    pub what: String,
}

impl Message {
    /// The message as one line, with its end.
    pub fn to_line(&self, nonce: &str) -> String {
        let mut value = match self {
            Message::Begin { exercise, layers } => {
                let names: Vec<&str> = layers.iter().map(|l| l.name.as_str()).collect();
                let whats: Vec<&str> = layers.iter().map(|l| l.what.as_str()).collect();
                json!({ "type": "begin", "exercise": exercise, "layers": names, "what": whats })
            }
            Message::LayerBegin { layer } => json!({ "type": "layer-begin", "layer": layer }),
            Message::LayerEnd { layer, note, micros } => {
                json!({ "type": "layer-end", "layer": layer, "note": note, "micros": micros })
            }
            Message::Done(judgement) => json!({ "type": "done", "judgement": judgement.to_json() }),
        };
        value["nonce"] = json!(nonce);
        format!("{value}\n")
    }

    /// Reads a message; whether its nonce is the right one is for the caller to say.
    pub(crate) fn from_json(value: &Value) -> Result<Self, Malformed> {
        let field = Field::root(value);
        let kind = field.get("type")?;
        match kind.string()?.as_str() {
            "begin" => {
                let names = field.get("layers")?.list(Field::string)?;
                let whats = field.get("what")?.list(Field::string)?;
                if names.len() != whats.len() {
                    return Err(field.get("what")?.malformed("is not as long as `layers`"));
                }
                let layers = names.into_iter().zip(whats).map(|(name, what)| LayerName { name, what });
                Ok(Message::Begin { exercise: field.get("exercise")?.string()?, layers: layers.collect() })
            }
            "layer-begin" => Ok(Message::LayerBegin { layer: field.get("layer")?.string()? }),
            "layer-end" => Ok(Message::LayerEnd {
                layer: field.get("layer")?.string()?,
                note: field.get("note")?.string()?,
                micros: field.get("micros")?.number()?,
            }),
            "done" => {
                let judgement = field.get("judgement")?;
                Judgement::from_json(judgement.value()).map(|j| Message::Done(Box::new(j)))
            }
            other => Err(kind.malformed(format!("`{}` is no message", other.escape_debug()))),
        }
    }
}
