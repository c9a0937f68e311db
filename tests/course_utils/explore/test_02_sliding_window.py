"""The convolution explorer: its numbers are SciPy's, its figure never varies, and its widget follows the controls."""

import re
import time
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import scipy.signal
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import explore
from tests.doubles import grids


@settings(max_examples=40, deadline=None)
@given(grids(3, 7), grids(1, 3), st.integers(1, 3), st.integers(0, 2))
def test_the_filled_output_is_scipys_correlation(image, kernel, stride, padding):
    expected = scipy.signal.correlate2d(np.pad(image, padding), kernel, mode="valid")[::stride, ::stride]
    assert explore.output_shape(image.shape, kernel.shape, stride, padding) == expected.shape
    output = explore.output_until(image, kernel, stride, padding, expected.size - 1)
    np.testing.assert_array_equal(output, expected)


@settings(max_examples=40, deadline=None)
@given(grids(3, 6), grids(1, 3), st.data())
def test_a_step_shows_the_window_the_products_and_their_sum(image, kernel, data):
    rows, columns = explore.output_shape(image.shape, kernel.shape)
    step = explore.step_at(image, kernel, index=data.draw(st.integers(0, rows * columns - 1)))
    assert (step.row, step.column) == divmod(step.index, columns)
    seen = image[step.top : step.top + kernel.shape[0], step.left : step.left + kernel.shape[1]]
    np.testing.assert_array_equal(step.window, seen)
    np.testing.assert_array_equal(step.products, seen * kernel)
    assert step.total == step.products.sum()


def test_places_not_yet_visited_are_nan():
    image, kernel = (
        explore.grid(name, named) for name, named in (("two diagonals", explore.IMAGES), ("diagonal", explore.KERNELS))
    )
    output = explore.output_until(image, kernel, index=4)
    assert np.isnan(output.ravel()[5:]).all()
    np.testing.assert_array_equal(output.ravel()[:5], [3, -1, -3, -1, -3])


def test_the_worked_examples_of_the_lesson():
    assert explore.convolution_static("grey corner", "sharpen", padding=1).alt.count("sums to 320,") == 1
    assert "sums to 14," in explore.convolution_static("five by five", "arrow", step=8).alt


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: explore.draw("no such", "diagonal"), "two diagonals"),
        (lambda: explore.draw([1, 2, 3], "diagonal"), "rows of numbers"),
        (lambda: explore.draw([[1]], "diagonal"), "does not fit"),
        (lambda: explore.draw("two diagonals", "diagonal", stride=0), "stride is 0"),
        (lambda: explore.draw("two diagonals", "diagonal", step=16), "outside 0 to 15"),
    ],
)
def test_errors_say_what_would_work(call, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        call()


def test_every_image_fits_every_kernel_and_the_drawing_is_well_formed():
    for image in explore.IMAGES:
        for kernel in explore.KERNELS:
            drawing = explore.draw(image, kernel, stride=2, padding=1, step=1)
            root = ElementTree.fromstring(drawing.svg)
            assert root.get("role") == "img"
            assert root.get("aria-label") == drawing.alt


def test_the_figure_is_the_same_every_time_and_has_alt_text():
    first, second = explore.convolution_static(), explore.convolution_static()
    assert first.svg == second.svg
    assert f'alt="{first.alt}"' in first._repr_html_()
    assert repr(first) == f"[figure: {first.alt}]"


def test_a_step_is_drawn_in_under_100_ms():
    explore.draw("bright square", "Sobel x", padding=2)
    start = time.perf_counter()
    for step in range(10):
        explore.draw("bright square", "Sobel x", padding=2, step=70 + step)
    assert (time.perf_counter() - start) / 10 < 0.1


@pytest.mark.parametrize(
    ("environment", "live"),
    [
        ({}, False),
        ({"JPY_SESSION_NAME": "/lesson.ipynb"}, True),
        ({"JPY_SESSION_NAME": "/lesson.ipynb", "NBGRADER_EXECUTION": "validate"}, False),
        ({"JPY_SESSION_NAME": "/lesson.ipynb", "COURSE_WIDGETS": "0"}, False),
        ({"COURSE_WIDGETS": "1"}, True),
    ],
)
def test_a_widget_only_where_someone_can_click_it(monkeypatch, environment, live):
    for name in ("COURSE_WIDGETS", "NBGRADER_EXECUTION", "JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert explore.live_front_end() is live
    assert isinstance(explore.convolution(), explore.Drawing) is not live


@pytest.fixture
def explorer(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    widget = explore.convolution("five by five", "arrow")
    (images, kernels), (strides, paddings), (_, steps) = (row.children for row in widget.children[:3])
    return widget, images, kernels, strides, paddings, steps, widget.children[3]


def test_the_widget_redraws_when_a_control_moves(explorer):
    _, images, kernels, strides, paddings, steps, figure = explorer
    steps.value = 8
    assert figure.value == explore.draw("five by five", "arrow", step=8).svg
    images.value, kernels.value, paddings.value, steps.value = "grey corner", "sharpen", 1, 3
    assert figure.value == explore.draw("grey corner", "sharpen", padding=1, step=3).svg
    strides.value = 3
    assert steps.max == 3
    assert figure.value == explore.draw("grey corner", "sharpen", stride=3, padding=1, step=3).svg


def test_the_step_moves_back_when_the_output_shrinks(explorer):
    _, _, _, strides, _, steps, figure = explorer
    steps.value = 8
    strides.value = 2
    assert steps.value == 3
    assert figure.value == explore.draw("five by five", "arrow", stride=2, step=3).svg


def test_the_widget_carries_its_figure_for_readers_without_widgets(explorer):
    bundle = explorer[0]._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert "<img" in bundle["text/html"]
    assert bundle["text/plain"].startswith("[figure: Step 1 of 9")


def test_a_kernel_that_does_not_fit_is_said_in_the_widget(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    widget = explore.convolution([[1, 2], [3, 4]], "diagonal", padding=1)
    widget.children[1].children[1].value = 0
    assert "does not fit" in widget.children[3].value
