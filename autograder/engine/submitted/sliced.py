"""What of a submission is executed where only what answers need is run, and what is shown in the place of the rest.

A cell that is not run keeps its place, empty: numbers of cells stay what they are. It shows what it shows in the lesson,
marked as not run again.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.authoring.cells import cells_to_slice, code_cells
from autograder.engine.submitted.repair import Lesson
from autograder.slicing.facts import TRACED, Facts
from autograder.slicing.needed import Cell, Slice, needed
from course_utils import files

#: A change of this number runs every submission that was run in part again: it stands for how cells are chosen.
RULES = 1
NOT_RUN = "shown as in the lesson; not run again"
#: Files beside a notebook that no cell imports or reads.
_HARMLESS = {"timestamp.txt", "progress.json"}


@dataclass(frozen=True)
class Slicer:
    """A unit's own notebook, and what was traced of it: says of a submission which cells are run."""

    cells: tuple[Cell, ...] = ()
    facts: Facts | None = None
    setup: str = ""
    outputs: tuple[list[dict], ...] = field(default=(), repr=False)  # what each cell of the lesson shows
    _cleaned: dict[int, list[dict]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def of(cls, unit: str, notebook: dict, folder: Path = TRACED) -> Slicer:
        """From a unit's solution notebook; what was traced of it lies in `folder`."""
        cells = tuple(cells_to_slice(notebook))
        facts = Facts.load(unit, [cell.source for cell in cells], folder)
        outputs = tuple(list(map(_joined, cell.get("outputs", []))) for cell in code_cells(notebook))
        return cls(cells, facts, Lesson.of(notebook).setup, outputs)

    def digest(self) -> str:
        """A digest of all that decides which cells are run."""
        traced = [cell.facts() for cell in self.facts.cells] if self.facts else None
        return files.digest(json.dumps([[cell.source for cell in self.cells], traced, self.setup, RULES]).encode())

    def slice_of(self, notebook: dict, names: Sequence[str] = ()) -> Slice:
        """Which cells of a restored notebook are run; `names` are those of the files beside it."""
        cells = cells_to_slice(notebook)
        beside = sorted(set(names) - _HARMLESS)
        if beside:
            why = f"files lie beside it ({beside[0]}), which cells may import or read"
            return Slice(dict.fromkeys(range(len(cells)), why), {}, why)
        return needed(cells, self.cells, self.facts, self.setup)

    def shown(self, found: Slice, clean: Callable[[dict], dict | None]) -> dict[int, list[dict]]:
        """Place of each cell that is not run -> what it shows: a mark, and the lesson's own outputs, as `clean` makes them.

        A class is shown the same: each is cleaned once.
        """
        mark = {"output_type": "stream", "name": "stdout", "text": f"({NOT_RUN})\n"}
        for number in set(found.skipped.values()) - self._cleaned.keys():
            self._cleaned[number] = [made for output in self.outputs[number] if (made := clean(output))]
        return {place: [dict(mark), *copy.deepcopy(self._cleaned[number])] for place, number in found.skipped.items()}


def without_skipped(sources: list[str], found: Slice) -> list[str]:
    """The sources of code cells, empty where a cell is not run."""
    return ["" if place in found.skipped else source for place, source in enumerate(sources)]


def _joined(output: dict) -> dict:
    """An output as a file holds it, its texts whole: files also hold them as lists of lines."""

    def whole(value: Any) -> Any:
        return "".join(value) if isinstance(value, list) and all(isinstance(line, str) for line in value) else value

    kept = {key: whole(value) for key, value in output.items() if key != "traceback"}
    if "data" in output:
        kept["data"] = {kind: whole(value) for kind, value in output["data"].items()}
    return kept | ({"traceback": output["traceback"]} if "traceback" in output else {})
