"""The coordinator's memory does not grow with what a hostile class makes: its own, and that of the processes that judge for it.

A class in which everybody is hostile by size: texts of 32 MB, lines, millions of parts, nesting, sources and files as large as
may be handed in, and all of it again and again. The worst of each sort in the normal suite; COURSE_TEST_SLOW=1 makes it 50, of all
kinds in turns. The figures are printed (pytest -s).
"""

import json
import os

import pytest

from autograder.engine.run.sandbox import missing
from tests.autograder.engine import real_class, stubbed
from tests.autograder.engine.test_soak import SETTINGS, finish, points_of, start
from tests.autograder.engine.watching import Watch

pytestmark = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")

SLOW = bool(os.environ.get("COURSE_TEST_SLOW"))
SIZE = 50
MOST = 600.0  # MB

#: Writes frames past the engine: `say` one of any body, `cell` one with outputs in the place of the cell that runs.
PIPE = """
import os, struct
def say(body):
    view = memoryview(struct.pack(">I", len(body)) + body)
    while view:
        view = view[os.write(100, view) :]
def cell(number, outputs):
    say(b'{"cell":%d,"outputs":[' % number + outputs + b']}')
"""
TEXT = b'{"output_type":"stream","name":"stdout","text":"%s"}'
#: One frame of the first cell each, as large as may leave a sandbox.
OUTPUTS = {
    "a text": "TEXT % (b'x' * (31 << 20))",
    "a text of wide letters": "TEXT % (b'x' * (31 << 20) + '\\N{GRINNING FACE}'.encode())",
    "half a letter": "TEXT % (b'\\\\ud800' + b'x' * (31 << 20) + '\\N{GRINNING FACE}'.encode())",
    "lines": "TEXT % (b'\\\\n' * (15 << 20))",
    "dicts within dicts": "b','.join([b'{\"\":' * 190 + b'0' + b'}' * 190] * 20_000)",
    "lists within lists": "b','.join([b'[' * 190 + b']' * 190] * 20_000)",
    "keys": "b'{' + b','.join(b'\"%d\":0' % n for n in range(2_000_000)) + b'}'",
    "rich outputs": 'b\',\'.join([b\'{"output_type":"display_data","data":{"text/html":"<b>"}}\'] * 400_000)',
    "HTML": 'b\'{"output_type":"display_data","data":{"text/html":"\' + b\'<p>&\' * (7 << 20) + b\'"}}\'',
    "an unterminated text": "b'\"' + b'\\\\\"' * (15 << 20)",
}
NEXT = "\nsay(b'{\"begin\":1}')\ncell(1, b'')\n"
#: Ends of every cell, so that the notebook runs again without it, and of a process that somebody else seems to have killed.
ENDS = {"ends": "os._exit(1)", "is killed": "os.kill(os.getpid(), 9)"}


def shows(outputs: str) -> dict:
    """Its first cell says it all at once."""
    return real_class.notebook(first=f"{PIPE}TEXT = {TEXT!r}\ncell(0, {outputs}){NEXT}")


def again_and_again(end: str) -> dict:
    """Each of its cells says as much as may leave a sandbox, and ends it."""
    made = real_class.notebook()
    first, body = f"{PIPE}TEXT = {TEXT!r}\n", "TEXT % (b'x' * (30 << 20))"
    loud = [stubbed.code(f"{first}cell({number}, {body})\n{end}  # {number}") for number in range(6)]
    return {**made, "cells": [*loud, *made["cells"]]}


def large(kind: str) -> dict:
    """A notebook as large as may be handed in."""
    sources = {
        "cells": ["x = '" + "é" * 2_500 + "'"] * 1_900,
        "long cells": ["#" + "x" * 999_000 + "\N{GRINNING FACE}"] * 31,
        "parts": ["x = [" + "[]," * 20_000 + "]"] * 20,
        "deep": ["x = " + "[" * 5_000 + "]" * 5_000] * 100,
        "statements": ["a = 1; " * 20_000] * 5,
    }[kind]
    made = real_class.notebook(real_class.SQUARE)
    return {**made, "cells": [*made["cells"], *map(stubbed.code, sources)]}


def escaped_commas() -> bytes:
    """A notebook that has few commas as it is handed in, and millions once it is read."""
    made = real_class.notebook(real_class.SQUARE)
    made["cells"] += [stubbed.code(f"#{number}" + "\N{SNOWMAN}" * 900_000) for number in range(5)]
    return json.dumps(made).replace("\\u2603", "\\u002c").encode()


KINDS = {
    **{f"shows {name}": lambda outputs=outputs: shows(outputs) for name, outputs in OUTPUTS.items()},
    **{f"{name} again and again": lambda end=end: again_and_again(end) for name, end in ENDS.items()},
    **{
        f"large by its {kind}": lambda kind=kind: large(kind)
        for kind in ("cells", "long cells", "parts", "deep", "statements")
    },
    "large once it is read": escaped_commas,
}
#: The worst of each sort, that take a few seconds each.
WORST = ("shows half a letter", "shows rich outputs", "is killed again and again", "large by its long cells")


def make_class(root, kinds):
    """A class of these, each with as many files beside its notebook as are taken, and one honest learner."""
    real_class.make_course(root, 0)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + SETTINGS)
    for number, kind in enumerate(kinds):
        path = stubbed.hand_in(root, f"hostile{number:02d}", KINDS[kind]())
        (path.parent / "file.bin").write_bytes(bytes(31 << 20))
    stubbed.hand_in(root, "honest", real_class.notebook())


def test_the_memory_of_a_grading_is_bounded(tmp_path):
    names = list(KINDS) if SLOW else WORST
    kinds = [names[number % len(names)] for number in range(SIZE if SLOW else len(names))]
    make_class(tmp_path, kinds)
    process = start(tmp_path, "--jobs", "2")
    with Watch(process.pid) as watch:
        summary = finish(process)
    seconds = f"{summary['seconds']:.1f} s"
    print(
        f"{len(kinds)} hostile: coordinator {watch.coordinator:.0f} MB, a process that judges {watch.judge:.0f} MB,"
        f" together {watch.together:.0f} MB; {seconds}"
    )
    assert points_of(tmp_path) == {"honest": 5.0}
    assert not summary["failed"], summary["failed"]
    assert watch.coordinator < MOST
    assert watch.judge < MOST
