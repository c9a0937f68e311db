"""`check` in a notebook: four verdicts, no exception in a learner's session, one under Validate."""

import subprocess
import sys

import numpy as np
import pytest

import course_utils
from autograder.authoring.packing import make_hidden_pack, make_visible_pack
from autograder.exercise import exercise, forbid_loops, mistake, probe, right_answer
from autograder.grading import NoPoints, grade
from autograder.judged import judged
from course_utils import checking, packs
from course_utils.judge import judge
from course_utils.observe import observe
from course_utils.packs import UnknownExercise, write_pack
from course_utils.refused import Refused
from course_utils.verdict import as_html, as_text


@exercise("double", points=4, objective="double", time_limit=0.3)
class Double:
    """Twice an array."""

    def oracle(x):
        return x * 2

    examples = [probe(np.array([[1, 2], [3, 4]])), probe(np.array([[0]])), probe(np.arange(100).reshape(10, 10))]

    def hidden(rng):
        yield probe(rng.integers(1, 9, size=(2, 2)))

    @mistake("You squared it.")
    def squared(x):
        return x**2

    @mistake("You added two.")
    def plus_two(x):
        return x + 2

    @mistake("You changed the caller's array.")
    def in_place(x):
        x *= 2
        return x

    @right_answer
    def by_adding(x):
        return x + x


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """A unit with the one exercise above, its visible and its hidden pack."""
    monkeypatch.setattr(checking, "EXAMPLES", tmp_path)
    monkeypatch.setattr(checking.read_pack, "__defaults__", (tmp_path,))
    monkeypatch.setattr("autograder.grading.HIDDEN_PACKS", tmp_path / "hidden")
    monkeypatch.setattr(checking, "_unit", "01_test")
    pack = {**make_visible_pack(Double), "unit": "01_test"}
    write_pack(pack, tmp_path)
    write_pack(pack, tmp_path / "hidden")
    monkeypatch.delenv("NBGRADER_EXECUTION", raising=False)
    return pack


def text_of(answer, pack):
    return as_text(judge(pack, observe(answer, pack)))


def test_right(lesson, capsys):
    course_utils.check("double", lambda x: x + x)
    assert capsys.readouterr().out == "double   right on all 3 examples\n"


def test_not_attempted(lesson, capsys):
    def double(x):
        """Twice x."""
        ...  # your code here

    course_utils.check("double", double)
    course_utils.check("double", ...)
    assert capsys.readouterr().out == "double   not attempted yet\n" * 2


def test_wrong_shows_the_smallest_failing_probe_and_the_hint(lesson):
    text = text_of(lambda x: x * x, lesson)
    assert text.splitlines() == [
        "double   wrong on 2 of 3 examples; the smallest:",
        "  double([[1, 2], [3, 4]])",
        "  yours [[1, 4], [9, 16]]   expected [[2, 4], [6, 8]]",
        "  You squared it.",
    ]


def test_a_mistake_on_the_failing_probes_alone_is_recognised_too(lesson):
    assert "You squared it." in text_of(lambda x: x * x if x.size < 100 else x * 2, lesson)


def test_crashed_names_the_error_and_the_line(lesson):
    def crash(x):
        return x.nothing

    text = text_of(crash, lesson)
    assert text.startswith("double   crashed on 3 of 3 examples")
    assert "AttributeError" in text
    assert "In your line: return x.nothing" in text


def test_each_way_to_go_wrong_has_its_own_words(lesson):
    def prints(x):
        print(x * 2)

    def endless(x):
        while True:
            pass

    said = {
        prints: "It printed its result and returned None",
        endless: "did not come back within 0.3 seconds",
        Double.mistakes[2].answer: "You changed the caller's array.",
        (lambda x: (x * 2).tolist()): "It is a list, and a NumPy array is expected",
        (lambda x: x * 2.0): "integers (int64) expected",
        (lambda x: x * np.nan): "NaN",
        (lambda x: (x * 2)[0]): "Its shape is",
        (lambda x: None): "Does every path end in `return`",
        (lambda x, y: x): "Compare the line that begins with `def`",
        (lambda x: exit()): "return ends a function",
    }
    for answer, words in said.items():
        assert words in text_of(answer, lesson)


def test_a_note_does_not_make_a_right_answer_wrong(lesson):
    def chatty(x):
        print("working")
        return x * 2

    text = text_of(chatty, lesson)
    assert text.startswith("double   right")
    assert "'working'" in text


def test_a_view_is_right_unless_a_new_array_is_asked_for():
    @exercise("flip", points=1, objective="flip", fresh=True)
    class Flip:
        """Turned round."""

        def oracle(x):
            return x[::-1].copy()

        examples = [probe(np.arange(3))]

        def hidden(rng):
            yield probe(rng.random(3))

    strict = make_visible_pack(Flip)
    lenient = {**strict, "settings": {**strict["settings"], "fresh": False}}
    assert "wrong" in text_of(lambda x: x[::-1], strict).splitlines()[0]
    assert "view of `x`" in text_of(lambda x: x[::-1], strict)
    assert "right" in text_of(lambda x: x[::-1], lenient).splitlines()[0]


def test_a_broken_rule_is_wrong_and_earns_nothing(lesson):
    pack = {**lesson, "rules": [forbid_loops("No loops here.")]}

    def looping(x):
        return np.array([[2 * value for value in row] for row in x])

    verdict = judge(pack, observe(looping, pack))
    assert verdict.status == "wrong"
    assert verdict.share == 0
    assert "No loops here. Yours has a loop: `return np.array(" in as_text(verdict)
    assert judge(pack, observe(Double.oracle, pack)).status == "right"


def test_not_a_function(lesson, capsys):
    course_utils.check("double", Double.oracle(3))
    assert "handed an int, not a function" in capsys.readouterr().out


def test_html_is_escaped_and_pictures_have_alt_text(lesson):
    def nasty(x):
        raise ValueError("<script>alert(1)</script>")

    assert "<script>" not in as_html(judge(lesson, observe(nasty, lesson)))
    big = {**lesson, "probes": lesson["probes"][2:], "expected": lesson["expected"][2:], "mistakes": []}
    big["expected"] = [{**big["expected"][0], "value": {"type": "array", "value": np.zeros((40, 40))}}]
    html = as_html(judge(big, observe(lambda x: np.ones((40, 40)), big)))
    assert html.count("<img") == html.count('alt="') == 3


def test_validate_gets_an_exception_of_the_verdicts_lines_and_a_learner_none(lesson, monkeypatch, capsys):
    course_utils.check("double", lambda x: x * x)
    assert "wrong" in capsys.readouterr().out
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    with pytest.raises(checking.NotRight) as caught:
        course_utils.check("double", lambda x: x * x)
    assert caught.value._render_traceback_() == text_of(lambda x: x * x, lesson).splitlines()
    course_utils.check("double", lambda x: x + x)


@exercise("inverse", points=10, objective="inverse")
class Inverse:
    """One over a number."""

    def oracle(x):
        if x == 0:
            raise ValueError("zero has no inverse")
        return 1 / x

    examples = [probe(1), probe(2)]

    def hidden(rng):
        yield from (probe(0), probe(4), probe(5), probe(-2), probe(10))


def refuse(x):
    raise ValueError(x)


@pytest.mark.parametrize(
    ("answer", "passed", "share"),
    [
        (lambda x: 1 / x if x else refuse(x), 7, 1),
        (lambda x: {1: 1.0, 2: 0.5}.get(x), 2, 0),
        (lambda x: {1: 1.0, 2: 0.5}.get(x) or refuse(x), 3, 0),
        (refuse, 1, 0),
        (lambda x: 1 / x if x > 0 else refuse(x), 6, 4 / 5),
        (lambda x: 1 / x if x > 2 else None, 3, 3 / 7),
    ],
    ids=["right", "by heart", "by heart, and refuses the rest", "refuses everything", "none below 0", "examples fail"],
)
def test_points_are_for_what_was_not_shown(answer, passed, share):
    pack = make_hidden_pack(Inverse)
    verdict = judge(pack, observe(answer, pack))
    assert (verdict.passed, verdict.share) == (passed, share)
    assert judge(make_visible_pack(Inverse), observe(answer, make_visible_pack(Inverse))).unseen == 0


def test_what_earned_less_than_it_passed_says_why():
    pack = make_hidden_pack(Inverse)
    by_heart = judge(pack, observe(lambda x: {1: 1.0, 2: 0.5}.get(x), pack))
    words = judged(by_heart, {**pack, "points": 10}).words
    assert words == "inverse: right on 2 of 7 calls (0 of the 5 that the notebook does not show), 0 of 10 points."
    refuses = judge(pack, observe(lambda x: {1: 1.0, 2: 0.5}.get(x) or refuse(x), pack))
    assert (
        "3 of 7 calls (1 of the 5 that the notebook does not show, by an error each)"
        in judged(refuses, {**pack, "points": 10}).words
    )


def test_grade_gives_partial_credit_and_never_a_probe(lesson, monkeypatch, capsys):
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert grade("double", lambda x: x + x) is None
    assert grade("double", lambda x: x * x) == round(4 / 3, 2)
    assert capsys.readouterr().out == "double: right on 1 of 3 calls, 1.33 of 4 points. You squared it.\n"
    for nothing in (lambda x: 1 / 0, ..., lambda x: None):
        with pytest.raises(NoPoints) as caught:
            grade("double", nothing)
        assert "[[" not in str(caught.value)


def test_an_unknown_exercise_or_unit_is_named(lesson):
    with pytest.raises(UnknownExercise, match=r"no exercise 'dubble'.*double"):
        course_utils.check("dubble", None)
    with pytest.raises(ValueError, match="no unit '99_none'"):
        course_utils.start("99_none")


def test_a_pack_of_another_format_is_refused(tmp_path):
    path = write_pack({**make_visible_pack(Double), "unit": "01_test"}, tmp_path)
    path.write_text(path.read_text().replace('"format": 1', '"format": 99'))
    with pytest.raises(Refused, match="format 99"):
        packs.read_pack("01_test", "double", tmp_path)


def test_importing_the_helper_imports_nothing_heavy():
    heavy = "numpy matplotlib pandas tensorflow scipy cv2 sklearn nbformat IPython"
    code = f"import sys, course_utils; print([m for m in '{heavy}'.split() if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["def double(x):\n    return x", "def double(x):\n    return (x"], "ended in a SyntaxError"),
        (["def double(x):\n    return (x", "def double(x):\n    return x"], ""),
        (["def double(x):\n    return x", "def Dou_ble(x):\n    return 2 * x"], "defines `Dou_ble`"),
        (["def double(x):\n    return x", "def triple(x):\n    return (x", "1 +"], ""),
        (["def double(x):\n    return x", "print(doubles)"], ""),
        ([], ""),
    ],
)
def test_a_verdict_on_the_version_before_says_so(lesson, monkeypatch, capsys, cells, words):
    monkeypatch.setattr("course_utils.cells._cells_run", lambda: [*cells, 'check("double", double)'])
    checking.check("double", lambda x: x * 2)
    said = capsys.readouterr().out
    assert "right on all 3 examples" in said
    assert ("as it was before" in said) == bool(words)
    assert words in said


def test_names_that_are_two_answers_are_not_taken_for_one_another(monkeypatch):
    from course_utils.cells import about_last_cell

    monkeypatch.setattr("course_utils.cells._cells_run", lambda: ["def word_count(text):\n    return 1"])
    assert "defines `word_count`" in about_last_cell("word_counts")
    assert about_last_cell("word_counts", {"word_count"}) == ""
    assert about_last_cell("pool") == ""
