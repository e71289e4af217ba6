"""A shell on a terminal, which is given its commands one by one."""

import fcntl
import os
import select
import signal
import struct
import subprocess
import termios
import time

END = b"\x1eend\x1e"
# Bounds a hang, and judges no speed.
PATIENCE = 900
# So wide that no table is folded.
ROWS_AND_COLUMNS = struct.pack("HHHH", 50, 500, 0, 0)


class ShellEnded(Exception):
    """A command failed, or did not end. The argument says with what."""


class Shell:
    def __init__(self, folder, variables):
        self.screen, theirs = os.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, ROWS_AND_COLUMNS)
        modes = termios.tcgetattr(theirs)
        # Lines end as they were written.
        modes[1] &= ~termios.OPOST
        termios.tcsetattr(theirs, termios.TCSANOW, modes)
        commands, self.commands = os.pipe()
        self.bash = subprocess.Popen(
            ["bash", f"/dev/fd/{commands}"],
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            pass_fds=[commands],
            start_new_session=True,
        )
        os.close(theirs)
        os.close(commands)
        self.deadline = time.monotonic() + PATIENCE
        self.printed = b""

    def run(self, commands):
        """What they print, on both streams."""
        self.printed = b""
        try:
            os.write(self.commands, f"{commands}\nprintf '\\036end\\036'\n".encode())
        except BrokenPipeError:
            pass  # It has ended, which is found out below.
        while END not in self.printed:
            if self.read():
                continue
            if self.bash.poll() is not None:
                while self.read():
                    pass
                raise ShellEnded(f"exit code {self.bash.returncode}")
            if time.monotonic() > self.deadline:
                raise ShellEnded(f"no end after {PATIENCE} s")
        return self.text()

    def read(self):
        if not select.select([self.screen], [], [], 0.2)[0]:
            return False
        try:
            data = os.read(self.screen, 65536)
        except OSError:
            return False
        self.printed += data
        return bool(data)

    def text(self):
        return self.printed.replace(END, b"").decode(errors="replace")

    def end(self):
        """Ends it, and the servers that it started."""
        try:
            os.killpg(self.bash.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.bash.wait()
        os.close(self.commands)
        os.close(self.screen)
