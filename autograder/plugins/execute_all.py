"""Executing in a kernel of its own, where there is no sandbox to fork into: no cell keeps the others from being graded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.notebooknode import NotebookNode, from_dict
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute

from autograder.authoring.cells import code_cells, exercise_of
from autograder.cleaning import Room
from autograder.engine.judge import judging
from autograder.engine.judge.output_room import OutputRoom
from autograder.engine.submitted.repair import guarded_test
from autograder.judged import MIME, NO_ANSWER, NOT_EXECUTED, Judged, example_in, handed_on, keep_in
from autograder.limits import MAX_JUDGED_OUTPUTS, MAX_JUDGED_TEXT, MAX_NOTEBOOK_STEPS, MAX_OUTPUTS
from autograder.plugins.remarks import remark

#: The error's name in a cell that was not executed, because an earlier one ended its kernel.
UNREACHED = "NotExecuted"


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
        room, kept = Room(MAX_NOTEBOOK_STEPS), OutputRoom()
        for cell in code_cells(nb):
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

    displayed = [output for output in cell.outputs if not gives_points(output)][:MAX_OUTPUTS]
    judged = [output for output in cell.outputs if gives_points(output)][-MAX_JUDGED_OUTPUTS:]
    cleaned = (judging.clean_output(output, room) for output in displayed)
    return [*kept.keep(filter(None, cleaned)), *filter(None, (judging.clean_output(one, room) for one in judged))]


def keep_what_was_judged(cell: NotebookNode) -> None:
    """Leave in a test cell's metadata how its exercise was judged in the kernel, or why it was not."""
    id = exercise_of(cell)
    if id is None:
        return
    most = cell.metadata.nbgrader.get("points", 0.0)
    found = Judged.of(handed_on(cell.outputs, MIME), id)
    if found is None:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        status = NOT_EXECUTED if any(error.ename == UNREACHED for error in errors) else NO_ANSWER
        words = [error.evalue if status == NOT_EXECUTED else f"{error.ename}: {error.evalue}" for error in errors]
        found = Judged(id, 0.0, most, status, why="".join(words[:1])[:MAX_JUDGED_TEXT])
    keep_in(cell, replace(found, example=example_in(cell.outputs)))


def _error(name: str, words: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=words, traceback=[f"{name}: {words}"])
