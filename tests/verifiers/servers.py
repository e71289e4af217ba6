"""What the verifiers are checked against: Signet itself, and what stands before its key set."""

import http.client
import json
import os
import re
import socket
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

# Bounds a hang, and judges no speed.
PATIENCE = 120


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def ask(port, method, path, body=None, headers=None):
    """Status, headers and body of one answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise SystemExit(f"verifiers: {what}: not within {PATIENCE} s")


class Process:
    """A server of a test, whose output goes to a file."""

    def __init__(self, command, folder, name, environment):
        self.name, self.log = name, Path(folder, f"{name}.log")
        with self.log.open("wb") as log:
            self.child = subprocess.Popen(
                command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def stop(self):
        if self.child.poll() is None:
            self.child.kill()
        self.child.wait()


class Signet:
    # A key is published 2 s + 2 s + 1 s + 10 s before it signs, and signs for as long.
    SETTINGS = {
        "SIGNET_JWKS_MAX_AGE": "2s",
        "SIGNET_KEY_STALENESS": "2s",
        "SIGNET_KEY_REFRESH": "1s",
        "SIGNET_CLOCK_SKEW": "1s",
        "SIGNET_KEY_ROTATION_INTERVAL": "15s",
        "SIGNET_ACCESS_TOKEN_TTL": "20s",
        "SIGNET_TOKEN_RATE_LIMIT": "off",
    }

    def __init__(self, binary, folder, issuer, audience):
        self.binary, self.folder, self.port = binary, folder, free_port()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SIGNET_", "NOT_MY_KEY"))
        } | self.SETTINGS
        self.environment |= {
            "SIGNET_LISTEN": f"127.0.0.1:{self.port}",
            "SIGNET_DATA_DIR": str(Path(folder, "data")),
            "SIGNET_ISSUER": issuer,
            "SIGNET_AUDIENCE": audience,
            "NOT_MY_KEY": "a master key that is 32 bytes..!",
        }
        self.command("migrate")
        self.process = None

    def command(self, *arguments):
        done = subprocess.run(
            [self.binary, *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        if done.returncode != 0:
            raise SystemExit(f"verifiers: signet {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def start(self):
        self.process = Process([self.binary, "serve"], self.folder, "signet", self.environment)
        wait_until(lambda: ask(self.port, "GET", "/health/ready")[0] == 200, "signet is ready")

    def jwks(self):
        return json.loads(ask(self.port, "GET", "/.well-known/jwks.json")[2])

    def post(self, path, body):
        content = {"Content-Type": "application/json"}
        status, _, answer = ask(self.port, "POST", path, json.dumps(body), content)
        if status not in (200, 201):
            raise SystemExit(f"verifiers: {status} to {path}: {answer}")
        return json.loads(answer)

    def client(self, name, *options):
        """A service client's way to a token."""
        made = json.loads(self.command("clients", "create", name, *options, "--json"))
        form = urlencode({"grant_type": "client_credentials"} | {k: made[k] for k in ("client_id", "client_secret")})
        content = {"Content-Type": "application/x-www-form-urlencoded"}

        def token():
            # A server that was stopped for a while answers 503 until it has reread its keys.
            while True:
                status, _, answer = ask(self.port, "POST", "/token", form, content)
                if status == 200:
                    return json.loads(answer)["access_token"]
                if status != 503:
                    raise SystemExit(f"verifiers: {status} to /token: {answer}")
                time.sleep(0.2)

        return token


class KeySetProxy:
    """Stands where the issuer is, passes the key set on, counts, and can be made to fail.

    `away`: it answers 503. `silent`: it answers when it is not silent any more.
    `moved`: it names another place that has the key set, and counts who goes there.
    `max_age`: what its answers say instead of what Signet's do.
    """

    def __init__(self):
        self.port, self.fetches, self.away, self.signet = free_port(), 0, False, None
        self.silent, self.max_age = False, None
        self.moved, self.followed = False, 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                proxy.fetches += 1
                while proxy.silent:
                    time.sleep(0.05)
                if proxy.away:
                    self.send_error(503)
                    return
                if self.path == "/moved":
                    proxy.followed += 1
                elif proxy.moved:
                    self.send_response(302)
                    self.send_header("Location", "/moved")
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                try:
                    self.pass_on()
                except OSError:
                    pass  # Whoever asked a silent one has given up, and Signet may have ended.

            def pass_on(self):
                status, headers, body = ask(proxy.signet.port, "GET", "/.well-known/jwks.json")
                self.send_response(status)
                if proxy.max_age:
                    headers.replace_header("Cache-Control", f"public, max-age={proxy.max_age}")
                for name in ("Content-Type", "Cache-Control", "ETag"):
                    self.send_header(name, headers[name])
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def issuer(self):
        return f"http://127.0.0.1:{self.port}"


class Verifier(Process):
    """One of the services."""

    path = "/hello"

    def __init__(self, name, command, folder, issuer, audience):
        self.port = free_port()
        settings = {"PORT": str(self.port), "ISSUER": issuer, "AUDIENCE": audience}
        super().__init__(command, folder, name, os.environ | settings)

    def wait(self):
        wait_until(lambda: self.hello()[0] == 401, f"{self.name} answers")

    def hello(self, token=None, scheme="Bearer", path=None):
        headers = {} if token is None else {"Authorization": f"{scheme} {token}"}
        return ask(self.port, "GET", path or self.path, headers=headers)


class Nginx(Verifier):
    """nginx as the documentation sets it up before a service that checks nothing."""

    path = "/reports/today"

    def __init__(self, page, folder, verifier):
        self.served = 0
        [locations] = re.findall(r"^```nginx\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
        locations = locations.replace("127.0.0.1:3000", f"127.0.0.1:{verifier.port}")
        locations = locations.replace("127.0.0.1:4000", f"127.0.0.1:{self.backend()}")
        self.port = free_port()
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
        server = f"server {{ listen 127.0.0.1:{self.port}; {locations} }}"
        Path(folder, "nginx.conf").write_text(
            f"daemon off; pid {folder}/nginx.pid; error_log stderr; events {{}}"
            f" http {{ access_log off; {paths} {server} }}"
        )
        command = ["nginx", "-e", "stderr", "-c", f"{folder}/nginx.conf"]
        Process.__init__(self, command, folder, "nginx", os.environ)

    def stop(self):
        # Killed, it would leave its workers.
        self.child.terminate()
        self.child.wait()

    def backend(self):
        """The service behind it; counts what reaches it."""
        nginx = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                nginx.served += 1
                self.send_response(500 if self.path.endswith("/broken") else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_address[1]
