"""More time for one learner: nbgrader's own extension, honoured by nbgrader's grading and by ours, before and after it."""

import shlex
from datetime import datetime, timedelta

import pytest
from nbformat.v4 import new_notebook
from nbgrader.preprocessors import AssignLatePenalties
from traitlets.config import PyFileConfigLoader

from tests.autograder.term import small_term as term
from tests.autograder.term.small_term import all_right, hand_in, install_stub, make_packs, open_gradebook, run

UNIT = "01_containers_and_arrays"
DUE = datetime(2026, 3, 1, 18)
MOST = 15


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Unit 01 is due; ada handed in 25 hours late, all right, and ben in time; zoe is known and has handed in nothing."""
    folder = term.make_course(tmp_path / "course", [UNIT])
    install_stub(monkeypatch, {UNIT: make_packs(UNIT)})
    monkeypatch.chdir(folder)
    hand_in(folder, "ada", UNIT, all_right(UNIT), DUE + timedelta(hours=25))
    hand_in(folder, "ben", UNIT, all_right(UNIT), DUE - timedelta(hours=1))
    with open_gradebook(folder) as gradebook:
        gradebook.update_or_create_assignment(UNIT, duedate=DUE)
        gradebook.update_or_create_student("zoe")
    return folder


def penalty(course, student="ada"):
    with open_gradebook(course) as gradebook:
        return gradebook.find_submission(UNIT, student).late_submission_penalty or 0


def grade(*options):
    code, said = run("grade", "01", *options)
    assert code == 0, said
    return said


def test_without_an_extension_each_day_begun_costs_a_tenth(course):
    grade()
    assert penalty(course) == pytest.approx(MOST * 0.2)
    assert penalty(course, "ben") == 0


def test_given_before_anything_is_handed_in(course):
    code, said = run("extend", "01", "zoe", "--days", 2)
    assert (code, said) == (0, f"{UNIT} zoe: until 2026-03-03 18:00 UTC, 2 days more\n")
    hand_in(course, "zoe", UNIT, all_right(UNIT), DUE + timedelta(hours=50))
    grade()
    assert penalty(course, "zoe") == pytest.approx(MOST * 0.1)


def test_given_after_grading_it_counts_at_once(course):
    grade()
    feedback = course / "feedback" / "ada" / UNIT
    feedback.mkdir(parents=True)
    code, said = run("extend", "01", "ada", "--days", 1)
    assert code == 0
    assert f"{UNIT} ada: until 2026-03-02 18:00 UTC, 1 day more; 1 hour late; penalty 3 -> 1.5 points" in said
    assert 'autograder feedback 01 --student "ada"' in said
    assert penalty(course) == pytest.approx(MOST * 0.1)
    grade("--again")
    assert penalty(course) == pytest.approx(MOST * 0.1)


def test_extensions_replace_each_other_and_are_listed_and_taken_back(course):
    grade()
    run("extend", "01", "ada", "--days", 1)
    run("extend", "01", "ada", "--days", 1, "--hours", 2)
    run("extend", "01", "zoe", "--hours", 12)
    code, said = run("extend", "01")
    assert code == 0
    assert said.splitlines() == [
        f"{UNIT} ada: until 2026-03-02 20:00 UTC, 1 day 2 hours more; in time",
        f"{UNIT} zoe: until 2026-03-02 06:00 UTC, 12 hours more",
    ]
    run("extend", "01", "zoe", "--remove")
    _, said = run("extend", "01", "ada", "--remove")
    assert "penalty 0 -> 3 points" in said
    assert run("extend", "01") == (0, f"{UNIT}: nobody has more time\n")


def test_nbgraders_own_step_agrees(course):
    """What `nbgrader autograde` runs to assign penalties, on the same submission with the same extension."""
    run("extend", "01", "ada", "--hours", 20)
    grade()
    ours = penalty(course)
    config = PyFileConfigLoader("nbgrader_config.py", str(course)).load_config()
    facts = {"notebook": UNIT, "assignment": UNIT, "student": "ada", "db_url": config.CourseDirectory.db_url}
    AssignLatePenalties(config=config).preprocess(new_notebook(), {"nbgrader": facts})
    assert penalty(course) == ours == pytest.approx(MOST * 0.1)


def test_a_changed_policy_and_points_given_by_hand_count_when_penalties_are_worked_out_again(course):
    grade()
    with open_gradebook(course) as gradebook:
        gradebook.find_grade("test_set_ops", UNIT, UNIT, "ada").manual_score = 0
        gradebook.db.commit()
    with (course / "nbgrader_config.py").open("a") as config:
        config.write("c.LatePerDay.share_per_day = 0.25\n")
    code, said = run("export")
    assert f"{UNIT}: penalties are not what policy and points say now: ada; run: autograder late 01" in said
    code, said = run("late")
    assert code == 0
    assert "ada: until 2026-03-01 18:00 UTC; 1 day 1 hour late; penalty 3 -> 7 points" in said
    assert "late or with more time: 1; penalties changed: 1" in said
    assert penalty(course) == pytest.approx(7)  # half of 14
    assert "not what policy" not in run("export")[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["01", "zoee", "--days", 1], "no learner 'zoee' in the gradebook; did you mean zoe?"),
        (["01", "ada"], "say how much more time"),
        (["01", "ada", "--days", 1, "--remove"], "say how much more time"),
        (["02", "ada", "--days", 1], "unit 02_convolution_and_pooling has no due date, so nothing is late; set it:"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(course, arguments, words):
    code, said = run("extend", *arguments)
    assert code == 2
    assert words in said
    assert len(said.splitlines()) == 1


def test_the_remedy_for_a_unit_without_a_due_date_is_one(course):
    """nbgrader itself fails to grade a submission with an extension where there is no due date."""
    _, said = run("extend", "02", "zoe", "--days", 1)
    _, *arguments = shlex.split(said.partition("set it: ")[2])
    assert run(*arguments)[0] == 0
    assert "until 2026-03-02 18:00 UTC, 1 day more" in run("extend", "02", "zoe", "--days", 1)[1]
    with open_gradebook(course) as gradebook:
        assert gradebook.find_assignment("02_convolution_and_pooling").max_score == 19  # and nothing else changed


def test_a_unit_that_is_not_released_is_said_so(course):
    with open_gradebook(course) as gradebook:
        gradebook.remove_assignment("02_convolution_and_pooling")
    code, said = run("extend", "02", "ada", "--days", 1)
    assert code == 2
    assert "run `nbgrader generate_assignment 02_convolution_and_pooling --force` first" in said
