"""Executing as `autograder grade` does: forked from a warm process, in a sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from nbformat.notebooknode import NotebookNode, from_dict
from nbgrader.preprocessors import Execute

from autograder.authoring.cells import code_cells
from autograder.course import HIDDEN_PACKS
from autograder.engine.attempts import Run, run_and_judge
from autograder.engine.command import unit_lesson, unit_ready, unit_slicer
from autograder.engine.coordinator import Packs
from autograder.engine.judge import steps
from autograder.engine.record.ledger import clear_shown
from autograder.engine.run import sandbox
from autograder.engine.run.runner import WarmParent
from autograder.engine.run.sandbox import Limits
from autograder.engine.submitted.beside import read_beside
from autograder.engine.submitted.repair import Lesson
from autograder.engine.submitted.sliced import Slicer
from autograder.plugins.remarks import remark


class ExecuteWarm(Execute):
    """Executes a notebook as `autograder grade` does: forked from a warm process, in a sandbox, judged outside it.

    Of the lesson's own cells only those run that answers need. For `nbgrader autograde` itself: quicker than a new kernel
    for each notebook, and safe with a stranger's code. Where this machine has no sandbox, limits on time and memory are
    what is left; `autograder doctor` tells.
    """

    #: By unit, for as long as nbgrader runs.
    _ready: ClassVar[dict[str, tuple[WarmParent, Packs, Lesson, Slicer]]] = {}
    run: Run | None = None  # by whom a notebook is run, in a process other than the one that holds the warm one

    @classmethod
    def ready(cls, unit: str) -> tuple[WarmParent, Packs, Lesson, Slicer]:
        """The unit's warm process, its hidden packs, its own notebook and slicer, the same as long as nbgrader runs."""
        if unit not in cls._ready:
            parent = WarmParent(unit_ready(unit), sandboxed=not sandbox.missing())
            cls._ready[unit] = parent, Packs.load(HIDDEN_PACKS / unit), unit_lesson(unit), unit_slicer(unit)
        return cls._ready[unit]

    def preprocess(self, nb: NotebookNode, resources: dict, **options: Any) -> tuple[NotebookNode, dict]:
        """Execute the notebook and write the verdicts into its test cells."""
        parent, packs, lesson, slicer = self.ready(resources["nbgrader"]["assignment"])
        folder = Path(resources.get("metadata", {}).get("path") or ".")
        files, _ = read_beside(folder, f"{resources['nbgrader']['notebook']}.ipynb")
        limits = Limits(cell_seconds=float(self.timeout or Limits.cell_seconds))
        _, judgement = run_and_judge(nb, packs, lesson, limits, files, self.run or parent.run, slicer=slicer)
        for words in [*judgement.remarks, *steps.remarks()]:
            remark(nb, words)
        if not steps.begin(steps.WRITE):
            clear_shown(nb)
        for cell in code_cells(nb):
            cell.outputs = [from_dict(output) for output in cell.outputs]
        return nb, resources
