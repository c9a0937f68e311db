"""What a notebook's cells displayed, and what the notebook says of itself, as it may be stored and shown."""

from __future__ import annotations

import re
from typing import Any

from autograder.cleaning.drawings import drawing
from autograder.cleaning.formulas import formula_html
from autograder.cleaning.markdown import markdown_html
from autograder.cleaning.page import NO_DRAWING, Room, as_source, clean_html
from autograder.judged import REMARKS
from autograder.limits import MAX_TEX

PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


def clean_bundle(data: dict[str, Any], room: Room | None = None) -> dict[str, Any]:
    """The forms of a rich output that may be stored, each clean: text, HTML, pictures, plain JSON.

    Markdown, formulas and SVG become HTML, which everything that shows a notebook can show. Scripts, widgets and whatever
    else a front end might run are left out; where nothing else remains a line says what was.
    """
    room = room or Room()
    forms = {str(mime)[:100]: _whole(value) for mime, value in data.items()}
    kept: dict[str, Any] = {}
    for mime, value in forms.items():
        if (mime == "text/plain" and isinstance(value, str)) or mime == "application/json" or _is_picture(mime, value):
            kept[mime] = value
    if page := _as_html(forms, room):
        kept["text/html"] = page
    if not kept and forms:
        kept["text/plain"] = f"[not shown: {', '.join(sorted(forms))[:300]}]"
    return kept


def _is_picture(mime: str, value: Any) -> bool:
    return mime in PICTURES and isinstance(value, str) and _BASE64.fullmatch(value) is not None


def _whole(value: Any) -> Any:
    """A text that a notebook file holds as a list of lines, as one."""
    return "".join(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value


def _as_html(forms: dict[str, Any], room: Room) -> str:
    """The first form that is HTML or becomes it; "" where there is none."""
    texts = {mime: value for mime, value in forms.items() if isinstance(value, str)}
    if "text/html" in texts:
        return clean_html(texts["text/html"], room)
    if "image/svg+xml" in texts:
        source = drawing(texts["image/svg+xml"])
        return f'<img src="{source}" alt="a drawing" style="max-width: 100%">' if source else f"<p>{NO_DRAWING}</p>"
    if "text/markdown" in texts:
        return markdown_html(texts["text/markdown"], room=room)
    if "text/latex" in texts:
        return _latex_html(texts["text/latex"])
    return ""


def _latex_html(text: str) -> str:
    inside = text.strip()
    for mark in ("$$", "$", "\\displaystyle"):
        inside = inside.removeprefix(mark).removesuffix(mark).strip()
    return formula_html(inside, block=True) if len(inside) <= MAX_TEX else as_source(text)


def clean_metadata(notebook: dict) -> None:
    """Take out of a notebook what a front end may obey: widgets' state, its own title, what cells say of their display."""
    metadata = notebook["metadata"]
    for key in set(metadata) - {"kernelspec", "language_info", REMARKS}:
        del metadata[key]
    for cell in notebook["cells"]:
        for key in set(cell["metadata"]) - {"nbgrader", "deletable", "editable"}:
            del cell["metadata"][key]
