//! The body of an export.

use std::{error::Error as StdError, io, panic::resume_unwind, sync::Arc};

use futures_util::stream::{self, Stream};
use poem::{Body, IntoResponse, Response};
use poem_openapi::{
    payload::Payload,
    registry::{MetaSchema, MetaSchemaRef},
    types::{Example, ToJSON},
};
use tracing::{Instrument, Span};

use crate::{
    adapters::http::{auth_event::AuthEventItem, bearer, problem::Problem},
    domain::{AuthEvent, AuthEventFilter, AuthEventId, Page, Position, SessionId},
    usecases::auth_log::{ExportAuthEvents, ExportError},
};

/// Lines of JSON that are written while their client reads them.
pub(super) struct EventLines(pub(super) Body);

impl Payload for EventLines {
    const CONTENT_TYPE: &'static str = "application/x-ndjson";

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            example: Some(line(&AuthEventItem::example()).into()),
            ..MetaSchema::new_with_format("string", "binary")
        }))
    }
}

impl IntoResponse for EventLines {
    fn into_response(self) -> Response {
        (self.0.with_content_type(Self::CONTENT_TYPE)).into_response()
    }
}

fn line(event: &AuthEventItem) -> String {
    format!("{}\n", event.to_json_string())
}

type Part = Page<(AuthEventId, AuthEvent), AuthEventId>;

enum Next {
    Part(Part),
    After(Position<AuthEventId>),
    End,
}

/// The first part and all that follow. Each is fetched when the client has
/// taken the one before. An error in it cuts the connection.
pub(super) fn lines(
    export: Arc<ExportAuthEvents>,
    admin: SessionId,
    filter: AuthEventFilter,
    first: Part,
) -> impl Stream<Item = io::Result<String>> {
    let span = Span::current();
    stream::try_unfold(Next::Part(first), move |next| {
        let (export, filter) = (export.clone(), filter.clone());
        let step = async move {
            let part = match next {
                Next::Part(part) => part,
                Next::After(position) => export
                    .run(admin, &filter, Some(position))
                    .await
                    .unwrap_or_else(|error| cut(&error)),
                Next::End => return Ok(None),
            };
            let next = part.next.map_or(Next::End, Next::After);
            let lines = part.items.into_iter().map(|event| line(&event.into()));
            Ok(Some((lines.collect(), next)))
        };
        step.instrument(span.clone())
    })
}

/// Drops the connection. An error in the body would not: poem 3.1 polls a
/// connection once more after it failed, and hyper then ends the answer like a
/// complete one. Unwinding ends the connection's task, and says nothing by itself.
fn cut(error: &ExportError) -> ! {
    tracing::error!(error = error as &dyn StdError, "an export was cut off");
    resume_unwind(Box::new("an export was cut off"))
}

impl From<ExportError> for Problem {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::NotAllowed => bearer::not_an_admin(),
            ExportError::Storage(error) => error.into(),
        }
    }
}
