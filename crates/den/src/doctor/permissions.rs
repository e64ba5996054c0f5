//! What the bot needs in a channel, and what takes it away. Pure: values in, values out.

use discord::{Member, Role};
use twilight_model::{
    channel::permission_overwrite::{PermissionOverwrite, PermissionOverwriteType},
    guild::Permissions,
    id::{Id, marker::GuildMarker},
};

/// A permission the den uses.
#[derive(Debug)]
pub(super) struct Need {
    pub(super) permission: Permissions,
    /// What Discord's own pages call it.
    pub(super) name: &'static str,
    /// What happens without it.
    pub(super) without: &'static str,
    /// Whether its lack is wrong and not merely worth knowing.
    pub(super) must: bool,
}

/// Everything the den uses in a channel it sees, the most important first.
pub(super) const NEEDS: [Need; 5] = [
    Need {
        permission: Permissions::SEND_MESSAGES,
        name: "Send Messages",
        without: "it cannot answer there",
        must: true,
    },
    Need {
        permission: Permissions::SEND_MESSAGES_IN_THREADS,
        name: "Send Messages in Threads",
        without: "it cannot answer in threads",
        must: true,
    },
    Need {
        permission: Permissions::READ_MESSAGE_HISTORY,
        name: "Read Message History",
        without: "it cannot find its own messages again, and may say things twice",
        must: true,
    },
    Need {
        permission: Permissions::MANAGE_WEBHOOKS,
        name: "Manage Webhooks",
        without: "every personality speaks as the bot, without its own name and face",
        must: true,
    },
    Need {
        permission: Permissions::EMBED_LINKS,
        name: "Embed Links",
        without: "links show no preview",
        must: false,
    },
];

/// What an invitation asks for.
pub(super) fn wanted() -> Permissions {
    NEEDS.iter().fold(Permissions::VIEW_CHANNEL, |sum, need| sum | need.permission)
}

/// What keeps a permission from the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// None of its roles has it.
    NoRole,
    /// The channel takes it from everyone.
    Everyone,
    /// The channel takes it from these roles of the bot.
    Roles(Vec<String>),
    /// The channel takes it from the bot itself.
    Itself,
}

/// What keeps `permission` from `member`, whose permissions lack it: the last word among its roles and the
/// channel's overwrites, which are read in Discord's order. See Discord Docs/Permissions, "Permission
/// Hierarchy".
pub(super) fn cause(
    permission: Permissions,
    guild_id: Id<GuildMarker>,
    roles: &[Role],
    member: &Member,
    overwrites: &[PermissionOverwrite],
) -> Cause {
    let everyone = guild_id.cast();
    let is_role =
        |overwrite: &&PermissionOverwrite| overwrite.kind == PermissionOverwriteType::Role;
    let of_roles = || {
        let own = |overwrite: &&PermissionOverwrite| {
            overwrite.id != everyone && member.roles.contains(&overwrite.id.cast())
        };
        overwrites.iter().filter(is_role).filter(own)
    };
    let denies = |overwrite: &&PermissionOverwrite| overwrite.deny.contains(permission);
    let allows = |overwrite: &&PermissionOverwrite| overwrite.allow.contains(permission);

    let itself = overwrites.iter().find(|overwrite| {
        overwrite.kind == PermissionOverwriteType::Member && overwrite.id == member.user.id.cast()
    });
    if itself.as_ref().is_some_and(denies) {
        return Cause::Itself;
    }
    if !of_roles().any(|overwrite| allows(&overwrite)) {
        let guilty: Vec<String> = of_roles()
            .filter(denies)
            .map(|overwrite| {
                let role = roles.iter().find(|role| role.id == overwrite.id.cast());
                role.map_or_else(|| overwrite.id.to_string(), |role| role.name.clone())
            })
            .collect();
        if !guilty.is_empty() {
            return Cause::Roles(guilty);
        }
        let for_everyone =
            overwrites.iter().filter(is_role).find(|overwrite| overwrite.id == everyone);
        if for_everyone.as_ref().is_some_and(denies) {
            return Cause::Everyone;
        }
    }
    Cause::NoRole
}

impl Cause {
    /// As the end of a sentence about channels.
    pub(super) fn words(&self, bot: &str) -> String {
        match self {
            Self::NoRole => format!("no role of {bot} allows it"),
            Self::Everyone => "the overwrite for @everyone takes it away".to_owned(),
            Self::Roles(names) => {
                format!("the overwrite for the role {} takes it away", names.join(" and "))
            }
            Self::Itself => format!("the overwrite for {bot} itself takes it away"),
        }
    }

    /// What gives the permission called `name` back. `role` is the bot's own role, `place` the page where
    /// the overwrites are.
    pub(super) fn mend(&self, name: &str, bot: &str, role: &str, place: &str) -> String {
        match self {
            Self::NoRole => format!("Server Settings, Roles, {role}: switch {name} on"),
            Self::Everyone => format!("{place}: add {bot} and set {name} to ✓"),
            Self::Roles(names) => format!("{place}, {}: set {name} to /", names.join(" and ")),
            Self::Itself => format!("{place}, {bot}: set {name} to ✓"),
        }
    }
}

#[cfg(test)]
mod tests {
    use twilight_model::id::marker::GenericMarker;

    use super::*;

    const GUILD: u64 = 1;
    const DEN: u64 = 2;
    const MUTED: u64 = 3;
    const ME: u64 = 9;
    const SPEAK: Permissions = Permissions::SEND_MESSAGES;

    fn role(id: u64, name: &str, permissions: Permissions) -> Role {
        Role { id: Id::new(id), name: name.to_owned(), permissions }
    }

    fn overwrite(
        kind: PermissionOverwriteType,
        id: u64,
        allow: Permissions,
        deny: Permissions,
    ) -> PermissionOverwrite {
        PermissionOverwrite { id: Id::<GenericMarker>::new(id), kind, allow, deny }
    }

    /// Why I may not speak; panics where I may.
    fn why(base: Permissions, overwrites: &[PermissionOverwrite]) -> Cause {
        let roles = [
            role(GUILD, "@everyone", Permissions::VIEW_CHANNEL | base),
            role(DEN, "Roast Den", Permissions::empty()),
            role(MUTED, "Muted", Permissions::empty()),
        ];
        let me = Member::with_roles(Id::new(ME), vec![Id::new(DEN), Id::new(MUTED)]);
        let allowed = discord::permissions(Id::new(GUILD), &roles, &me, overwrites);
        assert!(!allowed.contains(SPEAK), "it may speak");
        cause(SPEAK, Id::new(GUILD), &roles, &me, overwrites)
    }

    #[test]
    fn the_last_word_is_what_is_named() {
        use PermissionOverwriteType::{Member, Role};
        let none = Permissions::empty();
        let everyone = overwrite(Role, GUILD, none, SPEAK);
        let muted = overwrite(Role, MUTED, none, SPEAK);
        let itself = overwrite(Member, ME, none, SPEAK);
        let given_back = overwrite(Role, DEN, SPEAK, none);
        let others = overwrite(Role, 77, none, SPEAK);
        assert_eq!(why(none, &[others]), Cause::NoRole);
        assert_eq!(why(SPEAK, &[everyone]), Cause::Everyone);
        assert_eq!(why(SPEAK, &[everyone, muted]), Cause::Roles(vec!["Muted".to_owned()]));
        assert_eq!(why(SPEAK, &[everyone, given_back, itself]), Cause::Itself);
    }
}
