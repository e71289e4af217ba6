//! What packages and containers use.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    process::Output,
};

use signet::adapters::http::TlsFiles;

use crate::support::certificates::{certify, pair_in};
use crate::support::process::{MASTER_KEY, RunningServer, free_address, run, signet, text};

#[test]
fn the_version_says_which_build_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(signet(dir.path()).arg("--version"));
    let said = text(&output.stdout);
    let number = env!("CARGO_PKG_VERSION");
    let of_development = format!("signet {number} (development build)\n");
    let of_release = format!("signet {number} (commit ");
    assert!(
        said == of_development || said.starts_with(&of_release),
        "{said}"
    );
}

#[test]
fn every_command_has_a_man_page_and_is_completed() {
    let dir = tempfile::tempdir().unwrap();
    assert!(
        run(signet(dir.path()).args(["man", "pages"]))
            .status
            .success()
    );
    let page = |name: &str| fs::read_to_string(dir.path().join("pages").join(name)).unwrap();
    assert!(page("signet.1").contains("backup"));
    assert!(page("signet-backup.1").contains("master key"));
    assert!(page("signet-keys-rotate.1").contains("rotate"));
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let output = run(signet(dir.path()).args(["completions", shell]));
        let script = text(&output.stdout);
        for word in ["backup", "healthcheck", "revoke"] {
            assert!(script.contains(word), "{word} for {shell}");
        }
    }
}

fn healthcheck(dir: &Path, listen: &str) -> Output {
    let mut command = signet(dir);
    command.args(["healthcheck", "--timeout", "30s"]);
    run(command.env("SIGNET_LISTEN", listen))
}

#[test]
fn a_server_that_is_ready_is_healthy() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let output = healthcheck(dir.path(), &server.address().to_string());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

/// The server goes on with its former pair, and one in its place could not start.
#[test]
fn a_server_that_speaks_tls_is_healthy_whatever_became_of_its_files() {
    let dir = tempfile::tempdir().unwrap();
    let files = pair_in(dir.path());
    certify(&files);
    let with_tls = || {
        let mut command = signet(dir.path());
        command
            .env("NOT_MY_KEY", MASTER_KEY)
            .env("SIGNET_TLS_CERT", &files.certificate)
            .env("SIGNET_TLS_KEY", &files.key);
        command
    };
    let server = RunningServer::start(&mut with_tls());
    let renewals: [fn(&TlsFiles); 4] = [
        |_| {},
        |files| {
            let key = fs::read(&files.key).unwrap();
            certify(files);
            fs::write(&files.key, key).unwrap();
        },
        |files| fs::write(&files.certificate, "no certificate").unwrap(),
        |files| fs::remove_file(&files.certificate).unwrap(),
    ];
    for renew in renewals {
        renew(&files);
        let mut command = with_tls();
        command.env("SIGNET_LISTEN", server.address().to_string());
        let output = run(command.args(["healthcheck", "--timeout", "30s"]));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
}

#[test]
fn a_server_that_listens_on_all_addresses_is_asked_on_its_own_machine() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let listen = format!("0.0.0.0:{}", server.address().port());
    let output = healthcheck(dir.path(), &listen);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
}

/// Takes one request, and answers that it is ready or not yet.
fn answer_once(listener: &TcpListener, status: &str) {
    let (mut connection, _) = listener.accept().unwrap();
    let mut request = [0; 4096];
    let _ = connection.read(&mut request).unwrap();
    let answer = format!("HTTP/1.1 {status}\r\n\r\n{{\"code\":\"told\"}}");
    connection.write_all(answer.as_bytes()).unwrap();
}

#[test]
fn a_server_that_is_not_ready_yet_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let mut command = signet(dir.path());
    command
        .args(["healthcheck", "--timeout", "30s", "--wait", "60s"])
        .env("SIGNET_LISTEN", address.to_string());
    let mut waiting = command.spawn().unwrap();
    answer_once(&listener, "503 Service Unavailable");
    // For a while nobody listens there.
    drop(listener);
    let listener = TcpListener::bind(address).unwrap();
    answer_once(&listener, "200 OK");
    assert!(waiting.wait().unwrap().success());
}

#[test]
fn a_server_that_never_comes_is_waited_for_no_longer_than_asked() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .args(["healthcheck", "--wait", "300ms"])
        .env("SIGNET_LISTEN", free_address().to_string());
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("does not answer"));
}

#[test]
fn what_does_not_answer_as_a_ready_server_is_not_healthy() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let answers = std::thread::spawn(move || {
        answer_once(&listener, "503 Service Unavailable");
    });
    let output = healthcheck(dir.path(), &address);
    answers.join().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("told"));
    let output = healthcheck(dir.path(), &address);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("does not answer"));
}
