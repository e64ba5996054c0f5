//! Connecting, and what the gateway does not put up with.

use std::time::Duration;

use discord_sim::{GatewayNews, GatewaySettings, Settings};
use serde_json::json;
use twilight_gateway::Event;

use crate::den::{Den, Frame, INTENTS, event, next_said, text};

fn settings(gateway: GatewaySettings) -> Settings {
    Settings { gateway, ..Settings::default() }
}

#[tokio::test]
async fn a_bot_connects_and_hears_what_people_say() {
    let den = Den::open().await;
    let mut shard = den.new_shard(INTENTS, None);
    let ready = event(&mut shard, |event| match event {
        Event::Ready(ready) => Some(ready),
        _ => None,
    });
    let ready = ready.await;
    assert_eq!(ready.user.id.get(), den.bot.user_id.get());
    assert_eq!(ready.application.id.get(), den.bot.application_id.get());
    assert_ne!(ready.user.id.get(), ready.application.id.get(), "a bot is not its application");
    assert_eq!(ready.resume_gateway_url, den.sim.gateway_url());
    let guild = event(&mut shard, |event| match event {
        Event::GuildCreate(guild) => Some(guild.id()),
        _ => None,
    });
    assert_eq!(guild.await.get(), den.guild.get());

    den.world.say(den.ann, den.lobby, "good evening").unwrap();
    assert_eq!(next_said(&mut shard).await, "good evening");
}

#[tokio::test]
async fn frames_have_their_keys_in_discords_order() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    den.world.say(den.ann, den.lobby, "hi").unwrap();
    let Frame::Text(frame) = raw.frame().await else { panic!("text without compression") };
    assert!(frame.starts_with(r#"{"t":"MESSAGE_CREATE","s":3,"op":0,"d":{"#), "{frame}");
}

#[tokio::test]
async fn heartbeats_are_acknowledged_and_silence_is_not_tolerated() {
    let heartbeat_interval = Duration::from_millis(200);
    let den =
        Den::open_with(settings(GatewaySettings { heartbeat_interval, ..Default::default() }))
            .await;
    let mut raw = den.raw("v=10&encoding=json").await;
    assert_eq!(raw.json().await["d"]["heartbeat_interval"], 200);
    raw.send(r#"{"op":1,"d":null}"#).await;
    assert_eq!(raw.json().await["op"], 11);
    assert_eq!(raw.close_code().await, Some(4009));
}

#[tokio::test]
async fn a_bot_that_beats_stays_connected() {
    let heartbeat_interval = Duration::from_millis(100);
    let den =
        Den::open_with(settings(GatewaySettings { heartbeat_interval, ..Default::default() }))
            .await;
    let mut shard = den.shard().await;
    let beats = |log: Vec<discord_sim::GatewayEvent>| {
        log.iter().filter(|event| event.what == GatewayNews::Heartbeat).count()
    };
    let polling = async { while shard_is_fine(&mut shard).await {} };
    tokio::select! {
        () = polling => panic!("the shard ended"),
        beaten = den.world.wait_until(crate::den::PATIENCE, |world| beats(world.gateway_log()) >= 5) => beaten.unwrap(),
    }
    assert_eq!(den.world.connections(), 1);
}

async fn shard_is_fine(shard: &mut twilight_gateway::Shard) -> bool {
    crate::den::next_event(shard).await;
    true
}

#[tokio::test]
async fn what_it_does_not_put_up_with_it_closes_with_discords_codes() {
    let too_long = format!(r#"{{"op":1,"d":"{}"}}"#, "x".repeat(4096));
    let identify = |more: serde_json::Value| {
        let mut body = json!({"token": "a.token", "properties": {}, "intents": 0});
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        json!({"op": 2, "d": body}).to_string()
    };
    let resume = json!({"op": 6, "d": {"token": "wrong", "session_id": "s", "seq": 0}}).to_string();
    let cases = [
        (r#"{"op":99,"d":null}"#.to_owned(), 4001),
        ("no json".to_owned(), 4002),
        (r#"{"d":null}"#.to_owned(), 4002),
        (too_long, 4002),
        (r#"{"op":3,"d":{}}"#.to_owned(), 4003),
        (identify(json!({"token": "wrong"})), 4004),
        (resume, 4004),
        (identify(json!({"shard": [2, 2]})), 4010),
        (identify(json!({"intents": 1u64 << 40})), 4013),
        (identify(json!({"intents": 2})), 4014),
    ];
    let den = Den::open().await;
    for (payload, code) in cases {
        let mut raw = den.raw("v=10&encoding=json").await;
        assert_eq!(raw.json().await["op"], 10);
        raw.send(&payload).await;
        assert_eq!(raw.close_code().await, Some(code), "{}", &payload[..payload.len().min(80)]);
    }
}

#[tokio::test]
async fn only_version_ten_in_json_is_spoken() {
    let den = Den::open().await;
    for query in ["v=9&encoding=json", "v=10&encoding=etf", "encoding=json"] {
        assert_eq!(den.raw(query).await.close_code().await, Some(4012), "{query}");
    }
}

#[tokio::test]
async fn nobody_identifies_twice_on_one_connection() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    raw.identify(json!({})).await;
    assert_eq!(raw.close_code().await, Some(4005));
}

#[tokio::test]
async fn the_message_content_intent_must_be_switched_on() {
    let den = Den::open().await;
    den.world.set_message_content(den.bot.application_id, false).unwrap();
    let mut raw = den.raw("v=10&encoding=json").await;
    raw.identify(json!({"intents": 1 << 15})).await;
    assert_eq!(raw.close_code().await, Some(4014));
}

#[tokio::test]
async fn too_many_guilds_need_sharding() {
    let gateway = GatewaySettings { max_guilds_per_shard: 1, ..Default::default() };
    let den = Den::open_with(settings(gateway)).await;
    den.world.add_guild("Another Den");
    let mut raw = den.raw("v=10&encoding=json").await;
    raw.identify(json!({})).await;
    assert_eq!(raw.close_code().await, Some(4011));
}

#[tokio::test]
async fn a_shard_is_given_its_own_guilds_only() {
    let gateway = GatewaySettings { max_concurrency: 4, ..Default::default() };
    let den = Den::open_with(settings(gateway)).await;
    let guilds: Vec<_> = (0..8).map(|n| den.world.add_guild(&format!("Den {n}"))).collect();
    let all = guilds.iter().chain([&den.guild]);
    for index in 0..4 {
        let mut raw = den.raw("v=10&encoding=json").await;
        assert_eq!(raw.json().await["op"], 10);
        raw.identify(json!({"shard": [index, 4]})).await;
        let ready = raw.json().await;
        let told = ready["d"]["guilds"].as_array().unwrap().iter();
        let told: Vec<u64> = told.map(|guild| text(&guild["id"]).parse().unwrap()).collect();
        let own = all.clone().map(|guild| guild.get()).filter(|id| (id >> 22) % 4 == index);
        let mut own: Vec<u64> = own.collect();
        own.sort_unstable();
        assert_eq!(told, own);
    }
}

#[tokio::test]
async fn more_than_120_payloads_a_minute_are_too_many() {
    let den = Den::open().await;
    let mut raw = den.raw("v=10&encoding=json").await;
    for _ in 0..121 {
        raw.send(r#"{"op":1,"d":null}"#).await;
    }
    assert_eq!(raw.close_code().await, Some(4008));
}

#[tokio::test]
async fn identifying_too_fast_makes_the_session_invalid() {
    let den = Den::open().await;
    let _first = den.identified().await;
    let mut second = den.raw("v=10&encoding=json").await;
    assert_eq!(second.json().await["op"], 10);
    second.identify(json!({})).await;
    let answer = second.json().await;
    assert_eq!((&answer["op"], &answer["d"]), (&json!(9), &json!(false)));
}

#[tokio::test]
async fn a_used_up_identify_budget_costs_the_token() {
    let den = Den::open().await;
    let application = den.bot.application_id;
    den.world.set_identifies_left(application, 1).unwrap();
    let mut first = den.identified().await;
    assert_eq!(den.world.identifies_left(application), Some(0));
    let limit = den.rest("GET", "/gateway/bot", json!(null)).await.ok();
    assert_eq!(limit["session_start_limit"]["remaining"], 0);

    let mut second = den.raw("v=10&encoding=json").await;
    second.identify(json!({})).await;
    assert_eq!(second.close_code().await, Some(4004));
    assert_eq!(first.close_code().await, Some(4004), "all sessions end");
    assert_eq!(den.rest("GET", "/users/@me", json!(null)).await.status, 401);
    assert_ne!(den.world.token(application).unwrap(), den.bot.token);
}

#[tokio::test]
async fn compressed_frames_are_one_stream() {
    let den = Den::open().await;
    let mut raw = den.raw("v=10&encoding=json&compress=zlib-stream").await;
    let Frame::Binary(hello) = raw.frame().await else { panic!("binary when compressed") };
    assert!(hello.ends_with(&[0, 0, 0xff, 0xff]));

    // twilight asks for compression as well, and understands many frames of it.
    let mut shard = den.shard().await;
    for n in 0..50 {
        den.world.say(den.ann, den.lobby, &format!("line {n}")).unwrap();
    }
    for n in 0..50 {
        assert_eq!(next_said(&mut shard).await, format!("line {n}"));
    }
}

#[tokio::test]
async fn a_new_guild_and_a_lost_one_are_told() {
    let den = Den::open().await;
    let mut raw = den.identified().await;
    let second = den.world.add_guild("Another Den");
    let create = raw.json().await;
    assert_eq!(
        (text(&create["t"]), text(&create["d"]["id"])),
        ("GUILD_CREATE", &*second.to_string())
    );
    den.world.uninstall(den.bot.application_id, second).unwrap();
    let delete = raw.json().await;
    assert_eq!(delete["t"], "GUILD_DELETE");
    assert_eq!(delete["d"].get("unavailable"), None, "thrown out, not an outage");
}
