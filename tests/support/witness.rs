//! Sees every answer of a server before its client does, so that whatever a test
//! asks for, an answer that is not documented fails it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use poem::{Endpoint, EndpointExt, Request, Response, Result, endpoint::BoxEndpoint};

use super::description::{Answer, DESCRIPTION, Given, id};

/// What the servers of a test answered.
#[derive(Default)]
pub struct Witness(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    answers: BTreeSet<Given>,
    faults: Vec<String>,
}

impl Witness {
    /// The same server, watched.
    pub fn watch(
        &self,
        server: impl Endpoint<Output = Response> + 'static,
    ) -> BoxEndpoint<'static, Response> {
        let seen = self.0.clone();
        // Boxed, for types that are nested this deep overflow the compiler.
        let server = server.boxed();
        let watched = server.around(move |inner, request| look(inner, request, seen.clone()));
        watched.boxed()
    }

    /// The answers that were given to what is documented.
    pub fn answers(&self) -> BTreeSet<Given> {
        self.0.lock().unwrap().answers.clone()
    }

    /// What was wrong so far. The test that asks does not fail for it.
    pub fn take_faults(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap().faults)
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        let faults = self.take_faults();
        if !std::thread::panicking() {
            assert!(faults.is_empty(), "not as documented: {faults:#?}");
        }
    }
}

async fn look<E: Endpoint<Output = Response>>(
    inner: Arc<E>,
    request: Request,
    seen: Arc<Mutex<Seen>>,
) -> Result<Response> {
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let mut response = inner.call(request).await?;
    let Some(operation) = DESCRIPTION.operation(method.as_str(), &path) else {
        return Ok(response);
    };
    // An export is written while its client reads it.
    let is_read = response.content_type() != Some("application/x-ndjson");
    let mut body = None;
    if is_read {
        let bytes = response.take_body().into_bytes().await?;
        response.set_body(bytes.clone());
        body = Some(bytes);
    }
    let answer = Answer {
        status: response.status().as_u16(),
        headers: response.headers(),
        body: body.as_deref(),
    };
    let faults = DESCRIPTION.faults(operation, &answer);
    let mut seen = seen.lock().unwrap();
    let id = id(operation);
    let told = faults
        .iter()
        .map(|fault| format!("{id}, {}: {fault}", answer.status));
    seen.faults.extend(told);
    seen.answers.insert((id, answer.status, answer.code()));
    Ok(response)
}
