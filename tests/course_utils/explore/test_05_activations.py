"""The activation explorer: its functions are those of Keras, its slopes are slopes, its figure and its widget agree."""

import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from course_utils import explore

PLACES = [-4.0, -2.5, -1.0, -0.25, 0.25, 1.0, 2.5, 4.0]


@pytest.mark.parametrize("name", explore.ACTIVATIONS)
def test_the_values_are_those_of_keras(name):
    keras = pytest.importorskip("keras")
    expected = np.asarray(keras.activations.get(name)(keras.ops.array(PLACES)))
    np.testing.assert_allclose([explore.ACTIVATIONS[name].value(x) for x in PLACES], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", explore.ACTIVATIONS)
def test_the_slopes_are_slopes(name):
    chosen, step = explore.ACTIVATIONS[name], 1e-6
    measured = [(chosen.value(x + step) - chosen.value(x - step)) / (2 * step) for x in PLACES]
    np.testing.assert_allclose([chosen.slope(x) for x in PLACES], measured, atol=1e-6)


def test_no_function_overflows_in_the_drawing():
    for chosen in explore.ACTIVATIONS.values():
        assert all(math.isfinite(chosen.value(x)) for x in np.linspace(-4, 4, 9))


@pytest.mark.parametrize("name", explore.ACTIVATIONS)
def test_the_figure_is_valid_says_what_it_shows_and_never_varies(name):
    drawing = explore.activation_static(name, -1.5)
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("aria-label") == drawing.alt
    assert name in drawing.alt
    assert drawing.svg == explore.activation_static(name, -1.5).svg
    width = float(root.get("width"))
    assert all(0 <= float(x) <= width for x in re.findall(r'(?:c|)x="([\d.]+)"', drawing.svg))


def test_what_cannot_be_drawn_is_refused_by_name():
    with pytest.raises(ValueError, match="swish"):
        explore.draw_activation("swish")
    with pytest.raises(ValueError, match="7"):
        explore.draw_activation("relu", 7)


def test_without_a_front_end_it_is_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    assert explore.activation("tanh", 1.0).svg == explore.activation_static("tanh", 1.0).svg


def test_the_widget_follows_its_controls_and_carries_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    widget = explore.activation("tanh", 1.0)
    controls, figure = widget.children
    names, places = controls.children
    names.value, places.value = "relu", -2.0
    assert figure.value == explore.draw_activation("relu", -2.0).svg
    assert explore.activation_static("tanh", 1.0).alt in widget._repr_mimebundle_()["text/html"].replace("&quot;", '"')
