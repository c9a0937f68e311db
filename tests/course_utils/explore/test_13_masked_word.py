"""The explorer of masked words: it hides the word that is asked for, draws the guesses it is given, and its widget follows."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from course_utils import explore

SENTENCES = {"guitar": "A man plays the guitar.", "dog": "A dog runs"}


def guess(text):
    """What stands there depends on the sentence; the text that was asked is kept."""
    guess.asked = text
    return [("guitar", 0.5), ("piano", 0.25)] if "man" in text else [("dog", 0.75)]


def words_of(drawing):
    root = ElementTree.fromstring(drawing.svg)
    assert root.get("aria-label") == drawing.alt
    return [each.text for each in root.iter("{http://www.w3.org/2000/svg}text")]


def test_the_word_is_hidden_and_the_guesses_are_drawn_with_their_probabilities():
    drawing = explore.masked_static(guess, SENTENCES, place=5)
    assert guess.asked == "A man plays the [MASK]."
    assert words_of(drawing)[:6] == ["A", "man", "plays", "the", "[MASK]", "hidden: guitar"]
    assert words_of(drawing)[6:] == ["guitar", "0.50", "piano", "0.25"]
    assert drawing.alt.endswith("guitar 0.50, piano 0.25. The word that stood there is guitar.")
    bars = re.findall(r'width="([\d.]+)" height="20" fill="(#\w+)"', drawing.svg)
    assert [float(width) for width, _ in bars] == [180.0, 90.0]
    assert bars[0][1] != bars[1][1], "the word that stood there has a colour of its own"


@pytest.mark.parametrize(("place", "hidden"), [(1, "a"), (2, "dog"), (3, "runs"), (20, "runs"), (0, "a")])
def test_places_count_from_one_and_end_with_the_sentence(place, hidden):
    assert explore.hidden_in("A dog runs", place)[2] == hidden


def test_a_sentence_of_ones_own_may_say_itself_where_the_hole_is():
    drawing = explore.draw_masked(guess, SENTENCES, "dog", 1, "a [MASK] <b>")
    assert guess.asked == "a [MASK] <b>"
    assert "hidden: nobody knows" in words_of(drawing)
    assert "stood there" not in drawing.alt


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="there is no sentence 'x'; there are guitar, dog"):
        explore.draw_masked(guess, SENTENCES, "x")
    with pytest.raises(ValueError, match="one word at least"):
        explore.hidden_in("  ", 1)


def test_a_long_sentence_stays_inside():
    root = ElementTree.fromstring(explore.masked_static(guess, {"long": "wonderful " * 30}).svg)
    places = [float(each.get("x")) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert max(places) < float(root.get("width"))


def test_without_a_front_end_it_is_the_figure(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "0")
    assert explore.masked(guess, SENTENCES).svg == explore.masked_static(guess, SENTENCES).svg


def test_the_widget_follows_the_choice_the_place_and_what_is_typed(monkeypatch):
    monkeypatch.setenv("COURSE_WIDGETS", "1")
    chosen, typed, figure = explore.masked(guess, SENTENCES).children
    chosen.children[0].value = "dog"
    chosen.children[1].value = 2
    assert figure.value == explore.draw_masked(guess, SENTENCES, "dog", 2).svg
    typed.children[0].value = "the man"
    assert figure.value == explore.draw_masked(guess, SENTENCES, "dog", 2, "the man").svg
