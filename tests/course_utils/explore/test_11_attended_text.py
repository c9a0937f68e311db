"""The explorer of attention: it draws the weights that it is given, its figure and its widget agree."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from course_utils import explore

TEXTS = {"sport: a win": "They won. The cup is theirs.", "tech: a phone": "It rings"}


def read(text):
    """A reader to whom the first word of a sentence, and the last sentence, matter most."""
    sentences = [one.split() for one in text.split(".") if one.strip()]
    weights = [0.25, 0.75] if len(sentences) == 2 else [1 / max(len(sentences), 1)] * len(sentences)
    found = [(w, [(word, 0.8 if i == 0 else 0.1) for i, word in enumerate(one)]) for w, one in zip(weights, sentences)]
    return ("sport" if "cup" in text else "tech"), 0.9, found


def shapes(drawing):
    root = ElementTree.fromstring(drawing.svg)
    words = [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]
    return root, words


def test_the_figure_holds_each_word_and_says_what_it_shows():
    drawing = explore.attention_static(read, TEXTS)
    root, words = shapes(drawing)
    assert words == ["it says sport, with probability 0.90", "They", "won", "The", "cup", "is", "theirs"]
    assert root.get("aria-label") == drawing.alt
    assert "Sentence 2 has the largest weight, 0.75, and in it the words The" in drawing.alt


def test_a_words_colour_is_its_weight_over_the_largest_and_a_bar_is_the_sentences():
    svg = explore.attention_static(read, TEXTS).svg
    assert re.findall(r'fill-opacity="([\d.]+)"', svg) == ["0.750", "0.094", "0.750", "0.094", "0.094", "0.094"]
    assert re.findall(r'<rect x="12" y="\d+" width="([\d.]+)"', svg) == ["14.0", "42.0"]


def test_long_sentences_go_on_in_the_next_line_and_stay_inside():
    root, _ = shapes(explore.attention_static(read, {"long": "wonderful " * 60}))
    right = [float(r.get("x")) + float(r.get("width")) for r in root if r.get("rx")]
    assert len(right) == 60
    assert max(right) <= float(root.get("width"))


@pytest.mark.parametrize("own", ["<b>&", ""])
def test_a_text_of_ones_own_is_escaped_and_an_empty_one_is_the_chosen(own):
    drawing = explore.draw_attention(read, TEXTS, "tech: a phone", own)
    _, words = shapes(drawing)
    assert words[1:] == ([own] if own else ["It", "rings"])


def test_a_text_without_a_word_is_said_to_have_none():
    assert "it has no word" in explore.attention_static(read, {"none": "..."}).alt


def test_a_name_that_is_not_there_is_refused():
    with pytest.raises(ValueError, match="there is no text 'x'; there are sport: a win, tech: a phone"):
        explore.draw_attention(read, TEXTS, "x")


def test_without_a_front_end_it_is_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    assert explore.attention(read, TEXTS).svg == explore.attention_static(read, TEXTS).svg


def test_the_widget_follows_the_choice_and_what_is_typed(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    widget = explore.attention(read, TEXTS)
    chosen, typed, figure = widget.children
    chosen.children[0].value = "tech: a phone"
    assert figure.value == explore.draw_attention(read, TEXTS, "tech: a phone").svg
    typed.children[0].value = "the cup"
    assert figure.value == explore.draw_attention(read, TEXTS, "tech: a phone", "the cup").svg
    assert explore.attention_static(read, TEXTS).alt in widget._repr_mimebundle_()["text/html"]


def test_a_text_is_called_what_it_is(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    for options, name in (({}, "article"), ({"what": "story"}, "story")):
        chosen = explore.attention(read, TEXTS, **options).children[0].children[0]
        assert chosen.description == name
