//! Mentions: what stands in a text, and whom it really notifies. See Discord Docs/Message, "Allowed Mentions".

use serde::Serialize;
use serde_json::Value;

use crate::id::{RoleId, UserId};

/// Whom a message notified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pings {
    /// Users, also the author of a message replied to.
    pub users: Vec<UserId>,
    /// Roles.
    pub roles: Vec<RoleId>,
    /// `@everyone` or `@here`.
    pub everyone: bool,
}

impl Pings {
    /// Whether nobody was notified.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.roles.is_empty() && !self.everyone
    }

    /// Adds `others`, naming nobody twice.
    pub(crate) fn add(&mut self, others: Pings) {
        self.users.extend(others.users);
        self.roles.extend(others.roles);
        self.everyone |= others.everyone;
        deduplicate(&mut self.users);
        deduplicate(&mut self.roles);
    }

    /// What stands in `text`, before any rule.
    pub(crate) fn written_in(text: &str) -> Self {
        let mut found = Self {
            everyone: text.contains("@everyone") || text.contains("@here"),
            ..Self::default()
        };
        for (start, _) in text.match_indices("<@") {
            let Some((inside, _)) = text[start + 2..].split_once('>') else { continue };
            if let Some(role) = inside.strip_prefix('&') {
                found.roles.extend(role.parse::<RoleId>());
            } else {
                found.users.extend(inside.strip_prefix('!').unwrap_or(inside).parse::<UserId>());
            }
        }
        deduplicate(&mut found.users);
        deduplicate(&mut found.roles);
        found
    }
}

/// What counts where a request does not say `allowed_mentions`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unless {
    /// Everything written notifies: a bot's own messages.
    Everything,
    /// Only users: webhooks and interactions.
    UsersOnly,
}

/// Why `allowed_mentions` was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Contradiction(pub(crate) &'static str);

/// Whom `text` notifies under `allowed_mentions`. `replied_to` is the user whose message it replies to.
pub(crate) fn resolve(
    text: &str,
    allowed_mentions: Option<&Value>,
    unless: Unless,
    replied_to: Option<UserId>,
) -> Result<Pings, Contradiction> {
    let mut pings = Pings::written_in(text);
    let Some(allowed) = allowed_mentions.filter(|allowed| !allowed.is_null()) else {
        if unless == Unless::UsersOnly {
            pings.roles.clear();
            pings.everyone = false;
        }
        pings.add(Pings { users: replied_to.into_iter().collect(), ..Pings::default() });
        return Ok(pings);
    };
    let parses = |kind: &str| list(allowed, "parse").any(|parsed| parsed == kind);
    let listed = |key: &str| list(allowed, key).next().is_some();
    for kind in ["users", "roles"] {
        if parses(kind) && listed(kind) {
            return Err(Contradiction(kind));
        }
    }
    if !parses("users") {
        pings.users.retain(|user| list(allowed, "users").any(|id| id == user.to_string()));
    }
    if !parses("roles") {
        pings.roles.retain(|role| list(allowed, "roles").any(|id| id == role.to_string()));
    }
    pings.everyone &= parses("everyone");
    if allowed.get("replied_user").and_then(Value::as_bool) == Some(true) {
        pings.add(Pings { users: replied_to.into_iter().collect(), ..Pings::default() });
    }
    Ok(pings)
}

fn list<'a>(allowed: &'a Value, key: &str) -> impl Iterator<Item = &'a str> {
    allowed.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

fn deduplicate<T: Ord + Copy>(ids: &mut Vec<T>) {
    ids.sort_unstable();
    ids.dedup();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TEXT: &str = "hey <@1>, <@!2> and <@&3>, @everyone <@x> <@";

    fn resolved(allowed: Value, unless: Unless) -> (Vec<u64>, Vec<u64>, bool) {
        let pings =
            resolve(TEXT, Some(&allowed), unless, Some(UserId(9))).expect("no contradiction");
        let users = pings.users.iter().map(|user| user.get()).collect();
        (users, pings.roles.iter().map(|role| role.get()).collect(), pings.everyone)
    }

    #[test]
    fn without_rules_a_bot_notifies_everybody_and_a_webhook_only_users() {
        assert_eq!(resolved(Value::Null, Unless::Everything), (vec![1, 2, 9], vec![3], true));
        assert_eq!(resolved(Value::Null, Unless::UsersOnly), (vec![1, 2, 9], vec![], false));
    }

    #[test]
    fn an_empty_parse_list_notifies_nobody() {
        assert_eq!(resolved(json!({"parse": []}), Unless::Everything), (vec![], vec![], false));
        assert_eq!(resolved(json!({}), Unless::Everything), (vec![], vec![], false));
    }

    #[test]
    fn lists_and_the_replied_user_are_let_through() {
        let allowed = json!({"parse": ["everyone"], "users": ["2"], "replied_user": true});
        assert_eq!(resolved(allowed, Unless::UsersOnly), (vec![2, 9], vec![], true));
    }

    #[test]
    fn parsing_and_listing_the_same_kind_is_a_contradiction() {
        let allowed = json!({"parse": ["users"], "users": ["1"]});
        let refused = resolve(TEXT, Some(&allowed), Unless::Everything, None);
        assert_eq!(refused, Err(Contradiction("users")));
    }
}
