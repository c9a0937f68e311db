"""What the judge reads of a notebook's source: as IPython would have run it, and quickly, whatever it says."""

import ast
import time

import pytest

from autograder.engine.reading import parse_cell, read_answers


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("files = !ls\nx = 1", "pass\nx = 1"),
        ("d['a'], b = %time f()\nx = 1", "pass\nx = 1"),
        ("!ls \\\n  -l\nx = 1", "pass\nx = 1"),
        ("np.sum?\n?np.sum\nnp.sum??\nx = 1", "pass\npass\npass\nx = 1"),
        ("if x:\n    !ls {x}\nelse:\n    x = 1", "if x:\n    pass\nelse:\n    x = 1"),
        ("%%time\nx = 1", "x = 1"),
        ("    x = 1\n    %time x\n", "x = 1\npass"),
        (">>> if x:\n...     x = 1\n", "if x:\n    x = 1"),
        ("In [1]: if x:\n   ...:     x = 1", "if x:\n    x = 1"),
        ("x = (5\n  % 2)\n%time x", "x = 5 % 2\npass"),
        ("x = 5 % 2", "x = 5 % 2"),
        ("await f()", "await f()"),
    ],
)
def test_magics_and_prompts_are_no_obstacle(source, read):
    assert "\n".join(map(ast.unparse, parse_cell(source))) == read


@pytest.mark.parametrize("source", ["x = 5 %", "(" * 10**5, "-" * 10**5 + "1", "\x00", "x = '", "if x:\npass"])
def test_what_python_could_not_run_is_none(source):
    assert parse_cell(source) is None


HOSTILE = {
    "magics": "%time 1\n" * 200 + "x = 1\n" * 20_000,
    "help": "a?\n" * 3000,
    "imports": "".join(f"import a as b{i}\n" for i in range(20_000))
    + "".join(f"f{i} = lambda: f{i + 1}()\n" for i in range(20_000)),
    "brackets": "(" * 900_000,
    "blanks": " " * 500_000 + "!",
    "assignments": "a = " * 200_000 + "%",
    "commas": "a," * 200_000 + "(",
    "lines that go on": "!ls \\\n" * 30_000,
    "prompts": ">>> " * 100_000 + "\n" + ">>> x\n" * 50_000 + "(",
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_source_keeps_the_judge_busy(source):
    """Read outside the sandbox, where nobody's time is limited: of the processor's time at most a few seconds."""
    began = time.process_time()
    read_answers([(source, None), ('def double(x): return x\ncheck("double", double)', "double")])
    assert time.process_time() - began < 30  # the first once took minutes
