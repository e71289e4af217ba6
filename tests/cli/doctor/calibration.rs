use std::{path::Path, process::Output};

use serde_json::Value;

use crate::support::process::{run, signet, text};

/// In the shortest of these times that this machine can verify in.
fn calibrated(dir: &Path, more: &[&str]) -> Output {
    let args = |time| [&["doctor", "--calibrate", "--login-time", time], more].concat();
    let outputs = ["60ms", "250ms", "1s"].map(args).into_iter();
    let mut outputs = outputs.map(|args| run(signet(dir).args(args)));
    outputs.find(|output| output.status.success()).unwrap()
}

#[test]
fn it_proposes_settings_that_the_server_takes() {
    let dir = tempfile::tempdir().unwrap();
    let shown = text(&calibrated(dir.path(), &[]).stdout);
    let settings = shown.lines().filter_map(|line| line.split_once('='));
    let settings: Vec<_> = settings.collect();
    assert_eq!(settings.len(), 3, "{shown}");
    let checked = run(signet(dir.path()).arg("config").envs(settings));
    assert_eq!(checked.status.code(), Some(0), "{}", text(&checked.stderr));
    // Nothing is made or changed.
    assert_eq!(dir.path().read_dir().unwrap().count(), 0);
}

#[test]
fn one_line_of_its_json_is_proposed() {
    let dir = tempfile::tempdir().unwrap();
    let output = calibrated(dir.path(), &["--json"]);
    let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let proposed = lines.iter().filter(|line| line["proposed"] == true);
    assert_eq!(proposed.count(), 1, "{lines:?}");
    for line in &lines {
        assert!(line["verification_ms"].as_f64() > Some(0.0), "{line}");
        assert!(
            line["verifications_per_second"].as_f64() > Some(0.0),
            "{line}"
        );
        assert!(line["memory_mib"].as_u64() > Some(0), "{line}");
    }
}

#[test]
fn the_help_names_all_members_of_its_json() {
    let dir = tempfile::tempdir().unwrap();
    let output = calibrated(dir.path(), &["--json"]);
    let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let help = text(&run(signet(dir.path()).args(["doctor", "--help"])).stdout);
    for member in lines[0].as_object().unwrap().keys() {
        assert!(help.contains(member), "{member}: {help}");
    }
}

#[test]
fn logins_are_fewer_than_verifications_by_their_signatures() {
    let dir = tempfile::tempdir().unwrap();
    let output = calibrated(dir.path(), &["--json"]);
    let lines: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let signatures = lines.iter().map(|line| {
        let rate = |of: &str| line[of].as_f64().unwrap();
        let (verifications, logins) = (rate("verifications_per_second"), rate("logins_per_second"));
        assert!(logins < verifications, "{line}");
        (logins.recip() - verifications.recip()).recip()
    });
    let signatures: Vec<_> = signatures.collect();
    // The same for each of them.
    let off = |rate: &f64| (rate / signatures[0] - 1.0).abs();
    assert!(signatures.iter().all(|rate| off(rate) < 1e-6), "{lines:?}");
}

#[test]
fn a_login_time_out_of_range_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for time in ["0s", "2s", "soon"] {
        let output = run(signet(dir.path()).args(["doctor", "--calibrate", "--login-time", time]));
        assert_eq!(output.status.code(), Some(2), "{time}");
        assert!(text(&output.stderr).contains("--login-time"), "{time}");
    }
}
