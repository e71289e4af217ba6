use super::{
    acts, assert_done, command, import::import, in_state, keys, publish_next_long_ago, with_keys,
};
use crate::support::process::run;

#[tokio::test]
async fn what_commands_do_to_keys_stands_in_the_audit_log_and_what_servers_do_does_not() {
    let dir = with_keys();
    let dir = dir.path();
    assert!(acts(dir).await.is_empty());
    publish_next_long_ago(dir).await;
    assert_done(&keys(dir, &["rotate"]));
    let (active, next) = (in_state(dir, "active"), in_state(dir, "next"));
    // Too early, and it changes nothing.
    assert_eq!(keys(dir, &["rotate"]).status.code(), Some(1));
    assert_done(&keys(dir, &["revoke", &next, "--yes"]));
    assert_done(&run(command(dir).args(["refresh-key", "rotate"])));
    assert_done(&run(command(dir).args(["refresh-key", "revoke", "--yes"])));
    let expected = [
        ["command_line", "key.rotate", &active],
        ["command_line", "key.revoke", &next],
        ["command_line", "refresh_key.rotate", "2"],
        ["command_line", "refresh_key.revoke", "3"],
    ];
    assert_eq!(acts(dir).await, expected);
}

#[tokio::test]
async fn an_import_stands_in_the_audit_log_where_it_is_done() {
    for args in [&[][..], &["--retired"]] {
        let dir = with_keys();
        let dir = dir.path();
        let import = |kid| import(dir, &[&["--kid", kid], args].concat());
        assert_done(&import("2024-01"));
        // The same private key under another id.
        assert_eq!(import("2024-02").status.code(), Some(1));
        assert_eq!(acts(dir).await, [["command_line", "key.import", "2024-01"]]);
    }
}
