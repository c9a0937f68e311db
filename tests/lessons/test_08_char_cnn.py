"""Unit 08: the paper's nets add up as its table says, and the thesaurus draws as often as it should."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.exercises import load_exercises
from course_utils.chance import often

UNIT = "08_char_cnn"


@pytest.fixture(scope="module")
def functions():
    """The lesson's own answers, by exercise."""
    return lesson_functions(read_lesson(lesson_path(UNIT)))


@pytest.fixture(scope="module")
def exercises():
    return load_exercises(UNIT)


def table_of(net):
    """(kind, features or units, kernel, pool) of each layer but Flatten and Dropout, as the paper's tables 1 and 2 have them."""
    rows = []
    for layer in net.layers:
        kind = type(layer).__name__
        if kind == "Conv1D":
            rows.append([kind, layer.filters, layer.kernel_size[0], None])
        elif kind == "MaxPooling1D":
            rows[-1][3] = layer.pool_size[0]
        elif kind == "Dense":
            rows.append([kind, layer.units, None, None])
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("size", "features", "units", "deviation"), [("large", 1024, 2048, 0.02), ("small", 256, 1024, 0.05)]
)
def test_a_net_has_the_papers_layers_and_begins_as_the_paper_says(functions, size, features, units, deviation):
    net = functions["build_char_cnn"](size, 150, 4)
    convolutional = zip((7, 7, 3, 3, 3, 3), (3, 3, None, None, None, 3), strict=True)
    dense = [("Dense", n, None, None) for n in (units, units, 4)]
    assert table_of(net) == [("Conv1D", features, kernel, pool) for kernel, pool in convolutional] + dense
    assert [layer.rate for layer in net.layers if type(layer).__name__ == "Dropout"] == [0.5, 0.5]
    kernels = [layer.kernel.numpy() for layer in net.layers if hasattr(layer, "kernel")]
    assert [kernel.std() for kernel in kernels[:-1]] == pytest.approx([deviation] * 8, rel=0.03)
    assert [abs(kernel.mean()) for kernel in kernels[:-1]] == pytest.approx([0] * 8, abs=deviation / 50)
    assert float(net.optimizer.learning_rate) == pytest.approx(0.01)
    assert net.optimizer.momentum == 0.9


def test_the_small_net_for_four_classes_has_11_34_million_parameters(functions):
    net = functions["build_char_cnn"]("small", 1014, 4)
    assert net.count_params() == 11_339_780
    pooled = [layer.output.shape[1] for layer in net.layers if type(layer).__name__ == "MaxPooling1D"]
    assert pooled == [336, 110, 34]


def test_the_large_net_adds_up_to_its_table():
    """Of the real length, without building it: that would be 400 MB."""
    from autograder.exercises.unit_08_char_cnn.build_char_cnn import parameters

    kernels = [7 * 70, 7 * 1024, *[3 * 1024] * 4]
    convolutional = sum(kernel * 1024 + 1024 for kernel in kernels)
    assert parameters("large", 1014, 4) == convolutional + (34 * 1024 + 1) * 2048 + 2049 * 2048 + 2049 * 4
    assert parameters("small", 1014, 4) == 11_339_780


@settings(max_examples=40, deadline=None)
@given(length=st.integers(123, 1500))
def test_frames_follow_the_papers_formula_where_it_comes_out_even(length):
    from autograder.exercises.unit_08_char_cnn.frame_lengths import FrameLengths

    lengths = FrameLengths.oracle(length)
    if (length - 96) % 27 == 0:
        assert lengths[-1] == (length - 96) // 27
    assert lengths[-1] <= (length - 96) / 27


@pytest.mark.parametrize(("p", "most"), [(0.5, 4), (0.3, 2), (0.9, 6), (0.5, 1)])
def test_numbers_are_drawn_as_often_as_the_geometric_distribution_says(functions, p, most):
    rng = np.random.default_rng(17)
    counts = np.bincount([functions["sample_geometric"](p, rng, most) for _ in range(6000)], minlength=most + 1)
    chances = p ** np.arange(most + 1)
    assert stats.chisquare(counts, 6000 * chances / chances.sum()).pvalue > 1e-3


@pytest.mark.parametrize(("p", "q"), [(0.5, 0.5), (0.8, 0.3), (0.2, 0.9)])
def test_texts_are_augmented_as_often_as_the_two_draws_say(functions, p, q):
    """Every text that can come out, by its chance: how many words, which ones, which synonym of each."""
    tokens, synonyms = ["a", "good", "old", "film"], {"good": ["fine", "well"], "film": ["movie"], "old": ["aged"]}

    places, expected = [1, 2, 3], {}
    of_r = [p**r / sum(p**k for k in range(4)) for r in range(4)]
    of_s = {"good": [1 / (1 + q), q / (1 + q)], "old": [1.0], "film": [1.0]}
    for r, chance in enumerate(of_r):
        sets = list(itertools.combinations(places, r))
        for chosen in sets:
            for synonym in itertools.product(*[range(len(synonyms[tokens[i]])) for i in chosen]):
                text = list(tokens)
                weight = chance / len(sets)
                for i, s in zip(chosen, synonym, strict=True):
                    weight *= of_s[tokens[i]][s]
                    text[i] = synonyms[tokens[i]][s]
                expected[" ".join(text)] = weight
    assert sum(expected.values()) == pytest.approx(1)
    rng, counted = np.random.default_rng(23), dict.fromkeys(expected, 0)
    for _ in range(6000):
        counted[" ".join(functions["augment"](tokens, synonyms, p, q, rng))] += 1
    assert tokens == ["a", "good", "old", "film"]
    assert stats.chisquare(list(counted.values()), [6000 * w for w in expected.values()]).pvalue > 1e-3


def test_the_chi_square_would_notice_the_wrong_distributions(exercises):
    """What is held against learners' draws is sharp: each mistake of the exercise is some ten thousand times less likely."""
    chances = np.array([1, 0.8, 0.64, 0.512, 0.4096])
    for mistake in exercises["sample_geometric"].mistakes:
        if mistake.name in ("from_elsewhere", "linear"):  # right but for where it draws; near to it for this p
            continue
        rng = np.random.default_rng(5)
        drawn = np.array([mistake.answer(0.8, rng, 4) for _ in range(6000)])
        counts = np.bincount(drawn.clip(max=4), minlength=5)
        assert drawn.max() > 4 or stats.chisquare(counts, 6000 * chances / chances.sum()).pvalue < 1e-6, mistake.name


def test_a_function_that_is_asked_often_tells_shares():
    @often
    def throw(rng):
        """A coin."""
        return int(rng.integers(2))

    assert throw(np.random.default_rng(1)) in (0, 1)
    shares = throw({"seed": 1, "times": 4000})
    assert set(shares) == {0, 1}
    assert shares[0] == pytest.approx(0.5, abs=0.05)
    assert throw.__doc__ == "A coin."


def test_asking_often_leaves_a_stub_and_what_is_no_function_as_they_are():
    def stub(p, rng, most):
        """Not written yet."""
        ...

    assert often(stub) is stub
    assert often(5) == 5


def test_asking_twice_often_is_asking_often():
    @often
    @often
    def throw(rng):
        return rng.random() < 0.25

    assert throw({"seed": 1, "times": 4000})[True] == pytest.approx(0.25, abs=0.05)


def test_an_argument_that_a_call_changes_is_changed_once_and_does_not_spoil_the_shares():
    @often
    def grow(tokens, rng):
        tokens.append("more")
        return len(tokens)

    tokens = ["one"]
    assert grow(tokens, {"seed": 1, "times": 50}) == {2: 1.0}
    assert tokens == ["one", "more"]


def test_chance_from_elsewhere_is_noticed():
    @often
    def elsewhere(rng):
        return float(np.random.default_rng().random())

    with pytest.raises(ValueError, match="all chance come from `rng`"):
        elsewhere({"seed": 1, "times": 50})
