"""The parts that nbgrader_config.py plugs into nbgrader, so that no submission stops a class or shows a hidden test."""

from __future__ import annotations

import fnmatch
import math
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import ClearHiddenTests, Execute, OverwriteCells
from traitlets import Float, List

from autograder.build import slug_id

#: Where a graded notebook's metadata keeps what there is to say about its grading, a sentence each.
REMARKS = "grading_remarks"

#: The name of the error in a cell that comes after the end of its kernel.
NOT_EXECUTED = "NotExecuted"


def remark(notebook: NotebookNode, words: str) -> None:
    """Note, in the graded notebook itself, something that the instructor should know about its grading."""
    notebook.metadata.setdefault(REMARKS, [])
    if words not in notebook.metadata[REMARKS]:
        notebook.metadata[REMARKS].append(words)


class AsReleased(OverwriteCells):
    """Puts a submission's graded cells back to what was released: once each, complete, every test as it was.

    nbgrader's own goes wrong, and loses the whole submission or even stops the class, on a graded cell that was copied,
    on one from another notebook, on metadata that were edited, and on a test that was deleted together with its solution.
    """

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Restore the notebook; what was not as released becomes a remark."""
        self.notebook = nb
        nb.metadata.pop(REMARKS, None)  # ours to write, not the learner's
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Restore one cell; a cell that the release does not know, or an earlier copy of one, becomes an ordinary one."""
        if "nbgrader" not in cell.metadata:
            return cell, resources
        facts = self._facts(_grade_id(cell))
        if facts is None or self._comes_again(cell_index):
            if facts is not None:
                remark(self.notebook, f"{_grade_id(cell)}: this cell was copied; its last copy counts")
            del cell.metadata["nbgrader"]
            return cell, resources
        cell.metadata["nbgrader"] = facts
        before = cell.source
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        if facts.locked and before.strip() != without_hidden_tests(cell.source).strip():
            remark(self.notebook, f"{facts.grade_id}: this test was edited; it was graded by the one released")
        return cell, resources

    def add_missing_grade_cells(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Put each missing test back behind the graded cell that came before it, or else before the one that came after."""
        released = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        order = [cell.name for cell in released.source_cells]
        solutions = {cell.name for cell in released.solution_cells}
        points = {cell.name: cell.max_score for cell in released.grade_cells}
        for place, source in enumerate(released.source_cells):
            present = {_grade_id(cell): i for i, cell in enumerate(nb.cells) if "nbgrader" in cell.metadata}
            if source.name not in points or source.name in present:
                continue
            made = self.missing_cell_transform(source, points[source.name], is_solution=source.name in solutions)
            later = [present[name] for name in order[place + 1 :] if name in present]
            if place and order[place - 1] in present:
                position = present[order[place - 1]] + 1
            else:  # its solution may stand in an ordinary cell now: late enough to come after that
                position = min(later, default=len(nb.cells))
            made.id = slug_id(source.name)
            nb.cells.insert(position, made)
            remark(nb, f"{source.name}: this test was deleted; it was put back")
        return nb, resources

    def _facts(self, grade_id: str) -> NotebookNode | None:
        """nbgrader's metadata of a released cell, from the gradebook; None where the release has no such cell."""
        released = self.gradebook.find_notebook(self.notebook_id, self.assignment_id)
        source = next((cell for cell in released.source_cells if cell.name == grade_id), None)
        if source is None:
            return None
        graded = {cell.name: cell.max_score for cell in (*released.grade_cells, *released.task_cells)}
        tasks = {cell.name for cell in released.task_cells}
        facts = NotebookNode(
            grade_id=grade_id,
            grade=grade_id in graded and grade_id not in tasks,
            solution=grade_id in {cell.name for cell in released.solution_cells},
            task=grade_id in tasks,
            locked=source.locked,
            schema_version=3,
            cell_type=source.cell_type,
            checksum=source.checksum,
        )
        if grade_id in graded:
            facts.points = graded[grade_id]
        return facts

    def _comes_again(self, index: int) -> bool:
        wanted = _grade_id(self.notebook.cells[index])
        return any(_grade_id(cell) == wanted for cell in self.notebook.cells[index + 1 :])


def without_hidden_tests(source: str) -> str:
    """A test cell's source as it was released."""
    cell = NotebookNode(source=source)
    ClearHiddenTests()._remove_hidden_test_region(cell)
    return cell.source


def _grade_id(cell: NotebookNode) -> str:
    entry = cell.metadata.get("nbgrader")
    return str(entry.get("grade_id", "")) if isinstance(entry, dict) else ""


class ExecuteAll(Execute):
    """Executes a notebook to its end, whatever its cells do to the kernel.

    A kernel that died, or does not stop at the time limit, ends the execution: the cells left get an error, so that their
    tests score 0 and those before keep their points. What a test cell writes to stderr (a library's warning) is shown and
    costs nothing; nbgrader would take it for a failed test.
    """

    def preprocess(self, nb: NotebookNode, resources: dict, **options: Any) -> tuple[NotebookNode, dict]:
        """Execute the notebook."""
        self._ended = ""
        return super().preprocess(nb, resources, **options)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, index: int) -> tuple[NotebookNode, dict]:
        """Execute one cell, or say why it is not executed."""
        if cell.cell_type != "code":
            return cell, resources
        if self._ended:
            cell.outputs = [_error(NOT_EXECUTED, self._ended)]
            return cell, resources
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self._end(cell, "DeadKernelError", f"the kernel died in cell {index + 1}, or was told to exit before it")
        except CellTimeoutError:
            self._end(cell, "CellTimeoutError", f"cell {index + 1} could not be stopped after {self.timeout} seconds")
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


def ensure_hidden_packs(assignment: str, **_: object) -> None:
    """Build the hidden packs of an assignment that has none yet, or whose exercises have changed since.

    An assignment that is none of our units needs none. Raises SystemExit when building fails: nbgrader goes on after any
    other error of a hook, and every answer would score 0.
    """
    from autograder.exercises import units
    from autograder.packing import refresh_hidden_packs

    for unit in fnmatch.filter(units(), assignment):
        try:
            refresh_hidden_packs(unit)
        except Exception as error:
            raise SystemExit(
                f"the hidden probes of {unit} could not be made, so nothing was graded: {error}"
            ) from error
