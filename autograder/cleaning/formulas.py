"""Formulas in TeX as MathML, which browsers set without a script."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from autograder.limits import MAX_LEVEL, MAX_TEX

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

#: What formulas are made of; nothing in it leads to HTML again, fetches, or can be clicked.
ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msub", "msup", "msubsup", "mfrac", "msqrt", "mroot"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "mstyle", "mpadded", "mphantom", "menclose"),
    "mmultiscripts",
}
ATTRIBUTES = {
    *("display", "mathvariant", "stretchy", "fence", "form", "accent", "accentunder", "linethickness", "columnalign"),
    *("rowspacing", "columnspacing", "displaystyle", "scriptlevel", "width", "minsize", "maxsize", "linebreak"),
    *("mathcolor", "notation", "movablelimits", "separator", "lspace", "rspace"),
}


def formula_html(tex: str, block: bool = False) -> str:
    """A formula as MathML; as the TeX that it is where it cannot be set."""
    try:
        from latex2mathml.converter import convert_to_element

        if len(tex) > MAX_TEX:
            raise ValueError("a formula that is too long")
        return _written(convert_to_element(tex, display="block" if block else "inline"))
    except Exception:  # whatever a learner's TeX makes the converter do
        return f"<code>{html.escape(tex)}</code>"


def _written(element: Element, level: int = 0) -> str:
    """An element and what is in it, of MathML's own names alone; its text is text, whatever entities it holds."""
    if level > MAX_LEVEL or element.tag not in ELEMENTS:
        raise ValueError("no MathML that is known here")
    kept = {
        key: value for key, value in element.attrib.items() if key in ATTRIBUTES and not set(value) & set("<>&\"':\\")
    }
    attributes = "".join(f' {key}="{value}"' for key, value in kept.items())
    inside = _text(element.text) + "".join(_written(child, level + 1) + _text(child.tail) for child in element)
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _text(text: str | None) -> str:
    return html.escape(html.unescape(text or ""))
