//! The routes.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
};

use bytes::Bytes;
use poem::{
    Endpoint, EndpointExt, Response,
    endpoint::{BoxEndpoint, make_sync},
    http::{HeaderValue, Method, header},
};
use poem_openapi::{OpenApi, OpenApiService, ServerObject};

use super::{
    Drain, HttpSettings, Paths, UseCases,
    admin::{self, AdminApis},
    authentication::AuthenticationApi,
    bearer::Authorize,
    description::Described,
    health::HealthApi,
    key_set::KeySetApi,
    layers::layered,
    me::MeApi,
    my_auth_events::MyAuthEventsApi,
    my_sessions::MySessionsApi,
    oauth::{IntrospectionApi, MetadataApi, RevocationApi, TokenApi},
    parameter_examples::Exemplified,
    password_strength::PasswordStrengthApi,
    rate_limit::Limited,
    ready_key_set::Prepared,
    registration::RegistrationApi,
    router::{Endpoints, Router},
    security_headers,
};

const DESCRIPTION: &str = "Registers users, checks passwords and issues access tokens (RFC 9068) \
    that any service verifies through `/.well-known/jwks.json`. What is refused is answered with \
    problem details (RFC 9457).";

/// Browsers ask for `/favicon.ico` where a page names no icon, and show the 404 as an
/// error of the page.
const NO_ICON: &str = r#"<head><link rel="icon" href="data:,">"#;

type Apis = (
    RegistrationApi,
    PasswordStrengthApi,
    AuthenticationApi,
    TokenApi,
    RevocationApi,
    IntrospectionApi,
    MetadataApi,
    MeApi,
    MySessionsApi,
    MyAuthEventsApi,
    KeySetApi,
    AdminApis,
    HealthApi,
);

/// Everything that the server answers with.
pub fn endpoint(usecases: UseCases, settings: HttpSettings) -> impl Endpoint<Output = Response> {
    let admit_request = usecases.admit_request.clone();
    let authorize = Authorize {
        user: usecases.authorize_user.clone(),
        admin: usecases.admin.authorize_admin.clone(),
    };
    let mut endpoints = Endpoints::new();
    apis(usecases.clone(), settings.drain.clone()).add_routes(&mut endpoints);
    for (path, page) in pages(usecases) {
        endpoints.insert(path.to_owned(), HashMap::from([(Method::GET, page)]));
    }
    let paths = Paths::of(&endpoints, Apis::meta);
    let routes = Router::new(endpoints).data(Arc::new(authorize));
    layered(routes, paths, admit_request, settings)
}

/// Swagger UI, and the description that it shows. They come to megabytes, and most servers
/// are never asked for them.
fn pages(usecases: UseCases) -> [(&'static str, BoxEndpoint<'static>); 3] {
    let for_docs = usecases.clone();
    let docs = page("text/html; charset=utf-8", move || {
        let html = service_of(apis(for_docs, Drain::default())).swagger_ui_html();
        let html = html.replacen("<head>", NO_ICON, 1);
        let policy = security_headers::policy_of_page(&html);
        (html, Some(policy))
    });
    let described = page("application/json", move || (spec(usecases), None));
    [
        ("/docs", docs.clone().boxed()),
        ("/docs/", docs.boxed()),
        ("/openapi.json", described.boxed()),
    ]
}

/// The OpenAPI description as `GET /openapi.json` serves it, indented.
pub fn spec(usecases: UseCases) -> String {
    let described = service_of(Exemplified(apis(usecases, Drain::default())));
    described.spec()
}

fn service_of<A: OpenApi>(apis: A) -> OpenApiService<A, ()> {
    OpenApiService::new(apis, "Signet", env!("CARGO_PKG_VERSION"))
        .description(DESCRIPTION)
        .license(env!("CARGO_PKG_LICENSE"))
        .server(ServerObject::new("/").description("The server that serves this description"))
}

fn apis(usecases: UseCases, drain: Drain) -> Limited<Described<Apis>> {
    let UseCases {
        register_user,
        rate_password,
        authenticate,
        refresh_session,
        list_sessions,
        list_auth_events,
        end_session,
        end_all_sessions,
        update_user,
        change_password,
        close_account,
        admin,
        authenticate_client,
        issue_client_token,
        introspect_token,
        revoke_token,
        publish_keys,
        check_readiness,
        policy,
        authorize_user: _,
        admit_request,
    } = usecases;
    let apis = (
        RegistrationApi { register_user },
        PasswordStrengthApi { rate_password },
        AuthenticationApi { authenticate },
        TokenApi {
            refresh_session,
            authenticate_client: authenticate_client.clone(),
            issue_client_token,
            client_id: policy.client_id.clone(),
        },
        RevocationApi {
            revoke_token,
            authenticate_client: authenticate_client.clone(),
            client_id: policy.client_id,
        },
        IntrospectionApi {
            introspect_token,
            authenticate_client,
        },
        MetadataApi {
            issuer: policy.issuer,
        },
        MeApi {
            admit_request,
            update_user,
            change_password,
            close_account,
        },
        MySessionsApi {
            list_sessions,
            end_session,
            end_all_sessions,
        },
        MyAuthEventsApi { list_auth_events },
        KeySetApi {
            publish_keys,
            prepared: Prepared::default(),
        },
        admin::apis(admin),
        HealthApi {
            check_readiness,
            drain,
        },
    );
    Limited(Described(apis))
}

/// A page that never changes, made with its content security policy when it is
/// first asked for and shared by all answers.
fn page(
    content_type: &'static str,
    make: impl FnOnce() -> (String, Option<String>) + Send + 'static,
) -> Arc<impl Endpoint<Output = Response>> {
    let page = LazyLock::new(move || {
        let (content, policy) = make();
        let policy = policy.and_then(|policy| HeaderValue::try_from(policy).ok());
        (Bytes::from(content), policy)
    });
    Arc::new(make_sync(move |_| {
        let (content, policy) = &*page;
        let mut response = Response::builder()
            .content_type(content_type)
            .body(content.clone());
        if let Some(policy) = policy {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
        }
        response
    }))
}
