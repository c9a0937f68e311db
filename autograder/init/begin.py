"""What a new course consists of: the templates beside this module, filled in, and the unit that `autograder new` writes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from string import Template

from course_utils import files
from course_utils.refused import PROJECT, Refused
from course_utils.terminal import is_unseen

KIT = Path(__file__).resolve().parents[2]
TEMPLATES = Path(__file__).parent / "templates"
FIRST = "01_moving_averages"
#: What nbgrader itself leaves in the place of a solution: in a course that comes in, an answer left so is to be known as none.
_STUB = '{"python": "...  # your code here"}'
_NBGRADERS_STUB = '{"python": "# YOUR CODE HERE\\nraise NotImplementedError()"}'
#: Of a course with a first lesson alone.
_OF_FIRST = ("exercises/demo_class.py",)


def begin(folder: Path, title: str = "", empty: bool = False) -> list[Path]:
    """Write a course into `folder`; returns the paths. Raises Refused where something is there already: nothing is overwritten."""
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} is there already and not empty. Name a new folder: autograder init my-course")
    slug = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")
    if not slug:
        raise Refused(
            f"{folder.name!r} has no Latin letter or digit, of which files are called. Name another folder, and --title"
        )
    title = title or slug.replace("-", " ").capitalize()
    if any(map(is_unseen, title)):
        raise Refused(f"--title is {title!r}: write it in one line, of what can be seen")
    words = {
        "title": title,
        "title_as_toml": json.dumps(title, ensure_ascii=False),
        "slug": slug,
        "kit": PROJECT,
        "version": _version(),
    }
    made = []
    for template in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        place = template.relative_to(TEMPLATES).as_posix().removesuffix(".in")
        if empty and place in _OF_FIRST:
            continue
        text = template.read_text(encoding="utf-8")
        text = Template(text).substitute(words) if template.suffix == ".in" else text
        if empty:
            text = text.replace(_STUB, _NBGRADERS_STUB)
        files.write(folder / place, text.encode())
        made.append(folder / place)
    return made if empty else [*made, *_first_unit(folder)]


def _first_unit(folder: Path) -> list[Path]:
    """The unit that `autograder new` writes, called in the new course: this process may know another one."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
    kit = str(KIT)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [kit, environment.get("PYTHONPATH", "")]))
    code = f"from autograder.authoring.scaffold import new_unit\nfor path in new_unit({FIRST!r}):\n    print(path)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refused(f"the first lesson of {folder} could not be written: {done.stderr.strip()[-500:]}")
    return [Path(line) for line in done.stdout.splitlines()]


def _version() -> str:
    """The kit's: of a checkout what it says now, whenever it was installed."""
    if (path := KIT / "pyproject.toml").is_file():
        return str(tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"])
    try:
        return metadata.version(PROJECT)
    except metadata.PackageNotFoundError:
        raise Refused(f"{PROJECT} is not installed here: pip install it, then begin a course") from None
