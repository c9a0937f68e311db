"""Pictures drawn from a seed: as many as one likes, all different, and with labels that are true by construction.

`left_or_right` draws arrows. Each picture has one arrow, and its label is the way the arrow points. All the rest is there to
distract: the arrow's place, length, thickness, tilt and brightness, lines and dots that point nowhere, an uneven background,
and noise. None of it goes with the label, so that a network that remembers pictures, or looks at one corner, knows nothing
about the next picture.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

SIDE = 28  # pixels; a picture is (SIDE, SIDE, 1)
LABELS = ("left", "right")

_ROWS, _COLUMNS = np.mgrid[0:SIDE, 0:SIDE].astype("float32")


def left_or_right(n: int, seed: int, distractors: int = 3, noise: float = 0.12) -> tuple[np.ndarray, np.ndarray]:
    """`n` pictures of an arrow, and which way it points.

    Returns x, (n, 28, 28, 1) float32 from 0 to 1, and y, (n,) int64: 0 for left, 1 for right, half of each (one more of a
    class where n is odd), in random order. `distractors`: at most so many lines and as many dots in a picture; `noise`: the
    standard deviation of what is added to each pixel. Equal arguments give equal pictures.

    Raises ValueError for a negative n.
    """
    if n < 0:
        raise ValueError(f"n is the number of pictures; {n} is less than none")
    rng = np.random.default_rng([seed, n])
    y = rng.permutation(np.arange(n) % 2)
    x = np.empty((n, SIDE, SIDE, 1), "float32")
    for picture, label in zip(x, y, strict=True):
        picture[..., 0] = _draw(rng, int(label), distractors, noise)
    return x, y


def resolve(name: str, column: str, n: int, seed: int, options: dict[str, Any]) -> np.ndarray:
    """The value that a `course_utils.values.Drawn` stands for. Raises ValueError for what is not drawn here."""
    if name != "left_or_right" or column not in ("x", "y"):
        raise ValueError(f"there is no column {column!r} of {name!r}; there are x and y of left_or_right")
    return _remembered(n, seed, **options)[("x", "y").index(column)].copy()


_remembered = lru_cache(maxsize=6)(left_or_right)  # a probe asks for pictures and for their labels


def _draw(rng: np.random.Generator, label: int, distractors: int, noise: float) -> np.ndarray:
    """One picture: a background, distractors, the arrow, noise."""
    canvas = _background(rng)
    for _ in range(rng.integers(0, distractors + 1)):
        start, end = rng.uniform(1, SIDE - 2, size=(2, 2))
        _ink(canvas, _distance(start, end), rng.uniform(0.5, 0.9), rng.uniform(0.25, 0.55))
    for _ in range(rng.integers(0, distractors + 1)):
        centre = rng.uniform(2, SIDE - 3, size=2)
        _ink(canvas, _distance(centre, centre), rng.uniform(0.8, 1.8), rng.uniform(0.25, 0.55))
    _arrow(canvas, rng, label)
    return np.clip(canvas + rng.normal(0, noise, canvas.shape), 0, 1)


def _background(rng: np.random.Generator) -> np.ndarray:
    """A grey that rises or falls from one side to another."""
    down, across = rng.uniform(-0.12, 0.12, size=2)
    return rng.uniform(0.1, 0.3) + down * _ROWS / SIDE + across * _COLUMNS / SIDE


def _arrow(canvas: np.ndarray, rng: np.random.Generator, label: int) -> None:
    """A shaft with a head of two strokes at its left (label 0) or right (label 1) end, and sometimes a bar at the other."""
    length, head = rng.uniform(9, 18), rng.uniform(3.0, 5.0)
    tilt, opening = rng.uniform(-0.45, 0.45), rng.uniform(0.5, 0.9)  # radians
    along = np.array([np.sin(tilt), np.cos(tilt)])  # (row, column)
    room = np.abs(along) * length / 2 + np.array([head + 1, 2])
    centre = rng.uniform(room, SIDE - 1 - room)
    tip, tail = (centre + sign * along * length / 2 for sign in ((1, -1) if label else (-1, 1)))
    backwards = (tail - tip) / length
    strokes = [_distance(tip, tail)]
    for side in (-opening, opening):
        turn = np.array([[np.cos(side), -np.sin(side)], [np.sin(side), np.cos(side)]])
        strokes.append(_distance(tip, tip + head * (turn @ backwards)))
    if rng.random() < 0.5:
        across = np.array([-along[1], along[0]]) * rng.uniform(1.5, 3)
        strokes.append(_distance(tail - across, tail + across))
    _ink(canvas, np.minimum.reduce(strokes), rng.uniform(0.6, 1.1), rng.uniform(0.55, 0.9))


def _distance(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """The distance of each pixel from the line between two points (row, column): (SIDE, SIDE)."""
    along = end - start
    length = float(along @ along) or 1.0
    share = ((_ROWS - start[0]) * along[0] + (_COLUMNS - start[1]) * along[1]) / length
    share = np.clip(share, 0, 1)
    return np.hypot(_ROWS - start[0] - share * along[0], _COLUMNS - start[1] - share * along[1])


def _ink(canvas: np.ndarray, distance: np.ndarray, half: float, ink: float) -> None:
    """Brighten the pixels that are at most `half` away, with a soft edge one pixel wide."""
    canvas += (ink - canvas).clip(0) * np.clip(half + 0.5 - distance, 0, 1)
