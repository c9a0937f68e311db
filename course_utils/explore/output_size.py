"""See which inputs each output sees: a window that slides with any stride, padding and dilation, and its formula.

What is computed (`case`, `Case`), what is drawn (`draw_case`, `every_case`) and what is clicked (`sizes`) are apart:
the first is plain arithmetic on integers, one axis at a time; the others only show it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from course_utils.explore.drawing import Drawing, assemble, text
from course_utils.explore.front_end import Choice, Slider, Steps, explorer, names
from course_utils.plot import PALETTE

if TYPE_CHECKING:
    from collections.abc import Iterable

    Padding = str | int | tuple[int, int]

#: The paddings that have a name, in the order in which they grow.
PADDINGS = ("valid", "same", "full")

TAP, SEEN, REACH, MUTED = PALETTE[1], PALETTE[5], PALETTE[3], "#777777"


@dataclass(frozen=True)
class Case:
    """One axis of a convolution: `n` inputs, a window of `kernel` taps, and how it slides. All are counts of pixels.

    `before` and `after` are the zeros in front of the first input and behind the last one.
    """

    n: int
    kernel: int
    stride: int
    dilation: int
    before: int
    after: int

    @property
    def reach(self) -> int:
        """How many pixels the window spans, from its first tap to its last."""
        return self.dilation * (self.kernel - 1) + 1

    @property
    def room(self) -> int:
        """How many pixels the window can move from where it starts; negative where it does not fit."""
        return self.before + self.n + self.after - self.reach

    @property
    def moves(self) -> int:
        """How many whole strides go into the room."""
        return self.room // self.stride

    @property
    def size(self) -> int:
        """How many outputs there are: the window's moves, and the place where it starts."""
        return self.moves + 1

    def taps(self, output: int) -> list[int]:
        """Positions of the inputs that this output sees; those below 0 or from `n` on lie in the padding.

        Raises ValueError when there is no such output.
        """
        if not 0 <= output < self.size:
            raise ValueError(f"output {output} is outside 0 to {self.size - 1}: there are {self.size} outputs")
        first = output * self.stride - self.before
        return list(range(first, first + self.reach, self.dilation))

    def unseen(self) -> list[int]:
        """The inputs that no output sees: left over at the end, or skipped between the windows or the taps."""
        seen = {tap for output in range(self.size) for tap in self.taps(output)}
        return [position for position in range(self.n) if position not in seen]


def case(n: int, kernel: int, stride: int = 1, padding: Padding = "valid", dilation: int = 1) -> Case:
    """One axis of a convolution, its padding turned into numbers.

    `padding`: 'valid' (none), 'same' (as many outputs as strides go into n, as TensorFlow and Keras do it: an odd zero
    goes behind), 'full' (every window that touches an input), a number of zeros on either side, or (before, after).
    Raises ValueError for numbers that make no sense, and where the window is larger than the padded input.
    """
    if min(n, kernel, stride, dilation) < 1:
        raise ValueError(f"n {n}, kernel {kernel}, stride {stride} and dilation {dilation} all start at 1")
    reach = dilation * (kernel - 1) + 1
    before, after = _zeros(n, reach, stride, padding)
    found = Case(n, kernel, stride, dilation, before, after)
    if found.room < 0:
        raise ValueError(f"a window that reaches over {reach} does not fit on {n + before + after} pixels; pad more")
    return found


def _zeros(n: int, reach: int, stride: int, padding: Padding) -> tuple[int, int]:
    """Zeros before and after n inputs; as `case`."""
    if padding == "valid":
        return 0, 0
    if padding == "full":
        return reach - 1, reach - 1
    if padding == "same":  # TensorFlow, "Notes on padding": tensorflow.org/api_docs/python/tf/nn
        places = -(-n // stride)
        missing = max(0, (places - 1) * stride + reach - n)
        return missing // 2, missing - missing // 2
    if isinstance(padding, str):
        raise ValueError(f"no padding is called {padding!r}; there are: {', '.join(PADDINGS)}, or numbers of zeros")
    before, after = (padding, padding) if isinstance(padding, int) else padding
    if min(before, after) < 0:
        raise ValueError(f"padding is {padding}; it starts at 0")
    return before, after


def steps_of_formula(case: Case) -> list[tuple[str, str, str]]:
    """The output's size worked out in four steps: (what it is, the rule in letters, the rule in numbers)."""
    zeros = f"{case.before} + {case.after}"
    return [
        ("the window reaches over", "d (k − 1) + 1", f"{case.dilation} × ({case.kernel} − 1) + 1 = {case.reach}"),
        ("room to move", "n + zeros − reach", f"{case.n} + {zeros} − {case.reach} = {case.room}"),
        ("moves", "room / s, rounded down", f"{case.room} / {case.stride}, rounded down = {case.moves}"),
        ("places", "moves + 1", f"{case.moves} + 1 = {case.size}"),
    ]


def draw_case(
    n: int, kernel: int, stride: int = 1, padding: Padding = "valid", dilation: int = 1, step: int = 0
) -> Drawing:
    """Draw one step over an n x n input: the window's taps, the outputs so far, and the formula as far as it is known.

    The four lines of the formula fill in one a step, and all are there at the last step. Raises as `case` does.
    """
    axis = case(n, kernel, stride, padding, dilation)
    outputs = axis.size**2
    if not 0 <= step < outputs:
        raise ValueError(f"step {step} is outside 0 to {outputs - 1}: the output has {axis.size} x {axis.size} places")
    row, column = divmod(step, axis.size)
    known = 4 if step == outputs - 1 else min(4, step + 1)
    side = axis.before + n + axis.after
    cell = max(12.0, min(26.0, 440 / side))
    top, left = 28, 12
    right = left + side * cell + 56
    parts = [
        text(left, 16, f"input, {n} × {n}" + (_words_of_zeros(axis)), anchor="start"),
        *_input_cells(axis, row, column, left, top, cell),
        text(right - 28, top + side * cell / 2, "→", size=20),
        text(right, 16, f"output, {axis.size} × {axis.size}" if known == 4 else "output", anchor="start"),
        *_output_cells(axis, step, right, top, cell),
    ]
    if axis.unseen():
        parts.append(text(right, top + axis.size * cell + 24, "× no output sees it", anchor="start"))
    below = top + max(side * cell, axis.size * cell + 24) + 28
    parts += _formula(axis, known, left, below)
    width = max(right + axis.size * cell, right + 130, 560) + 12
    rows, columns = (", ".join(map(str, axis.taps(place))) for place in (row, column))
    alt = (
        f"Step {step + 1} of {outputs}: {n} by {n} input, kernel {kernel}, stride {stride}, dilation {dilation}, "
        f"{axis.before} zeros before and {axis.after} after: output row {row}, column {column} sees the inputs in rows "
        f"{rows} and columns {columns}. "
        + "; ".join(f"{name}: {numbers}" for name, _, numbers in steps_of_formula(axis)[:known])
        + "."
    )
    return assemble(parts, width, below + 5 * 24 + 6, alt)


def _words_of_zeros(axis: Case) -> str:
    return f", zeros: {axis.before} before, {axis.after} after" if axis.before + axis.after else ""


def _box(x: float, y: float, side: float, fill: str, more: str = "") -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" fill="{fill}" stroke="#888" {more}/>'


def _cross(x: float, y: float, side: float) -> str:
    """A cross over an input that no output sees."""
    a, b = 0.28 * side, 0.72 * side
    return (
        f'<path d="M{x + a:g} {y + a:g}L{x + b:g} {y + b:g}M{x + b:g} {y + a:g}L{x + a:g} {y + b:g}" '
        f'stroke="{MUTED}" stroke-width="1.5"/>'
    )


def _input_cells(axis: Case, row: int, column: int, left: float, top: float, cell: float) -> Iterable[str]:
    rows, columns, unseen = set(axis.taps(row)), set(axis.taps(column)), set(axis.unseen())
    inside = range(axis.n)
    for i in range(-axis.before, axis.n + axis.after):
        for j in range(-axis.before, axis.n + axis.after):
            x, y = left + (j + axis.before) * cell, top + (i + axis.before) * cell
            padded = i not in inside or j not in inside
            fill = TAP if i in rows and j in columns else "#eeeeee" if padded else SEEN + "44"
            yield _box(x, y, cell, fill, 'stroke-dasharray="3 3"' if padded else "")
            if padded:
                yield text(x + cell / 2, y + cell * 0.68, "0", size=int(cell * 0.45))
            elif i in unseen or j in unseen:
                yield _cross(x, y, cell)
    x, y = left + column * axis.stride * cell, top + row * axis.stride * cell
    side = axis.reach * cell
    yield (
        f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" fill="none" stroke="{REACH}" stroke-width="3"/>'
    )


def _output_cells(axis: Case, step: int, left: float, top: float, cell: float) -> Iterable[str]:
    for place in range(axis.size**2):
        row, column = divmod(place, axis.size)
        fill = TAP if place == step else SEEN + "44" if place < step else "white"
        yield _box(left + column * cell, top + row * cell, cell, fill, 'stroke-dasharray="3 3"' if place > step else "")
    row, column = divmod(step, axis.size)
    yield (
        f'<rect x="{left + column * cell:g}" y="{top + row * cell:g}" width="{cell:g}" height="{cell:g}" fill="none" '
        f'stroke="{REACH}" stroke-width="3"/>'
    )


def _formula(axis: Case, known: int, left: float, top: float) -> Iterable[str]:
    """Four lines in three columns, numbers only in the first `known`, and the whole formula below them."""
    for line, (name, letters, numbers) in enumerate(steps_of_formula(axis)):
        y = top + 24 * line
        yield text(left, y, name, anchor="start")
        yield text(left + 170, y, letters, anchor="start")
        yield text(left + 345, y, numbers if line < known else "?", anchor="start", weight="bold")
    result = str(axis.size) if known == 4 else "?"
    whole = f"⌊(n + zeros − d (k − 1) − 1) / s⌋ + 1 = {result}"
    yield text(left, top + 24 * 4 + 8, whole, size=15, anchor="start", weight="bold")


def every_case(
    n: int = 7, kernel: int = 3, strides: tuple[int, ...] = (1, 2, 3), dilations: tuple[int, ...] = (1, 2)
) -> Drawing:
    """One axis under every stride, padding and dilation, side by side: lines lead from each output to what it sees.

    Raises as `case` does, e.g. where a window does not fit.
    """
    cell, line_height = 15.0, 112
    widest = n + 2 * max(case(n, kernel, 1, "full", d).before for d in dilations)
    across = widest * cell + 34
    parts, words = [], []
    for i, (dilation, stride) in enumerate((d, s) for d in dilations for s in strides):
        for j, padding in enumerate(PADDINGS):
            axis = case(n, kernel, stride, padding, dilation)
            x, y = 12 + j * across, 14 + i * line_height
            title = f"{padding}, stride {stride}" + (f", dilation {dilation}" if dilation > 1 else "")
            parts.append(text(x, y + 4, f"{title}: {n} → {axis.size}", anchor="start"))
            parts += _one_axis(axis, x + (widest * cell - (axis.before + n + axis.after) * cell) / 2, y + 14, cell)
            words.append(f"{title} {axis.size}")
    alt = f"An axis of {n} under a kernel of {kernel}, with the number of outputs: " + "; ".join(words) + "."
    return assemble(parts, 12 + len(PADDINGS) * across, 14 + len(dilations) * len(strides) * line_height, alt)


def _one_axis(axis: Case, left: float, top: float, cell: float) -> Iterable[str]:
    """A row of inputs above a row of outputs, and a line from every output to each of its inputs."""

    def middle(position: float) -> float:
        return left + (position + axis.before + 0.5) * cell

    gap = 42
    for output in range(axis.size):
        taps = axis.taps(output)
        centre = middle((taps[0] + taps[-1]) / 2)
        colour = PALETTE[0] if output % 2 == 0 else PALETTE[3]
        for tap in taps:
            faint = "" if 0 <= tap < axis.n else ' stroke-dasharray="2 2"'
            yield (
                f'<line x1="{middle(tap):g}" y1="{top + cell:g}" x2="{centre:g}" y2="{top + cell + gap:g}" '
                f'stroke="{colour}" stroke-width="1.3"{faint}/>'
            )
        yield _box(centre - cell / 2, top + cell + gap, cell, colour + "66")
    unseen = axis.unseen()
    for position in range(-axis.before, axis.n + axis.after):
        padded = not 0 <= position < axis.n
        x = middle(position) - cell / 2
        yield _box(x, top, cell, "#eeeeee" if padded else SEEN + "44", 'stroke-dasharray="3 3"' if padded else "")
        if position in unseen:
            yield _cross(x, top, cell)


def sizes_static(
    n: int = 7, kernel: int = 3, stride: int = 1, padding: Padding = "valid", dilation: int = 1, step: int = 0
) -> Drawing:
    """The explorer as a figure: one step, the same wherever it runs. Arguments as for `draw_case`."""
    return draw_case(n, kernel, stride, padding, dilation, step)


def sizes(
    n: int = 7, kernel: int = 3, stride: int = 1, padding: Padding = "valid", dilation: int = 1, step: int = 0
) -> object:
    """The explorer of output sizes: choose how a window slides, step it or let it play, and watch the formula fill in.

    Gives a widget where one can be clicked, else what `sizes_static` gives (a notebook run without a browser, a
    terminal). Raises as `draw_case` does.
    """
    zeros = {**names(PADDINGS), "1 zero on each side": 1, "2 zeros on each side": 2}
    return explorer(
        draw_case,
        [Slider("n", "input n", n, 3, 9), Slider("kernel", "kernel k", kernel, 1, 5)],
        [Slider("stride", "stride s", stride, 1, 4), Slider("dilation", "dilation d", dilation, 1, 3)],
        [Choice("padding", "padding", zeros, padding)],
        steps=Steps(step, lambda **axis: case(**axis).size ** 2, milliseconds=500),
    )
