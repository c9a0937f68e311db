"""The explorers of unit 04: their numbers are TensorFlow's and SciPy's, both views agree, the widget follows its controls."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.exercises import load_exercises
from autograder.exercises.unit_04_conv2d_transpose.conv_matrix import positions
from course_utils import explore
from course_utils.watch import Watch
from tests.doubles import grids

UNIT = "04_conv2d_transpose"


def cut(stamps: np.ndarray, pad: int) -> np.ndarray:
    kept = stamps[pad : stamps.shape[0] - pad, pad : stamps.shape[1] - pad]
    return np.nan_to_num(kept)


@settings(max_examples=60, deadline=None)
@given(grids(1, 5), grids(1, 4), st.integers(1, 4), st.integers(0, 3), st.integers(0, 2**32 - 1))
def test_both_views_give_the_same_numbers_and_are_the_adjoint_of_scipys_correlation(y, k, stride, pad, seed):
    shape = [(n - 1) * stride + size - 2 * pad for n, size in zip(y.shape, k.shape, strict=True)]
    if pad > min(k.shape) - 1 or min(shape) < 1:
        with pytest.raises(ValueError, match="pad"):
            explore.gathered_until(y, k, stride, pad)
        return
    gathered = explore.gathered_until(y, k, stride, pad)
    np.testing.assert_array_equal(cut(explore.stamped_until(y, k, stride), pad), gathered)
    assert explore.transposed_shape(y.shape, k.shape, stride, pad) == gathered.shape == tuple(shape)
    x = np.random.default_rng(seed).integers(-9, 10, shape)
    forwards = scipy.signal.correlate2d(np.pad(x, pad), k, mode="valid")[::stride, ::stride]
    assert (forwards * y).sum() == (x * gathered).sum()


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (1, 2), (2, 0), (2, 1), (3, 1), (4, 0)])
def test_the_stamps_are_tensorflows_conv2d_transpose(stride, pad):
    import tensorflow as tf

    y, k = (np.random.default_rng(0).normal(size=shape) for shape in ((4, 3), (3, 3)))
    shape = explore.transposed_shape(y.shape, k.shape, stride, pad)
    padding = [[0, 0], [pad, pad], [pad, pad], [0, 0]]
    theirs = tf.nn.conv2d_transpose(y[None, :, :, None], k[:, :, None, None], (1, *shape, 1), stride, padding)
    np.testing.assert_allclose(cut(explore.stamped_until(y, k, stride), pad), theirs[0, :, :, 0], atol=1e-12)


@pytest.mark.parametrize(("stride", "pad"), [(1, 0), (2, 0), (2, 1), (3, 2), (4, 0)])
def test_the_inputs_of_an_output_are_those_that_change_it(stride, pad):
    n, k = 4, 3
    ones = np.ones((1, k))
    rows = [cut_row(explore.stamped_until(np.eye(n)[i : i + 1], ones, stride), pad) for i in range(n)]
    for output in range(len(rows[0])):
        changed = [i for i in range(n) if rows[i][output]]
        assert explore.inputs_of(output, n, k, stride, pad) == changed


def cut_row(stamps: np.ndarray, pad: int) -> np.ndarray:
    return np.nan_to_num(stamps[0, pad : stamps.shape[1] - pad])


def test_every_map_kernel_stride_padding_and_view_is_drawn_well_formed_at_its_last_step():
    for values in explore.FEATURE_MAPS:
        for kernel in explore.STAMPS:
            y, k = explore.grid(values, explore.FEATURE_MAPS), explore.grid(kernel, explore.STAMPS)
            for stride, pad in ((1, 0), (2, 1), (3, 0)):
                places = explore.gathered_until(y, k, stride, pad).size
                for view, last in (("scatter", y.size - 1), ("gather", places - 1)):
                    drawing = explore.draw_transposed(values, kernel, stride, pad, last, view)
                    root = ElementTree.fromstring(drawing.svg)
                    assert root.get("aria-label") == drawing.alt
                    assert "nan" not in drawing.svg
                    with pytest.raises(ValueError, match="outside 0 to"):
                        explore.draw_transposed(values, kernel, stride, pad, last + 1, view)


def test_the_drawing_says_the_number_of_both_views():
    drawing = explore.transposed_static("one to four", "one to nine", stride=2, step=12, view="gather")
    assert "sees 4 inputs" in drawing.alt
    assert "is 36; by stamps it is 36." in drawing.alt  # 1 * 9 + 2 * 7 + 3 * 3 + 4 * 1, four corners of stamps


def test_the_figure_is_the_same_every_time_and_has_alt_text():
    first, second = explore.transposed_static(), explore.transposed_static()
    assert first.svg == second.svg
    assert f'alt="{first.alt}"' in first._repr_html_()


def test_every_case_counts_the_inputs_of_each_output():
    alt = explore.every_transposed_case().alt
    assert "stride 2, padding 0 gives 9, reached by 1, 1, 2, 1, 2, 1, 2, 1, 1 inputs" in alt
    assert "stride 1, padding 2 gives 2, reached by 3, 3 inputs" in alt
    assert alt.count("gives") == 9


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explore.draw_transposed("no such", "arrow"), "one to four"),
        (lambda: explore.draw_transposed("one to four", "arrow", view="sideways"), "scatter, gather"),
        (lambda: explore.draw_transposed("one to four", "arrow", stride=0), "stride is 0"),
        (lambda: explore.draw_transposed("one to four", "two by two", padding=2), "goes up to 1"),
        (lambda: explore.draw_transposed("one to four", "arrow", padding=2), "pad less"),
        (lambda: explore.matrix_positions(5, 4), "goes from 1 to 4"),
        (lambda: explore.draw_matrix([[1]]), "or neither"),
        (lambda: explore.draw_matrix([[1, 2], [3, 4]], [[1]]), r"\(3, 3\) fits"),
        (lambda: explore.draw_matrix(row=16), "outside 0 to 15"),
        (lambda: explore.switches_of([[1, 2]], 2), "does not fit"),
        (lambda: explore.draw_switches([[1, 2], [3, 4]], 2, [[1, 2]]), "do not fit"),
    ],
)
def test_errors_say_what_would_work(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.fixture
def explorer(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    widget = explore.transposed("three by three", "arrow")
    (maps, kernels), (strides, paddings), (views,), (_, steps) = (row.children for row in widget.children[:4])
    return widget, maps, kernels, strides, paddings, views, steps, widget.children[4]


def test_the_widget_redraws_when_a_control_moves(explorer):
    _, maps, kernels, strides, paddings, views, steps, figure = explorer
    steps.value = 8
    assert figure.value == explore.draw_transposed("three by three", "arrow", step=8).svg
    views.value = "gather"
    assert steps.max == 24
    strides.value, paddings.value, steps.value = 2, 1, 20
    assert figure.value == explore.draw_transposed("three by three", "arrow", 2, 1, 20, "gather").svg
    maps.value, kernels.value = "one to four", "two by two"
    assert steps.max == 3  # and the step moved back
    assert figure.value == explore.draw_transposed("one to four", "two by two", 2, 1, 3, "gather").svg


def test_the_widget_says_what_is_wrong_where_too_much_is_cut_off(explorer):
    _, maps, _, _, paddings, _, _, figure = explorer
    maps.value, paddings.value = "one to four", 2
    assert figure.value.startswith("<p>padding 2 cuts everything off")
    paddings.value = 0
    assert figure.value.startswith("<svg")


def test_a_widget_carries_its_figure_and_a_headless_run_gives_that_figure(explorer, monkeypatch):
    drawn = explorer[0]._repr_mimebundle_()["text/html"]
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    assert explore.transposed("three by three", "arrow")._repr_html_() == drawn


def test_the_matrix_is_scipys_correlation_and_is_drawn_as_it_is():
    kernel, y = np.array(explore.STAMPS["one to nine"]), np.array(explore.FEATURE_MAPS["one to four"])
    C = np.append(kernel, 0)[explore.matrix_positions(3, 4)]
    x = np.random.default_rng(0).integers(-9, 10, (4, 4))
    np.testing.assert_array_equal(C @ x.ravel(), scipy.signal.correlate2d(x, kernel, mode="valid").ravel())
    alt = explore.draw_matrix(kernel, y, row=5).alt
    stamped = explore.stamped_until(y, kernel).ravel().astype(int)
    assert f"The product is {', '.join(map(str, stamped))}." in alt
    lines = [" ".join(map(str, line)) for line in C.T]
    assert "; ".join(lines) in alt
    letters = explore.draw_matrix()
    assert "0 w02 0 0; w10 0 w00 0; w11 w10 w01 w00" in letters.alt  # rows 3 to 5, those that the handout ran together
    ElementTree.fromstring(letters.svg)


def test_the_exercises_positions_are_the_explorers():
    found = explore.matrix_positions(3, 5)
    for line, places in zip(found, positions(np.zeros((3, 3)), 5), strict=True):
        np.testing.assert_array_equal(np.flatnonzero(line >= 0), places)


@settings(max_examples=40, deadline=None)
@given(grids(3, 7), st.integers(1, 3))
def test_a_switch_points_to_the_first_maximum_of_its_window(x, size):
    switches = explore.switches_of(x, size)
    for (row, column), switch in np.ndenumerate(switches):
        window = x[row * size : (row + 1) * size, column * size : (column + 1) * size]
        i, j = divmod(int(switch), x.shape[1])
        first = np.argwhere(window == window.max())[0]
        assert (i - row * size, j - column * size) == tuple(first)
    drawing = explore.draw_switches(x, size)
    ElementTree.fromstring(drawing.svg)
    assert str(switches.tolist()) in drawing.alt


def test_the_syllabus_numbers_stand_in_the_exercises():
    """Sizes, the kernel smaller than the stride, and a (16, 4) C-transpose, as the oracles give them."""
    exercises = load_exercises(UNIT)
    size = exercises["out_size_t"].oracle
    sizes = [size(5, 3, s, padding) for s in (1, 2) for padding in ("valid", "same")]
    assert (sizes, size(4, 2, 3, "valid")) == ([7, 5, 11, 10], 12)
    assert exercises["conv_matrix"].oracle(np.ones((3, 3)), 4).T.shape == (16, 4)


def test_the_network_takes_any_size_but_gives_back_only_multiples_of_four():
    """What the lesson breaks on purpose, with the exercise's own right answers."""
    import keras

    answer = load_exercises(UNIT)["build_fcn"].right_answers["down_and_up_twice"]
    net = answer((None, None, 1))
    assert isinstance(net, keras.Model)
    assert net(np.zeros((1, 64, 48, 1))).shape == (1, 64, 48, 3)
    assert net(np.zeros((1, 33, 33, 1))).shape == (1, 36, 36, 3)


def test_the_explorers_and_the_libraries_are_no_answer_to_an_exercise_by_hand():
    def with_the_explorer(x, size):
        switches = explore.switches_of(x, size)
        return x.flat[switches], switches

    def with_scipy(y, k, stride=1, pad=0):
        return scipy.signal.convolve2d(y, k)

    exercises = load_exercises(UNIT)
    rules, x = exercises["conv2d_transpose"].rules, np.ones((4, 4))
    for answer, args, breaks in (
        (with_the_explorer, (x, 2), True),
        (with_scipy, (x, x), True),
        (exercises["conv2d_transpose"].right_answers["spread_and_slide"], (x, x), False),
    ):
        watch = Watch(rules, answer)
        watch.call(answer, *args)
        assert ("breaks" in watch.take()) is breaks
