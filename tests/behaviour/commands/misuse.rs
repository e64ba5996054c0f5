//! Commands in the wrong place, by people without the right, with what no client would let one type.

use discord_sim::UserId;

use crate::home::Home;

type Options<'a> = &'a [(&'a str, &'a str)];

/// What changes a server, what it needs, and the permission that is missed.
const OF_THE_SERVER: [(&str, Options<'_>, &str); 12] = [
    ("bind", &[("personality", "grim")], "Manage Channels"),
    ("unbind", &[], "Manage Channels"),
    ("persona chance", &[("percent", "5")], "Manage Channels"),
    ("persona default", &[("personality", "grim")], "Manage Channels"),
    ("persona show", &[], "Manage Channels"),
    ("den spend", &[], "Manage Server"),
    ("den limits", &[("person", "5")], "Manage Server"),
    ("den budget", &[("dollars", "1")], "Manage Server"),
    ("den retention", &[("days", "30")], "Manage Server"),
    ("den pause", &[], "Manage Server"),
    ("den resume", &[], "Manage Server"),
    ("den audit", &[], "Manage Server"),
];

/// What only those who run the den may do.
const OF_THE_DEN: [(&str, Options<'_>); 5] = [
    ("den allow", &[]),
    ("den disallow", &[]),
    ("den allowlist", &[("on", "true")]),
    ("den reports", &[]),
    ("den pause", &[("everywhere", "true")]),
];

#[tokio::test]
async fn without_the_right_nothing_happens_whatever_the_client_offers() {
    let home = Home::open().await;
    for (command, options, permission) in OF_THE_SERVER {
        let offered = home.discord.slash(home.ann, home.channel, command, options);
        assert!(offered.is_err(), "/{command} is offered");
        let refused = home.forces(home.ann, home.channel, command, options).await;
        refused.says(&[&format!("You need the permission {permission}")]);
    }
    for (command, options) in OF_THE_DEN {
        let refused = home.forces(home.ann, home.channel, command, options).await;
        refused.says(&["Only the people who run this den can do that."]);
    }
    let audit = home.uses(home.gus, home.channel, "den audit", &[]).await;
    audit.says(&["Nothing was done yet."]);
}

#[tokio::test]
async fn another_server_and_a_channel_one_does_not_manage_are_out_of_reach() {
    let home = Home::open().await;
    let warren = home.discord.add_guild("The Warren");
    let lobby = home.discord.add_text_channel(warren, "lobby").unwrap().to_string();
    let elsewhere = [("personality", "grim"), ("channel", lobby.as_str())];
    let offered = home.discord.slash(home.gus, home.channel, "bind", &elsewhere);
    assert!(offered.is_err(), "a channel of another server is offered");
    // He does not see it, so he cannot manage it.
    let cellar = home.cellar.to_string();
    let hidden = [("personality", "grim"), ("channel", cellar.as_str())];
    let refused = home.forces(home.gus, home.channel, "bind", &hidden).await;
    refused.says(&["You need the permission Manage Channels in"]);
}

#[tokio::test]
async fn in_a_direct_message_there_is_no_server_to_change() {
    let home = Home::open().await;
    let direct = home.discord.open_dm(home.gus, home.app.application_id).unwrap();
    for (command, options, _) in OF_THE_SERVER {
        let refused = home.forces(home.gus, direct, command, options).await;
        // Who runs the den may mean a server from there, and the steward knows who that is.
        refused.says(&[match command.starts_with("den ") {
            true => "That is about a server, and here it is just the two of us.",
            false => "That one is about a server: use it in one of its channels.",
        }]);
    }
    for (command, options) in OF_THE_DEN {
        let refused = home.uses(home.gus, direct, command, options).await;
        refused.says(&["Only the people who run this den can do that."]);
    }
    for command in ["higherself on", "higherself off"] {
        let refused = home.uses(home.gus, direct, command, &[("personality", "mabel")]).await;
        refused.says(&["That is about a server, and here it is just the two of us."]);
    }
    for command in ["forget here", "forget me", "privacy show", "memories", "personalities"] {
        let told = home.uses(home.gus, direct, command, &[]).await;
        assert!(told.is_private && !told.text.is_empty(), "/{command}: {told:?}");
    }
    let mine = home.uses(home.gus, direct, "mute", &[("personality", "grim")]).await;
    mine.says(&["**Grim** does not answer you any more"]);
}

#[tokio::test]
async fn what_no_client_would_send_is_answered_plainly() {
    let home = Home::open().await;
    let (long, someone) = ("x".repeat(2_000), UserId::from(4_242).to_string());
    let cases: [(&str, Options<'_>); 13] = [
        ("ask", &[("personality", &long), ("question", "who?")]),
        ("memories", &[("personality", &long)]),
        ("mute", &[("personality", &long)]),
        ("mute", &[("personality", "grim"), ("minutes", "-5")]),
        ("mute", &[("personality", "grim"), ("minutes", "99999999999")]),
        ("mute", &[("personality", "grim"), ("for", &long)]),
        ("forget thing", &[("what", &long)]),
        ("forget thing", &[]),
        ("remember", &[]),
        ("persona chance", &[("percent", "101")]),
        ("den budget", &[("dollars", "-3")]),
        ("den retention", &[("days", "100000")]),
        ("den allow", &[("guild", &long)]),
    ];
    for (command, options) in cases {
        let told = home.forces(home.olga, home.channel, command, options).await;
        assert!(told.is_private && !told.text.is_empty(), "/{command}: {told:?}");
        assert!(told.text.chars().count() < 600, "/{command} repeats it: {}", told.text);
    }
    let stranger = [("what", "hello"), ("about", someone.as_str())];
    let unknown =
        home.discord.as_hostile_client().slash(home.ann, home.channel, "remember", &stranger);
    assert!(unknown.is_err(), "Discord itself knows nobody of that id");
    let still_there = home.uses(home.ann, home.channel, "personalities", &[]).await;
    still_there.says(&["**Grim**"]);
    assert_eq!(home.bedrock.calls().len(), 0);
}
