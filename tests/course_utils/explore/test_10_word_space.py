"""The explorer of word vectors: its neighbours are those of brute force, its figure and its widget agree."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from course_utils import explore

WORDS = ["king", "queen", "man", "woman", "apple", "of"]
VECTORS = np.array([[3, 1, 0], [3, -1, 0], [1, 1, 0], [1, -1, 0], [0, 0, 2], [-2, 0.5, 1]], float)


def test_the_neighbours_are_those_of_brute_force():
    rng = np.random.default_rng(0)
    words, vectors = [f"w{i}" for i in range(40)], rng.normal(size=(40, 7))
    found = explore.nearest_to(words, vectors, "w3", "w5", "w8")
    target = vectors[3] - vectors[5] + vectors[8]
    expected = sorted((i for i in range(40) if i not in (3, 5, 8)), key=lambda i: cosine(vectors[i], target))[:10]
    assert [word for word, _ in found] == [words[i] for i in expected]
    assert [value for _, value in found] == pytest.approx([1 - cosine(vectors[i], target) for i in expected])


def test_the_words_asked_are_left_out_or_kept():
    assert explore.nearest_to(WORDS, VECTORS, "king", "man", "woman")[0][0] == "queen"
    assert "king" not in dict(explore.nearest_to(WORDS, VECTORS, "king"))
    assert explore.nearest_to(WORDS, VECTORS, "king", keep_asked=True)[0][0] == "king"


def test_the_figure_is_valid_and_says_what_it_shows():
    drawing = explore.meaning_static(WORDS, VECTORS, " King ", "man", "woman")
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("aria-label") == drawing.alt
    assert "nearest to king − man + woman, the words asked left out: queen (1.00)" in drawing.alt
    assert drawing.svg == explore.meaning_static(WORDS, VECTORS, "king", "man", "woman").svg


@pytest.mark.parametrize(("word", "told"), [("quene", "'quene' is not among the 6 words"), ("", "one word at least")])
def test_what_has_no_vector_is_refused_by_name(word, told):
    with pytest.raises(ValueError, match=told):
        explore.draw_meaning(WORDS, VECTORS, word)


def test_without_a_front_end_it_is_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    assert explore.meaning(WORDS, VECTORS, "king").svg == explore.meaning_static(WORDS, VECTORS, "king").svg


def test_the_widget_follows_what_is_typed_and_carries_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    widget = explore.meaning(WORDS, VECTORS, "king")
    typed, chosen, figure = widget.children
    word, minus, plus = typed.children
    minus.value, plus.value = "man", "woman"
    assert figure.value == explore.draw_meaning(WORDS, VECTORS, "king", "man", "woman").svg
    chosen.children[0].value = True
    assert figure.value == explore.draw_meaning(WORDS, VECTORS, "king", "man", "woman", True).svg
    word.value = "<b>"
    assert figure.value == "<p>&#x27;&lt;b&gt;&#x27; is not among the 6 words that have a vector</p>"
    assert explore.meaning_static(WORDS, VECTORS, "king").alt in widget._repr_mimebundle_()["text/html"]
