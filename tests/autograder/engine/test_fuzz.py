"""Damaged notebooks, a class of them: each ends graded or with a reason that a person can act on, and no exception is seen.

The class goes through the command itself: the real coordinator, warm processes and sandboxes, the gradebook, the report. A
learner's name tells the seed, and `python -m tests.autograder.engine.test_fuzz SEED` writes that learner's notebook to standard output.
In the normal suite it is a class of 300; COURSE_TEST_SLOW=1 makes it a thousand.
"""

import json
import os
import random
import re
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course import NOTEBOOKS, ROOT
from autograder.engine import command
from autograder.engine.run.sandbox import missing
from tests.autograder.engine import real_class
from tests.autograder.engine.damage import damaged
from tests.autograder.engine.real_class import POINTS, UNIT
from tests.autograder.engine.stubbed import hand_in

pytestmark = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")
SIZE = 1000 if os.environ.get("COURSE_TEST_SLOW") else 300
SETTINGS = "c.Execute.timeout = 5\n"


def whole() -> bytes:
    """What is damaged: right answers, among the text and the ungraded cells of a real unit's notebook."""
    path = next(NOTEBOOKS.glob("01_*/*.ipynb"))
    around = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    made = real_class.notebook()
    made["cells"][1:1] = [dict(cell) for cell in around[:2]]
    made["cells"] += [dict(cell) for cell in around[2:6]]
    made["metadata"] = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps(made).encode()


def damage_folder(path: Path, seed: int) -> str:
    """What may be wrong with the folder around the notebook; nothing in nine of ten."""
    draw = random.Random(f"folder {seed}")
    if draw.random() < 0.9:
        return ""
    kind = draw.choice(
        ("renamed", "doubled", "gone", "a folder", "a link", "odd names", "no time", "no rights", "sound")
    )
    if kind == "renamed":
        path.rename(
            path.with_name(draw.choice(("Copy of mine.ipynb", "01_small (1).ipynb", f"{UNIT}.ipynb.txt", "ü.ipynb")))
        )
    elif kind == "doubled":
        path.with_name(f"{UNIT}-Copy1.ipynb").write_bytes(path.read_bytes())
    elif kind == "gone":
        path.unlink()
    elif kind == "a folder":
        path.unlink()
        path.mkdir()
    elif kind == "a link":
        path.unlink()
        path.symlink_to("/etc/passwd")
    elif kind == "odd names":
        for name in ("-rf", "a\nb.txt", "ü" * 60, "con", "$(true)", "~", "double.py", os.fsdecode(b"\xff\xfe")):
            path.with_name(name).write_bytes(b"\x00\xff")
    elif kind == "no time":
        (path.parent / "timestamp.txt").write_bytes(
            draw.choice((b"", b"\xff", b"soon", b"9999-99-99", b"2030-01-31" * 1000))
        )
    elif kind == "no rights":
        path.chmod(0)
    return kind


def name_of(seed: int) -> str:
    """The learner who hands in what this seed gives."""
    return f"seed{seed}"


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """The class, graded by the command: (its folder, its summary, what was done to each)."""
    root = tmp_path_factory.mktemp("fuzz")
    root.chmod(0o755)
    real_class.make_course(root, 0)
    config = root / "nbgrader_config.py"
    config.write_text(config.read_text() + SETTINGS)
    sound, done = whole(), {}
    hand_in(root, "sound", sound)
    for seed in range(SIZE):
        data, done[name_of(seed)] = damaged(sound, seed)
        done[name_of(seed)] += "; " + damage_folder(hand_in(root, name_of(seed), data), seed)
    with pytest.MonkeyPatch.context() as patch:
        real_class.install(patch)
        said = []
        patch.setattr("builtins.print", lambda *words, **_: said.append(" ".join(map(str, words))))
        code = command.grade_unit(UNIT, command.Options(as_json=True, root=root))
    return root, code, json.loads(said[-1]), done


def test_no_exception_reaches_the_instructor(graded):
    _root, code, summary, done = graded
    assert summary["failed"] == {}, {name: done.get(name) for name in summary["failed"]}
    assert code == command.SOME_FAILED  # what could not be read was set aside
    assert {row["student"] for row in summary["graded"]} == {*done, "sound"}
    assert summary["why"] == ""


def test_each_is_graded_or_has_a_reason_that_a_person_can_act_on(graded):
    root, _code, summary, done = graded
    assert next(row["points"] for row in summary["graded"] if row["student"] == "sound") == sum(POINTS.values())
    kinds = Counter()
    for row in summary["graded"]:
        name, reasons = row["student"], row["reasons"]
        about = f"{name} ({done.get(name)}): {row}"
        path = root / "autograded" / name / UNIT / f"{UNIT}.ipynb"
        if path.exists():
            nbformat.validate(nbformat.read(path, as_version=4))
            assert set(row["scores"]) == {f"test_{id}" for id in POINTS}, about
            assert all(0 <= row["scores"][f"test_{id}"] <= most for id, most in POINTS.items()), about
            kinds["graded in full" if row["points"] == sum(POINTS.values()) else "graded in part"] += 1
        else:
            assert reasons, about
            assert row["points"] == 0, about
            kinds["no notebook"] += 1
        for words in reasons:
            assert 5 < len(words) < 300, about
            own = re.sub(r"(the first error of the notebook is in its code cell \d+), .*", r"\1", words)  # a learner's
            assert not re.search(r"Traceback|\w+Error\b|0x[0-9a-f]{6}", own), about
            assert str(ROOT) not in words, about
            assert str(root) not in words, about
            assert words.isprintable(), about
    assert min(kinds[kind] for kind in ("graded in full", "graded in part", "no notebook")) > SIZE / 20, kinds


def test_the_gradebook_holds_every_one(graded):
    root, _code, summary, _done = graded
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        scores = {one.student.id: one.score for one in gradebook.assignment_submissions(UNIT)}
    assert scores == {row["student"]: row["points"] for row in summary["graded"]}


def test_the_table_the_report_and_a_second_run_survive_them_too(graded, monkeypatch, capsys):
    from autograder.report import facts as reading
    from autograder.report.page import as_html
    from autograder.report.table import as_csv

    root, _code, summary, _done = graded
    real_class.install(monkeypatch)
    assert command.grade_unit(UNIT, command.Options(root=root)) == command.OK
    assert f"{len(summary['graded'])} were already" in capsys.readouterr().out
    exercises = {id: SimpleNamespace(id=id, points=most, objective="x", mistakes=[]) for id, most in POINTS.items()}
    monkeypatch.setattr(reading, "load_exercises", lambda unit: exercises)
    facts = reading.read_class(root, f"sqlite:///{root / 'gradebook.db'}", UNIT)
    assert len(facts.submissions) == len(summary["graded"])
    as_html(facts).encode()
    as_csv(facts).encode()


def test_the_same_seed_gives_the_same_damage():
    sound = whole()
    assert [damaged(sound, seed) for seed in range(30)] == [damaged(sound, seed) for seed in range(30)]


if __name__ == "__main__":
    sys.stdout.buffer.write(damaged(whole(), int(sys.argv[1]))[0])
