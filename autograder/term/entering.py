"""Whether nbgrader knows a unit yet: who grades must have entered it, and who collects or sets a date need not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sql

if TYPE_CHECKING:
    from autograder.engine.record.gradebook import Gradebook


def entered(gradebook: Gradebook) -> set[str]:
    """The units that `nbgrader generate_assignment` has entered in the gradebook; a due date alone enters none."""
    from nbgrader.api import Assignment, Notebook

    query = sql.select(Assignment.name).join(Notebook, Notebook.assignment_id == Assignment.id)
    return set(gradebook.db.execute(query).scalars())


def how_to_grade(unit: str, is_entered: bool) -> str:
    """The commands that grade a unit, from where it stands."""
    first = "" if is_entered else f"nbgrader generate_assignment {unit} --force, then "
    return f"{first}autograder grade {unit.partition('_')[0]}"
