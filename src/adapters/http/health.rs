use poem_openapi::{ApiResponse, Enum, Object, OpenApi, payload::Json, types::Example};

use super::{
    Drain, Tag,
    problem::Problem,
    refusal::{Documented, INTERNAL_ERROR, Refusal, Refusals},
};
use crate::usecases::{CheckReadiness, FieldError, Readiness};

pub(super) struct HealthApi {
    pub(super) check_readiness: CheckReadiness,
    pub(super) drain: Drain,
}

/// The server's state.
#[derive(Object)]
#[oai(example)]
struct Health {
    /// What the server is.
    status: HealthStatus,
    /// What works now and will not after a restart, was not read lately, or is not shared as it should be.
    #[oai(skip_serializing_if_is_none)]
    warnings: Option<Vec<String>>,
}

/// A state of the server.
#[derive(Enum)]
#[oai(rename_all = "lowercase")]
enum HealthStatus {
    /// The process answers.
    Live,
    /// The server can do its work.
    Ready,
}

struct ReadinessRefusals;

impl Refusals for ReadinessRefusals {
    const LIST: &'static [Documented] = &[
        INTERNAL_ERROR,
        (
            503,
            &["not_ready"],
            "`not_ready`: `errors` names what is missing, `database`, `signing_key` or `server`, which is stopping or cannot take in connections",
        ),
    ];
}

#[derive(ApiResponse)]
enum Healthy {
    /// It is
    #[oai(status = 200)]
    Ok(Json<Health>),
}

#[OpenApi(tag = "Tag::Health")]
impl HealthApi {
    /// Is the process alive?
    ///
    /// Always 200. Restart a server that does not answer.
    #[oai(path = "/health/live", method = "get", operation_id = "getLiveness")]
    async fn live(&self) -> Healthy {
        Healthy::Ok(Json(Health {
            status: HealthStatus::Live,
            warnings: None,
        }))
    }

    /// Can the server do its work?
    ///
    /// 200 when the database answers and a signing key is loaded that was reread lately. Send traffic only then.
    #[oai(path = "/health/ready", method = "get", operation_id = "getReadiness")]
    async fn ready(&self) -> Result<Healthy, Refusal<ReadinessRefusals>> {
        if self.drain.has_begun() {
            let stopping = FieldError::new("server", "is stopping");
            return Err(Problem::not_ready(vec![stopping]).into());
        }
        let Readiness {
            mut missing,
            warnings,
        } = self.check_readiness.run().await;
        if self.drain.is_starved() {
            missing.push(FieldError::new("server", "cannot take in connections"));
        }
        if !missing.is_empty() {
            return Err(Problem::not_ready(missing).into());
        }
        Ok(Healthy::Ok(Json(Health {
            status: HealthStatus::Ready,
            warnings: (!warnings.is_empty()).then_some(warnings),
        })))
    }
}

impl Example for Health {
    fn example() -> Self {
        Self {
            status: HealthStatus::Ready,
            warnings: None,
        }
    }
}
