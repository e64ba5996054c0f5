//! A turn with people in every place where people can be.

use chat::{Decision, Document, Known, Memory, Prompt, Said, Situation, decide, digest_prompt};
use personality::Personality;
use queue::{Event, What};
use serde_json::json;

/// A way by which people's words come into a prompt.
#[derive(Clone, Copy)]
pub struct Carrier {
    pub name: &'static str,
    /// Whether attempts made for its like will do.
    pub is_variant: bool,
    pub carry: fn(&mut Scene, &str),
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn carrier(name: &'static str, carry: fn(&mut Scene, &str)) -> Carrier {
    Carrier { name, is_variant: false, carry }
}

const fn variant(name: &'static str, carry: fn(&mut Scene, &str)) -> Carrier {
    Carrier { name, is_variant: true, carry }
}

/// Every one of them. A new one is a line here.
pub const CARRIERS: &[Carrier] = &[
    carrier("message", |scene, text| scene.message = text.to_owned()),
    variant("forward", |scene, text| scene.message.clone_from(&passed_on(text)[0])),
    variant("sticker", |scene, text| scene.message.clone_from(&passed_on(text)[1])),
    variant("poll", |scene, text| scene.message.clone_from(&passed_on(text)[2])),
    carrier("name", |scene, text| scene.author = text.to_owned()),
    carrier("mention", |scene, text| scene.mentioned = text.to_owned()),
    carrier("reply", |scene, text| scene.quoted = text.to_owned()),
    carrier("reply-name", |scene, text| scene.quoted_author = text.to_owned()),
    carrier("preceding", |scene, text| scene.preceding = text.to_owned()),
    carrier("preceding-name", |scene, text| scene.preceding_author = text.to_owned()),
    carrier("window", |scene, text| text.clone_into(&mut scene.talk[0].text)),
    carrier("window-name", |scene, text| scene.talk[0].by = Some(text.to_owned())),
    carrier("summary", |scene, text| scene.summary = text.to_owned()),
    carrier("memory", |scene, text| text.clone_into(&mut scene.memories[0].text)),
    carrier("memory-by", |scene, text| scene.memories[0].by = Some(text.to_owned())),
    carrier("memory-about", |scene, text| scene.memories[0].about = Some(text.to_owned())),
    variant("memory-of-its-own", |scene, text| text.clone_into(&mut scene.memories[1].text)),
    variant("memory-day", |scene, text| text.clone_into(&mut scene.memories[1].on)),
    carrier("file", |scene, text| text.clone_into(&mut scene.documents[0].text)),
    carrier("file-name", |scene, text| text.clone_into(&mut scene.documents[0].name)),
    carrier("option", |scene, text| scene.question = text.to_owned()),
    variant("roasted-name", |scene, text| scene.roasted = text.to_owned()),
    variant("menu-text", |scene, text| scene.target = text.to_owned()),
    variant("menu-name", |scene, text| scene.target_author = text.to_owned()),
    variant("question-again", |scene, text| scene.again = text.to_owned()),
];

/// A forward, a sticker and a poll, as the listener hands them over: nothing in them closes their brackets, which
/// its own tests show.
pub fn passed_on(text: &str) -> [String; 3] {
    let text = text.replace(['[', '［'], "(").replace([']', '］'], ")");
    [
        format!("[forwards a message: {text}]"),
        format!("[sticker: {text}]"),
        format!("[poll: {text}]"),
    ]
}

/// Who is talked to.
pub const NAME: &str = "Grim";

/// What people said in every place, harmlessly until a carrier changes it.
pub struct Scene {
    message: String,
    author: String,
    mentioned: String,
    quoted: String,
    pub quoted_author: String,
    /// Whether a personality said what is quoted.
    pub is_quote_ours: bool,
    preceding: String,
    pub preceding_author: String,
    talk: Vec<Said>,
    summary: String,
    memories: Vec<Memory>,
    documents: Vec<Document>,
    question: String,
    roasted: String,
    target: String,
    target_author: String,
    again: String,
}

impl Default for Scene {
    fn default() -> Self {
        let said = |by: Option<&str>, text: &str| Said {
            by: by.map(str::to_owned),
            text: text.to_owned(),
        };
        let memory = |by: Option<&str>, about: Option<&str>, text: &str| Memory {
            by: by.map(str::to_owned),
            about: about.map(str::to_owned),
            on: "2026-05-03".to_owned(),
            text: text.to_owned(),
        };
        let word = |text: &str| text.to_owned();
        Self {
            message: word("hello"),
            author: word("Ann"),
            mentioned: word("Ben"),
            quoted: word("a quote"),
            quoted_author: word("Cleo"),
            is_quote_ours: false,
            preceding: word("a line before"),
            preceding_author: word("Dan"),
            talk: vec![
                said(Some("Eve"), "the oldest"),
                said(None, "my answer"),
                said(Some("Ann"), "well"),
            ],
            summary: word("They talked about tea."),
            memories: vec![
                memory(Some("Ann"), Some("Ben"), "Ben likes boats."),
                memory(None, None, "I promised a song."),
            ],
            documents: vec![Document { name: word("a.txt"), text: word("a file") }],
            question: word("how are you?"),
            roasted: word("Finn"),
            target: word("a message in a menu"),
            target_author: word("Gus"),
            again: word("once more?"),
        }
    }
}

impl Scene {
    /// What the model is asked; nothing where a fixed line is said instead.
    pub fn prompt(&self) -> Option<Prompt> {
        let events = self.events();
        let known = Known {
            talk: &self.talk,
            summary: &self.summary,
            memories: &self.memories,
            documents: &self.documents,
            ..Known::default()
        };
        let who = personality();
        match decide(&Situation { personality: &who, events: &events, known, now_ms: 1_000 }) {
            Decision::Speak(prompt) => Some(*prompt),
            Decision::Say { line, .. } => {
                assert_eq!(line, who.lines.puzzled);
                None
            }
            silent @ Decision::StaySilent(_) => panic!("{silent:?}"),
        }
    }

    /// Nothing is known of the earlier talk but what the personality said in it.
    pub fn leave_only_what_it_said(&mut self) {
        self.talk.retain(|said| said.by.is_none());
    }

    /// What a model is asked after the reply, for the notes.
    pub fn digest(&self) -> Prompt {
        digest_prompt(&personality(), &self.summary, &self.talk)
    }

    /// A burst of everything that can be answered; the message comes last, with what stood before it.
    fn events(&self) -> Vec<Event> {
        let person = |id: u64, name: &str| json!({ "id": id.to_string(), "name": name });
        let command = |name: &str, options: serde_json::Value, of: &str, text: &str| {
            json!({
                "type": "command", "id": "700", "token": "t", "name": name, "options": options,
                "people": [person(31, of)],
                "target": { "message_id": "701", "ours": false, "author": person(31, of), "text": text },
            })
        };
        let whats = [
            command("ask", json!({ "question": self.question }), "Zoe", ""),
            command("roast", json!({ "person": "31" }), &self.roasted, ""),
            command("Roast this", json!({}), &self.target_author, &self.target),
            json!({ "type": "again", "reply": "702", "question": "703", "text": self.again }),
            json!({
                "type": "message", "id": "704", "text": format!("<@32> {}", self.message),
                "addressed": "mention", "mentions": [person(32, &self.mentioned)],
                "reply_to": {
                    "message_id": "705", "author": person(33, &self.quoted_author),
                    "text": self.quoted, "ours": self.is_quote_ours,
                },
            }),
        ];
        let event = |(at, what): (usize, serde_json::Value)| {
            let preceding = json!([
                { "message_id": "706", "author": person(34, &self.preceding_author), "text": self.preceding },
                { "message_id": "707", "author": person(35, NAME), "text": "my line", "ours": true },
            ]);
            let body = json!({
                "v": queue::VERSION, "id": format!("{at}:grim"), "personality": "grim",
                "application_id": "900", "guild_id": "1", "channel_id": "2",
                "author": person(30, &self.author), "what": what, "preceding": preceding,
                "credit": 3, "received_at_ms": 0,
            });
            serde_json::from_value::<Event>(body).unwrap()
        };
        let events: Vec<Event> = whats.into_iter().enumerate().map(event).collect();
        assert!(matches!(events.last().unwrap().what, What::Message(_)));
        events
    }
}

fn personality() -> Personality {
    let example = json!({ "person": "Hi", "reply": "Boo." });
    serde_json::from_value(json!({
        "id": "grim", "name": NAME, "summary": "A weary lighthouse keeper.",
        "traits": ["weary"], "speech_patterns": ["short"], "roast_style": "Gently.",
        "examples": [example, example, example],
    }))
    .unwrap()
}
