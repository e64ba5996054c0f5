//! What each model takes, and what it answers with an error.
//!
//! Known by the prefix of the model's id; the longest known prefix comes first. What is not known is not
//! sent: a setting that is left out changes a reply a little, one that is refused loses it.

/// What a model takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Takes a temperature.
    pub temperature: bool,
    /// Takes top_p.
    pub top_p: bool,
    /// Takes both of them in one request.
    pub temperature_with_top_p: bool,
    /// Takes stop sequences.
    pub stop: bool,
    /// Sees images.
    pub images: bool,
    /// Takes a system prompt; without it, it is put before the first turn.
    pub system: bool,
    /// The tokens a prefix needs before the prompt cache takes it; `None` where cache points are refused.
    /// Below it a call succeeds, silently uncached.
    pub prompt_cache_minimum: Option<u32>,
    /// How reasoning is kept short: a character's answer must begin at once.
    pub thinking: Thinking,
}

/// How a model is told not to reason for long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinking {
    /// It does not reason unasked, or we do not know how to tell it.
    Unasked,
    /// `thinking: disabled` and low effort.
    Disabled,
    /// `thinking: between_tools`, the least there is, and low effort.
    BetweenTools,
    /// It always reasons: low effort.
    LowEffort,
    /// OpenAI's open models: `reasoning_effort: low`.
    LowReasoningEffort,
}

/// A sampling setting that a personality's file may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// The temperature.
    Temperature,
    /// top_p.
    TopP,
    /// Stop sequences.
    Stop,
}

/// Text and a system prompt, nothing else: what every chat model can do.
const CONSERVATIVE: Capabilities = Capabilities {
    temperature: false,
    top_p: false,
    temperature_with_top_p: false,
    stop: false,
    images: false,
    system: true,
    prompt_cache_minimum: None,
    thinking: Thinking::Unasked,
};

/// OpenAI's API has all settings; what sees is told by [`sees`].
const OPENAI_COMPATIBLE: Capabilities = Capabilities {
    temperature: true,
    top_p: true,
    temperature_with_top_p: true,
    stop: true,
    ..CONSERVATIVE
};

/// Claude that takes no sampling settings: 4.7, 4.8, and all of 5. See Claude Docs/Migration guides.
const CLAUDE_UNSAMPLED: Capabilities =
    Capabilities { stop: true, images: true, prompt_cache_minimum: Some(1_024), ..CONSERVATIVE };

/// Claude 5.5 caches from 512 tokens on.
const CLAUDE_5_5: Capabilities =
    Capabilities { prompt_cache_minimum: Some(512), ..CLAUDE_UNSAMPLED };

/// Claude 4 to 4.6: temperature or top_p, not both ("cannot both be specified for this model").
const CLAUDE_4: Capabilities = Capabilities { temperature: true, top_p: true, ..CLAUDE_UNSAMPLED };

/// Claude 3.
const CLAUDE_3: Capabilities =
    Capabilities { temperature_with_top_p: true, prompt_cache_minimum: None, ..CLAUDE_4 };

/// Nova caches from 1,000 tokens on. See Amazon Bedrock/Prompt caching.
const NOVA: Capabilities =
    Capabilities { images: true, prompt_cache_minimum: Some(1_000), ..OPENAI_COMPATIBLE };

/// Open models at Bedrock. Stop sequences are refused by some of them.
const OPEN: Capabilities = Capabilities { stop: false, ..OPENAI_COMPATIBLE };

const KNOWN: &[(&str, Capabilities)] = &[
    ("anthropic.claude-haiku-5-5", Capabilities { thinking: Thinking::Disabled, ..CLAUDE_5_5 }),
    (
        "anthropic.claude-sonnet-5-5",
        Capabilities { thinking: Thinking::BetweenTools, ..CLAUDE_5_5 },
    ),
    ("anthropic.claude-opus-5-5", Capabilities { thinking: Thinking::LowEffort, ..CLAUDE_5_5 }),
    (
        "anthropic.claude-sonnet-5",
        Capabilities { thinking: Thinking::LowEffort, ..CLAUDE_UNSAMPLED },
    ),
    ("anthropic.claude-opus-5", Capabilities { thinking: Thinking::LowEffort, ..CLAUDE_UNSAMPLED }),
    ("anthropic.claude-opus-4-7", CLAUDE_UNSAMPLED),
    ("anthropic.claude-opus-4-8", CLAUDE_UNSAMPLED),
    ("anthropic.claude-haiku-4-5", Capabilities { prompt_cache_minimum: Some(4_096), ..CLAUDE_4 }),
    ("anthropic.claude-opus-4-5", Capabilities { prompt_cache_minimum: Some(4_096), ..CLAUDE_4 }),
    ("anthropic.claude-opus-4-6", Capabilities { prompt_cache_minimum: Some(4_096), ..CLAUDE_4 }),
    ("anthropic.claude-sonnet-4", CLAUDE_4),
    ("anthropic.claude-opus-4", CLAUDE_4),
    ("anthropic.claude-3-7-sonnet", Capabilities { prompt_cache_minimum: Some(1_024), ..CLAUDE_3 }),
    (
        "anthropic.claude-3-5-haiku",
        Capabilities { images: false, prompt_cache_minimum: Some(2_048), ..CLAUDE_3 },
    ),
    ("anthropic.claude-3", CLAUDE_3),
    // A Claude that came after this table: what holds for all recent ones.
    ("anthropic.claude-", Capabilities { prompt_cache_minimum: None, ..CLAUDE_UNSAMPLED }),
    ("amazon.nova-micro", Capabilities { images: false, ..NOVA }),
    ("amazon.nova-2", Capabilities { prompt_cache_minimum: None, ..NOVA }),
    ("amazon.nova-", NOVA),
    ("amazon.titan-", Capabilities { system: false, ..OPEN }),
    ("openai.gpt-oss", Capabilities { thinking: Thinking::LowReasoningEffort, ..OPEN }),
    ("google.gemma-3", Capabilities { images: true, ..OPEN }),
    ("meta.llama3-2-11b", Capabilities { images: true, ..OPEN }),
    ("meta.llama3-2-90b", Capabilities { images: true, ..OPEN }),
    ("meta.llama4", Capabilities { images: true, ..OPEN }),
    ("meta.llama", OPEN),
    ("mistral.pixtral", Capabilities { images: true, ..OPEN }),
    ("mistral.mistral-7b", Capabilities { system: false, ..OPEN }),
    ("mistral.mixtral", Capabilities { system: false, ..OPEN }),
    ("mistral.", OPEN),
    ("qwen.qwen3-vl", Capabilities { images: true, ..OPEN }),
    ("qwen.", OPEN),
    ("deepseek.", OPEN),
    ("zai.", OPEN),
    ("minimax.", OPEN),
    ("moonshotai.", OPEN),
];

/// Where inference profiles send a request: the part before the model's own id.
const GEOGRAPHIES: [&str; 10] =
    ["us", "us-gov", "eu", "apac", "jp", "au", "ca", "in", "sa", "global"];

/// Names by which models outside Bedrock are known to see.
const SEEING: [&str; 14] = [
    "-vl",
    "vision",
    "llava",
    "pixtral",
    "gemma3",
    "gemma-3",
    "gpt-4o",
    "gpt-4.1",
    "gpt-5",
    "claude",
    "gemini",
    "llama4",
    "llama-4",
    "moondream",
];

/// What a model takes, by its id: Bedrock's (with or without a profile's prefix, or an ARN), or the name an
/// OpenAI-compatible server gives it.
pub fn capabilities(model_id: &str) -> Capabilities {
    let Some(id) = bedrock_id(model_id) else {
        return openai_compatible(model_id);
    };
    let known = KNOWN.iter().find(|(prefix, _)| id.starts_with(prefix));
    known.map_or(CONSERVATIVE, |(_, capabilities)| *capabilities)
}

/// What a model behind an OpenAI-compatible endpoint takes.
pub(crate) fn openai_compatible(model_id: &str) -> Capabilities {
    Capabilities { images: sees(model_id), ..OPENAI_COMPATIBLE }
}

/// Whether a personality that wants this model may name this setting. Of an unknown model at Bedrock it may
/// not.
pub fn allows(model_id: &str, setting: Setting) -> bool {
    let capabilities = capabilities(model_id);
    match setting {
        Setting::Temperature => capabilities.temperature,
        Setting::TopP => capabilities.top_p,
        Setting::Stop => capabilities.stop,
    }
}

/// The model's own id at Bedrock, as in `anthropic.claude-haiku-5-5`; `None` for names of other servers,
/// as `llama3.2:3b` or `openai/gpt-4.1-mini`.
pub(crate) fn bedrock_id(model_id: &str) -> Option<&str> {
    let id = match model_id.strip_prefix("arn:") {
        Some(arn) => arn.rsplit('/').next().unwrap_or_default(),
        None => model_id,
    };
    let own = match id.split_once('.') {
        Some((geography, own)) if GEOGRAPHIES.contains(&geography) => own,
        _ => id,
    };
    let provider = own.split_once('.').map(|(provider, _)| provider);
    let is_provider = |name: &str| name == "ai21" || name.chars().all(|c| c.is_ascii_lowercase());
    let is_bedrock = model_id.starts_with("arn:") || provider.is_some_and(is_provider);
    is_bedrock.then_some(own)
}

fn sees(model_id: &str) -> bool {
    let id = model_id.to_ascii_lowercase();
    SEEING.iter().any(|name| id.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn haiku_5_5_takes_no_sampling_and_is_told_not_to_think() {
        for id in [
            "anthropic.claude-haiku-5-5",
            "us.anthropic.claude-haiku-5-5",
            "global.anthropic.claude-haiku-5-5-v1:0",
            "arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.anthropic.claude-haiku-5-5",
        ] {
            let capabilities = capabilities(id);
            assert!(!capabilities.temperature && !capabilities.top_p, "{id}");
            assert_eq!(capabilities.thinking, Thinking::Disabled, "{id}");
            assert_eq!(capabilities.prompt_cache_minimum, Some(512), "{id}");
        }
    }

    #[test]
    fn haiku_4_5_takes_one_of_temperature_and_top_p_and_caches_late() {
        let capabilities = capabilities("eu.anthropic.claude-haiku-4-5-20251001-v1:0");
        assert!(
            capabilities.temperature && capabilities.top_p && !capabilities.temperature_with_top_p
        );
        assert_eq!(capabilities.prompt_cache_minimum, Some(4_096));
    }

    #[test]
    fn an_unknown_model_at_bedrock_is_sent_nothing_it_might_refuse() {
        let opaque = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123";
        for id in ["us.newcomer.chat-1", opaque] {
            assert_eq!(capabilities(id), CONSERVATIVE, "{id}");
            assert!(!allows(id, Setting::Temperature), "{id}");
        }
    }

    #[test]
    fn models_of_other_servers_take_what_the_openai_api_has() {
        for id in ["llama3.2:3b", "gpt-4.1-mini", "qwen2.5", "openai/gpt-oss-20b", "phi3.5:latest"]
        {
            assert!(allows(id, Setting::Temperature) && allows(id, Setting::Stop), "{id}");
        }
        assert!(capabilities("llama3.2-vision").images);
        assert!(!capabilities("llama3.2:3b").images);
    }

    #[test]
    fn no_prefix_hides_a_longer_one_behind_it() {
        for (at, (prefix, _)) in KNOWN.iter().enumerate() {
            let hidden = KNOWN[at + 1..].iter().find(|(later, _)| later.starts_with(prefix));
            assert!(hidden.is_none(), "{prefix} hides {hidden:?}");
        }
    }
}
