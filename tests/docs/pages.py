"""Reads the blocks of a page: what is run, what that prints, and what only shows something.

A fence is three backticks and one of LANGUAGES, or nothing more; what looks like another
kind of fence is an error, so that no block is passed over.
"""

import json
import re
import textwrap

LANGUAGES = ("sh", "json", "yaml", "java", "nginx", "ini", "")
FENCE = re.compile(r"(.*?)(`{3,}|~{3,})(.*)")
# What may stand before a fence: quotes and the marks of lists are for an error to name.
BEFORE_FENCE = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d+[.)][ \t])*")
INDENTED_COMMAND = re.compile(r"(?: {4}|\t)\s*\$ ")
MARKS = r"not run|background|refused \d{3}|exits \d+|run first|printed by"
CODE_SPAN = re.compile(r"`[^`\n]*`")
COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
MARK = re.compile(rf"\s*({MARKS}):\s*(\S.*?)\s*", re.DOTALL)


class PageError(Exception):
    """What is wrong with a page, and in which line."""


class Block:
    def __init__(self, line, language, text, marks):
        self.line, self.language, self.text = line, language, text
        self.not_run = marks.get("not run")
        self.background = marks.get("background")
        self.run_first = marks.get("run first")
        self.printed_by = marks.get("printed by")
        self.refused = self.exits = None
        for mark in marks:
            word, _, number = mark.partition(" ")
            if word == "refused":
                self.refused = number
            elif word == "exits":
                self.exits = int(number)
        self.is_transcript = not language and text.startswith("$ ")
        self.is_commands = language == "sh" or self.is_transcript
        # The block of what its commands print.
        self.shows = None

    def steps(self):
        """Pairs of commands and of what the page says that they print, if it does."""
        if not self.is_transcript:
            return [(self.text, self.shows)]
        steps = []
        for line in self.text.splitlines(keepends=True):
            if line.startswith("$ "):
                steps.append((line[2:], ""))
            else:
                command, printed = steps.pop()
                steps.append((command, printed + line))
        return steps


def blocks(text):
    """All blocks of a page that are run, each with what it is said to print."""
    found, end = [], 0
    for block, start, stop in fenced(text):
        follows = found and not text[end:start].strip()
        if block.is_commands:
            found.append(block)
        elif block.printed_by:
            made = Block(block.line, "sh", block.printed_by + "\n", {})
            made.shows = block
            found.append(made)
        elif block.language in ("", "json"):
            if follows and found[-1].shows is None and not found[-1].is_transcript:
                found[-1].shows = block
            elif not block.language and not block.not_run:
                raise PageError(f"line {block.line}: what prints this? It follows no commands, and has no mark")
        end = stop
    return found


def fenced(text):
    """Every block with where it starts, its marks among it, and where it stops."""
    found, opened, offset, marks_used = [], None, 0, 0
    outside = ""
    for number, line in enumerate(text.split("\n"), 1):
        fence = FENCE.fullmatch(line)
        if fence and not BEFORE_FENCE.fullmatch(fence[1]):
            fence = None
        if opened is None:
            if fence:
                start, marks = marks_before(text[:offset])
                marks_used += len(marks)
                opened = (number, opening(number, *fence.groups()), marks, start, offset + len(line) + 1)
            else:
                refuse_unfenced(number, line)
                outside += line + "\n"
        elif line == opened[1][0] + "```":
            number, (indent, language), marks, start, inside = opened
            content = textwrap.dedent(text[inside:offset])
            found.append((block(number, language, content, marks), start, offset + len(line)))
            opened = None
        elif fence:
            raise PageError(f"line {number}: a fence in the block that line {opened[0]} begins")
        elif line.strip() and not line.startswith(opened[1][0]):
            raise PageError(f"line {number}: less indented than the fence in line {opened[0]}")
        offset += len(line) + 1
    if opened:
        raise PageError(f"line {opened[0]}: this block does not end")
    comments = COMMENT.findall(CODE_SPAN.sub("", outside))
    if len(comments) != marks_used:
        raise PageError(f"a comment is no mark, or not right before a block: {comments}")
    return found


def opening(number, indent, fence, info):
    """Indentation and language of a fence that is one."""
    if indent.strip() or fence != "```" or info not in LANGUAGES:
        known = ", ".join(language for language in LANGUAGES if language)
        raise PageError(f"line {number}: fence blocks with ``` and nothing, or one of {known}: {indent}{fence}{info}")
    return indent, info


def refuse_unfenced(number, line):
    if INDENTED_COMMAND.match(line) or "<pre" in line.lower():
        raise PageError(f"line {number}: fence this block: {line.strip()}")


def marks_before(text):
    """Where the marks right before a block begin, and what they are."""
    marks, start = {}, len(text)
    while comment := re.search(r"<!--((?:(?!-->).)*?)-->\s*\Z", text[:start], re.DOTALL):
        mark = MARK.fullmatch(comment[1])
        if not mark:
            raise PageError(f"no mark that is known, or one without an argument: {comment[0].strip()}")
        if mark[1] in marks:
            raise PageError(f"two of one kind: {comment[0].strip()}")
        marks[mark[1]] = mark[2]
        start = comment.start()
    return start, marks


def block(number, language, text, marks):
    made = Block(number, language, text, marks)
    kinds = {mark.split()[0] for mark in marks}
    allowed = {"not", "background", "refused", "exits", "run"} if made.is_commands else {"not", "printed"}
    if kinds - allowed or ("not" in kinds and len(marks) > 1):
        raise PageError(f"line {number}: no marks for this block: {', '.join(marks)}")
    if language == "json":
        try:
            for line in text.splitlines():
                json.loads(line)
        except ValueError as error:
            raise PageError(f"line {number}: no JSON, an object a line: {error}") from error
    return made
