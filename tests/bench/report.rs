//! How figures are written: one JSON object a line.

use serde_json::{Value, json};

use crate::company::Spent;

/// Prints a figure.
pub fn say(line: &Value) {
    println!("{line}");
}

/// A number with three decimals, which is as much as there is to know.
pub fn rounded(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// What `count` operations cost each, added to what is said of them.
pub fn line(mut about: Value, spent: &Spent, count: usize) -> Value {
    let each = |milliseconds: f64| rounded(milliseconds / count as f64);
    let more = json!({
        "count": count,
        "cpu_ms_each": each(spent.server + spent.database.unwrap_or(0.0)),
        "database_cpu_ms_each": spent.database.map(each),
        "per_second": (count as f64 * 1000.0 / spent.wall).round(),
    });
    let (about_it, more) = (about.as_object_mut().unwrap(), more.as_object().unwrap().clone());
    about_it.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    about
}

/// The middle one.
pub fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
