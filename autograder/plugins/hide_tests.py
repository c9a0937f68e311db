"""Feedback without the hidden tests."""

from __future__ import annotations

from nbformat.notebooknode import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearHiddenTests
from traitlets import List


class HideTests(ClearHiddenTests):
    """Takes out of a graded notebook what a learner must not read: the hidden tests, and tracebacks that quote them."""

    #: nbconvert offers it to every part, and warns where it is unknown.
    display_data_priority: List[str] = List([]).tag(config=True)

    def preprocess_cell(self, cell: NotebookNode, resources: dict, cell_index: int) -> tuple[NotebookNode, dict]:
        """Clear one cell; a learner's own cell, whatever it says, is left alone."""
        if not utils.is_grade(cell):
            return cell, resources
        for output in cell.get("outputs", ()):
            if output.output_type == "error" and any("\n" in line or "-->" in line for line in output.traceback):
                output.traceback = [f"{output.ename}: {output.evalue}".rstrip(": ")]
        return super().preprocess_cell(cell, resources, cell_index)
