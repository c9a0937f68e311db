"""Measured figures, and the tables that show them."""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured thing: seconds of its runs, the bound that the course promises (None: no promise), what dominates it."""

    name: str
    seconds: list[float]
    bound: float | None = None
    mostly: str = ""

    @property
    def median(self) -> float:
        """The middle of the runs."""
        return statistics.median(self.seconds)


def repeat(action: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each of so many runs, after one that is not counted: it warms caches and late imports."""
    action()
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - began)
    return seconds


def print_figures(figures: list[Figure]) -> None:
    """A table: minimum, median and maximum in milliseconds, beside the promised bound."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{os.cpu_count()} cores, Python {sys.version.split()[0]}; milliseconds", title_justify="left")
    for heading in ("what", "runs", "least", "median", "most", "promised", "mostly"):
        table.add_column(heading, justify="left" if heading in ("what", "mostly") else "right")
    for figure in figures:
        numbers = [f"{1000 * n:.1f}" for n in (min(figure.seconds), figure.median, max(figure.seconds))]
        promised = (
            ""
            if figure.bound is None
            else f"{1000 * figure.bound:.0f} {'kept' if figure.median <= figure.bound else 'BROKEN'}"
        )
        table.add_row(figure.name, str(len(figure.seconds)), *numbers, promised, figure.mostly)
    Console(width=None if sys.stdout.isatty() else 130).print(table)


def print_rows(
    rows: list[list[str]],
    title: str = "nbgrader and the engine",
    headings: Sequence[str] = ("what", "stock", "engine", "", "promised"),
) -> None:
    """A table of what was measured beside something else: stock nbgrader, if nothing else is said."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{title}, {os.cpu_count()} cores", title_justify="left")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for row in rows:
        table.add_row(*row)
    Console(width=None if sys.stdout.isatty() else 130).print(table)
