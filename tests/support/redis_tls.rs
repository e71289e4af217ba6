//! A Redis server that speaks TLS and wants a password.

use std::{path::PathBuf, process::Command};

use super::{
    process::free_address,
    redis::{RedisProcess, is_installed},
};

pub const PASSWORD: &str = "pa55word";

pub struct TlsRedis {
    process: RedisProcess,
    port: u16,
}

impl TlsRedis {
    /// `None` where no server is installed, which is told.
    pub fn start() -> Option<Self> {
        if !is_installed("openssl") {
            return None;
        }
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
        std::fs::write(path("req"), "[req]\ndistinguished_name = name\n[name]\n").unwrap();
        let certify = |name: &str, arguments: &[&str]| {
            let output = Command::new("openssl")
                .args(["req", "-x509", "-nodes", "-days", "2", "-newkey", "ec"])
                .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
                .args(["-config", &path("req"), "-subj", "/CN=signet-test"])
                .args(["-keyout", &path(&format!("{name}.key"))])
                .args(["-out", &path(&format!("{name}.pem"))])
                .args(arguments)
                .output()
                .unwrap();
            assert!(output.status.success(), "{output:?}");
        };
        certify("ca", &["-addext", "basicConstraints=critical,CA:TRUE"]);
        let ca = [path("ca.pem"), path("ca.key")];
        certify(
            "server",
            &[
                ["-CA", &ca[0], "-CAkey", &ca[1]],
                [
                    "-addext",
                    "subjectAltName=IP:127.0.0.1",
                    "-addext",
                    "basicConstraints=CA:FALSE",
                ],
            ]
            .concat(),
        );
        let port = free_address().port();
        let options = [
            ("--bind", "127.0.0.1".to_owned()),
            ("--tls-port", port.to_string()),
            ("--tls-cert-file", path("server.pem")),
            ("--tls-key-file", path("server.key")),
            ("--tls-ca-cert-file", path("ca.pem")),
            ("--tls-auth-clients", "no".to_owned()),
        ];
        let options = (options.into_iter()).flat_map(|(name, value)| [name.to_owned(), value]);
        let password = format!(">{PASSWORD}");
        let user = ["--user", "signet", "on", &password, "~signet:*", "+@all"];
        let options = options.chain(user.map(str::to_owned)).collect();
        let process = RedisProcess::start_with(dir, options)?;
        Some(Self { process, port })
    }

    pub fn url(&self) -> String {
        format!("rediss://signet:{PASSWORD}@127.0.0.1:{}/0", self.port)
    }

    /// Who certified it.
    pub fn ca(&self) -> PathBuf {
        self.process.dir().join("ca.pem")
    }
}
