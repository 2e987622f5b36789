//! What is printed as JSON, held against the schema that `help json --schema` prints: the keywords that it uses, and no others.

use serde_json::{Map, Value};

/// The schema.
pub struct Schema(Value);

impl Schema {
    /// The one that the program prints.
    pub fn ours() -> Self {
        Self(serde_json::from_str(sockscope::views::json::SCHEMA).expect("JSON"))
    }

    /// The definitions by their names.
    pub fn definitions(&self) -> &Map<String, Value> {
        self.0["$defs"].as_object().expect("an object")
    }

    /// What of this line's object is not as the schema says; nothing where all is.
    pub fn faults(&self, object: &Value) -> Vec<String> {
        let kind = object.get("moment").or_else(|| object.get("grid"));
        let Some(definition) = kind.and_then(|kind| self.definitions().get(kind.as_str()?)) else {
            return vec![format!("no object of ours: {object}")];
        };
        let mut faults = Vec::new();
        self.hold(definition, object, "", &mut faults);
        if faults.is_empty() && !self.holds(&self.0, object) {
            faults.push(format!("not one of the objects: {object}"));
        }
        faults
    }

    fn holds(&self, schema: &Value, value: &Value) -> bool {
        let mut faults = Vec::new();
        self.hold(schema, value, "", &mut faults);
        faults.is_empty()
    }

    fn hold(&self, schema: &Value, value: &Value, path: &str, faults: &mut Vec<String>) {
        for (keyword, rule) in schema.as_object().expect("a schema is an object") {
            let right = match keyword.as_str() {
                "$schema" | "title" | "$comment" | "$defs" => true,
                "$ref" => {
                    let name = rule.as_str().and_then(|to| to.strip_prefix("#/$defs/"));
                    let definition = &self.definitions()[name.expect("a definition")];
                    self.hold(definition, value, path, faults);
                    true
                }
                "oneOf" => self.matching(rule, value) == 1,
                "anyOf" => self.matching(rule, value) > 0,
                "const" => value == rule,
                "enum" => members(rule).contains(value),
                "type" => match rule {
                    Value::Array(types) => types.iter().any(|name| is(value, name)),
                    name => is(value, name),
                },
                "minimum" => value.as_f64().is_none_or(|n| n >= number(rule)),
                "exclusiveMinimum" => value.as_f64().is_none_or(|n| n > number(rule)),
                "maximum" => value.as_f64().is_none_or(|n| n <= number(rule)),
                "minItems" => value.as_array().is_none_or(|all| all.len() >= count(rule)),
                "maxItems" => value.as_array().is_none_or(|all| all.len() <= count(rule)),
                "minProperties" => value.as_object().is_none_or(|all| all.len() >= count(rule)),
                "items" => {
                    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.hold(rule, item, &format!("{path}/{at}"), faults);
                    }
                    true
                }
                "properties" => {
                    for (name, rule) in rule.as_object().expect("properties") {
                        if let Some(member) = value.get(name) {
                            self.hold(rule, member, &format!("{path}/{name}"), faults);
                        }
                    }
                    true
                }
                "required" => !value.is_object() || has(value, rule),
                "dependentRequired" => rule
                    .as_object()
                    .expect("members")
                    .iter()
                    .all(|(name, others)| value.get(name).is_none() || has(value, others)),
                "additionalProperties" => {
                    let known = schema["properties"].as_object().expect("properties");
                    let more = value.as_object().into_iter().flatten();
                    *rule != Value::Bool(false)
                        || more.into_iter().all(|(name, _)| known.contains_key(name))
                }
                other => panic!("the schema has a keyword that is not checked here: {other}"),
            };
            if !right {
                faults.push(format!("{path}: {keyword} {rule} but {value}"));
            }
        }
    }

    fn matching(&self, rules: &Value, value: &Value) -> usize {
        let fit = |rule: &&Value| self.holds(rule, value);
        members(rules).iter().filter(fit).count()
    }
}

fn members(list: &Value) -> &[Value] {
    list.as_array().expect("a list")
}

fn has(value: &Value, names: &Value) -> bool {
    let there = |name: &Value| name.as_str().is_some_and(|name| value.get(name).is_some());
    members(names).iter().all(there)
}

fn count(rule: &Value) -> usize {
    rule.as_u64()
        .and_then(|n| n.try_into().ok())
        .expect("a count")
}

fn number(rule: &Value) -> f64 {
    rule.as_f64().expect("a number")
}

fn is(value: &Value, name: &Value) -> bool {
    match name.as_str().expect("a type's name") {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no type of JSON: {other}"),
    }
}
