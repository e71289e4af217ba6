use signet::domain::{Argon2ParamsError, Password, PasswordError, PasswordHash, PasswordHashError};

const SALT_AND_HASH: &str = "c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

#[test]
fn a_password_has_1_to_1024_bytes() {
    assert!(Password::new("x".to_owned()).is_ok());
    assert!(Password::new("ü".repeat(512)).is_ok());
    assert_eq!(
        Password::new(String::new()).unwrap_err(),
        PasswordError::Empty
    );
    assert_eq!(
        Password::new("x".repeat(1025)).unwrap_err(),
        PasswordError::Length
    );
}

#[test]
fn debug_output_shows_neither_password_nor_hash() {
    let password = Password::new("correct horse".to_owned()).unwrap();
    assert!(!format!("{password:?}").contains("horse"));
    let hash: PasswordHash = format!("$argon2id$v=19$m=8,t=1,p=1${SALT_AND_HASH}")
        .parse()
        .unwrap();
    let shown = format!("{hash:?}");
    assert!(
        !shown.contains("c29tZ") && !shown.contains("AAECAw"),
        "{shown}"
    );
}

#[test]
fn a_hash_is_written_as_it_was_read() {
    let text = format!("$argon2id$v=19$m=19456,t=2,p=1${SALT_AND_HASH}");
    let hash: PasswordHash = text.parse().unwrap();
    assert_eq!(hash.to_string(), text);
    let params = hash.params().unwrap();
    assert_eq!(params.memory_kib(), 19456);
    assert_eq!(params.iterations(), 2);
    assert_eq!(params.parallelism(), 1);
}

#[test]
fn other_algorithms_versions_and_shapes_are_no_hash() {
    for text in [
        String::new(),
        "password".to_owned(),
        format!("$argon2i$v=19$m=8,t=1,p=1${SALT_AND_HASH}"),
        format!("$argon2id$v=16$m=8,t=1,p=1${SALT_AND_HASH}"),
        format!("$argon2id$m=8,t=1,p=1${SALT_AND_HASH}"),
        format!("$argon2id$v=19$m=8,t=1${SALT_AND_HASH}"),
        format!("$argon2id$v=19$m=8,t=1,p=1,keyid=c2VjcmV0${SALT_AND_HASH}"),
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY".to_owned(),
    ] {
        assert_eq!(
            text.parse::<PasswordHash>(),
            Err(PasswordHashError::Syntax),
            "{text}"
        );
    }
}

#[test]
fn a_hash_that_would_take_the_machine_to_verify_is_refused() {
    let hash =
        |params: &str| format!("$argon2id$v=19${params}${SALT_AND_HASH}").parse::<PasswordHash>();
    assert_eq!(
        hash("m=1048577,t=1,p=1"),
        Err(Argon2ParamsError::Memory(1_048_577).into())
    );
    assert_eq!(
        hash("m=8,t=65,p=1"),
        Err(Argon2ParamsError::Iterations(65).into())
    );
    assert_eq!(
        hash("m=256,t=1,p=17"),
        Err(Argon2ParamsError::Parallelism(17).into())
    );
}
