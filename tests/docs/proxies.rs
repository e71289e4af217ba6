//! The proxies that the documentation shows, before a server.

mod cluster;

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use reqwest::{Client, header::HeaderMap};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{
    process::{MASTER_KEY, RunningServer, signet},
    redis::is_installed,
};

const SIGNET: &str = "127.0.0.1:8080";
/// Where the client is, as its proxy sees it. The proxy itself is another.
const CLIENT: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
/// How long a proxy may take to listen. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// It ends with the process that started it.
struct Proxy {
    address: SocketAddr,
    _dir: TempDir,
    shell: Child,
}

impl Proxy {
    /// The configuration is made for the address that it is to listen on, and for
    /// its folder. `command` finds it as `$1`.
    fn start(command: &str, configuration: impl FnOnce(SocketAddr, &Path) -> String) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let file = dir.path().join("configuration");
        fs::write(&file, configuration(address, dir.path())).unwrap();
        let shell = Command::new("sh")
            .args([
                "-c",
                &format!("{command} & cat >/dev/null; kill $!; wait"),
                "sh",
            ])
            .arg(file)
            .env("HOME", dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(fs::File::create(dir.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let (pause, mut left) = (Duration::from_millis(20), PATIENCE);
        while TcpStream::connect(address).is_err() {
            let log = fs::read_to_string(dir.path().join("log")).unwrap();
            assert!(!left.is_zero(), "the proxy does not listen: {log}");
            thread::sleep(pause);
            left = left.saturating_sub(pause);
        }
        Self {
            address,
            _dir: dir,
            shell,
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

fn page(name: &str) -> String {
    fs::read_to_string(format!("docs/deploy/{name}")).unwrap()
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} is not in the configuration");
    text.replace(old, new)
}

fn server(dir: &Path) -> RunningServer {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_TRUSTED_PROXIES", "127.0.0.1");
    RunningServer::start(&mut command)
}

/// Logs in through the proxy as a client who claims to be another, and looks at
/// what the auth log says.
async fn assert_the_real_address_is_logged(server: &RunningServer, proxy: &Proxy) {
    let password = server.register("ada").await.unwrap()["password"].clone();
    let forged = [
        ("x-forwarded-for", "203.0.113.9"),
        ("forwarded", "for=203.0.113.9"),
    ];
    let headers = forged.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
    let client = Client::builder()
        .local_address(CLIENT)
        .default_headers(HeaderMap::from_iter(headers))
        .build()
        .unwrap();
    let url = |path| format!("http://{}{path}", proxy.address);
    let body = json!({ "username": "ada", "password": password });
    let answer = client.post(url("/auth")).json(&body).send().await.unwrap();
    let answer: Value = answer.error_for_status().unwrap().json().await.unwrap();
    let token = answer["access_token"].as_str().unwrap();
    let events = client.get(url("/me/auth-events")).bearer_auth(token);
    let events: Value = events.send().await.unwrap().json().await.unwrap();
    assert_eq!(
        events["items"][0]["address"],
        CLIENT.to_string(),
        "{events}"
    );
}

fn without_tls(configuration: &str) -> String {
    let encrypts = |line: &&str| !line.trim_start().starts_with("ssl_");
    let lines: Vec<_> = configuration.lines().filter(encrypts).collect();
    lines.join("\n")
}

/// Of what nginx would else write where only its package may.
fn nginx_paths(dir: &Path) -> String {
    ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|name| format!("{name}_temp_path {};\n", dir.join(name).display()))
        .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_nginx_the_clients_real_address_is_logged() {
    if !is_installed("nginx") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let proxy = Proxy::start("nginx -g 'daemon off;' -c \"$1\"", |address, dir| {
        let site = replaced(&page("nginx.conf"), SIGNET, &server.address().to_string());
        let site = replaced(&site, "443 ssl http2", &address.to_string());
        let site = without_tls(&site);
        format!(
            "pid {0}/pid;\nerror_log {0}/errors;\nevents {{}}\nhttp {{\naccess_log off;\n{1}{site}\n}}\n",
            dir.display(),
            nginx_paths(dir)
        )
    });
    assert_the_real_address_is_logged(&server, &proxy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_caddy_the_clients_real_address_is_logged() {
    if !is_installed("caddy") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let server = server(dir.path());
    let command = "caddy run --adapter caddyfile --config \"$1\"";
    let proxy = Proxy::start(command, |address, _| {
        let site = replaced(&page("Caddyfile"), SIGNET, &server.address().to_string());
        let site = replaced(&site, "auth.example {", &format!("http://{address} {{"));
        format!("{{\n\tadmin off\n}}\n{site}")
    });
    assert_the_real_address_is_logged(&server, &proxy).await;
}
