"""Runs the commands of the documentation.

blocks.py SIGNET FOLDER [PAGE...]: SIGNET is the program, FOLDER keeps what examples
are built from, and all pages are run where none is named.

A block of commands is fenced as `sh`, or begins with `$ `. The blocks of a page run in
their order, in one shell and in one folder that holds the examples. A comment right before a
block says what is different there:

    <!-- not run: the reason -->       it is left out
    <!-- background: ADDRESS -->       it goes on running; the next one waits for ADDRESS
    <!-- refused 401: the reason -->   it has to fail, with this status
    <!-- run first: COMMANDS -->       readers have done that already

Ports are replaced by free ones, so that other servers do not matter.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^([ \t]*)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--\s*(not run|background|refused \d{3}|run first):\s*((?:(?!-->).)*?)\s*-->\s*\Z", re.DOTALL)
# Bounds a hang, and judges no speed.
PATIENCE = 900

PRELUDE = r"""
set -eu -o pipefail
# A refusal is a failure here.
curl() { command curl --silent --show-error --fail "$@"; }
wait_for() {
    for _ in $(seq 1200); do
        [ "$(command curl --silent --output /dev/null --write-out '%{http_code}' "$1")" = 000 ] || return 0
        sleep 0.1
    done
    echo "nothing answers on $1" >&2
    cat background-*.log >&2
    return 1
}
# Stands for the server that a page takes for granted, with the admin ada logged in.
with_server() {
    signet serve --dev 2>background-server.log &
    wait_for "http://$SIGNET_LISTEN/health/ready"
    export SIGNET_DATA_DIR=signet-dev NOT_MY_KEY_FILE=signet-dev/master.key
    password=$(signet users create ada --email ada@example.com --role admin --json | jq -r .password)
    login=$(curl "http://$SIGNET_LISTEN/auth" -H 'content-type: application/json' \
        -d "{\"username\":\"ada\",\"password\":\"$password\"}")
    TOKEN=$(jq -r .access_token <<<"$login") REFRESH_TOKEN=$(jq -r .refresh_token <<<"$login")
}
"""


class Block:
    def __init__(self, page, match):
        before = COMMENT.search(page[: match.start()])
        self.mark, self.argument = before.groups() if before else (None, None)
        _, language, text = match.groups()
        # In a list they are indented.
        self.text = textwrap.dedent(text)
        self.line = page.count("\n", 0, match.start()) + 1
        if self.mark == "not run" and not self.argument:
            raise SystemExit(f"docs: line {self.line} is not run and does not say why")
        self.is_transcript = not language and self.text.startswith("$ ")
        self.is_commands = language in ("sh", "bash", "shell", "console") or self.is_transcript

    def script(self, number):
        if self.is_transcript:
            lines = [line[2:] for line in self.text.splitlines(keepends=True) if line.startswith("$ ")]
            text = "".join(lines)
        else:
            text = self.text
        if self.mark == "run first":
            text = f"{self.argument}\n{text}"
        if self.mark and self.mark.startswith("refused"):
            status = self.mark.split()[1]
            return (
                f"if (\n{text}) 2>refusal.log; then echo 'this is not refused' >&2; exit 1; fi\n"
                f"cat refusal.log >&2\ngrep --quiet 'returned error: {status}$' refusal.log\n"
            )
        if self.mark == "background":
            return f"{{\n{text}}} >background-{number}.log 2>&1 &\nwait_for {self.argument}\n"
        return text


def blocks(page):
    if hidden := re.search(r"^[ \t]*~~~.*", page, re.MULTILINE):
        raise SystemExit(f"docs: fence blocks with ```: {hidden[0]}")
    found = (Block(page, match) for match in FENCE.finditer(page))
    return [block for block in found if block.is_commands]


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def adapted(script, ports):
    """The same commands with the built program, free ports and no folder of the system's."""

    def port(match):
        return match[1] + str(ports.setdefault(match[2], free_port()))

    script = re.sub(r"\bcargo run --release --(?= )", "signet", script)
    script = script.replace("https://auth.example", "http://127.0.0.1:8080")
    script = script.replace("/var/lib/signet", "var-lib-signet")
    return re.sub(r"(127\.0\.0\.1:|\bPORT=)(\d{4})\b", port, script)


def run(path, signet, kept):
    """Whether everything on the page that is not marked works."""
    page = path.read_text()
    to_run = [block for block in blocks(page) if block.mark != "not run"]
    left_out = len(blocks(page)) - len(to_run)
    name = path.relative_to(REPOSITORY)
    if not to_run:
        if left_out:
            print(f"- {name}: {left_out} left out", flush=True)
        return True
    ports = {"8080": free_port()}
    script = PRELUDE
    for number, block in enumerate(to_run):
        script += f"echo '{name}:{block.line}' >at\n" + adapted(block.script(number), ports)
    # Always the same folder, so that what cargo builds there is built once.
    folder = Path(kept, "docs", path.stem)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        prepare(folder, signet)
        code, output = shell(script, folder, environment(folder, ports["8080"], kept))
        if code == 0:
            print(f"- {name}: {len(to_run)} run, {left_out} left out", flush=True)
            return True
        print(f"docs: {Path(folder, 'at').read_text().strip()}: {code}", file=sys.stderr)
        print(output[-4000:], file=sys.stderr)
        return False
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(folder, signet):
    """What a reader has: the program, and the sources as far as pages name them."""
    built = shutil.ignore_patterns("node_modules", "target", ".venv", "__pycache__")
    for part in ("examples", ".cargo"):
        shutil.copytree(REPOSITORY / part, folder / part, ignore=built)
    (folder / "bin").mkdir()
    (folder / "bin" / "signet").symlink_to(signet)


def environment(folder, port, kept):
    inherited = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SIGNET_", "NOT_MY_KEY"))
    }
    return inherited | {
        "PATH": f"{folder}/bin:{os.environ['PATH']}",
        "SIGNET_LISTEN": f"127.0.0.1:{port}",
        "ISSUER": f"http://127.0.0.1:{port}",
        "CARGO_TARGET_DIR": f"{kept}/verify-rust",
    }


def shell(script, folder, variables):
    """Exit code and output of a script, whose servers end with it."""
    output = folder / "output"
    with output.open("wb") as log:
        bash = subprocess.Popen(
            ["bash", "-c", script],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            code = bash.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            code = f"no end after {PATIENCE} s"
        finally:
            try:
                os.killpg(bash.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            bash.wait()
    return code, output.read_text()


def main():
    signet, kept, *pages = sys.argv[1:]
    pages = [Path(page).resolve() for page in pages] or [
        REPOSITORY / "README.md",
        REPOSITORY / "CONTRIBUTING.md",
        *sorted(REPOSITORY.glob("docs/**/*.md")),
        *sorted(REPOSITORY.glob("examples/*/README.md")),
    ]
    worked = [run(page, Path(signet).resolve(), Path(kept)) for page in pages]
    sys.exit(not all(worked))


main()
