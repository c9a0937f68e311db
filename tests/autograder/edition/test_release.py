"""The learner's edition: all that is needed, nothing that is not for their eyes, and it works where there is nothing else."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import textwrap
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
import pytest
from packaging.requirements import Requirement

from autograder import cli
from autograder.authoring import build
from autograder.authoring.banks import bank_probes
from autograder.authoring.build import notebook_path, require_no_leak, solution_path
from autograder.authoring.lesson import lesson_path, lesson_units, read_lesson
from autograder.authoring.packing import as_call
from autograder.course import ROOT
from autograder.edition import colab, contents, current, locked, write
from autograder.exercise import hidden_probes
from autograder.exercises import load_exercises
from course_utils.edition.contents import LIST, NOTEBOOKS, Edition, EditionError, parse
from course_utils.files import digest
from course_utils.refused import Refused
from tests.autograder.conftest import small_course, write_small_pack  # noqa: F401  (small_course is a fixture)
from tests.leaks import as_told, lines_shown, long_arguments_shown

UNITS = lesson_units()
LIGHT = "01_containers_and_arrays"
REPOSITORY = colab.Repository("a-school", "course", "spring")


def edition_of(files, address=""):
    return Edition({path: digest(data) for path, data in files.items()}, address)


@pytest.fixture(scope="module")
def files():
    """Every file of the edition with all units, and their variants for Colab."""
    return contents.gather(UNITS, REPOSITORY)


@pytest.fixture(scope="module")
def unpacked(files, tmp_path_factory):
    """The edition as a learner has it after unpacking the zip, in a folder of its own."""
    folder = tmp_path_factory.mktemp("learner")
    archive = folder / "course.zip"
    archive.write_bytes(write.as_zip(files, edition_of(files)))
    shutil.unpack_archive(archive, folder)
    return folder / "pixels-to-paragraphs"


# what is in it


def test_it_has_what_a_learner_needs(files):
    for unit in UNITS:
        assert files[f"notebooks/{unit}/{unit}.ipynb"] == notebook_path(unit).read_bytes()
        for id in load_exercises(unit):
            assert f"course_utils/examples/{unit}/{id}.json" in files
    assert {
        *(
            "README.md",
            "Makefile",
            "course.py",
            "pyproject.toml",
            "requirements.lock",
            "environment.yml",
            "Dockerfile",
            ".dockerignore",
        ),
        *(".devcontainer/devcontainer.json", ".binder/environment.yml", ".binder/postBuild", ".gitignore"),
        *("data/manifest.toml", "data/embedded/NOTICE.md", "jupyter/jupyter_lab_config.py"),
        *("notebooks/glossary.md", "jupyter/page_config.json", "jupyter/server_config.json"),
        *("course_utils/__init__.py", "course_utils/edition/update.py", "course_utils/data/transport.py"),
    } <= files.keys()


def test_it_has_nothing_else(files):
    tops = {path.partition("/")[0] for path in files}
    assert tops == {
        *("notebooks", ".released", "colab", "course_utils", "data", "jupyter", ".devcontainer", ".binder"),
        *(
            "README.md",
            "Makefile",
            "course.py",
            "course.toml",
            "pyproject.toml",
            "requirements.lock",
            "environment.yml",
            "Dockerfile",
        ),
        *(".dockerignore", ".gitignore", ".gitattributes"),
        *("LICENSE", "LICENSE-CONTENT.md", "NOTICE.md"),
    }
    assert not [path for path in files if re.search(r"__pycache__|\.pyc$|\.ipynb_checkpoints|^data/cache", path)]


def test_a_unit_that_is_not_named_is_left_out_of_everything():
    files = contents.gather(["02_convolution_and_pooling"])
    for path, data in files.items():
        for unit in set(UNITS) - {"02_convolution_and_pooling"}:
            assert unit not in path
            if path in ("README.md", "course_utils/units.json"):
                assert unit.encode() not in data
    absent = contents.links_to_absent(files)["notebooks/02_convolution_and_pooling/02_convolution_and_pooling.ipynb"]
    assert f"notebooks/{LIGHT}/{LIGHT}.ipynb" in absent


def test_with_all_units_every_link_of_its_notebooks_and_readme_leads_somewhere(files):
    assert contents.links_to_absent(files) == {}
    for target in re.findall(r"\]\(((?!http)[^)]+)\)", files["README.md"].decode()):
        assert target in files


# what is not


def text_of(files):
    """Every file as text, each once, with quoted line ends and quotation marks as such."""
    everything = "\n".join(data.decode(errors="replace") for data in set(files.values()))
    return everything.replace("\\n", "\n").replace('\\"', '"')


def test_no_marker_of_a_solution_or_a_grader_stands_in_it(files):
    for path, data in files.items():
        if path.endswith(".ipynb"):
            for marker in (
                b"BEGIN SOLUTION",
                b"END SOLUTION",
                b"HIDDEN TESTS",
                b"autograder",
                b"grade(",
                b'"output_type"',
            ):
                assert marker not in data, f"{path} shows {marker!r}"
        if path.endswith(".py"):
            tree = ast.parse(data)
            modules = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
            modules += [name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names]
            assert not [module for module in modules if module.split(".")[0] in ("autograder", "tests")], path


@pytest.mark.parametrize("unit", UNITS)
def test_no_solution_stands_in_a_notebook_of_it(files, unit):
    lesson = read_lesson(lesson_path(unit))
    for path in (f"notebooks/{unit}/{unit}.ipynb", f".released/notebooks/{unit}/{unit}.ipynb", f"colab/{unit}.ipynb"):
        require_no_leak(lesson, nbformat.reads(files[path].decode(), as_version=4))


def test_no_line_of_an_exercise_or_of_a_solution_stands_anywhere_in_it(files):
    assert lines_shown(text_of(files)) == []


@pytest.mark.parametrize("unit", UNITS)
def test_no_hidden_probe_stands_in_its_packs(files, unit):
    for id, exercise in load_exercises(unit).items():
        pack = json.loads(files[f"course_utils/examples/{unit}/{id}.json"])
        visible = [json.dumps(as_told(probe), sort_keys=True) for probe in exercise.examples]
        hidden = [
            json.dumps(as_told(probe), sort_keys=True) for probe in hidden_probes(exercise, os.environ["COURSE_SECRET"])
        ]
        told = [json.dumps({key: probe[key] for key in ("args", "kwargs")}, sort_keys=True) for probe in pack["probes"]]
        assert not set(told) & (set(hidden) - set(visible)), id
        assert len(pack["expected"]) == len(told)


@pytest.mark.parametrize("unit", UNITS)
def test_no_hidden_probe_stands_in_its_banks(files, unit):
    for id, exercise in load_exercises(unit).items():
        path = f"course_utils/banks/{unit}/{id}.json"
        assert (path in files) == bool(exercise.practice)
        drawn = {as_call(exercise, probe) for probe in bank_probes(exercise)}
        hidden = {as_call(exercise, probe) for probe in hidden_probes(exercise, os.environ["COURSE_SECRET"])}
        assert not drawn & hidden, id
    assert f"course_utils/questions/{unit}.json" in files


def test_no_long_hidden_probe_stands_anywhere_in_it(files):
    assert long_arguments_shown(text_of(files)) == []


def test_the_secret_is_found_where_it_is(monkeypatch, tmp_path):
    (tmp_path / "secret.txt").write_text("0123456789abcdef\n")
    monkeypatch.setattr(write, "SECRET", tmp_path / "secret.txt")
    with pytest.raises(EditionError, match=r"notes\.md holds the course's secret"):
        write._require_no_secret({"notes.md": b"drawn from 0123456789abcdef"})
    with pytest.raises(EditionError, match=r"plot\.py imports autograder"):
        write._require_no_secret({"course_utils/plot.py": b'"""Plot."""\nfrom autograder import grade\n'})


# what it is


def test_the_same_files_give_the_same_zip_whatever_the_clock_says(files, monkeypatch):
    first = write.as_zip(files, edition_of(files))
    monkeypatch.setattr("time.time", lambda: 2e9)
    again = contents.gather(UNITS, REPOSITORY)
    assert write.as_zip(dict(reversed(again.items())), edition_of(again)) == first


def test_its_list_is_the_last_file_of_the_zip_and_tells_every_other(files, tmp_path):
    (tmp_path / "course.zip").write_bytes(write.as_zip(files, edition_of(files, "https://school.example/course.zip")))
    with zipfile.ZipFile(tmp_path / "course.zip") as archive:
        names = [name.removeprefix("pixels-to-paragraphs/") for name in archive.namelist()]
        edition = parse(archive.read(f"pixels-to-paragraphs/{LIST}"), "here")
    assert names[-1] == LIST
    assert set(names[:-1]) == edition.files.keys() == files.keys()
    assert edition.address == "https://school.example/course.zip"
    assert edition.units == UNITS


def test_the_version_follows_from_contents_and_address_alone(files):
    one = edition_of(files).version
    assert edition_of(dict(reversed(files.items()))).version == one
    assert edition_of({**files, "README.md": b"other"}).version != one
    assert edition_of(files, "elsewhere.zip").version != one


def test_its_packages_are_those_of_the_course_without_the_instructors(files):
    course = (ROOT / "requirements.lock").read_text().splitlines()
    pins = files["requirements.lock"].decode().splitlines()
    assert set(pins) <= set(course)
    names = {Requirement(line).name for line in pins}
    assert {"jupyterlab", "nbgrader", "tensorflow-cpu", "keras", "numpy", "hatchling", "pathspec", "tornado"} <= names
    assert not names & {
        "jupytext",
        "distributed",
        "dask",
        "pytest",
        "nbval",
        "ruff",
        "playwright",
        "hypothesis",
        "psycopg2-binary",
    }


def test_its_packages_need_no_other():
    """What is installed here knows what it needs: of that, all that applies here is in the learner's lock."""
    from importlib.metadata import PackageNotFoundError, requires

    project = write_project()
    lock = locked.for_learners((ROOT / "requirements.lock").read_text(), project)
    pins = [Requirement(line) for line in lock.splitlines()]
    names = {pin.name.lower().replace("_", "-") for pin in pins if not pin.marker or pin.marker.evaluate()}
    for name in names:
        try:
            needed = [Requirement(text) for text in requires(name) or ()]
        except PackageNotFoundError:
            continue  # pinned since this environment was made
        for one in needed:
            if not one.marker or one.marker.evaluate({"extra": ""}):
                assert one.name.lower().replace("_", "-") in names, f"{name} needs {one}"


def write_project():
    import tomllib

    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_a_lock_that_lacks_a_declared_package_is_refused():
    with pytest.raises(Refused, match=r"has no .*jupyterlab.*make lock"):
        locked.for_learners("numpy==2.4.6\n", write_project())


def test_its_bootstrap_is_the_courses_own(files):
    def recipe(makefile, target):
        return re.search(rf"^{re.escape(target)}:.*\n((?:\t.*\n)+)", makefile, re.M)[1]

    theirs, ours = files["Makefile"].decode(), (ROOT / "Makefile").read_text()
    for target in ("lab", "setup", "data", "update", "reset"):
        assert recipe(theirs, target) == recipe(ours, target)
    assert files["course.py"] == (ROOT / "course.py").read_bytes()
    assert files["course_utils/installing/steps.py"] == (ROOT / "course_utils" / "installing" / "steps.py").read_bytes()


def test_make_lists_its_commands(unpacked):
    listed = subprocess.run(["make", "-s"], cwd=unpacked, capture_output=True, text=True, check=True).stdout
    assert [line.split()[0] for line in listed.splitlines()] == ["lab", "setup", "data", "update", "reset", "help"]


# releasing


def fake_release(monkeypatch, files):
    """Let the command release these files, whatever the state of the lessons."""
    monkeypatch.setattr(write, "require_current", lambda unit: None)
    monkeypatch.setattr(write, "gather", lambda units, repository, address: dict(files))


def test_it_writes_a_folder_and_a_zip_and_says_how_to_publish_them(monkeypatch, tmp_path, files):
    fake_release(monkeypatch, files)
    lines = write.release(UNITS, tmp_path, "https://school.example/course.zip", "https://github.com/a-school/course")
    folder = tmp_path / "pixels-to-paragraphs"
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == {*files, LIST}
    assert (tmp_path / "pixels-to-paragraphs.zip").is_file()
    assert [line.partition(":")[0] for line in lines[-3:]] == [
        "as a zip",
        "as a git repository, for Binder and Colab",
        "on a JupyterHub",
    ]
    assert "https://school.example/course.zip" in lines[-3]


def test_a_second_release_takes_away_what_is_gone_and_keeps_the_repository_it_is_published_from(
    monkeypatch, tmp_path, files
):
    fake_release(monkeypatch, {**files, "docs/old.md": b"old"})
    write.release(UNITS, tmp_path)
    folder = tmp_path / "pixels-to-paragraphs"
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (folder / "start.ipynb").write_text("{}")  # someone has had a look at it with JupyterLab
    fake_release(monkeypatch, files)
    write.release(UNITS, tmp_path)
    assert not (folder / "docs" / "old.md").exists()
    assert (folder / ".git" / "HEAD").exists()
    with zipfile.ZipFile(tmp_path / "pixels-to-paragraphs.zip") as archive:
        assert "pixels-to-paragraphs/start.ipynb" not in archive.namelist()


def test_it_does_not_write_over_what_is_not_an_edition(monkeypatch, tmp_path, files):
    fake_release(monkeypatch, files)
    (tmp_path / "pixels-to-paragraphs").mkdir()
    (tmp_path / "pixels-to-paragraphs" / "my_notes.md").write_text("mine")
    with pytest.raises(EditionError, match=r"holds my_notes\.md, not of the edition: move that away"):
        write.release(UNITS, tmp_path)
    assert [path.name for path in (tmp_path / "pixels-to-paragraphs").iterdir()] == ["my_notes.md"]


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_of_the_course_can_be_released(unit):
    current.require_current(unit)


@pytest.fixture
def built(small_course, monkeypatch):  # noqa: F811
    """A small course that is built, and can be released as it is."""
    from tests.autograder.conftest import Double

    monkeypatch.setattr(current, "load_exercises", lambda unit: {"double": Double})
    monkeypatch.setattr(current, "EXAMPLES", small_course / "packs")
    build.build("01_small")
    current.require_current("01_small")
    return small_course


def test_a_stale_unit_is_refused(built, monkeypatch):
    def refused(path, change, words):
        text = path.read_text()
        assert change(text) != text
        path.write_text(change(text))
        with pytest.raises(EditionError, match=words):
            current.require_current("01_small")
        path.write_text(text)
        current.require_current("01_small")

    refused(
        built / "lessons" / "01_small.py",
        lambda text: text.replace("That was", "This was"),
        "lessons/01_small.py is newer",
    )
    refused(
        solution_path("01_small"),
        lambda text: text.replace("x + x", "x * 2"),
        "solutions/01_small is not what its lesson",
    )
    refused(
        notebook_path("01_small"),
        lambda text: text.replace("Twice x", "Thrice x"),
        "not what nbgrader makes of its solution",
    )
    pack = built / "packs" / "01_small" / "double.json"
    refused(
        pack,
        lambda text: text.replace("You squared it.", "You cubed it."),
        "the examples of 'double' .* `autograder build 01`",
    )
    refused(pack, lambda text: re.sub(r'"points": \d+', '"points": 7', text), "the examples of 'double'")


def test_the_command_says_in_one_line_why_it_refuses_and_writes_nothing(built, monkeypatch, capsys):
    lesson = built / "lessons" / "01_small.py"
    lesson.write_text(lesson.read_text() + "\n# %%\n2 + 2\n")
    for unit, words in (
        ("01", "lessons/01_small.py is newer than its notebook: run `autograder build 01`"),
        ("77", "no unit called '77'"),
    ):
        monkeypatch.setattr(sys, "argv", ["autograder", "release", unit, "--folder", str(built / "dist")])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert ended.value.code == 1
        assert re.fullmatch(f"autograder: {re.escape(words)}[^\n]*\n", capsys.readouterr().err)
    assert not (built / "dist").exists()


# it works where there is nothing else


@pytest.fixture(scope="module")
def elsewhere(unpacked, tmp_path_factory):
    """Python of an environment with every package but the course's own, into which the edition's helper was installed by pip.

    The packages are those of this environment, each by a link: of this checkout nothing can be imported.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    links = folder / "packages"
    links.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        own = (
            re.match(r"_*(editable_*)?(pixels_to_paragraphs|course_utils|autograder)", path.name)
            or path.suffix == ".pth"
        )
        if not own and path.name != "__pycache__":
            (links / path.name).symlink_to(path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "venv"], check=True)
    python = folder / "venv" / "bin" / "python"
    (site,) = (folder / "venv" / "lib").glob("python3*/site-packages")
    (site / "packages.pth").write_text(f"{links}\n")
    pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, "--no-build-isolation", "-e", unpacked], check=True, env=clean_environment(), cwd=folder)
    return python


def clean_environment(**more):
    """This process's environment without what leads to the course, or tells that it is being graded."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("COURSE_", "PYTHON", "NBGRADER", "JUPYTER"))
    }
    mirror = {"COURSE_MIRROR": os.environ["COURSE_MIRROR"]} if "COURSE_MIRROR" in os.environ else {}
    return {**kept, **mirror, **more}


def run_python(python, code, folder, **environment):
    done = subprocess.run(
        [python, "-c", textwrap.dedent(code)],
        cwd=folder,
        env=clean_environment(**environment),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_nothing_of_the_checkout_is_within_reach_there(elsewhere, unpacked, tmp_path):
    code = """
        import importlib.util, course_utils, sys
        print(course_utils.__file__)
        print(importlib.util.find_spec("autograder"), importlib.util.find_spec("tests"))
        print([path for path in sys.path if path])
    """
    place, absent, path = run_python(elsewhere, code, tmp_path).splitlines()
    assert Path(place) == unpacked / "course_utils" / "__init__.py"
    assert absent == "None None"
    assert f"'{ROOT}'" not in path


EXECUTE = """
    import sys
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(sys.argv[1] if len(sys.argv) > 1 else "notebook.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    nbformat.write(notebook, "executed.ipynb")
"""


def verdicts(notebook):
    """exercise -> the first line that its check shows."""
    shown = {}
    for cell in notebook.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            shown[cell.metadata.nbgrader.grade_id.removeprefix("test_")] = "".join(texts).splitlines()[0]
    return shown


def answered(text, unit):
    """A notebook with its first exercise answered as the lesson does, and its second one wrongly."""
    notebook = nbformat.reads(text.decode(), as_version=4)
    stubs = [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution")]
    solutions = {cell.id: cell.source for cell in nbformat.read(solution_path(unit), as_version=4).cells}
    stubs[0].source = solutions[stubs[0].id]
    stubs[1].source = stubs[1].source.replace("...  # your code here", "return 'no such thing'")
    return notebook, [cell.metadata.nbgrader.grade_id for cell in stubs[:2]]


def test_a_unit_is_worked_through_there_with_a_right_and_a_wrong_answer(elsewhere, unpacked, files):
    folder = unpacked / "notebooks" / LIGHT
    notebook, (right, wrong) = answered((folder / f"{LIGHT}.ipynb").read_bytes(), LIGHT)
    nbformat.write(notebook, folder / "notebook.ipynb")
    run_python(elsewhere, EXECUTE, folder)
    shown = verdicts(nbformat.read(folder / "executed.ipynb", as_version=4))
    assert shown.keys() == load_exercises(LIGHT).keys()
    assert shown[right].startswith(f"{right}   right")
    assert shown[wrong].startswith(f"{wrong}   wrong")
    assert {text for id, text in shown.items() if id not in (right, wrong)} == {
        f"{id}   not attempted yet" for id in shown if id not in (right, wrong)
    }


def test_update_and_reset_are_run_there(elsewhere, unpacked, files, tmp_path):
    """With the commands that `course.py update` and `course.py reset` run, from a copy of the folder."""
    copy = tmp_path / "course"
    shutil.copytree(unpacked, copy)
    newer = {**files, "README.md": b"# Newer\n"}
    (tmp_path / "newer.zip").write_bytes(write.as_zip(newer, edition_of(newer)))
    notebook = copy / "notebooks" / LIGHT / f"{LIGHT}.ipynb"
    worked, _ = answered(notebook.read_bytes(), LIGHT)
    nbformat.write(worked, notebook)
    mine = notebook.read_bytes()
    command = (
        "import runpy, sys; sys.argv = ['edition', *{}]; runpy.run_module('course_utils.edition', run_name='__main__')"
    )
    update = f"import sys; sys.path.insert(0, ''); {command}"
    run = partial(run_python, elsewhere, folder=copy, COURSE_EDITION=str(tmp_path / "newer.zip"))
    said = run(update.format(["update"]))
    assert "1 file of the helper and its data" in said
    assert (copy / "README.md").read_bytes() == b"# Newer\n"
    assert notebook.read_bytes() == mine
    assert "You have the newest edition" in run(update.format(["update"]))
    run(update.format(["reset", "1"]))
    assert notebook.read_bytes() == files[f"notebooks/{LIGHT}/{LIGHT}.ipynb"]
    assert [path.read_bytes() for path in notebook.parent.glob("*_before_reset_of_*")] == [mine]


# Colab


@pytest.fixture
def server(tmp_path):
    """An address at which the files of a folder are had."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    (tmp_path / "served").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=tmp_path / "served")) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", tmp_path / "served"
        running.shutdown()


def test_a_colab_notebook_gets_the_helper_by_its_first_cell_and_runs(server, tmp_path, elsewhere):
    """In an environment that has the packages but not the course, as on Colab."""
    address, folder = server
    files = contents.gather([LIGHT], REPOSITORY, f"{address}/course.zip")
    (folder / "course.zip").write_bytes(write.as_zip(files, edition_of(files)))
    notebook, (right, wrong) = answered(files[f"colab/{LIGHT}.ipynb"], LIGHT)
    assert [cell.cell_type for cell in notebook.cells[:2]] == ["markdown", "code"]
    home = tmp_path / "content"
    home.mkdir()
    notebook.cells.append(
        nbformat.v4.new_code_cell("from course_utils.data import manifest\nprint(manifest.manifest_path())")
    )
    nbformat.write(notebook, home / "notebook.ipynb")
    bare = bare_python(elsewhere, tmp_path)
    run_python(bare, EXECUTE, home)
    executed = nbformat.read(home / "executed.ipynb", as_version=4)
    shown = verdicts(executed)
    assert shown[right].startswith(f"{right}   right")
    assert shown[wrong].startswith(f"{wrong}   wrong")
    manifest = Path(executed.cells[-1].outputs[0].text.strip())
    assert manifest == home / "pixels-to-paragraphs" / "pixels-to-paragraphs" / "data" / "manifest.toml"


def bare_python(elsewhere, folder):
    """Python of an environment with every package, and no helper of the course at all."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder / "bare"], check=True)
    (site,) = (folder / "bare" / "lib").glob("python3*/site-packages")
    (site / "packages.pth").write_text(f"{elsewhere.parents[2] / 'packages'}\n")
    return folder / "bare" / "bin" / "python"


def test_the_first_cell_does_nothing_where_the_helper_is_at_hand(tmp_path, elsewhere):
    cell = colab.CELL.format(slug="a-course", address="http://127.0.0.1:9/nothing.zip")
    code = f"from IPython.core.interactiveshell import InteractiveShell as S; S().run_cell({cell!r}).raise_error()"
    run_python(elsewhere, code, tmp_path)
    assert not (tmp_path / "pixels-to-paragraphs").exists()


def test_colab_notebooks_lead_to_each_other_and_leave_the_others_clean(files):
    text = files["colab/02_convolution_and_pooling.ipynb"].decode()
    base = "https://colab.research.google.com/github/a-school/course/blob/spring/colab"
    assert f"({base}/{LIGHT}.ipynb)" in text
    assert "](../" not in text
    glossary = re.search(r"https://github.com/a-school/course/blob/spring/(\S+?\.md)#", text)[1]
    assert glossary in files
    assert f"({base}/02_convolution_and_pooling.ipynb)" in nbformat.reads(text, as_version=4).cells[0].source
    assert "https://github.com/a-school/course/archive/refs/heads/spring.zip" in text
    for unit in UNITS:
        nbformat.validate(nbformat.reads(files[f"colab/{unit}.ipynb"].decode(), as_version=4))
        assert b"colab" not in files[f"notebooks/{unit}/{unit}.ipynb"]
        assert f"{base}/{unit}.ipynb" in files["README.md"].decode()
    assert "https://mybinder.org/v2/gh/a-school/course/spring?urlpath=lab" in files["README.md"].decode()
    assert "Binder" not in contents.gather([LIGHT])["README.md"].decode()


@pytest.mark.parametrize(
    "address", ["", "https://gitlab.com/a/b", "github.com/a/b", "https://github.com/a", "https://github.com/a/b\n)c"]
)
def test_only_github_is_taken_for_colab(address):
    with pytest.raises(EditionError, match="Colab opens notebooks from https://github"):
        colab.parse_repository(address)


def test_a_repository_is_understood_as_people_copy_it():
    for address in (
        "https://github.com/a/b",
        "https://github.com/a/b/",
        "https://github.com/a/b.git",
        "https://github.com/a/b/tree/main",
    ):
        assert colab.parse_repository(address) == colab.Repository("a", "b", "main")


# in a fresh environment from the package index


@pytest.mark.skipif(
    os.environ.get("COURSE_TEST_SLOW") != "1", reason="set COURSE_TEST_SLOW=1: installs 2.5 GB from the index"
)
def test_course_py_makes_a_fresh_environment_of_it_and_a_unit_runs(unpacked, tmp_path):
    copy = tmp_path / "course"
    shutil.copytree(unpacked, copy)
    done = subprocess.run(
        [sys._base_executable, "course.py", "setup"],
        cwd=copy,
        env=clean_environment(),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    python = copy / ".venv" / "bin" / "python"
    names = {path.name for path in (copy / ".venv" / "lib").glob("python3*/site-packages/*")}
    assert not names & {"jupytext", "distributed", "pytest", "autograder", "playwright"}
    folder = copy / "notebooks" / LIGHT
    notebook, (right, wrong) = answered((folder / f"{LIGHT}.ipynb").read_bytes(), LIGHT)
    nbformat.write(notebook, folder / "notebook.ipynb")
    run_python(python, EXECUTE, folder)
    shown = verdicts(nbformat.read(folder / "executed.ipynb", as_version=4))
    assert (shown[right].split("   ")[1][:5], shown[wrong].split("   ")[1][:5]) == ("right", "wrong")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["con.txt"], "con.txt', which is a device to Windows"),
        (["a:b.txt"], "a:b.txt', which does not stay in the course's folder"),
        (["A.csv", "a.csv"], "which Windows and macOS take for one name"),
    ],
)
def test_a_file_beside_a_notebook_that_learners_could_not_have_is_refused(names, words, monkeypatch, tmp_path):
    fake_release(monkeypatch, {f"{NOTEBOOKS}01_one/{name}": b"x" for name in names})
    with pytest.raises(EditionError, match=re.escape(words)) as refusal:
        write.release(["01_one"], tmp_path / "dist")
    assert "Rename it" in str(refusal.value)
    assert not (tmp_path / "dist").exists()
