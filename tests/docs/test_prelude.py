"""Tests of what the commands of a page run in, with servers that are none of Signet's."""

import tempfile
import unittest
from types import SimpleNamespace

from blocks import PRELUDE, environment, free_port, script
from terminal import Shell, ShellEnded

# Answers everything with a status, and with 503 before that as long as a file is there.
SERVER = """python3 -c '
import os, sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if os.path.exists("starting") else int(sys.argv[2]))
        self.end_headers()
        self.wfile.write(sys.argv[3].encode())
HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
' """


class Background(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.port = free_port()
        self.ready = f"http://127.0.0.1:{self.port}/health/ready"
        self.shell = Shell(folder.name, environment(folder.name, self.port, folder.name))
        self.addCleanup(self.shell.end)
        self.shell.run(PRELUDE)

    def start(self, commands, number=0, address=None):
        block = SimpleNamespace(background=address or self.ready, refused=None, exits=None)
        return self.shell.run(script(block, commands, number, True))

    def server(self, status=200, says=""):
        return f"{SERVER} {self.port} {status} '{says}'\n"

    def test_a_server_that_is_ready_is_waited_for(self):
        self.start("sleep 0.5\n" + self.server(says="it is"))
        self.assertEqual(self.shell.run(f"curl {self.ready}"), "it is")

    def test_the_answer_of_another_one_is_not_its_own(self):
        self.start(self.server())
        with self.assertRaises(ShellEnded):
            self.shell.run(f"false & wait $! || true\nwait_for {self.ready}")

    def test_what_was_started_before_gives_up_its_address(self):
        self.start(self.server(says="the first"))
        self.start(self.server(says="the second"), 1)
        self.assertEqual(self.shell.run(f"curl {self.ready}"), "the second")

    def test_a_server_that_is_not_ready_is_waited_for_until_it_is(self):
        self.shell.run("touch starting")
        self.start("(sleep 0.5; rm starting) &\n" + self.server(says="it is"))
        self.assertEqual(self.shell.run(f"curl {self.ready}"), "it is")

    def test_a_service_without_that_route_answers_as_it_likes(self):
        self.start(self.server(401), address=f"http://127.0.0.1:{self.port}")

    def test_a_server_that_ends_on_the_way_is_noticed(self):
        self.start(self.server())
        self.shell.run("all_still_run")
        self.shell.run(f"end ${{servers[127.0.0.1:{self.port}]}}; wait || true")
        with self.assertRaises(ShellEnded):
            self.shell.run("all_still_run")
