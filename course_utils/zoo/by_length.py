"""Texts in batches of about the same length, so that none is padded more than it has to be: most of a reader's time is its padding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

STEP = 8  # lengths of batches are rounded up to a multiple: each shape that is met is made ready once
BAR_FROM = 4  # batches that take so long that somebody wants to see them go by


def in_batches(
    function: Callable[[list[np.ndarray]], Any],
    ids: np.ndarray,
    segments: np.ndarray,
    batch_size: int = 32,
    progress: bool | None = False,
) -> np.ndarray:
    """`function` of [ids, segments], both (texts, length) int32, a batch at a time: (texts, width), or (texts, length, width).

    The longest texts come first: what is too much for memory fails at once. Places beyond a batch's longest text are 0.
    `progress`: a bar; None: where it takes long.
    """
    length = ids.shape[1]
    last = np.where(ids != 0, np.arange(1, length + 1), 0).max(axis=1, initial=0)  # (texts,): up to the last word
    order = np.argsort(-last, kind="stable")
    out: np.ndarray | None = None
    for at in _bar(range(0, len(order), batch_size), progress):
        rows = order[at : at + batch_size]
        longest = max(-(-int(last[rows[0]]) // STEP) * STEP, STEP)
        found = np.asarray(function([_cut(ids[rows], longest), _cut(segments[rows], longest)]))
        if out is None:
            out = np.zeros((len(ids), *((length,) if found.ndim == 3 else ()), found.shape[-1]), found.dtype)
        if found.ndim == 3:
            out[rows, : min(longest, length)] = found[:, :length]
        else:
            out[rows] = found
    return np.zeros((0, 0), "float32") if out is None else out


def _cut(ids: np.ndarray, width: int) -> np.ndarray:
    """To `width` places, with 0 where there were fewer."""
    return np.pad(ids[:, :width], [(0, 0), (0, max(width - ids.shape[1], 0))])


def _bar(rows: range, progress: bool | None) -> Any:
    """The rows, with a bar where it takes more than a moment."""
    if progress is False or (progress is None and len(rows) < BAR_FROM):
        return rows
    from tqdm.auto import tqdm

    return tqdm(rows, desc="encoding", unit="batch", leave=False)
