"""Progress on the terminal for what takes more than two seconds; silent where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.authoring.lesson import Cell, Lesson

One = TypeVar("One")


def bar(of: str, what: str, items: Iterable[One], total: int | None = None, quiet: bool = False) -> Iterable[One]:
    """The items, behind a bar on stderr that counts them in `what`; silent where stderr is no terminal."""
    from tqdm import tqdm

    quiet = quiet or not sys.stderr.isatty()
    return tqdm(items, total=total, desc=of, unit=what, leave=False, disable=quiet)


class Progress:
    """Says nothing: for tests and other programs."""

    def say(self, words: str) -> None:
        """Announce the next step."""

    def track(self, lesson: Lesson, notebook: NotebookNode) -> Iterator[tuple[Cell, NotebookNode]]:
        """The lesson's cells with those of its notebook, in order."""
        yield from zip(lesson.cells, notebook.cells, strict=True)


class TerminalProgress(Progress):
    """A line for each step, and a bar with the time left while a notebook runs."""

    def say(self, words: str) -> None:
        """Print the step."""
        print(words, flush=True)

    def track(self, lesson: Lesson, notebook: NotebookNode) -> Iterator[tuple[Cell, NotebookNode]]:
        """As Progress.track, behind a bar that names the unit."""
        from tqdm import tqdm

        pairs = list(super().track(lesson, notebook))
        yield from tqdm(pairs, desc=f"{lesson.unit}: running", unit="cell", file=sys.stdout, leave=False)
