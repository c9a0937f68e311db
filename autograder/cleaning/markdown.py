"""Markdown as clean HTML: CommonMark with tables, and formulas as MathML."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from autograder.cleaning.formulas import formula_html
from autograder.cleaning.page import PLACEHOLDER, Room, as_source, clean_html
from autograder.limits import MAX_FORMULAS, MAX_MARKDOWN

_PLACE = re.compile(f"{PLACEHOLDER}([0-9]{{1,4}}){PLACEHOLDER}")
_ATTACHMENT = "attachment:"
_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")


def markdown_html(source: str, attachments: Any = None, room: Room | None = None) -> str:
    """A Markdown text as HTML of which a browser runs, fetches and follows nothing; `attachments` are the cell's."""
    source = source.replace(PLACEHOLDER, "")
    if len(source) > MAX_MARKDOWN:
        return as_source(source)
    room = room or Room()
    formulas: list[str] = []

    def keep(tex: str, options: dict) -> str:
        if len(formulas) >= MAX_FORMULAS:
            return html.escape(tex)
        formulas.append(formula_html(tex, options.get("display_mode", False)))
        return f"{PLACEHOLDER}{len(formulas) - 1}{PLACEHOLDER}"

    parser = _parser(keep)
    references: dict[str, Any] = {}
    tokens = parser.parse(source, references)
    _bound_references(tokens, room)
    page = clean_html(parser.renderer.render(tokens, parser.options, references), room, _Attached(attachments, room))
    left = dict(enumerate(formulas))  # each is shown once: a text can name a formula's place, by &#xe000;
    return _PLACE.sub(lambda found: left.pop(int(found[1]), ""), page)


class _Parser(MarkdownIt):
    def validateLink(self, url: str) -> bool:
        return True  # pictures are in their addresses; what may stay is decided afterwards


def _parser(keep: Any) -> MarkdownIt:
    parser = _Parser("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return parser.use(dollarmath_plugin, allow_digits=False, double_inline=True, renderer=keep)


def _bound_references(tokens: list[Token], room: Room) -> None:
    """Take its address from a link or picture that says the same again, by `[name]` for a long address, beyond `room`."""
    said: set[tuple] = set()
    for token in (inline for block in tokens for inline in block.children or ()):
        if token.type in ("link_open", "image"):
            address = tuple(token.attrs.get(key, "") for key in ("href", "src", "title"))
            if address in said and not room.copy("".join(map(str, address))):
                token.attrs = {key: value for key, value in token.attrs.items() if key == "alt"}
            said.add(address)


class _Attached:
    """The pictures that were dropped into a cell: each may be shown, and again as far as there is room."""

    def __init__(self, attachments: Any, room: Room) -> None:
        self._attachments = attachments if isinstance(attachments, dict) else {}
        self._room = room
        self._shown: dict[str, str] = {}

    def __call__(self, source: str) -> str:
        """The address of a picture by a source like `attachment:a.png`; "" where there is none, or no room."""
        if not self._attachments or not source.startswith(_ATTACHMENT):
            return ""
        name = unquote(html.unescape(source[len(_ATTACHMENT) :]))
        if name in self._shown:
            address = self._shown[name]
            return address if self._room.copy(address) else ""
        self._shown[name] = self._address(name)
        return self._shown[name]

    def _address(self, name: str) -> str:
        bundle = self._attachments.get(name)
        for mime, data in bundle.items() if isinstance(bundle, dict) else ():
            if mime in _PICTURES and isinstance(data, str):
                return f"data:{mime};base64,{''.join(data.split())}"
        return ""
