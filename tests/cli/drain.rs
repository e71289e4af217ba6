//! A server that is stopped while clients ask it.

use std::{
    collections::HashSet,
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::support::process::{MASTER_KEY, RunningServer, signet};

const CLIENTS: usize = 8;
const ANSWERS_BEFORE_THE_STOP: usize = 400;

/// What one client saw.
#[derive(Default)]
struct Seen {
    answered: HashSet<String>,
    broken: Vec<String>,
}

/// Asks on one connection after the other until none is to be had.
fn ask_on(address: SocketAddr, client: usize, answers: &AtomicUsize) -> Seen {
    let mut seen = Seen::default();
    let mut asked = 0;
    while let Ok(mut stream) = TcpStream::connect(address) {
        loop {
            asked += 1;
            let id = format!("client-{client}-request-{asked}");
            match ask(&mut stream, client, &id) {
                Ok(is_last) => {
                    seen.answered.insert(id);
                    answers.fetch_add(1, Ordering::Relaxed);
                    if is_last {
                        break;
                    }
                }
                // Refused without a word: the server had not taken it.
                Err(part) if part.is_empty() => break,
                Err(part) => {
                    seen.broken.push(part);
                    break;
                }
            }
        }
    }
    seen
}

/// Whether the connection ends with this answer; what came, if it is none.
fn ask(stream: &mut TcpStream, client: usize, id: &str) -> Result<bool, String> {
    let request = if client.is_multiple_of(2) {
        format!("GET /health/live HTTP/1.1\r\nhost: localhost\r\nx-request-id: {id}\r\n\r\n")
    } else {
        let body = "{\"username\":\"nobody\",\"password\":\"wrong\"}";
        format!(
            "POST /auth HTTP/1.1\r\nhost: localhost\r\nx-request-id: {id}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let mut answer = String::new();
    if stream.write_all(request.as_bytes()).is_err() {
        return Err(answer);
    }
    loop {
        if let Some((head, body)) = answer.split_once("\r\n\r\n") {
            let (_, length) = head.split_once("content-length: ").unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if body.len() == length {
                let is_expected = ["HTTP/1.1 200 ", "HTTP/1.1 401 "];
                if !is_expected.iter().any(|status| head.starts_with(status)) {
                    return Err(answer);
                }
                return Ok(head.contains("connection: close"));
            }
        }
        let mut part = [0; 4096];
        match stream.read(&mut part) {
            Ok(read) if read > 0 => answer += std::str::from_utf8(&part[..read]).unwrap(),
            _ => return Err(answer),
        }
    }
}

#[test]
fn a_stop_under_load_breaks_no_request_that_was_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("SIGNET_LOG", "signet=debug")
        .env("SIGNET_AUTH_RATE_LIMIT", "off")
        .env("SIGNET_ACCOUNT_THROTTLE", "off")
        .env("SIGNET_DRAIN_TIMEOUT", "1min");
    let server = RunningServer::start(&mut command);
    let (address, answers) = (server.address(), Arc::new(AtomicUsize::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let answers = answers.clone();
            thread::spawn(move || ask_on(address, client, &answers))
        })
        .collect();
    while answers.load(Ordering::Relaxed) < ANSWERS_BEFORE_THE_STOP {
        thread::yield_now();
    }
    let (status, log) = server.stop();
    assert_eq!(status.code(), Some(0), "{log}");
    let seen: Vec<_> = clients.into_iter().map(|c| c.join().unwrap()).collect();
    for client in &seen {
        assert!(client.broken.is_empty(), "{:?}", client.broken);
    }
    let received: HashSet<_> = seen.iter().flat_map(|client| &client.answered).collect();
    let accepted = log.lines().filter(|line| line.contains("\"accepted\""));
    let ids = accepted.filter_map(|line| {
        let from = line.find("client-")?;
        Some(line[from..].split('"').next()?.to_owned())
    });
    let ids: Vec<_> = ids.collect();
    assert!(ids.len() >= ANSWERS_BEFORE_THE_STOP, "{}", ids.len());
    for id in ids {
        assert!(received.contains(&id), "{id} was accepted in vain");
    }
    assert!(!log.contains("cut what did not finish"), "{log}");
}
