//! The values at the ends of a JSON tree, and how they can be altered.

use serde_json::{json, Value};
use std::collections::BTreeMap;

/// One step into a value.
#[derive(Debug, Clone)]
pub enum Step {
    Name(String),
    Index(usize),
}

pub type Path = Vec<Step>;

/// One path for each shape of a leaf: indexes, and names that are ids, count as
/// equal. Of several the one in the middle stands for all.
pub fn one_of_each_shape(value: &Value) -> BTreeMap<String, Path> {
    let mut by_shape: BTreeMap<String, Vec<Path>> = BTreeMap::new();
    walk(value, "", &mut Vec::new(), &mut by_shape);
    by_shape
        .into_iter()
        .map(|(shape, mut paths)| (shape, paths.swap_remove(paths.len() / 2)))
        .collect()
}

fn walk(value: &Value, shape: &str, path: &mut Path, found: &mut BTreeMap<String, Vec<Path>>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                let by_id = matches!(shape, ".receipts" | ".final.accounts" | ".keys");
                let step = if by_id { "*" } else { name };
                path.push(Step::Name(name.clone()));
                walk(member, &format!("{shape}.{step}"), path, found);
                path.pop();
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                path.push(Step::Index(index));
                walk(item, &format!("{shape}[]"), path, found);
                path.pop();
            }
        }
        _ => found
            .entry(shape.to_owned())
            .or_default()
            .push(path.clone()),
    }
}

pub fn at<'a>(value: &'a mut Value, path: &Path) -> &'a mut Value {
    path.iter().fold(value, |value, step| match step {
        Step::Name(name) => &mut value[name],
        Step::Index(index) => &mut value[*index],
    })
}

/// Another value of the same form.
pub fn altered(leaf: &Value) -> Value {
    match leaf {
        Value::Null => json!("2"),
        Value::Bool(truth) => json!(!truth),
        Value::Number(number) => json!(number.as_u64().map_or(0, |number| number ^ 1)),
        Value::String(text) => json!(other_text(text)),
        Value::Array(_) => json!(["2"]),
        Value::Object(_) => json!({"2": 2}),
    }
}

/// The character in the middle becomes another one that is good in base58,
/// base64, decimal numbers and account ids.
fn other_text(text: &str) -> String {
    let middle = text.chars().count() / 2;
    if text.is_empty() {
        return "2222".to_owned();
    }
    let other = |(index, character)| match (index == middle, character) {
        (false, same) => same,
        (true, '2') => '3',
        (true, _) => '2',
    };
    text.chars().enumerate().map(other).collect()
}
