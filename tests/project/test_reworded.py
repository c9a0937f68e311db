"""Sentences are for people: no code reads one back. Said in other words, they change nothing that the course knows."""

import ast
import gzip
import json
import re
from dataclasses import asdict, replace

import pytest
import sqlalchemy as sql
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.course import ROOT
from autograder.engine.judge import judging
from autograder.engine.record.journal import JOURNAL, Facts
from autograder.engine.record.ledger import Ledger
from autograder.engine.rejudge import rejudge
from autograder.engine.run.ended import End, Ended
from autograder.engine.run.runner import Result
from autograder.feedback.page import _tested
from autograder.judged import Judged, what_a_test_shows
from autograder.report import facts as reading
from autograder.report.evidence import read_evidence
from autograder.report.points import _said, read_points
from tests.autograder.engine.stubbed import (
    UNIT,
    answer,
    contents,
    grade,
    hand_in,
    make_course,
    notebook,
    observed,
    small_packs,
)
from tests.autograder.report.test_report import EXERCISES

DOUBLE = {"answer": "double"}
#: By the number that each learner multiplies by: what comes out of the sandbox.
ANSWERS = {
    2: [{**DOUBLE, "observations": observed(2, (0, 10))}],
    3: [{**DOUBLE, "observations": observed(3, (0, 10))}],
    4: [{**DOUBLE, "observations": observed(4, (0, 10))}],
    5: [{**DOUBLE, "stub": True}],
    6: [{**DOUBLE, "not_callable": "int"}],
    7: [{**DOUBLE, "refused": "too large"}],
    8: [DOUBLE, DOUBLE],
    9: [],
    10: [{**DOUBLE, "observations": "forged"}],
    11: [],
}
RESULT = new_output("execute_result", {"text/plain": "1.5"})
ENDS = {9: End.FORGED, 11: End.ITSELF}


class Says:
    """Has a warm parent's `run`. An end is told in words that mean nothing."""

    def __init__(self, words):
        self.words = words

    def run(self, cells, hidden, limits, files):
        number = int(cells[1].split("return ")[1].split(" ")[0])
        ended = Ended(ENDS[number], self.words) if number in ENDS else None
        return Result({0: []}, ANSWERS[number], ["double"], ended=ended, at=3 if ended else None)

    def kill(self):
        """Nothing runs."""

    stop = kill


def class_of(root, words):
    """A class that is graded, and its hand-graded cell too: (root, gradebook)."""
    db_url = make_course(root, 0)
    for number in ANSWERS:
        hand_in(root, f"student{number:02d}", notebook(answer(number)))
    hand_in(root, "unreadable", b"no notebook")
    grade(root, db_url, [Says(words)], small_packs(probes=(0, 10)))
    with Gradebook(db_url) as gradebook:
        for submission in gradebook.find_assignment(UNIT).submissions:
            gradebook.find_grade("explain", UNIT, UNIT, submission.student_id).manual_score = 3.0
        gradebook.db.commit()
    return root, db_url


def table(root, db_url):
    """What the table of points tells besides sentences."""
    course = CourseDirectory(config=Config({"CourseDirectory": {"root": str(root), "db_url": db_url}}))
    with Gradebook(db_url) as gradebook:
        scores = read_points(gradebook, course)
    return {one.student: (one.points, one.most, [" ".join(one.remarks)] == [""]) for one in scores}


def pages(root, db_url):
    """How the feedback shows each learner's exercise, and in how many paragraphs."""
    import nbformat

    found = {}
    for path in sorted((root / "autograded").rglob("*.ipynb")):
        cell = next(c for c in nbformat.read(path, 4).cells if c.metadata.get("nbgrader", {}).get("grade"))
        with Gradebook(db_url) as gradebook:
            cell.metadata.nbgrader.score = gradebook.find_grade("test_double", UNIT, UNIT, path.parts[-3]).score
        entry = _tested(cell, None, "double", "")
        found[path.parts[-3]] = (entry.state, entry.points, len(entry.words))
    return found


def explained(root, db_url):
    """What `explain` knows, without its sentences."""
    found = {}
    for student in table(root, db_url):
        evidence = asdict(read_evidence(root, db_url, UNIT, student, small_packs(probes=(0, 10))))
        parts = [{**part, "judged": _plain(part["judged"])} for part in evidence["parts"]]
        found[student] = (parts, len(evidence["remarks"]), bool(evidence["state"]))
    return found


def _plain(judged):
    return judged and {**judged, "why": bool(judged["why"])}


def known(root, db_url):
    """All that is known of the class but words."""
    report = reading.read_class(root, db_url, UNIT)
    return {
        "report": [(one.points, one.states, one.mistakes, one.readable) for one in report.submissions],
        "groups": [(group.exercise, group.students) for group in report.groups],
        "mistakes": [(one.exercise, one.name, one.students) for one in report.mistakes],
        "table": table(root, db_url),
        "pages": pages(root, db_url),
        "explained": explained(root, db_url),
    }


def reword(monkeypatch):
    """Say everything that an exercise's result is told by in words of no language."""
    for name in ("said", "calls", "remark"):
        usual = getattr(Judged, name).fget
        monkeypatch.setattr(Judged, name, property(lambda one, usual=usual: "blah" if usual(one) else ""))
    monkeypatch.setattr(judging, "_TOLD", dict.fromkeys(End, "blah"))


def test_a_class_is_known_as_well_in_other_words(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    usual = known(*class_of(tmp_path / "usual", "the process died (SIGSEGV)"))
    reword(monkeypatch)
    other = known(*class_of(tmp_path / "other", "blah"))
    assert other == usual
    states = {student: state[2] for student, (state, _, _) in usual["pages"].items()}
    assert states["student05"] == "not attempted"
    assert states["student03"] == "some points"
    assert [state["double"] for _, state, _, _ in usual["report"]].count("no answer") == 3


def test_what_was_graded_in_other_words_is_judged_again_to_the_same(tmp_path, monkeypatch):
    root, db_url = class_of(tmp_path, "blah")
    before = contents(root, db_url)
    reword(monkeypatch)
    packs = small_packs(probes=(0, 10), hint="Another hint.")
    with Ledger(root, db_url) as ledger:
        report = rejudge(ledger, UNIT, packs)
    assert {student: points for student, points in report.changed.items() if points[0] != points[1]} == {}
    assert sorted(report.changed) == ["student03"], "whose hint it was"
    assert len(contents(root, db_url)) == len(before)


@pytest.mark.parametrize("first", [[1.5, "double: right on 3 of 4 calls, 1.5 of 2 points.", "triple"], [2.0, "", ""]])
def test_what_the_first_version_of_the_journal_kept_is_known_still(first):
    points, words, mistake = first
    found = Judged.stored("double", first)
    assert (found.points, found.words, found.mistake) == (points, words, mistake)
    assert found.same_as(Judged.stored("double", first))


def test_what_is_kept_of_a_judgement_comes_back_and_what_is_none_does_not():
    full = Judged(
        "double", 1.5, 2.0, "wrong", 3, 4, 2, 1, True, "triple", "hint", "rule", "example", "why", "undecided"
    )
    assert Judged.of(full.facts()) == full
    assert Judged.stored("double", {"points": 2}) == Judged("double", 2)
    for none in (None, [], {}, {"points": "2", "exercise": "double"}, {**full.facts(), "passed": "all"}):
        assert Judged.of(none) is None


def as_the_first_version_kept_it(root, db_url):
    """Write the journal and the stored answers of a course as the first version did."""
    for path in (root / "answers").rglob("*.gz"):
        stored = json.loads(gzip.decompress(path.read_bytes()))
        ended = stored.pop("ended")
        path.write_bytes(gzip.compress(json.dumps({**stored, "reason": ended["words"] if ended else ""}).encode()))
    with Gradebook(db_url) as gradebook:
        rows = gradebook.db.execute(sql.select(JOURNAL.c.student, JOURNAL.c.facts)).all()
        for student, text in rows:
            facts = Facts.unpacked(text)
            first = {id: [one.points, one.words, one.mistake] for id, one in facts.exercises.items()}
            packed = json.dumps({**vars(facts), "exercises": first, "mistakes": facts.mistakes})
            gradebook.db.execute(sql.update(JOURNAL).where(JOURNAL.c.student == student).values(facts=packed))
        gradebook.db.commit()


def test_a_course_that_the_first_version_graded_is_known_still_and_judged_again(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "load_exercises", lambda unit: EXERCISES)
    root, db_url = class_of(tmp_path, "the process died (SIGSEGV)")
    now = known(root, db_url)
    as_the_first_version_kept_it(root, db_url)
    first = known(root, db_url)
    assert {name: first[name] for name in ("report", "groups", "mistakes", "table", "pages")} == {
        name: now[name] for name in ("report", "groups", "mistakes", "table", "pages")
    }
    earned = {student: [part["points"] for part in parts] for student, (parts, _, _) in now["explained"].items()}
    assert {
        student: [part["points"] for part in parts] for student, (parts, _, _) in first["explained"].items()
    } == earned
    assert len(first["explained"]["student03"][0][0]["failed"]) == 1
    with Ledger(root, db_url) as ledger:
        assert rejudge(ledger, UNIT, replace(small_packs(probes=(0, 10)), digest="another")).changed == {}
        changed = rejudge(ledger, UNIT, small_packs(probes=(0, 10), points=4)).changed
    assert changed["student02"] == (2.0, 4.0)
    assert known(root, db_url)["report"][0][0] == {"double": 4.0}


SHOWN = {
    "some points": (
        1.5,
        [new_output("stream", text="debug\ndouble: 3 of 4\n"), RESULT],
        "some points",
        ["double: 3 of 4"],
    ),
    "no points": (
        0.0,
        [new_output("error", ename="NoPoints", evalue="double: <b>")],
        "no points",
        ["double: &lt;b&gt;"],
    ),
    "all points": (2.0, [new_output("stream", text="debug\n")], "all points", None),
    "given by a person": (
        2.0,
        [new_output("error", ename="A", evalue="b")],
        "all points",
        ["The points were given by a person."],
    ),
}


@pytest.mark.parametrize(("score", "outputs", "state", "words"), SHOWN.values(), ids=SHOWN)
def test_what_another_grader_or_the_first_version_left_is_shown_as_it_stands(score, outputs, state, words):
    """Of such a notebook nothing is known by name: its pages and its remarks show what its cells show."""
    facts = {"grade_id": "test_double", "grade": True, "solution": False, "points": 2.0, "score": score}
    cell = new_code_cell('check("double", double)', outputs=outputs, metadata={"nbgrader": facts})
    entry = _tested(cell, None, "double", "")
    assert entry.state[2] == state
    assert words is None or entry.words[:-1] == words  # the last one is about the answer's cell, which is not there
    if score < 2:
        assert what_a_test_shows(cell) == _said("test_double", cell, None)


# Nobody looks for a sentence

SOURCES = [
    path
    for package in ("autograder", "course_utils")
    for path in sorted((ROOT / package).rglob("*.py"))
    if "exercises" not in path.relative_to(ROOT).parts
]
LOOKS_FOR = (
    *("startswith", "endswith", "removeprefix", "removesuffix", "partition", "rpartition", "split", "replace", "count"),
    *("find", "index", "match", "fullmatch", "search", "findall", "finditer", "compile", "sub"),
)
#: What is looked for in the words of others.
OF_OTHERS = {
    "is not defined": "Python's",
    "timed out": "pip's",
    "while True": "learners' code",
    "BEGIN HIDDEN TESTS": "nbgrader's",
    "END HIDDEN TESTS": "nbgrader's",
    "points possible": "Canvas's",
    "Points Possible": "Canvas's",
}
#: What holds a sentence, by its name.
SENTENCES = {"words", "reason", "reasons", "remark", "remarks", "said", "why", "hint"}


def _docstrings(tree):
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef)
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, holders) and node.body)
    return {id(body[0].value) for body in bodies if isinstance(body[0], ast.Expr)}


def _looks(tree):
    """(line, what it is looked for in, the text that is looked for) for each look into a text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOOKS_FOR:
            places, texts = [node.func.value, *node.args[1:]], node.args[:1]
        elif isinstance(node, ast.Compare) and any(isinstance(op, ast.In | ast.NotIn) for op in node.ops):
            places, texts = node.comparators, [node.left]
        else:
            continue
        for text in texts:
            for part in ast.walk(text):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield node.lineno, places, part


def _name(place):
    return place.attr if isinstance(place, ast.Attribute) else place.id if isinstance(place, ast.Name) else ""


def _fragments(text):
    """The runs of two words and more in a text or a pattern."""
    return re.findall(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+", text)


def test_no_code_looks_for_words_in_a_sentence_of_ours():
    trees = {path: ast.parse(path.read_text()) for path in SOURCES}
    looks = {path: list(_looks(tree)) for path, tree in trees.items()}
    sentences = []
    for path, tree in trees.items():
        aside = _docstrings(tree) | {id(part) for _, _, part in looks[path]}
        constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in aside)
        sentences += [node.value for node in constants if isinstance(node.value, str) and _fragments(node.value)]
    assert len(sentences) > 1000
    found = []
    for path, some in looks.items():
        for line, places, part in some:
            fragments = [one for one in _fragments(part.value) if one not in OF_OTHERS]
            ours = any(one in sentence for one in fragments for sentence in sentences)
            if ours or (SENTENCES & set(map(_name, places)) and re.search("[a-z]{3}", part.value)):
                found.append(f"{path.relative_to(ROOT)}:{line}: looks for {part.value!r}")
    assert found == []
