"""One list of dependencies: pyproject.toml declares them, requirements.lock pins them, environment.yml uses the lock."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from autograder.course import ROOT
from autograder.steps import EXTRAS

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
COURSE = {
    *("jupyterlab", "ipywidgets", "nbgrader", "jupytext"),
    *("numpy", "pandas", "matplotlib", "opencv-python", "scikit-learn", "tensorflow"),
    *("pytest", "nbval"),
}


def locked():
    """name -> the versions in requirements.lock, one for each environment marker."""
    versions = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if re.match(r"[a-zA-Z0-9]", line):
            requirement = Requirement(line)
            pins = [spec.version for spec in requirement.specifier if spec.operator == "=="]
            versions.setdefault(requirement.name.lower(), []).extend(pins)
    return versions


def declared():
    extras = PROJECT["optional-dependencies"]
    return [Requirement(text) for text in [*PROJECT["dependencies"], *(one for name in EXTRAS for one in extras[name])]]


def test_the_lock_is_made_of_every_extra_but_those_for_other_machines():
    others = {"gpu", "hub"}  # a card, and a school's own JupyterHub
    assert {*EXTRAS, *others} == PROJECT["optional-dependencies"].keys()


@pytest.mark.parametrize("requirement", declared(), ids=lambda r: r.name)
def test_the_lock_pins_what_is_declared(requirement):
    versions = locked()[requirement.name.lower()]
    assert versions
    assert all(requirement.specifier.contains(version) for version in versions)


def test_the_packages_of_the_course_are_declared():
    names = {requirement.name for requirement in declared()}
    assert names >= COURSE


def test_every_line_of_the_lock_is_one_exact_version():
    assert all(len(set(versions)) in (1, 2) for versions in locked().values())
    assert len(locked()) > 100


def test_conda_and_binder_use_the_same_lock_and_an_allowed_python():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    pip = next(entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict))
    assert pip == ["-r requirements.lock", "-e ."]
    python = next(entry for entry in environment["dependencies"] if str(entry).startswith("python="))
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python=") + ".0")
