//! HTTP: routes, statuses and headers as nearcore's server has them.

use super::dispatch::answer;
use super::errors::{cause_name, is_bad_request, is_internal, Answer};
use super::methods::openapi;
use super::server::Context;
use super::{network, status};
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, CONTENT_LENGTH, CONTENT_TYPE, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{from_fn, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::Router;
use near_jsonrpc_primitives::errors::RpcError;
use near_jsonrpc_primitives::message::{Message, Request as RpcRequest};
use serde_json::Value;
use std::future::{poll_fn, Future};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::pin::pin;
use std::task::Poll;

/// The limit on a body that is read.
const MAX_BODY_BYTES: usize = 2 * 1024 * 1024;

/// The limit on a body that is announced: nearcore's `json_payload_max_size`.
/// A longer one is refused before anything else is looked at.
const MAX_ANNOUNCED_BYTES: u64 = 10 * 1024 * 1024;

pub fn router(context: Context) -> Router {
    Router::new()
        .route("/", post(call))
        .route("/status", get(get_status))
        .route(
            "/health",
            get(|| async { json(StatusCode::OK, &Value::Null) }),
        )
        .route("/network_info", get(get_network_info))
        .route("/metrics", get(get_metrics))
        .route("/openapi.json", get(get_openapi))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(from_fn(allow_any_origin))
        .layer(from_fn(refuse_announced))
        .with_state(context)
}

async fn get_status(State(context): State<Context>) -> Response {
    let status = context
        .node
        .read(|chain| status::status(chain, &context.address));
    json(StatusCode::OK, &status)
}

async fn get_network_info() -> Response {
    json(StatusCode::OK, &network::network_info())
}

async fn get_metrics(State(context): State<Context>) -> Response {
    let page = context.node.read(|chain| context.counters.page(chain));
    ([(CONTENT_TYPE, "text/plain")], page).into_response()
}

async fn get_openapi() -> Response {
    let document = openapi().to_string();
    (
        [(CONTENT_TYPE, "application/json; charset=utf-8")],
        document,
    )
        .into_response()
}

async fn call(State(context): State<Context>, headers: HeaderMap, request: Request) -> Response {
    if !is_json(&headers) {
        let text = "Expected request with `Content-Type: application/json`";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, text).into_response();
    }
    let body =
        match tokio::time::timeout(context.longest_body, Bytes::from_request(request, &())).await {
            Ok(Ok(body)) => body,
            Ok(Err(refused)) => return refused.into_response(),
            Err(_) => return too_slow(),
        };
    let value: Value = match serde_json::from_slice(&body) {
        Ok(value) => value,
        Err(error) => {
            let text = format!("Failed to parse the request body as JSON: {error}");
            return (StatusCode::BAD_REQUEST, text).into_response();
        }
    };
    drop(body);
    // Batches and notifications are refused, as by nearcore.
    let Ok(request) = serde_json::from_value::<RpcRequest>(value) else {
        let error = RpcError::parse_error("JSON RPC Request format was expected".to_owned());
        return json(StatusCode::BAD_REQUEST, &Message::error(error));
    };
    let result = answered(answer(&context, &request.method, request.params)).await;
    context.counters.count(&request.method, result.is_err());
    let status = result
        .as_ref()
        .map_or_else(|error| http_status(error, &context), |_| StatusCode::OK);
    json(status, &Message::response(request.id, result))
}

/// A handler that panics is an internal error of this request, and of no other.
async fn answered(handler: impl Future<Output = Answer>) -> Answer {
    let mut handler = pin!(handler);
    poll_fn(move |context| {
        let polled = catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(context)));
        polled.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let reason = said.or(panic.downcast_ref::<&str>().copied());
            let reason = format!("the handler panicked: {}", reason.unwrap_or("no reason"));
            Poll::Ready(Err(RpcError::new_internal_error(None, reason)))
        })
    })
    .await
}

/// The rest of the body may still come: the connection ends with the answer.
fn too_slow() -> Response {
    let close = [(axum::http::header::CONNECTION, "close")];
    (
        StatusCode::REQUEST_TIMEOUT,
        close,
        "the request body took too long",
    )
        .into_response()
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

async fn refuse_announced(request: Request, next: Next) -> Response {
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > MAX_ANNOUNCED_BYTES) {
        return (StatusCode::PAYLOAD_TOO_LARGE, "length limit exceeded").into_response();
    }
    next.run(request).await
}

/// A browser's dApp may ask from anywhere; preflights are answered here.
async fn allow_any_origin(request: Request, next: Next) -> Response {
    let is_preflight = request.method() == Method::OPTIONS;
    let mut response = next.run(request).await;
    if is_preflight {
        // A route names its methods in its refusal.
        let allow = response.headers_mut().remove(ALLOW);
        response = Response::new(Body::empty());
        response
            .headers_mut()
            .extend(allow.map(|allow| (ALLOW, allow)));
    }
    let (any, headers) = (HeaderValue::from_static("*"), response.headers_mut());
    headers.insert(
        VARY,
        HeaderValue::from_static(
            "origin, access-control-request-method, access-control-request-headers",
        ),
    );
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, any.clone());
    if is_preflight {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, any.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, any);
    } else {
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, any);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::answered;

    #[tokio::test]
    async fn a_panic_is_an_internal_error_with_its_reason() {
        let answer = answered(async { panic!("no block {}", 7) }).await;
        let error = serde_json::to_value(answer.unwrap_err()).unwrap();
        assert_eq!(error["name"], "INTERNAL_ERROR");
        let said = &error["cause"]["info"]["error_message"];
        assert_eq!(said, "the handler panicked: no block 7");
    }
}
