//! The server under load: the binary as it is released, copied as by those who install
//! it, in a folder of its own.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use reqwest::blocking::Client;
use serde_json::Value;
use tempfile::TempDir;

use super::{Outcome, machine, stopwatch::Stopwatch};

const PATIENCE: Duration = Duration::from_secs(30);
const MASTER_KEY: (&str, &str) = ("NOT_MY_KEY", "0123456789abcdef0123456789abcdef");

type Settings<'a> = &'a [(&'static str, &'static str)];

/// What it and its data lie in.
struct Home {
    folder: TempDir,
    /// Where that is not a file in the folder.
    database: Option<String>,
}

impl Home {
    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    fn sqlite(&self) -> PathBuf {
        self.folder.path().join("signet.db")
    }

    fn program(&self) -> PathBuf {
        self.folder.path().join("signet")
    }
}

pub(crate) struct Server {
    process: Child,
    address: SocketAddr,
    home: Home,
    client: Client,
    /// How long it took until it was ready.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// With no limit of rates, nor the throttle of accounts, and these settings.
    pub(crate) fn start(settings: Settings<'_>) -> Outcome<Self> {
        Self::start_with(settings, None)
    }

    /// On this database of PostgreSQL.
    pub(crate) fn start_on(database: &str) -> Outcome<Self> {
        Self::start_with(&[], Some(database.to_owned()))
    }

    fn start_with(settings: Settings<'_>, database: Option<String>) -> Outcome<Self> {
        let (folder, address) = (tempfile::tempdir()?, free_address()?);
        let home = Home { folder, database };
        // How much of a program is resident depends on how its file came to be in the page
        // cache: one that was just linked takes less.
        fs::copy(released(), home.program())?;
        let client = Client::new();
        let time = Stopwatch::start();
        let mut server = Self {
            process: serve(&home, address, settings)?,
            address,
            home,
            client,
            ready_after: Duration::ZERO,
        };
        server.wait(&time)?;
        Ok(server)
    }

    /// Ends it, leaves its database to `between`, and starts it on that again.
    pub(crate) fn restart(&mut self, between: impl FnOnce(&Path) -> Outcome<()>) -> Outcome<()> {
        terminate(&mut self.process)?;
        between(&self.home.sqlite())?;
        let time = Stopwatch::start();
        self.process = serve(&self.home, self.address, &[])?;
        self.wait(&time)
    }

    fn wait(&mut self, started: &Stopwatch) -> Outcome<()> {
        while started.elapsed() < PATIENCE {
            let answer = self.client.get(self.at("/health/ready")).send();
            if answer.is_ok_and(|answer| answer.status().is_success()) {
                self.ready_after = started.elapsed();
                return Ok(());
            }
            if let Some(status) = self.process.try_wait()? {
                let log = fs::read_to_string(self.home.log())?;
                return Err(format!("the server has ended: {status}: {log}").into());
            }
            thread::sleep(Duration::from_micros(500));
        }
        Err("the server did not become ready".into())
    }

    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Has the system keep its database in memory, as far as there is some.
    pub(crate) fn read_database(&self) -> Outcome<()> {
        io::copy(&mut File::open(self.home.sqlite())?, &mut io::sink())?;
        Ok(())
    }

    /// Its resident memory in MiB.
    pub(crate) fn resident(&self) -> Outcome<f64> {
        let status = format!("/proc/{}/status", self.process.id());
        let size = machine::field(&status, "VmRSS")?;
        Ok(size.trim_end_matches(" kB").parse::<f64>()? / 1024.0)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let answer = self.client.post(self.at(path)).json(body).send()?;
        Ok(answer.error_for_status()?.json()?)
    }

    /// What a command that prints JSON says about its data.
    pub(crate) fn command(&self, arguments: &[&str]) -> Outcome<Value> {
        let output = signet(&self.home).args(arguments).output()?;
        Ok(serde_json::from_slice(&output.stdout)?)
    }

    /// A file beside its data, with a line for each text.
    pub(crate) fn file_of_lines(&self, name: &str, lines: &[String]) -> Outcome<String> {
        let path = self.home.folder.path().join(name);
        fs::write(&path, lines.join("\n"))?;
        Ok(path.display().to_string())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended before.
        let _ = terminate(&mut self.process);
    }
}

fn serve(home: &Home, address: SocketAddr, settings: Settings<'_>) -> Outcome<Child> {
    let mut command = signet(home);
    for scope in ["AUTH", "REGISTER", "TOKEN"] {
        command.env(format!("SIGNET_{scope}_RATE_LIMIT"), "off");
    }
    // Its log is as users have it.
    let process = command
        .args(["serve", "--listen", &address.to_string()])
        // What the connections ask for at once is answered, on a slow machine too.
        .env("SIGNET_HASH_MAX_WAIT", "1min")
        .env("SIGNET_ACCOUNT_THROTTLE", "off")
        .envs(settings.iter().copied())
        .stdout(Stdio::null())
        .stderr(File::create(home.log())?)
        .spawn()?;
    Ok(process)
}

/// The command line, on the data in this folder and with no other settings.
fn signet(home: &Home) -> Command {
    let mut command = Command::new(home.program());
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("SIGNET_") || text.starts_with(MASTER_KEY.0) {
            command.env_remove(name);
        }
    }
    command
        .env(MASTER_KEY.0, MASTER_KEY.1)
        .env("SIGNET_DATA_DIR", home.folder.path())
        .envs(home.database.iter().map(|url| ("SIGNET_DATABASE_URL", url)))
        .current_dir(home.folder.path());
    command
}

fn released() -> OsString {
    std::env::var_os("SIGNET").unwrap_or_else(|| env!("CARGO_BIN_EXE_signet").into())
}

pub(crate) fn free_address() -> Outcome<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// Asks the process to end, and waits until it has.
pub(crate) fn terminate(process: &mut Child) -> Outcome<()> {
    if process.try_wait()?.is_none() {
        let id = process.id().to_string();
        Command::new("kill").args(["-TERM", &id]).status()?;
        process.wait()?;
    }
    Ok(())
}
