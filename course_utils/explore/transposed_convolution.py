"""Run a convolution backwards, step by step: stamp the kernel, or slide it over a spread-out input, and get the same.

What is computed (`stamp_at`, `stamped_until`, `spread`, `gathered_until`, `inputs_of`), what is drawn
(`draw_transposed`, `every_transposed_case`) and what is clicked (`transposed`) are apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.explore.drawing import CELL, GAP, TOP, Drawing, assemble, cells, number, outline, text
from course_utils.explore.front_end import Choice, Slider, Steps, explorer, names
from course_utils.explore.sliding_window import grid, step_at
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    Grid = str | Sequence[Sequence[float]] | np.ndarray

#: Small feature maps to run backwards, by name: rows of numbers.
FEATURE_MAPS = {
    "one to four": [[1, 2], [3, 4]],
    "three by three": [[1, 0, 2], [0, 3, -1], [2, 1, 0]],
    "single number": [[0, 0, 0], [0, 2, 0], [0, 0, 0]],
    "all ones": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "two by three": [[2, 0, 1], [1, 3, 0]],
}

#: Kernels to stamp with, by name: rows of weights.
STAMPS = {
    "one to nine": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
    "arrow": [[0, 1, 2], [2, 2, 0], [0, 1, 2]],
    "ones, 3 x 3": [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    "ones, 2 x 2": [[1, 1], [1, 1]],
    "two by two": [[1, 2], [3, 4]],
    "bilinear, times 4": [[1, 2, 1], [2, 4, 2], [1, 2, 1]],
}

#: The two ways to look at one transposed convolution.
VIEWS = ("scatter", "gather")


@dataclass(frozen=True)
class Stamp:
    """One number of the feature map and the copy of the kernel that it puts down, before anything is cut off."""

    index: int  # counted along the rows of the feature map
    row: int  # of the feature map
    column: int
    top: int  # of the copy, in the whole output
    left: int
    value: float
    weights: np.ndarray  # (a, b): value times kernel


def transposed_shape(
    values: tuple[int, int], kernel: tuple[int, int], stride: int = 1, padding: int = 0
) -> tuple[int, int]:
    """Rows and columns of the output, from the (H, W) shapes: (n - 1) s + k - 2 p, Dumoulin and Visin 2016, section 4.

    Raises ValueError when stride or padding make no sense, or the padding cuts everything off.
    """
    if stride < 1 or padding < 0:
        raise ValueError(f"stride is {stride} and padding {padding}; a stride starts at 1 and padding at 0")
    if padding > min(kernel) - 1:
        raise ValueError(f"padding {padding} is too much for a {kernel} kernel: it goes up to {min(kernel) - 1}")
    rows, columns = ((n - 1) * stride + k - 2 * padding for n, k in zip(values, kernel, strict=True))
    if rows < 1 or columns < 1:
        raise ValueError(f"padding {padding} cuts everything off; pad less")
    return rows, columns


def stamp_at(values: np.ndarray, kernel: np.ndarray, stride: int = 1, index: int = 0) -> Stamp:
    """The `index`-th number of `values` (H, W), counted row by row, and its copy of `kernel` (a, b).

    Raises ValueError when there is no such number.
    """
    if not 0 <= index < values.size:
        raise ValueError(f"step {index} is outside 0 to {values.size - 1}: the feature map has {values.size} numbers")
    row, column = divmod(index, values.shape[1])
    value = values[row, column].item()
    return Stamp(index, row, column, row * stride, column * stride, value, value * kernel)


def stamped_until(values: np.ndarray, kernel: np.ndarray, stride: int = 1, index: int | None = None) -> np.ndarray:
    """The whole output, nothing cut off, after stamp `index` (None: the last): float64, NaN where no stamp has been."""
    import numpy as np

    (a, b) = kernel.shape
    total = np.full(transposed_shape(values.shape, kernel.shape, stride), np.nan)
    for i in range(values.size if index is None else index + 1):
        now = stamp_at(values, kernel, stride, i)
        under = total[now.top : now.top + a, now.left : now.left + b]
        under[...] = np.nan_to_num(under) + now.weights
    return total


def spread(values: np.ndarray, kernel: tuple[int, int], stride: int = 1, padding: int = 0) -> np.ndarray:
    """`values` with stride - 1 zeros between neighbours and k - 1 - padding zeros around: what a plain kernel slides on.

    Raises ValueError for a padding beyond k - 1.
    """
    import numpy as np

    transposed_shape(values.shape, kernel, stride, padding)
    inside = np.zeros([(n - 1) * stride + 1 for n in values.shape], values.dtype)
    inside[::stride, ::stride] = values
    return np.pad(inside, [(k - 1 - padding, k - 1 - padding) for k in kernel])


def gathered_until(
    values: np.ndarray, kernel: np.ndarray, stride: int = 1, padding: int = 0, index: int | None = None
) -> np.ndarray:
    """The output by sliding the kernel, turned by half, over the spread-out input: float64, NaN after place `index`."""
    import numpy as np

    wide = spread(values, kernel.shape, stride, padding)
    output = np.full(transposed_shape(values.shape, kernel.shape, stride, padding), np.nan)
    for i in range(output.size if index is None else index + 1):
        output.flat[i] = step_at(wide, kernel[::-1, ::-1], index=i).total
    return output


def inputs_of(output: int, n: int, kernel: int, stride: int = 1, padding: int = 0) -> list[int]:
    """Along one axis: which of the n inputs reach output `output`, those whose stamp covers it."""
    place = output + padding
    return [i for i in range(n) if 0 <= place - i * stride < kernel]


def draw_transposed(
    values: Grid, kernel: Grid, stride: int = 1, padding: int = 0, step: int = 0, view: str = "scatter"
) -> Drawing:
    """Draw one step of a transposed convolution.

    `values` and `kernel` are names (`FEATURE_MAPS`, `STAMPS`) or rows of numbers. `view`: "scatter" steps over the
    numbers of the feature map and adds a stamp for each; "gather" steps over the outputs and sums a window for each.
    Raises ValueError for a name, a step or a view that is not there.
    """
    values, kernel = grid(values, FEATURE_MAPS), grid(kernel, STAMPS)
    if view not in VIEWS:
        raise ValueError(f"no view {view!r}; there are: {', '.join(VIEWS)}")
    draw = _draw_scatter if view == "scatter" else _draw_gather
    return draw(values, kernel, stride, padding, step)


def _draw_scatter(values: np.ndarray, kernel: np.ndarray, stride: int, padding: int, step: int) -> Drawing:
    import numpy as np

    rows, columns = transposed_shape(values.shape, kernel.shape, stride, padding)
    now, total = stamp_at(values, kernel, stride, step), stamped_until(values, kernel, stride, step)
    (height, width), (a, b) = values.shape, kernel.shape
    rim = np.pad(np.zeros((rows, columns), bool), padding, constant_values=True)

    second = 12 + max(width * CELL, 84) + GAP
    third = second + max(b * CELL, 70) + GAP
    fourth = third + max(b * CELL, 96) + GAP
    size = f"{rows} × {columns}"
    title = f"sum of the stamps, {size}" if padding == 0 else f"sum of the stamps; without its rim {size}"
    below = TOP + max(total.shape[0], height, a) * CELL
    parts = [
        *cells(values, 12, TOP, "feature map"),
        outline(12 + now.column * CELL, TOP + now.row * CELL, 1, 1),
        text(second - GAP / 2, TOP + 1.5 * CELL, "×", size=18),
        *cells(kernel, second, TOP, "kernel"),
        text(third - GAP / 2, TOP + 1.5 * CELL, "=", size=18),
        *cells(now.weights, third, TOP, f"stamp: {number(now.value)} × kernel"),
        text(fourth - GAP / 2, TOP + 1.5 * CELL, "→", size=18),
        *cells(total, fourth, TOP, title, dashed=rim | np.isnan(total)),
        outline(fourth + now.left * CELL, TOP + now.top * CELL, a, b),
    ]
    if padding:
        parts.append(text(fourth, below + 20, "the grey rim is cut off at the end", anchor="start"))
    alt = (
        f"Step {step + 1} of {values.size}: the number {number(now.value)} at row {now.row}, column {now.column} of the "
        f"{height} by {width} feature map stamps {number(now.value)} times the kernel on rows {now.top} to "
        f"{now.top + a - 1} and columns {now.left} to {now.left + b - 1} of the {total.shape[0]} by {total.shape[1]} sum"
        + (f"; its rim of {padding} will be cut off, {rows} by {columns} stay." if padding else ".")
    )
    return assemble(
        parts, max(fourth + total.shape[1] * CELL, fourth + 8 * len(title)) + 12, below + 30 * bool(padding) + 12, alt
    )


def _draw_gather(values: np.ndarray, kernel: np.ndarray, stride: int, padding: int, step: int) -> Drawing:
    import numpy as np

    wide, turned = spread(values, kernel.shape, stride, padding), kernel[::-1, ::-1]
    now = step_at(wide, turned, index=step)
    output = gathered_until(values, kernel, stride, padding, step)
    stamped = stamped_until(values, kernel, stride)
    stamped = stamped[padding : stamped.shape[0] - padding, padding : stamped.shape[1] - padding]
    real = spread(np.ones(values.shape, int), kernel.shape, stride, padding) == 1
    (height, width), (a, b) = wide.shape, kernel.shape

    second = 12 + max(width * CELL, 150) + GAP
    third = second + max(b * CELL, 110) + GAP
    fourth = third + max(output.shape[1] * CELL, 60) + GAP
    under = TOP + a * CELL + 38
    seen = [tuple(map(int, place)) for place in np.argwhere(real)]
    seen = [(r, c) for r, c in seen if now.top <= r < now.top + a and now.left <= c < now.left + b]
    terms = [f"{number(wide[r, c].item())} · {number(turned[r - now.top, c - now.left].item())}" for r, c in seen]
    sentence = f"sum = {' + '.join(terms) or '0'} = {number(now.total)}"
    low = max(TOP + height * CELL, under + a * CELL, TOP + output.shape[0] * CELL) + 26
    parts = [
        *cells(wide, 12, TOP, f"spread out, {height} × {width}", dashed=~real),
        outline(12 + now.left * CELL, TOP + now.top * CELL, a, b),
        *cells(turned, second, TOP, "kernel, half a turn"),
        *cells(now.products, second, under, "window × kernel"),
        *cells(output, third, TOP, "output", dashed=np.isnan(output)),
        outline(third + now.column * CELL, TOP + now.row * CELL, 1, 1),
        *cells(stamped, fourth, TOP, "the same by stamps"),
        outline(fourth + now.column * CELL, TOP + now.row * CELL, 1, 1),
        text(second - GAP / 2, TOP + a * CELL / 2, "⋆", size=20),
        text(third - GAP / 2, TOP + a * CELL / 2, "=", size=18),
        text(12, low, sentence, anchor="start", weight="bold"),
    ]
    sees = ", ".join(f"row {(r + padding - a + 1) // stride} column {(c + padding - b + 1) // stride}" for r, c in seen)
    alt = (
        f"Step {step + 1} of {output.size}: the kernel, turned by 180 degrees, on rows {now.top} to {now.top + a - 1} and "
        f"columns {now.left} to {now.left + b - 1} of the feature map spread out to {height} by {width}. Output row "
        f"{now.row}, column {now.column} sees {len(seen)} inputs ({sees or 'none'}) and is {number(now.total)}; by "
        f"stamps it is {number(stamped[now.row, now.column].item())}."
    )
    right = max(fourth + max(stamped.shape[1] * CELL, 130), 12 + 7.6 * len(sentence))
    return assemble(parts, right + 12, low + 14, alt)


def every_transposed_case(
    n: int = 4, kernel: int = 3, strides: tuple[int, ...] = (1, 2, 3), paddings: tuple[int, ...] = (0, 1, 2)
) -> Drawing:
    """One axis under every stride and padding: lines lead from each output to the inputs that reach it, and are counted.

    Raises as `transposed_shape` does.
    """
    cell, line = 17.0, 128
    widest = (n - 1) * max(strides) + kernel
    across = widest * cell + 30
    parts, words = [], []
    for i, stride in enumerate(strides):
        for j, padding in enumerate(paddings):
            (size, _) = transposed_shape((n, n), (kernel, kernel), stride, padding)
            x, y = 12 + j * across, 14 + i * line
            name = f"stride {stride}, padding {padding}"
            parts.append(text(x, y + 4, f"{name}: {n} → {size}", anchor="start"))
            parts += _one_axis(n, kernel, stride, padding, x, y + 14, cell)
            counts = [len(inputs_of(o, n, kernel, stride, padding)) for o in range(size)]
            words.append(f"{name} gives {size}, reached by {', '.join(map(str, counts))} inputs")
    alt = f"An axis of {n} numbers run backwards through a kernel of {kernel}: {'; '.join(words)}."
    return assemble(parts, 12 + len(paddings) * across, 14 + len(strides) * line, alt)


def _one_axis(n: int, kernel: int, stride: int, padding: int, left: float, top: float, cell: float) -> Iterable[str]:
    """A row of inputs above a row of outputs, a line for each weight, and below each output how many reach it."""
    whole, low = (n - 1) * stride + kernel, top + cell + 46
    for i in range(n):
        centre = left + (i * stride + kernel / 2) * cell
        colour = PALETTE[0] if i % 2 == 0 else PALETTE[3]
        for place in range(i * stride, i * stride + kernel):
            cut = not padding <= place < whole - padding
            dash = ' stroke-dasharray="2 3" stroke-opacity="0.5"' if cut else ""
            yield (
                f'<line x1="{centre:g}" y1="{top + cell:g}" x2="{left + (place + 0.5) * cell:g}" y2="{low:g}" '
                f'stroke="{colour}" stroke-width="1.4"{dash}/>'
            )
        yield _box(centre - cell / 2, top, cell, colour, "0.4")
    for place in range(whole):
        cut = not padding <= place < whole - padding
        yield _box(left + place * cell, low, cell, "#dddddd" if cut else PALETTE[5], "0.4", dashed=cut)
        if not cut:
            count = len(inputs_of(place - padding, n, kernel, stride, padding))
            yield text(left + (place + 0.5) * cell, low + cell - 4, str(count), size=12)


def _box(x: float, y: float, side: float, fill: str, opacity: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="3 3"' if dashed else ""
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" fill="{fill}" fill-opacity="{opacity}" '
        f'stroke="#888"{dash}/>'
    )


def transposed_static(
    values: Grid = "one to four",
    kernel: Grid = "one to nine",
    stride: int = 1,
    padding: int = 0,
    step: int = 0,
    view: str = "scatter",
) -> Drawing:
    """The explorer as a figure: one step, the same wherever it runs. Arguments as for `draw_transposed`."""
    return draw_transposed(values, kernel, stride, padding, step, view)


def transposed(
    values: Grid = "one to four",
    kernel: Grid = "one to nine",
    stride: int = 1,
    padding: int = 0,
    step: int = 0,
    view: str = "scatter",
) -> object:
    """The explorer of transposed convolution: pick map, kernel, stride, padding and view, then step it or let it play.

    Gives a widget where one can be clicked, else what `transposed_static` gives (a notebook run without a browser, a
    terminal). `values` and `kernel` may also be your own rows of numbers. Raises as `draw_transposed` does.
    """
    return explorer(
        draw_transposed,
        [Choice("values", "map", names(FEATURE_MAPS), values), Choice("kernel", "kernel", names(STAMPS), kernel)],
        [Slider("stride", "stride", stride, 1, 3), Slider("padding", "padding", padding, 0, 2)],
        [Choice("view", "view", names(VIEWS), view)],
        steps=Steps(step, _places),
    )


def _places(values: Grid, kernel: Grid, stride: int, padding: int, view: str) -> int:
    """How many steps there are: numbers of the feature map to stamp, or places of the output to gather."""
    values, kernel = grid(values, FEATURE_MAPS), grid(kernel, STAMPS)
    rows, columns = transposed_shape(values.shape, kernel.shape, stride, padding)
    return values.size if view == "scatter" else rows * columns
