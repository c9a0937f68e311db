"""The texts of a page made into HTML within a time and a memory of their own: one learner's page never holds up the others'.

What takes longer, or breaks the process that does it, is shown as it was written.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from autograder.cleaning import as_source, clean_html, markdown_html
from autograder.engine.judge.guarded import Asking, Bounds, Broken, Guarded
from autograder.feedback.texts import code_as_html
from autograder.limits import PAGE_SECONDS, TEXT_SECONDS

BOUNDS = Bounds(step=TEXT_SECONDS, whole=TEXT_SECONDS)
WAYS: dict[str, Callable[[str], str]] = {"html": clean_html, "markdown": markdown_html, "code": code_as_html}


class Pages:
    """Makes the texts of one page after the other into HTML."""

    def __init__(self, bounds: Bounds = BOUNDS, seconds: float = PAGE_SECONDS) -> None:
        self._guarded, self._seconds = Guarded(_work, bounds), seconds
        self.begin()

    def begin(self) -> None:
        """The next page begins; it has a time of its own."""
        self._until = time.monotonic() + self._seconds

    def show(self, way: str, text: str) -> str:
        """A text as HTML in one of WAYS; as its own source where it takes too long, or the page has taken too long."""
        if not text.strip():
            return ""
        if time.monotonic() > self._until:
            return as_source(text)
        try:
            return self._guarded.ask((way, text))
        except Broken:
            return as_source(text)


def _work(request: tuple[str, str], asking: Asking) -> str:
    way, text = request
    return WAYS[way](text)


PAGES = Pages()
"""Those of this process."""
