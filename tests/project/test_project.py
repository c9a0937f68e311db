"""What a stranger who carries the project on looks for is there, and true: licences, versions, paths, commands, tools."""

import re
import subprocess
import tomllib

import pytest
import yaml

from autograder.cli import cli
from autograder.course import ROOT
from autograder.steps import LINT, OF_AUTHORS, QUICK
from course_utils.data.manifest import read_manifest
from course_utils.installing.steps import OF_LEARNERS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
MAKEFILE = (ROOT / "Makefile").read_text()
PAGES = {
    path.relative_to(ROOT).as_posix(): path.read_text() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
}
#: Paths that are made, or stand for one of many.
NOT_A_FILE = re.compile(r"NN|EXERCISE|STUDENT|15_|\*|\.\.\.|^(autograder/(hidden|course_secret)|data/cache)")
ROOMS = r"(?:autograder|course_utils|data|docs|jupyter|lessons|notebooks|solutions|tests|\.github)/"


@pytest.mark.parametrize("page", PAGES)
def test_paths_in_documentation_lead_somewhere(page):
    named = set(re.findall(rf"`({ROOMS}[\w./*-]*)`", PAGES[page]))
    missing = sorted(path for path in named if not NOT_A_FILE.search(path) and not (ROOT / path).exists())
    assert missing == []


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_documentation_exist(page):
    text = PAGES[page]
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))
    assert set(re.findall(r"(?:^|`|&& )make ([a-z]+(?:-[a-z]+)*)", text, re.M)) <= targets
    steps = {*OF_LEARNERS, *OF_AUTHORS}
    assert set(re.findall(r"\b(?:python3?|py) course\.py ([a-z]+(?:-[a-z]+)*)", text)) <= steps
    assert set(re.findall(r"(?:^|`)autograder ([a-z]+(?:-[a-z]+)*)(?=[ `]|$)", text, re.M)) <= set(cli.commands)


@pytest.mark.parametrize("page", PAGES)
def test_commands_in_documentation_have_the_options_that_are_said_of_them(page):
    for name, rest in re.findall(r"\bautograder ([a-z]+(?:-[a-z]+)*)([^`#\n]*)", PAGES[page]):
        if name in cli.commands and name != "worker":  # which hands options to `dask worker`
            known = {option for parameter in cli.commands[name].params for option in parameter.opts}
            assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known, f"autograder {name}{rest}"


@pytest.mark.parametrize("page", ["README.md", "docs/instructor.md"])
def test_files_of_a_class_that_pages_name_are_no_exports_and_never_committed(page):
    named = set(re.findall(r"autograder (?:collect|export).* --roster (\S+)", PAGES[page]))
    named |= set(re.findall(r"autograder collect \d\d (\S+)", PAGES[page]))
    assert {"submissions.zip", "roster.csv"} <= named
    assert not named & {"grades.csv", "canvas.csv", "moodle.csv"}  # which `autograder export` writes
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert {f"/{name}" for name in named} <= set(ignored)
    of_a_new_course = (ROOT / "autograder/init/templates/.gitignore").read_text().splitlines()
    assert {line for line in ignored if line.startswith("/")} <= set(of_a_new_course)


@pytest.mark.parametrize("page", ["README.md", "docs/instructor.md", "docs/jupyterhub.md"])
def test_a_unit_is_entered_in_the_gradebook_before_a_page_grades_it(page):
    entered, graded = (PAGES[page].find(f"\n{words}") for words in ("nbgrader generate_assignment", "autograder grade"))
    assert 0 < entered < graded


def test_the_version_is_the_same_wherever_it_stands():
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d\d-\d\d)$", PAGES["CHANGELOG.md"], re.M)
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    assert released[0] == (PROJECT["version"], str(cited["date-released"]))
    assert cited["version"] == PROJECT["version"]
    assert "\n## [Unreleased]\n" in PAGES["CHANGELOG.md"]


def test_the_changelog_has_only_the_kinds_of_change_that_it_should():
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", PAGES["CHANGELOG.md"], re.M)) <= kinds


def test_the_notice_has_every_data_set_and_every_file_that_is_part_of_the_course():
    named = set(re.findall(r"`([\w.]+)`", PAGES["NOTICE.md"]))
    assert set(read_manifest()) <= named
    for folder, unless in (("data/embedded", {"NOTICE.md", "make.py"}), ("data", {"manifest.toml", ".gitignore"})):
        files = {path.name for path in (ROOT / folder).iterdir() if path.is_file()}
        assert files - unless <= named


def test_licences_are_there_and_told_to_the_installer():
    assert PROJECT["license"] == "MIT AND CC-BY-4.0"
    assert all((ROOT / path).is_file() for path in PROJECT["license-files"])
    assert (ROOT / "LICENSE").read_text().startswith("MIT License\n")
    assert "https://creativecommons.org/licenses/by/4.0/legalcode" in PAGES["LICENSE-CONTENT.md"]
    assert [author["name"] for author in PROJECT["authors"]] == [
        author["name"] for author in yaml.safe_load((ROOT / "CITATION.cff").read_text())["authors"]
    ]


def test_both_packages_say_that_they_are_typed():
    assert all((ROOT / package / "py.typed").is_file() for package in ("autograder", "course_utils"))


def test_what_the_type_checker_is_to_ignore_has_its_reason():
    ignored = [
        f"{path.relative_to(ROOT)}: {said}"
        for package in ("autograder", "course_utils")
        for path in (ROOT / package).rglob("*.py")
        for said in re.findall(r"#\s*type:\s*ignore.*", path.read_text(encoding="utf-8"))
    ]
    assert ignored
    assert [line for line in ignored if not re.search(r": # type: ignore\[[a-z,-]+\]  # \w.{5,}$", line)] == []


def test_before_a_commit_the_tools_of_make_lint_run_without_a_network():
    (repository,) = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    assert repository["repo"] == "local"
    assert {hook["language"] for hook in repository["hooks"]} == {"system"}
    of_lint = {tuple(word for word in words if word != "-q")[:2] for words in LINT}
    of_commits = {tuple(hook["entry"].split()[:2]) for hook in repository["hooks"]}
    assert of_lint == of_commits


def test_what_is_quick_is_there():
    assert QUICK
    assert [path for path in QUICK if not (ROOT / path).exists()] == []


def test_make_lists_every_target_with_what_it_does():
    done = subprocess.run(["make", "-s", "-C", ROOT, "help"], capture_output=True, text=True, check=True)
    listed = {line.split()[0] for line in done.stdout.splitlines()}
    phony = set(re.search(r"^\.PHONY: (.+)$", MAKEFILE, re.M)[1].split())
    assert listed == phony


@pytest.mark.parametrize("page", ["README.md"])
def test_the_readme_is_read_in_two_screens(page):
    assert len(PAGES[page].splitlines()) <= 90
