//! Names with brackets, as Rails reads them: `ids[]=1`, `poll[options][]=a`, `fields_attributes[0][name]=x`.

use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// How deep a name may go.
const DEPTH: usize = 8;
/// How many fields one request may have.
const FIELDS: usize = 1_000;

enum Step<'a> {
    Into(&'a str),
    Push,
}

/// Collects named values into one object.
#[derive(Debug, Default)]
pub struct Collector {
    root: Map<String, Value>,
    count: usize,
}

impl Collector {
    /// Puts a value where its name says. Of a name that comes twice the last value counts.
    pub fn put(&mut self, name: &str, value: String) -> Result<()> {
        self.count += 1;
        if self.count > FIELDS {
            return Err(Error::malformed("request.too_many_fields", format!("A request has at most {FIELDS} fields.")));
        }
        let (first, steps) = steps(name)?;
        put(self.root.entry(first).or_insert(Value::Null), &steps, Value::String(value));
        Ok(())
    }

    /// Puts all members of an object over those that are here.
    pub fn merge(&mut self, object: Map<String, Value>) {
        self.root.extend(object);
    }

    /// Everything that was collected.
    pub fn finish(self) -> Map<String, Value> {
        self.root
    }
}

fn steps(name: &str) -> Result<(&str, Vec<Step<'_>>)> {
    let Some((first, rest)) = name.split_once('[').filter(|(first, rest)| !first.is_empty() && rest.ends_with(']'))
    else {
        return Ok((name, Vec::new()));
    };
    let rest = rest.strip_suffix(']').unwrap_or(rest);
    let steps: Vec<Step<'_>> =
        rest.split("][").map(|step| if step.is_empty() { Step::Push } else { Step::Into(step) }).collect();
    if steps.len() > DEPTH {
        return Err(Error::malformed("request.too_deep", "A field is nested too deeply."));
    }
    Ok((first, steps))
}

fn put(slot: &mut Value, steps: &[Step<'_>], value: Value) {
    match steps {
        [] => *slot = value,
        [Step::Into(name), rest @ ..] => {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            if let Value::Object(object) = slot {
                put(object.entry(*name).or_insert(Value::Null), rest, value);
            }
        }
        [Step::Push, rest @ ..] => {
            if !slot.is_array() {
                *slot = Value::Array(Vec::new());
            }
            let Value::Array(list) = slot else { return };
            // `a[][x]=1&a[][y]=2` is one element, a repeated name begins the next.
            let fits = match (rest.first(), list.last()) {
                (Some(Step::Into(name)), Some(Value::Object(last))) => !last.contains_key(*name),
                _ => false,
            };
            if !fits {
                list.push(Value::Null);
            }
            if let Some(last) = list.last_mut() {
                put(last, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(query: &str) -> Value {
        let mut collector = Collector::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            collector.put(&name, value.into_owned()).unwrap();
        }
        Value::Object(collector.finish())
    }

    #[test]
    fn bracket_names_become_lists_and_objects() {
        assert_eq!(
            collected("id[]=1&id[]=2&poll[options][]=a&poll[options][]=b&poll[multiple]=true&x=1&x=2"),
            serde_json::json!({"id": ["1", "2"], "poll": {"options": ["a", "b"], "multiple": "true"}, "x": "2"}),
        );
        assert_eq!(
            collected("f[0][name]=a&f[0][value]=b&f[1][name]=c"),
            serde_json::json!({"f": {"0": {"name": "a", "value": "b"}, "1": {"name": "c"}}}),
        );
        assert_eq!(
            collected("f[][n]=a&f[][v]=b&f[][n]=c"),
            serde_json::json!({"f": [{"n": "a", "v": "b"}, {"n": "c"}]})
        );
    }

    #[test]
    fn odd_names_are_names() {
        assert_eq!(collected("[]=1&a[=2&a]=3&=4"), serde_json::json!({"[]": "1", "a[": "2", "a]": "3", "": "4"}));
    }

    #[test]
    fn names_that_clash_replace_each_other() {
        assert_eq!(collected("a=1&a[]=2&a[b]=3"), serde_json::json!({"a": {"b": "3"}}));
    }

    #[test]
    fn depth_and_number_have_limits() {
        let mut collector = Collector::default();
        assert!(collector.put(&format!("a{}", "[b]".repeat(9)), String::new()).is_err());
        for index in 0..FIELDS - 1 {
            collector.put(&format!("x{index}"), String::new()).unwrap();
        }
        assert!(collector.put("more", String::new()).is_err());
    }
}
