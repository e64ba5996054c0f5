//! The models of a deployment, and the chain a personality asks.

use std::sync::Arc;

use aws_config::SdkConfig;
use model::{
    Bedrock, BedrockSettings, Chain, ClientError, Model, OpenAiCompatible, Secret, Understudy,
    UnderstudyRefused,
};
use personality::Reply;

use crate::config::ModelConfig;

/// Where a deployment's models are.
#[derive(Clone)]
pub enum Provider {
    /// Amazon Bedrock.
    Bedrock {
        /// The client.
        client: aws_sdk_bedrockruntime::Client,
        /// What holds for every call.
        settings: BedrockSettings,
    },
    /// An OpenAI-compatible endpoint.
    OpenAiCompatible {
        /// The client.
        client: reqwest::Client,
        /// The part before `/chat/completions`.
        url: String,
        /// Its key, where it wants one.
        key: Option<Secret>,
    },
    /// No model: the understudy speaks from the personality's own examples. Only `den up` chooses it.
    Understudy(Understudy),
}

/// The models of a deployment.
#[derive(Clone)]
pub struct Models {
    provider: Provider,
    model: String,
    fallback: Option<String>,
}

impl Models {
    /// Models of one provider; `model` and `fallback` are asked where a personality names none.
    pub fn new(provider: Provider, model: impl Into<String>, fallback: Option<String>) -> Self {
        Self { provider, model: model.into(), fallback }
    }

    /// The models that `config` names: an OpenAI-compatible endpoint's, else Bedrock's.
    ///
    /// # Errors
    /// When the connection to the endpoint cannot be set up.
    pub fn configured(config: &ModelConfig, aws: &SdkConfig) -> Result<Self, ClientError> {
        let provider = match &config.url {
            Some(url) => Provider::OpenAiCompatible {
                client: model::http_client()?,
                url: url.clone(),
                key: config.key.clone(),
            },
            None => Provider::Bedrock {
                client: aws_sdk_bedrockruntime::Client::new(aws),
                settings: config.bedrock.clone(),
            },
        };
        Ok(Self::new(provider, &config.model, config.fallback.clone()))
    }

    /// The understudy alone.
    pub fn understudy(understudy: Understudy) -> Self {
        Self {
            model: understudy.id().to_owned(),
            provider: Provider::Understudy(understudy),
            fallback: None,
        }
    }

    /// The id of the model asked where a personality names none.
    pub fn id(&self) -> &str {
        &self.model
    }

    /// The chain a personality asks.
    ///
    /// # Errors
    /// Where the understudy would stand beside a model: it never speaks where one is configured.
    pub fn chain(&self, reply: &Reply) -> Result<Chain, UnderstudyRefused> {
        let named = reply.model.as_deref().unwrap_or(&self.model);
        let fallback = reply.fallback_model.as_deref().or(self.fallback.as_deref());
        match &self.provider {
            Provider::Understudy(understudy) => Chain::new(Arc::new(understudy.clone()), None),
            _ => Chain::new(self.one(named), fallback.map(|id| self.one(id))),
        }
    }

    fn one(&self, id: &str) -> Arc<dyn Model> {
        match &self.provider {
            Provider::Bedrock { client, settings } => {
                Arc::new(Bedrock::new(client.clone(), id, settings.clone()))
            }
            Provider::OpenAiCompatible { client, url, key } => {
                Arc::new(OpenAiCompatible::new(client.clone(), url, key.clone(), id))
            }
            Provider::Understudy(understudy) => Arc::new(understudy.clone()),
        }
    }
}

/// Whether a model takes a sampling setting, for the check of personality files.
pub fn allows(model: &str, setting: personality::Setting) -> bool {
    let setting = match setting {
        personality::Setting::Temperature => model::Setting::Temperature,
        personality::Setting::TopP => model::Setting::TopP,
        personality::Setting::Stop => model::Setting::Stop,
    };
    model::allows(model, setting)
}
