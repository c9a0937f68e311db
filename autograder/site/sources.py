"""What Sphinx makes the site of: path -> bytes. Folders are those of the course, so that links between pages stay as they are."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat

from autograder.authoring.pages import BEGIN_UNITS, END_UNITS
from autograder.authoring.unit_list import read_units, table
from autograder.course import COURSE, ROOT
from autograder.edition.colab import Repository
from autograder.site.lesson_page import lesson_page, notebook_of
from autograder.site.links import Pages

GLOSSARY = "notebooks/glossary.md"
#: Pages beside the units, in the order of the contents; a course has those of them that lie in its folder.
BESIDE_THE_UNITS = {
    "For learners": ("docs/installing.md", GLOSSARY, "docs/zoo.md", "docs/release_1.0.md"),
    "For instructors": (
        "docs/instructor.md",
        "docs/jupyterhub.md",
        "docs/limits.md",
        "docs/parity.md",
        "docs/attacks.md",
        "SECURITY.md",
    ),
    "For authors": (
        *("docs/writing_a_unit.md", "docs/new_project.md", "docs/new_course.md", "docs/checkpoints.md"),
        *("docs/traceability.md", "docs/style.md", "CONTRIBUTING.md"),
    ),
}
PICTURES = ("docs/verdict.png", "docs/class_of_200.png", "docs/site.png")
HERE = Path(__file__).parent
#: Sphinx's settings and the look of what the theme does not know; the path in the sources -> the file beside this module.
AS_THEY_ARE = {"conf.py": "conf.py", "_static/site.css": "site.css"}
#: What conf.py reads of this course.
TOLD = "site.json"


def gather(
    units: list[str], repository: Repository | None = None, edition: Repository | None = None, hub: str = ""
) -> dict[str, bytes]:
    """Every source of a site of these units.

    `repository`: where links lead to files that are no pages. `edition`: the published edition, which Colab and Binder open, and the
    JupyterHub whose address is `hub`. Raises BadLesson or Refused where a page would show what no learner may see.
    """
    beside = {name: [path for path in paths if (ROOT / path).is_file()] for name, paths in BESIDE_THE_UNITS.items()}
    pictures = [path for path in PICTURES if (ROOT / path).is_file()]
    known = {*(path for paths in beside.values() for path in paths), *pictures, *map(notebook_of, units)}
    pages = Pages(frozenset(known), frozenset({GLOSSARY}), repository)
    found = {path: (HERE / name).read_bytes() for path, name in AS_THEY_ARE.items()}
    found |= {path: (ROOT / path).read_bytes() for path in pictures}
    for path in (path for paths in beside.values() for path in paths):
        found[path] = pages.relinked((ROOT / path).read_text(encoding="utf-8"), path).encode()
    for unit in units:
        page = lesson_page(unit, pages, _places(edition, hub))
        found[notebook_of(unit)] = nbformat.writes(page).encode()
    found["index.md"] = _index(units, beside, pages).encode()
    found[TOLD] = json.dumps(_told(units, edition, hub), indent=1).encode()
    return found


def _places(edition: Repository | None, hub: str) -> list[str]:
    if not edition:
        return []
    return ["in Colab", "in JupyterLab on Binder", *(["in JupyterLab on your JupyterHub"] if hub else [])]


def _told(units: list[str], edition: Repository | None, hub: str) -> dict:
    """What the settings need to know: the course's name, and where its notebooks are opened."""
    told = {"title": COURSE.title, "author": COURSE.maintainers, "words": COURSE.blurb}
    if not edition:
        return {**told, "edition": None}
    places = {"address": f"https://github.com/{edition.owner}/{edition.name}", "branch": edition.branch, "hub": hub}
    colab = {notebook_of(unit).removesuffix(".ipynb"): edition.colab(unit) for unit in units}
    return {**told, "edition": {**places, "colab": colab}}


def _index(units: list[str], beside: dict[str, list[str]], pages: Pages) -> str:
    """The first page: what the README says before its second heading, with the table of these units; and the contents."""
    begin = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## ")[0]
    before, _, rest = begin.partition(BEGIN_UNITS)
    told = read_units()
    lessons = [f"{unit[:2]} {told[unit].title} <{notebook_of(unit).removesuffix('.ipynb')}>" for unit in units]
    contents = [_contents("The units", lessons)]
    contents += [
        _contents(name, [path.removesuffix(".md") for path in paths]) for name, paths in beside.items() if paths
    ]
    text = f"{before}\n{table(units)}\n{rest.partition(END_UNITS)[2]}"
    return "\n\n".join([pages.relinked(text, "index.md"), *contents])


def _contents(caption: str, entries: list[str]) -> str:
    return "\n".join(["```{toctree}", f":caption: {caption}", ":hidden:", "", *entries, "```"])
