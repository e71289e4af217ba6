use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use reqwest::Response;
use serde_json::Value;

/// A master key in one of its forms.
pub const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// How long a server may take to listen or to log. It bounds a hanging test and judges no speed.
const PATIENCE: Duration = Duration::from_mins(1);

/// The real binary, in a folder of its own and with no setting from outside.
pub fn signet(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_signet"));
    command.current_dir(dir);
    for (name, _) in std::env::vars() {
        if name.starts_with("SIGNET_") || name.starts_with("NOT_MY_KEY") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command that ends by itself.
pub fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A server that is listening.
pub struct RunningServer {
    child: Child,
    address: SocketAddr,
    log: Arc<Log>,
}

/// What a server has logged until now, and whether there will be more.
#[derive(Default)]
struct Log {
    state: Mutex<(String, bool)>,
    grown: Condvar,
}

impl Log {
    /// Adds what comes, until nothing more can.
    fn collect(&self, mut stderr: impl BufRead) {
        let mut line = String::new();
        loop {
            line.clear();
            let ended = stderr.read_line(&mut line).unwrap() == 0;
            let mut state = self.state.lock().unwrap();
            state.0.push_str(&line);
            state.1 = ended;
            self.grown.notify_all();
            if ended {
                return;
            }
        }
    }

    /// What is logged once it has the text, or all of it if it never does.
    fn until(&self, text: Option<&str>) -> (String, bool) {
        let state = self.state.lock().unwrap();
        let has = |log: &str| text.is_some_and(|text| log.contains(text));
        let waiting = |state: &mut (String, bool)| !state.1 && !has(&state.0);
        let (state, _) = self
            .grown
            .wait_timeout_while(state, PATIENCE, waiting)
            .unwrap();
        (state.0.clone(), has(&state.0))
    }
}

impl RunningServer {
    /// Starts `serve` and waits until it listens. What it prints goes to the file
    /// `stdout` of its folder.
    pub fn start(command: &mut Command) -> Self {
        Self::start_with(command, &[])
    }

    /// Starts `serve --dev` in the folder.
    pub fn start_dev(dir: &Path) -> Self {
        Self::start_with(&mut signet(dir), &["--dev"])
    }

    pub fn start_with(command: &mut Command, flags: &[&str]) -> Self {
        Self::start_at(free_address(), command, flags)
    }

    /// Starts `serve` where another one listened before it, say.
    pub fn start_at(address: SocketAddr, command: &mut Command, flags: &[&str]) -> Self {
        let server = Self::spawn(address, command, flags);
        server.wait_for_log("\"listening\"");
        server
    }

    /// Starts `serve` and waits until it has logged the text, as it does before it
    /// listens.
    pub fn start_until(text: &str, command: &mut Command) -> Self {
        let server = Self::spawn(free_address(), command, &[]);
        server.wait_for_log(text);
        server
    }

    fn spawn(address: SocketAddr, command: &mut Command, flags: &[&str]) -> Self {
        let dir = command.get_current_dir().unwrap();
        let stdout = File::create(dir.join("stdout")).unwrap();
        let mut child = command
            .args(["serve", "--listen", &address.to_string()])
            .args(flags)
            .stdin(Stdio::null())
            .stdout(stdout)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let log = Arc::<Log>::default();
        let collected = log.clone();
        thread::spawn(move || collected.collect(stderr));
        Self {
            child,
            address,
            log,
        }
    }

    /// Until it has logged the text.
    pub fn wait_for_log(&self, text: &str) {
        let (log, has) = self.log.until(Some(text));
        assert!(has, "the server does not log {text}: {log}");
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    pub fn pid(&self) -> i32 {
        self.child.id().try_into().unwrap()
    }

    /// Sends SIGTERM and returns how it ended and what it logged.
    pub fn stop(self) -> (ExitStatus, String) {
        self.signal("TERM");
        self.end()
    }

    /// Sends this signal, and waits for nothing.
    pub fn signal(&self, name: &str) {
        let killed = Command::new("kill")
            .args([&format!("-{name}"), &self.pid().to_string()])
            .status();
        assert!(killed.unwrap().success());
    }

    /// Waits for its end; how it ended and what it logged.
    pub fn end(mut self) -> (ExitStatus, String) {
        (self.child.wait().unwrap(), self.read_log())
    }

    /// Ends it as a loss of power would: at once, with nothing said. Returns what
    /// it logged before.
    pub fn kill(mut self) -> String {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.read_log()
    }

    /// To its end, which comes with the server's.
    fn read_log(&self) -> String {
        self.log.until(None).0
    }

    pub async fn register(&self, username: &str) -> reqwest::Result<Value> {
        let email = format!("{username}@example.com");
        let body = serde_json::json!({ "username": username, "email": email });
        let request = reqwest::Client::new()
            .post(self.url("/register"))
            .json(&body);
        request.send().await?.error_for_status()?.json().await
    }

    /// Whatever the server answers.
    pub async fn refresh(&self, token: &str) -> reqwest::Result<Response> {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        let request = reqwest::Client::new().post(self.url("/token"));
        request.form(&form).send().await
    }

    pub async fn log_in(&self, username: &str, password: &str) -> reqwest::Result<Value> {
        let body = serde_json::json!({ "username": username, "password": password });
        let request = reqwest::Client::new().post(self.url("/auth")).json(&body);
        request.send().await?.error_for_status()?.json().await
    }
}

/// A test that fails leaves no server behind.
impl Drop for RunningServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Stays free until it is listened on: the system gives connections ports from 32768 on,
/// and no two tests of a run get the same one.
pub fn free_address() -> SocketAddr {
    const FIRST: u32 = 20_000;
    const PORTS: u32 = 12_000;
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    // Elsewhere for another run of the tests beside this one.
    let start = std::process::id().wrapping_mul(1009);
    loop {
        let next = start.wrapping_add(TAKEN.fetch_add(1, Ordering::Relaxed)) % PORTS;
        let port = u16::try_from(FIRST + next).unwrap();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
