use serde_json::Value;

use crate::support::{
    process::{MASTER_KEY, RunningServer, signet},
    terminal::Terminal,
};

#[test]
fn the_log_is_text_for_people_on_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = signet(dir.path());
    command
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env("NOT_MY_KEY", MASTER_KEY)
        .env("NO_COLOR", "1");
    let mut terminal = Terminal::run(command);
    terminal.wait_for("listening");
    terminal.terminate();
    let (status, shown) = terminal.end();
    assert!(status.success(), "{shown}");
    let lines: Vec<_> = shown.lines().collect();
    let listening = lines.iter().find(|line| line.contains("listening"));
    assert!(listening.unwrap().contains(" INFO signet::"), "{shown}");
    assert!(lines.last().unwrap().ends_with("stopped"), "{shown}");
    assert!(!shown.contains(['{', '\x1b']), "{shown}");
}

#[test]
fn the_log_is_json_lines_where_no_one_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let server = RunningServer::start(signet(dir.path()).env("NOT_MY_KEY", MASTER_KEY));
    let (_, log) = server.stop();
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let last = lines.last().unwrap();
    assert_eq!(last["level"], "INFO");
    assert_eq!(last["fields"]["message"], "stopped");
}
