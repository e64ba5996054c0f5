//! What comes after an interaction's first answer, for fifteen minutes: completing it, adding to it, taking
//! it back. See Discord Docs/Receiving and Responding, "Followup Messages".

use serde::Serialize;
use twilight_http::{
    request::{Form, Request},
    routing::Route,
};
use twilight_model::{
    channel::message::{Component, MessageFlags},
    id::{Id, marker::ApplicationMarker},
};

use crate::{
    Call, Discord, Error, Posted, code,
    messages::{NO_PINGS, NoPings, checked_components, checked_content, gone},
    webhooks::without_token,
};

/// The largest file, in bytes, where nobody pays for more: 10 MiB. See Discord Docs/Reference, "Uploading
/// Files".
const MAX_FILE: usize = 10 << 20;
/// The longest file name we give, in bytes.
const MAX_FILENAME: usize = 100;

/// The body of a completed answer.
#[derive(Serialize)]
struct Completion<'a> {
    content: &'a str,
    allowed_mentions: NoPings,
    #[serde(skip_serializing_if = "Option::is_none")]
    components: Option<&'a [Component]>,
    /// The files the message has afterwards.
    #[serde(skip_serializing_if = "Option::is_none")]
    attachments: Option<[Attached<'a>; 1]>,
}

/// Names the part of the form that holds a file.
#[derive(Serialize)]
struct Attached<'a> {
    id: &'static str,
    filename: &'a str,
}

impl Discord {
    /// Completes a deferred answer, or changes an answer given, and returns the message it is. `components` are the
    /// rows under it: `None` leaves what is there, an empty slice takes it away.
    ///
    /// # Errors
    /// See [`Error`]; [`Error::is_final`] when the fifteen minutes are over.
    pub async fn complete(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        content: &str,
        components: Option<&[Component]>,
    ) -> Result<Posted, Error> {
        checked_content(content)?;
        checked_components(components)?;
        let body =
            Completion { content, allowed_mentions: NO_PINGS, components, attachments: None };
        let request = without_token(&original(application, token), Some(&body))?;
        self.send(Call::new(request)).await?.json()
    }

    /// Completes a deferred answer with a file of at most 10 MiB, in place of files and components it had.
    ///
    /// # Errors
    /// See [`Discord::complete`]; [`Error::Build`] for a file too large, or a name that has more than
    /// letters, digits, dots, dashes and underscores.
    pub async fn complete_with_file(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        content: &str,
        filename: &str,
        bytes: &[u8],
    ) -> Result<(), Error> {
        checked_content(content)?;
        checked_file(filename, bytes)?;
        let body = Completion {
            content,
            allowed_mentions: NO_PINGS,
            components: Some(&[]),
            attachments: Some([Attached { id: "0", filename }]),
        };
        let body = serde_json::to_vec(&body).map_err(Error::build)?;
        let form = Form::new().json_part(b"payload_json", &body);
        let form = form.file_part(b"files[0]", filename.as_bytes(), bytes);
        let request = Request::builder(&original(application, token))
            .use_authorization_token(false)
            .form(form)
            .build()
            .map_err(Error::build)?;
        self.send(Call::new(request)).await.map(drop)
    }

    /// Adds a message to an answer. The first one after [`Discord::defer`] completes it instead.
    ///
    /// # Errors
    /// See [`Error`]. Discord knows no nonce here: [`Error::Uncertain`] when it may have been posted.
    pub async fn followup(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        content: &str,
        ephemeral: bool,
    ) -> Result<Posted, Error> {
        self.followup_with_components(application, token, content, &[], ephemeral).await
    }

    /// Adds a message with rows of components to an answer.
    ///
    /// # Errors
    /// See [`Discord::followup`].
    pub async fn followup_with_components(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
        content: &str,
        components: &[Component],
        ephemeral: bool,
    ) -> Result<Posted, Error> {
        #[derive(Serialize)]
        struct Body<'a> {
            content: &'a str,
            allowed_mentions: NoPings,
            #[serde(skip_serializing_if = "<[Component]>::is_empty")]
            components: &'a [Component],
            #[serde(skip_serializing_if = "MessageFlags::is_empty")]
            flags: MessageFlags,
        }
        checked_content(content)?;
        checked_components(Some(components))?;
        let mut flags = MessageFlags::empty();
        flags.set(MessageFlags::EPHEMERAL, ephemeral);
        // Discord documents a follow-up as a webhook execution with the interaction's token.
        let route = Route::ExecuteWebhook {
            thread_id: None,
            token,
            wait: Some(true),
            with_components: None,
            webhook_id: application.get(),
        };
        let body = Body { content, allowed_mentions: NO_PINGS, components, flags };
        let reply = self.send(Call::new(without_token(&route, Some(&body))?)).await?;
        reply.json().map_err(Error::uncertain)
    }

    /// Deletes an answer. One that is gone already counts as deleted.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn delete_original(
        &self,
        application: Id<ApplicationMarker>,
        token: &str,
    ) -> Result<(), Error> {
        let route = Route::DeleteInteractionOriginal {
            application_id: application.get(),
            interaction_token: token,
        };
        let request: Request = without_token(&route, None::<&()>)?;
        gone(self.send(Call::new(request)).await, code::UNKNOWN_MESSAGE)
    }
}

fn original(application: Id<ApplicationMarker>, token: &str) -> Route<'_> {
    Route::UpdateInteractionOriginal { application_id: application.get(), interaction_token: token }
}

/// The name goes into the form as it is, so it must not be able to end the line it stands in.
fn checked_file(filename: &str, bytes: &[u8]) -> Result<(), Error> {
    let is_plain =
        filename.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    if filename.is_empty() || filename.len() > MAX_FILENAME || !is_plain {
        return Err(Error::build("a file's name has 1 to 100 letters, digits, dots and dashes"));
    }
    if bytes.len() > MAX_FILE {
        return Err(Error::build("a file has at most 10 MiB"));
    }
    Ok(())
}
