"""A submission's graded cells as they were released, before nbgrader executes it."""

from __future__ import annotations

from pathlib import Path

from nbformat.notebooknode import NotebookNode
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.cleaning import clean_metadata
from autograder.common.times import stamp_in
from autograder.engine.submitted.beside import look_beside
from autograder.engine.submitted.released import Release, put_back
from autograder.engine.submitted.submission import about_stored
from autograder.judged import REMARKS
from autograder.limits import MAX_NOTEBOOK
from autograder.plugins.remarks import remark


class AsReleased(NbGraderPreprocessor):
    """Puts a submission's graded cells back to what was released; what was not so becomes a remark."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Restore the notebook."""
        clean_metadata(nb)
        nb.metadata.pop(REMARKS, None)  # ours to write, not the learner's
        facts = resources["nbgrader"]
        time = stamp_in(Path(resources.get("metadata", {}).get("path") or "."))
        with Gradebook(facts["db_url"]) as gradebook:
            release = Release.load(gradebook, facts["assignment"], facts["notebook"])
            if time and time.when is None:  # nbgrader would keep the time of an earlier submission
                gradebook.find_submission(facts["assignment"], facts["student"]).timestamp = None
                gradebook.db.commit()
        for words in [*_about_folder(resources), *put_back(nb, release)]:
            remark(nb, words)
        if time and time.remark:
            remark(nb, time.remark)
        return nb, resources


def _about_folder(resources: dict) -> list[str]:
    """What of a submitted folder nbgrader does not take, and what of the notebook file, a sentence each."""
    folder = Path(resources.get("metadata", {}).get("path") or ".")
    path = folder / f"{resources['nbgrader']['notebook']}.ipynb"
    size = path.stat().st_size if path.is_file() else 0
    about = [about_stored(size)] if size > MAX_NOTEBOOK else []
    return about + [words for words in [look_beside(folder, path.name).remark()] if words]
