//! Who may talk to the page, and what its files may do.

use reqwest::{Method, StatusCode};
use serde_json::json;

use super::den::Den;

#[tokio::test]
async fn another_page_in_the_same_browser_can_neither_read_nor_write() {
    let den = Den::open().await;
    let body = json!({ "person": den.people[0].id, "channel": den.channel, "text": "forged" });
    let host = den.address.trim_start_matches("http://").to_owned();
    let port = host.rsplit(':').next().expect("a port").to_owned();
    let post = || den.request(Method::POST, "/api/messages").json(&body);
    let get = || den.request(Method::GET, "/api/state");

    for (what, request, expected) in [
        ("a rebound name", get().header("host", "evil.example"), StatusCode::FORBIDDEN),
        (
            "a rebound name with our port",
            get().header("host", format!("evil.example:{port}")),
            StatusCode::FORBIDDEN,
        ),
        (
            "a name that only begins like ours",
            get().header("host", "127.0.0.1.evil.example"),
            StatusCode::FORBIDDEN,
        ),
        ("another site", get().header("sec-fetch-site", "cross-site"), StatusCode::FORBIDDEN),
        ("another port", get().header("sec-fetch-site", "same-site"), StatusCode::FORBIDDEN),
        ("another origin", post().header("origin", "http://evil.example"), StatusCode::FORBIDDEN),
        ("an opaque origin", post().header("origin", "null"), StatusCode::FORBIDDEN),
        (
            "another loopback page",
            post().header("origin", "http://localhost:1"),
            StatusCode::FORBIDDEN,
        ),
        (
            "a form",
            den.request(Method::POST, "/api/messages")
                .header("content-type", "text/plain")
                .body(body.to_string()),
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ),
    ] {
        let answer = request.send().await.expect("the page answers");
        assert_eq!(answer.status(), expected, "{what}");
    }
    assert!(den.sim.world().messages(den.channel).is_empty(), "nothing was forged");

    for host in [&*host, &format!("localhost:{port}"), &format!("[::1]:{port}")] {
        let own = post().header("host", host).header("origin", format!("http://{host}"));
        assert_eq!(
            own.send().await.expect("the page answers").status(),
            StatusCode::CREATED,
            "{host}"
        );
    }
}

#[tokio::test]
async fn every_file_the_page_names_is_there_and_locked_down() {
    let den = Den::open().await;
    let mut to_fetch = vec!["/".to_owned()];
    let mut fetched = Vec::new();
    while let Some(path) = to_fetch.pop() {
        if fetched.contains(&path) {
            continue;
        }
        let answer = den.get(&path).await;
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(
            policy.starts_with("default-src 'self';") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        let text = answer.text().await.expect("it is text");
        assert!(!text.contains("innerHTML"), "{path} must build elements, not HTML");
        for (before, after) in [("href=\"/", "\""), ("src=\"/", "\""), ("from \"./", "\"")] {
            to_fetch.extend(text.split(before).skip(1).filter_map(|rest| {
                let name = rest.split(after).next()?;
                Some(format!("/{name}"))
            }));
        }
        fetched.push(path);
    }
    assert!(fetched.len() > 15, "the walk followed the imports: {fetched:?}");
}
