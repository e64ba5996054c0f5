//! The steward, told by what people do and see.

mod acting;
mod gateway;
mod house;
mod house_channels;
mod house_gate;
mod house_joining;
mod house_misuse;
mod house_money;
mod house_mute;
mod house_replies;
mod house_talk;
mod memory;
mod memory_follow;
mod memory_forget;
mod memory_page;
mod memory_privacy;
mod remembered;
mod world;
