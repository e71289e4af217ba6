"""Runs the commands of the documentation, and compares what they print with what is shown.

blocks.py SIGNET FOLDER [PAGE...]: SIGNET is the program, FOLDER keeps what examples
are built from, and all pages are run where none is named.

A block of commands is fenced as `sh`, or begins with `$ `. The blocks of a page run in
their order, in one shell on a terminal, and in one folder that holds the examples. What is
printed is compared, as printed.py says, with the lines that follow a `$ `, and with a block
without a language, or of `json`, that comes right after one of commands. Comments right
before a block say what is different there:

    <!-- not run: the reason -->       it is left out
    <!-- background: ADDRESS -->       it goes on running; the next one waits for ADDRESS, where
                                       what an earlier block runs is stopped first
    <!-- refused 401: the reason -->   it has to fail, with this status
    <!-- exits 1: the reason -->       its last command ends with this code
    <!-- run first: COMMANDS -->       readers have done that already; on a new server ids are new
    <!-- printed by: COMMANDS -->      these print it, which readers do not run

Ports are replaced by free ones, so that other servers do not matter.
"""

import os
import re
import shutil
import socket
import sys
import time
from pathlib import Path

from pages import PageError, blocks
from printed import Names, Untrue
from terminal import Shell, ShellEnded

REPOSITORY = Path(__file__).resolve().parents[2]
QUICKSTART = Path("docs", "quickstart.md")
# What the quickstart promises for all of its commands but those that compile, in seconds:
# so long that no busy machine exceeds it.
QUICK = 600
NEW_SERVER = re.compile(r"\bwith_(?:server|quick_keys)\b")

PRELUDE = Path(__file__).with_name("prelude.sh").read_text()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Page:
    """A page that is run."""

    def __init__(self, path, signet, kept):
        self.path, self.signet, self.kept = path, signet, kept
        self.name = path.relative_to(REPOSITORY)
        # Always the same one, so that what cargo builds there is built once.
        self.folder = Path(kept, "docs", path.stem)
        self.blocks = self.read()
        self.to_run = [block for block in self.blocks if not block.not_run]
        self.ports, self.names = {"8080": free_port()}, Names()
        self.at, self.wrong, self.compared = 0, False, 0
        self.building, self.running = 0.0, 0.0

    def read(self):
        return blocks(self.path.read_text())

    def works(self):
        """Whether everything on it that is not marked works, and prints what is shown."""
        left_out = len(self.blocks) - len(self.to_run)
        if not self.to_run:
            if left_out:
                print(f"- {self.name}: {left_out} left out", flush=True)
            return True
        folder = self.folder
        shutil.rmtree(folder, ignore_errors=True)
        prepare(folder, self.signet)
        shell = Shell(folder, environment(folder, self.ports["8080"], self.kept))
        try:
            shell.run(PRELUDE)
            for number, block in enumerate(self.to_run):
                self.at = block.line
                self.run(block, number, shell)
            shell.run("all_still_run")
            print(f"- {self.name}: {len(self.to_run)} run, {self.compared} compared, {left_out} left out", flush=True)
            if self.name == QUICKSTART:
                self.judge_time()
        except ShellEnded as error:
            self.failed(f"{error}\n{shell.text()[-4000:]}")
        finally:
            shell.end()
            shutil.rmtree(folder, ignore_errors=True)
        return not self.wrong

    def judge_time(self):
        print(f"  {self.running:.0f} s from the first to the last, and {self.building:.0f} s of building", flush=True)
        if self.running > QUICK:
            self.failed(f"this takes a newcomer over {QUICK} s")

    def failed(self, why):
        self.wrong = True
        print(f"docs: {self.name}:{self.at}: {why}", file=sys.stderr)

    def run(self, block, number, shell):
        if block.run_first:
            if NEW_SERVER.search(block.run_first):
                self.names = Names()
            shell.run(self.adapted(block.run_first))
        steps = block.steps()
        for step, (commands, shown) in enumerate(steps, 1):
            commands = script(block, self.names.in_command(commands), number, step == len(steps))
            began = time.monotonic()
            printed = shell.run(self.adapted(commands))
            self.count(commands, time.monotonic() - began)
            if shown is not None:
                self.compared += 1
                try:
                    self.names.compare(shown, printed)
                except Untrue as error:
                    self.failed(error)

    def count(self, commands, seconds):
        if "cargo build" in commands:
            self.building += seconds
        else:
            self.running += seconds

    def adapted(self, commands):
        """The same commands with the built program, free ports and no folder of the system's."""

        def port(match):
            return match[1] + str(self.ports.setdefault(match[2], free_port()))

        commands = re.sub(r"\bcargo run --release --(?= )", "signet", commands)
        commands = commands.replace("https://auth.example", "http://127.0.0.1:8080")
        commands = commands.replace("/var/lib/signet", "var-lib-signet")
        commands = re.sub(r"(?<![\w/.])/(?=(?:backup|safe)/)", f"{self.folder}/", commands)
        return re.sub(r"(127\.0\.0\.1:|\bPORT=)(\d{4})\b", port, commands)


class ContinuedPage(Page):
    """The quickstart, as it goes on from where the README sends its readers there."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.name = f"README.md, then {self.name}"

    def read(self):
        readme, quickstart = Path(REPOSITORY, "README.md").read_text(), self.path.read_text()
        sent, goes_on = line_of(readme, f"({QUICKSTART})"), line_of(quickstart, "## Log in\n")
        return [block for block in blocks(readme) if block.line < sent] + [
            block for block in blocks(quickstart) if block.line > goes_on
        ]


def line_of(text, words):
    before, found, _ = text.partition(words)
    if not found:
        raise PageError(f"this is nowhere: {words}")
    return before.count("\n") + 1


def script(block, commands, number, last):
    """The commands, and what their marks want of them."""
    if block.refused:
        return (
            f"if (\n{commands}) 2>refusal.log; then echo 'this is not refused' >&2; exit 1; fi\n"
            f"cat refusal.log >&2\ngrep --quiet 'returned error: {block.refused}$' refusal.log\n"
        )
    if block.background:
        return (
            f"free {block.background}\n{{\n{commands}}} >background-{number}.log 2>&1 &\n"
            f"wait_for {block.background}\n"
        )
    if block.exits is not None and last:
        return f"code=0\n{commands.rstrip()} || code=$?\n[ $code = {block.exits} ]\n"
    return commands


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
        # No colours, and nothing that moves.
        "TERM": "dumb",
        "NO_COLOR": "1",
    }


def main():
    signet, kept, *pages = sys.argv[1:]
    pages = [Path(page).resolve() for page in pages] or [
        REPOSITORY / "README.md",
        REPOSITORY / "CONTRIBUTING.md",
        REPOSITORY / "fuzz/README.md",
        *sorted(REPOSITORY.glob("docs/**/*.md")),
        *sorted(REPOSITORY.glob("examples/*/README.md")),
    ]
    readings = [(Page, page) for page in pages]
    if REPOSITORY / QUICKSTART in pages:
        readings.append((ContinuedPage, REPOSITORY / QUICKSTART))
    sys.exit(not all([works(kind, page, Path(signet).resolve(), Path(kept)) for kind, page in readings]))


def works(kind, path, signet, kept):
    try:
        return kind(path, signet, kept).works()
    except PageError as error:
        print(f"docs: {path.relative_to(REPOSITORY)}: {error}", file=sys.stderr)
        return False


if __name__ == "__main__":
    main()
