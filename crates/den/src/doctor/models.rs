//! The models: each one that may be asked is asked for a word.

use std::{collections::BTreeSet, time::Duration};

use den_worker::{Models, config::ModelConfig};
use futures_util::future::join_all;
use model::{AskError, Limits, Outcome, Part as Piece, Prompt, Role, Turn};
use personality::Reply;
use tokio::time::Instant;

use super::{Finding, Part, Subject, lacks_aws};
use crate::{choice::choose, say::unmarked};

const PART: Part = Part::Model;
/// Long enough for a local model that must be loaded first.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) async fn look(subject: &Subject) -> Vec<Finding> {
    match &subject.settings.model {
        Some(config) => {
            let asked = ids(config, subject).into_iter().map(|id| configured(subject, config, id));
            join_all(asked).await
        }
        None if subject.is_deployment => {
            let what = "DEN_MODEL is not set: workers do not start";
            let mend = "set it to a model id, as in us.anthropic.claude-haiku-5-5";
            vec![Finding::wrong(PART, what, mend)]
        }
        None => chosen(subject).await,
    }
}

/// Every model that may be asked: the deployment's, and those that personalities name.
fn ids(config: &ModelConfig, subject: &Subject) -> BTreeSet<String> {
    let of_den = [Some(&config.model), config.fallback.as_ref()];
    let roster = subject.roster.iter().flat_map(|roster| roster.iter());
    let of_personalities =
        roster.flat_map(|who| [who.reply.model.as_ref(), who.reply.fallback_model.as_ref()]);
    of_den.into_iter().chain(of_personalities).flatten().cloned().collect()
}

/// A configured model, without its fallback: that one is asked by itself.
async fn configured(subject: &Subject, config: &ModelConfig, id: String) -> Finding {
    let alone = ModelConfig { model: id.clone(), fallback: None, ..config.clone() };
    match Models::configured(&alone, &subject.aws) {
        Ok(models) => ask(&models, config.url.is_some(), subject).await,
        Err(e) => Finding::wrong(PART, format!("{id}: {e}"), "check DEN_MODEL_URL"),
    }
}

/// What `den up` would choose where nothing is configured.
async fn chosen(subject: &Subject) -> Vec<Finding> {
    let choice = match choose(None, &subject.aws).await {
        Ok(choice) => choice,
        Err(e) => {
            let mend = "set DEN_MODEL, and DEN_MODEL_URL for an endpoint of your own";
            return vec![Finding::wrong(PART, format!("none can be chosen: {e:#}"), mend)];
        }
    };
    let found = Finding::note(PART, unmarked(&choice.note));
    let is_understudy =
        choice.models.chain(&Reply::default()).is_ok_and(|chain| chain.is_understudy());
    if is_understudy {
        return vec![found];
    }
    // Where AWS can be reached it is Bedrock; one that refuses is why `den up` would be mute.
    let is_endpoint = lacks_aws(&subject.aws).await.is_some();
    vec![found, ask(&choice.models, is_endpoint, subject).await]
}

async fn ask(models: &Models, is_endpoint: bool, subject: &Subject) -> Finding {
    let id = models.id().to_owned();
    let chain = match models.chain(&Reply::default()) {
        Ok(chain) => chain,
        Err(e) => return Finding::wrong(PART, format!("{id}: {e}"), "check DEN_MODEL"),
    };
    let greeting =
        Turn { role: Role::User, parts: vec![Piece::Text("Say hello, in one word.".to_owned())] };
    // Room to reason a little: models that do answer nothing otherwise.
    let prompt = Prompt { turns: vec![greeting], max_tokens: 64, ..Prompt::default() };
    let limits = Limits { first_chunk: PATIENCE, chunk: PATIENCE, total: PATIENCE, tries: 1 };
    let report = chain.ask(&prompt, limits, Instant::now() + PATIENCE).finish().await;
    match report.outcome {
        Outcome::Complete { .. } | Outcome::Kept { .. } => {
            let after = report.first_chunk.unwrap_or(report.total).as_millis();
            Finding::fine(PART, format!("{id} answers, with the first word after {after} ms"))
        }
        // It used up its few tokens on reasoning: whoever may ask it may ask it for more.
        Outcome::Failed(AskError::Empty { .. }) => Finding::fine(PART, format!("{id} answers")),
        Outcome::CutOff { error, .. } | Outcome::Failed(error) => {
            let place =
                Place { is_endpoint, region: subject.aws.region().map(ToString::to_string) };
            Finding::wrong(PART, error.chain(), mend(&error, &place))
        }
    }
}

/// Where the model is, as far as mending needs to know.
struct Place {
    /// An OpenAI-compatible endpoint, not Bedrock.
    is_endpoint: bool,
    region: Option<String>,
}

fn mend(error: &AskError, place: &Place) -> String {
    let model = error.model();
    let region = place.region.as_deref().unwrap_or("the region");
    match (error, place.is_endpoint) {
        (AskError::Denied { mend, .. }, _) => mend.clone(),
        (AskError::Throttled { .. }, false) => format!(
            "ask for more: Service Quotas in {region}, Amazon Bedrock, requests and tokens per minute of {model}; or set \
             DEN_FALLBACK_MODEL to a model of another family, which has a quota of its own"
        ),
        (AskError::Throttled { .. }, true) => {
            "wait, raise the limit at the endpoint, or set DEN_FALLBACK_MODEL".to_owned()
        }
        (AskError::Unavailable { .. }, false) => format!(
            "check the network and AWS_REGION: `aws bedrock list-inference-profiles --region {region}` must answer"
        ),
        (AskError::Unavailable { .. }, true) => {
            "start the server that DEN_MODEL_URL names, or name another (for Ollama: `ollama serve`)".to_owned()
        }
        (AskError::TimedOut { .. }, _) => {
            "try again, as it may still be loading; if it stays slow, choose a smaller model".to_owned()
        }
        (AskError::Refused { .. }, false) => format!(
            "check DEN_MODEL: most models are asked by an inference profile's id, as in us.anthropic.…; \
             `aws bedrock list-inference-profiles --region {region}` lists them"
        ),
        (AskError::Refused { .. }, true) => format!(
            "check DEN_MODEL: the endpoint's /models lists what it has (for Ollama: `ollama pull {model}`)"
        ),
        (AskError::Empty { .. }, _) => "try again".to_owned(),
    }
}
