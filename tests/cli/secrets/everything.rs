//! Every operation is called, with right and wrong secrets, and the most
//! talkative log of all crates holds none of them.

use std::{collections::BTreeSet, fs, path::Path, process::Command};

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use signet::{
    adapters::database::{Database, SqlKeyStore},
    crypto::sealed_key,
    ports::KeyStore,
};

use crate::support::{
    fixtures::master_keys,
    postgres::{self, PostgresDatabase},
    postgres_proxy::PostgresProxy,
    process::{MASTER_KEY, RunningServer, free_address, run, signet},
    redis::RedisProcess,
};

const REDIS_PASSWORD: &str = "the-pa55word-of-redis";
/// In the URL that `PostgresProxy` gives.
const DATABASE_PASSWORD: &str = "s3cret";

/// What must not be found.
#[derive(Default)]
struct Secrets(Vec<String>);

impl Secrets {
    fn add(&mut self, secret: &str) -> String {
        assert!(secret.len() >= 6, "{secret}");
        self.0.push(secret.to_owned());
        secret.to_owned()
    }

    /// A member of an answer.
    fn take(&mut self, answer: &Value, member: &str) -> String {
        let secret = answer[member].as_str();
        self.add(secret.unwrap_or_else(|| panic!("{member}: {answer}")))
    }

    /// In the spellings that bytes have: base64, hexadecimal, and Rust's own.
    fn add_bytes(&mut self, bytes: &[u8]) {
        // A part of it is no less secret, and a line of PEM is a part.
        for part in bytes.chunks(24).filter(|part| part.len() == 24) {
            self.add(&BASE64_STANDARD_NO_PAD.encode(part));
            self.add(&BASE64_URL_SAFE_NO_PAD.encode(part));
            self.add(&hex::encode(part));
            self.add(&hex::encode_upper(part));
            let list = format!("{part:?}");
            self.add(list.trim_matches(['[', ']']));
        }
    }

    fn assert_not_in(&self, log: &str) {
        for secret in &self.0 {
            let found = log.lines().find(|line| line.contains(secret.as_str()));
            assert_eq!(found, None, "{secret}");
            // A token that is cut short is none, and its signature is enough.
            let last = secret.rsplit('.').next().unwrap();
            if last.len() >= 24 {
                assert!(!log.contains(&last[..24]), "the beginning of {last}");
            }
        }
    }
}

/// Calls operations and keeps count.
struct Run<'a> {
    server: &'a RunningServer,
    called: BTreeSet<(String, String)>,
}

impl Run<'_> {
    /// Answers the body of an answer that has one of these statuses.
    async fn call(
        &mut self,
        (method, template): (Method, &str),
        id: &str,
        statuses: &[u16],
        with: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Value {
        self.called
            .insert((method.to_string(), template.to_owned()));
        let path = template.replace("{id}", id).replace("{kid}", id);
        let request = Client::new().request(method, self.server.url(&path));
        let response = with(request).send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        assert!(statuses.contains(&status), "{template}: {status} {text}");
        serde_json::from_str(&text).unwrap_or_default()
    }

    async fn json(&mut self, method: Method, template: &str, status: u16, body: &Value) -> Value {
        let operation = (method, template);
        self.call(operation, "", &[status], |it| it.json(body))
            .await
    }

    async fn form(&mut self, template: &str, statuses: &[u16], form: &[(&str, &str)]) -> Value {
        let operation = (Method::POST, template);
        self.call(operation, "", statuses, |it| it.form(form)).await
    }

    async fn log_in(&mut self, secrets: &mut Secrets, name: &str, password: &str) -> String {
        let body = json!({ "username": name, "password": password });
        let login = self.json(Method::POST, "/auth", 200, &body).await;
        secrets.take(&login, "refresh_token");
        secrets.take(&login, "access_token")
    }
}

/// What users do.
async fn use_as_users(run: &mut Run<'_>, secrets: &mut Secrets, root: &str, admin: &str) {
    let post = Method::POST;
    let wrong = secrets.add("a-wrong-password-of-someone");
    for (name, status) in [("root", 401), ("nobody", 401), (wrong.as_str(), 401)] {
        let body = json!({ "username": name, "password": wrong });
        run.json(post.clone(), "/auth", status, &body).await;
    }
    let asked = json!({ "password": secrets.add("asked about only once") });
    run.json(post.clone(), "/password/strength", 200, &asked)
        .await;

    let invite = run
        .call((post.clone(), "/admin/invites"), "", &[201], |it| {
            it.bearer_auth(admin).json(&json!({}))
        })
        .await;
    let code = secrets.take(&invite, "invite");
    let chosen = secrets.add("plum tiger kettle");
    let mut ada = json!({
        "username": "ada",
        "email": "ada@example.com",
        "password": chosen,
        "invite": secrets.add("an-invite-that-nobody-made"),
    });
    run.json(post.clone(), "/register", 403, &ada).await;
    ada["invite"] = json!(code);
    ada["password"] = json!(secrets.add("password1234"));
    run.json(post.clone(), "/register", 400, &ada).await;
    ada["password"] = json!(chosen);
    run.json(post.clone(), "/register", 201, &ada).await;

    let access = run.log_in(secrets, "ada", &chosen).await;
    run.json(post.clone(), "/auth", 400, &json!({ "password": [chosen] }))
        .await;
    run.call((post.clone(), "/auth"), "", &[400], |it| {
        let body = format!("{{\"username\":\"ada\",\"password\":\"{chosen}\"");
        it.header("content-type", "application/json").body(body)
    })
    .await;
    let changed = secrets.add("kettle tiger plum");
    for (current, status) in [(&wrong, 403), (&chosen, 204)] {
        let body = json!({ "current_password": current, "new_password": changed });
        run.call((post.clone(), "/me/password"), "", &[status], |it| {
            it.bearer_auth(&access).json(&body)
        })
        .await;
    }
    run.call((Method::PATCH, "/me"), "", &[200], |it| {
        it.bearer_auth(&access)
            .json(&json!({ "display_name": "Ada" }))
    })
    .await;
    for template in ["/me", "/me/sessions", "/me/auth-events"] {
        for (token, status) in [(access.as_str(), 200), ("a-token-that-is-none", 401)] {
            run.call((Method::GET, template), "", &[status], |it| {
                it.bearer_auth(token)
            })
            .await;
        }
    }
    secrets.add("a-token-that-is-none");
    let other = run.log_in(secrets, "ada", &changed).await;
    run.call((Method::DELETE, "/me/sessions/{id}"), "1", &[404], |it| {
        it.bearer_auth(&other)
    })
    .await;
    for template in ["/logout", "/logout/all"] {
        let access = run.log_in(secrets, "ada", &changed).await;
        run.call((post.clone(), template), "", &[204], |it| {
            it.bearer_auth(&access)
        })
        .await;
    }
    let access = run.log_in(secrets, "ada", &changed).await;
    run.call((Method::DELETE, "/me"), "", &[204], |it| {
        it.bearer_auth(&access)
            .json(&json!({ "password": changed }))
    })
    .await;
    run.log_in(secrets, "root", root).await;
}

/// What services do.
async fn use_as_services(run: &mut Run<'_>, secrets: &mut Secrets, root: &str, admin: &str) {
    let new = json!({ "name": "reports", "scopes": ["read"] });
    let client = run
        .call((Method::POST, "/admin/clients"), "", &[201], |it| {
            it.bearer_auth(admin).json(&new)
        })
        .await;
    let id = client["client_id"].as_str().unwrap().to_owned();
    let secret = secrets.take(&client, "client_secret");
    let wrong = secrets.add("a-wrong-secret-of-a-client");
    // As HTTP Basic spells them.
    for secret in [&secret, &wrong] {
        let basic = BASE64_STANDARD.encode(format!("{id}:{secret}"));
        secrets.add(basic.trim_end_matches('='));
    }
    let grant = [("grant_type", "client_credentials")];
    for (secret, status) in [(&wrong, 401), (&secret, 200)] {
        let form = [&grant[..], &[("client_id", &id), ("client_secret", secret)]].concat();
        let answer = run.form("/token", &[status], &form).await;
        if status == 200 {
            secrets.take(&answer, "access_token");
        }
        let answer = run
            .call((Method::POST, "/token"), "", &[status], |it| {
                it.basic_auth(&id, Some(secret)).form(&grant)
            })
            .await;
        if status == 200 {
            secrets.take(&answer, "access_token");
        }
    }
    let login = json!({ "username": "root", "password": root });
    let login = run.json(Method::POST, "/auth", 200, &login).await;
    let (access, refresh) = (
        secrets.take(&login, "access_token"),
        secrets.take(&login, "refresh_token"),
    );
    for token in [&access, &refresh, &wrong] {
        run.call((Method::POST, "/introspect"), "", &[200], |it| {
            let it = it.basic_auth(&id, Some(&secret));
            it.form(&[("token", token)])
        })
        .await;
    }
    let grant = |token| [("grant_type", "refresh_token"), ("refresh_token", token)];
    let next = run.form("/token", &[200], &grant(&refresh)).await;
    secrets.take(&next, "access_token");
    let next = secrets.take(&next, "refresh_token");
    run.form("/token", &[400], &grant(&wrong)).await;
    run.form("/token", &[400], &grant(&next[..next.len() - 1]))
        .await;
    // In a query, where it does not belong.
    let misplaced = format!("/token?refresh_token={next}");
    let url = run.server.url(&misplaced);
    Client::new().post(url).send().await.unwrap();
    run.form("/revoke", &[200], &[("token", next.as_str())])
        .await;
    run.call((Method::DELETE, "/admin/clients/{id}"), &id, &[204], |it| {
        it.bearer_auth(admin)
    })
    .await;
}

/// What admins do.
async fn use_as_admin(run: &mut Run<'_>, secrets: &mut Secrets, admin: &str) {
    let new = json!({ "username": "bob", "email": "bob@example.com" });
    let bob = run
        .call((Method::POST, "/admin/users"), "", &[201], |it| {
            it.bearer_auth(admin).json(&new)
        })
        .await;
    secrets.take(&bob, "password");
    let id = bob["id"].as_str().unwrap();
    let reset = run
        .call(
            (Method::POST, "/admin/users/{id}/password-reset"),
            id,
            &[200],
            |it| it.bearer_auth(admin),
        )
        .await;
    let password = secrets.take(&reset, "password");
    run.log_in(secrets, "bob", &password).await;
    let changes = json!({ "status": "disabled" });
    run.call((Method::PATCH, "/admin/users/{id}"), id, &[200], |it| {
        it.bearer_auth(admin).json(&changes)
    })
    .await;
    let read = Method::GET;
    for (template, id) in [
        ("/admin/users", ""),
        ("/admin/users/{id}", id),
        ("/admin/users/{id}/sessions", id),
        ("/admin/invites", ""),
        ("/admin/clients", ""),
        ("/admin/audit-events", ""),
        ("/admin/auth-events", ""),
        ("/admin/auth-events/export", ""),
        ("/admin/auth-events/summary", ""),
    ] {
        let bounds = [
            ("from", "2026-01-01T00:00:00Z"),
            ("to", "2026-01-02T00:00:00Z"),
        ];
        let with_bounds = template.ends_with("/export") || template.ends_with("/summary");
        run.call((read.clone(), template), id, &[200], |it| {
            let it = it.bearer_auth(admin);
            if with_bounds { it.query(&bounds) } else { it }
        })
        .await;
    }
    for template in ["/admin/users/{id}/sessions", "/admin/users/{id}"] {
        run.call((Method::DELETE, template), id, &[204], |it| {
            it.bearer_auth(admin)
        })
        .await;
    }
    let invite = run
        .call((Method::POST, "/admin/invites"), "", &[201], |it| {
            it.bearer_auth(admin).json(&json!({}))
        })
        .await;
    secrets.take(&invite, "invite");
    let id = invite["id"].as_str().unwrap();
    run.call((Method::DELETE, "/admin/invites/{id}"), id, &[204], |it| {
        it.bearer_auth(admin)
    })
    .await;
    let keys = run
        .call((read, "/admin/keys"), "", &[200], |it| {
            it.bearer_auth(admin)
        })
        .await;
    let keys = keys["items"].as_array().unwrap();
    let next = keys.iter().find(|key| key["state"] == "next").unwrap();
    run.call(
        (Method::POST, "/admin/keys/rotate"),
        "",
        &[200, 409],
        |it| it.bearer_auth(admin),
    )
    .await;
    let kid = next["kid"].as_str().unwrap();
    run.call((Method::DELETE, "/admin/keys/{kid}"), kid, &[200], |it| {
        it.bearer_auth(admin)
    })
    .await;
}

/// A server's settings, and where its keys are.
struct Setting<'a> {
    dir: &'a Path,
    database: Option<String>,
    redis: Option<String>,
}

impl Setting<'_> {
    fn command(&self) -> Command {
        let mut command = signet(self.dir);
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_LOG", "trace")
            .env("SIGNET_REGISTRATION", "invite")
            .env("SIGNET_ACCESS_LOG", "on")
            .env("SIGNET_METRICS_LISTEN", free_address().to_string());
        if let Some(database) = &self.database {
            command.env("SIGNET_DATABASE_URL", database);
        }
        if let Some(redis) = &self.redis {
            command.env("SIGNET_LIMITER_URL", redis);
        }
        for name in [
            "AUTH",
            "REGISTER",
            "TOKEN",
            "REVOKE",
            "INTROSPECT",
            "ACCOUNT",
        ] {
            command.env(format!("SIGNET_{name}_RATE_LIMIT"), "1000/1s");
        }
        command
    }

    async fn keys(&self) -> Database {
        match &self.database {
            Some(url) => postgres::open(url).await,
            None => Database::open_sqlite(&self.dir.join("data/signet.db"))
                .await
                .unwrap(),
        }
    }
}

async fn the_log_holds_no_secret(setting: &Setting<'_>) {
    let mut secrets = Secrets::default();
    let made = run(setting.command().args(["migrate"]));
    assert!(made.status.success());
    let create = ["users", "create", "root", "--email", "root@example.com"];
    let made = run(setting
        .command()
        .args(create)
        .args(["--role", "admin", "--json"]));
    let root: Value = serde_json::from_slice(&made.stdout).unwrap();
    let root = secrets.take(&root, "password");
    let mut log = String::from_utf8(made.stderr).unwrap();

    let server = RunningServer::start(&mut setting.command());
    let mut called = Run {
        server: &server,
        called: BTreeSet::new(),
    };
    let admin = called.log_in(&mut secrets, "root", &root).await;
    use_as_users(&mut called, &mut secrets, &root, &admin).await;
    use_as_services(&mut called, &mut secrets, &root, &admin).await;
    use_as_admin(&mut called, &mut secrets, &admin).await;
    for template in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/jwks.json",
        "/health/live",
        "/health/ready",
    ] {
        called
            .call((Method::GET, template), "", &[200], |it| it)
            .await;
    }
    let called = called.called;
    let spec = fs::read_to_string("openapi/openapi.json").unwrap();
    let spec: Value = serde_json::from_str(&spec).unwrap();
    let paths = spec["paths"].as_object().unwrap().iter();
    let described: BTreeSet<_> = paths
        .flat_map(|(path, operations)| {
            let methods = operations.as_object().unwrap().keys();
            methods.map(|method| (method.to_ascii_uppercase(), path.clone()))
        })
        .collect();
    assert_eq!(called, described, "every operation is called");

    secrets.add(MASTER_KEY);
    secrets.add_bytes(MASTER_KEY.as_bytes());
    let database = setting.keys().await;
    let set = SqlKeyStore::new(database.clone()).load().await.unwrap();
    let mut opened = 0;
    for key in set.keys() {
        let Some(sealed) = &key.sealed else { continue };
        let private = sealed_key::open(sealed, &key.record, &master_keys()).unwrap();
        secrets.add_bytes(private.pkcs8_der());
        opened += 1;
    }
    assert!(opened >= 2);
    database.close().await.unwrap();
    for password in [REDIS_PASSWORD, DATABASE_PASSWORD, "argon2id$"] {
        secrets.add(password);
    }
    let (status, rest) = server.stop();
    assert!(status.success());
    log.push_str(&rest);
    for told in ["DEBUG", "/me/password", "signet::access"] {
        assert!(log.contains(told), "{told}");
    }
    let shared = log.contains("limits are counted on Redis");
    assert_eq!(shared, setting.redis.is_some());
    secrets.assert_not_in(&log);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_logs_a_secret_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let setting = Setting {
        dir: dir.path(),
        database: None,
        redis: None,
    };
    the_log_holds_no_secret(&setting).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_operation_logs_a_secret_on_postgresql_and_redis() {
    let Some(database) = PostgresDatabase::new().await else {
        return;
    };
    let options = ["--requirepass", REDIS_PASSWORD].map(str::to_owned);
    let redis_dir = tempfile::tempdir().unwrap();
    let Some(redis) = RedisProcess::start_with(redis_dir, options.to_vec()) else {
        return;
    };
    let proxy = PostgresProxy::start(database.server);
    let dir = tempfile::tempdir().unwrap();
    let setting = Setting {
        dir: dir.path(),
        database: Some(proxy.url(&database.name)),
        redis: Some(format!("{}?pass={REDIS_PASSWORD}", redis.url())),
    };
    the_log_holds_no_secret(&setting).await;
}
