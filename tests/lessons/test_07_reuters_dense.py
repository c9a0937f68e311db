"""Unit 07 shows the figures that it promises."""

import re

import pytest

from tests.lessons.figures import cells, place, shown

UNIT = "07_reuters_dense"


@pytest.fixture(scope="module")
def text():
    return shown(UNIT)


def number(pattern, text):
    """The first number that stands where the pattern has its group."""
    return float(place(pattern, text).replace(",", ""))


def test_the_network_over_three_seeds_spans_the_older_courses_accuracy(text):
    runs = [float(a) for a in re.findall(r"^[123] +0\.\d+ +(0\.\d+)$", text, re.M)]
    assert len(runs) == 3
    assert min(runs) <= 0.7961 <= max(runs)


def test_the_linear_machine_stands_beside_the_network(text):
    assert number(r"linear SVM on TF-IDF +(0\.\d+)", text) == pytest.approx(0.83, abs=0.01)
    assert number(r"network 64-64-46 +(0\.\d+)", text) < 0.81


def test_guessing_the_narrow_layer_and_borrowed_texts_are_shown_with_their_figures(text):
    assert number(r"always earn: (0\.\d+)", text) == 0.362
    assert number(r"mean of 1,000 shuffles: (0\.\d+)", text) == pytest.approx(0.19, abs=0.005)
    assert number(r"64-4-46: (0\.\d+)", text) == pytest.approx(0.68, abs=0.04)
    assert number(r"([\d,]+) stories share their text", text) == 1464
    assert number(r"borrow .* (0\.\d+) right", text) < 0.5 < number(r"its own .* (0\.\d+) right", text)


def test_the_better_network_is_held_to_0_81():
    """The solution cell asserts it, so that the executed notebook could not have been written otherwise."""
    (cell,) = [c for c in cells(UNIT) if c.source.startswith("final_model = ...")]
    assert re.search(r"assert .*\n?.*>= 0\.81", cell.source)
    assert cell.execution_count
    assert not cell.outputs
