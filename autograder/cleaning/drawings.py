"""A drawing (SVG) as a picture, in which a browser runs nothing and for which it fetches nothing.

But it draws what an element refers to, and what that refers to: 600 characters of `use` in `use` hold a browser up for
minutes. So a drawing is read here first, as the XML that a picture must be, and what it would draw is counted.
"""

from __future__ import annotations

import base64
import re
from collections import Counter, defaultdict
from urllib.parse import unquote
from xml.parsers import expat

from autograder.limits import MAX_DRAWN, MAX_TAG

ADDRESS = "data:image/svg+xml;base64,"
_NO_PICTURE = re.compile(r"data:(?!image/(?:png|jpeg|gif|webp)[;,])", re.IGNORECASE)
_NAMED = re.compile(r"#([^\s\"'()#;,]+)")


class _TooMuch(ValueError):
    """It would hold a browser up, or nobody can tell here whether it would."""


def drawing(svg: str) -> str:
    """The address of a drawing as a picture; "" where it is no XML or makes a browser draw more than MAX_DRAWN elements."""
    start = svg.find("<svg")
    if start < 0:
        return ""
    svg = svg[start:]  # without what comes before: another encoding, entities
    if "xmlns=" not in svg[:MAX_TAG].partition(">")[0]:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    data = svg.encode(errors="replace")
    return ADDRESS + base64.b64encode(data).decode() if _is_light(data) else ""


def drawing_again(address: str) -> str:
    """The same of an address that has the drawing in itself, as a learner may have written it."""
    try:
        return drawing(base64.b64decode(address[len(ADDRESS) :]).decode())
    except ValueError:
        return ""


def _is_light(data: bytes) -> bool:
    try:
        return _Elements(data).drawn() <= MAX_DRAWN
    except (_TooMuch, expat.ExpatError):
        return False


class _Elements:
    """A drawing's elements: how many stand in each that has an id, and which others each names or holds."""

    def __init__(self, data: bytes) -> None:
        self._own: Counter[str] = Counter()
        self._named: defaultdict[str, list[str]] = defaultdict(list)
        self._around = [""]
        self._sheets: list[str] = []
        self._in_sheet = 0
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._text
        parser.Parse(data, True)
        sheets = "".join(self._sheets)
        if ("(" in sheets and "#" in sheets) or _hides_something(sheets):
            raise _TooMuch  # a style sheet may name an element for many others

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        around = self._around[-1]
        id = attributes.get("id") or around
        if id != around:
            self._named[around].append(id)
        self._around.append(id)
        self._own[id] += 1
        self._in_sheet += name.lower().endswith("style")
        for key, value in attributes.items():
            if _hides_something(value):
                raise _TooMuch
            for found in _NAMED.findall(value) if key != "id" else ():
                self._named[id] += [found] if unquote(found) == found else [found, unquote(found)]

    def _end(self, name: str) -> None:
        self._around.pop()
        self._in_sheet -= name.lower().endswith("style")

    def _text(self, text: str) -> None:
        if self._in_sheet:
            self._sheets.append(text)

    def drawn(self) -> int:
        """How many elements are drawn; MAX_DRAWN + 1 stands for any number above it."""
        drawn: dict[str, int] = {}
        open_: set[str] = set()
        path = [""]
        while path:
            id = path[-1]
            named = [other for other in self._named[id] if other in self._own] if id not in drawn else []
            if id not in drawn and id not in open_:
                open_.add(id)
                if not open_.isdisjoint(named):
                    raise _TooMuch  # it names what it stands in
                path += {other for other in named if other not in drawn}
                continue
            path.pop()
            if id in open_:
                open_.remove(id)
                drawn[id] = min(MAX_DRAWN + 1, self._own[id] + sum(drawn[other] for other in named))
        return drawn[""]


def _hides_something(value: str) -> bool:
    """Whether a value may name something that is not seen here: CSS writes any letter by its number, a picture may be a drawing."""
    return ("\\" in value and "(" in value) or _NO_PICTURE.search("".join(value.split())) is not None
