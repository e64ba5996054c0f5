//! What is read of a gateway frame: its header cheaply, and of the few events that matter a few fields.
//!
//! These structs are small on purpose: a field Discord adds, drops or changes costs nothing as long as it is
//! not one of them, and an event that cannot be read costs that event alone.

mod change;
mod guild;
mod interaction;
mod message;

use std::borrow::Cow;

use serde::{Deserialize, de::DeserializeOwned};
use twilight_model::gateway::event::GatewayEventDeserializer;

pub use change::{Deletion, Deletions, Edit, Reaction};
pub use guild::{Arrival, ChannelChange, Closure, Departure, Ready, RoleChange};
pub use interaction::{Interaction, InteractionData, InteractionOption, Submitted};
pub use message::{Attachment, Message, User};

/// The opcode of events. See Discord Docs/Gateway Opcodes.
pub const DISPATCH: u8 = 0;
/// The opcode that asks us to connect anew.
pub const RECONNECT: u8 = 7;
/// The opcode that ends a session.
pub const INVALID_SESSION: u8 = 9;
/// The opcode a connection begins with.
pub const HELLO: u8 = 10;

/// A frame's header, found without parsing the frame.
pub struct Header<'a> {
    /// See Discord Docs/Gateway Opcodes.
    pub op: u8,
    /// Place in the session's log; only events have one.
    pub sequence: Option<u64>,
    /// Name of the event, as in `MESSAGE_CREATE`.
    pub event: Option<Cow<'a, str>>,
}

impl<'a> Header<'a> {
    /// Reads the header; `None` for what is no gateway frame.
    pub fn of(frame: &'a str) -> Option<Self> {
        let (op, sequence, event) = GatewayEventDeserializer::from_json(frame)?.into_parts();
        Some(Self { op, sequence, event })
    }
}

/// Reads a frame's content.
///
/// # Errors
/// Where it is not what this program expects under that name.
pub fn read<T: DeserializeOwned>(frame: &str) -> Result<T, serde_json::Error> {
    #[derive(Deserialize)]
    struct Frame<T> {
        d: T,
    }
    serde_json::from_str::<Frame<T>>(frame).map(|frame| frame.d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_found_without_parsing() {
        let header = Header::of(r#"{"t":"MESSAGE_CREATE","s":42,"op":0,"d":{"broken"#).unwrap();
        assert_eq!(
            (header.op, header.sequence, header.event.as_deref()),
            (0, Some(42), Some("MESSAGE_CREATE"))
        );
        let header = Header::of(r#"{"t":null,"s":null,"op":11,"d":null}"#).unwrap();
        assert_eq!((header.op, header.sequence, header.event), (11, None, None));
        assert!(Header::of("no frame").is_none());
    }
}
