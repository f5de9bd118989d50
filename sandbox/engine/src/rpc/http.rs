//! HTTP: routes, statuses and headers as nearcore's server has them.

use super::dispatch::answer;
use super::errors::{cause_name, is_bad_request, is_internal};
use super::server::Context;
use super::status;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::Router;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::message::{Message, Request as RpcRequest};
use serde_json::Value;

/// nearcore's limit on a request's body.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

pub fn router(context: Context) -> Router {
    Router::new()
        .route("/", post(call))
        .route("/status", get(get_status))
        .route("/health", get(get_health))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(allow_any_origin))
        .with_state(context)
}

async fn get_status(State(context): State<Context>) -> Response {
    json(
        StatusCode::OK,
        &context
            .node
            .read(|chain| status::status(chain, &context.address)),
    )
}

async fn get_health() -> Response {
    json(StatusCode::OK, &Value::Null)
}

async fn call(
    State(context): State<Context>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Response {
    if !is_json(&headers) {
        let text = "Expected request with `Content-Type: application/json`";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => {
            let text = format!("Failed to parse the request body as JSON: {error}");
            return (StatusCode::BAD_REQUEST, text).into_response();
        }
    };
    // Batches and notifications are refused, as by nearcore.
    let Ok(request) = serde_json::from_value::<RpcRequest>(value) else {
        let error = RpcError::parse_error("JSON RPC Request format was expected".to_owned());
        return json(StatusCode::BAD_REQUEST, &Message::error(error));
    };
    let result = answer(&context, &request.method, request.params).await;
    let status = result
        .as_ref()
        .map_or_else(|error| http_status(error, &context), |_| StatusCode::OK);
    json(status, &Message::response(request.id, result))
}

fn http_status(error: &RpcError, context: &Context) -> StatusCode {
    if is_bad_request(error) {
        return StatusCode::BAD_REQUEST;
    }
    if is_internal(error) {
        return StatusCode::INTERNAL_SERVER_ERROR;
    }
    match cause_name(error) {
        Some("TIMEOUT_ERROR") => StatusCode::REQUEST_TIMEOUT,
        Some("UNKNOWN_BLOCK") if is_skipped_height(error, context) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::OK,
    }
}

/// Whether the unknown block has a height that the chain has passed.
fn is_skipped_height(error: &RpcError, context: &Context) -> bool {
    let text = error
        .data
        .as_deref()
        .and_then(Value::as_str)
        .unwrap_or_default();
    let height = text
        .strip_prefix("DB Not Found Error: BLOCK HEIGHT: ")
        .and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    height.is_some_and(|height| height <= context.node.read(|chain| chain.head().height))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim();
        essence.eq_ignore_ascii_case("application/json")
    })
}

fn json(status: StatusCode, body: &impl serde::Serialize) -> Response {
    let bytes = serde_json::to_vec(body).expect("answers have a JSON form");
    (status, [(CONTENT_TYPE, "application/json")], bytes).into_response()
}

/// A browser's dApp may ask from anywhere; preflights are answered here.
async fn allow_any_origin(request: Request, next: Next) -> Response {
    let any = HeaderValue::from_static("*");
    let preflight = request.method() == Method::OPTIONS;
    let mut response = if preflight {
        Response::new(Body::empty())
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(
        VARY,
        HeaderValue::from_static(
            "origin, access-control-request-method, access-control-request-headers",
        ),
    );
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    if preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, any.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, any);
    } else {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
    }
    response
}
