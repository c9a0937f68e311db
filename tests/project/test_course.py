"""A course is a folder with course.toml: without one every command says so; this course has its name from there alone."""

import json
import re
import tomllib
import zipfile

import pytest
import yaml

from autograder import cli
from autograder.course import COURSE, ROOT
from course_utils import course
from course_utils.course import FILE, NoCourse, content_folder, read_course
from course_utils.refused import PROJECT

TOLD = 'title = "A title"\nslug = "a-course"\nblurb = "One sentence"\n'
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.parametrize("name", [name for name in cli.COMMANDS if name not in cli.ANYWHERE])
def test_where_there_is_no_course_a_command_says_so_in_one_line(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_ROOT", raising=False)
    monkeypatch.setattr("sys.argv", ["autograder", name])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr().err
    assert ended.value.code == 1
    assert said.count("\n") == 1
    assert said.startswith(
        f"autograder: there is no course here: neither {tmp_path} nor a folder above it has a course.toml"
    )
    assert said.endswith("autograder init my-course\n")


def test_its_help_needs_no_course(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["autograder", "build", "--help"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert "Usage" in capsys.readouterr().out


def test_a_course_is_found_from_a_folder_in_it(tmp_path, monkeypatch):
    (tmp_path / FILE).write_text(TOLD)
    inside = tmp_path / "notebooks" / "01_small"
    inside.mkdir(parents=True)
    monkeypatch.delenv("COURSE_ROOT", raising=False)
    monkeypatch.delenv("COURSE_CONTENT", raising=False)
    monkeypatch.chdir(inside)
    assert course.find_course() == tmp_path
    monkeypatch.setattr(course, "this_course", lambda: read_course(tmp_path))
    assert content_folder() == tmp_path / "content"
    monkeypatch.chdir(tmp_path.parent)
    assert course.find_course() == ROOT  # a checkout is a course wherever it is called from


WRONG = {
    "title missing": (TOLD.replace("title", "tittle"), "has 'tittle'; known are: title"),
    "no slug": (TOLD.replace('slug = "a-course"\n', ""), "slug is None; write: slug ="),
    "slug of words": (
        TOLD.replace("a-course", "A Course"),
        "slug is 'A Course'; write small letters and digits with hyphens",
    ),
    "a number": (TOLD.replace('"A title"', "3"), 'title is 3; write: title = "..."'),
    "a title of two lines": (
        TOLD.replace("A title", "A\\nall: ; true"),
        "title is 'A\\nall: ; true'; write it in one line",
    ),
    "no TOML": ("title =", "is not TOML"),
    "folder": (TOLD + "[folders]\nlessons = 'x'\n", "[folders] has 'lessons'; known are: exercises"),
    "rule": (TOLD + "[rules]\nfewest_term = 1\n", "[rules] has 'fewest_term'; known are: fewest_terms"),
    "language": (TOLD + "[[languages]]\nkey = 'fr'\n", "write: [[languages]], and below it key ="),
}


@pytest.mark.parametrize(("text", "words"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_in_it_is_told_with_the_remedy(text, words, tmp_path):
    (tmp_path / FILE).write_text(text)
    with pytest.raises(NoCourse, match=re.escape(words)) as refused:
        read_course(tmp_path)
    assert str(tmp_path / FILE) in str(refused.value)


def test_this_courses_name_stands_where_others_read_it():
    def read(path):
        return (ROOT / path).read_text(encoding="utf-8")

    assert PYPROJECT["name"] == COURSE.slug == PROJECT
    assert PYPROJECT["description"] == COURSE.blurb
    assert PYPROJECT["authors"] == [{"name": COURSE.maintainers}]
    assert yaml.safe_load(read("environment.yml"))["name"] == COURSE.slug
    assert yaml.safe_load(read(".binder/environment.yml"))["name"] == COURSE.slug
    assert (
        json.loads(re.sub(r"^\s*//.*$", "", read(".devcontainer/devcontainer.json"), flags=re.M))["name"]
        == COURSE.title
    )
    citation = yaml.safe_load(read("CITATION.cff"))
    assert (citation["title"], citation["authors"][0]["name"]) == (COURSE.title, COURSE.maintainers)
    assert read("README.md").startswith(f"# {COURSE.title}\n")
    assert read("Makefile").startswith(f"# {COURSE.title}:")
    assert f"docker build -t {COURSE.slug.partition('-')[0]} ." in read("Dockerfile")
    assert COURSE.maintainers in read("LICENSE")


def test_the_code_has_this_courses_name_nowhere():
    named = {
        path.relative_to(ROOT).as_posix()
        for package in ("autograder", "course_utils")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix in (".py", ".md", ".in", ".jinja", ".toml", "")
        if re.search(rf"{COURSE.slug}|{COURSE.title}", path.read_text(encoding="utf-8"))
        if not {"exercises", "examples", "banks", "questions"} & set(path.relative_to(ROOT).parts[:2])
    }
    assert named == {"course_utils/refused.py"}  # what the kit is called where it is installed


def test_its_packages_are_its_extras():
    extras = PYPROJECT["optional-dependencies"]
    assert COURSE.packages == extras["data"] + extras["course"]


def test_the_wheel_is_the_kit_alone(tmp_path):
    from hatchling.builders.wheel import WheelBuilder

    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = zipfile.ZipFile(wheel).namelist()
    ours = re.compile(
        r"autograder/(exercises/unit_|proof/mutation/equivalent|slicing/traced|demo/learners|hidden|held_out|course_secret)"
        r"|course_utils/(banks|examples|questions|units\.json)|lessons|solutions|notebooks|data/embedded/(?!NOTICE)"
    )
    assert [name for name in names if ours.match(name)] == []
    assert {
        "autograder/init/templates/course.toml.in",
        "autograder/exercises/__init__.py",
        "course_utils/packs.py",
    } <= set(names)
    needed = zipfile.ZipFile(wheel).read(next(name for name in names if name.endswith("METADATA"))).decode()
    without_extras = [
        line for line in needed.splitlines() if line.startswith("Requires-Dist") and "extra ==" not in line
    ]
    assert not [line for line in without_extras if re.search("tensorflow|pooch|pandas|scikit|opencv|distributed", line)]


def test_a_new_courses_settings_are_this_ones():
    template = ROOT / "autograder" / "init" / "templates" / "nbgrader_config.py.in"
    assert template.read_text() == (ROOT / "nbgrader_config.py").read_text()
