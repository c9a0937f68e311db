"""Edits made to a solution in JupyterLab come back into the lesson, and nothing is lost."""

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.authoring import built_from, glossary
from autograder.authoring.build import build, solution_path
from autograder.authoring.lesson import BadLesson, Cell, Lesson
from autograder.authoring.pull import merge_cells, pull
from autograder.course import ROOT
from tests.autograder.conftest import LESSON

NO_EDITS = "01_small: the solution has no edits that the lesson does not have"


@pytest.fixture
def built(small_course):
    build("01_small")
    return small_course / "lessons" / "01_small.py"


def edit(change):
    """Apply `change` to the solution's cells by id, as JupyterLab would on saving."""
    path = solution_path("01_small")
    notebook = nbformat.read(path, as_version=4)
    change(notebook, {cell.id: cell for cell in notebook.cells})
    nbformat.write(notebook, path)


def test_pulling_an_unedited_solution_changes_nothing(built):
    assert pull("01_small").words == NO_EDITS
    assert built.read_text() == LESSON


def test_an_edited_cell_replaces_its_text_and_no_other(built):
    def change(notebook, cells):
        cells["double"].source = cells["double"].source.replace("x + x", "2 * x")
        cells["recap-1"].source = "## Recap\n\nThat was *really* all.\n\n- é, 語"

    edit(change)
    assert pull("01_small").words.startswith("01_small: 2 cells pulled into 01_small.py\n")
    expected = LESSON.replace("x + x", "2 * x").replace("# That was all.", "# That was *really* all.\n#\n# - é, 語")
    assert [line for line in built.read_text().splitlines() if line] == [line for line in expected.splitlines() if line]
    build("01_small")
    assert pull("01_small").words == NO_EDITS


def test_new_removed_and_moved_cells_come_back(built):
    def change(notebook, cells):
        notebook.cells.append(nbformat.v4.new_code_cell("print('one more')"))
        notebook.cells.remove(cells["recap-2"])
        notebook.cells.insert(
            1, nbformat.v4.new_markdown_cell("A word in between.\n\n```python\n# %% not a marker\n```")
        )

    edit(change)
    pull("01_small")
    text = built.read_text()
    assert 'print("one more")' in text, "formatted"
    assert 'print("done")' not in text
    assert text.index("A word in between.") < text.index("from course_utils")
    build("01_small")
    assert pull("01_small").words == NO_EDITS


def test_tags_come_back_and_are_merged_like_text(built):
    """A tag that a lesson can hold is part of what an author edits, there and here."""
    edit(lambda notebook, cells: cells["recap-2"].metadata.update(tags=["nbval-ignore-output"]))
    assert pull("01_small").set_aside is None
    assert built.read_text().endswith('# %% tags=["nbval-ignore-output"]\nprint("done")\n')
    build("01_small")
    edit(lambda notebook, cells: cells["recap-2"].metadata.pop("tags"))
    built.write_text(built.read_text().replace('"done"', '"ours"'))
    assert "edited or moved in the notebook, edited in the lesson" in pull("01_small").set_aside.read_text()
    assert 'tags=["nbval-ignore-output"]\nprint("ours")' in built.read_text()


WORD_LIST = (
    LESSON
    + """
# %% [markdown]
# ## Words
#
# | English | 繁體中文 | 한국어 |
# |---|---|---|
# | number |
# | gizmo | 小玩意 | 장치 |
"""
)
TERM = """[number]
means = "What can be counted with."
zh = "數"
ko = "수"
unit = "01"
section = "Double a number"
words = "lesson"
"""


@pytest.fixture
def listed(built, monkeypatch):
    """The small course with a glossary of one term, and a list of two in the lesson."""

    def tell(toml):
        (built.parent / "glossary.toml").write_text(toml)
        glossary.read_glossary.cache_clear()

    tell(TERM)
    built.write_text(WORD_LIST)
    build("01_small")
    yield built, tell
    glossary.read_glossary.cache_clear()


def word_list():
    cells = nbformat.read(solution_path("01_small"), as_version=4).cells
    return next(cell.source for cell in cells if cell.id == "words-1").splitlines()[4:]


def test_translations_come_from_the_glossary_and_stay_there(listed):
    lesson, tell = listed
    assert word_list() == ["| number | 數 | 수 |", "| gizmo | 小玩意 | 장치 |"]
    edit(lambda notebook, cells: cells["words-1"].update(source=f"{cells['words-1'].source}\n\nNo more."))
    assert pull("01_small").set_aside is None
    assert lesson.read_text().endswith("# | number |\n# | gizmo | 小玩意 | 장치 |\n#\n# No more.\n")
    build("01_small")
    tell(TERM.replace("數", "數字"))
    assert build("01_small")[0] == "01_small: solution's text renewed", (
        "another word in the glossary is no edit of the notebook"
    )
    assert word_list()[0] == "| number | 數字 | 수 |"


@pytest.mark.parametrize(("old", "term"), [("| 數 |", "number"), ("| 小玩意 |", "gizmo")])
def test_a_translation_that_was_edited_in_the_notebook_is_refused_by_name(listed, old, term):
    edit(lambda notebook, cells: cells["words-1"].update(source=cells["words-1"].source.replace(old, "| 書 |")))
    with pytest.raises(BadLesson, match=r"01_small\.ipynb"):
        build("01_small")
    with pytest.raises(BadLesson, match=f"names '{term}' in other words; its Chinese and Korean are set in"):
        pull("01_small")


def recap(words):
    """Edit the recap's text in the notebook."""
    edit(lambda notebook, cells: cells["recap-1"].update(source=f"## Recap\n\n{words}"))


def test_edits_of_different_cells_on_both_sides_are_merged(built):
    """Neighbours too: the solution here, its check's cell and the recap there."""

    def change(notebook, cells):
        cells["recap-1"].source = "## Recap\n\nEdited in JupyterLab."
        cells["test_double"].source = cells["test_double"].source.replace("check(", "\ncheck(")
        notebook.cells.insert(3, nbformat.v4.new_markdown_cell("New in JupyterLab."))

    edit(change)
    ours = LESSON.replace("x + x", "2 * x").replace("# A lesson", "# New in the lesson.\n\n# %% [markdown]\n# A lesson")
    built.write_text(ours)
    pulled = pull("01_small")
    assert pulled.set_aside is None
    text = built.read_text()
    for words in ("Edited in JupyterLab.", "2 * x", "New in JupyterLab.", "New in the lesson."):
        assert words in text
    assert "That was all." not in text
    assert built.with_name("01_small.py.orig").read_text() == ours
    build("01_small")
    assert pull("01_small").words == NO_EDITS


def test_edits_of_one_cell_on_both_sides_stay_on_both_sides(built):
    recap("Edited in JupyterLab.")
    edit(lambda notebook, cells: cells["recap-2"].update(source='print("only in JupyterLab")'))
    built.write_text(LESSON.replace("That was all.", "That was ours."))
    pulled = pull("01_small")
    assert "That was ours." in built.read_text()
    assert "only in JupyterLab" in built.read_text()
    assert "Edited in JupyterLab." in pulled.set_aside.read_text()
    assert str(pulled.set_aside) in pulled.words
    build("01_small")  # what clashed is known and kept: nothing stands in the way
    assert "Edited in JupyterLab." in pulled.set_aside.read_text()
    recap("Once more.")
    built.write_text(built.read_text().replace("That was ours.", "That was ours again."))
    again = pull("01_small").set_aside
    assert again != pulled.set_aside
    assert "Once more." in again.read_text()


def test_a_cell_that_clashed_clashes_again_before_the_next_build(built):
    recap("Edited in JupyterLab.")
    built.write_text(LESSON.replace("That was all.", "That was ours."))
    pull("01_small")
    assert pull("01_small").words == NO_EDITS
    recap("Edited again.")
    assert "Edited again." in pull("01_small").set_aside.read_text()
    assert "That was ours." in built.read_text()


def test_pulled_edits_can_be_pulled_on_before_the_next_build(built):
    """The lesson's text is a formatted one: that is no edit of it."""
    edit(lambda notebook, cells: cells["recap-2"].update(source="print( 'one' )"))
    assert pull("01_small").set_aside is None
    edit(lambda notebook, cells: cells["recap-2"].update(source="print( 'two' )"))
    assert pull("01_small").set_aside is None
    assert 'print("two")' in built.read_text()


def test_what_one_side_removed_and_the_other_edited_is_set_aside_or_kept(built):
    recap("Edited in JupyterLab.")
    edit(lambda notebook, cells: notebook.cells.remove(cells["double-a-number-1"]))
    ours = LESSON.replace("# %% [markdown]\n# ## Recap\n#\n# That was all.\n\n", "").replace("of one", "of just one")
    built.write_text(ours)
    pulled = pull("01_small")
    assert built.read_text() == ours
    aside = pulled.set_aside.read_text()
    assert "Edited in JupyterLab." in aside
    assert "removed from the lesson" in aside
    assert "`double-a-number-1`: removed in the notebook, edited in the lesson" in aside


def test_force_takes_the_notebooks_side_and_keeps_every_lesson_that_it_replaces(built):
    build("01_small")
    kept = []
    for number in (1, 2):
        recap(f"Edited in JupyterLab, {number}.")
        kept.append(LESSON.replace("That was all.", f"That was ours, {number}."))
        built.write_text(kept[-1])
        assert pull("01_small", force=True).set_aside is None
        assert f"Edited in JupyterLab, {number}." in built.read_text()
    assert [built.with_name(f"01_small.py{end}").read_text() for end in (".orig", "_2.orig")] == kept


def test_force_puts_a_cell_that_the_lesson_removed_back_where_it_was(built):
    edit(lambda notebook, cells: cells["double-a-number-1"].update(source="# Double a number\n\nOr two."))
    recap("Edited in JupyterLab.")
    built.write_text(LESSON.replace("# %% [markdown]\n# ## Recap\n#\n# That was all.\n\n", ""))
    pull("01_small", force=True)
    text = built.read_text()
    assert text.index('check("double"') < text.index("Edited in JupyterLab.") < text.index('print("done")')


def test_a_lesson_whose_base_is_not_known_is_not_guessed_at(built):
    record = built_from.record_of("01_small")
    built_from.note("01_small", built_from.Record(record.lesson))
    recap("Edited in JupyterLab.")
    built.write_text(LESSON.replace("x + x", "2 * x"))
    with pytest.raises(BadLesson, match="it is not known from which text"):
        pull("01_small")
    pull("01_small", force=True)
    assert "2 * x" in built.with_name("01_small.py.orig").read_text()


def test_after_a_pull_the_lesson_is_as_the_formatter_wants_it(built):
    messy = "values = [ 1,2 ]\n\n\n\n\ndef show( x ):\n  print( x )\nshow(values)"
    edit(lambda notebook, cells: cells["recap-2"].update(source=messy))
    pull("01_small")
    assert "values = [1, 2]\n\n\ndef show(x):\n    print(x)\n\n\nshow(values)\n" in built.read_text()
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", str(built)], capture_output=True, cwd=ROOT
    )
    assert done.returncode == 0, done.stdout


@st.composite
def edited(draw):
    """Edits of both sides of a lesson of six cells: what becomes of each (kept, edited, removed), and cells put in."""
    side = st.lists(st.sampled_from(["keep", "keep", "edit", "remove"]), min_size=6, max_size=6)
    extra = st.dictionaries(st.integers(0, 6), st.just("new"), max_size=2)
    return draw(side), draw(extra), draw(side), draw(extra)


@given(edited())
@settings(max_examples=150, deadline=None)
def test_whatever_is_edited_no_edit_is_lost(both):
    """Each edit of either side is in the merged lesson or set aside, and what nobody removed is in it once."""
    ours, our_new, theirs, their_new = both
    names = [f"text {n}" for n in range(6)]

    def cells(fates, extra, who):
        found = []
        for n, (name, fate) in enumerate(zip(names, fates, strict=True)):
            found += [(f"{who}-new-{n}", f"{who} new {n}")] if n in extra else []
            found += [] if fate == "remove" else [(f"c{n}", name if fate == "keep" else f"{who} {name}")]
        return found + ([(f"{who}-new-6", f"{who} new 6")] if 6 in extra else [])

    mine = [
        Cell("markdown", text, 1, f"# %% [markdown]\n# {text}\n\n", id) for id, text in cells(ours, our_new, "ours")
    ]
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_markdown_cell(text, id=id) for id, text in cells(theirs, their_new, "theirs")]
    frame = built_from.frame_digest(nbformat.v4.new_markdown_cell("any"))
    rows = [
        built_from.Row(f"c{n}", *[built_from.text_digest("markdown", name)] * 2, frame) for n, name in enumerate(names)
    ]
    merge = merge_cells(Lesson(Path("x.py"), "x", mine), notebook, rows)
    aside = [made.source for _, made in merge.clashes if made is not None]
    for n, name in enumerate(names):
        if theirs[n] == "edit":
            assert (f"theirs {name}" in merge.text) != (f"theirs {name}" in aside)
        if ours[n] == "edit":
            assert f"ours {name}" in merge.text
        if "remove" in (ours[n], theirs[n]) and "edit" not in (ours[n], theirs[n]):
            assert name not in merge.text
        assert merge.text.count(name) <= 1
    for who, extra in (("ours", our_new), ("theirs", their_new)):
        assert all(merge.text.count(f"{who} new {n}") == 1 for n in extra)


def test_a_moved_cell_comes_along_unless_the_lesson_edited_it(built):
    def change(notebook, cells):
        notebook.cells.remove(cells["recap-2"])
        notebook.cells.insert(2, cells["recap-2"])

    edit(change)
    assert pull("01_small").set_aside is None
    text = built.read_text()
    assert text.count('print("done")') == 1
    assert text.index('print("done")') < text.index("### Exercise")
    build("01_small")
    edit(lambda notebook, cells: notebook.cells.append(notebook.cells.pop(2)))
    built.write_text(text.replace('print("done")', 'print("ours")'))
    assert "edited or moved in the notebook, edited in the lesson" in pull("01_small").set_aside.read_text()
    assert built.read_text().count("print(") == 1


EDITED_HIDDEN_TEST = 'check("double", double)\n### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS'
NO_END = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda cells: cells["recap-1"].update(attachments={"a.png": {"image/png": "AA=="}}), "a picture attached"),
        (lambda cells: cells["test_double"].metadata.nbgrader.update(points=5), "gives 5 points"),
        (lambda cells: cells["recap-2"].metadata.update(tags=["raises-exception"]), "has the tag 'raises-exception'"),
        (lambda cells: cells["test_double"].update(source=EDITED_HIDDEN_TEST), "edited hidden test"),
        (lambda cells: cells["double"].update(source=NO_END), "cannot be written as a lesson"),
    ],
)
def test_what_a_lesson_cannot_hold_is_refused_by_name(built, change, said):
    edit(lambda notebook, cells: change(cells))
    with pytest.raises(BadLesson, match=said):
        pull("01_small")
    assert built.read_text() == LESSON
    assert list(built.parent.iterdir()) == [built]
