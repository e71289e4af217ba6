use std::{fs::File, os::unix::fs::FileExt, path::Path};

use super::{
    DATABASE, assert_not_ready, assert_unavailable, configured, get, log_in, registered, start,
};
use crate::support::{
    database::rows,
    process::{signet, text},
};

const PAGE: u64 = 4096;

fn write_over(path: &Path, at: u64) {
    let file = File::options().write(true).open(path).unwrap();
    file.write_all_at(&[0x5a; 4096], at).unwrap();
}

#[test]
fn a_start_on_a_file_with_a_damaged_header_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    assert!(start(dir.path()).stop().0.success());
    let path = dir.path().join(DATABASE);
    write_over(&path, 0);
    let output = configured(signet(dir.path()))
        .arg("serve")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = text(&output.stderr);
    for word in [DATABASE, "not a database", "signet restore"] {
        assert!(said.contains(word), "{word} in {said}");
    }
}

#[tokio::test]
async fn a_damaged_page_is_met_with_no_wrong_answer_and_told() {
    let dir = tempfile::tempdir().unwrap();
    let server = start(dir.path());
    let ada = registered(&server, "ada").await;
    assert!(server.stop().0.success());
    let path = dir.path().join(DATABASE);
    let root = "SELECT rootpage FROM sqlite_master WHERE name = 'known_networks'";
    let page: u64 = rows(&path, root).await[0][0].parse().unwrap();
    write_over(&path, (page - 1) * PAGE);

    let server = start(dir.path());
    assert_unavailable(log_in(&server, &ada).await).await;
    assert_not_ready(&server).await;
    let keys = get(&server, "/.well-known/jwks.json").await;
    assert_eq!(keys.status(), 200);
    let (_, log) = server.stop();
    assert!(log.contains("malformed"), "{log}");
}
