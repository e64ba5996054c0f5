//! Who may talk to the page: this machine's own browser on this very page, and nobody it was lured by.
//!
//! A loopback address keeps other machines out, but not other pages open in the same browser. Such a page
//! can point its own name at 127.0.0.1 (DNS rebinding, seen in `Host`) or send requests across
//! (forgery, seen in `Origin` and `Sec-Fetch-Site`, and stopped by demanding JSON, which needs a preflight).

use std::net::IpAddr;

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::refusal::Refusal;

/// Nothing from elsewhere, nothing inline, no frames around us.
const POLICY: &str = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Refuses what does not come from the page itself, and says on every answer what browsers may do with it.
pub(super) async fn guard(request: Request, next: Next) -> Response {
    let mut response = match check(&request) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    };
    let headers = response.headers_mut();
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn check(request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    let forbidden = |why| Err(Refusal::new(StatusCode::FORBIDDEN, why));
    let Some(host) = text(headers, header::HOST).filter(|host| is_loopback(host)) else {
        return forbidden("this page answers under a loopback address only");
    };
    let fetched_from = text(headers, header::HeaderName::from_static("sec-fetch-site"));
    let is_api = request.uri().path().starts_with("/api/");
    if is_api && fetched_from.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return forbidden("another page may not ask this one");
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    if text(headers, header::ORIGIN).is_some_and(|origin| origin != format!("http://{host}")) {
        return forbidden("another page may not write here");
    }
    let media_type = text(headers, header::CONTENT_TYPE).unwrap_or_default();
    if media_type.split(';').next().map(str::trim) != Some("application/json") {
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "this page takes JSON only"));
    }
    Ok(())
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
