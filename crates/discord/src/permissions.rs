//! What a member may do in a channel. See Discord Docs/Permissions, "Permission Hierarchy".

use twilight_model::{
    channel::permission_overwrite::{PermissionOverwrite, PermissionOverwriteType},
    guild::Permissions,
    id::{
        Id,
        marker::{GuildMarker, RoleMarker, UserMarker},
    },
};

use crate::{Member, Role};

/// Computes a member's permissions in a channel from the guild's roles and the channel's overwrites (in a
/// thread, the parent's; and there [`Permissions::SEND_MESSAGES_IN_THREADS`] decides over writing).
///
/// The guild's owner may do everything and is not treated here, nor is a member's time-out.
pub fn permissions(
    guild_id: Id<GuildMarker>,
    roles: &[Role],
    member: &Member,
    overwrites: &[PermissionOverwrite],
) -> Permissions {
    granted(guild_id, roles, &member.roles, Some(member.user.id), overwrites)
}

/// Computes what somebody may do who has no role but `@everyone` and is not named in the overwrites.
pub(crate) fn of_everyone(
    guild_id: Id<GuildMarker>,
    roles: &[Role],
    overwrites: &[PermissionOverwrite],
) -> Permissions {
    granted(guild_id, roles, &[], None, overwrites)
}

/// Computes what a member's roles grant in the whole guild, before any channel's overwrites.
pub(crate) fn of_roles(
    guild_id: Id<GuildMarker>,
    roles: &[Role],
    own_roles: &[Id<RoleMarker>],
) -> Permissions {
    let has = |id| id == guild_id.cast() || own_roles.contains(&id);
    let base = (roles.iter().filter(|role| has(role.id)))
        .fold(Permissions::empty(), |sum, role| sum | role.permissions);
    if base.contains(Permissions::ADMINISTRATOR) { Permissions::all() } else { base }
}

fn granted(
    guild_id: Id<GuildMarker>,
    roles: &[Role],
    own_roles: &[Id<RoleMarker>],
    user_id: Option<Id<UserMarker>>,
    overwrites: &[PermissionOverwrite],
) -> Permissions {
    let everyone: Id<RoleMarker> = guild_id.cast();
    let base = of_roles(guild_id, roles, own_roles);
    if base.contains(Permissions::ADMINISTRATOR) {
        return base;
    }
    // Three layers, each denying first, then allowing: everyone, all the member's roles together, and the
    // member.
    let layer = |granted: Permissions, applies: &dyn Fn(&PermissionOverwrite) -> bool| {
        let (allow, deny) = (overwrites.iter().filter(|overwrite| applies(overwrite)))
            .fold((Permissions::empty(), Permissions::empty()), |(allow, deny), overwrite| {
                (allow | overwrite.allow, deny | overwrite.deny)
            });
        (granted - deny) | allow
    };
    let is_role = |overwrite: &PermissionOverwrite| overwrite.kind == PermissionOverwriteType::Role;
    let granted = layer(base, &|o| is_role(o) && o.id == everyone.cast());
    let granted = layer(granted, &|o| {
        is_role(o) && o.id != everyone.cast() && own_roles.contains(&o.id.cast())
    });
    let granted = layer(granted, &|o| {
        o.kind == PermissionOverwriteType::Member && Some(o.id.cast()) == user_id
    });
    // Who cannot see a channel can do nothing in it, whatever else is granted.
    if granted.contains(Permissions::VIEW_CHANNEL) { granted } else { Permissions::empty() }
}

#[cfg(test)]
mod tests {
    use twilight_model::id::marker::GenericMarker;

    use super::*;

    const GUILD: u64 = 1;
    const MODERATORS: u64 = 2;
    const ME: u64 = 9;
    const SEE: Permissions = Permissions::VIEW_CHANNEL;
    const SPEAK: Permissions = Permissions::SEND_MESSAGES;
    const NOTHING: Permissions = Permissions::empty();

    fn role(id: u64, permissions: Permissions) -> Role {
        Role { id: Id::new(id), name: format!("role {id}"), permissions }
    }

    fn overwrite(
        kind: PermissionOverwriteType,
        id: u64,
        deny: Permissions,
        allow: Permissions,
    ) -> PermissionOverwrite {
        PermissionOverwrite { id: Id::<GenericMarker>::new(id), kind, allow, deny }
    }

    fn mine(roles: &[Role], overwrites: &[PermissionOverwrite]) -> Permissions {
        let roles_of_mine: Vec<Id<RoleMarker>> = vec![Id::new(MODERATORS)];
        let me = Member::with_roles(Id::new(ME), roles_of_mine);
        permissions(Id::new(GUILD), roles, &me, overwrites)
    }

    #[test]
    fn roles_add_up_and_roles_of_others_do_not() {
        let roles =
            [role(GUILD, SEE), role(MODERATORS, SPEAK), role(3, Permissions::ADMINISTRATOR)];
        assert_eq!(mine(&roles, &[]), SEE | SPEAK);
    }

    #[test]
    fn a_role_gives_back_what_everyone_lost_and_the_member_has_the_last_word() {
        use PermissionOverwriteType::{Member, Role};
        let roles = [role(GUILD, SEE | SPEAK), role(MODERATORS, NOTHING)];
        let everyone = overwrite(Role, GUILD, SPEAK, NOTHING);
        let moderators = overwrite(Role, MODERATORS, NOTHING, SPEAK);
        let me = overwrite(Member, ME, SPEAK, NOTHING);
        assert_eq!(mine(&roles, &[everyone]), SEE);
        assert_eq!(mine(&roles, &[moderators, everyone]), SEE | SPEAK);
        assert_eq!(mine(&roles, &[me, moderators, everyone]), SEE);
    }

    #[test]
    fn who_cannot_see_a_channel_can_do_nothing_in_it_except_an_administrator() {
        let hidden = overwrite(PermissionOverwriteType::Role, GUILD, SEE, NOTHING);
        let roles = [role(GUILD, SEE | SPEAK)];
        assert_eq!(mine(&roles, &[hidden]), NOTHING);
        let roles = [role(GUILD, SEE), role(MODERATORS, Permissions::ADMINISTRATOR)];
        assert_eq!(mine(&roles, &[hidden]), Permissions::all());
    }
}
