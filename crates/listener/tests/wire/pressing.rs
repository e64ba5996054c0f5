//! Buttons, choices and forms.

use discord_sim::{InteractionId, InteractionState, MessageId};
use queue::{Event, Press, What};
use twilight_model::channel::message::{
    Component,
    component::{ActionRow, Button, ButtonStyle, SelectMenu, SelectMenuOption, SelectMenuType},
};

use crate::town::{Town, twilight};

impl Town {
    async fn next_press(&self) -> (Event, Press) {
        self.until("a press is queued", || !self.inbox.events().is_empty()).await;
        let event = self.inbox.take().remove(0);
        let What::Press(press) = event.what.clone() else { panic!("no press: {event:?}") };
        (event, press)
    }

    /// Ann asks for her memories and is shown something to press, as the steward would.
    async fn shows(&self, components: Vec<Component>) -> MessageId {
        let asked = self.world.slash(self.ann, self.channel, "memories", &[]).unwrap();
        self.until("the command is queued", || !self.inbox.events().is_empty()).await;
        let event = self.inbox.take().remove(0);
        let What::Command(command) = event.what else { panic!("no command") };
        let rows = [Component::ActionRow(ActionRow { id: None, components })];
        let application = twilight(self.app.application_id.get());
        self.discord
            .complete(application, &command.token, "One thing.", Some(&rows))
            .await
            .unwrap();
        match self.state(asked) {
            InteractionState::Answered { message_id } => message_id,
            other => panic!("not answered: {other:?}"),
        }
    }

    fn state(&self, interaction: InteractionId) -> InteractionState {
        self.world.interaction(interaction).unwrap().state
    }

    async fn until_form_opens(&self) -> InteractionId {
        self.until("a form is open", || self.world.open_form(self.ann).is_some()).await;
        self.world.open_form(self.ann).unwrap().id
    }
}

fn button(custom_id: &str) -> Component {
    Component::Button(Button {
        id: None,
        custom_id: Some(custom_id.to_owned()),
        disabled: false,
        emoji: None,
        label: Some("Press".to_owned()),
        style: ButtonStyle::Secondary,
        url: None,
        sku_id: None,
    })
}

#[tokio::test]
async fn a_button_goes_to_the_steward_and_its_message_waits_for_a_change() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let message = town.shows(vec![button("forget:7:yes")]).await;
    let pressed = town.world.click(town.ann, message, "forget:7:yes").unwrap();
    let (event, press) = town.next_press().await;
    assert_eq!(event.id.as_str(), format!("{pressed}:steward"));
    assert_eq!(
        (event.channel_id.get(), event.author.id.get(), event.author.name.as_str()),
        (town.channel.get(), town.ann.get(), "ann")
    );
    assert_eq!((press.custom_id.as_str(), press.id.get()), ("forget:7:yes", pressed.get()));
    assert_eq!(press.message_id.map(|id| id.get()), Some(message.get()));
    assert!(press.permissions.is_some() && !press.token.is_empty());
    assert_eq!(town.state(pressed), InteractionState::DeferredUpdate);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn what_is_chosen_comes_along() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let option = |value: &str| SelectMenuOption {
        default: false,
        description: None,
        emoji: None,
        label: value.to_owned(),
        value: value.to_owned(),
    };
    let menu = Component::SelectMenu(SelectMenu {
        id: None,
        channel_types: None,
        custom_id: "page".to_owned(),
        default_values: None,
        disabled: false,
        kind: SelectMenuType::Text,
        max_values: None,
        min_values: None,
        options: Some(vec![option("one"), option("two")]),
        placeholder: None,
        required: None,
    });
    let message = town.shows(vec![menu]).await;
    town.world.choose(town.ann, message, "page", &["two"]).unwrap();
    let (_, press) = town.next_press().await;
    assert_eq!((press.custom_id.as_str(), press.values), ("page", vec!["two".to_owned()]));
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_correction_is_typed_into_a_form_that_opens_at_once() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let message = town.shows(vec![button("fix:grim:7")]).await;
    let pressed = town.world.click(town.ann, message, "fix:grim:7").unwrap();
    let form = town.until_form_opens().await;
    assert_eq!(form, pressed);
    let InteractionState::Modal { form: shown } = town.state(pressed) else { panic!("no form") };
    assert_eq!(
        (&shown["title"], &shown["custom_id"]),
        (&"Correct this memory".into(), &"fix:grim:7".into())
    );
    assert!(town.inbox.events().is_empty(), "the steward is not asked to open it");
    assert!(town.world.submit(form, &[("text", &"x".repeat(401))]).is_err(), "it is too long");

    let sent = town.world.submit(form, &[("text", "She likes coffee")]).unwrap();
    let (event, press) = town.next_press().await;
    assert_eq!(event.id.as_str(), format!("{sent}:steward"));
    assert_eq!(press.custom_id, "fix:grim:7");
    assert_eq!(press.fields["text"], "She likes coffee");
    assert_eq!(press.message_id.map(|id| id.get()), Some(message.get()));
    assert_eq!(town.state(sent), InteractionState::DeferredUpdate);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_report_says_why() {
    let town = Town::new().await;
    let running = town.started_with_commands().await;
    let message = town.shows(vec![button("report:99")]).await;
    town.world.click(town.ann, message, "report:99").unwrap();
    let form = town.until_form_opens().await;
    town.world.submit(form, &[("reason", "unkind")]).unwrap();
    let (_, press) = town.next_press().await;
    assert_eq!(
        (press.custom_id.as_str(), press.fields["reason"].as_str()),
        ("report:99", "unkind")
    );
    running.stop().await.unwrap();
}
