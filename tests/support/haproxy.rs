//! A load balancer before servers, on the configuration that the documentation
//! offers.

use std::{
    fs::File,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    os::unix::net::UnixStream,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use super::redis::is_installed;

const CONFIGURATION: &str = include_str!("../../docs/deploy/haproxy.cfg");
const BIND: &str = ":443 ssl crt /etc/haproxy/site.pem alpn h2,http/1.1";
const ADMIN_SOCKET: &str = "/run/haproxy/admin.sock";
const SERVERS: [&str; 3] = ["10.0.0.11:8080", "10.0.0.12:8080", "10.0.0.13:8080"];
const NAMES: [&str; 3] = ["one", "two", "three"];

/// How long it may take to listen. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// It ends with the process that started it.
pub struct HaProxy {
    dir: TempDir,
    address: SocketAddr,
    _shell: Child,
}

impl HaProxy {
    /// `None`, and a word about it, where it is not installed.
    pub fn start(servers: [SocketAddr; 3]) -> Option<Self> {
        if !is_installed("haproxy") {
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let address = unused_address();
        let socket = dir.path().join("admin.sock");
        let mut configuration = replaced(CONFIGURATION, BIND, &address.to_string());
        configuration = replaced(&configuration, ADMIN_SOCKET, socket.to_str().unwrap());
        for (documented, server) in SERVERS.iter().zip(servers) {
            configuration = replaced(&configuration, documented, &server.to_string());
        }
        let file = dir.path().join("haproxy.cfg");
        std::fs::write(&file, configuration).unwrap();
        let script = "haproxy -db -f \"$1\" & cat >/dev/null; kill -9 $!; wait";
        let shell = Command::new("sh")
            .args(["-c", script, "sh"])
            .arg(file)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(File::create(dir.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let pause = Duration::from_millis(20);
        let mut left = PATIENCE;
        while TcpStream::connect(address).is_err() {
            if left.is_zero() {
                let log = std::fs::read_to_string(dir.path().join("log"));
                panic!("the load balancer does not listen: {}", log.unwrap());
            }
            thread::sleep(pause);
            left = left.saturating_sub(pause);
        }
        Some(Self {
            dir,
            address,
            _shell: shell,
        })
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Gives the server no more requests, and returns when it has none.
    pub fn drain(&self, server: usize) {
        self.set_state(server, "drain");
        let pause = Duration::from_millis(20);
        let mut left = PATIENCE;
        while self.sessions(server) > 0 {
            assert!(!left.is_zero(), "the server is not drained");
            thread::sleep(pause);
            left = left.saturating_sub(pause);
        }
    }

    /// Gives the server requests again when it is found ready.
    pub fn take_back(&self, server: usize) {
        self.set_state(server, "ready");
    }

    /// Whether it gives all servers requests. It learns a moment later than they
    /// themselves that they are ready.
    pub fn gives_to_all(&self) -> bool {
        let statistics = self.ask("show stat");
        let lines = statistics.lines().map(|line| line.split(','));
        let up = lines.filter(|fields| {
            let mut fields = fields.clone();
            let backend = fields.next().unwrap_or_default();
            let server = fields.next().unwrap_or_default();
            ["ready", "alive"].contains(&backend)
                && NAMES.contains(&server)
                && fields.nth(15).is_some_and(|status| status == "UP")
        });
        up.count() == 2 * NAMES.len()
    }

    fn set_state(&self, server: usize, state: &str) {
        for backend in ["ready", "alive"] {
            let name = NAMES[server];
            let said = self.ask(&format!("set server {backend}/{name} state {state}"));
            assert_eq!(said.trim(), "");
        }
    }

    /// How many requests it has of the load balancer.
    fn sessions(&self, server: usize) -> u32 {
        let statistics = self.ask("show stat");
        let lines = statistics.lines().map(|line| line.split(','));
        let counts = lines.filter_map(|mut fields| {
            let backend = fields.next()?;
            let its = fields.next()? == NAMES[server] && ["ready", "alive"].contains(&backend);
            its.then(|| fields.nth(2)?.parse::<u32>().ok()).flatten()
        });
        counts.sum()
    }

    fn ask(&self, command: &str) -> String {
        let mut socket = UnixStream::connect(self.dir.path().join("admin.sock")).unwrap();
        socket.write_all(format!("{command}\n").as_bytes()).unwrap();
        let mut said = String::new();
        socket.read_to_string(&mut said).unwrap();
        said
    }
}

fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "{old:?} is not in the configuration");
    text.replace(old, new)
}

/// Where nobody listens, and none of those ports that outgoing connections take:
/// a server that was stopped finds it free again.
pub fn unused_address() -> SocketAddr {
    use std::sync::atomic::{AtomicU16, Ordering};
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let spread = u16::try_from(std::process::id() % 1000).unwrap() * 16;
    loop {
        let port = 12_000 + (spread + NEXT.fetch_add(1, Ordering::Relaxed)) % 18_000;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
