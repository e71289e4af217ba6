use super::{ANOTHER_KEY, assert_holds, count, database_of, doctor, lines, only, served};
use crate::support::{
    database,
    process::{MASTER_KEY, run},
};

#[tokio::test]
async fn a_wrong_master_key_fails_for_each_key_and_names_the_wanted_one() {
    let dir = served();
    let keys = "SELECT kid, master_key_id FROM keys \
                UNION ALL SELECT 'refresh key 1', master_key_id FROM refresh_keys";
    let rows = database::rows(&database_of(&dir), keys).await;
    let output = run(doctor(dir.path()).env("NOT_MY_KEY", ANOTHER_KEY));
    assert_eq!(output.status.code(), Some(1));
    let lines = lines(&output);
    assert_eq!(count(&lines, "FAIL"), 3, "{lines:#?}");
    for row in rows {
        let line = lines.iter().find(|line| line.contains(&row[0])).unwrap();
        assert_holds(line, &["FAIL", &row[1], "NOT_MY_KEY_PREVIOUS"]);
    }
}

#[test]
fn without_a_master_key_the_other_checks_still_run() {
    let dir = served();
    let output = run(doctor(dir.path()).env_remove("NOT_MY_KEY"));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["master key", "NOT_MY_KEY"]);
    let lines = lines(&output);
    assert_eq!(count(&lines, "warn  signing key "), 2, "{lines:#?}");
    assert_eq!(count(&lines, "warn  refresh key 1:"), 1, "{lines:#?}");
    assert_eq!(count(&lines, "ok    password hashing"), 1);
}

#[test]
fn a_key_under_a_previous_master_key_is_warned_of() {
    let dir = served();
    let mut command = doctor(dir.path());
    command
        .env("NOT_MY_KEY", ANOTHER_KEY)
        .env("NOT_MY_KEY_PREVIOUS", MASTER_KEY);
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(0));
    let lines = lines(&output);
    let warnings: Vec<_> = lines.iter().filter(|l| l.starts_with("warn")).collect();
    assert_eq!(warnings.len(), 3, "{lines:#?}");
    for line in warnings {
        assert_holds(line, &["a previous one", "run `signet master-key rotate`"]);
    }
}

#[tokio::test]
async fn an_altered_key_fails_by_its_kid_and_the_others_are_still_opened() {
    let dir = served();
    let alter = "UPDATE keys SET created_at = '2020-01-01 00:00:00.000000 \
                 +00:00' WHERE state = 'next'";
    database::execute(&database_of(&dir), alter).await;
    let next = "SELECT kid FROM keys WHERE state = 'next'";
    let kid = database::rows(&database_of(&dir), next).await.remove(0);
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &[&kid[0], "altered", "keys revoke"]);
}

#[tokio::test]
async fn a_row_that_cannot_be_read_back_fails_and_the_others_are_still_opened() {
    for (column, value) in [
        ("nonce", "x'00'"),
        ("state", "'asleep'"),
        ("created_at", "'yesterday'"),
    ] {
        let dir = served();
        let path = database_of(&dir);
        let keys = "SELECT kid, master_key_id FROM keys ORDER BY state";
        let rows = database::rows(&path, keys).await;
        let [active, next] = [&rows[0], &rows[1]];
        let corrupt = format!(
            "UPDATE keys SET {column} = {value} WHERE kid = '{}'",
            next[0]
        );
        database::execute(&path, &corrupt).await;
        let output = run(&mut doctor(dir.path()));
        assert_eq!(output.status.code(), Some(1));
        let column = format!("keys.{column}");
        assert_holds(
            &only(&output, "FAIL"),
            &[&next[0], &column, "restore the database from a backup"],
        );
        let lines = lines(&output);
        let of_active = lines.iter().find(|line| line.contains(&active[0])).unwrap();
        assert_holds(of_active, &["ok  ", &active[1], "opens"]);
    }
}

#[tokio::test]
async fn a_public_part_that_is_not_the_private_keys_one_fails() {
    let dir = served();
    let swap = "UPDATE keys SET public_jwk = json_set(public_jwk, '$.n', \
                (SELECT json_extract(public_jwk, '$.n') FROM keys WHERE state = 'active')) \
                WHERE state = 'next'";
    for planted in [swap, "UPDATE keys SET public_jwk = '' WHERE state = 'next'"] {
        database::execute(&database_of(&dir), planted).await;
        let output = run(&mut doctor(dir.path()));
        assert_eq!(output.status.code(), Some(1));
        let next = "SELECT kid FROM keys WHERE state = 'next'";
        let kid = database::rows(&database_of(&dir), next).await.remove(0);
        assert_holds(
            &only(&output, "FAIL"),
            &[&kid[0], "public part", "`signet keys export`"],
        );
    }
}

#[tokio::test]
async fn a_key_set_without_a_next_key_fails() {
    let dir = served();
    let delete = "DELETE FROM keys WHERE state = 'next'";
    database::execute(&database_of(&dir), delete).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(1));
    assert_holds(&only(&output, "FAIL"), &["1 active, 0 next"]);
}

#[tokio::test]
async fn a_rotation_that_nobody_carried_out_is_warned_of() {
    let dir = served();
    let earlier = "UPDATE keys SET activated_at = '2020-01-01 00:00:00.000000 +00:00', \
                   published_at = '2020-01-01 00:00:00.000000 +00:00'";
    database::execute(&database_of(&dir), earlier).await;
    let output = run(&mut doctor(dir.path()));
    assert_eq!(output.status.code(), Some(0));
    let line = only(&output, "warn");
    assert_holds(&line, &["rotation", "overdue", "2020-01-31T00:00:00Z"]);
}
