"""The leaderboard ranks what saved models said about held-out articles; whatever else was handed in gets a reason."""

import gzip
import json
from types import SimpleNamespace

import numpy as np
import pytest
from click.testing import CliRunner

from autograder.engine import coordinator
from autograder.engine.record.answers import answers_path
from autograder.report import facts as reading
from autograder.report import leaderboard
from autograder.report.facts import read_class
from autograder.report.leaderboard import Contest, read_leaderboard, right_about, show, standard_error
from course_utils import expect
from course_utils.describe import describe, encode
from course_utils.refused import Refused
from tests.autograder.engine.stubbed import UNIT, answer, grade, hand_in, make_course, notebook
from tests.autograder.engine.test_guarded import QUICK, spin
from tests.doubles import NoProcess, make_pack, packs_of

LABELS = np.array([0, 1, 2, 0, 1, 2, 0, 1, 2, 0])


def makes(right, saved=True, problem=None, parameters=100, outputs=None):
    """The described model that is right about the first `right` labels."""
    said = np.where(np.arange(len(LABELS)) < right, LABELS, (LABELS + 1) % 3)
    outputs = np.eye(3)[said] if outputs is None else outputs
    about = {
        **{"type": "model", "class": "Sequential", "problem": problem, "predictions": [describe(outputs)]},
        **{"trained": None, "inputs": None, "outputs": None, "parameters": parameters, "trainable": parameters},
        **{"layers": [], "compiled": None, "saved": None},
    }
    return {**about, "saved": {**about, "problem": None}} if saved else about


def returned(model):
    return [{"outcome": "returned", "value": model}] * 2


def raised(name):
    return [{"outcome": "raised", "error": {"types": [name, "Exception"], "message": "<b>", "line": 1, "code": ""}}] * 2


def error_in(step):
    return {"step": step, "error": "ValueError", "message": "a learner's own words"}


#: What the answers of the class give, by the number that each multiplies by: (to the ranked exercise, to the other).
GIVEN = {
    1: (returned(makes(9, parameters=2_000)), returned(makes(8))),
    2: (returned(makes(10)), returned(makes(10))),
    3: (returned(makes(9)), None),
    4: (returned(makes(4)), raised("ValueError")),
    5: (returned(makes(10, saved=False)), None),
    6: (returned(makes(10, saved=False, problem=error_in("load"))), None),
    7: (raised("<script>"), None),
    8: ([{"outcome": "timed out", "seconds": 5.0}, {"outcome": "skipped"}], None),
    9: (returned(describe(3)), None),
    10: (returned(makes(10, outputs=np.ones((10, 1)))), None),
    11: (returned(makes(10, outputs=np.full((10, 3), np.nan))), None),
    12: ("no observations", None),
    13: (None, None),
    14: ("stub", None),
}


class Runner(NoProcess):
    """The notebook's number says what its answers give."""

    def answers(self, cells, hidden, files):
        ranked, beside = GIVEN[int(cells[1].split("return ")[1].split(" ")[0])]
        answers = []
        for id, given in (("double", ranked), ("other", beside)):
            if given == "stub":
                answers.append({"answer": id, "stub": True})
            elif given is not None:
                answers.append({"answer": id, "observations": encode(given)})
        return answers


def make_packs(labels=LABELS):
    """Hidden packs of two exercises, whose second probe asks about the held-out articles."""
    asked = {"predict": [describe(np.zeros(len(labels)))], "fit": None, "saved": "path", "seed": 0}
    about = {"accuracy": expect.accuracy(labels, 0.5), "varies": False}
    wanted = {"expect": expect.model(**about, saved=expect.model(**about))}
    raw = {}
    for id in ("double", "other"):
        pack = make_pack(id, UNIT, range(2), [wanted] * 2)
        raw[id] = encode({**pack, "probes": [{**one, "ask": asked} for one in pack["probes"]]})
    return packs_of(raw)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A graded class: student01 to student14 as above, and one whose file is no notebook."""
    exercises = {id: SimpleNamespace(id=id, points=2.0, objective="read", mistakes=[]) for id in ("double", "other")}
    monkeypatch.setattr(reading, "load_exercises", lambda unit: exercises)
    monkeypatch.setattr(leaderboard, "CONTESTS", {UNIT: Contest("double", "other")})
    db_url = make_course(tmp_path, 0)
    for number in GIVEN:
        hand_in(tmp_path, f"student{number:02d}", notebook(answer(number)))
    hand_in(tmp_path, "student (b)", b"no notebook")
    grade(tmp_path, db_url, [Runner()], make_packs())
    return tmp_path, db_url


def test_the_best_comes_first_and_ties_share_a_rank(course):
    board = read_leaderboard(*course, UNIT, make_packs())
    ranks = [(entry.rank, entry.learner, entry.right) for entry in board.entries]
    assert ranks == [(1, "student02", 10), (2, "student01", 9), (2, "student03", 9), (4, "student04", 4)]
    assert [entry.accuracy for entry in board.entries] == [1.0, 0.9, 0.9, 0.4]
    assert [entry.beside for entry in board.entries] == [1.0, 0.8, None, None]
    assert [entry.parameters for entry in board.entries] == [100, 2_000, 100, 100]


def test_every_other_submission_has_a_reason(course):
    failures = {one.learner: one.reason for one in read_leaderboard(*course, UNIT, make_packs()).failures}
    assert failures == {
        "student05": "it saved no file",
        "student06": "its saved file cannot be loaded",
        "student07": "double raised an error",
        "student08": "double did not come back in time",
        "student09": "double returned no Keras model",
        "student10": "the model's outputs have shape (10, 1), which is not a probability for each class",
        "student11": "the model's outputs are not all finite numbers",
        "student12": "the answer to double could not leave the sandbox as plain data",
        "student13": "no answer to double left the notebook",
        "student14": "double was not attempted",
        "student (b)": "the submission is not a notebook that can be graded",
    }


def hard_to_decode(patch):
    honest = leaderboard.right_about
    patch.setattr(
        leaderboard,
        "right_about",
        lambda model, labels: spin() if model["parameters"] == 2_000 else honest(model, labels),
    )


HOSTILE = {
    "a bomb": (
        lambda path, patch: path.write_bytes(gzip.compress(bytes(300 << 20), 1)),
        "no answer to double left the notebook",
    ),
    "deep": (
        lambda path, patch: path.write_bytes(gzip.compress(b"[" * 500_000)),
        "no answer to double left the notebook",
    ),
    "hard to read": (
        lambda path, patch: hard_to_decode(patch),
        "its answers could not be read: that took more than 1 s",
    ),
}


@pytest.mark.parametrize(("damage", "words"), HOSTILE.values(), ids=HOSTILE)
def test_who_cannot_be_read_within_the_limits_has_no_rank_and_the_rest_comes(course, monkeypatch, damage, words):
    damage(answers_path(course[0], UNIT, "student01"), monkeypatch)
    board = read_leaderboard(*course, UNIT, make_packs(), bounds=QUICK)
    assert [entry.learner for entry in board.entries] == ["student02", "student03", "student04"]
    assert {one.learner: one.reason for one in board.failures}["student01"].startswith(words)


def test_names_are_hidden_as_in_the_report(course):
    board = read_leaderboard(*course, UNIT, make_packs(), hide_names=True)
    text = show(board)
    assert "student" not in text
    hidden = {one.student for one in read_class(*course, UNIT).without_names().submissions}
    assert {row.learner for row in [*board.entries, *board.failures]} == hidden
    unreadable = next(one.learner for one in board.failures if "not a notebook" in one.reason)
    named = next(one.student for one in read_class(*course, UNIT).without_names().submissions if not one.readable)
    assert unreadable == named


def test_answers_to_other_articles_are_not_ranked(course):
    packs = make_packs()
    packs.raw["double"]["probes"][1]["args"] = [describe(7)]
    board = read_leaderboard(*course, UNIT, packs)
    assert board.entries == []
    reasons = [one.reason for one in board.failures]
    assert reasons.count("it was graded on other articles; grade it again") == 12


def test_the_table_and_the_json_say_the_same(course):
    board = read_leaderboard(*course, UNIT, make_packs())
    text, facts = show(board), json.loads(show(board, as_json=True))
    assert facts["articles"] == 10
    for row in facts["entries"]:
        line = next(line for line in text.splitlines() if row["learner"] in line)
        assert f"{row['accuracy']:.4f}" in line
    assert "no rank: student (b): the submission is not a notebook" in text
    assert "One text is 10.00 points" in text
    assert "learner's own words" not in text


def test_an_empty_leaderboard_is_still_a_page():
    assert "no rank: a: why" in show(leaderboard.Leaderboard(UNIT, 10, [], [leaderboard.Failure("a", "why")]))


def test_the_standard_error_is_that_of_a_share():
    assert standard_error(0.5, 100) == pytest.approx(0.05)
    assert standard_error(1.0, 100) == 0


def test_predictions_are_counted():
    assert right_about(makes(7), LABELS) == 7
    with pytest.raises(leaderboard.NoRank, match="does not run"):
        right_about({**makes(7), "predictions": []}, LABELS)


def test_a_unit_without_a_leaderboard_or_a_graded_class_says_what_to_do(tmp_path, monkeypatch):
    with pytest.raises(Refused, match="01_small has no leaderboard"):
        read_leaderboard(tmp_path, "", UNIT, make_packs())
    monkeypatch.setattr(leaderboard, "CONTESTS", {UNIT: Contest("double", "other")})
    db_url = make_course(tmp_path, 0)
    with pytest.raises(Refused, match="autograder grade 01_small"):
        read_leaderboard(tmp_path, db_url, UNIT, make_packs())
    with pytest.raises(Refused, match="no hidden pack of double"):
        read_leaderboard(tmp_path, db_url, UNIT, coordinator.Packs({}, {}, ""))


def test_the_units_of_contests_have_their_exercises():
    from autograder.exercises import load_exercises

    for unit, contest in leaderboard.CONTESTS.items():
        ranked, beside = (load_exercises(unit)[id] for id in (contest.ranked, contest.beside))
        for exercise in (ranked, beside):
            assert exercise.examples[-1].expect["accuracy"]
        assert ranked.examples[-1].ask["saved"]


def test_the_command_knows_its_options():
    from autograder.cli import cli

    said = CliRunner().invoke(cli, ["leaderboard", "--help"]).output
    assert "--hide-names" in said
    assert "--json" in said


def test_a_name_moves_no_cursor_and_turns_no_text_around():
    odd = "\x1b[2J\u202eeve\x9b31m"
    entry = leaderboard.Entry(1, odd, 9, 0.9, None, 100)
    shown = show(leaderboard.Leaderboard(UNIT, 10, [entry], [leaderboard.Failure(odd, "no answer")]))
    assert all(line.isprintable() for line in shown.splitlines())
    assert shown.count(r"\x1b[2J\u202eeve") == 2
    assert "née [b]" in show(leaderboard.Leaderboard(UNIT, 10, [], [leaderboard.Failure("née [b]", "no answer")]))
