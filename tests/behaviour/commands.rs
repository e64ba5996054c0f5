//! Every command, menu, button, form and sign, driven as people drive them: from Discord's gateway through the
//! listener, the queue, and the steward or a personality, back to what stands in Discord then.

mod asking;
mod budgets;
mod channels;
mod deployed;
mod forgetting;
mod gate;
mod higherself;
mod joining;
mod late;
mod misuse;
mod pauses;
mod privacy;
mod remembering;
mod replies;
mod roasting;
mod silence;

use den_listener::registration;
use twilight_model::application::command::{Command, CommandOptionType};

/// The stories, as they are written.
const STORIES: [&str; 15] = [
    include_str!("commands/asking.rs"),
    include_str!("commands/budgets.rs"),
    include_str!("commands/channels.rs"),
    include_str!("commands/forgetting.rs"),
    include_str!("commands/gate.rs"),
    include_str!("commands/higherself.rs"),
    include_str!("commands/joining.rs"),
    include_str!("commands/late.rs"),
    include_str!("commands/misuse.rs"),
    include_str!("commands/pauses.rs"),
    include_str!("commands/privacy.rs"),
    include_str!("commands/remembering.rs"),
    include_str!("commands/replies.rs"),
    include_str!("commands/roasting.rs"),
    include_str!("commands/silence.rs"),
];

/// Every command as it is used: `den limits`, `Why did it say that?`.
fn names() -> Vec<String> {
    let used = |command: Command| {
        let options = command.options.into_iter();
        let subcommands = options.filter(|option| option.kind == CommandOptionType::SubCommand);
        let names = subcommands.map(|option| format!("{} {}", command.name, option.name));
        let names: Vec<String> = names.collect();
        if names.is_empty() { vec![command.name] } else { names }
    };
    registration().into_iter().flat_map(used).collect()
}

#[test]
fn no_command_is_without_a_story() {
    let is_told = |name: &String| {
        // The name among the arguments of what lets somebody use it.
        let used = format!(", \"{name}\"");
        STORIES.iter().any(|story| story.contains(&used))
    };
    let untold: Vec<String> = names().into_iter().filter(|name| !is_told(name)).collect();
    assert_eq!(untold, [""; 0], "tell what happens when somebody uses these");
}
