"""A function that draws is asked often: shares of what it gives, or, where it hides words or makes pairs, of what it did."""

import functools

import numpy as np
import pytest

from autograder.exercise import SETTINGS
from course_utils.chance import NOT_FROM_RNG, masked_often, often, pairs_often
from course_utils.observe import observe_call
from course_utils.values import describe_argument

SPECIAL = {"[PAD]": 0, "[MASK]": 1, "[SEP]": 2}
IDS = np.array([[5, 3, 4, 2], [6, 2, 0, 0]])
ASKED = {"seed": 3, "times": 4_000}


def masked(ids, rng, vocabulary_size, special, *, share=0.25, spare=True):
    """Hide a quarter of the words, half of these behind another word."""
    chosen = (rng.random(ids.shape) < share) & (~np.isin(ids, list(special.values())) | (not spare))
    shown = np.where(chosen, np.where(rng.random(ids.shape) < 0.5, 1, rng.integers(3, 8, ids.shape)), ids)
    return shown, np.where(chosen, ids, -1)


@masked_often
def hides(ids, rng, vocabulary_size, special):
    return masked(ids, rng, vocabulary_size, special)


def test_what_is_counted_of_hidden_words_is_what_was_done():
    found = hides(IDS.copy(), ASKED, 8, SPECIAL)
    assert found["words asked about"] == pytest.approx(0.25, abs=0.02)
    assert found["of these: shown as [MASK]"] == pytest.approx(0.5, abs=0.04)
    assert found["of these: as another word"] == pytest.approx(0.4, abs=0.04)  # one of five is the word itself
    assert found["of these: as it is"] == pytest.approx(0.1, abs=0.03)
    assert found["other words that came"] == [3, 4, 5, 6, 7]
    nothing = ("of these: target is another", "special places asked about", "changed, and not asked")
    assert [found[name] for name in nothing] == [0, 0, 0]


def test_what_should_not_be_is_counted_as_well():
    @masked_often
    def asks_about_marks(ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special, spare=False)

    @masked_often
    def shows_the_targets(ids, rng, vocabulary_size, special):
        shown, targets = masked(ids, rng, vocabulary_size, special)
        return shown, np.where(targets == -1, -1, shown)

    @masked_often
    def asks_nothing(ids, rng, vocabulary_size, special):
        shown, _ = masked(ids, rng, vocabulary_size, special)
        return shown.tolist(), np.full(ids.shape, -1)

    assert asks_about_marks(IDS, ASKED, 8, SPECIAL)["special places asked about"] == pytest.approx(0.25, abs=0.03)
    assert shows_the_targets(IDS, ASKED, 8, SPECIAL)["of these: target is another"] == pytest.approx(0.9, abs=0.03)
    found = asks_nothing(IDS, ASKED, 8, SPECIAL)
    assert found["words asked about"] == 0
    assert found["changed, and not asked"] > 0.05


def of_shape(lots, lot):
    """A function that hides words: it is chosen by lots of the first shape and shown as [MASK] by lots of the second."""

    @masked_often
    def answer(ids, rng, vocabulary_size, special):
        chosen = (ids > 2) & (rng.random(lots) < 0.3)
        return np.where(chosen & (rng.random(lot) < 0.5), 1, ids), np.where(chosen, ids, -1)

    return answer


@masked_often
def counts_out(ids, rng, vocabulary_size, special):
    """Choose two of four words in each call, and show one of the two as [MASK]."""
    places = rng.permutation(np.argwhere(ids > 2))[:2]
    shown, targets = ids.copy(), np.full(ids.shape, -1)
    targets[tuple(places.T)] = ids[tuple(places.T)]
    shown[tuple(places[0])] = 1
    return shown, targets


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (of_shape((2, 4), (2, 4)), (True, True)),
        (of_shape((1, 4), (2, 4)), (False, True)),
        (of_shape((2, 1), (2, 4)), (False, True)),
        (of_shape((2, 4), (2, 1)), (True, False)),
        (of_shape((2, 4), (1, 1)), (True, False)),
        (counts_out, (False, False)),
    ],
)
def test_whether_each_word_is_drawn_by_itself_is_told_by_how_much_their_number_varies(answer, expected):
    found = answer(IDS.copy(), ASKED, 8, SPECIAL)
    names = ("each word is chosen by itself", "what each is shown as, by itself")
    assert tuple(found[name] for name in names) == expected
    assert all(answer(IDS.copy(), {"seed": 3, "times": 2}, 8, SPECIAL)[name] for name in names)  # too few to say


@pytest.mark.parametrize(
    "wrong",
    [
        lambda ids: ids,
        lambda ids: (ids, ids, ids),
        lambda ids: (ids, ids[0]),
        lambda ids: (ids, "x"),
        lambda ids: 3,
        lambda ids: (ids, ids - 0.5),
    ],
)
def test_what_is_not_two_arrays_of_the_shape_of_ids_is_told(wrong):
    @masked_often
    def answer(ids, rng, vocabulary_size, special):
        return wrong(ids)

    with pytest.raises(ValueError, match=r"both of the shape \(2, 4\) of ids"):
        answer(IDS, ASKED, 8, SPECIAL)


def test_an_array_that_a_call_changes_is_changed_for_the_caller_too():
    @masked_often
    def changes(ids, rng, vocabulary_size, special):
        ids[0, 0] = 1
        return ids, np.full(ids.shape, -1)

    mine = IDS.copy()
    changes(mine, {"seed": 3, "times": 2}, 8, SPECIAL)
    assert mine[0, 0] == 1
    mine = IDS.copy()
    hides(mine, {"seed": 3, "times": 2}, 8, SPECIAL)
    np.testing.assert_array_equal(mine, IDS)


def test_called_as_usual_it_does_what_it_did_and_chance_from_elsewhere_is_told():
    shown, targets = hides(IDS, np.random.default_rng(0), 8, SPECIAL)
    assert shown.shape == targets.shape == IDS.shape

    @often
    def elsewhere(rng):
        return float(np.random.default_rng().random())

    with pytest.raises(ValueError, match=NOT_FROM_RNG):
        elsewhere({"seed": 3, "times": 5})


def test_what_is_asked_often_twice_over_is_told_with_its_own_line():
    """A lesson has `@often` above the function, and `check(..., often(f))` below it."""

    @often
    def fails(rng):
        return rng.random() / 0

    probe = {"args": [describe_argument({"seed": 1, "times": 5})], "kwargs": {}}
    error = observe_call(often(fails), probe, SETTINGS, ["rng"])["error"]
    assert error["code"] == "return rng.random() / 0"


def test_a_stub_and_what_is_none_stay_what_they_are():
    def stub(ids, rng, vocabulary_size, special): ...  # your code here

    assert masked_often(stub) is stub

    @masked_often
    def nothing(ids, rng, vocabulary_size, special):
        return None

    assert nothing(IDS, ASKED, 8, SPECIAL) is None


def test_of_pairs_their_first_sentences_their_truth_and_each_pair_are_counted():
    @pairs_often
    def of_two(documents, rng):
        return [(a, "b", 1) if rng.random() < 0.5 else [a, "c", False] for a in documents]

    found = of_two(["x", "y"], ASKED)
    assert found["first sentences"] == {("x", "y"): 1.0}
    assert found["true pairs in a call"] == pytest.approx({0: 0.25, 1: 0.5, 2: 0.25}, abs=0.03)
    every = {("x", "b", 1): 0.5, ("x", "c", 0): 0.5, ("y", "b", 1): 0.5, ("y", "c", 0): 0.5}
    assert found["each pair in a call"] == pytest.approx(every, abs=0.03)
    assert found["of two false pairs in turn: the same sentence"] == 1
    one_of_two = pairs_often(lambda documents, rng: [("a", str(rng.integers(2)), 0) for _ in documents])
    assert one_of_two("xy", ASKED)["of two false pairs in turn: the same sentence"] == pytest.approx(0.5, abs=0.03)


def test_the_same_pair_twice_in_a_call_counts_twice_and_no_pair_at_all_is_counted_too():
    @pairs_often
    def twice(documents, rng):
        return [("a", "b", 1)] * documents

    assert twice(2, ASKED)["each pair in a call"] == {("a", "b", 1): 2.0}
    nothing = {"first sentences": {(): 1.0}, "true pairs in a call": {0: 1.0}, "each pair in a call": {}}
    nothing["of two false pairs in turn: the same sentence"] = 0.0
    assert twice(0, ASKED) == nothing


@pytest.mark.parametrize(
    "wrong", [("a", "b", 1), [("a", "b")], [("a", "b", 2)], [("a", "b", "yes")], ["abc"], 3, {"a": 1}]
)
def test_what_is_no_list_of_triples_is_told(wrong):
    @pairs_often
    def answer(documents, rng):
        return wrong

    with pytest.raises(ValueError, match="a list of tuples"):
        answer([], ASKED)


class Draws:
    """One that can be called, and is no function."""

    def __call__(self, ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special)

    def method(self, ids, rng, vocabulary_size, special):
        return masked(ids, rng, vocabulary_size, special)


@pytest.mark.parametrize(
    "answer",
    [
        Draws(),
        Draws().method,
        functools.partial(masked, share=0.25),
        lambda *args: masked(*args),
        functools.partial(lambda share, *args: masked(*args, share=share), 0.25),
    ],
    ids=["an object", "a method", "a partial", "of any arguments", "a partial of a lambda"],
)
def test_whatever_can_be_called_is_asked_often(answer):
    expected = hides(IDS.copy(), ASKED, 8, SPECIAL)
    assert masked_often(answer)(IDS.copy(), ASKED, 8, SPECIAL) == expected
    with_a_generator = masked_often(answer)(IDS, np.random.default_rng(5), 8, SPECIAL)
    assert [part.shape for part in with_a_generator] == [IDS.shape] * 2


def test_one_word_for_all_places_and_calls_that_are_alike_are_told():
    @masked_often
    def one_word(ids, rng, vocabulary_size, special):
        chosen = rng.random(ids.shape) < 0.9
        return np.where(chosen, rng.integers(3, 8), ids), np.where(chosen, ids, -1)

    @masked_often
    def no_chance(ids, rng, vocabulary_size, special):
        return masked(ids, np.random.default_rng(0), vocabulary_size, special)

    asked = [(hides, False, False), (one_word, True, False), (no_chance, None, True)]
    for function, one_for_all, alike in asked:
        found = function(IDS.copy(), ASKED, 8, SPECIAL)
        assert found["all calls are alike"] is alike
        assert one_for_all is None or found["a call has one other word for all"] is one_for_all
