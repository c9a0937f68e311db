"""See max-pooling remember where it looked: the maxima, their switches, and the map put together again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from course_utils.explore.drawing import CELL, GAP, TOP, Drawing, assemble, cells, outline, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Rows = Sequence[Sequence[float]] | np.ndarray


def switches_of(x: Rows, size: int) -> np.ndarray:
    """Where each whole size x size window of x (H, W) has its maximum, the first of equals: flat positions in x.

    (H // size, W // size) integers, row * W + column. Raises ValueError when no window fits.
    """
    import numpy as np

    x = np.asarray(x)
    rows, columns = (n // size for n in x.shape)
    if min(rows, columns) < 1:
        raise ValueError(f"a window of {size} does not fit on {x.shape}")
    found = np.zeros((rows, columns), int)
    for row, column in np.ndindex(rows, columns):
        inside = int(x[row * size : (row + 1) * size, column * size : (column + 1) * size].argmax())
        found[row, column] = (row * size + inside // size) * x.shape[1] + column * size + inside % size
    return found


def draw_switches(x: Rows, size: int = 2, pooled: Rows | None = None) -> Drawing:
    """Draw x (H, W) with its windows and their winners, the maxima, their switches, and the unpooled map.

    `pooled`: what goes back up, (H // size, W // size), where it is not the maxima themselves. Raises as `switches_of`.
    """
    import numpy as np

    x = np.asarray(x)
    switches = switches_of(x, size)
    maxima = x.flat[switches]
    back = maxima if pooled is None else np.asarray(pooled)
    if back.shape != switches.shape:
        raise ValueError(f"{back.shape} numbers do not fit {switches.shape} switches")
    unpooled = np.zeros(x.shape, back.dtype)
    unpooled.flat[switches] = back
    (height, width), (rows, columns) = x.shape, switches.shape

    second = 12 + width * CELL + GAP
    third = second + max(columns * CELL, 76) + GAP
    low = TOP + rows * CELL + 44
    parts = [*cells(x, 12, TOP, f"map, {height} × {width}")]
    for row, column in np.ndindex(rows, columns):
        parts.append(_window(12 + column * size * CELL, TOP + row * size * CELL, size))
    parts += [outline(12 + s % width * CELL, TOP + s // width * CELL, 1, 1) for s in switches.flat]
    parts += [
        text(second - GAP / 2, TOP + CELL, "→", size=18),
        *cells(maxima, second, TOP, "maxima"),
        *cells(switches.astype(float), second, low, "switches"),
        text(third - GAP / 2, TOP + CELL, "→", size=18),
    ]
    if pooled is not None:
        parts += cells(back, third, TOP, "goes back up")
        parts.append(text(third + max(columns * CELL, 84) + GAP / 2, TOP + CELL, "→", size=18))
        third += max(columns * CELL, 84) + GAP
    parts += cells(unpooled, third, TOP, "unpooled")
    parts += [outline(third + s % width * CELL, TOP + s // width * CELL, 1, 1) for s in switches.flat]
    alt = (
        f"A {height} by {width} map in windows of {size} by {size}: the maxima {maxima.tolist()} stand at the flat positions "
        f"{switches.tolist()}, their switches; unpooling puts {back.tolist()} back to those positions and zeros elsewhere."
    )
    return assemble(parts, third + width * CELL + 12, max(TOP + height * CELL, low + rows * CELL) + 12, alt)


def _window(x: float, y: float, size: int) -> str:
    side = size * CELL
    return f'<rect x="{x:g}" y="{y:g}" width="{side}" height="{side}" fill="none" stroke="black" stroke-width="2"/>'
