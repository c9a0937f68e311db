"""Grades for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable

from autograder.common.words import number
from autograder.term.export.exporter import Exporter
from autograder.term.export.grades import total
from course_utils.refused import Refused


class CsvExporter(Exporter):
    """A row for each learner, a column for each unit, the total and what is not final: for a spreadsheet."""

    encoding = "utf-8-sig"  # with the mark by which spreadsheets know UTF-8

    def rows(self) -> Iterable[list[str]]:
        """As Exporter."""
        if self.table:
            raise Refused("a roster is for the files of an LMS; this table is of the gradebook's learners")
        most = {unit: next(iter(self.learners)).grades[unit].most for unit in self.units} if self.learners else {}
        columns = [f"{unit} (of {number(most[unit])})" for unit in most]
        after = ["total", "of", "percent", "dropped", "remarks"]
        yield ["student_id", "last_name", "first_name", "email", *columns, *after]
        for learner in self.learners:
            grades = list(learner.grades.values())
            summed = total(grades, self.drop_lowest)
            scores = ["" if grade.score is None else number(grade.score) for grade in grades]
            remarks = "; ".join(f"{grade.unit.partition('_')[0]}: {grade.words()}" for grade in grades if grade.words())
            who = (learner.id, learner.last, learner.first, learner.email)
            sums = [number(summed.points), number(summed.most), number(summed.percent)]
            yield [*who, *scores, *sums, " ".join(unit.partition("_")[0] for unit in summed.dropped), remarks]
