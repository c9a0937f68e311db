"""Step a window over a small image and watch the products, their sum and the output.

What is computed (`output_shape`, `step_at`, `output_until`), what is drawn (`draw`) and what is clicked
(`convolution`) are apart: the first two are pure functions, the widget only calls them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.explore.drawing import CELL, GAP, TOP, Drawing, assemble, cells, number, outline, text
from course_utils.explore.front_end import Choice, Slider, Steps, explorer, names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    Grid = str | Sequence[Sequence[float]] | np.ndarray

#: Small images to try, by name: rows of pixels.
IMAGES = {
    "two diagonals": [
        [1, 0, 0, 0, 0, 1],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 1, 0, 0],
        [1, 0, 0, 0, 1, 0],
        [0, 1, 0, 0, 1, 0],
        [0, 0, 1, 0, 1, 0],
    ],
    "five by five": [[3, 3, 2, 1, 0], [0, 0, 1, 3, 1], [3, 1, 2, 2, 3], [2, 0, 0, 2, 2], [2, 0, 0, 0, 1]],
    "grey corner": [[105, 102, 100, 97], [103, 99, 103, 101], [101, 98, 104, 102], [99, 101, 106, 104]],
    "bright square": [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 9, 9, 9, 0, 0],
        [0, 0, 9, 9, 9, 0, 0],
        [0, 0, 9, 9, 9, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ],
    "single pixel": [[0, 0, 0, 0, 0], [0, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
}

#: Kernels to try, by name: rows of weights.
KERNELS = {
    "diagonal": [[1, -1, -1], [-1, 1, -1], [-1, -1, 1]],
    "arrow": [[0, 1, 2], [2, 2, 0], [0, 1, 2]],
    "identity": [[0, 0, 0], [0, 1, 0], [0, 0, 0]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "box, times 9": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "Gaussian, times 16": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
    "Prewitt x": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "Sobel x": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel y": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "two by two": [[1, 2], [3, 4]],
}


@dataclass(frozen=True)
class Step:
    """One position of the window: where it lies in the padded image, what it sees, and what comes of it."""

    index: int  # counted along the rows of the output
    row: int  # of the output
    column: int
    top: int  # of the window in the padded image
    left: int
    window: np.ndarray  # (a, b), like the kernel
    products: np.ndarray  # (a, b): window times kernel
    total: float  # their sum


def grid(values: Grid, named: dict[str, list]) -> np.ndarray:
    """A small (H, W) array from its name in `named`, or from rows of numbers.

    Raises ValueError for a name that is not there, listing those that are, and for numbers that are not rows.
    """
    import numpy as np

    if isinstance(values, str):
        if values not in named:
            raise ValueError(f"no {values!r} here; there are: {', '.join(named)}")
        values = named[values]
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0:
        raise ValueError(f"rows of numbers are needed, (H, W); this has the shape {array.shape}")
    return array.astype(float if array.dtype.kind == "f" else int)


def output_shape(image: tuple[int, int], kernel: tuple[int, int], stride: int = 1, padding: int = 0) -> tuple[int, int]:
    """How many rows and columns of places a window has, from the (H, W) shapes: (n + 2 p - k) // s + 1, rounded down.

    Raises ValueError when stride or padding make no sense, or the kernel is larger than the padded image.
    """
    if stride < 1 or padding < 0:
        raise ValueError(f"stride is {stride} and padding {padding}; a stride starts at 1 and padding at 0")
    rows, columns = ((n + 2 * padding - k) // stride + 1 for n, k in zip(image, kernel, strict=True))
    if rows < 1 or columns < 1:
        raise ValueError(f"a {kernel} kernel does not fit on a {image} image with padding {padding}; pad more")
    return rows, columns


def step_at(image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0, index: int = 0) -> Step:
    """The `index`-th position of the window on `image` (H, W) under `kernel` (a, b), counted row by row.

    Raises ValueError when there is no such position.
    """
    import numpy as np

    rows, columns = output_shape(image.shape, kernel.shape, stride, padding)
    if not 0 <= index < rows * columns:
        raise ValueError(
            f"step {index} is outside 0 to {rows * columns - 1}: the output has {rows} x {columns} numbers"
        )
    row, column = divmod(index, columns)
    top, left = row * stride, column * stride
    window = np.pad(image, padding)[top : top + kernel.shape[0], left : left + kernel.shape[1]]
    products = window * kernel
    return Step(index, row, column, top, left, window, products, products.sum().item())


def output_until(
    image: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0, index: int = 0
) -> np.ndarray:
    """The output as it stands after step `index`: float64, NaN where the window has not been."""
    import numpy as np

    output = np.full(output_shape(image.shape, kernel.shape, stride, padding), np.nan)
    for i in range(index + 1):
        output.flat[i] = step_at(image, kernel, stride, padding, i).total
    return output


def draw(image: Grid, kernel: Grid, stride: int = 1, padding: int = 0, step: int = 0) -> Drawing:
    """Draw one step: the padded image with its window, the kernel, the products, and the output so far.

    `image` and `kernel` are names (`IMAGES`, `KERNELS`) or rows of numbers. Raises as `grid` and `step_at` do.
    """
    import numpy as np

    image, kernel = grid(image, IMAGES), grid(kernel, KERNELS)
    now = step_at(image, kernel, stride, padding, step)
    output = output_until(image, kernel, stride, padding, step)
    padded = np.pad(image, padding)
    inside = np.pad(np.ones(image.shape, bool), padding)
    (height, width), (a, b) = padded.shape, kernel.shape

    middle = 12 + width * CELL + GAP
    right = middle + max(b * CELL, 96) + GAP
    below = TOP + a * CELL + 38
    parts = [
        *cells(padded, 12, TOP, "image" if padding == 0 else f"image, padding {padding}", dashed=~inside),
        outline(12 + now.left * CELL, TOP + now.top * CELL, a, b),
        *cells(kernel, middle, TOP, "kernel"),
        *cells(now.products, middle, below, "window × kernel"),
        text(middle, below + a * CELL + 22, f"sum = {number(now.total)}", weight="bold", anchor="start"),
        *cells(output, right, TOP, "output", dashed=np.isnan(output)),
        outline(right + now.column * CELL, TOP + now.row * CELL, 1, 1),
        text(middle - GAP / 2, TOP + a * CELL / 2, "⋆", size=20),
        text(right - GAP / 2, TOP + a * CELL / 2, "=", size=18),
    ]
    total_width = max(right + output.shape[1] * CELL, right + 60) + 12
    total_height = max(TOP + height * CELL, below + a * CELL + 34, TOP + output.shape[0] * CELL) + 12
    alt = (
        f"Step {step + 1} of {output.size}: the window on rows {now.top} to {now.top + a - 1} and columns {now.left} "
        f"to {now.left + b - 1} of the {height} by {width} {'padded ' if padding else ''}image, times the kernel, "
        f"sums to {number(now.total)}, at row {now.row}, column {now.column} of the {output.shape[0]} by "
        f"{output.shape[1]} output."
    )
    return assemble(parts, total_width, total_height, alt)


def convolution_static(
    image: Grid = "two diagonals", kernel: Grid = "diagonal", stride: int = 1, padding: int = 0, step: int = 0
) -> Drawing:
    """The explorer as a figure: one step, the same wherever it runs. Arguments as for `draw`."""
    return draw(image, kernel, stride, padding, step)


def convolution(
    image: Grid = "two diagonals", kernel: Grid = "diagonal", stride: int = 1, padding: int = 0, step: int = 0
) -> object:
    """The convolution explorer: pick image, kernel, stride and padding, then step the window or let it play.

    Gives a widget where one can be clicked, else what `convolution_static` gives (a notebook run without a browser, a
    terminal). `image` and `kernel` may also be your own rows of numbers.
    """
    return explorer(
        draw,
        [Choice("image", "image", names(IMAGES), image), Choice("kernel", "kernel", names(KERNELS), kernel)],
        [Slider("stride", "stride", stride, 1, 3), Slider("padding", "padding", padding, 0, 2)],
        steps=Steps(step, _places),
    )


def _places(image: Grid, kernel: Grid, stride: int, padding: int) -> int:
    """How many steps the window takes."""
    image, kernel = grid(image, IMAGES), grid(kernel, KERNELS)
    rows, columns = output_shape(image.shape, kernel.shape, stride, padding)
    return rows * columns
