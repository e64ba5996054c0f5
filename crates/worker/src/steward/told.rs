//! What the steward answers.

use discord::Discord;
use queue::Event;
use twilight_model::channel::message::{
    Component,
    component::{ActionRow, Button, ButtonStyle},
};

use super::Trouble;

/// An answer: a text with buttons below it, or with a file.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// At most 2,000 characters; longer ones are cut.
    pub(crate) content: String,
    /// Rows of at most five buttons each.
    pub(crate) rows: Vec<Vec<Component>>,
    /// A file's name and content.
    pub(crate) file: Option<(String, Vec<u8>)>,
}

impl Told {
    /// A text alone.
    pub(crate) fn line(content: impl Into<String>) -> Self {
        Self { content: content.into(), ..Self::default() }
    }

    /// The same with a row of buttons.
    pub(crate) fn with(mut self, row: Vec<Component>) -> Self {
        self.rows.push(row);
        self
    }

    /// Puts it in the place kept for the answer. Buttons of an answer that stood there before are gone.
    pub(crate) async fn complete(
        &self,
        discord: &Discord,
        event: &Event,
        token: &str,
    ) -> Result<(), Trouble> {
        let content = chat::split(&self.content, 0).into_iter().next().unwrap_or_default();
        if let Some((name, bytes)) = &self.file {
            let application = event.application_id;
            return Ok(discord
                .complete_with_file(application, token, &content, name, bytes)
                .await?);
        }
        let rows: Vec<Component> = self.rows.iter().cloned().map(row).collect();
        discord.complete(event.application_id, token, &content, Some(&rows)).await?;
        Ok(())
    }
}

fn row(components: Vec<Component>) -> Component {
    Component::ActionRow(ActionRow { id: None, components })
}

/// A button. Its id is what comes back when it is pressed, at most 100 characters.
pub(crate) fn button(
    custom_id: impl Into<String>,
    label: impl Into<String>,
    style: ButtonStyle,
) -> Component {
    Component::Button(Button {
        id: None,
        custom_id: Some(custom_id.into()),
        disabled: false,
        emoji: None,
        label: Some(label.into()),
        style,
        url: None,
        sku_id: None,
    })
}
