//! The small guild that `den up` begins with.

use discord_sim::{ChannelId, GuildId, World};

use crate::page::Person;

/// The guild, its first channel, and who is there.
pub(super) struct Town {
    pub(super) guild: GuildId,
    /// `#general`.
    pub(super) channel: ChannelId,
    /// First whoever sits at the page, who owns the guild.
    pub(super) people: Vec<Person>,
}

/// Builds it. The world numbers places and people in the order they come in, and what is kept of a place is
/// found again by its number: what is new goes to the end.
///
/// # Errors
/// Never in a world of its own.
pub(super) fn build(world: &World) -> anyhow::Result<Town> {
    let guild = world.add_guild("The Den");
    let channel = world.add_text_channel(guild, "general")?;
    let kitchen = world.add_text_channel(guild, "the-kitchen")?;
    world.add_thread(kitchen, "soup of the day")?;
    let people: Vec<Person> = ["Robin", "Ann", "Ben"]
        .map(|name| Person { id: world.add_person(name), name: name.to_owned() })
        .to_vec();
    for person in &people {
        world.join(person.id, guild)?;
    }
    let (you, ann) = (people[0].id, people[1].id);
    world.set_owner(guild, you)?;
    world.add_private_channel(guild, "back-room", &[you, ann])?;
    let late = world.add_text_channel(guild, "after-dark")?;
    world.set_age_restricted(late, true)?;
    Ok(Town { guild, channel, people })
}
