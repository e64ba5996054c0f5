//! What a character wants to know, in the shape a model is asked.

use chat::Who;
use model::{Cue, Part, Prompt, Role, Sampling, Script, SystemPart, Turn};
use personality::Reply;

use crate::files::Image;

/// The model's prompt. Images stand with the last turn.
pub(crate) fn prompt(asked: &chat::Prompt, reply: &Reply, images: Vec<Image>) -> Prompt {
    let mut turns: Vec<Turn> = asked
        .turns
        .iter()
        .map(|turn| Turn {
            role: match turn.who {
                Who::People => Role::User,
                Who::Me => Role::Assistant,
            },
            parts: vec![Part::Text(turn.text.clone())],
        })
        .collect();
    if let Some(last) = turns.last_mut() {
        let seen = images
            .into_iter()
            .map(|image| Part::Image { media_type: image.media_type, bytes: image.bytes });
        last.parts.extend(seen);
    }
    Prompt {
        system: vec![
            SystemPart { text: asked.character.clone(), cache: true },
            SystemPart { text: asked.scene.clone(), cache: false },
        ],
        turns,
        max_tokens: reply.max_tokens,
        sampling: Sampling {
            temperature: reply.temperature,
            top_p: reply.top_p,
            stop: reply.stop.clone(),
        },
        script: Script {
            cues: asked
                .examples
                .iter()
                .map(|(heard, line)| Cue { heard: heard.clone(), line: line.clone() })
                .collect(),
            heard: asked.heard.clone(),
            remembered: asked.remembered.clone(),
        },
    }
}
