"""A submission's page made within limits, beside the server and not in it: no notebook holds the formgrader up.

The page is made in a process with limits on its time and memory, and waited for in a thread, so that the server answers
others meanwhile. Where a notebook breaks the limits, its sources are shown as text, for points can be given there as well;
where these break them too, a plain page says so.
"""

from __future__ import annotations

import asyncio
import functools
import html
import logging
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import nbformat

from autograder.engine.judge.guarded import Asking, Bounds, Broken, Defect, Guarded
from autograder.formgrader.page import AS_TEXT, SubmissionPage
from autograder.limits import MAX_PAGE, PAGE_CLOCK, PAGE_MEMORY, PAGE_WORK_SECONDS

log = logging.getLogger(__name__)

BOUNDS = Bounds(step=PAGE_WORK_SECONDS, whole=PAGE_WORK_SECONDS, memory=PAGE_MEMORY, clock=PAGE_CLOCK)


class Pages:
    """Makes the pages of submissions, one after the other."""

    def __init__(self, bounds: Bounds = BOUNDS) -> None:
        self._guarded, self._pool = Guarded(_work, bounds), ThreadPoolExecutor(1)

    async def page(self, filename: str, resources: dict) -> str:
        """The page of a graded notebook; a plainer one with the reason where it cannot be made within the limits."""
        _submission_page()  # made here once, for all processes
        self._guarded.start()  # its first process is forked by this thread, which does not end before the server does
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._make, filename, resources)

    def stop(self) -> None:
        """End the process."""
        self._pool.shutdown()
        self._guarded.stop()

    def _make(self, filename: str, resources: dict) -> str:
        made, why = self._ask(filename, resources)
        if not made:
            made, _ = self._ask(filename, {**resources, AS_TEXT: why})
        return made or plain_page(resources, why)

    def _ask(self, filename: str, resources: dict) -> tuple[str, str]:
        try:
            return self._guarded.ask((filename, resources))
        except Broken as broken:
            return "", f"making its page {broken}"
        except Defect as error:
            log.error("%s", error)
            return "", "making its page failed by a defect of the autograder; the server's log has the traceback"


def _work(request: tuple[str, dict], asking: Asking) -> tuple[str, str]:
    """In the process: the page, or why there is none."""
    filename, resources = request
    try:
        made, _ = _submission_page().from_filename(filename, resources=resources)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, nbformat.ValidationError):
        return "", "its graded notebook is damaged; grade it again"
    if len(made) > MAX_PAGE:
        return "", f"its page would have {len(made) >> 20} MB"
    return made, ""


@functools.cache
def _submission_page() -> SubmissionPage:
    return SubmissionPage()


_PLAIN = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body>
<h1>{title}</h1>
<p>This submission is not shown here: {why}.</p>
<p>The notebook is <code>{path}</code>. Read it as text; do not run it.</p>
<p><a href="{here}/prev">Previous</a> <a href="{here}/next">Next</a></p>
</body>
</html>
"""


def plain_page(resources: dict, why: str) -> str:
    """A page without anything of the notebook."""
    here = f"{resources['base_url']}/formgrader/submissions/{quote(str(resources['submission_id']), safe='')}"
    facts = {"title": resources["notebook_id"], "why": why, "path": resources["notebook_path"], "here": here}
    return _PLAIN.format(**{name: html.escape(str(text)) for name, text in facts.items()})


PAGES = Pages()
"""Those of this server."""
