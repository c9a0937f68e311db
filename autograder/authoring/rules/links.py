"""The rule that links inside the course lead somewhere: to a file that is there, and in it to what they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from autograder.authoring.lesson import lesson_path
from autograder.authoring.links import dead_links, jupyter_anchor, links
from autograder.authoring.matching import line_in
from autograder.authoring.rules.unit import Unit
from autograder.course import NOTEBOOKS
from course_utils.refused import Refused

_BESIDE = re.compile(r"(?:Before|Next): \[([^\]]+)\]\(\.\./(\w+)/")


def lead_somewhere(unit: Unit) -> Iterator[Refused]:
    """The links of a lesson lead somewhere once it is built; those to its neighbours say their titles."""
    page = NOTEBOOKS / unit.name / f"{unit.name}.ipynb"
    headings = {jupyter_anchor(text) for _, _, text in unit.headings}
    for cell in unit.texts:
        for found in _BESIDE.finditer(cell.source):
            title, path = " ".join(found[1].split()), lesson_path(found[2])
            if (
                path.exists()
                and (its := re.search(r"^# # (.+)$", path.read_text(encoding="utf-8"), re.M))
                and its[1] != title
            ):
                yield unit.wrong(
                    line_in(cell, found.start()), f"the lesson {found[2]} is called {its[1]!r}, and not {title!r}"
                )
        for link in links(cell.source):
            line = line_in(cell, cell.source.find(link))
            if link.startswith("#"):
                if unquote(link[1:]) not in headings:
                    yield unit.wrong(line, f"{link}: the lesson has no heading of this name")
                continue
            target = (page.parent / unquote(link.partition("#")[0])).resolve()
            if not target.exists() and target.suffix == ".ipynb" and lesson_path(target.stem).exists():
                continue  # it will be built
            for dead in dead_links(f"[x]({link})", page):
                yield unit.wrong(line, f"the link {dead}")
