"""Reading an answer's source: loops and library names are found under every disguise that learners use by accident."""

import functools

import numpy as np
import scipy.signal as signal
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import correlate2d

from autograder.exercise import forbid_calls, forbid_loops
from course_utils.source import broken_rule, read_source

NO_LOOPS = [forbid_loops()]
NO_SCIPY = [forbid_calls("scipy", "np.convolve", hint="By hand, please.")]


def loop_free(x, k):
    return np.einsum("ijkl,kl->ij", sliding_window_view(x, k.shape), k)


def loops(x):
    for row in x:
        print(row)


def comprehends(x):
    return [abs(row) for row in x]


def vectorizes(x):
    return np.vectorize(abs)(x)


def maps(x):
    return list(map(abs, x))


def hides_a_loop(x):
    return comprehends(x)


def calls_by_alias(x, k):
    return signal.correlate2d(x, k)


def calls_by_name(x, k):
    return correlate2d(x, k)


def imports_inside(x, k):
    from scipy import signal as hidden

    return hidden.convolve2d(x, k)


def convolves(x, k):
    return np.convolve(x, k)


def evades_by_a_namesake(x, k):
    unused = [signal[0] for signal in ()], (lambda signal: signal)
    return unused and signal.correlate2d(x, k)


def evades_by_a_default(x, k, signal=signal.correlate2d):
    return signal(x, k)


def evades_by_a_global(x, k):
    global signal
    signal = signal
    return signal.correlate2d(x, k)


def evades_by_another_name(x, k):
    mine = signal
    return mine.correlate2d(x, k)


def has_a_parameter_of_that_name(signal, k):
    return [signal[0] for k in range(k)], signal.shape


def test_a_forbidden_name_is_not_hidden_by_a_namesake():
    for answer in (evades_by_a_namesake, evades_by_a_default, evades_by_a_global, evades_by_another_name):
        assert "By hand" in broken_rule(NO_SCIPY, read_source(answer)), answer.__name__


def test_a_local_variable_is_not_what_another_cell_calls_so():
    assert broken_rule(NO_SCIPY, read_source(has_a_parameter_of_that_name)) is None


def test_a_loop_free_answer_breaks_no_rule():
    facts = read_source(loop_free)
    assert facts["read"]
    assert broken_rule(NO_LOOPS + NO_SCIPY, facts) is None


def test_every_kind_of_loop_is_found():
    for answer in (loops, comprehends, vectorizes, maps, hides_a_loop):
        assert broken_rule(NO_LOOPS, read_source(answer)), answer.__name__


def test_a_forbidden_name_is_found_however_it_came_in():
    for answer in (calls_by_alias, calls_by_name, imports_inside, convolves):
        assert "By hand" in broken_rule(NO_SCIPY, read_source(answer)), answer.__name__


def test_a_forbidden_module_does_not_forbid_its_namesakes():
    assert (
        broken_rule([forbid_calls("np.convolve", hint="")], {"read": True, "loops": [], "uses": ["numpy.convolver"]})
        is None
    )


def has_a_method_that_loops(x):
    return Counting().count(x)


class Counting:
    def __call__(self, x):
        return self.count(x)

    def count(self, x):
        return [1 for _ in x]

    @staticmethod
    def filter(x, k):
        import scipy.signal

        return scipy.signal.correlate2d(x, k)


def test_the_methods_of_the_learners_own_classes_are_read():
    for answer in (has_a_method_that_loops, Counting(), Counting().count, functools.partial(Counting.count, None)):
        assert "list comprehension" in broken_rule(NO_LOOPS, read_source(answer))
    assert "By hand" in broken_rule(NO_SCIPY, read_source(Counting()))


def test_a_rule_can_forbid_the_learners_own_function():
    rules = [forbid_calls("loops", hint="Write it anew.")]
    assert "Yours uses loops" in broken_rule(rules, read_source(lambda x: loops(x)))
    assert broken_rule(rules, read_source(loops)) is None


def test_source_that_cannot_be_read_is_said_so():
    namespace = {}
    exec("def f(x): return x", namespace)
    assert "could not be read" in broken_rule(NO_LOOPS, read_source(namespace["f"]))
