"""A checkpoint's question is plain text in a lesson, folded in the notebook, and data for the learner's helper."""

import json

import nbformat
import pytest

from autograder.authoring import questions
from autograder.authoring.build import build, notebook_path, solution_path
from autograder.authoring.built_from import own_source
from autograder.authoring.lesson import BadLesson, lesson_path, lesson_units, read_lesson
from autograder.authoring.pull import pull
from autograder.authoring.questions import check_questions, fold, unfold
from autograder.authoring.wrap import wrap_lesson
from course_utils.recall.catalogue import read_questions
from tests.autograder.conftest import LESSON

QUESTION = """\
# %% [markdown]
# ### Checkpoint
#
# What is twice `x`?
#
# - [ ] `x ** 2`, which is *another* number
#
#   **Twice taken for squared.** That is `x * x`.
#
# - [x] `x + x` & no more
#
#   Yes: two of them.
#
#   And a second paragraph.
#
# - [ ] `x + 2`
#
#   **Two more taken for twice as much.** Twice is a factor.

# %%
question("twice")

"""


def with_question(text=QUESTION):
    """The small lesson with a checkpoint before its recap."""
    start = LESSON.replace("import check, start", "import check, question, start")
    return start.replace("# %% [markdown]\n# ## Recap", f"{text}# %% [markdown]\n# ## Recap")


def read(path, text):
    path.write_text(text)
    lesson = read_lesson(path)
    check_questions(lesson)
    return lesson


def asked(lesson):
    return next(cell for cell in lesson.cells if cell.question)


def test_a_question_is_the_text_above_its_cell(lesson_file):
    lesson = read(lesson_file, with_question())
    stem, options = questions.split(asked(lesson).source)
    assert stem == "### Checkpoint\n\nWhat is twice `x`?"
    assert [option.right for option in options] == [False, True, False]
    assert [option.misconception for option in options] == [
        "Twice taken for squared.", "", "Two more taken for twice as much.",
    ]  # fmt: skip
    assert options[1].feedback == "Yes: two of them.\n\nAnd a second paragraph."
    assert [cell.id for cell in lesson.cells][-4:] == ["checkpoint-1", "question_twice", "recap-1", "recap-2"]


WRONG = {
    "no option": (lambda text: text.partition("# - [ ]")[0] + '\n# %%\nquestion("twice")\n\n', "has 0 options"),
    "one option": (
        lambda text: (
            text.replace("# - [ ] `x ** 2`", "# - [x] x").partition("# - [x] `x + x`")[0]
            + '\n# %%\nquestion("twice")\n\n'
        ),
        "has 1 options",
    ),
    "two right": (lambda text: text.replace("- [ ] `x + 2`", "- [x] `x + 2`"), "2 options that are right"),
    "none right": (lambda text: text.replace("- [x]", "- [ ]"), "0 options that are right"),
    "no feedback": (
        lambda text: text.replace("#   **Two more taken for twice as much.** Twice is a factor.\n", ""),
        "option C has no feedback",
    ),
    "no misconception": (lambda text: text.replace("**Twice taken for squared.** ", ""), "option A begins with its"),
    "a misconception alone": (lambda text: text.replace(" That is `x * x`.", ""), "option A begins with its"),
    "the same twice": (lambda text: text.replace("`x + 2`", "`x + x` & no more"), "two options that say the same"),
    "nothing asked": (lambda text: text.replace("# What is twice `x`?\n#\n", ""), "asks nothing"),
    "a formula": (lambda text: text.replace("two of them", "$2x$"), "option B has a formula or HTML"),
    "no cell": (
        lambda text: text.replace('# %%\nquestion("twice")\n', ""),
        r"no `question\(\"id\"\)` in the cell below",
    ),
    "asked twice": (lambda text: text + '# %%\nquestion("twice")\n\n', "'twice' is asked twice"),
    "no text": (lambda text: text + '# %%\nquestion("thrice")\n\n', "'thrice' has no text with its options"),
    "an odd id": (lambda text: text.replace("twice", "Twice!"), "an id has small letters"),
}


@pytest.mark.parametrize(("change", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_with_a_question_is_told_with_its_line(lesson_file, change, words):
    assert change(QUESTION) != QUESTION
    with pytest.raises(BadLesson, match=rf"01_small\.py:\d+: .*{words}"):
        read(lesson_file, with_question(change(QUESTION)))


def test_folding_loses_nothing(lesson_file):
    cell = asked(read(lesson_file, with_question()))
    folded = fold(cell)
    assert "- [" not in folded
    assert folded.count("<details>") == folded.count("</details>") == 4
    assert "A. <code>x ** 2</code>, which is <em>another</em> number" in folded
    assert "B. <code>x + x</code> &amp; no more" in folded
    assert unfold(folded) == cell.source


def test_a_misconception_is_called_one_where_it_is_read(lesson_file):
    cell = asked(read(lesson_file, with_question()))
    folded = fold(cell)
    assert "✗ Mistaken idea: **Twice taken for squared.** That" in folded
    assert folded.count("Mistaken idea:") == 2
    assert "✓ Yes: two of them." in folded
    assert unfold(folded.replace("Mistaken idea: ", "")) == cell.source, "as notebooks had it before"


@pytest.mark.parametrize("unit", lesson_units())
def test_every_unit_asks_and_its_questions_are_built(unit):
    lesson = read_lesson(lesson_path(unit))
    check_questions(lesson)
    texts = [cell for cell in lesson.cells if cell.question]
    assert texts, "a lesson has a checkpoint"
    assert [unfold(fold(cell)) for cell in texts] == [cell.source for cell in texts]
    told = questions.questions_of(lesson)
    assert read_questions(unit) == told, "run `make build`"
    for asked_ in told.values():
        assert all(option["right"] or option["misconception"] for option in asked_["options"])


def test_a_built_question_shows_the_folded_text_and_keeps_no_options_of_another(small_course):
    path = small_course / "lessons" / "01_small.py"
    path.write_text(wrap_lesson(with_question()))
    build("01_small")
    solution = {cell.id: cell for cell in nbformat.read(solution_path("01_small"), as_version=4).cells}
    assert "Nothing can be clicked here" in solution["question_twice"].outputs[0].text
    released = {cell.id: cell for cell in nbformat.read(notebook_path("01_small"), as_version=4).cells}
    assert released["checkpoint-1"].source == fold(asked(read_lesson(path)))
    data = json.loads((small_course / "questions" / "01_small.json").read_text())
    assert data["questions"]["twice"]["cell"] == "question_twice"
    path.write_text(LESSON)
    build("01_small")
    assert not (small_course / "questions" / "01_small.json").exists()


def test_pull_gives_the_lessons_form_back(small_course):
    path = small_course / "lessons" / "01_small.py"
    path.write_text(wrap_lesson(with_question()))
    build("01_small")
    assert "no edits" in pull("01_small").words
    notebook = nbformat.read(solution_path("01_small"), as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "checkpoint-1")
    cell.source = cell.source.replace("What is twice", "How much is twice").replace(
        "Twice is a factor", "It is a factor"
    )
    nbformat.write(notebook, solution_path("01_small"))
    pull("01_small")
    text = path.read_text()
    assert "# How much is twice `x`?" in text
    assert "#   **Two more taken for twice as much.** It is a factor." in text
    assert "<details>" not in text
    assert own_source(cell) == asked(read_lesson(path)).source
