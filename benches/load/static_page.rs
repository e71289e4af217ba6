//! What serves a text that never changes: poem behind the layers that the
//! server's own routes stand behind, and nginx.

use std::{
    fs::{self, Permissions},
    io::stderr,
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    process::{Child, Command},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

use bytes::Bytes;
use poem::{Response, Route, endpoint::make_sync, get};
use signet::{
    adapters::{
        http::{self, ClientIpPolicy, Drain, HttpSettings, Paths},
        limiter::MokaLimiter,
        system::{OsEntropy, SystemClock},
    },
    app::server_settings,
    config::{Config, Sources},
    usecases::{AdmitRequest, RateLimits},
};
use tempfile::TempDir;

use super::{
    Outcome,
    machine::cores,
    server::{free_address, terminate},
    stopwatch::Stopwatch,
};

const NO_LIMITS: RateLimits = RateLimits {
    auth: None,
    register: None,
    password_strength: None,
    account: None,
    token: None,
    revoke: None,
    introspect: None,
    account_changes: None,
};
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves the text under this path until the process ends; the URL.
pub(crate) fn behind_the_layers(path: &'static str, text: &str) -> Outcome<String> {
    let (bound, address) = mpsc::channel();
    let text = Bytes::from(text.to_owned());
    let page = make_sync(move |_| {
        Response::builder()
            .content_type("application/json")
            .body(text.clone())
    });
    let clock = Arc::new(SystemClock::new());
    let limiter = MokaLimiter::new(1000, clock.clone());
    let config = Config::load(&Sources::default(), false)?;
    let settings = HttpSettings {
        client_ip: ClientIpPolicy::default(),
        cors_origins: Vec::new(),
        entropy: Arc::new(OsEntropy),
        clock,
        access_log: false,
        meter: None,
        drain: Drain::default(),
    };
    // Each request's span is written for the log, as in the server, whose log says no more.
    let log = tracing_subscriber::fmt().json().with_writer(stderr);
    log.with_env_filter(&config.log).init();
    let server = server_settings(&config, &settings, None);
    let endpoint = http::layered(
        Route::new().at(path, get(page)),
        Paths::default(),
        Arc::new(AdmitRequest::new(Arc::new(limiter), NO_LIMITS)),
        settings,
    );
    thread::spawn(move || -> Outcome<()> {
        tokio::runtime::Runtime::new()?.block_on(async {
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
            bound.send(listener.local_addr()?)?;
            Ok(http::serve(listener, endpoint, server).await?)
        })
    });
    let address = address.recv_timeout(PATIENCE)?;
    Ok(format!("http://{address}{path}"))
}

pub(crate) struct Nginx {
    process: Child,
    pub(crate) url: String,
    _folder: TempDir,
}

impl Nginx {
    /// Serves the text as a file; `None` where nginx is missing.
    pub(crate) fn start(text: &str) -> Outcome<Option<Self>> {
        let (folder, address) = (tempfile::tempdir()?, free_address()?);
        let here = folder.path();
        // Its workers are nobody when it is started by root.
        fs::set_permissions(here, Permissions::from_mode(0o755))?;
        fs::write(here.join("page.json"), text)?;
        // So small a file it serves faster in one write than by sendfile(2).
        let configuration = format!(
            "daemon off; worker_processes {}; pid nginx.pid; error_log stderr;\n\
             events {{ worker_connections 1024; }}\n\
             http {{ access_log off; keepalive_requests 1000000000; sendfile off;\n\
             open_file_cache max=10; types {{ application/json json; }}\n\
             server {{ listen {address}; root {}; }} }}\n",
            cores(),
            here.display()
        );
        fs::write(here.join("nginx.conf"), configuration)?;
        let started = Command::new("nginx")
            .arg("-p")
            .arg(here)
            .args(["-c", "nginx.conf"])
            .spawn();
        let Ok(process) = started else {
            eprintln!("nginx is missing and is left out");
            return Ok(None);
        };
        let nginx = Self {
            process,
            url: format!("http://{address}/page.json"),
            _folder: folder,
        };
        let time = Stopwatch::start();
        while TcpStream::connect(address).is_err() {
            if time.elapsed() > PATIENCE {
                return Err("nginx does not listen".into());
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(nginx))
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = terminate(&mut self.process);
    }
}
