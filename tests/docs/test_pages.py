"""Tests of what reads and compares the pages. `python3 -m unittest` runs them."""

import unittest

from pages import PageError, blocks
from printed import Names, Untrue

COMMANDS = "```sh\ntrue\n```\n"


class EveryFence(unittest.TestCase):
    def refused(self, page, *words):
        with self.assertRaises(PageError) as caught:
            blocks(page)
        for word in words:
            self.assertIn(word, str(caught.exception))

    def test_a_block_of_commands_is_found_with_its_line(self):
        [block] = blocks(f"# Page\n\ntext\n\n{COMMANDS}")
        self.assertEqual((block.line, block.text), (5, "true\n"))

    def test_a_block_in_a_list_loses_its_indentation(self):
        [block] = blocks("1. first\n\n   ```sh\n   one \\\n     two\n   ```\n")
        self.assertEqual(block.text, "one \\\n  two\n")

    def test_a_block_at_the_very_end_is_found(self):
        self.assertEqual(len(blocks("text\n```sh\ntrue\n```")), 1)

    def test_tildes_are_refused(self):
        self.refused("~~~sh\ntrue\n~~~\n", "line 1")

    def test_four_backticks_are_refused(self):
        self.refused("text\n````sh\ntrue\n````\n", "line 2")

    def test_an_unknown_language_is_refused(self):
        self.refused("```shell\ntrue\n```\n", "line 1", "shell")

    def test_more_than_a_language_is_refused(self):
        for info in ("sh title=x", "sh ", " sh", "{.sh}", "sh\r"):
            with self.subTest(info=info):
                self.refused(f"```{info}\ntrue\n```\n", "line 1")

    def test_a_fence_behind_a_mark_of_a_list_or_a_quote_is_refused(self):
        for before in ("- ", "* ", "1. ", "> ", "- > "):
            with self.subTest(before=before):
                self.refused(f"{before}```sh\ntrue\n```\n", "line 1")

    def test_a_block_that_does_not_end_is_refused(self):
        self.refused("```sh\ntrue\n", "line 1", "does not end")

    def test_a_block_that_another_indentation_ends_is_refused(self):
        self.refused("   ```sh\n   true\n```\n", "line 3")
        self.refused("```sh\ntrue\n  ```\n", "line 3")

    def test_lines_that_are_less_indented_than_their_fence_are_refused(self):
        self.refused("   ```sh\ntrue\n   ```\n", "line 2")

    def test_a_fence_within_a_block_is_refused(self):
        self.refused(f"```json\n{COMMANDS}```\n", "line 2")

    def test_commands_that_are_not_fenced_are_refused(self):
        self.refused("text\n\n    $ true\n", "line 3")
        self.refused("text\n\n<pre>\n$ true\n</pre>\n", "line 3")

    def test_backticks_within_a_line_are_none(self):
        self.assertEqual(blocks("Fence blocks with ```sh, say.\n"), [])

    def test_json_that_is_none_is_refused(self):
        self.refused("```json\n{'a': 1}\n```\n", "line 1")


class Marks(unittest.TestCase):
    refused = EveryFence.refused

    def test_a_mark_belongs_to_the_block_right_after_it(self):
        [first, second] = blocks(f"<!-- not run: it is big -->\n{COMMANDS}\n{COMMANDS}")
        self.assertEqual((first.not_run, second.not_run), ("it is big", None))

    def test_several_marks_may_stand_before_a_block(self):
        [block] = blocks(f"<!-- run first: a -->\n<!-- exits 1: b -->\n{COMMANDS}")
        self.assertEqual((block.run_first, block.exits), ("a", 1))

    def test_a_mark_that_no_block_follows_is_refused(self):
        self.refused(f"<!-- not run: why -->\ntext\n\n{COMMANDS}", "not right before")

    def test_a_mark_without_a_reason_is_refused(self):
        self.refused(f"<!-- not run: -->\n{COMMANDS}", "not run")

    def test_an_unknown_mark_is_refused(self):
        self.refused(f"<!-- skip: why -->\n{COMMANDS}", "skip")

    def test_a_mark_that_means_nothing_for_its_block_is_refused(self):
        self.refused("<!-- exits 1: why -->\n```yaml\na: 1\n```\n", "exits 1")

    def test_a_mark_in_running_text_is_none(self):
        self.assertEqual(blocks("Say `<!-- not run: the reason -->` before it.\n"), [])


class WhatIsShown(unittest.TestCase):
    refused = EveryFence.refused

    def test_a_block_right_after_commands_is_what_they_print(self):
        [block] = blocks(f"{COMMANDS}\n```\nout\n```\n")
        self.assertEqual([(commands, shown.text) for commands, shown in block.steps()], [("true\n", "out\n")])

    def test_a_block_that_nothing_prints_is_refused(self):
        self.refused(f"{COMMANDS}\ntext\n\n```\nout\n```\n", "what prints this")

    def test_json_elsewhere_is_only_read(self):
        [block] = blocks(f'{COMMANDS}\ntext\n\n```json\n{{"a":1}}\n```\n')
        self.assertIsNone(block.shows)

    def test_commands_out_of_sight_may_print_it(self):
        [block] = blocks("<!-- printed by: echo out -->\n```\nout\n```\n")
        self.assertEqual([(commands, shown.text) for commands, shown in block.steps()], [("echo out\n", "out\n")])

    def test_each_command_of_a_transcript_prints_the_lines_up_to_the_next(self):
        [block] = blocks("```\n$ one\nout\nmore\n$ two\n```\n")
        self.assertEqual(block.steps(), [("one\n", "out\nmore\n"), ("two\n", "")])


class Comparing(unittest.TestCase):
    ONE, OTHER = "4057e765-97c5-4da6-8a3e-b6687e3c089c", "ea20252c-f2eb-4481-a2e8-d8beee63316f"

    def untrue(self, shown, printed, names=None):
        with self.assertRaises(Untrue):
            (names or Names()).compare(shown, printed)

    def json(self, text):
        return blocks(f"{COMMANDS}```json\n{text}\n```\n")[0].shows

    def test_letters_are_compared(self):
        Names().compare("Key 2 signs.\n", "Key 2 signs.  \n")
        self.untrue("Key 2 signs.", "Key 3 signs.")
        self.untrue("", "Key 2 signs.")

    def test_times_tokens_and_addresses_may_be_others(self):
        Names().compare("at 2026-01-01T00:00:00Z on 127.0.0.1:8080", "at 2027-01-01T00:00:00.5Z on 127.0.0.1:4711")
        self.untrue("at 2026-01-01T00:00:00Z", "at noon")

    def test_an_id_may_be_another_one_and_stays_it(self):
        names = Names()
        names.compare(f"id {self.ONE}", f"id {self.OTHER}")
        names.compare(f"id {self.ONE}", f"id {self.OTHER}")
        self.untrue(f"id {self.ONE}", f"id {self.ONE}", names)

    def test_one_id_does_not_stand_for_two(self):
        self.untrue(f"{self.ONE} {self.OTHER}", f"{self.ONE} {self.ONE}")

    def test_commands_get_the_ids_of_this_run(self):
        names = Names()
        names.compare(f"id {self.ONE}", f"id {self.OTHER}")
        self.assertEqual(names.in_command(f"revoke {self.ONE} --yes"), f"revoke {self.OTHER} --yes")

    def test_lines_of_the_log_are_left_out(self):
        Names().compare("done\n", "2026-01-01T00:00:00.1Z  WARN signet: why\ndone\n")

    def test_json_is_compared_by_its_members_and_values(self):
        Names().compare(self.json('{"a":1,"b":"..."}'), '{"b":"any","a":1}')
        for printed in ('{"a":1}', '{"a":2,"b":"x"}', '{"a":true,"b":"x"}', '{"a":1,"b":2}', '{"a":1,"b":"","c":1}', "no"):
            with self.subTest(printed=printed):
                self.untrue(self.json('{"a":1,"b":"..."}'), printed)

    def test_another_count_of_lines_is_untrue(self):
        self.untrue(self.json('{"a":1}\n{"a":1}'), '{"a":1}')


if __name__ == "__main__":
    unittest.main()
