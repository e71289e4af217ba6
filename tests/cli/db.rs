//! `signet db copy`.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;

use crate::support::{
    database::{execute, rows},
    postgres::PostgresDatabase,
    postgres_proxy::PostgresProxy,
    process::{MASTER_KEY, RunningServer, run, signet, text},
    terminal::Terminal,
};

/// How long a program may take to come to a point. It bounds a hanging test.
const PATIENCE: Duration = Duration::from_mins(1);

fn server(dir: &Path) -> Command {
    let mut command = signet(dir);
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_ISSUER", "https://auth.example");
    command
}

fn copy(dir: &Path, args: &[&str]) -> Command {
    let mut command = signet(dir);
    command.args(["db", "copy"]).args(args);
    command
}

/// A folder with the database of a server that has stopped.
fn migrated() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    assert!(run(signet(dir.path()).arg("migrate")).status.success());
    dir
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(dir.join("data")).unwrap();
    let file = |entry: fs::DirEntry| {
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    };
    entries.map(|entry| file(entry.unwrap())).collect()
}

fn assert_fails(output: &Output, code: i32, words: &str) {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    assert!(message.contains(words), "{words} in {message}");
    assert!(!message.contains("s3cret"), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_goes_on_with_what_was_copied_and_the_source_is_untouched() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    let proxy = PostgresProxy::start(target.server);
    let url = proxy.url(&target.name);
    let dir = tempfile::tempdir().unwrap();
    let before = RunningServer::start(&mut server(dir.path()));
    let ada = before.register("ada").await.unwrap();
    let password = ada["password"].as_str().unwrap().to_owned();
    let login = before.log_in("ada", &password).await.unwrap();
    before.stop();
    let source = files(dir.path());

    let from = ["--from", "sqlite:data/signet.db"];
    let output = run(copy(dir.path(), &from).env("SIGNET_DATABASE_URL", &url));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{err}");
    assert!(err.is_empty(), "{err}");
    assert!(!out.contains("s3cret"), "{out}");
    let users = out
        .lines()
        .find(|line| line.starts_with("users\t"))
        .unwrap();
    let checksum = users.rsplit('\t').next().unwrap();
    assert!(users.contains("\t1\t") && checksum.len() == 64, "{users}");
    assert_eq!(files(dir.path()), source);

    let mut after = server(dir.path());
    let after = RunningServer::start(after.env("SIGNET_DATABASE_URL", &url));
    let token = login["refresh_token"].as_str().unwrap();
    let refreshed = after.refresh(token).await.unwrap();
    assert!(refreshed.status().is_success());
    after.log_in("ada", &password).await.unwrap();
    after.register("grace").await.unwrap();
    after.stop();
    let logged = "SELECT COUNT(*) FROM auth_logs WHERE outcome = 'success'";
    assert_eq!(target.rows(logged).await, [["2"]]);
    let active = "SELECT COUNT(*) FROM keys WHERE state = 'active'";
    assert_eq!(target.rows(active).await, [["1"]]);

    let again = run(copy(dir.path(), &from).env("SIGNET_DATABASE_URL", &url));
    assert_fails(&again, 1, "the target holds rows already");
    let back = ["--from", &url, "--to", "sqlite:copy/signet.db", "--json"];
    let back = run(&mut copy(dir.path(), &back));
    assert!(back.status.success(), "{}", text(&back.stderr));
    let json: Value = serde_json::from_slice(&back.stdout).unwrap();
    let tables = json["tables"].as_array().unwrap();
    assert!(
        tables
            .iter()
            .any(|t| t["table"] == "users" && t["rows"] == 2)
    );
    assert!(!json.to_string().contains("s3cret"), "{json}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_leaves_a_target_without_a_row_that_is_copied_into_anew() {
    let Some(target) = PostgresDatabase::new().await else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let before = RunningServer::start(&mut server(dir.path()));
    before.register("ada").await.unwrap();
    before.stop();
    // The accounts are written, and the keys wait for a lock.
    target
        .execute(
            "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             PERFORM pg_advisory_xact_lock(42); RETURN NEW; END $$; \
             CREATE TRIGGER wait BEFORE INSERT ON keys FOR EACH ROW EXECUTE FUNCTION wait()",
        )
        .await;
    let holder = target.server.connect(&target.name).await;
    let hold = |sql: &'static str| {
        let holder = &holder;
        async move {
            sea_orm::ConnectionTrait::execute_unprepared(holder, sql)
                .await
                .unwrap()
        }
    };
    hold("SELECT pg_advisory_lock(42)").await;
    let url = target.url();
    let args = ["--from", "sqlite:data/signet.db", "--to", &url];
    let mut child = copy(dir.path(), &args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let waiting = "SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted";
    let waits = async {
        while target.rows(waiting).await != [["1"]] {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waits).await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    hold("SELECT pg_advisory_unlock(42)").await;
    // This waits for the locks of the killed one.
    for table in ["users", "keys", "audit_events"] {
        let count = format!("SELECT COUNT(*) FROM {table}");
        assert_eq!(target.rows(&count).await, [["0"]], "{table}");
    }
    let output = run(&mut copy(dir.path(), &args));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(target.rows("SELECT COUNT(*) FROM users").await, [["1"]]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_left_in_its_log_is_copied_and_stays_there() {
    let dir = tempfile::tempdir().unwrap();
    let before = RunningServer::start(&mut server(dir.path()));
    before.register("ada").await.unwrap();
    before.kill();
    let log = dir.path().join("data/signet.db-wal");
    assert!(fs::metadata(&log).unwrap().len() > 0);
    let database = |mut files: BTreeMap<String, Vec<u8>>| {
        // Memory that those share who have the file open.
        files.remove("signet.db-shm");
        files
    };
    let source = database(files(dir.path()));
    let args = ["--from", "sqlite:data/signet.db", "--to", "sqlite:copy.db"];
    let output = run(&mut copy(dir.path(), &args));
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(database(files(dir.path())), source);
    let users = "SELECT COUNT(*) FROM users";
    assert_eq!(rows(&dir.path().join("copy.db"), users).await, [["1"]]);
}

/// Read without it, the file would show half of a write.
#[test]
fn a_source_whose_last_write_was_cut_off_is_told_and_left_alone() {
    let dir = migrated();
    let journal = dir.path().join("data/signet.db-journal");
    fs::write(&journal, [0xd9, 0xd5, 0x05, 0xf9]).unwrap();
    let source = files(dir.path());
    let args = ["--from", "sqlite:data/signet.db", "--to", "sqlite:copy.db"];
    assert_fails(&run(&mut copy(dir.path(), &args)), 3, "was cut off");
    assert_eq!(files(dir.path()), source);
    assert!(!dir.path().join("copy.db").exists());
    // What is left of a write that was finished.
    fs::write(&journal, [0; 512]).unwrap();
    assert!(run(&mut copy(dir.path(), &args)).status.success());
}

#[tokio::test]
async fn no_target_is_made_for_a_source_that_is_none() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("other.db");
    fs::File::create(&path).unwrap();
    execute(&path, "CREATE TABLE other (id INTEGER)").await;
    let args = ["--from", "sqlite:other.db", "--to", "sqlite:copy.db"];
    assert_fails(
        &run(&mut copy(dir.path(), &args)),
        1,
        "no database of Signet",
    );
    assert!(!dir.path().join("copy.db").exists());
}

#[test]
fn what_is_given_wrong_is_told_without_a_password() {
    let dir = migrated();
    let url = "postgres://ada:s3cret@localhost/x?oops=1";
    for (args, words) in [
        (&[][..], "--from"),
        (
            &["--from", "sqlite:missing.db"],
            "there is no database missing.db",
        ),
        (&["--to", url], "invalid value for --to: unknown parameter"),
        (
            &["--from", url],
            "invalid value for --from: unknown parameter",
        ),
        (
            &["--to", "sqlite:data/../data/signet.db"],
            "the same database",
        ),
        (
            &[
                "--from",
                "postgres://a:s3cret@x/y",
                "--to",
                "postgres://a:s3cret@x/y",
            ],
            "the same database",
        ),
    ] {
        assert_fails(&run(&mut copy(dir.path(), args)), 2, words);
    }
}

#[test]
fn a_database_that_does_not_answer_is_a_failure() {
    let dir = migrated();
    let url = format!(
        "postgres://ada:s3cret@localhost/x?host={}",
        dir.path().display()
    );
    let mut command = copy(dir.path(), &["--from", "sqlite:data/signet.db"]);
    command
        .env("SIGNET_DATABASE_URL", url)
        .env("SIGNET_DATABASE_CONNECT_TIMEOUT", "200ms");
    assert_fails(&run(&mut command), 3, "No such file");
}

#[test]
fn a_terminal_shows_how_far_a_copy_is() {
    let dir = migrated();
    let copied =
        run(signet(dir.path()).args(["users", "create", "ada", "--email", "a@example.com"]));
    assert!(copied.status.success(), "{}", text(&copied.stderr));
    let mut command = copy(dir.path(), &["--to", "sqlite:copy.db"]);
    command.env("TERM", "xterm");
    let (status, shown) = Terminal::run(command).end();
    assert!(status.success(), "{shown}");
    assert!(shown.contains("% copying users"), "{shown:?}");
}
