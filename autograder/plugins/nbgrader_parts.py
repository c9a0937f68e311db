"""The parts that nbgrader_config.py plugs into nbgrader, so that no submission stops a class or shows a hidden test."""

from __future__ import annotations

import fnmatch
import math
import os
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import nbgrader.converters.base
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import ClearHiddenTests, Execute, NbGraderPreprocessor
from traitlets import Float, List

from autograder.cleaning import Room, clean_metadata
from autograder.common.times import stamp_in
from autograder.course import HIDDEN_PACKS
from autograder.engine.attempts import Run, run_and_judge
from autograder.engine.command import unit_lesson, unit_modules
from autograder.engine.coordinator import Packs
from autograder.engine.judge import judging, steps
from autograder.engine.judge.output_room import OutputRoom
from autograder.engine.record.ledger import clear_shown
from autograder.engine.run import sandbox
from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import Limits
from autograder.engine.submitted.beside import look_beside, read_beside
from autograder.engine.submitted.released import REMARKS, Release, put_back
from autograder.engine.submitted.repair import Lesson, guarded_test
from autograder.engine.submitted.submission import MAX_NOTEBOOK, about_stored
from autograder.judged import MAX_TEXT, MIME, NO_ANSWER, NOT_EXECUTED, Judged, example_in, handed_on, keep_in
from course_utils.terminal import shown

#: The error's name in a cell that was not executed, because an earlier one ended its kernel.
UNREACHED = "NotExecuted"
MAX_JUDGED = 20  # errors and results of one test: IPython gives one of each


def remark(notebook: NotebookNode, words: str) -> None:
    """Note, in the graded notebook itself, something that the instructor should know about its grading."""
    notebook.metadata.setdefault(REMARKS, [])
    if words not in notebook.metadata[REMARKS]:
        notebook.metadata[REMARKS].append(words)


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


def plain_files(path: str, exclude: list[str] | None = None) -> list[str]:
    """The files that nbgrader copies of a submitted folder: those that the engine takes, and no others.

    Its own `find_all_files` gives links too, whose targets are then copied, and pipes, at which its copying fails.
    """
    files = [os.path.join(path, name) for name in look_beside(Path(path)).files]
    return [file for file in files if not utils.is_ignored(file, exclude)]


class ExecuteAll(Execute):
    """Executes a notebook to its end, whatever its cells do to the kernel.

    A kernel that died, or does not stop at the time limit, ends the execution: the cells left get an error, so that their
    tests score 0 and those before keep their points. What a test cell writes to stderr (a library's warning) is shown and
    costs nothing; nbgrader would take it for a failed test. Of what was displayed nothing is kept that a browser would run.
    """

    def preprocess(self, nb: NotebookNode, resources: dict, **options: Any) -> tuple[NotebookNode, dict]:
        """Execute the notebook."""
        self._ended = ""
        nb, resources = super().preprocess(nb, resources, **options)
        room, kept = Room(judging.MAX_STEPS), OutputRoom()
        for cell in judging.code_cells(nb):
            keep_what_was_judged(cell)
            cell.outputs = [from_dict(output) for output in _kept(cell, room, kept)]
        return nb, resources

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        """Execute one cell, or say why it is not executed."""
        if cell.cell_type != "code":
            return cell, resources
        if self._ended:
            cell.outputs = [_error(UNREACHED, self._ended)]
            return cell, resources
        source = cell.source
        if utils.is_grade(cell):
            cell.source = guarded_test(source, self._lesson, keep_going=False)
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self._end(cell, "DeadKernelError", f"the kernel died in cell {index + 1}, or was told to exit before it")
        except CellTimeoutError:
            self._end(cell, "CellTimeoutError", f"cell {index + 1} could not be stopped after {self.timeout} seconds")
        cell.source = source
        if any(output.get("ename") == "CellTimeoutError" for output in cell.outputs) and not self._ended:
            remark(self.nb, f"cell {index + 1} did not finish within {self.timeout} seconds")
        if utils.is_grade(cell):
            for output in cell.outputs:
                if output.output_type == "stream":
                    output.name = "stdout"
        return cell, resources

    def _end(self, cell: NotebookNode, name: str, words: str) -> None:
        self._ended = words
        remark(self.nb, f"{words}: what comes later was not executed")
        cell.outputs.append(_error(name, words))


def _kept(cell: NotebookNode, room: Room, kept: OutputRoom) -> list[dict]:
    """A cell's outputs, clean, as far as there is room; of a test all that nbgrader reads points from, which are few."""

    def gives_points(output: NotebookNode) -> bool:
        return utils.is_grade(cell) and output.output_type in ("error", "execute_result")

    displayed = [output for output in cell.outputs if not gives_points(output)][: judging.MAX_OUTPUTS]
    judged = [output for output in cell.outputs if gives_points(output)][-MAX_JUDGED:]
    cleaned = (judging.clean_output(output, room) for output in displayed)
    return [*kept.keep(filter(None, cleaned)), *filter(None, (judging.clean_output(one, room) for one in judged))]


def keep_what_was_judged(cell: NotebookNode) -> None:
    """Leave in a test cell's metadata how its exercise was judged in the kernel, or why it was not."""
    id = judging.exercise_of(cell)
    if id is None:
        return
    most = cell.metadata.nbgrader.get("points", 0.0)
    found = Judged.of(handed_on(cell.outputs, MIME), id)
    if found is None:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        status = NOT_EXECUTED if any(error.ename == UNREACHED for error in errors) else NO_ANSWER
        words = [error.evalue if status == NOT_EXECUTED else f"{error.ename}: {error.evalue}" for error in errors]
        found = Judged(id, 0.0, most, status, why="".join(words[:1])[:MAX_TEXT])
    keep_in(cell, replace(found, example=example_in(cell.outputs)))


class ExecuteWarm(Execute):
    """Executes a notebook as `autograder grade` does: forked from a warm process, in a sandbox, judged outside it.

    For `nbgrader autograde` itself: quicker than a new kernel for each notebook, and safe with a stranger's code. Where
    this machine has no sandbox, limits on time and memory are what is left; `autograder doctor` tells.
    """

    _ready: ClassVar[dict[str, tuple[WarmParent, Packs, Lesson]]] = {}  # by unit: warm for as long as nbgrader runs
    run: Run | None = None  # by whom a notebook is run, in a process other than the one that holds the warm one

    @classmethod
    def ready(cls, unit: str) -> tuple[WarmParent, Packs, Lesson]:
        """The unit's warm process, its hidden packs and its own notebook, the same as long as nbgrader runs."""
        if unit not in cls._ready:
            parent = WarmParent(unit_modules(unit), sandboxed=not sandbox.missing())
            cls._ready[unit] = parent, Packs.load(HIDDEN_PACKS / unit), unit_lesson(unit)
        return cls._ready[unit]

    def preprocess(self, nb: NotebookNode, resources: dict, **options: Any) -> tuple[NotebookNode, dict]:
        """Execute the notebook and write the verdicts into its test cells."""
        parent, packs, lesson = self.ready(resources["nbgrader"]["assignment"])
        folder = Path(resources.get("metadata", {}).get("path") or ".")
        files, _ = read_beside(folder, f"{resources['nbgrader']['notebook']}.ipynb")
        limits = Limits(cell_seconds=float(self.timeout or Limits.cell_seconds))
        _, judgement = run_and_judge(nb, packs, lesson, limits, files, self.run or parent.run)
        for words in [*judgement.remarks, *steps.remarks()]:
            remark(nb, words)
        if not steps.begin(steps.WRITE):
            clear_shown(nb)
        for cell in judging.code_cells(nb):
            cell.outputs = [from_dict(output) for output in cell.outputs]
        return nb, resources


def _error(name: str, words: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])


class HideTests(ClearHiddenTests):
    """Takes out of a graded notebook what a learner must not read: the hidden tests, and tracebacks that quote them."""

    display_data_priority = List([]).tag(
        config=True
    )  # nbconvert offers it to every part, and warns where it is unknown

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clear one cell; a learner's own cell, whatever it says, is left alone."""
        if not utils.is_grade(cell):
            return cell, resources
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and any("\n" in line or "-->" in line for line in output.traceback):
                output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
        return super().preprocess_cell(cell, resources, cell_index)


class LatePerDay(BasePlugin):
    """Takes a share of the score for each day begun after the due date."""

    share_per_day = Float(0.1, help="Share of the score taken for each day begun.").tag(config=True)
    most = Float(0.5, help="The largest share taken.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float:
        """Points taken from `score` for work that is `total_seconds_late` seconds late."""
        days = math.ceil(total_seconds_late / 86_400)
        return round(score * min(self.most, days * self.share_per_day), 2)


def before_grading(assignment: str, **_: object) -> None:
    """nbgrader's hook before the first notebook of an assignment is graded: what it has no setting for, and the hidden packs."""
    read_times_as_we_do()
    nbgrader.converters.base.find_all_files = plain_files
    ensure_hidden_packs(assignment)


def ensure_hidden_packs(assignment: str) -> None:
    """Build the hidden packs of an assignment that has none yet, or whose exercises have changed since.

    An assignment that is none of our units needs none. Raises SystemExit when building fails: nbgrader goes on after any
    other error of a hook, and every answer would score 0.
    """
    from autograder.authoring.packing import refresh_hidden_packs
    from autograder.exercises import units

    for unit in fnmatch.filter(units(), assignment):
        try:
            refresh_hidden_packs(unit)
        except Exception as error:
            raise SystemExit(
                f"the hidden probes of {unit} could not be made, so nothing was graded: {error}"
            ) from error


def read_times_as_we_do() -> None:
    """Let nbgrader read a timestamp.txt as `autograder grade` does.

    nbgrader takes an unknown zone for UTC and 02.03. for 3 February without a word, and ends at what it cannot read.
    """
    from nbgrader.coursedir import CourseDirectory

    def existing_timestamp(course: CourseDirectory, folder: str) -> datetime | None:
        time = stamp_in(Path(folder))
        if time and time.remark:
            course.log.warning("%s: %s", folder, shown(time.remark))
        return time.when if time else None

    CourseDirectory.get_existing_timestamp = existing_timestamp
