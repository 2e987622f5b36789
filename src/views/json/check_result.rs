//! What became of a lesson's expectations, an object each.

use serde_json::json;

use crate::explain::expect::CheckResult;
use crate::views::styled::{Line, Role};

/// A line for each expectation of this act (empty where a lesson has but one).
#[must_use]
pub fn check_results(act: &str, results: &[CheckResult]) -> Vec<Line> {
    let object = |result: &CheckResult| {
        let mut object = json!({
            "moment": "expectation",
            "act": act,
            "id": result.id,
            "result": "held",
        });
        if let Some(late) = result.too_busy() {
            object["result"] = "too-busy".into();
            object["late_ms"] = late.as_ms().into();
        } else if !result.held() {
            object["result"] = "failed".into();
        }
        if !result.held() {
            let shortfalls = result.shortfalls.iter();
            let expected = shortfalls
                .clone()
                .flat_map(|short| &short.expected)
                .map(|(what, found)| json!({"what": what, "found": found}));
            object["expected"] = expected.collect();
            let seen = shortfalls.flat_map(|short| &short.seen);
            object["seen"] = seen.map(|line| line.trim_start()).collect();
        }
        Line::of(Role::Plain, object.to_string())
    };
    results.iter().map(object).collect()
}
