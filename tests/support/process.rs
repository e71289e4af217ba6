use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, ExitStatus, Output, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use serde_json::Value;

/// A master key in one of its forms.
pub const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// How long a server may take to listen. It bounds a hanging test and judges no speed.
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
    log: Option<thread::JoinHandle<String>>,
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
        let (listening, listens) = mpsc::channel();
        let log = thread::spawn(move || collect(stderr, &listening));
        if listens.recv_timeout(PATIENCE).is_err() {
            let _ = child.kill();
            panic!("the server does not listen: {}", log.join().unwrap());
        }
        Self {
            child,
            address,
            log: Some(log),
        }
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
    pub fn stop(mut self) -> (ExitStatus, String) {
        let killed = Command::new("kill")
            .args(["-TERM", &self.pid().to_string()])
            .status();
        assert!(killed.unwrap().success());
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
    fn read_log(&mut self) -> String {
        self.log
            .take()
            .map_or_else(String::new, |log| log.join().unwrap())
    }

    pub async fn register(&self, username: &str) -> reqwest::Result<Value> {
        let email = format!("{username}@example.com");
        let body = serde_json::json!({ "username": username, "email": email });
        let request = reqwest::Client::new()
            .post(self.url("/register"))
            .json(&body);
        request.send().await?.error_for_status()?.json().await
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

/// Reads the log to its end and tells when it says that the server listens.
fn collect(mut stderr: impl BufRead, listening: &mpsc::Sender<()>) -> String {
    let mut log = String::new();
    while stderr.read_line(&mut log).unwrap() > 0 {
        if log.lines().last().unwrap().contains("\"listening\"") {
            let _ = listening.send(());
            break;
        }
    }
    stderr.read_to_string(&mut log).unwrap();
    log
}

pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}
