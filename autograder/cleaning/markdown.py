"""Markdown as clean HTML: CommonMark with tables, and formulas as MathML."""

from __future__ import annotations

import html
import re
from typing import Any

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from autograder.cleaning.formulas import formula_html
from autograder.cleaning.page import PLACEHOLDER, Room, as_source, clean_html

MAX_MARKDOWN = 50_000  # characters, also of one line; a longer text is shown as it is written
MAX_FORMULAS = 1_000
_PLACE = re.compile(f"{PLACEHOLDER}([0-9]+){PLACEHOLDER}")
_ATTACHMENT = re.compile(r"attachment:([^\s()<>\"'\\]{1,200})")


def markdown_html(source: str, attachments: Any = None, room: Room | None = None) -> str:
    """A Markdown text as HTML of which a browser runs, fetches and follows nothing; `attachments` are the cell's."""
    source = source.replace(PLACEHOLDER, "")
    if len(source) > MAX_MARKDOWN:
        return as_source(source)
    formulas: list[str] = []

    def keep(tex: str, options: dict) -> str:
        if len(formulas) >= MAX_FORMULAS:
            return html.escape(tex)
        formulas.append(formula_html(tex, options.get("display_mode", False)))
        return f"{PLACEHOLDER}{len(formulas) - 1}{PLACEHOLDER}"

    page = clean_html(_parser(keep).render(_attached(source, attachments)), room)
    return _PLACE.sub(lambda found: formulas[int(found[1])], page)


def _parser(keep: Any) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    parser.validateLink = lambda address: True  # pictures are in their addresses; what may stay is decided afterwards
    return parser.use(dollarmath_plugin, allow_digits=False, double_inline=True, renderer=keep)


def _attached(source: str, attachments: Any) -> str:
    """The text with each picture that was dropped into its cell in place of the picture's name."""
    if not isinstance(attachments, dict):
        return source

    def address(found: re.Match) -> str:
        bundle = attachments.get(found[1])
        for mime, data in bundle.items() if isinstance(bundle, dict) else ():
            if mime in ("image/png", "image/jpeg", "image/gif", "image/webp") and isinstance(data, str):
                return f"data:{mime};base64,{''.join(data.split())}"
        return found[0]

    return _ATTACHMENT.sub(address, source)
