"""Progress on the terminal for what takes more than two seconds; silent where nobody looks."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from autograder.authoring.lesson import Cell, Lesson


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
