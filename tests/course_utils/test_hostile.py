"""Whatever is handed to `check`, or comes back from an answer, gets a verdict: in time, and nothing is raised.

Each odd object is tried as the answer itself and as what an answer returns, by `check`, by the hidden test of stock nbgrader, and
by the engine's two halves: what runs the answer, and what judges the data that came of it.
"""

import array
import asyncio
import collections
import contextlib
import ctypes
import decimal
import enum
import fractions
import functools
import itertools
import json
import pathlib
import random
import signal
import sys
import types
import unittest.mock
import warnings
import weakref
from collections.abc import Mapping

import numpy as np
import pytest

from autograder.authoring.packing import make_visible_pack
from autograder.engine.judge.judging import check_observation, hidden_of
from autograder.engine.run import inside
from autograder.exercise import exercise, forbid_calls, forbid_loops, probe
from autograder.grading import judge_hidden
from autograder.judged import earned_points
from course_utils import check, checking
from course_utils.describe import decode, encode
from course_utils.expect import accuracy
from course_utils.judge import CRASHED, NOT_ATTEMPTED, RIGHT, WRONG, judge
from course_utils.packs import write_pack
from course_utils.verdict import as_html, as_text

LIMIT = 0.1  # seconds: many of these never end

#: What is expected, a value of each kind that an exercise may ask for.
EXPECTED = [
    5,
    [0.5, 1.5],
    {"a": 1},
    {1, 2},
    "text",
    np.arange(6.0).reshape(2, 3),
    (1, None),
    True,
    2j,
    pathlib.Path("a"),
]


RULES = [forbid_loops(), forbid_calls("np.convolve", hint="By hand.", said="by hand")]


@exercise("odd", points=4, objective="meet odd objects", time_limit=LIMIT, rules=RULES)
class Odd:
    """The value of this number in a table, and probabilities for ten labels."""

    def oracle(n):
        return EXPECTED[n]

    examples = [
        *(probe(n) for n in range(len(EXPECTED))),
        probe(10, expect=accuracy(np.arange(10) % 2, at_least=0.8)),
        probe(11, expect=accuracy(np.arange(9) % 3, at_least=0.8)),
    ]

    def hidden(rng):
        yield probe(0)


@pytest.fixture(autouse=True)
def lesson(tmp_path, monkeypatch):
    """A unit with the one exercise above, visible and hidden."""
    monkeypatch.setattr(checking, "EXAMPLES", tmp_path)
    monkeypatch.setattr(checking.read_pack, "__defaults__", (tmp_path,))
    monkeypatch.setattr("autograder.grading.HIDDEN_PACKS", tmp_path / "hidden")
    monkeypatch.setattr(checking, "_unit", "01_test")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    pack = {**make_visible_pack(Odd), "unit": "01_test"}
    write_pack(pack, tmp_path)
    write_pack(pack, tmp_path / "hidden")
    return pack


@contextlib.contextmanager
def no_running_loop():
    """Playwright, whose tests may have run in this process before, leaves an event loop that counts as running."""
    running = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(running)


def engines(answer, pack):
    """The verdict of the engine: from the observations that leave the sandbox, as JSON."""
    notebook = types.SimpleNamespace(interruptible=contextlib.nullcontext)
    kept = types.SimpleNamespace(id="odd", answer=answer, moment=types.SimpleNamespace(put_back=lambda: None))
    with no_running_loop():
        message = asyncio.run(inside._observe(notebook, kept, hidden_of({"odd": encode(pack)})["odd"]))
    message = json.loads(json.dumps(message))
    if "observations" not in message:
        return None
    observations = decode(message["observations"])
    for observation in observations:
        check_observation(observation)
    return judge(pack, observations)


def meet(answer, pack):
    """The status that `check` comes to; asserts that every other way to judge comes to it, and that it can be shown."""
    verdict = checking.examine("odd", answer)
    assert verdict.status in (RIGHT, WRONG, CRASHED, NOT_ATTEMPTED)
    for text in (as_text(verdict), as_html(verdict)):
        assert type(text) is str
        text.encode()
    hidden, _ = judge_hidden("odd", answer)
    ours = engines(answer, pack)
    if callable(answer):
        assert hidden.status == verdict.status
        assert ours is None or earned_points(ours, pack) == earned_points(hidden, pack)
    return verdict.status


def both_ways(thing, pack):
    """The object as the answer, and as what an answer returns."""
    return meet(thing, pack), meet(lambda n: thing, pack)


class Own(BaseException):
    pass


def forever(*args, **kwargs):
    while True:
        pass


def raising(error):
    def hook(*args, **kwargs):
        raise error

    return hook


#: What a hook of a hostile class does.
HOOKS = {
    "raises": raising(RuntimeError("no")),
    "exits": raising(SystemExit(3)),
    "interrupts": raising(KeyboardInterrupt()),
    "raises its own": raising(Own()),
    "recurses": lambda self, *args: repr(self) + str(self),
    "lies": lambda *args: 10**9,
    "returns itself": lambda self, *args: self,
    "never ends": forever,
}
PROPERTIES = "__class__ __name__ __wrapped__ __code__ __dict__ __module__ __func__ data shape dtype".split()
NAMES = [
    *"__getattr__ __getattribute__ __len__ __repr__ __str__ __eq__ __hash__ __iter__ __array__ __bool__ __index__".split(),
    *"__int__ __float__ __getitem__ __contains__ __fspath__ __call__ __format__ __reduce__ __next__".split(),
    *"__array_interface__ __length_hint__ items keys numpy tocoo predict".split(),
    *PROPERTIES,
]
BASES = [object, int, float, str, bytes, list, tuple, dict, set, frozenset, complex, np.ndarray, np.float64, Exception]
BASES += [
    collections.deque,
    collections.UserList,
    collections.UserDict,
    fractions.Fraction,
    pathlib.PurePosixPath,
    Mapping,
]


def hostile(rng):
    """An instance of a hostile class, or the class itself, drawn at random; None where Python makes no such class."""
    names, base = rng.sample(NAMES, rng.randint(1, 4)), rng.choice(BASES)
    hooks = {name: HOOKS[rng.choice(sorted(HOOKS))] for name in names}
    space = {name: property(hook) if name in PROPERTIES else hook for name, hook in hooks.items()}
    meta = type(base)
    if rng.random() < 0.3:
        meta = type(
            "Meta", (meta,), {n: h for n, h in space.items() if n not in ("__getattribute__", "__dict__", "__call__")}
        )
    try:
        made = meta("Hostile", (base,), space)
        return made if rng.random() < 0.2 else made.__new__(made, *((3,) if base is np.ndarray else ()))
    except BaseException:
        return None


@pytest.mark.parametrize("seed", range(6))
def test_a_hostile_object_gets_a_verdict(seed, lesson):
    rng = random.Random(seed)
    tried = 0
    while tried < 15:
        thing = hostile(rng)
        if thing is not None:
            tried += 1
            assert RIGHT not in both_ways(thing, lesson)


def cyclic():
    def answer(n):
        return n

    return functools.update_wrapper(answer, answer)


def holding_itself(kind):
    held = kind()
    held.append(held) if hasattr(held, "append") else held.__setitem__(1, held)
    return held


def doubling():
    held = [0]
    for _ in range(18):
        held = [held] * 10
    return held


def object_array():
    held = np.empty((), dtype=object)
    held[()] = held
    return held


def dead():
    class Gone:
        pass

    return weakref.proxy(Gone())


class Endless(Mapping):
    def __len__(self):
        return 1

    def __getitem__(self, key):
        return key

    def __iter__(self):
        return itertools.count()


class EndlessList(list):
    def __iter__(self):
        return itertools.count()


class Colour(enum.Enum):
    RED = [1]


class Answers:
    """Answers whatever it is asked."""

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self


#: Objects that are merely odd, made anew for each test.
ODD = [
    *(cyclic, dead, doubling, object_array, Endless, Answers, object, itertools.count, unittest.mock.MagicMock),
    *(lambda: holding_itself(list), lambda: holding_itself(dict), lambda: holding_itself(collections.deque)),
    *(
        lambda: EndlessList([1, 2]),
        lambda: (n for n in itertools.count()),
        lambda: iter(int, 1),
        lambda: zip(itertools.count()),
    ),
    *(
        lambda: type,
        lambda: Endless,
        lambda: Colour,
        lambda: Colour.RED,
        lambda: sys,
        lambda: np,
        lambda: NotImplemented,
    ),
    *(lambda: unittest.mock.MagicMock(spec=list), lambda: unittest.mock.Mock(spec=np.ndarray), lambda: print),
    *(
        lambda: functools.partial(print),
        lambda: memoryview(b"ab"),
        lambda: array.array("d", [1.0]),
        lambda: ctypes.c_int(5),
    ),
    *(lambda: decimal.Decimal("sNaN"), lambda: decimal.Decimal("1e999999"), lambda: fractions.Fraction(10**400, 3)),
    *(
        lambda: "\ud800",
        lambda: "\0\x1b[31m",
        lambda: "x" * 200_000,
        lambda: 1 << 5000,
        lambda: -(10**1000),
        lambda: 10**400,
    ),
    *(lambda: float("nan"), lambda: complex("nan"), lambda: {float("nan")}, lambda: {0.0, -0.0}, lambda: {10**400: 1}),
    *(
        lambda: np.ma.masked,
        lambda: np.ma.array([1.0, 2.0], mask=[True, False]),
        lambda: np.array([1, "a"], dtype=object),
    ),
    *(
        lambda: np.zeros(3, dtype="i4,f8"),
        lambda: np.zeros((), dtype="V8"),
        lambda: np.datetime64("now"),
        lambda: np.bytes_(b"a"),
    ),
    *(lambda: np.zeros((0, 3)), lambda: np.zeros((1,) * 64), lambda: np.matrix([[1, 2]]), lambda: np.array(["a"] * 10)),
    *(
        lambda: np.zeros(10, complex),
        lambda: np.full((10, 1), np.nan),
        lambda: np.zeros((10, 0)),
        lambda: np.zeros((9, 3), bool),
    ),
    *(
        lambda: np.zeros((10, 1, 1)),
        lambda: np.zeros(9),
        lambda: np.longdouble(1),
        lambda: np.zeros(9, np.float16),
        lambda: {(): ()},
    ),
    *(
        lambda: [[]] * 100_001,
        lambda: collections.UserList("ab"),
        lambda: collections.ChainMap({"a": 1}),
        lambda: {"a": 1}.items(),
    ),
]


@pytest.mark.parametrize("make", ODD)
def test_an_odd_object_gets_a_verdict(make, lesson):
    assert RIGHT not in both_ways(make(), lesson)


def test_a_module_is_not_called_a_function_with_parentheses(lesson):
    assert "a module holds functions" in as_text(checking.examine("odd", sys))


class Message(str):
    def __getitem__(self, at):
        raise RuntimeError

    __len__ = __getitem__


MESSAGES = {
    **HOOKS,
    "is too long": lambda self: "x" * 10**7,
    "is a text that raises": lambda self: Message("m"),
    "cannot be written": lambda self: "\ud800",
}


@pytest.mark.parametrize("how", MESSAGES)
@pytest.mark.parametrize("base", [Exception, BaseException, UserWarning])
def test_an_error_or_a_warning_that_cannot_say_what_it_is_gets_a_verdict(how, base, lesson, monkeypatch):
    monkeypatch.setattr("course_utils.observe.LOOK_SECONDS", 0.1)
    odd = type(
        "Odd", (base,), {"__str__": MESSAGES[how], "__repr__": MESSAGES[how], "__traceback__": property(forever)}
    )

    def answer(n):
        if base is UserWarning:
            warnings.warn(odd(), stacklevel=1)
        raise odd

    assert meet(answer, lesson) in (CRASHED, WRONG)  # wrong where its own loop breaks a rule


@pytest.mark.parametrize("how", MESSAGES)
def test_an_error_that_says_nothing_and_tells_where_it_happened_gets_a_verdict(how, lesson, monkeypatch):
    monkeypatch.setattr("course_utils.observe.LOOK_SECONDS", 0.1)
    odd = type("Odd", (Exception,), {"__str__": MESSAGES[how], "__repr__": MESSAGES[how]})

    def answer(n):
        raise odd

    assert meet(answer, lesson) == WRONG  # it refuses what is to be accepted


def interrupts(*args):
    raise KeyboardInterrupt


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL, signal.default_int_handler])
def test_an_answer_that_raises_an_interrupt_gets_a_verdict_whatever_a_real_one_does(handler, lesson):
    """A shell that starts a program in the background has it ignore them."""
    before = signal.signal(signal.SIGINT, handler)
    try:
        assert meet(interrupts, lesson) == WRONG
        assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


@exercise("filled", points=1, objective="leave a list alone")
class Filled:
    """The length of a list."""

    def oracle(items):
        return len(items)

    examples = [probe([1]), probe([])]

    def hidden(rng):
        yield probe([2, 3])


def test_what_raises_an_interrupt_when_looked_at_may_be_put_into_an_argument(lesson, tmp_path):
    write_pack({**make_visible_pack(Filled), "unit": "01_test"}, tmp_path)

    def answer(items):
        items.append(type("Odd", (), {"__repr__": interrupts, "__getattribute__": interrupts})())
        return 0

    assert checking.examine("filled", answer).status == WRONG


def closes_its_output(n):
    sys.stdout.close()
    sys.stderr.close()


def fills_an_argument(found):
    def answer(n):
        found.append(found)

    return answer


def leaves_no_depth(n):
    for limit in itertools.count(30):
        try:
            return sys.setrecursionlimit(limit)  # the least that Python takes where this stands
        except RecursionError:
            continue


def turns_warnings_into_errors(n):
    warnings.simplefilter("error")
    np.seterr(all="raise")
    decimal.getcontext().prec = 1


@pytest.mark.parametrize(
    "answer", [closes_its_output, leaves_no_depth, turns_warnings_into_errors, fills_an_argument([])]
)
def test_an_answer_that_spoils_its_surroundings_gets_a_verdict(answer, lesson):
    before = sys.getrecursionlimit(), np.geterr(), decimal.getcontext().prec, warnings.filters[:]
    assert meet(answer, lesson) == WRONG
    assert before == (sys.getrecursionlimit(), np.geterr(), decimal.getcontext().prec, warnings.filters[:])


def test_what_a_learner_has_spoilt_does_not_reach_the_checker(lesson, capsys):
    with contextlib.ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        stack.enter_context(np.errstate(all="raise"))
        warnings.simplefilter("error")
        stack.callback(sys.set_int_max_str_digits, sys.get_int_max_str_digits())
        sys.set_int_max_str_digits(640)
        check("odd", lambda n: [np.array([1e-300, np.nan]), 10**1000])
        check("odd", lambda n: 10**1000)
    assert capsys.readouterr().out.count("odd   wrong") == 2
