"""See a convolution as a matrix: C, whose rows are the places of the window, and C-transpose, which runs it backwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from course_utils.explore.drawing import WINDOW, Drawing, assemble, number, text
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np

WIDE, HIGH = 44, 22  # pixels of a cell


def matrix_positions(k: int, n: int) -> np.ndarray:
    """Which weight stands where in C for a k x k kernel on n x n pixels: ((n - k + 1)^2, n^2) integers.

    A weight is counted row by row of the kernel, from 0; -1 is a place that stays zero. Raises ValueError for k > n.
    """
    import numpy as np

    if not 1 <= k <= n:
        raise ValueError(f"a kernel of {k} does not fit on {n} pixels; it goes from 1 to {n}")
    m = n - k + 1
    found = np.full((m * m, n * n), -1)
    for place in range(m * m):
        row, column = divmod(place, m)
        for weight in range(k * k):
            i, j = divmod(weight, k)
            found[place, (row + i) * n + column + j] = weight
    return found


def draw_matrix(
    kernel: Sequence[Sequence[float]] | np.ndarray | None = None,
    values: Sequence[Sequence[float]] | np.ndarray | None = None,
    *,
    k: int = 3,
    n: int = 4,
    row: int | None = None,
) -> Drawing:
    """Draw C-transpose for a k x k kernel on n x n pixels with its weights; outline its row `row`.

    With neither `kernel` nor `values` the weights are letters: w02 is row 0, column 2 of the kernel. With both, a (k, k)
    kernel and the (n - k + 1, n - k + 1) feature map `values`, everything is a number, and the product stands beside it.
    Raises ValueError where only one is given, where they do not fit, and for a row that is not there.
    """
    import numpy as np

    if (kernel is None) != (values is None):
        raise ValueError("give kernel and values, or neither: the matrix is drawn in numbers or in letters")
    if kernel is not None:
        kernel = np.asarray(kernel)
        k = len(kernel)
    positions = matrix_positions(k, n).T  # (n^2, m^2): C-transpose
    m = n - k + 1
    _require_fitting(values, row, m, n)

    weights, y, x = _words(kernel, values, positions, k, n)
    top, left = 48, 40
    vector = left + k * WIDE + 90
    middle = vector + m * m * WIDE + 54
    right = middle + WIDE + 54
    folded = right + WIDE + 70
    parts = [text(left, top - 8, "kernel", anchor="start")]
    parts += _table(left, top, k, k, lambda i, j: (weights[i * k + j], i * k + j), k)
    parts.append(text(vector, top - 8, f"C-transpose, {n * n} × {m * m}", anchor="start"))
    parts += _table(vector, top, n * n, m * m, lambda i, j: _entry(positions[i, j], weights), k)
    parts += [text(vector - 12, top + (i + 0.7) * HIGH, str(i), size=11, anchor="end") for i in range(n * n)]
    parts.append(text(middle - 27, top + m * m * HIGH / 2 + 5, "×", size=18))
    parts += [text(middle, top - 8, "y", anchor="start"), *_table(middle, top, m * m, 1, lambda i, j: (y[i], None), k)]
    parts.append(text(right - 27, top + m * m * HIGH / 2 + 5, "=", size=18))
    parts += [text(right, top - 8, "flat", anchor="start"), *_table(right, top, n * n, 1, lambda i, j: (x[i], None), k)]
    parts.append(text(folded, top - 8, f"folded to {n} × {n}", anchor="start"))
    parts += _table(folded, top, n, n, lambda i, j: (x[i * n + j], None), k)
    if row is not None:
        frames = ((vector, row, m * m), (right, row, 1), (folded + row % n * WIDE, row // n, 1))
        parts += [_frame(place, top + down * HIGH, columns) for place, down, columns in frames]
    about = "" if row is None else f" Row {row} is outlined."
    about += "" if kernel is None else f" The product is {', '.join(x)}."
    alt = f"{_told(positions, weights, k, n)}{about}"
    return assemble(parts, folded + n * WIDE + 14, top + n * n * HIGH + 14, alt)


def _require_fitting(values: Any, row: int | None, m: int, n: int) -> None:
    """Raise ValueError for a row that is not there, and for a feature map of another size than m x m."""
    import numpy as np

    if row is not None and not 0 <= row < n * n:
        raise ValueError(f"row {row} is outside 0 to {n * n - 1}")
    if values is not None and np.shape(values) != (m, m):
        raise ValueError(f"the feature map has shape {np.shape(values)}; {(m, m)} fits this kernel and n = {n}")


def _words(
    kernel: np.ndarray | None, values: Any, positions: np.ndarray, k: int, n: int
) -> tuple[list[str], list[str], list[str]]:
    """What the cells of the kernel, of the feature map and of the product say: letters, or numbers where both are given."""
    import numpy as np

    m = n - k + 1
    if kernel is None:
        weights = [f"w{w // k}{w % k}" for w in range(k * k)]
        return weights, [f"y{i // m}{i % m}" for i in range(m * m)], [f"x{i // n}{i % n}" for i in range(n * n)]
    flat = np.ravel(values)
    product = np.append(kernel.ravel(), 0)[positions] @ flat
    weights, y, x = ([number(float(value)) for value in many] for many in (kernel.flat, flat, product))
    return weights, y, x


def _told(positions: np.ndarray, weights: list[str], k: int, n: int) -> str:
    """The matrix in words, row by row."""
    lines = [" ".join(_entry(p, weights)[0] or "0" for p in line) for line in positions]
    return (
        f"C-transpose of a {k} by {k} kernel on {n} by {n} pixels: {positions.shape[0]} rows of {positions.shape[1]}, times y, "
        f"folded to {n} by {n}. Its rows, from 0: {'; '.join(lines)}."
    )


def _entry(position: int, weights: list[str]) -> tuple[str, int | None]:
    """What a cell says, and whose colour it has; an empty cell is a zero."""
    return ("", None) if position < 0 else (weights[position], int(position))


def _table(
    left: float, top: float, rows: int, columns: int, entry: Callable[[int, int], tuple[str, int | None]], k: int
) -> list[str]:
    """Cells with words; those of a weight have the colour of its row of the kernel, paler to the left."""
    parts = []
    for i in range(rows):
        for j in range(columns):
            words, weight = entry(i, j)
            fill = "white" if weight is None else PALETTE[(5, 1, 2, 4)[weight // k % 4]]
            opacity = 1 if weight is None else round(0.3 + 0.45 * (weight % k) / max(1, k - 1), 3)
            x, y = left + j * WIDE, top + i * HIGH
            parts.append(
                f'<rect x="{x:g}" y="{y:g}" width="{WIDE}" height="{HIGH}" fill="{fill}" fill-opacity="{opacity:g}" '
                f'stroke="#bbb"/>'
            )
            if words:
                parts.append(text(x + WIDE / 2, y + HIGH / 2 + 4.5, words))
    return parts


def _frame(x: float, y: float, columns: int) -> str:
    size = f'width="{columns * WIDE}" height="{HIGH}"'
    return f'<rect x="{x:g}" y="{y:g}" {size} fill="none" stroke="{WINDOW}" stroke-width="3"/>'
