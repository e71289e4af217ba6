"""Compares what a page shows as an answer with what was printed.

What is another thing at each run has to be of the same kind, and the same where the page
shows the same: ids of keys and accounts, fingerprints of master keys. Of times, tokens and
addresses the kind is all. Everything else is compared letter by letter; of JSON the
members and their values, in which a text "..." stands for any.
"""

import difflib
import json
import re

NAMED = {
    "id": r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}",
    "key": r"[A-Za-z0-9_-]{43}",
    "fingerprint": r"[0-9a-f]{16}",
}
KINDS = NAMED | {
    "token": r"eyJ[\w-]+\.[\w-]+\.[\w-]+",
    "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z",
    "address": r"127\.0\.0\.1:\d+",
}
# The longer ones first.
ORDER = ("token", "time", "address", "id", "key", "fingerprint")
CHANGING = re.compile("|".join(rf"(?<![\w-])(?P<{kind}>{KINDS[kind]})(?![\w-])" for kind in ORDER))


# On a terminal the log is among what is printed; pages leave it out.
LOGGED = re.compile(rf"^{KINDS['time']} +(?:INFO|WARN|ERROR) .*\n?", re.MULTILINE)


class Untrue(Exception):
    """What is shown and was not printed."""


class Names:
    """What stood at this run for the ids that a page shows."""

    def __init__(self):
        self.real, self.shown = {}, {}

    def in_command(self, text):
        """A command as it is on the page, with the ids of this run."""
        return CHANGING.sub(lambda found: self.real.get(found[0], found[0]), text)

    def compare(self, block, printed):
        printed = LOGGED.sub("", printed)
        shown = block if isinstance(block, str) else block.text
        if not isinstance(block, str) and block.language == "json":
            for expected, got in same_count(shown.splitlines(), printed.strip().splitlines()):
                try:
                    got = json.loads(got)
                except ValueError as error:
                    raise Untrue(f"no JSON was printed: {got}") from error
                self.compare_json(json.loads(expected), got, "the answer")
        else:
            self.compare_text(shown, printed)

    def compare_json(self, shown, got, where):
        if isinstance(shown, dict) and isinstance(got, dict):
            if shown.keys() != got.keys():
                raise Untrue(f"{where}: {sorted(shown)} are shown, {sorted(got)} were printed")
            for name, value in shown.items():
                self.compare_json(value, got[name], name)
        elif isinstance(shown, list) and isinstance(got, list):
            for expected, one in same_count(shown, got):
                self.compare_json(expected, one, where)
        elif isinstance(shown, str) and isinstance(got, str):
            if shown != "...":
                self.compare_text(shown, got)
        elif shown != got or type(shown) is not type(got):
            raise Untrue(f"{where}: {shown!r} is shown, {got!r} was printed")

    def compare_text(self, shown, printed):
        # A name that is new is taken as shown; the others are held against what they were.
        expected, got = CHANGING.sub(kind, tidy(shown)), CHANGING.sub(kind, tidy(printed))
        if expected != got:
            raise Untrue("\n".join(difflib.unified_diff(
                tidy(shown).splitlines(), tidy(printed).splitlines(), "shown", "printed", lineterm=""
            )))
        for one, other in zip(CHANGING.finditer(tidy(shown)), CHANGING.finditer(tidy(printed))):
            if one.lastgroup not in NAMED:
                continue
            if self.real.setdefault(one[0], other[0]) != other[0] or self.shown.setdefault(other[0], one[0]) != one[0]:
                raise Untrue(f"{one[0]} is shown, but {self.real[one[0]]} was it before and {other[0]} was printed")


def kind(found):
    return f"<{found.lastgroup}>"


def tidy(text):
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def same_count(shown, got):
    if len(shown) != len(got):
        raise Untrue(f"{len(shown)} are shown, {len(got)} were printed: {got}")
    return zip(shown, got)
