"""What the commands print is text: nothing that a stranger chose is obeyed by a terminal."""

import ast
import json
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from autograder.common.names import why_no_id
from autograder.course import ROOT
from course_utils.terminal import as_json, cell, is_unseen, shown

HOSTILE = "a\x1b]0;owned\x07\x9b31m\u202eb\u200f\x00\r\u2028\udc9b[/b]"
#: Whoever prints here prints what learners, files and tables said.
ROOMS = (
    "autograder/term",
    "autograder/engine/command.py",
    "autograder/engine/rejudge.py",
    "autograder/report/explain.py",
)


def test_what_a_terminal_obeys_is_written_out():
    assert shown("민준 Zoë\n👩‍👩‍👧") == "민준 Zoë\n👩‍👩‍👧"
    assert shown(HOSTILE) == r"a\x1b]0;owned\x07\x9b31m\u202eb\u200f\x00\r\u2028\udc9b[/b]"
    assert cell("[/b]") == r"\[/b]"


@given(st.text(st.characters(codec=None)))
def test_no_text_reaches_a_terminal_raw(text):
    assert not any(is_unseen(c) for c in shown(text).replace("\n", ""))
    told = as_json({"name": text})
    assert json.loads(told) == {"name": text}
    assert not any(is_unseen(c) for c in told)
    told.encode()


def test_every_command_prints_by_way_of_it():
    paths = [
        path for room in ROOMS for path in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
    ]
    assert len(paths) > 5
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text())):
            bare = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
            assert not bare, f"{path}:{node.lineno}: use course_utils.terminal.say"


def test_no_id_of_a_learner_is_obeyed_or_is_a_pattern():
    for name in ("n_*", "a?", "[ab]", "a\x1bb", "a\u202eb", ".a", "a/b", "a\\b", " a", "a ", "", "x" * 129, "민" * 67):
        assert why_no_id(name), ascii(name)
    for name in ("ada", "민준-김", "Zoë O'Neil", "a.b@c.example", "--force", "민" * 66):
        assert not why_no_id(name), name


@given(st.text(min_size=1))
def test_an_id_that_is_taken_can_be_a_file_of_ours(name):
    if not why_no_id(name):
        assert len(f"{name}.json.gz".encode()) <= 255
        assert not any(unicodedata.category(c) == "Cc" for c in name)
