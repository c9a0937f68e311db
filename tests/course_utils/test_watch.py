"""Rules decided by what runs: loops and forbidden calls are seen under every disguise, and nothing else is taken for one."""

import functools
import logging
import multiprocessing
import sys
import threading
import traceback
import warnings
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest
import scipy.fft
import scipy.interpolate
import scipy.signal as signal
import scipy.sparse
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate2d

from autograder.exercise import SETTINGS, forbid_calls, forbid_loops
from autograder.exercises import load_exercises
from course_utils.observe import observe_call
from course_utils.values import describe_argument
from course_utils.watch import UNSEEN, Watch, broken_rule, undecided

NO_LOOPS = [forbid_loops("No loop.")]
BY_HAND = [
    forbid_calls("scipy", "cv2", "np.convolve", "corr2d", hint="By hand, please.", said="by hand"),
]
X, K = np.arange(20.0).reshape(4, 5), np.array([[1.0, 2.0], [0.0, 1.0]])


def seen(answer, rules, *args, **kwargs):
    """What a watch notes of one call."""
    watch = Watch(rules, answer)
    watch.call(answer, *(args or (X, K)), **kwargs)
    return {"outcome": "returned", **watch.take()}


def words(answer, rules, *args, **kwargs):
    return broken_rule(rules, [seen(answer, rules, *args, **kwargs)])[1]


def windows(x, k):
    return np.einsum("ijkl,kl->ij", sliding_window_view(x, k.shape), k)


def corr2d(x, k):
    return windows(x, k)


class Filter:
    """Ways to reach a function through an object."""

    kernel = staticmethod(cv2.filter2D)

    def __call__(self, x, k):
        return self.apply(x, k)

    def apply(self, x, k):
        return signal.correlate2d(x, k)

    def by_attribute(self, x, k):
        return self.kernel(x, -1, k)

    def __getattr__(self, name):
        if name != "anything":
            raise AttributeError(name)
        return signal.correlate2d


def by_getattr(x, k):
    return getattr(np, "conv" + "olve")(x[0], k[0])


def by_import(x, k):
    from scipy import ndimage

    return ndimage.correlate(x, k)


def by_dunder_import(x, k):
    return getattr(__import__("num" + "py"), "convolve")(x[0], k[0])


def by_exec(x, k):
    exec("import scipy.signal; scipy.signal.correlate2d(x, k)", {"x": x, "k": k})


def by_a_dict_of_modules(x, k):
    return {"s": signal}["s"].convolve2d(x, k)


def by_a_default(x, k, conv=signal.correlate2d):
    return conv(x, k)


def by_a_namesake(signal, k):
    return correlate2d(signal, k)


def by_map(x, k):
    return list(map(np.convolve, x, [k[0]] * len(x)))


def by_a_thread(x, k):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(signal.correlate2d, x, k).result()


def by_ones_own_thread(x, k):
    thread = threading.Thread(target=lambda: signal.correlate2d(x, k))
    thread.start()
    thread.join()


blur = functools.partial(cv2.filter2D, ddepth=-1)


def by_a_partial(x, k):
    return blur(x, kernel=k)


def by_ones_own(x, k):
    return corr2d(x, k)


def by_another_name(x, k):
    other = [corr2d]
    return other[0](x, k)


class Everything:
    __getattr__ = __getitem__ = __call__ = lambda self, *a, **k: signal.correlate2d(X, K)


CALLS = [
    *(by_getattr, by_import, by_dunder_import, by_exec, by_a_dict_of_modules, by_a_default, by_a_namesake, by_map),
    *(by_a_thread, by_ones_own_thread, by_a_partial, by_ones_own, by_another_name),
    *(
        Filter(),
        Filter().apply,
        Filter().by_attribute,
        Filter().anything,
        Everything(),
        functools.partial(Filter().apply),
    ),
    *(
        signal.correlate2d,
        functools.partial(signal.correlate2d, mode="valid"),
        np.vectorize(by_exec, signature="(a,b),(c,d)->()"),
    ),
    functools.lru_cache(lambda *_: signal.correlate2d(X, K)).__wrapped__,
    functools.wraps(windows)(lambda x, k: cv2.filter2D(x, -1, k)),
]


@pytest.mark.parametrize("answer", CALLS, ids=lambda f: getattr(f, "__qualname__", type(f).__name__))
def test_a_forbidden_call_is_seen_however_it_is_made(answer):
    assert words(answer, BY_HAND).startswith("By hand, please. Yours calls ")


def test_it_is_said_what_was_called_and_where():
    assert words(by_a_default, BY_HAND) == (
        "By hand, please. Yours calls scipy.signal.correlate2d: `return conv(x, k)`."
    )
    assert "Yours calls np.convolve: " in words(by_getattr, BY_HAND)
    assert broken_rule(BY_HAND, [seen(by_getattr, BY_HAND)])[0] == "By hand, please. Yours calls np.convolve."


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (lambda x, k: np.shape(x), "np.shape"),
        (lambda x, k: scipy.fft.fft2(x), "scipy.fft"),
        (lambda x, k: scipy.sparse.coo_matrix(x), "scipy.sparse.coo_matrix"),
        (lambda x, k: scipy.interpolate.CubicSpline(x[0], x[1]), "scipy.interpolate.CubicSpline"),
    ],
)
def test_a_call_is_named_as_it_was_written(answer, name):
    assert f" Yours calls {name}: `" in words(answer, [forbid_calls("numpy", "scipy", hint="By hand.", said="by hand")])


def write_to(stream):
    stream.write("at work\n")
    stream.writelines(["twice\n"])
    stream.flush()


@pytest.mark.parametrize(
    "speak",
    [
        print,
        lambda x: print(x, flush=True),
        lambda x: write_to(sys.stdout),
        lambda x: write_to(sys.stderr),
        lambda x: logging.getLogger("answer").warning(x),
        warnings.warn,
        lambda x: sys.stdout.isatty() or sys.stdout.tell(),
        lambda x: traceback.print_stack(),
    ],
)
def test_what_an_answer_says_while_it_works_breaks_no_rule(speak):
    """Its words go to the course's own stand-in for stdout, and no learner called that."""

    def answer(x, k):
        speak("here")
        return windows(x, k)

    rules = [forbid_calls("course_utils", "scipy", hint="By hand.", said="by hand")]
    probe = {"args": [describe_argument(X), describe_argument(K)], "kwargs": {}}
    observation = observe_call(answer, probe, SETTINGS, ["x", "k"], Watch(rules, answer))
    assert observation["outcome"] == "returned"
    assert broken_rule(rules, [observation]) == ("", "")


def test_a_function_in_c_by_a_partial_is_seen():
    assert "cv2.filter2D" in words(functools.partial(cv2.filter2D, ddepth=-1), BY_HAND, X, kernel=K)


def of_a_parameter(signal, scipy):
    cv2 = signal[0]
    return cv2, [signal for signal in scipy]


def in_a_branch_not_taken(x, k):
    return signal.correlate2d(x, k) if x is None else windows(x, k)


def named_and_not_called(x, k):
    assert signal.correlate2d is not None and isinstance(np.convolve, object)
    return windows(x, k)


def through_a_library(x, k):
    """np.pad and np.polymul call what they like; np.polymul calls np.convolve."""
    return np.polymul(x[0], k[0])


def imports_and_leaves_alone(x, k):
    import scipy.ndimage
    from course_utils import plot

    return scipy.ndimage is not plot and windows(x, k)


class Keeps:
    corr2d = None

    def __call__(self, x, k):
        return windows(x, k)


KEPT = [
    *(
        windows,
        of_a_parameter,
        in_a_branch_not_taken,
        named_and_not_called,
        through_a_library,
        imports_and_leaves_alone,
    ),
    *(Keeps(), lambda x, k: windows(x, k), functools.partial(windows, k=K)),
]


@pytest.mark.parametrize("answer", KEPT, ids=lambda f: getattr(f, "__qualname__", type(f).__name__))
def test_what_is_not_called_by_the_learners_code_breaks_nothing(answer):
    found = seen(
        answer,
        BY_HAND,
        X,
        **({} if isinstance(answer, functools.partial) else {"k": K} if answer is not of_a_parameter else {"scipy": K}),
    )
    assert found == {"outcome": "returned"}


def test_an_answer_may_be_called_as_a_forbidden_function_of_another_exercise():
    assert words(corr2d, BY_HAND) == ""

    def make(twice):
        def corr2d(x, k):
            return windows(x, k) * (2 if twice else 1)

        return corr2d

    assert words(make(True), BY_HAND) == ""


def test_the_learners_own_function_is_found_behind_an_object():
    class Corr:
        def __call__(self, x, k):
            return windows(x, k)

    space = {"corr2d": Corr()}
    exec("def answer(x, k):\n    return corr2d(x, k)", space)
    assert "Yours calls corr2d" in words(space["answer"], BY_HAND)


def test_a_library_that_is_imported_later_is_known_as_well(monkeypatch):
    monkeypatch.delitem(sys.modules, "cv2")
    assert seen(lambda x, k: np.frombuffer(bytes(8)), BY_HAND) == {"outcome": "returned"}
    monkeypatch.setitem(sys.modules, "cv2", cv2)
    assert "cv2.filter2D" in words(lambda x, k: cv2.filter2D(x, -1, k), BY_HAND)


def test_the_answers_that_exercises_declare_are_watched_as_a_learners():
    """Or a proof would accept a right answer that a learner may not give."""
    shape_of = load_exercises("01_containers_and_arrays")["shape_of"]
    declared = {mistake.name: mistake.answer for mistake in shape_of.mistakes}
    assert "Yours calls np.shape" in words(declared["innermost_first"], shape_of.rules, [[1, 2]])
    for answer in shape_of.right_answers.values():
        assert seen(answer, shape_of.rules, [[1, 2]]) == {"outcome": "returned"}


# Loops


def for_loop(x, k):
    for row in x:
        row.sum()


def while_loop(x, k):
    n = 0
    while n < 3:
        n += 1


def helped(x, k):
    return for_loop(x, k)


def counting():
    n = yield 0
    while n:
        n = yield n


class Loops:
    def __call__(self, x, k):
        return sum(self.each(x))

    def each(self, x):
        return [abs(v) for row in x for v in row]


LOOPS = [
    *(for_loop, while_loop, helped, Loops(), Loops().each.__func__.__get__(Loops())),
    lambda x, k: [row for row in x],
    lambda x, k: {tuple(row) for row in x},
    lambda x, k: {len(row): row for row in x},
    lambda x, k: sum(row[0] for row in x),
    lambda x, k: list(map(np.sum, x)),
    lambda x, k: list(map(lambda row: row[0], x)),
    lambda x, k: functools.reduce(lambda a, b: a + b, x),
    lambda x, k: np.vectorize(lambda v: v + 1)(x),
    lambda x, k: np.apply_along_axis(np.sum, 0, x),
    lambda x, k: np.fromiter((1.0, 2.0), float),
    lambda x, k: np.frompyfunc(lambda v: v, 1, 1)(x),
    lambda x, k: sorted(x.tolist(), key=lambda row: row[0]),
    lambda x, k: exec("for row in x: pass", {"x": x}),
    np.vectorize(lambda v, w: 0, signature="(a,b),(c,d)->()"),
]


@pytest.mark.parametrize("answer", LOOPS, ids=range(len(LOOPS)))
def test_every_kind_of_loop_is_seen(answer):
    args = (X,) if getattr(answer, "__name__", "") == "each" else (X, K)
    assert words(answer, NO_LOOPS, *args).startswith("No loop. Yours has ")


def test_the_words_for_a_loop_name_the_line():
    assert words(for_loop, NO_LOOPS) == "No loop. Yours has a loop: `for row in x:`."
    assert "a loop in disguise" in words(LOOPS[9], NO_LOOPS)


def twice(x, k):
    return windows(x, k) + windows(x, k) * np.sum(x) * np.sum(k)


def recursive(x, k, depth=3):
    return windows(x, k) if depth == 0 else recursive(x, k, depth - 1)


def leaves_a_loop_out(x, k):
    return [row for row in x] if x is None else windows(x, k)


def one_turn(x, k):
    for row in (x,):
        return windows(row, k)


@pytest.mark.parametrize("answer", [windows, twice, recursive, leaves_a_loop_out, one_turn, Keeps()])
def test_an_answer_that_does_not_loop_breaks_nothing(answer):
    assert seen(answer, NO_LOOPS) == {"outcome": "returned"}


# What cannot be decided


def stops_the_watch(x, k):
    sys.setprofile(None)
    return signal.correlate2d(x, k)


def in_another_process(x, k):
    with multiprocessing.get_context("fork").Pool(1) as pool:
        return pool.apply(signal.correlate2d, (x, k))


@functools.cache
def remembers(n):
    return signal.windows.hann(n).sum()


@pytest.mark.parametrize(
    ("answer", "why"),
    [(stops_the_watch, "disturbed"), (in_another_process, "elsewhere"), (np.multiply.outer, "nothing")],
)
def test_what_cannot_be_decided_is_said_and_costs_nothing(answer, why):
    found = seen(answer, BY_HAND)
    assert found == {"outcome": "returned", "unseen": why}
    assert broken_rule(BY_HAND, [found]) == ("", "")
    assert undecided(BY_HAND, [found]) == UNSEEN[why]
    assert undecided([], [found]) == ""


def test_a_cached_result_needs_to_be_seen_once():
    watch = Watch([forbid_calls("np.linalg", hint="", said="")], remembers)
    found = []
    for n in (3, 3):
        watch.call(remembers, n)
        found.append({"outcome": "returned", **watch.take()})
    assert found[1]["unseen"] == "nothing"
    assert undecided(watch._rules, found) == ""


def test_what_watched_before_watches_again():
    calls = []

    def mine(frame, event, arg):
        calls.append(event)

    sys.setprofile(mine)
    try:
        seen(windows, BY_HAND + NO_LOOPS)
        assert sys.getprofile() is mine
    finally:
        sys.setprofile(None)
    assert sys.gettrace() is None or "pydev" in repr(sys.gettrace()) or "cov" in repr(sys.gettrace()).lower()


def test_an_answer_under_a_profiler_is_watched_too():
    import cProfile

    profile = cProfile.Profile()
    profile.enable()
    try:
        found = seen(by_import, BY_HAND)
    finally:
        profile.disable()
    assert found["breaks"]


def test_what_an_answer_raises_comes_out_and_what_it_broke_is_kept():
    def raises(x, k):
        signal.correlate2d(x, k)
        raise ValueError("no")

    watch = Watch(BY_HAND, raises)
    with pytest.raises(ValueError, match="no"):
        watch.call(raises, X, K)
    assert watch.take()["breaks"][0]["words"] == "scipy.signal.correlate2d"


@pytest.mark.parametrize("rules", [BY_HAND, NO_LOOPS])
def test_hostile_objects_are_watched_without_being_asked(rules):
    class Liar:
        __wrapped__ = property(lambda self: 1 / 0)
        __class__ = property(lambda self: 1 / 0)

        def __getattr__(self, name):
            raise SystemExit

        def __call__(self, x, k):
            return windows(x, k)

    def own(x, k):
        return windows(x, k)

    functools.update_wrapper(own, own)
    for answer in (Liar(), own):
        assert seen(answer, rules) == {"outcome": "returned"}
