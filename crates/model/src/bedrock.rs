//! Bedrock, by `ConverseStream`.

mod failure;
mod request;
mod stream;

use async_trait::async_trait;
use aws_sdk_bedrockruntime::{
    Client,
    config::{retry::RetryConfig, timeout::TimeoutConfig},
    types::{GuardrailStreamConfiguration, GuardrailStreamProcessingMode},
};

use crate::{Answer, AskError, Capabilities, Model, Prompt, capabilities, error::Confidential};

/// A model at Bedrock.
#[derive(Clone, Debug)]
pub struct Bedrock {
    client: Client,
    model_id: String,
    capabilities: Capabilities,
    guardrail: Option<Guardrail>,
}

/// What holds for every call of a model.
#[derive(Clone, Debug, Default)]
pub struct BedrockSettings {
    /// The guardrail that reads along.
    pub guardrail: Option<Guardrail>,
}

/// A guardrail deployed in the same account and region.
#[derive(Clone, Debug)]
pub struct Guardrail {
    /// Its id or ARN.
    pub id: String,
    /// Its version: a number, or `DRAFT`.
    pub version: String,
}

impl Bedrock {
    /// A model by its id, its inference profile's id or ARN.
    ///
    /// The client is taken without its retries and operation time limits: the SDK would add three tries of
    /// its own to each of ours, and it times only a stream's beginning. Its connect limit stays.
    pub fn new(client: Client, model_id: impl Into<String>, settings: BedrockSettings) -> Self {
        let config = client.config();
        let connect = config.timeout_config().and_then(TimeoutConfig::connect_timeout);
        let mut timeouts = TimeoutConfig::builder();
        timeouts.set_connect_timeout(connect);
        let config = config
            .to_builder()
            .retry_config(RetryConfig::disabled())
            .timeout_config(
                timeouts.disable_operation_timeout().disable_operation_attempt_timeout().build(),
            )
            .build();
        let model_id = model_id.into();
        let capabilities = capabilities(&model_id);
        Self {
            client: Client::from_conf(config),
            model_id,
            capabilities,
            guardrail: settings.guardrail,
        }
    }
}

#[async_trait]
impl Model for Bedrock {
    fn id(&self) -> &str {
        &self.model_id
    }

    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn is_guarded(&self) -> bool {
        self.guardrail.is_some()
    }

    async fn ask(&self, prompt: &Prompt) -> Result<Answer, AskError> {
        let confidential = Confidential::new(prompt);
        let system = request::system(prompt, &self.capabilities);
        let output = self
            .client
            .converse_stream()
            .model_id(&self.model_id)
            .set_system((!system.is_empty()).then_some(system))
            .set_messages(Some(request::messages(prompt, &self.capabilities)))
            .inference_config(request::inference(prompt, &self.capabilities))
            .set_additional_model_request_fields(request::additional(&self.capabilities))
            .set_output_config(request::output(&self.capabilities))
            .set_guardrail_config(self.guardrail.as_ref().map(guardrail))
            .send()
            .await
            .map_err(|error| failure::of_request(error, &self.model_id, &confidential))?;
        let heard = stream::Heard {
            model: self.model_id.clone(),
            expected: prompt.expected(),
            confidential,
            is_guarded: self.guardrail.is_some(),
        };
        Ok(stream::read(output.stream, heard))
    }
}

/// The guardrail reads before the words are sent on: what is streamed into a channel cannot be called back.
fn guardrail(guardrail: &Guardrail) -> GuardrailStreamConfiguration {
    GuardrailStreamConfiguration::builder()
        .guardrail_identifier(&guardrail.id)
        .guardrail_version(&guardrail.version)
        .stream_processing_mode(GuardrailStreamProcessingMode::Sync)
        .build()
}
