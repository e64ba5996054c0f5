//! What people attach: text files are read, images go to models that can see.
//!
//! Only from Discord's own hosts, bounded in size and time, beside everything else that is gathered.

use std::time::Duration;

use bytes::Bytes;
use chat::Document;
use discord::Discord;
use futures_util::future::join_all;
use queue::{Attachment, Event};
use tokio::time::Instant;

/// Files read per turn, of each kind.
const MAX_FILES: usize = 3;
/// Bytes of a text file that are fetched.
const MAX_TEXT: usize = 256 * 1024;
/// Characters of a text file that the model reads: about 2,000 tokens.
const MAX_CHARS: usize = 8_000;
/// Bytes of an image: Bedrock's bound is 3.75 MB (See Amazon Bedrock/Converse, `ImageBlock`).
const MAX_IMAGE: usize = 3_750_000;
/// Everything together.
const PATIENCE: Duration = Duration::from_secs(4);

/// What was attached, as far as it could be read.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) documents: Vec<Document>,
    pub(crate) images: Vec<Image>,
}

/// An image a model may see.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) media_type: String,
    pub(crate) bytes: Bytes,
}

/// Fetches what `events` carry. A file that cannot be had is named as such; it holds nothing up.
pub(crate) async fn read(discord: &Discord, events: &[Event], sees: bool) -> Files {
    let attachments =
        || events.iter().filter_map(Event::message).flat_map(|message| &message.attachments);
    if attachments().next().is_none() {
        return Files::default();
    }
    let discord = discord.by(Instant::now() + PATIENCE);
    let documents = join_all(
        attachments().filter(|a| is_text(a)).take(MAX_FILES).map(|a| document(&discord, a)),
    );
    let images = join_all(
        attachments()
            .filter(|a| sees && image_type(a).is_some() && a.size <= MAX_IMAGE as u64)
            .take(MAX_FILES)
            .map(|a| image(&discord, a)),
    );
    let (documents, images) = tokio::join!(documents, images);
    Files { documents, images: images.into_iter().flatten().collect() }
}

async fn document(discord: &Discord, attachment: &Attachment) -> Document {
    let text = match discord.fetch(&attachment.url, MAX_TEXT).await {
        Ok(bytes) => {
            let text = chat::visible(&String::from_utf8_lossy(&bytes));
            text.trim().chars().take(MAX_CHARS).collect()
        }
        Err(e) => {
            tracing::info!(attachment = %attachment.id, error = %e, "an attachment was not read");
            "(could not be read)".to_owned()
        }
    };
    Document { name: attachment.filename.clone(), text }
}

async fn image(discord: &Discord, attachment: &Attachment) -> Option<Image> {
    let media_type = image_type(attachment)?.to_owned();
    match discord.fetch(&attachment.url, MAX_IMAGE).await {
        Ok(bytes) => Some(Image { media_type, bytes }),
        Err(e) => {
            tracing::info!(attachment = %attachment.id, error = %e, "an image was not read");
            None
        }
    }
}

fn is_text(attachment: &Attachment) -> bool {
    const ENDINGS: [&str; 16] = [
        "txt", "md", "csv", "json", "toml", "yaml", "yml", "log", "rs", "py", "js", "ts", "html",
        "css", "sh", "sql",
    ];
    let by_type = attachment.content_type.as_deref().is_some_and(|kind| kind.starts_with("text/"));
    let ending =
        attachment.filename.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    by_type || ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

fn image_type(attachment: &Attachment) -> Option<&str> {
    let kind = attachment.content_type.as_deref()?.split(';').next()?.trim();
    ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&kind).then_some(kind)
}
