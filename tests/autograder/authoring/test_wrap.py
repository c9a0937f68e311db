"""Prose is wrapped at one width, and says in Markdown what it said before."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from autograder.authoring.wrap import WIDTH, wrap, wrap_lesson

LONG = "word " * 40
PROSE = st.lists(
    st.sampled_from(
        [
            "Some words of prose, *stressed*, `x = a + b` and $\\frac{1}{2} + x$,",
            "a [link to somewhere](../01_containers_and_arrays/01_containers_and_arrays.ipynb) in it",
            LONG.strip(),
            "in 1987 there were 46. Nothing - or * + > # of - them 2) 3. is a list",
            "a hard break  ",
        ]
    ),
    min_size=1,
    max_size=6,
).map(lambda lines: "\n".join(lines).rstrip())
#: What an author writes: texts with what Markdown reads line by line among them.
BLOCKS = st.one_of(
    PROSE,
    PROSE.map(lambda text: "- " + text.replace("\n", "\n  ")),
    PROSE.map(lambda text: f"1. one\n2. {text}\n3. three"),
    PROSE.map(lambda text: f"<details><summary>Hint 1</summary>\n\n{text}\n</details>"),
    PROSE.map(lambda text: f"<!-- a remark -->\n{text}\n<!-- its end -->"),
    st.sampled_from(
        ["## A heading", "| a | b |\n|---|---|\n| c | d |", "```\nx  =  1\n\n- y\n```", "$$ x + y $$", "> quoted"]
    ),
)


def rendered(text):
    return re.sub(r"\s+", " ", MarkdownIt("commonmark").enable("table").render(text))


@given(st.lists(BLOCKS, min_size=1, max_size=5))
@settings(max_examples=400, deadline=None)
def test_what_is_shown_stays_and_wrapping_again_changes_nothing(blocks):
    text = "\n\n".join(blocks)
    wrapped = wrap(text)
    assert rendered(wrapped) == rendered(text)
    assert wrap(wrapped) == wrapped


def test_lines_are_as_long_as_the_width_allows():
    text = "\n".join(f"word{n}" for n in range(200))
    *lines, last = wrap(text).split("\n")
    assert all(WIDTH - len("word199 ") < len(line) <= WIDTH for line in lines)
    assert len(last) <= WIDTH


@pytest.mark.parametrize(
    "text", ["| " + LONG, "# " + LONG, f"```\n{LONG}\n```", f"$$\n{LONG}\n$$", f"a  \n{LONG.strip()}  "]
)
def test_what_markdown_reads_line_by_line_stays(text):
    assert wrap(text) == text


def test_items_are_indented_and_formulas_stay_whole():
    assert wrap(f"- {LONG.strip()}").split("\n")[1].startswith("  word")
    formula = "$" + " + ".join("abcdefghijk") + "$"
    assert formula in wrap(f"{'word ' * 20}{formula} {LONG}").split("\n")[1]


def test_only_the_prose_of_a_lesson_is_wrapped():
    code = f'# %%\nx = 1  # {LONG}\n"""{LONG}"""\n'
    lesson = f"# %% [markdown]\n# # Title\n#\n# {LONG.strip()}\n\n\n{code}"
    wrapped = wrap_lesson(lesson)
    assert wrapped.endswith(f"\n\n\n{code}")
    assert max(len(line) for line in wrapped.partition("# %%\n")[0].splitlines()) <= WIDTH + 2


def test_a_year_at_the_beginning_of_a_line_does_not_begin_a_list():
    text = f"{LONG}said in\n1957. Somebody made of it {LONG.strip()}"
    assert rendered(wrap(text)) == rendered(text)
    assert not [line for line in wrap(text).split("\n") if line.startswith(("1957.", " "))]
