//! Every command.

use twilight_model::guild::Permissions;

use super::{Kind, Opt, PERSONALITY, Row, Takes, To, Usage};

/// The longest thing to be remembered or forgotten, in characters.
const THING: Takes = Takes::Text(400);
/// The longest question, in characters: as long as a message.
const QUESTION: Takes = Takes::Text(2_000);
/// The longest mute: four weeks, in minutes.
const FOUR_WEEKS: i64 = 4 * 7 * 24 * 60;

pub(super) const COMMANDS: &[Row] = &[
    slash(
        "ask",
        public("Ask one of the den something", &[whom(), required("question", "What", QUESTION)]),
    ),
    slash(
        "roast",
        public(
            "Have somebody roasted, in good humour",
            &[required("person", "Who has it coming", Takes::Person), whoever()],
        ),
    ),
    group(
        "higherself",
        "The wiser self of a personality",
        &[
            (
                "ask",
                public(
                    "Ask the wiser self of a personality something",
                    &[whom(), required("question", "What", QUESTION)],
                ),
            ),
            (
                "on",
                private("Let a personality answer as its wiser self in this channel", &[whom()]),
            ),
            (
                "off",
                private("Let a personality be its usual self again in this channel", &[whom()]),
            ),
        ],
    ),
    slash(
        "remember",
        private(
            "Tell a personality something to remember",
            &[
                required("what", "What", THING),
                optional("about", "Whom it is about", Takes::Person),
                whoever(),
            ],
        ),
    ),
    for_all(group(
        "forget",
        "Have things forgotten",
        &[
            ("thing", private("Forget one thing", &[required("what", "What", THING), whoever()])),
            ("me", private("Forget everything about me, and everything I said", &[])),
            ("here", private("Forget everything about this place", &[])),
        ],
    )),
    slash(
        "memories",
        private(
            "See, correct and delete what a personality remembers",
            &[whoever(), optional("about", "Whom it is about", Takes::Person)],
        ),
    ),
    slash(
        "mute",
        private(
            "Silence a personality for a while",
            &[
                whom(),
                optional(
                    "minutes",
                    "How many minutes; left out: until /unmute",
                    Takes::Integer(1, FOUR_WEEKS),
                ),
                for_whom(),
            ],
        ),
    ),
    slash("unmute", private("Let a personality speak again", &[whom(), for_whom()])),
    slash("personalities", private("Who lives in this den", &[])),
    for_managers(
        slash(
            "bind",
            private("Let a personality answer everything in a channel", &[whom(), channel()]),
        ),
        Permissions::MANAGE_CHANNELS,
    ),
    for_managers(
        slash("unbind", private("Let nobody answer everything in a channel", &[channel()])),
        Permissions::MANAGE_CHANNELS,
    ),
    for_managers(
        group(
            "persona",
            "How personalities behave in a channel",
            &[
                (
                    "chance",
                    private(
                        "How often somebody chimes in unasked",
                        &[
                            optional(
                                "percent",
                                "Of 100 messages; left out: as each personality likes",
                                Takes::Integer(0, 100),
                            ),
                            channel(),
                        ],
                    ),
                ),
                (
                    "default",
                    private(
                        "Who answers when nobody in particular is meant",
                        &[
                            or_none("Which personality; left out: no longer anybody"),
                            channel(),
                            optional(
                                "everywhere",
                                "In the whole server instead of a channel",
                                Takes::Boolean,
                            ),
                        ],
                    ),
                ),
                ("show", private("What is set", &[])),
            ],
        ),
        Permissions::MANAGE_CHANNELS,
    ),
    for_all(group(
        "privacy",
        "What is kept about you, and what may be done with it",
        &[
            ("show", private("What is kept about me", &[])),
            ("roasts", private("Whether I may be roasted", &[allow()])),
            ("memory", private("Whether I may be remembered", &[allow()])),
            ("quoting", private("Whether I may be quoted", &[allow()])),
            ("export", private("Everything kept about me, as a file", &[])),
            ("erase", private("Erase everything kept about me", &[])),
        ],
    )),
    for_operators(
        group(
            "den",
            "The den in this server: limits, money, pauses",
            &[
                ("spend", private("What was spent today", &[other_guild()])),
                (
                    "limits",
                    private(
                        "How many answers there are; left out: as it is",
                        &[
                            optional("person", "To one person in a minute", ANSWERS_A_MINUTE),
                            optional("channel", "In one channel in a minute", ANSWERS_A_MINUTE),
                            optional("guild", "In the server in a day", ANSWERS_A_DAY),
                        ],
                    ),
                ),
                (
                    "budget",
                    private(
                        "What this server may spend a day",
                        &[
                            optional(
                                "dollars",
                                "US dollars, as in 2.50, or default; left out: shows it",
                                Takes::Text(12),
                            ),
                            other_guild(),
                        ],
                    ),
                ),
                (
                    "retention",
                    private(
                        "How long words of this server are kept",
                        &[
                            optional("days", "Days; left out: shows it", Takes::Integer(7, 730)),
                            other_guild(),
                        ],
                    ),
                ),
                ("pause", private("Let nobody answer, or one personality no longer", PAUSED)),
                ("resume", private("Let everybody answer again, or one personality", PAUSED)),
                (
                    "block",
                    private(
                        "Answer a person no longer",
                        &[required("person", "Whom", Takes::Person)],
                    ),
                ),
                (
                    "unblock",
                    private("Answer a person again", &[required("person", "Whom", Takes::Person)]),
                ),
                ("allow", private("Put a server on the allowlist", &[guild()])),
                ("disallow", private("Take a server off the allowlist", &[guild()])),
                (
                    "allowlist",
                    private(
                        "Whether only servers on the allowlist are served",
                        &[required("on", "Whether", Takes::Boolean)],
                    ),
                ),
                ("audit", private("What was done here, and by whom", &[other_guild()])),
                ("reports", private("What people reported", &[])),
            ],
        ),
        Permissions::MANAGE_GUILD,
    ),
    menu("Why did it say that?", To::Steward, false),
    menu("Remember this", To::Steward, true),
    menu("Roast this", To::Personality, true),
    menu("Answer again", To::Steward, false),
    menu("Delete", To::Steward, false),
];

const PAUSED: &[Opt] = &[
    or_none("Which personality; left out: everybody"),
    optional("everywhere", "In the whole den; only for those who run it", Takes::Boolean),
    other_guild(),
];
const FOR: Takes = Takes::Choice(&[("Me", "me"), ("Everybody", "everybody")]);
const ANSWERS_A_MINUTE: Takes = Takes::Integer(0, 1_000);
const ANSWERS_A_DAY: Takes = Takes::Integer(0, 1_000_000);

const fn slash(name: &'static str, usage: Usage) -> Row {
    row(name, Kind::Slash(usage))
}

const fn group(
    name: &'static str,
    description: &'static str,
    subcommands: &'static [(&'static str, Usage)],
) -> Row {
    row(name, Kind::Group { description, subcommands })
}

const fn menu(name: &'static str, to: To, is_about_someone: bool) -> Row {
    row(name, Kind::MessageMenu { to, is_about_someone })
}

const fn row(name: &'static str, kind: Kind) -> Row {
    Row { name, kind, is_for_guilds: false, is_for_all: false, needs: Permissions::empty() }
}

/// The same for people who may do that, which only servers know.
const fn for_managers(row: Row, needs: Permissions) -> Row {
    Row { is_for_guilds: true, needs, ..row }
}

/// The same for people who may do that in a server, and for those who run the den, wherever they are.
const fn for_operators(row: Row, needs: Permissions) -> Row {
    for_all(Row { needs, ..row })
}

/// The same, passed on out of every server.
const fn for_all(row: Row) -> Row {
    Row { is_for_all: true, ..row }
}

const fn public(description: &'static str, options: &'static [Opt]) -> Usage {
    Usage { description, to: To::Personality, options }
}

const fn private(description: &'static str, options: &'static [Opt]) -> Usage {
    Usage { description, to: To::Steward, options }
}

const fn required(name: &'static str, description: &'static str, takes: Takes) -> Opt {
    Opt { name, description, takes, is_required: true }
}

const fn optional(name: &'static str, description: &'static str, takes: Takes) -> Opt {
    Opt { name, description, takes, is_required: false }
}

const fn whom() -> Opt {
    required(PERSONALITY, "Which personality", Takes::Personality)
}

const fn whoever() -> Opt {
    optional(PERSONALITY, "Which personality; left out: who is meant here", Takes::Personality)
}

const fn or_none(description: &'static str) -> Opt {
    optional(PERSONALITY, description, Takes::PersonalityOrNone)
}

const fn channel() -> Opt {
    optional("channel", "Which channel; left out: this one", Takes::Channel)
}

const fn for_whom() -> Opt {
    optional("for", "For whom; left out: everybody, if you may", FOR)
}

const fn allow() -> Opt {
    required("allow", "Whether", Takes::Boolean)
}

const fn guild() -> Opt {
    optional("guild", "The server's id", Takes::Text(20))
}

const fn other_guild() -> Opt {
    optional("guild", "Another server's id; only for those who run the den", Takes::Text(20))
}
