//! The forms, as one table. A form cannot be deferred: it has to be the first answer to a button, so the
//! listener opens it, and what was typed goes to the steward.

use twilight_model::{
    channel::message::component::{Component, Label, TextInput, TextInputStyle},
    http::interaction::{InteractionResponse, InteractionResponseData, InteractionResponseType},
};

/// A form with one field.
struct Form {
    /// The first part of what a button is called that opens it: `fix` of `fix:…`.
    verb: &'static str,
    title: &'static str,
    /// What the field is called in the event.
    field: &'static str,
    /// What people read above the field.
    label: &'static str,
    /// The most characters.
    max_length: u16,
}

const FORMS: [Form; 2] = [
    Form {
        verb: "fix",
        title: "Correct this memory",
        field: "text",
        label: "What is right",
        max_length: 400,
    },
    Form {
        verb: "report",
        title: "Report this reply",
        field: "reason",
        label: "What is wrong with it",
        max_length: 300,
    },
];

/// The form a button opens, with the button's id carried over; `None` where it opens none.
pub fn opened_by(custom_id: &str) -> Option<InteractionResponse> {
    let verb = custom_id.split(':').next();
    let form = FORMS.iter().find(|form| Some(form.verb) == verb)?;
    Some(InteractionResponse {
        kind: InteractionResponseType::Modal,
        data: Some(InteractionResponseData {
            custom_id: Some(custom_id.to_owned()),
            title: Some(form.title.to_owned()),
            components: Some(vec![form.component()]),
            ..InteractionResponseData::default()
        }),
    })
}

impl Form {
    fn component(&self) -> Component {
        #[expect(deprecated, reason = "the label of old has to be left empty")]
        let field = TextInput {
            custom_id: self.field.to_owned(),
            id: None,
            label: None,
            max_length: Some(self.max_length),
            min_length: None,
            placeholder: None,
            required: Some(true),
            style: TextInputStyle::Paragraph,
            value: None,
        };
        Component::Label(Label {
            id: None,
            label: self.label.to_owned(),
            description: None,
            component: Box::new(Component::TextInput(field)),
        })
    }
}
