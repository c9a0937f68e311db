"""Rows of a column of a set of labelled texts, for the references in probes: the same refusals for every set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def rows_of(
    name: str, splits: Mapping[str, Mapping[str, Any]], split: str, column: str, start: int, stop: int | None
) -> Any:
    """A fresh copy of rows `start` to `stop`: a list where the column is one, an array where it is one.

    Raises ValueError, naming the set, for a split or a column that it does not have.
    """
    if split not in splits:
        raise ValueError(f"{name} has no split {split!r}; it has {' and '.join(splits)}")
    columns = splits[split]
    if column not in columns:
        raise ValueError(f"{name} has no column {column!r}; it has {' and '.join(columns)}")
    rows = columns[column][start:stop]
    return rows if isinstance(rows, list) else rows.copy()


def no_options(name: str, options: Mapping[str, Any], known: tuple[str, ...] = ()) -> None:
    """Raise ValueError for an option that the set does not have."""
    for option in options:
        if option not in known:
            has = f"it has {' and '.join(known)}" if known else "it has none"
            raise ValueError(f"{name} has no option {option!r}; {has}")
