"""What a unit must keep, for `autograder lint`, for the build, and for the tests: every rule once, and all that is wrong at once.

A rule takes a `Unit` and yields what is wrong, each a refusal that names the file, the line and the remedy. None of them imports
TensorFlow, and all of a unit's take about a second: an author who has to wait does not ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from autograder.authoring.lesson import lesson_units
from autograder.authoring.rules import anatomy, declarations, links, tasks, terms, written
from autograder.authoring.rules.unit import Unit
from autograder.exercises import units as units_with_exercises
from course_utils.refused import Refused

Rule = Callable[[Unit], Iterator[Refused]]

#: The rules that are looked at only where those before found nothing: what they read would be no lesson, or no exercise.
FIRST: tuple[Rule, ...] = (written.reads, written.is_declared, written.is_entered)
RULES: tuple[Rule, ...] = (
    *(written.matches, written.asks, written.is_python),
    *(anatomy.headings_step, anatomy.has_sections, anatomy.sets_goals, anatomy.begins_once, anatomy.is_short),
    *(
        anatomy.is_wrapped,
        anatomy.folds_are_closed,
        anatomy.folds_are_html,
        anatomy.minutes_add_up,
        anatomy.minutes_leave_room,
        anatomy.has_words,
    ),
    *(tasks.has_help, tasks.has_docstring, tasks.test_is_alone, tasks.rules_are_said, tasks.examples_are_true),
    *(terms.are_told, terms.are_introduced, terms.have_places, terms.are_listed, terms.come_in_order),
    links.lead_somewhere,
    *(declarations.have_files, declarations.are_short, declarations.draw_by_rng, declarations.mean_the_same),
    *(declarations.can_be_seen, declarations.are_kept_by_the_lesson),
)


def problems(name: str) -> list[Refused]:
    """All that is wrong with a unit, in the order of the rules; [] where nothing is."""
    unit = Unit(name)
    first = [problem for rule in FIRST for problem in rule(unit)]
    if (
        not first and unit.lesson.imported
    ):  # it is as it was in its own course: house rules are for what is written here
        first = list(written.matches(unit))
        return list({str(problem): problem for problem in first}.values())
    found = first or [problem for rule in RULES for problem in rule(unit)]
    return list({str(problem): problem for problem in found}.values())


def require_none(name: str) -> None:
    """Raise Refused with all that is wrong with a unit, a line each."""
    if found := problems(name):
        raise Several(found)


class Several(Refused):
    """Several things were refused at once: a line for each."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.args[0]))


def all_units() -> list[str]:
    """The units that have a lesson or exercises, in order."""
    return sorted({*lesson_units(), *units_with_exercises()})


def find_units(asked: Iterable[str]) -> list[str]:
    """The units that these names or beginnings of names mean; all where none is asked for. Raises Refused."""
    known, found = all_units(), []
    for text in asked:
        meant = [unit for unit in known if unit == text] or [unit for unit in known if unit.startswith(text)]
        if len(meant) != 1:
            raise Refused(f"{'several units' if meant else 'no unit'} called {text!r}; there are: {', '.join(known)}")
        found += meant
    return found or known
