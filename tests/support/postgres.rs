//! A private PostgreSQL for all tests of this binary, and a database of it for
//! each.

use std::{
    fs,
    io::Write,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use sea_orm::{ConnectionTrait, DatabaseConnection};
use signet::adapters::database::{Database, PostgresLimits, PostgresUrl, migrate};
use tokio::sync::OnceCell;

use super::{database::rows_of, skip};

/// How long the server may take to start. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

/// The migrated database that those of the tests are copies of.
const TEMPLATE: &str = "template_of_tests";

/// A server that ends with the process that started it.
pub struct PostgresServer {
    /// Where its socket and its data lie.
    pub dir: PathBuf,
    /// Its open pipe keeps the server running.
    shell: Child,
    programs: PathBuf,
    port: u16,
    settings: Vec<String>,
}

impl PostgresServer {
    /// `None`, and a word about it, where PostgreSQL is not installed.
    pub fn start() -> Option<Self> {
        Self::start_with_port(5432, &[], |_| {})
    }

    /// With settings of its own, and files that are put beside its data first.
    /// The port names the socket, too.
    pub fn start_with_port(
        port: u16,
        settings: &[&str],
        prepare: impl FnOnce(&Path),
    ) -> Option<Self> {
        let Some(programs) = programs() else {
            skip::without("PostgreSQL");
            return None;
        };
        let dir = tempfile::tempdir().unwrap().keep();
        let account = account();
        if let Some((user, group)) = account {
            chown(&dir, Some(user), Some(group)).unwrap();
        }
        run_as(
            account,
            Command::new(programs.join("initdb"))
                .args(["--username=signet", "--auth=trust", "--encoding=UTF8"])
                .args(["--locale=C.UTF-8", "--no-sync", "--no-instructions"])
                .arg(dir.join("data")),
        );
        prepare(&dir);
        if let Some((user, group)) = account {
            for file in fs::read_dir(&dir).unwrap() {
                chown(file.unwrap().path(), Some(user), Some(group)).unwrap();
            }
        }
        let settings: Vec<_> = settings.iter().map(ToString::to_string).collect();
        let server = Self {
            shell: serve(&dir, &programs, account, &settings),
            dir,
            programs,
            port,
            settings,
        };
        server.wait();
        Some(server)
    }

    /// Ends it as a loss of power would.
    pub fn kill(&mut self) {
        let stdin = self.shell.stdin.as_mut().unwrap();
        stdin.write_all(b"end\n").unwrap();
        self.shell.wait().unwrap();
    }

    /// Starts it again on what it had stored.
    pub fn restart(&mut self) {
        self.shell = serve(&self.dir, &self.programs, account(), &self.settings);
        self.wait();
    }

    fn wait(&self) {
        let pg_isready = self.programs.join("pg_isready");
        let pause = Duration::from_millis(50);
        for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
            let asked = Command::new(&pg_isready)
                .args(["-q", "-p", &self.port.to_string(), "-h"])
                .arg(&self.dir)
                .status();
            if asked.unwrap().success() {
                return;
            }
            std::thread::sleep(pause);
        }
        let log = fs::read_to_string(self.dir.join("log"));
        panic!("PostgreSQL does not start: {}", log.unwrap_or_default());
    }

    pub fn url(&self, database: &str) -> String {
        let socket = self.dir.display();
        format!("postgres://signet@localhost/{database}?host={socket}")
    }

    /// A way into a database behind the adapters' back.
    pub async fn connect(&self, database: &str) -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new(self.url(database));
        options.max_connections(1).sqlx_logging(false);
        sea_orm::Database::connect(options).await.unwrap()
    }
}

/// Whatever becomes of this process, the shell sees its pipe close and ends the
/// server.
fn serve(dir: &Path, programs: &Path, account: Option<(u32, u32)>, settings: &[String]) -> Child {
    const SCRIPT: &str = "log=\"$2/log\"; dir=\"$2\"; postgres=\"$1\"; shift 2; \
                          \"$postgres\" -D \"$dir/data\" -k \"$dir\" \"$@\" >\"$log\" 2>&1 & \
                          read -r _ || gone=1; kill -QUIT $!; wait; \
                          if [ -n \"$gone\" ]; then rm -rf \"$dir\"; fi";
    let mut shell = Command::new("sh");
    shell
        .args(["-c", SCRIPT, "sh"])
        .arg(programs.join("postgres"))
        .arg(dir)
        .args(["-c", "listen_addresses=", "-c", "fsync=off"])
        .args(["-c", "max_connections=200", "-c", "shared_buffers=32MB"])
        .args(settings.iter().flat_map(|setting| ["-c", setting]))
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    if let Some((user, group)) = account {
        shell.uid(user).gid(group);
    }
    shell.spawn().unwrap()
}

/// Runs a program to its end.
fn run_as(account: Option<(u32, u32)>, command: &mut Command) {
    if let Some((user, group)) = account {
        command.uid(user).gid(group);
    }
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

/// Where `initdb` and `postgres` lie: Debian keeps them out of the PATH.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let mut folders: Vec<_> = debian
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    folders.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    folders.extend(std::env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

/// PostgreSQL does not run as root: then its own user, or nobody.
fn account() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    ["postgres", "nobody"].into_iter().find_map(|name| {
        let mut fields = users.lines().map(|line| line.split(':'));
        let mut user = fields.find(|user| user.clone().next() == Some(name))?;
        let id = user.nth(2)?.parse().ok()?;
        Some((id, user.next()?.parse().ok()?))
    })
}

/// The server that tests share unless they do it harm.
pub fn shared() -> Option<&'static PostgresServer> {
    static SERVER: OnceLock<Option<PostgresServer>> = OnceLock::new();
    SERVER.get_or_init(PostgresServer::start).as_ref()
}

/// A PostgreSQL database of its own, and a second way into it behind the
/// adapters' back.
pub struct PostgresDatabase {
    pub database: Database,
    pub name: String,
    pub server: &'static PostgresServer,
}

/// Those that no test needs any longer.
static LEFT: Mutex<Vec<String>> = Mutex::new(Vec::new());

impl PostgresDatabase {
    pub async fn new() -> Option<Self> {
        let (name, server) = Self::copy(Some(TEMPLATE)).await?;
        let database = open(&server.url(&name)).await;
        Some(Self {
            database,
            name,
            server,
        })
    }

    /// One without tables, and where it is.
    pub async fn empty() -> Option<String> {
        let (name, server) = Self::copy(None).await?;
        Some(server.url(&name))
    }

    async fn copy(template: Option<&str>) -> Option<(String, &'static PostgresServer)> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        static MIGRATED: OnceCell<()> = OnceCell::const_new();
        let server = shared()?;
        let admin = server.connect("postgres").await;
        MIGRATED
            .get_or_init(|| async {
                let create = format!("CREATE DATABASE {TEMPLATE}");
                admin.execute_unprepared(&create).await.unwrap();
                let database = open(&server.url(TEMPLATE)).await;
                migrate(&database).await.unwrap();
                database.close().await.unwrap();
            })
            .await;
        let left = std::mem::take(&mut *LEFT.lock().unwrap());
        for name in left {
            let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            admin.execute_unprepared(&drop).await.unwrap();
        }
        let name = format!("test_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let template = template.unwrap_or("template0");
        let create = format!("CREATE DATABASE {name} TEMPLATE {template}");
        admin.execute_unprepared(&create).await.unwrap();
        admin.close().await.unwrap();
        Some((name, server))
    }

    pub fn url(&self) -> String {
        self.server.url(&self.name)
    }

    pub async fn execute(&self, sql: &str) {
        let connection = self.server.connect(&self.name).await;
        connection.execute_unprepared(sql).await.unwrap();
        connection.close().await.unwrap();
    }

    /// The rows of a query as texts; NULL is "NULL".
    pub async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        rows_of(self.server.connect(&self.name).await, sql).await
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        LEFT.lock().unwrap().push(self.name.clone());
    }
}

/// What tests wait for PostgreSQL, and take of it.
pub fn limits() -> PostgresLimits {
    PostgresLimits {
        pool_size: 4,
        connect_timeout: PATIENCE,
        acquire_timeout: PATIENCE,
        statement_timeout: PATIENCE,
        migration_wait: PATIENCE,
    }
}

pub async fn open(url: &str) -> Database {
    let url: PostgresUrl = url.parse().unwrap();
    Database::open_postgres(&url, limits()).await.unwrap()
}
