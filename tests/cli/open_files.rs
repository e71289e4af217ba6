use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
};

use rustix::process::{Pid, Resource, Rlimit, prlimit};

use crate::support::{
    process::{MASTER_KEY, RunningServer, free_address, signet},
    scrape::Scrape,
};

fn ask(stream: &mut TcpStream) -> String {
    let request = "GET /health/live HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// So many files more may be open from now on.
fn leave(server: &RunningServer, files: u64) {
    let open = fs::read_dir(format!("/proc/{}/fd", server.pid())).unwrap();
    let most = u64::try_from(open.count()).unwrap() + files;
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    prlimit(Pid::from_raw(server.pid()), Resource::Nofile, limit).unwrap();
}

#[test]
fn a_server_without_file_descriptors_serves_whom_it_has_and_recovers() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    leave(&server, 10);
    let connect = || TcpStream::connect(server.address()).unwrap();
    let mut first: Vec<_> = (0..5).map(|_| connect()).collect();
    let waiting: Vec<_> = (0..30).map(|_| connect()).collect();
    // Those who wait must not leave before it has run out.
    server.wait_for_log("cannot accept connections");
    for stream in &mut first {
        assert!(ask(stream).starts_with("HTTP/1.1 200 "));
    }
    drop((first, waiting));
    assert!(ask(&mut connect()).starts_with("HTTP/1.1 200 "));
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(log.matches("cannot accept connections").count(), 1, "{log}");
}

#[tokio::test]
async fn a_listener_of_scrapes_without_file_descriptors_says_so_and_recovers() {
    let (dir, listen) = (tempfile::tempdir().unwrap(), free_address());
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_METRICS_LISTEN", listen.to_string());
    let server = RunningServer::start(&mut command);
    // Fewer than the scrapes that are accepted at once.
    leave(&server, 5);
    let scrapers: Vec<_> = (0..7)
        .map(|_| TcpStream::connect(listen).unwrap())
        .collect();
    server.wait_for_log("cannot accept scrapes");
    drop(scrapers);
    assert!(Scrape::of(listen).await.count() > 0);
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    assert_eq!(log.matches("cannot accept scrapes").count(), 1, "{log}");
}
