//! Hashes that other programs made, with the passwords that they were made of.

use signet::domain::PasswordHash;

/// By the `bcrypt` and `argon2-cffi` packages of Python, PHP's manual and
/// jBCrypt's and `crypt_blowfish`'s own tests.
pub const FOREIGN_HASHES: [(&str, &str); 20] = [
    (
        "correct horse",
        "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    ),
    (
        "correct horse",
        "$2y$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    ),
    (
        "correct horse",
        "$2a$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e",
    ),
    (
        "rasmuslerdorf",
        "$2a$07$usesomesillystringfore2uDLvp1Ii2e./U9C8sBjqp8I90dH6hi",
    ),
    (
        "a",
        "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe",
    ),
    (
        "U*U",
        "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
    ),
    (
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789\
         chars after 72 are ignored",
        "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
    ),
    (
        X71,
        "$2b$04$abcdefghijklmnopqrstuu.gc7UY/21CSNJGJg21jJzx9QiOpJ9bO",
    ),
    (
        X72,
        "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i",
    ),
    (
        X73,
        "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i",
    ),
    (
        "abc\0def",
        "$2b$04$abcdefghijklmnopqrstuuU8Rgm0REdvZ0WHY/1al21xqZXmq41/C",
    ),
    (
        COMPOSED,
        "$2b$04$abcdefghijklmnopqrstuuom49CEJgGTx8QtDS27f1fEOSy3h2vuW",
    ),
    (
        DECOMPOSED,
        "$2b$04$abcdefghijklmnopqrstuuhDiDh6jWzafJ39WgPhO0rO9VFeyyy3y",
    ),
    (
        COMPOSED,
        "$argon2id$v=19$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA\
         $6bDLMY/NN3l7QTOwekW36fym+bCPioqf+TDR4TvJwOE",
    ),
    (
        COMPOSED,
        "$argon2id$v=16$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA$BkejwO3Fc3UycQ1tQ+TOEQZp7jAN6Cid",
    ),
    (
        COMPOSED,
        "$argon2i$v=19$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA\
         $Md4Y2uYLiS2+Gs+jsZEClJDeEdARoh2dWQgYxUfYIHE",
    ),
    (
        COMPOSED,
        "$argon2i$v=16$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA$fbF4QZTxcr1LgzvAWWmw7svqdajgofzq",
    ),
    (
        COMPOSED,
        "$argon2d$v=19$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA\
         $l9k1EXG8kA6A71Rt4s1ZCqosWGMPXL5BJtLWZEKWcRQ",
    ),
    (
        COMPOSED,
        "$argon2d$v=16$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA$mjTfg/nCrWbkbmHKWBLMWkUzDcwl39TG",
    ),
    (
        "correct horse",
        "$argon2id$m=64,t=2,p=2$c29tZXNhbHQxMjM0NTY3OA\
         $tfRKVGNEZoanigVBUcH4XTlYmpRlZOeNCd/e6tUvgqI",
    ),
];

/// One text in two spellings of Unicode, which differ in their bytes.
pub const COMPOSED: &str = "caf\u{e9} \u{1f511}";
pub const DECOMPOSED: &str = "cafe\u{301} \u{1f511}";

const X71: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const X72: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
const X73: &str = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

/// Of "correct horse", by bcrypt.
pub const BCRYPT: &str = FOREIGN_HASHES[0].1;

pub fn imported(text: &str) -> PasswordHash {
    PasswordHash::Imported(text.parse().unwrap())
}
