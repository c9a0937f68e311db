"""Links inside the course: those of a text, and which of them lead nowhere."""

from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from autograder.course import ROOT

#: What is not ours to look at: code, in blocks and in lines.
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.S | re.M)
MARKDOWN_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
HTML_LINK = re.compile(r"<(?:a|img)\b[^>]*?\b(?:href|src)=[\"']([^\"']+)[\"']")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)  # https:, mailto:, data:


def cells(path: Path) -> list[dict]:
    """The cells of a notebook on the disk."""
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def texts(path: Path) -> list[str]:
    """The Markdown of a page."""
    if path.suffix == ".ipynb":
        return ["".join(cell["source"]) for cell in cells(path) if cell["cell_type"] == "markdown"]
    return [path.read_text(encoding="utf-8")]


def links(text: str) -> list[str]:
    """Where a text's links inside the course lead, as they are written."""
    found = MARKDOWN_LINK.findall(CODE.sub("", text)) + [html.unescape(link) for link in HTML_LINK.findall(text)]
    return [link for link in found if not ELSEWHERE.match(link)]


def jupyter_anchor(heading: str) -> str:
    """The id that JupyterLab gives a heading: its text as it is shown, with `-` for each space."""
    shown = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", heading)
    return shown.strip().replace(" ", "-")


def github_anchor(heading: str) -> str:
    """The id that GitHub gives a heading: small letters, digits, `-` for each space."""
    return re.sub(r"[^\w\- ]", "", jupyter_anchor(heading).replace("-", " ").lower()).replace(" ", "-")


@cache
def anchors(path: Path) -> frozenset[str]:
    """What can stand behind the # of a link to a page."""
    found: set[str] = set()
    for text in texts(path):
        prose = re.sub(r"^```.*?^```", "", text, flags=re.S | re.M)
        found |= set(re.findall(r"<a (?:id|name)=\"([^\"]+)\"", prose))
        for heading in re.findall(r"^#{1,6} (.+?)\s*$", prose, re.M):
            found |= {jupyter_anchor(heading)} | ({github_anchor(heading)} if path.suffix == ".md" else set())
    if path.suffix == ".ipynb":
        found |= {f"cell-id={cell['id']}" for cell in cells(path)}
    return frozenset(found)


def dead_links(text: str, page: Path) -> list[str]:
    """The links of a text on a page that lead nowhere, each with what is wrong."""
    dead = []
    for link in links(text):
        place, _, anchor = link.partition("#")
        target = (page.parent / unquote(place)).resolve() if place else page
        if place.startswith("/") or not target.exists():
            dead.append(f"{link}: there is no such file")
        elif not target.is_relative_to(ROOT) and page.is_relative_to(ROOT):
            dead.append(f"{link}: it leaves the course")
        elif anchor and unquote(anchor) not in anchors(target):
            dead.append(f"{link}: there is no such place in it")
    return dead
