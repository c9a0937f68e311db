"""A lesson that cannot be built gets one line that names the file and the line."""

import pytest

from autograder.authoring.build import check_lesson, hidden_test
from autograder.authoring.lesson import BadLesson, read_lesson
from tests.autograder.conftest import LESSON, REPORT, Double


def read(path, text):
    path.write_text(text)
    lesson = read_lesson(path)
    check_lesson(lesson, {"double": Double})
    return lesson


def test_cells_get_roles_and_ids(lesson_file):
    lesson = read(lesson_file, LESSON)
    assert [(cell.id, cell.role) for cell in lesson.cells] == [
        ("double-a-number-1", ""),
        ("double-a-number-2", ""),
        ("exercise-double-2-points-about-1-minute-easy-1", ""),
        ("double", "solution"),
        ("test_double", "test"),
        ("recap-1", ""),
        ("recap-2", ""),
    ]


def test_a_cells_line_is_that_of_its_first_line_of_source(lesson_file):
    lesson = read(lesson_file, LESSON)
    lines = LESSON.splitlines()
    for cell in lesson.cells:
        first = cell.source.splitlines()[0]
        assert lines[cell.line - 1].removeprefix("# ") == first


def test_a_lesson_without_a_title_is_told(lesson_file):
    with pytest.raises(BadLesson, match=r"01_small\.py:1: no title"):
        read(lesson_file, LESSON.replace("# # Double", "# ## Double")).title()


def test_a_hidden_test_asks_what_its_check_asks_however_that_is_spaced(lesson_file):
    for check in ('check("double", double)', 'check ( "double",\n    double)'):
        cell = read(lesson_file, LESSON.replace('check("double", double)', check)).cell_of("double", "test")
        assert 'grade("double",double)' in "".join(hidden_test(cell).split())


def with_report(report=REPORT):
    """The small lesson with a text that is graded by hand before its recap."""
    return LESSON.replace("# %% [markdown]\n# ## Recap", f"{report}# %% [markdown]\n# ## Recap")


def test_a_text_below_an_exercises_heading_is_graded_by_hand(lesson_file):
    lesson = read(lesson_file, with_report())
    cell = lesson.cell_of("report", "manual")
    assert (cell.id, cell.kind, cell.points) == ("report", "markdown", 4)
    assert [other.role for other in lesson.cells].count("manual") == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("# ### Exercise: `report` (4 points", "# ### Report (4 points"), "not in a text below the heading of an"),
        (("# <!-- ### END SOLUTION -->\n", ""), "### BEGIN SOLUTION without an ### END SOLUTION"),
        (("# Twice as much.\n", ""), "nothing between the solution markers"),
        (("`report`", "`double`"), "exercise 'double' is checked in line 24; it cannot be graded by hand too"),
        (
            ("# *What came out?*", f"{REPORT}# %% [markdown]\n# ..."),
            "exercise 'report' has two texts that are graded by hand",
        ),
    ],
)
def test_a_faulty_text_that_is_graded_by_hand_is_told(lesson_file, change, said):
    report = REPORT.replace(*change)
    assert report != REPORT
    with pytest.raises(BadLesson) as caught:
        read(lesson_file, with_report(report))
    assert said in str(caught.value)


def test_what_is_graded_by_hand_is_not_declared_as_an_exercise(lesson_file):
    lesson_file.write_text(with_report())
    with pytest.raises(BadLesson, match="exercise 'report' is declared, and so judged by its probes"):
        check_lesson(read_lesson(lesson_file), {"double": Double, "report": Double})


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (('check("double", double)\n', "\n"), 15, 'a solution cell with no check("id", ...) after it'),
        (('check("double"', 'check("dubble"'), 24, "unknown exercise 'dubble'; unit 01_small declares: double"),
        (("    ### BEGIN SOLUTION\n", ""), 19, "### END SOLUTION without a ### BEGIN SOLUTION"),
        (("    ### END SOLUTION\n", ""), 17, "### BEGIN SOLUTION without an ### END SOLUTION"),
        (("    doubled = x + x\n    return doubled\n", ""), 15, "nothing between the solution markers"),
        (
            ("# %%\nprint", '# %%\ncheck("double", double)\nprint'),
            32,
            "exercise 'double' is checked twice, first in line 24",
        ),
        (("(2 points", "(3 points"), 11, "the heading of 'double' says 3 points; the exercise gives 2"),
        (
            ("### Exercise: `double` (2 points", "### Double (2 points"),
            24,
            "no heading `### Exercise: `double` (2 points",
        ),
        (("# That was all.", "# ### BEGIN SOLUTION"), 27, "a solution marker outside a code cell"),
        (
            ("# %% [markdown]\n# # Double", "x = 1\n# %% [markdown]\n# # Double"),
            1,
            "a lesson begins with a cell marker",
        ),
        (("    ### END SOLUTION\n", '    ### END SOLUTION\ncheck("double", double)\n'), 15, "give it its own"),
        (
            ("# %%\nprint", '# %% tags=["slow"]\nprint'),
            31,
            "unknown tag 'slow'; a lesson's cells may have: nbval-ignore-output",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(lesson_file, change, line, said):
    broken = LESSON.replace(*change)
    assert broken != LESSON
    with pytest.raises(BadLesson) as caught:
        read(lesson_file, broken)
    message = str(caught.value)
    assert message.startswith(f"lessons/01_small.py:{line}: "), message
    assert said in message
    assert "\n" not in message


def test_a_check_without_a_solution_is_a_fault(lesson_file):
    start, end = LESSON.index("# %%\ndef double"), LESSON.index('# %%\ncheck("double"')
    with pytest.raises(
        BadLesson, match=r"01_small\.py:\d+: check\(\"double\", \.\.\.\) has no solution cell before it"
    ):
        read(lesson_file, LESSON[:start] + LESSON[end:])


def test_a_missing_exercise_is_a_fault_that_names_its_declaration(lesson_file):
    start, end = LESSON.index("# %% [markdown]\n# ### Exercise"), LESSON.index("# %% [markdown]\n# ## Recap")
    with pytest.raises(BadLesson, match=r"exercise 'double' \(conftest\.py:\d+\) has no cell that calls check"):
        read(lesson_file, LESSON[:start] + LESSON[end:])
