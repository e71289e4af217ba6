use signet::domain::{
    Argon2ParamsError, BcryptHash, ImportedHash, ImportedHashError, PasswordHash, PasswordHashError,
};

use crate::support::foreign_hashes::{BCRYPT, FOREIGN_HASHES, imported};

const SALT_AND_HASH: &str = "c29tZXNhbHQxMjM0NTY$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

fn parse(text: &str) -> Result<ImportedHash, ImportedHashError> {
    text.parse()
}

#[test]
fn an_imported_hash_is_written_as_it_was_read() {
    for (_, text) in FOREIGN_HASHES {
        assert_eq!(parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn an_imported_hash_is_told_apart_from_ones_own_where_it_is_stored() {
    let text = format!("$argon2id$v=19$m=8,t=1,p=1${SALT_AND_HASH}");
    let foreign = imported(&text);
    assert_eq!(foreign.to_string(), format!("imported:{text}"));
    assert_eq!(foreign.to_string().parse(), Ok(foreign.clone()));
    let own: PasswordHash = text.parse().unwrap();
    assert!(matches!(own, PasswordHash::Own(_)));
    assert_ne!(own, foreign);
    // What is stored without the mark is no hash of another algorithm.
    let unmarked = BCRYPT.parse::<PasswordHash>();
    assert_eq!(unmarked, Err(PasswordHashError::Syntax));
}

#[test]
fn other_algorithms_and_shapes_are_not_imported() {
    let salt_and_hash = &BCRYPT[7..];
    for text in [
        String::new(),
        "password".to_owned(),
        "imported:".to_owned() + BCRYPT,
        format!("$2x$04${salt_and_hash}"),
        format!("$2$04${salt_and_hash}"),
        format!("$2b$+4${salt_and_hash}"),
        format!("$2b$4${salt_and_hash}"),
        format!("$2b$04${salt_and_hash}0"),
        BCRYPT[..59].to_owned(),
        format!("{}ü", &BCRYPT[..58]),
        BCRYPT.replace("Qc6e", "Q=6e"),
        // Bits that no implementation writes.
        BCRYPT.replace("rstuuj", "rstuvj"),
        BCRYPT.replace("Qc6e", "Qc6f"),
        format!("$argon2x$v=19$m=8,t=1,p=1${SALT_AND_HASH}"),
        format!("$argon2id$v=18$m=8,t=1,p=1${SALT_AND_HASH}"),
        format!("$argon2id$v=19$m=8,t=1${SALT_AND_HASH}"),
        format!("$argon2id$v=19$m=8,t=1,p=1,data=c2VjcmV0${SALT_AND_HASH}"),
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQxMjM0NTY".to_owned(),
        "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBs".to_owned(),
    ] {
        assert_eq!(parse(&text), Err(ImportedHashError::Syntax), "{text}");
    }
}

#[test]
fn a_bcrypt_hash_has_a_cost_of_4_to_14() {
    let of_cost = |cost: u32| format!("$2b${cost:02}${}", &BCRYPT[7..]).parse::<BcryptHash>();
    for cost in [4, 10, 14] {
        assert!(of_cost(cost).is_ok(), "{cost}");
    }
    for cost in [0, 3, 15, 31, 99] {
        assert_eq!(of_cost(cost), Err(ImportedHashError::BcryptCost(cost)));
    }
}

#[test]
fn an_argon2_hash_that_would_hold_up_a_worker_is_not_imported() {
    let of_cost = |params: &str| {
        let result = parse(&format!("$argon2id$v=19${params}${SALT_AND_HASH}"));
        result.err()
    };
    for affordable in ["m=262144,t=4,p=1", "m=65536,t=16,p=4", "m=16384,t=64,p=16"] {
        assert_eq!(of_cost(affordable), None, "{affordable}");
    }
    for (params, error) in [
        ("m=262145,t=1,p=1", ImportedHashError::Argon2Memory(262_145)),
        ("m=262144,t=5,p=1", ImportedHashError::Argon2Work(1_310_720)),
        ("m=16385,t=64,p=1", ImportedHashError::Argon2Work(1_048_640)),
        (
            "m=8,t=65,p=1",
            ImportedHashError::Argon2Params(Argon2ParamsError::Iterations(65)),
        ),
        (
            "m=4294967295,t=4294967295,p=1",
            ImportedHashError::Argon2Params(Argon2ParamsError::Iterations(4_294_967_295)),
        ),
    ] {
        assert_eq!(of_cost(params), Some(error), "{params}");
    }
}

#[test]
fn debug_output_shows_no_imported_hash() {
    for (_, text) in FOREIGN_HASHES {
        let shown = format!("{:?}", imported(text));
        let secret = text.rsplit('$').next().unwrap();
        assert!(!shown.contains(&secret[..8]), "{shown}");
    }
}
