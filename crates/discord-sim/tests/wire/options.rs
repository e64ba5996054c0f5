//! Options of commands: their types, their bounds, and whom they name.

use discord_sim::{Permissions, Unknown};
use serde_json::json;
use twilight_model::{application::interaction::application_command::CommandOptionValue, id::Id};

use crate::{
    bot::{callback, next_command, next_interaction, register},
    den::Den,
};

/// Registers `/set` with an option of every type, and `/den budget` and `/den limit person`.
async fn open() -> Den {
    let den = Den::open().await;
    let set = json!([
        {"type": 3, "name": "text", "description": "x", "min_length": 2, "max_length": 5},
        {"type": 3, "name": "mood", "description": "x", "choices": [{"name": "Kind", "value": "kind"}]},
        {"type": 4, "name": "count", "description": "x", "min_value": 1, "max_value": 10},
        {"type": 5, "name": "on", "description": "x"},
        {"type": 6, "name": "person", "description": "x"},
        {"type": 7, "name": "place", "description": "x", "channel_types": [0]},
        {"type": 8, "name": "role", "description": "x"},
        {"type": 9, "name": "whom", "description": "x"},
        {"type": 10, "name": "share", "description": "x", "min_value": 0, "max_value": 1},
        {"type": 3, "name": "who", "description": "x", "autocomplete": true},
    ]);
    let limit = json!([{"type": 1, "name": "person", "description": "x", "options": [
        {"type": 4, "name": "count", "description": "x", "required": true}]}]);
    let den_options = json!([
        {"type": 1, "name": "budget", "description": "x"},
        {"type": 2, "name": "limit", "description": "x", "options": limit},
    ]);
    let commands = json!([
        {"name": "set", "description": "x", "options": set},
        {"name": "den", "description": "x", "options": den_options},
        {"name": "Roast", "type": 2},
    ]);
    register(&den, commands).await;
    den
}

#[tokio::test]
async fn every_type_arrives_as_what_it_is() {
    let den = open().await;
    let role = den.world.add_role(den.guild, "mods", Permissions::MANAGE_MESSAGES).unwrap();
    let stranger = den.world.add_person("Gus");
    let (ann, lobby, gus) = (den.ann.to_string(), den.lobby.to_string(), stranger.to_string());
    let role = role.to_string();
    let mut shard = den.shard().await;
    let options = [
        ("text", "abc"),
        ("mood", "kind"),
        ("count", "7"),
        ("on", "true"),
        ("person", &ann),
        ("place", &lobby),
        ("role", &role),
        ("whom", &gus),
        ("share", "0.25"),
    ];
    den.world.slash(den.ann, den.lobby, "set", &options).unwrap();
    let (interaction, data) = next_command(&mut shard).await;
    let values: Vec<_> = data.options.iter().map(|option| option.value.clone()).collect();
    let id = |text: &str| text.parse::<u64>().unwrap();
    assert_eq!(
        values,
        [
            CommandOptionValue::String("abc".into()),
            CommandOptionValue::String("kind".into()),
            CommandOptionValue::Integer(7),
            CommandOptionValue::Boolean(true),
            CommandOptionValue::User(Id::new(id(&ann))),
            CommandOptionValue::Channel(Id::new(id(&lobby))),
            CommandOptionValue::Role(Id::new(id(&role))),
            CommandOptionValue::Mentionable(Id::new(id(&gus))),
            CommandOptionValue::Number(0.25),
        ]
    );
    let resolved = data.resolved.unwrap();
    assert_eq!(resolved.users.len(), 2);
    assert_eq!(resolved.members.keys().map(|id| id.get()).collect::<Vec<_>>(), [den.ann.get()]);
    assert_eq!(resolved.channels[&Id::new(den.lobby.get())].name, "lobby");
    assert_eq!(resolved.roles[&Id::new(id(&role))].name, "mods");

    let member = interaction.member.unwrap();
    let granted = den.world.permissions(den.ann, den.lobby).bits();
    assert_eq!(member.permissions.unwrap().bits(), granted);
    let own = den.world.permissions(den.bot.user_id, den.lobby).bits();
    assert_eq!(interaction.app_permissions.unwrap().bits(), own);
}

#[tokio::test]
async fn bounds_and_choices_are_kept_unless_the_client_is_hostile() {
    let den = open().await;
    let elsewhere = den.world.add_guild("Elsewhere");
    let outside = den.world.add_text_channel(elsewhere, "outside").unwrap().to_string();
    let thread = den.world.add_thread(den.lobby, "aside").unwrap().to_string();
    let hostile = den.world.as_hostile_client();
    for (name, value, may_be_forged) in [
        ("text", "a", true),
        ("text", "abcdef", true),
        ("mood", "foul", true),
        ("count", "0", true),
        ("count", "11", true),
        ("count", "many", false),
        ("count", "9007199254740993", false),
        ("on", "maybe", false),
        ("person", "12", false),
        ("place", &outside, false),
        ("place", &thread, false),
        ("role", "12", false),
        ("share", "1.5", true),
        ("share", "NaN", false),
    ] {
        let options = [(name, value)];
        let refused = den.world.slash(den.ann, den.lobby, "set", &options);
        assert!(matches!(refused, Err(Unknown::Option { .. })), "{name} {value}: {refused:?}");
        let forged = hostile.slash(den.ann, den.lobby, "set", &options);
        assert_eq!(forged.is_ok(), may_be_forged, "{name} {value}: {forged:?}");
    }
}

#[tokio::test]
async fn subcommands_are_named_to_the_last() {
    let den = open().await;
    let slash = |command: &str, options: &[(&str, &str)]| {
        den.world.slash(den.ann, den.lobby, command, options)
    };
    for nothing in ["den", "den limit", "den limit person budget", "den profit", "set text"] {
        let refused = slash(nothing, &[]);
        assert!(matches!(refused, Err(Unknown::Command(_))), "{nothing}: {refused:?}");
    }
    assert!(matches!(slash("den limit person", &[]), Err(Unknown::OptionMissing { .. })));
    assert!(
        den.world.as_hostile_client().slash(den.ann, den.lobby, "den limit person", &[]).is_ok()
    );
    slash("den budget", &[]).unwrap();
    slash("den limit person", &[("count", "3")]).unwrap();
}

#[tokio::test]
async fn completions_know_what_was_filled_in_before() {
    let den = open().await;
    let mut shard = den.shard().await;
    let bot = async {
        let (interaction, data) = next_command(&mut shard).await;
        assert_eq!(data.options[0].value, CommandOptionValue::Integer(3));
        let CommandOptionValue::Focused(typed, _) = &data.options[1].value else { panic!() };
        assert_eq!(typed, "gr");
        let choices = json!({"type": 8, "data": {"choices": [{"name": "Grim", "value": "grim"}]}});
        den.rest("POST", &callback(&interaction), choices).await.ok();
    };
    let filled_in = [("count", "3")];
    let ann = den.world.autocomplete_with(den.ann, den.lobby, "set", &filled_in, "who", "gr");
    let ((), choices) = tokio::join!(bot, ann);
    assert_eq!(choices.unwrap()[0].name, "Grim");
    let not_offered = den.world.autocomplete(den.ann, den.lobby, "set", "text", "gr").await;
    assert!(not_offered.is_err(), "it does not complete itself");
}

#[tokio::test]
async fn a_menu_on_somebody_carries_who_they_are() {
    let den = open().await;
    let mut shard = den.shard().await;
    let bob = den.world.add_person("Bob");
    den.world.join(bob, den.guild).unwrap();
    den.world.person_menu(den.ann, den.lobby, bob, "Roast").unwrap();
    let interaction = next_interaction(&mut shard).await;
    assert_eq!(interaction.author_id().unwrap().get(), den.ann.get());
    let Some(twilight_model::application::interaction::InteractionData::ApplicationCommand(data)) =
        interaction.data
    else {
        panic!("a menu")
    };
    assert_eq!(data.target_id.unwrap().get(), bob.get());
    let resolved = data.resolved.unwrap();
    assert_eq!(resolved.users[&Id::new(bob.get())].name, "bob");
    assert!(resolved.members.contains_key(&Id::new(bob.get())));
}
