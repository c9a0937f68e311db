"""Which open elements a browser ends by itself where another begins: the HTML standard, 13.2.6.4, "in body" and "in table".

What is open inside of an element ended so (`b`, `font`, `a`) a browser opens anew behind it, attributes and all, as often as
it happens: a page of 200 KB becomes one of gigabytes. Where all of it is ended by end tags first, nothing is opened anew.
"""

from __future__ import annotations

_CELLS = {"td", "th", "caption"}
_ROWS = {"tr", "td", "th"}
_PARTS = {*_ROWS, "tbody", "thead", "tfoot", "caption", "colgroup"}
#: Of a table's parts, which end where another begins.
_ENDED_BY_PART = {
    "td": {*_CELLS, "colgroup"},
    "th": {*_CELLS, "colgroup"},
    "tr": {*_ROWS, "caption", "colgroup"},
    **dict.fromkeys(("tbody", "thead", "tfoot", "caption", "colgroup"), _PARTS),
    "col": _PARTS - {"colgroup"},
}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_LISTED = {"li": {"li"}, "dd": {"dd", "dt"}, "dt": {"dd", "dt"}}
_BLOCKS = {
    *("blockquote", "center", "dd", "details", "dl", "dt", "figcaption", "figure", "li", "ol", "pre", "summary"),
    *("table", "ul", *_HEADINGS),
}
_ENDS_PARAGRAPH = {*_BLOCKS, "div", "hr", "p"}


def stay_open(name: str, stack: list[str]) -> int | None:
    """How many of the open elements, from the outermost, stay open where `name` begins; None where it cannot begin."""
    table = _last(stack, {"table"}, 0)
    if name in _ENDED_BY_PART:
        if table is None:
            return None
        ended = (at for at in range(table + 1, len(stack)) if stack[at] in _ENDED_BY_PART[name])
        return next(ended, len(stack))
    scope = 0
    if table is not None:
        cell = _last(stack, _CELLS, table)
        if cell is None:  # between a table's cells nothing begins but its parts, and another table in its place
            return stay_open(name, stack[:table]) if name == "table" else None
        scope = cell + 1
    return _in_text(name, stack, scope)


def _in_text(name: str, stack: list[str], scope: int) -> int:
    keep = len(stack)
    if name in _LISTED:
        item = _last(stack, _LISTED[name] | _BLOCKS, scope)
        if item is not None and stack[item] in _LISTED[name]:
            keep = item
    if name in _ENDS_PARAGRAPH and (paragraph := _last(stack[:keep], {"p"}, scope)) is not None:
        keep = paragraph
    if name in _HEADINGS and keep > scope and stack[keep - 1] in _HEADINGS:
        keep -= 1
    if name == "a" and (link := _last(stack, {"a"}, scope)) is not None:
        keep = link
    return keep


def _last(stack: list[str], names: set[str], first: int) -> int | None:
    """The innermost of the open elements with one of these names, not before `first`."""
    return next((at for at in range(len(stack) - 1, first - 1, -1) if stack[at] in names), None)
