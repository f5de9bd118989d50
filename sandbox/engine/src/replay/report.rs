//! What a replay compared, and the first difference of each kind.

use super::compare::Kind;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The longest value a text report shows, in bytes; JSON reports show it whole.
const LONGEST_VALUE: usize = 400;

/// A place where engine and node differ.
#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    /// Block, id and the path to the value inside it.
    pub place: String,
    /// What the node answered; null where it answered nothing.
    pub recorded: Value,
    pub engine: Value,
}

/// What came of one kind.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Tally {
    pub compared: u64,
    pub different: u64,
    /// Whether differences of this kind fail the replay.
    pub judged: bool,
    pub first: Option<Difference>,
}

/// What a replay compared.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    pub name: Option<String>,
    pub blocks: u64,
    pub transactions: u64,
    pub outcomes: u64,
    pub kinds: BTreeMap<Kind, Tally>,
    #[serde(skip)]
    ignored: Vec<Kind>,
}

impl Report {
    /// `ignored`: kinds that are compared and not judged.
    pub fn new(name: Option<&str>, ignored: &[Kind]) -> Self {
        Self {
            name: name.map(str::to_owned),
            blocks: 0,
            transactions: 0,
            outcomes: 0,
            kinds: BTreeMap::new(),
            ignored: ignored.to_vec(),
        }
    }

    /// Whether nothing that is judged differs.
    pub fn agrees(&self) -> bool {
        self.differences().next().is_none()
    }

    /// The first difference of each judged kind.
    pub fn differences(&self) -> impl Iterator<Item = (Kind, &Difference)> {
        self.kinds
            .iter()
            .filter(|(_, tally)| tally.judged)
            .filter_map(|(kind, tally)| Some((*kind, tally.first.as_ref()?)))
    }

    /// Compares two values; the place is that of the first difference inside.
    pub(super) fn compare(
        &mut self,
        kind: Kind,
        place: impl FnOnce() -> String,
        recorded: &Value,
        engine: &Value,
    ) {
        let judged = !self.ignored.contains(&kind);
        let tally = self.kinds.entry(kind).or_insert_with(|| Tally {
            judged,
            ..Tally::default()
        });
        tally.compared += 1;
        if recorded == engine {
            return;
        }
        tally.different += 1;
        if tally.first.is_none() {
            tally.first = Some(first_difference(place(), recorded, engine));
        }
    }
}

/// Goes down to the first value that differs.
fn first_difference(mut place: String, mut recorded: &Value, mut engine: &Value) -> Difference {
    loop {
        let (step, inner) = match (recorded, engine) {
            (Value::Object(left), Value::Object(right)) => {
                let names: BTreeSet<_> = left.keys().chain(right.keys()).collect();
                let name = names
                    .into_iter()
                    .find(|name| left.get(*name) != right.get(*name));
                let Some(name) = name else { break };
                (format!(".{name}"), (&recorded[name], &engine[name]))
            }
            (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
                let differ = |index: &usize| left[*index] != right[*index];
                let Some(index) = (0..left.len()).find(differ) else {
                    break;
                };
                (format!("[{index}]"), (&left[index], &right[index]))
            }
            _ => break,
        };
        place.push_str(&step);
        (recorded, engine) = inner;
    }
    Difference {
        place,
        recorded: recorded.clone(),
        engine: engine.clone(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("transcript");
        let verdict = if self.agrees() { "agrees" } else { "DIFFERS" };
        writeln!(
            f,
            "{name}: {verdict} ({} blocks, {} transactions, {} outcomes)",
            self.blocks, self.transactions, self.outcomes
        )?;
        for (kind, tally) in &self.kinds {
            let Some(first) = &tally.first else { continue };
            let note = if tally.judged { "" } else { ", not judged" };
            writeln!(
                f,
                "  {}: {} of {} differ{note}; first at {}",
                kind.name(),
                tally.different,
                tally.compared,
                first.place
            )?;
            writeln!(f, "    node    {}", shown(&first.recorded))?;
            writeln!(f, "    engine  {}", shown(&first.engine))?;
        }
        Ok(())
    }
}

fn shown(value: &Value) -> String {
    let mut text = value.to_string();
    if text.len() > LONGEST_VALUE {
        let bytes = text.len();
        text.truncate(text.floor_char_boundary(LONGEST_VALUE));
        text.push_str(&format!("... ({bytes} bytes)"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(recorded: &Value, engine: &Value) -> Report {
        let mut report = Report::new(Some("t"), &[]);
        report.compare(Kind::Logs, || "block 1".into(), recorded, engine);
        report
    }

    #[test]
    fn the_first_difference_is_named_by_its_path() {
        let report = report(&json!({"a": [1, {"b": 2}]}), &json!({"a": [1, {"b": 3}]}));
        let text = report.to_string();
        assert!(
            text.contains("logs: 1 of 1 differ; first at block 1.a[1].b"),
            "{text}"
        );
        assert!(text.contains("node    2\n    engine  3"), "{text}");
        assert!(!report.agrees());
    }

    #[test]
    fn equal_values_agree() {
        assert!(report(&json!([1]), &json!([1])).agrees());
    }

    #[test]
    fn what_is_not_judged_is_shown_and_fails_nothing() {
        let mut report = Report::new(None, &[Kind::StateRoot]);
        report.compare(Kind::StateRoot, || "block 1".into(), &json!(1), &json!(2));
        assert!(report.agrees());
        assert!(report.to_string().contains("1 of 1 differ, not judged"));
    }
}
