"""The table of points is shown whatever a learner's notebook holds: what reads it has limits, and says where it broke them."""

import os

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from autograder.report import points as reading
from autograder.report.points import read_points
from tests.autograder.engine.stubbed import UNIT, Stub, grade, hand_in, make_course
from tests.autograder.engine.test_guarded import QUICK, fill, spin

LIMITS = "its notebook could not be read for this table: that "
DAMAGED = "its graded notebook is damaged"


def remarks(root, db_url):
    """The remarks by student, of a class whose cell for a person has its points."""
    with Gradebook(db_url) as gradebook:
        for submission in gradebook.find_assignment(UNIT).submissions:
            gradebook.find_grade("explain", UNIT, UNIT, submission.student_id).manual_score = 3.0
        gradebook.db.commit()
        course = CourseDirectory(config=Config({"CourseDirectory": {"root": str(root), "db_url": db_url}}))
        return {one.student: one.remarks for one in read_points(gradebook, course, QUICK)}


@pytest.fixture
def graded(tmp_path):
    db_url = make_course(tmp_path, 3)
    grade(tmp_path, db_url, [Stub()])
    return tmp_path, db_url


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", DAMAGED),
        ('{"cells": 3, "nbformat": 4}', DAMAGED),
        ('{"cells": [{"cell_type": "code"}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', DAMAGED),
        ('{"cells": ' + "[" * 500_000, DAMAGED),
        ('{"nbformat": 4, "metadata": {}, "cells":[' + "[]," * 8_000_000 + "[]]}", LIMITS),
    ],
    ids=["empty", "no cells", "half a cell", "deep", "many parts"],
)
def test_a_graded_notebook_that_cannot_be_read_is_named_and_the_rest_comes(graded, text, words):
    root, db_url = graded
    before = remarks(root, db_url)
    path = root / "autograded" / "student01" / UNIT / f"{UNIT}.ipynb"
    path.unlink()
    path.write_text(text)
    found = remarks(root, db_url)
    assert found.pop("student01")[0].startswith(words)
    assert found == {student: told for student, told in before.items() if student != "student01"}
    assert found["student02"] != []


@pytest.mark.parametrize("hostile", [spin, fill])
def test_a_notebook_that_breaks_the_limits_is_named_and_the_rest_comes(graded, monkeypatch, hostile):
    root, db_url = graded
    honest = reading._remarks
    monkeypatch.setattr(reading, "_remarks", lambda one: (hostile if "student01" in str(one.graded) else honest)(one))
    found = remarks(root, db_url)
    assert found["student01"][0].startswith(LIMITS)
    assert found["student00"] == []


def test_what_was_handed_in_is_never_opened_where_it_is_no_plain_file(tmp_path):
    db_url = make_course(tmp_path, 1)
    path = hand_in(tmp_path, "kim", b"no notebook")
    grade(tmp_path, db_url, [Stub()])
    with Gradebook(db_url) as gradebook:
        for one in gradebook.find_submission_notebook(UNIT, UNIT, "kim").grades:
            one.auto_score = one.manual_score = None
        gradebook.db.commit()
        course = CourseDirectory(config=Config({"CourseDirectory": {"root": str(tmp_path), "db_url": db_url}}))
        told = []
        for made in (lambda: None, lambda: os.mkfifo(path), lambda: path.symlink_to("/etc/passwd")):
            if told:
                path.unlink()
            made()
            told.append({one.student: one.remarks for one in read_points(gradebook, course)}["kim"][0])
    assert told[0].startswith("not graded: not a notebook: its JSON is broken in line 1")
    assert told[1].endswith("is not a plain file")
    assert told[2].endswith("is a link; only plain files are accepted")
