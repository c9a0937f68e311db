"""What the explorers draw with: grids of numbers, outlines and words, put together as one SVG with its alt text."""

from __future__ import annotations

import base64
import html
from typing import TYPE_CHECKING

from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np

CELL = 30  # pixels a side
GAP = 46  # pixels between the parts
TOP = 26  # pixels above the first cell, for the titles
POSITIVE, NEGATIVE, WINDOW = PALETTE[5], PALETTE[1], PALETTE[3]


class Drawing:
    """An SVG with its alt text: an image in notebooks, wherever they are read; the alt text in terminals."""

    def __init__(self, svg: str, alt: str) -> None:
        self.svg, self.alt = svg, alt

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.svg.encode()).decode()
        source, alt = f"data:image/svg+xml;base64,{data}", html.escape(self.alt)
        return f'<img src="{source}" alt="{alt}" style="max-width:100%;background:white">'

    def __repr__(self) -> str:
        return f"[figure: {self.alt}]"


def assemble(parts: Iterable[str], width: float, height: float, alt: str) -> Drawing:
    """One drawing of SVG `parts`, `width` by `height` pixels, on white."""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" style="max-width:100%;height:auto" '
        f'font-family="Helvetica, Arial, sans-serif" role="img" '
        f'aria-label="{html.escape(alt)}"><rect width="100%" height="100%" fill="white"/>'
    )
    return Drawing(opening + "".join(parts) + "</svg>", alt)


def cells(values: np.ndarray, x: float, y: float, title: str, dashed: np.ndarray | None = None) -> list[str]:
    """A titled grid of numbers: blue above zero, orange below, the stronger the larger; NaN stays empty."""
    import numpy as np

    strongest = np.nanmax(np.abs(values)) or 1
    parts = [text(x, y - 8, title, anchor="start")]
    for (row, column), value in np.ndenumerate(values):
        left, top = x + column * CELL, y + row * CELL
        empty = np.isnan(value)
        padding = dashed is not None and dashed[row, column] and not empty
        colour = "#dddddd" if padding else "white" if empty or value == 0 else POSITIVE if value > 0 else NEGATIVE
        opacity = 1 if empty or padding else round(0.15 + 0.6 * abs(value) / strongest, 3)
        dash = ' stroke-dasharray="3 3"' if dashed is not None and dashed[row, column] else ""
        parts.append(
            f'<rect x="{left:g}" y="{top:g}" width="{CELL}" height="{CELL}" fill="{colour}" fill-opacity="{opacity:g}" '
            f'stroke="#888"{dash}/>'
        )
        if not empty:
            label = number(value)
            size = 13 if len(label) < 4 else 11 if len(label) < 5 else 9
            parts.append(text(left + CELL / 2, top + CELL / 2 + 4.5, label, size=size))
    return parts


def outline(x: float, y: float, rows: int, columns: int) -> str:
    """A frame around rows x columns cells whose first has its corner at (x, y)."""
    size = f'width="{columns * CELL}" height="{rows * CELL}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} fill="none" stroke="{WINDOW}" stroke-width="3.5"/>'


def text(x: float, y: float, text: str, size: int = 13, anchor: str = "middle", weight: str = "normal") -> str:
    """Words whose baseline begins, ends or is centred (`anchor`) at (x, y)."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}" font-weight="{weight}" fill="black">'
        f"{html.escape(text)}</text>"
    )


def number(value: float) -> str:
    """Short, with a minus sign as wide as a plus."""
    return f"{value:.4g}".replace("-", "−")
