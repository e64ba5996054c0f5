//! What can go wrong, goes wrong when told to.

use std::time::{Duration, Instant};

use discord_sim::{Effect, GatewaySettings, OnConnect, RestFault, Settings};
use serde_json::{Value, json};
use twilight_gateway::Event;

use crate::den::{Den, Frame, event, ready};

/// Whether twilight resumes by itself and misses nothing.
async fn survives(den: &Den, fault: impl FnOnce()) {
    let mut shard = den.shard().await;
    fault();
    den.world.say(den.ann, den.lobby, "still there?").unwrap();
    let (mut heard, mut resumed) = (0, 0);
    event(&mut shard, |event| {
        heard += usize::from(matches!(event, Event::MessageCreate(_)));
        resumed += usize::from(matches!(event, Event::Resumed));
        (heard > 0 && resumed > 0).then_some(())
    })
    .await;
    assert_eq!((heard, resumed), (1, 1));
}

#[tokio::test]
async fn a_dropped_connection_is_resumed() {
    let den = Den::open().await;
    survives(&den, || den.sim.faults().drop_connections()).await;
}

#[tokio::test]
async fn a_closed_connection_is_resumed() {
    let den = Den::open().await;
    survives(&den, || den.sim.faults().close_connections(4000)).await;
}

#[tokio::test]
async fn a_requested_reconnect_is_resumed() {
    let den = Den::open().await;
    survives(&den, || den.sim.faults().ask_reconnect()).await;
}

#[tokio::test]
async fn a_resumable_invalid_session_is_resumed() {
    let den = Den::open().await;
    survives(&den, || den.sim.faults().invalidate_sessions(true)).await;
}

#[tokio::test]
async fn an_invalid_session_is_started_anew() {
    let gateway = GatewaySettings { identify_window: Duration::ZERO, ..Default::default() };
    let den = Den::open_with(Settings { gateway, ..Default::default() }).await;
    let mut shard = den.shard().await;
    den.sim.faults().invalidate_sessions(false);
    ready(&mut shard).await;
    assert_eq!(den.world.identifies_left(den.bot.application_id), Some(998));
}

#[tokio::test]
async fn a_dropped_connection_ends_without_a_close_frame() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    den.sim.faults().drop_connections();
    assert_eq!(raw.frame().await, Frame::Broken);
}

#[tokio::test]
async fn connections_can_be_refused_dropped_and_closed_as_they_open() {
    let den = Den::open().await;
    let faults = den.sim.faults();
    let url = format!("{}/?v=10&encoding=json", den.sim.gateway_url());
    faults.on_connect(OnConnect::Refuse, 1);
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
    faults.on_connect(OnConnect::Drop, 1);
    assert_eq!(den.raw("v=10&encoding=json").await.frame().await, Frame::Broken);
    faults.on_connect(OnConnect::Close(1011), 1);
    assert_eq!(den.raw("v=10&encoding=json").await.close_code().await, Some(1011));
    // The next one is served.
    assert_eq!(den.raw("v=10&encoding=json").await.json().await["op"], 10);
}

#[tokio::test]
async fn a_connection_can_open_and_never_say_hello() {
    let den = Den::open().await;
    den.sim.faults().on_connect(OnConnect::Hang, 1);
    let mut raw = den.raw("v=10&encoding=json").await;
    raw.identify(json!({})).await;
    let heard = tokio::time::timeout(Duration::from_millis(200), raw.frame()).await;
    assert!(heard.is_err(), "{heard:?}");
}

#[tokio::test]
async fn a_resume_can_stay_unanswered() {
    let den = Den::open().await;
    let raw = den.identified().await;
    let session = den.world.sessions()[0].id.clone();
    drop(raw);
    den.sim.faults().ignore_resumes(1);
    let mut first = den.raw("v=10&encoding=json").await;
    assert_eq!(first.json().await["op"], 10);
    first.resume(&session, 2).await;
    assert!(tokio::time::timeout(Duration::from_millis(200), first.frame()).await.is_err());
    let mut second = den.raw("v=10&encoding=json").await;
    assert_eq!(second.json().await["op"], 10);
    second.resume(&session, 2).await;
    assert_eq!(second.json().await["t"], "RESUMED");
}

#[tokio::test]
async fn dispatches_can_come_late_and_twice() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    den.sim.faults().duplicate_dispatches(true);
    den.sim.faults().delay_dispatches(Duration::from_millis(300));
    let began = Instant::now();
    den.world.say(den.ann, den.lobby, "echo").unwrap();
    let (first, second) = (raw.json().await, raw.json().await);
    assert!(began.elapsed() >= Duration::from_millis(300));
    assert_eq!(first, second, "the same sequence number as well");
}

#[tokio::test]
async fn anything_can_be_dispatched_and_said() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    den.world.dispatch("SOMETHING_NEW", &json!({"d": {"t": 1}}));
    let frame = raw.json().await;
    assert_eq!((&frame["t"], &frame["s"]), (&json!("SOMETHING_NEW"), &json!(3)));
    den.sim.faults().say("{garbage");
    assert_eq!(raw.frame().await, Frame::Text("{garbage".to_owned()));
}

#[tokio::test]
async fn requests_fail_as_told_and_as_often_as_told() {
    let den = Den::open().await;
    let faults = den.sim.faults();
    let broken = Effect::Answer { status: 503, body: Value::Null };
    faults.rest(RestFault::on("POST /channels/{channel_id}/messages", broken).times(2));
    let path = format!("/channels/{}/messages", den.lobby);
    for expected in [503, 503, 200] {
        assert_eq!(den.rest("POST", &path, json!({"content": "hi"})).await.status, expected);
    }
    assert_eq!(den.world.messages(den.lobby).len(), 1);

    faults.rest(RestFault::on("GET /users/@me", Effect::Delay { ms: 300 }));
    let began = Instant::now();
    den.rest("GET", "/users/@me", Value::Null).await.ok();
    assert!(began.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn an_answer_can_be_lost_before_or_after_it_took_effect() {
    let den = Den::open().await;
    let path = format!("/channels/{}/messages", den.lobby);
    for (effect, posted) in [(Effect::ResetBefore, 0), (Effect::ResetAfter, 1)] {
        den.sim.faults().rest(RestFault::on("POST /channels/*/messages", effect));
        let lost = den.try_rest("POST", &path, json!({"content": "hi"})).await;
        assert!(lost.is_err(), "{lost:?}");
        assert_eq!(den.world.messages(den.lobby).len(), posted);
        assert_eq!(den.world.requests().last().unwrap().status, 0);
    }
}

#[tokio::test]
async fn everything_is_mended_at_once() {
    let den = Den::open().await;
    let faults = den.sim.faults();
    faults.rest(RestFault::on("*", Effect::ResetBefore).times(100));
    faults.on_connect(OnConnect::Refuse, 100);
    faults.clear();
    den.rest("GET", "/users/@me", Value::Null).await.ok();
    den.identified().await;
}

#[tokio::test]
async fn stopping_takes_leave_and_dropping_does_not() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    let (stopped, code) = tokio::join!(den.sim.stop(), raw.close_code());
    assert_eq!(((), Some(1001)), (stopped, code));

    let den = Den::open().await;
    let mut raw = den.identified().await;
    drop(den);
    assert_eq!(raw.frame().await, Frame::Broken);
}
