//! The document that describes every route (OpenAPI 3.1), made of the table of routes.

use serde_json::{Map, Value, json};
use std::sync::Arc;

use axum::routing::{MethodFilter, MethodRouter};

use super::Classroom;
use super::guard::TOKEN_HEADER;
use crate::text::Catalogue;

/// A route, as it is taken and as it is described.
#[derive(Debug)]
pub struct PageRoute {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// Its path, with names in braces.
    pub path: &'static str,
    /// What it is for: a key.
    pub about: &'static str,
    /// What comes with a request.
    pub takes: Takes,
    /// What is given back when it went well.
    pub gives: &'static str,
    /// The statuses of its own; those of every request come on top.
    pub answers: &'static [u16],
    /// What does it.
    pub handler: fn(MethodFilter) -> MethodRouter<Arc<Classroom>>,
}

/// What comes with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing.
    Nothing,
    /// A form.
    Form,
    /// A file as it is.
    Bytes,
}

/// The document of these routes, in this language.
pub fn document(routes: &[PageRoute], catalogue: &Catalogue) -> Value {
    let mut paths = Map::new();
    for route in routes {
        let path = paths.entry(route.path).or_insert_with(|| json!({}));
        path[route.method.to_ascii_lowercase()] = operation(route, catalogue);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "sockscope serve",
            "version": env!("CARGO_PKG_VERSION"),
            "description": catalogue.word("serve-api-about"),
        },
        "paths": paths,
    })
}

fn operation(route: &PageRoute, catalogue: &Catalogue) -> Value {
    let mut parameters: Vec<Value> = route
        .path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .map(|name| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}}))
        .collect();
    parameters.push(
        json!({"name": "lang", "in": "query", "schema": {"type": "string", "enum": ["en", "zh"]}}),
    );
    if route.path.ends_with("/events") {
        parameters
            .push(json!({"name": "Last-Event-ID", "in": "header", "schema": {"type": "string"}}));
    }
    let mut responses = Map::new();
    let usual: &[u16] = if route.method == "POST" {
        &[403, 405, 408, 413, 415]
    } else {
        &[403, 405]
    };
    for status in route.answers.iter().chain(usual) {
        let about = catalogue.word(meaning(*status));
        let answer = if (200..300).contains(status) {
            json!({"description": about, "content": {route.gives: {}}})
        } else {
            json!({"description": about})
        };
        responses.insert(status.to_string(), answer);
    }
    let mut operation = json!({
        "summary": catalogue.word(route.about),
        "parameters": parameters,
        "responses": responses,
    });
    let token = json!({"name": TOKEN_HEADER, "in": "header", "schema": {"type": "string"}});
    match route.takes {
        Takes::Nothing => {}
        Takes::Form => {
            push(&mut operation, token);
            operation["requestBody"] = json!({"content": {"application/x-www-form-urlencoded": {"schema": {
                "type": "object",
                "properties": {"csrf": {"type": "string"}},
                "additionalProperties": {"type": "string"},
            }}}});
        }
        Takes::Bytes => {
            push(&mut operation, token);
            operation["requestBody"] =
                json!({"required": true, "content": {"application/octet-stream": {}}});
        }
    }
    operation
}

fn push(operation: &mut Value, parameter: Value) {
    if let Some(parameters) = operation["parameters"].as_array_mut() {
        parameters.push(parameter);
    }
}

/// What a status means here.
fn meaning(status: u16) -> &'static str {
    match status {
        200 => "serve-status-200",
        202 => "serve-status-202",
        204 => "serve-status-204",
        303 => "serve-status-303",
        403 => "serve-status-403",
        404 => "serve-status-404",
        405 => "serve-status-405",
        408 => "serve-status-408",
        409 => "serve-status-409",
        413 => "serve-status-413",
        415 => "serve-status-415",
        422 => "serve-status-422",
        429 => "serve-status-429",
        _ => "serve-status-500",
    }
}
