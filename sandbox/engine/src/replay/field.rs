//! Values of a transcript by their paths, so that an error can say where.

use super::Malformed;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// A value and the path to it; a missing one is null.
#[derive(Clone)]
pub struct Field<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Field<'a> {
    pub fn root(value: &'a Value) -> Self {
        Self {
            value,
            path: String::new(),
        }
    }

    pub fn value(&self) -> &'a Value {
        self.value
    }

    pub fn is_null(&self) -> bool {
        self.value.is_null()
    }

    pub fn get(&self, name: &str) -> Self {
        let separator = if self.path.is_empty() { "" } else { "." };
        Self {
            value: &self.value[name],
            path: format!("{}{separator}{name}", self.path),
        }
    }

    /// The elements of an array; a missing array has none.
    pub fn items(&self) -> Result<Vec<Self>, Malformed> {
        if self.is_null() {
            return Ok(Vec::new());
        }
        let items = self
            .value
            .as_array()
            .ok_or_else(|| self.wrong("not an array"))?;
        let items = items.iter().enumerate().map(|(index, value)| Self {
            value,
            path: format!("{}[{index}]", self.path),
        });
        Ok(items.collect())
    }

    /// The members of an object; a missing object has none.
    pub fn members(&self) -> Result<Vec<(&'a str, Self)>, Malformed> {
        if self.is_null() {
            return Ok(Vec::new());
        }
        let members = self
            .value
            .as_object()
            .ok_or_else(|| self.wrong("not an object"))?;
        Ok(members
            .keys()
            .map(|name| (name.as_str(), self.get(name)))
            .collect())
    }

    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        T::deserialize(self.value).map_err(|error| self.wrong(&error.to_string()))
    }

    /// A missing value is `None`.
    pub fn optional<T: DeserializeOwned>(&self) -> Result<Option<T>, Malformed> {
        self.parse()
    }

    /// A whole number, written as one or in a string.
    pub fn number(&self) -> Result<u64, Malformed> {
        let number = match self.value {
            Value::String(text) => text.parse().ok(),
            other => other.as_u64(),
        };
        number.ok_or_else(|| self.wrong("not a whole number"))
    }

    pub fn text(&self) -> Result<&'a str, Malformed> {
        self.value
            .as_str()
            .ok_or_else(|| self.wrong("not a string"))
    }

    /// The bytes of a base64 string.
    pub fn bytes(&self) -> Result<Vec<u8>, Malformed> {
        use base64::Engine as _;
        base64::prelude::BASE64_STANDARD
            .decode(self.text()?)
            .map_err(|error| self.wrong(&format!("not base64: {error}")))
    }

    pub fn wrong(&self, reason: &str) -> Malformed {
        let place = if self.path.is_empty() {
            "the file"
        } else {
            &self.path
        };
        if self.is_null() {
            return Malformed(format!("{place} is missing"));
        }
        Malformed(format!("{place}: {reason}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_name_the_place() {
        let value = json!({"blocks": [{"height": "x"}]});
        let blocks = Field::root(&value).get("blocks").items().unwrap();
        let error = blocks[0].get("height").number().unwrap_err();
        assert_eq!(error.to_string(), "blocks[0].height: not a whole number");
        let error = blocks[0].get("hash").text().unwrap_err();
        assert_eq!(error.to_string(), "blocks[0].hash is missing");
    }
}
