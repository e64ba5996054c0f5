//! The listener's ear: a connection on which interactions arrive, with their tokens.

use discord_sim::Sim;
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

type Connection = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Every interaction from now on.
pub async fn interactions(sim: &Sim, token: &str) -> UnboundedReceiver<Value> {
    let url = format!("{}/?v=10&encoding=json", sim.gateway_url());
    let (mut connection, _) = tokio_tungstenite::connect_async(url).await.expect("a gateway");
    assert_eq!(next(&mut connection).await.expect("a hello")["op"], 10);
    let identify = json!({"op": 2, "d": {"token": token, "properties": {}, "intents": 0}});
    let identify = Message::text(identify.to_string());
    connection.send(identify).await.expect("a connection");
    assert_eq!(next(&mut connection).await.expect("an event")["t"], "READY");

    let (heard, receiver) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(mut said) = next(&mut connection).await {
            if said["t"] == "INTERACTION_CREATE" && heard.send(said["d"].take()).is_err() {
                break;
            }
        }
    });
    receiver
}

async fn next(connection: &mut Connection) -> Option<Value> {
    loop {
        match connection.next().await? {
            Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).expect("json")),
            Ok(_) => {}
            Err(_) => return None,
        }
    }
}
