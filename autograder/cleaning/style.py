"""Of CSS what colours, aligns and boxes: nothing that fetches, nothing that leaves its place on the page."""

from __future__ import annotations

import re

from autograder.limits import MAX_JOINED, MAX_SHEET, MAX_STYLE

_SIDES = ("", "-top", "-right", "-bottom", "-left")
PROPERTIES = {
    *(f"{box}{side}" for box in ("margin", "padding", "border") for side in _SIDES),
    *(f"border{side}-{what}" for side in _SIDES for what in ("color", "style", "width")),
    *("background", "background-color", "border-collapse", "border-radius", "border-spacing", "caption-side", "color"),
    *("display", "flex", "flex-direction", "flex-wrap", "gap", "grid-template-columns", "align-items"),
    *("justify-content", "font", "font-family", "font-size", "font-style", "font-variant", "font-weight"),
    *("height", "image-rendering", "letter-spacing", "line-height", "list-style-type", "max-height", "max-width"),
    *("min-height", "min-width", "object-fit", "opacity", "overflow", "overflow-wrap", "overflow-x", "overflow-y"),
    *("table-layout", "text-align", "text-decoration", "text-transform", "vertical-align", "white-space", "width"),
    *("word-break", "word-spacing"),
}
_FUNCTIONS = {"rgb", "rgba", "hsl", "hsla", "calc", "min", "max", "linear-gradient", "repeat", "minmax"}
_VALUE = re.compile(r"[\w\s#%.,()+*/'\"-]*")
_FUNCTION = re.compile(r"([\w-]*)\(")
_NEGATIVE = re.compile(r"(?<![\w.)])-\s*[\d.]")
_ID = re.compile(r"#([\w-]{1,100})")


def clean_style(style: str) -> str:
    """The declarations of a style attribute that are harmless: `color: red; position: fixed` gives `color: red`."""
    kept = []
    for declaration in style[:MAX_STYLE].split(";"):
        name, colon, value = declaration.partition(":")
        name, value = name.strip().lower(), re.sub(r"\s*!important\s*$", "", value.strip())
        if colon and name in PROPERTIES and _harmless(name, value):
            kept.append(f"{name}: {value}")
    return "; ".join(kept)


def _harmless(name: str, value: str) -> bool:
    """Whether a value holds only numbers, words and functions that colour or measure; margins draw nothing over others."""
    return (
        0 < len(value) <= 300
        and _VALUE.fullmatch(value) is not None
        and all(function.lower() in _FUNCTIONS for function in _FUNCTION.findall(value))
        and not (name.startswith("margin") and ("calc" in value.lower() or _NEGATIVE.search(value)))
    )


def styles_by_id(sheet: str) -> dict[str, str]:
    """Of a style element what it says of single elements, as pandas writes it: `#T_1_row0_col0 {color: red}`."""
    styles: dict[str, str] = {}
    room = MAX_JOINED
    for rule in sheet[:MAX_SHEET].split("}"):
        selectors, brace, declarations = rule.partition("{")
        if not brace or "@" in selectors or not (style := clean_style(declarations)):
            continue
        for selector in selectors.split(","):
            if found := _ID.fullmatch(selector.strip()):
                before = styles.get(found[1])
                joined = f"{before}; {style}"[:MAX_STYLE] if before else style
                room -= len(joined) if before else 0
                if room >= 0:
                    styles[found[1]] = joined
    return styles
