"""Arrays whose numbers are all there, but at other places, in words: axes exchanged, rows in another order, another reshape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

from course_utils.limits import MAX_AXES

Close = Callable[[Any, Any], bool]

LEAST_VALUES = 3  # different numbers of a line by which it can be told


def elsewhere(parts: list, close: Close) -> str:
    """What moved, where all parts (yours, expected) have equal shapes and the right numbers; "" where they have others."""
    if not all(_same_numbers(a, b, close) for a, b in parts):
        return ""
    said = next((words for words, moved in _moves(parts) if all(moved(a, b, close) for a, b in parts)), "")
    return said or ("" if _any_order_fits(parts, close) else "The right numbers, in other places.")


def other_shape(parts: list, close: Close) -> str:
    """What became of the axes, where all parts have the right numbers and another shape; "" where that cannot be said."""
    if not all(a.ndim == b.ndim and _same_numbers(a, b, close, least=2) for a, b in parts):
        return ""
    for order in _orders(parts):
        if all(close(a, b.transpose(order)) for a, b in parts):
            return f"The numbers are right, and their axes are exchanged: {_exchanged(order)}."
    return "The numbers are right; their places, and with them the shape, are not."


def _same_numbers(a: Any, b: Any, close: Close, least: int = 3) -> bool:
    import numpy as np

    if a.size != b.size or a.size < least or not a.ndim or not b.ndim:
        return False
    return close(np.sort(a, axis=None), np.sort(b, axis=None))


def _orders(parts: list) -> Iterator[tuple[int, ...]]:
    axes = {b.ndim for _, b in parts}
    if len(axes) == 1 and (count := axes.pop()) <= MAX_AXES:
        yield from (order for order in permutations(range(count)) if order != tuple(range(count)))


def _exchanged(order: tuple[int, ...]) -> str:
    moved = [axis for axis, source in enumerate(order) if axis != source]
    if len(moved) == 2:
        return f"axis {moved[0]} and axis {moved[1]}"
    return "they come in the order " + ", ".join(map(str, order)) + " of the expected ones"


Moved = Callable[[Any, Any, Close], bool]


def _moves(parts: list) -> Iterator[tuple[str, Moved]]:
    """What may have moved the numbers, the plainest first."""
    for order in _orders(parts):
        yield (
            f"The numbers are right, and their axes are exchanged: {_exchanged(order)}.",
            _exchanges(order),
        )
    yield (
        "The numbers are right, but a reshape filled another axis first: which axis runs fastest?",
        lambda a, b, close: b.ndim > 1 and any(close(a, back) for back in _refilled(b)),
    )
    yield "The rows are right, and their order is not.", _rows_elsewhere
    if all(b.ndim == 1 for _, b in parts):
        yield "The right numbers, in another order: they are to ascend.", lambda a, b, close: _ascends(b)
        yield "The right numbers, in another order: they are to descend.", lambda a, b, close: _ascends(b[::-1])
        yield "The right numbers, in another order.", lambda a, b, close: True
    for axis in _axes(parts):
        if not any(_differ_along(b, axis) for _, b in parts):
            continue  # one-hot rows, say: whatever stands there has the same numbers in each row
        yield (
            f"The right numbers, in another order along axis {axis}; along the others nothing has moved.",
            _sorts_along(axis),
        )


def _axes(parts: list) -> range:
    return range(min(b.ndim for _, b in parts))


def _any_order_fits(parts: list, close: Close) -> bool:
    """Whether the right numbers say little: there are two of them, over and over, or each row has the same few."""
    import numpy as np

    if all(len(np.unique(b)) < LEAST_VALUES for _, b in parts):
        return True
    return any(
        not any(_differ_along(b, axis) for _, b in parts) and all(_sorts_along(axis)(a, b, close) for a, b in parts)
        for axis in _axes(parts)
    )


def _differ_along(b: Any, axis: int) -> bool:
    """Whether the lines along an axis can be told by their numbers: several values each, and not the same in all lines."""
    import numpy as np

    lines = np.sort(np.moveaxis(b, axis, -1).reshape(-1, b.shape[axis]), axis=1)
    several = ((np.diff(lines, axis=1) > 0).sum(axis=1) >= LEAST_VALUES - 1).any()
    return bool(several and (len(lines) == 1 or (lines != lines[0]).any()))


def _ascends(b: Any) -> bool:
    return bool((b[1:] >= b[:-1]).all())


def _refilled(b: Any) -> Iterator[Any]:
    """The same numbers, read in the order of the array and written with other axes first, and the other way round."""
    for order in permutations(range(b.ndim)) if b.ndim <= MAX_AXES else ():
        moved = b.transpose(order)
        yield moved.reshape(b.shape)
        yield b.reshape(moved.shape).transpose([order.index(axis) for axis in range(b.ndim)])


def _rows_elsewhere(a: Any, b: Any, close: Close) -> bool:
    import numpy as np

    if b.ndim < 2 or len(b) < 2:
        return False
    rows = [side.reshape(len(side), -1) for side in (a, b)]
    return close(*(side[np.lexsort(side.T[::-1])] for side in rows))


def _exchanges(order: tuple[int, ...]) -> Moved:
    def test(a: Any, b: Any, close: Close) -> bool:
        moved = b.transpose(order)
        return a.shape == moved.shape and close(a, moved)

    return test


def _sorts_along(axis: int) -> Moved:
    def test(a: Any, b: Any, close: Close) -> bool:
        import numpy as np

        return close(np.sort(a, axis=axis), np.sort(b, axis=axis))

    return test
