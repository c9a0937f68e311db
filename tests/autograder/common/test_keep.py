"""Nothing that a person wrote is ever overwritten without a copy: every command that writes is tried, twice."""

import json
import os
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import nbformat
import pytest

from autograder import exercises
from autograder.authoring import packing, pages, scaffold, traceability
from autograder.authoring.build import build, notebook_path, solution_path
from autograder.authoring.pull import pull
from autograder.cli import cli
from autograder.common import keep
from autograder.course import ROOT
from autograder.demo import command as demo
from autograder.edition import write as release_write
from autograder.engine.cluster import package as worker_package
from autograder.engine.cluster.cli import settle_data_folder
from autograder.engine.record.ledger import Ledger
from autograder.engine.rejudge import rejudge
from autograder.hub import write as hub_write
from autograder.hub.settings import Hub
from autograder.report import facts as report_facts
from autograder.report import write as report_write
from autograder.term.share import share_out
from course_utils import start_page
from course_utils.edition.contents import COURSE
from course_utils.edition.reset import reset
from course_utils.edition.update import update
from course_utils.refused import Refused
from tests.autograder.conftest import LESSON, Double
from tests.autograder.engine import stubbed
from tests.course_utils import test_edition

#: Commands that write no file but the gradebook, or none at all.
WRITE_NOTHING = {
    "lint",
    "prove",
    "test",
    "bench",
    "leaderboard",
    "explain",
    "doctor",
    "due",
    "status",
    "extend",
    "late",
}


def scribble(path, mark):
    """What a person does to a file: a notebook's cell is rewritten, any other file gets a line more."""
    if path.suffix == ".ipynb":
        notebook = nbformat.read(path, as_version=4)
        notebook.cells[0].source += f"\n\n{mark}"
        nbformat.write(notebook, path)
    else:
        mode = path.stat().st_mode
        path.chmod(0o644)
        path.write_bytes(path.read_bytes() + f"\n{mark}\n".encode())
        path.chmod(mode)


@pytest.fixture
def author(small_course, monkeypatch):
    """The small course, built; its registry of what was written is its own."""
    build("01_small")
    return small_course


@pytest.fixture
def graded(tmp_path, monkeypatch):
    """A class of two, graded."""
    monkeypatch.setattr(report_facts, "load_exercises", lambda unit: {"double": FACTS})
    db_url = stubbed.make_course(tmp_path, 2)
    demo.write_config(tmp_path)
    stubbed.grade(tmp_path, db_url, [stubbed.Stub()])
    return SimpleNamespace(
        root=tmp_path,
        db_url=db_url,
        notebook=tmp_path / "autograded/student00" / stubbed.UNIT / f"{stubbed.UNIT}.ipynb",
    )


FACTS = SimpleNamespace(
    id="double", points=2.0, objective="double", mistakes=[SimpleNamespace(name="triple", hint="3")]
)


def of_build(author, mark):
    scribble(solution_path("01_small"), mark)
    scribble(notebook_path("01_small"), f"{mark} too")
    build("01_small", discard=True)
    assert mark not in solution_path("01_small").read_text()


def of_pull(author, mark):
    scribble(solution_path("01_small"), mark)
    lesson = author / "lessons" / "01_small.py"
    lesson.write_text(LESSON.replace("A lesson of", f"{mark} too. A lesson of"))
    pull("01_small", force=True)


def of_new(author, mark):
    scribble(author / "lessons" / "01_small.py", mark)
    with pytest.raises(Refused, match="has the number 01 already"):
        scaffold.new_unit("01_small")


def of_packs(author, mark, folder=None):
    folder = author / "examples"
    packing.build_visible_packs("01_small", folder)
    (path,) = (folder / Double.unit).glob("*.json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "hint": mark}))
    (path.parent / f"{mark}.json").write_text(f'"{mark} too"')  # of no exercise: it is removed
    packing.build_visible_packs(Double.unit, folder)
    assert mark not in path.read_text()


def of_pages(author, mark):
    page = author / "glossary.md"
    pages.write_pages()
    scribble(page, mark)
    pages.write_pages()
    assert mark not in page.read_text()


def of_traceability(author, mark):
    page = author / "traceability.md"
    traceability.write_table([], page)
    scribble(page, mark)
    traceability.write_table([], page)
    assert mark not in page.read_text()


def of_release(author, mark):
    release_write.release(["01_small"], author / "dist")
    scribble(author / "dist" / COURSE / "notebooks/01_small/01_small.ipynb", mark)
    scribble(author / "dist" / COURSE / "README.md", f"{mark} too")
    (author / "dist" / f"{COURSE}.zip").write_text(f"{mark}: no zip")
    release_write.release(["01_small"], author / "dist")
    assert zipfile.is_zipfile(author / "dist" / f"{COURSE}.zip")
    assert mark not in (author / "dist" / COURSE / "README.md").read_text()


def of_worker_package(tmp_path, mark):
    path = worker_package.write_worker_package(tmp_path)
    scribble(path, mark)
    worker_package.write_worker_package(tmp_path)


def of_worker(tmp_path, mark):
    settle_data_folder(tmp_path / "data")
    scribble(tmp_path / "data" / "manifest.toml", mark)
    settle_data_folder(tmp_path / "data")


def of_grade(graded, mark):
    scribble(graded.notebook, mark)
    (graded.notebook.parent / f"{mark}.txt").write_text(f"{mark} too")
    stubbed.grade(graded.root, graded.db_url, [stubbed.Stub()], again=True)
    assert mark not in graded.notebook.read_text()


def of_judge(graded, mark):
    scribble(graded.notebook, mark)
    with Ledger(graded.root, graded.db_url) as ledger:
        rejudge(ledger, stubbed.UNIT, stubbed.small_packs(points=2 + int(mark[-1])))


def of_report(graded, mark):
    page, table, *_ = report_write.write_report(stubbed.UNIT, root=graded.root)
    scribble(page, mark)
    scribble(table, f"{mark} too")
    report_write.write_report(stubbed.UNIT, root=graded.root)
    assert mark not in page.read_text() + table.read_text()


def of_hub(tmp_path, mark):
    hub = Hub(str(tmp_path / "shared"), str(tmp_path / "exchange"), str(tmp_path / "course"), sys.executable, [])
    hub_write.write(hub)
    page = hub.folder / "jupyterhub_config.py"
    scribble(page, mark)
    said = hub_write.write(hub)
    assert mark not in page.read_text()
    assert any("had been edited by hand" in words for words in said)


def of_export(graded, mark):
    from autograder.term.export.command import export_grades

    path = graded.root / "grades.csv"
    list(export_grades("csv", {"to": str(path)}, graded.root))
    scribble(path, mark)
    said = list(export_grades("csv", {"to": str(path)}, graded.root))
    assert mark not in path.read_text()
    assert any("had been edited by hand" in words for words in said)


def of_share(graded, mark):
    path = graded.root / "share.csv"
    list(share_out(stubbed.UNIT, "ann,bo", (), path, graded.root))
    scribble(path, mark)
    list(share_out(stubbed.UNIT, "ann,bo", (), path, graded.root))
    assert mark not in path.read_text()


def of_grade_demo(tmp_path, mark):
    (tmp_path / f"{mark}.txt").write_text(mark)
    with pytest.raises(Refused, match="holds files that are not those of a demo"):
        demo.run(tmp_path, learners=[])


def of_update(tmp_path, mark):
    mine, new = tmp_path / "mine", tmp_path / "new"
    if not mine.exists():
        test_edition.lay_out(mine, test_edition.edition())
    scribble(mine / test_edition.PATHS[test_edition.ONE], mark)
    fresh = test_edition.edition(one=test_edition.notebook(f"new for {mark}"))
    test_edition.lay_out(new, fresh)
    update(mine, test_edition.read_edition(mine), str(new))


def of_reset(tmp_path, mark):
    if not (tmp_path / "mine").exists():
        test_edition.lay_out(tmp_path / "mine", test_edition.edition())
    scribble(tmp_path / "mine" / test_edition.PATHS[test_edition.ONE], mark)
    reset(tmp_path / "mine", "01")


def of_lab(tmp_path, mark):
    scribble(start_page.write(tmp_path), mark)
    assert mark not in start_page.write(tmp_path).read_text()


def of_lock(tmp_path, mark):
    (tmp_path / "requirements.lock").write_text(mark)
    command = [sys.executable, "-m", "autograder.common.keep", str(tmp_path / "requirements.lock")]
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    (tmp_path / "requirements.lock").unlink()


#: command -> what is edited by hand and then written over; the fixture that it works in
COMMANDS = {
    "build": (of_build, "author"),
    "build: packs": (of_packs, "author"),
    "build: pages": (of_pages, "author"),
    "build: traceability": (of_traceability, "author"),
    "pull": (of_pull, "author"),
    "new": (of_new, "author"),
    "release": (of_release, "author"),
    "worker-package": (of_worker_package, "tmp_path"),
    "worker": (of_worker, "tmp_path"),
    "grade": (of_grade, "graded"),
    "judge": (of_judge, "graded"),
    "report": (of_report, "graded"),
    "hub": (of_hub, "tmp_path"),
    "export": (of_export, "graded"),
    "share": (of_share, "graded"),
    "grade-demo": (of_grade_demo, "tmp_path"),
    "python -m course_utils.edition update": (of_update, "tmp_path"),
    "python -m course_utils.edition reset": (of_reset, "tmp_path"),
    "python -m course_utils.lab": (of_lab, "tmp_path"),
    "make lock": (of_lock, "tmp_path"),
}
#: Looked at elsewhere: generate_assignment and generate_feedback in test_nbgrader.py, collect in test_collect.py,
#: feedback in test_class.py, new-project in test_new_project.py, import in test_importing.py (each lesson has a new number),
#: init in tests/autograder/init (a folder that holds anything is refused); the page of `preview` is made anew each time, in a
#: folder of its own for reports; site in test_site.py (a folder that holds no site is refused, a site is made anew as a whole).
ELSEWHERE = {"collect", "feedback", "new-project", "import", "init", "preview", "site"}


def test_every_command_is_looked_at():
    assert {name.partition(":")[0] for name in COMMANDS} | WRITE_NOTHING | ELSEWHERE >= set(cli.commands)


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """The small course's own pages, release and registry."""
    for module in (packing, pages, traceability, hub_write):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(pages, "pages", lambda: {tmp_path / "glossary.md": "# Terms\n"})
    monkeypatch.setattr(traceability, "units", lambda: [])
    monkeypatch.setattr(scaffold, "lesson_units", lambda: ["01_small"])
    monkeypatch.setattr(exercises, "LESSONS", tmp_path / "lessons")
    monkeypatch.setattr(exercises, "units", lambda: ["01_small"])
    monkeypatch.setattr(release_write, "require_current", lambda unit: None)
    monkeypatch.setattr(
        release_write, "gather", lambda *_: {"README.md": b"Read.\n", "notebooks/01_small/01_small.ipynb": NOTEBOOK}
    )
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "data").mkdir()
    (packed / "data" / "manifest.toml").write_text("# sets\n")
    monkeypatch.setattr("autograder.engine.cluster.cli.__file__", str(packed / "engine" / "cluster" / "cli.py"))
    monkeypatch.setenv("COURSE_DATA", "")


NOTEBOOK = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("One.", id="a")])).encode()


@pytest.mark.parametrize(("command", "place"), COMMANDS.values(), ids=COMMANDS)
def test_what_a_person_wrote_is_still_there(command, place, request, tmp_path):
    given = request.getfixturevalue(place)
    marks = [f"mine-{number}" for number in (1, 2)]
    for mark in marks:
        command(given, mark)
    there = b"\n".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    for mark in marks:
        assert mark.encode() in there
        twice = any(" too" in str(constant) for constant in command.__code__.co_consts)
        assert not twice or f"{mark} too".encode() in there


def test_what_we_wrote_ourselves_leaves_no_copies(tmp_path):
    page = tmp_path / "page.md"
    assert keep.write_made(page, b"one", tmp_path) is None
    assert keep.write_made(page, b"two", tmp_path) is None
    page.write_text("mine")
    kept = keep.write_made(page, b"three", tmp_path)
    assert (kept.read_text(), page.read_text()) == ("mine", "three")
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        keep.WRITTEN,
        "page.md",
        "page.md.orig",
    ]


def test_what_git_has_needs_no_copy(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("committed")
    for words in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -qm one"):
        subprocess.run(["git", *words.split()], cwd=tmp_path, check=True)
    assert keep.write_made(page, b"new", tmp_path) is None


def test_a_page_tells_whether_it_was_edited():
    page = keep.signed("<html>語</html>").encode()
    assert keep.is_signed(page)
    assert not keep.is_signed(page.replace("語".encode(), b"x"))
    assert not keep.is_signed(b"<html></html>")


@pytest.mark.parametrize("ran", [True, False])
def test_a_released_notebook_that_was_only_run_is_replaced(author, ran):
    path = author / "dist" / COURSE / "notebooks/01_small/01_small.ipynb"
    release_write.release(["01_small"], author / "dist")
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["ran"] = ran
    nbformat.write(notebook, path)
    release_write.release(["01_small"], author / "dist")
    assert not (author / "dist" / keep.KEPT).exists()
