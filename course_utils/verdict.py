"""Show a verdict: a few lines and, where it is about an array, one picture. HTML in notebooks, plain text elsewhere."""

from __future__ import annotations

import base64
import html
import io
import os
import re
import sys
from typing import Any

from course_utils.compare import SAYS_NOTHING, same
from course_utils.describe import Description
from course_utils.judge import CRASHED, NOT_ATTEMPTED, RIGHT, WRONG, Verdict
from course_utils.limits import LARGEST_IMAGE, MAX_BESIDE, MAX_DRAWN
from course_utils.refused import show_every_letter
from course_utils.words import write_call, write_number, write_pair, write_value

#: Label colours; white text on each has a contrast of at least 4.5:1, on light and on dark pages.
_COLOURS = {RIGHT: "#1a7f37", WRONG: "#cf222e", CRASHED: "#9a6700", NOT_ATTEMPTED: "#57606a"}
_SIGNS = {RIGHT: "✓", WRONG: "✗", CRASHED: "!", NOT_ATTEMPTED: "…"}

#: The form in which a verdict is displayed as data as well, where somebody executes the notebook to know it: while it is
#: graded, and where this variable is set.
AS_DATA = "application/vnd.course.verdict+json"
ASKED_FOR = "COURSE_VERDICTS_AS_DATA"

SMALLEST_IMAGE = 32  # values of an array that is not of uint8


class Shown:
    """A verdict as notebooks (`_repr_html_`) and terminals (`__repr__`) display it."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def _repr_html_(self) -> str:
        return as_html(self.verdict)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        asked = os.environ.get("NBGRADER_EXECUTION") == "autograde" or ASKED_FOR in os.environ
        return {AS_DATA: as_data(self.verdict)} if asked else {}

    def __repr__(self) -> str:
        return as_text(self.verdict)


def show(verdict: Verdict) -> None:
    """Display the verdict in a notebook, print it elsewhere."""
    shell = sys.modules.get("IPython.core.interactiveshell")
    if shell and shell.InteractiveShell.initialized():
        from IPython.display import display

        display(Shown(verdict))
    else:
        show_every_letter()
        print(as_text(verdict))


def headline(verdict: Verdict) -> str:
    """The verdict in a few words: "wrong on 1 of 4 examples; the smallest:"."""
    failed = verdict.total - verdict.passed
    examples = "example" if verdict.total == 1 else "examples"
    if verdict.status == RIGHT:
        return f"right on all {verdict.total} examples" if verdict.total > 1 else "right"
    if verdict.status == NOT_ATTEMPTED:
        return "not attempted yet"
    if verdict.probe is None:
        return verdict.status
    smallest = "; the smallest:" if failed > 1 else ":"
    return f"{verdict.status} on {failed} of {verdict.total} {examples}{smallest}"


def as_data(verdict: Verdict) -> dict[str, str]:
    """The verdict as plain data: its status, and of what there is to say the first sentence."""
    return {"status": verdict.status, "words": next(iter(_sentences(verdict)), "")}


def as_text(verdict: Verdict) -> str:
    """The verdict in plain text, a few lines."""
    lines = [f"{verdict.exercise}   {headline(verdict)}"]
    if verdict.probe is not None:
        lines.append(f"  {write_call(verdict.exercise, verdict.probe)}")
    if values := _two_values(verdict):
        yours, expected = values
        joined = f"  yours {yours}   expected {expected}"
        lines += [joined] if len(joined) <= 100 else [f"  yours    {yours}", f"  expected {expected}"]
    lines += [f"  {line}" for line in _sentences(verdict)]
    return "\n".join(lines)


def _sentences(verdict: Verdict) -> list[str]:
    """What there is to say: the words, what was reached, the learner's line, what helps, the notes."""
    said = [verdict.outdated] if verdict.outdated else []
    stated = bool(verdict.mistake and verdict.hint)
    said_by_values = verdict.status != CRASHED and verdict.differs
    said_better = (stated and said_by_values) or (verdict.words == SAYS_NOTHING and (verdict.clue or verdict.hint))
    if verdict.words and not said_better:  # two values beside a hint, or beside a clue, say it better
        said.append(f"At {verdict.where}: {verdict.words}" if verdict.where else verdict.words)
    if verdict.score and verdict.score not in said:
        said.append(verdict.score)
    if verdict.code:
        said.append(f"In your line: {verdict.code}")
    said += [words for words in (verdict.clue, verdict.hint) if words]
    return said + verdict.notes


def _two_values(verdict: Verdict) -> tuple[str, str] | None:
    """Yours and expected, written; None where there are not two, or where they differ neither in value nor in type."""
    if verdict.yours is None or verdict.expected is None:
        return None
    if verdict.differs:
        return write_pair(verdict.yours, verdict.expected)
    yours, expected = write_value(verdict.yours), write_value(verdict.expected)
    return None if yours == expected else (yours, expected)


def as_html(verdict: Verdict) -> str:
    """The verdict as a small HTML block that reads well on light and dark pages and needs nothing from outside."""
    colour = _COLOURS[verdict.status]
    label = (
        f'<span style="background:{colour};color:#fff;border-radius:3px;padding:1px 7px;font-weight:600">'
        f"{_SIGNS[verdict.status]} {html.escape(verdict.exercise)}</span> {html.escape(headline(verdict))}"
    )
    rows = [f"<div>{label}</div>"]
    if verdict.probe is not None:
        rows.append(
            f'<div style="margin-top:4px"><code>{html.escape(write_call(verdict.exercise, verdict.probe))}</code></div>'
        )
    yours, expected, values = verdict.yours, verdict.expected, _two_values(verdict)
    if values and yours is not None and expected is not None:
        drawn = _draw(yours, expected)
        rows.append(drawn)
        few = "<img" in drawn and max(map(len, values)) <= MAX_BESIDE  # they say more than colours
        if few or not drawn or _only_types_differ(yours, expected):
            rows.append(_two_lines(*values))
    for line in _sentences(verdict):
        body = inline(line)
        rows.append(f'<div style="margin-top:4px">{f"<strong>{body}</strong>" if line == verdict.hint else body}</div>')
    style = f"border-left:4px solid {colour};padding:4px 10px;margin:2px 0;line-height:1.45;max-width:60em"
    return f'<div class="verdict" style="{style}">{"".join(rows)}</div>'


def inline(line: str) -> str:
    """A sentence as HTML: `code` and *emphasis* as hints write them."""
    escaped = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(line, quote=False))
    return re.sub(r"(?<![\w*])\*(\w[^*<>]*\w)\*(?![\w*])", r"<em>\1</em>", escaped)


def _draw(yours: Description, expected: Description) -> str:
    """Two arrays and, where their shapes agree, their difference, side by side; "" for what is not drawn."""
    yours, expected, place = _focus(yours, expected)
    if not (yours["type"] == expected["type"] == "array" and expected["value"].ndim):
        return ""
    if not all(side["value"].dtype.kind in "biuf" for side in (yours, expected)):
        return ""
    panels, wrong = [(f"yours{place}", yours["value"]), (f"expected{place}", expected["value"])], None
    if yours["value"].shape == expected["value"].shape:
        import numpy as np

        whole = all(side["value"].dtype.kind in "biu" for side in (yours, expected))
        a, b = (np.nan_to_num(side["value"]).astype(np.int64 if whole else np.float64) for side in (yours, expected))
        panels.append(("difference", a - b))
        wrong = ~np.isclose(a, b) | np.isnan(yours["value"].astype(float))
    drawn = [_panel(title, array, wrong) for title, array in panels]
    style = "display:flex;flex-wrap:wrap;gap:18px;margin-top:6px"
    return f'<div style="{style}">{"".join(drawn)}</div>' if all(drawn) else ""


def _only_types_differ(yours: Description, expected: Description) -> bool:
    """Whether the parts that are drawn have the same numbers, so that no picture shows what differs."""
    import numpy as np

    a, b, _ = _focus(yours, expected)
    drawn = a["type"] == b["type"] == "array" and a["value"].shape == b["value"].shape
    return drawn and bool(np.array_equal(a["value"], b["value"]))


def _focus(yours: Description, expected: Description) -> tuple[Description, Description, str]:
    """Of two lists or tuples the first items that differ, and their place: `[1]`."""
    place = ""
    while yours["type"] == expected["type"] and yours["type"] in ("list", "tuple"):
        pairs = zip(yours["items"], expected["items"], strict=False)
        found = next(((i, a, b) for i, (a, b) in enumerate(pairs) if not same(a, b)), None)
        if found is None:
            break
        place, yours, expected = f"{place}[{found[0]}]", found[1], found[2]
    return yours, expected, place


def _two_lines(yours: str, expected: str) -> str:
    rows = "".join(
        f'<tr style="font-size:14px"><td style="text-align:left;padding:0 10px 0 0;border:0">{name}</td>'
        f'<td style="text-align:left;padding:0;border:0"><code>{html.escape(value)}</code></td></tr>'
        for name, value in (("yours", yours), ("expected", expected))
    )
    return f'<table style="margin:4px 0 0 0;border-collapse:collapse;background:none">{rows}</table>'


def _panel(title: str, array: Any, wrong: Any) -> str:
    """One array with its title: a table of numbers where it is small, an image where it is large; "" where neither fits."""
    picture = _number_table(title, array, wrong) or _image(title, array)
    return f'<div><div style="opacity:.75;font-size:90%">{title} {array.shape}</div>{picture}</div>' if picture else ""


def _number_table(title: str, array: Any, wrong: Any) -> str:
    import numpy as np

    if array.ndim > 2 or array.size == 0:
        return ""
    rows = np.atleast_2d(array)
    if max(rows.shape) > MAX_DRAWN:
        return ""
    marks = np.zeros(rows.shape, bool) if wrong is None else np.atleast_2d(wrong)
    body = "".join(
        "<tr>" + "".join(_number_cell(value, bool(mark)) for value, mark in zip(row, mark_row, strict=True)) + "</tr>"
        for row, mark_row in zip(rows, marks, strict=True)
    )
    return (
        f'<table aria-label="{title}" style="border-collapse:collapse;margin:2px 0 0 0;background:none">{body}</table>'
    )


def _number_cell(value: Any, wrong: bool) -> str:
    shade = "background:rgba(213,94,0,.30);font-weight:600;" if wrong else ""
    text = html.escape(write_number(value))
    style = f"{shade}border:1px solid rgba(128,128,128,.5);padding:1px 6px;text-align:right"
    return f'<td style="{style}">{text}</td>'


def _image(title: str, array: Any) -> str:
    """An (H, W) or (H, W, 1 or 3) array as a PNG image, its values stretched to the full range.

    A few numbers that are no picture, such as a (1, 1, 1) array of floats, say more when they are written.
    """
    import numpy as np

    if array.dtype != np.uint8 and title != "difference" and array.size < SMALLEST_IMAGE:
        return ""
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    if array.size == 0 or array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] != 3):
        return ""
    from PIL import Image

    values = np.nan_to_num(array.astype(float))
    if not (array.dtype == np.uint8 and title != "difference"):
        low, high = values.min(), values.max()
        values = (values - low) / (high - low) * 255 if high > low else np.zeros_like(values)
    buffer = io.BytesIO()
    Image.fromarray(values.astype(np.uint8)).save(buffer, format="png")
    data = base64.b64encode(buffer.getvalue()).decode()
    height, width = array.shape[:2]
    zoom = max(1, LARGEST_IMAGE // max(height, width))
    alt = f"{title}: {height} by {width} values from {write_number(array.min())} to {write_number(array.max())}"
    size = f'width="{width * zoom}" height="{height * zoom}"'
    return (
        f'<img src="data:image/png;base64,{data}" alt="{alt}" {size} style="image-rendering:pixelated;display:block">'
    )
