"""What the kit brings to a course that does not lie in its folder: what it needs, its licence, Jupyter's settings."""

from __future__ import annotations

import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from autograder.course import KIT
from autograder.edition import locked
from course_utils.refused import PROJECT, Refused

#: Path in an edition -> where the installed kit has it, below the environment's etc/jupyter.
_SETTINGS = {
    "jupyter/jupyter_lab_config.py": "jupyter_lab_config.py",
    "jupyter/nbgrader_config.py": "nbgrader_config.py",
    "jupyter/default_setting_overrides.json": "labconfig/default_setting_overrides.json",
}
_PYTHON = ">=3.11,<3.14"


def project() -> dict:
    """pyproject.toml of the kit; where it is installed, as much of that as an edition needs."""
    if (KIT / "pyproject.toml").is_file():
        return tomllib.loads((KIT / "pyproject.toml").read_text(encoding="utf-8"))
    found = _distribution()
    told: dict[str, list[str]] = {"": [], "cpu": [], "gpu": []}
    for text in found.requires or ():
        for extra, texts in told.items():
            one = Requirement(text)
            own = f'extra == "{extra}"'
            if extra and own in str(one.marker):
                rest = str(one.marker).replace(f" and {own}", "").replace(own, "")
                one.marker = None
                texts.append(f"{one}; {rest}" if rest else str(one))
            elif not extra and "extra ==" not in str(one.marker):
                texts.append(text)
    facts = {"version": found.version, "license": "", "requires-python": found.metadata["Requires-Python"] or _PYTHON}
    optional = {"cpu": told["cpu"], "gpu": told["gpu"]}
    return {
        "build-system": {"requires": list(locked.BUILD)[:1]},
        "project": {**facts, "dependencies": told[""], "optional-dependencies": optional},
    }


def beside_the_helper() -> dict[str, bytes]:
    """Path in an edition -> bytes: the licence of the helper, and Jupyter's settings."""
    found = {path: _settings(path, name) for path, name in _SETTINGS.items()}
    if (KIT / "LICENSE").is_file():
        return {"course_utils/LICENSE": (KIT / "LICENSE").read_bytes(), **found}
    licence = next((file for file in _distribution().files or () if file.name == "LICENSE"), None)
    if licence is None:
        raise Refused(f"the installed {PROJECT} has no LICENSE, which goes with its helper: install it again")
    return {"course_utils/LICENSE": Path(str(licence.locate())).read_bytes(), **found}


def _settings(path: str, name: str) -> bytes:
    places = (KIT / path, Path(sys.prefix) / "etc" / "jupyter" / name)
    for place in places:
        if place.is_file():
            return place.read_bytes()
    raise Refused(f"there is no {places[-1]}, which comes with {PROJECT}: install it again")


def _distribution() -> metadata.Distribution:
    try:
        return metadata.distribution(PROJECT)
    except metadata.PackageNotFoundError:
        raise Refused(f"{PROJECT} is not installed here: pip install it, then release") from None
