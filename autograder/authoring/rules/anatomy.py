"""Rules of how a lesson is built, which learners rely on: its headings, goals, minutes, set-up, short cells, pictures with words."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator

from autograder.authoring.lesson import EXERCISE_HEADING, GOALS
from autograder.authoring.rules.unit import UNITS, Unit
from autograder.authoring.toml_files import line_of
from autograder.authoring.unit_list import exercises_of
from autograder.authoring.wrap import wrap_lesson
from autograder.course import COURSE
from autograder.declaring import BadExercise, shown
from course_utils.refused import Refused

SECTIONS = (GOALS, "Recap", "Further")
FEWEST_GOALS, MOST_GOALS = COURSE.rule("fewest_goals", 3), COURSE.rule("most_goals", 6)
MEDIAN_LINES, MOST_LINES, SETUP_LINES = 5, 25, 12
#: Of a section's minutes, what its exercises may take: the rest is for reading.
FOR_EXERCISES = 0.6
#: What Markdown would make code, emphasis or a link of.
_MARKUP = re.compile(r"`[^`]+`|\*\w[^*\n]*\*|\[[^\]]+\]\([^)]+\)")
_MINUTES = re.compile(r"^\| section \| minutes \|\n\|---\|---\|\n((?:\|.*(?:\n|\Z))+)", re.M | re.I)


def headings_step(unit: Unit) -> Iterator[Refused]:
    """Headings start with one title and never skip a level."""
    levels = [level for _, level, _ in unit.headings]
    if not levels or levels[0] != 1:
        line = unit.headings[0][0] if levels else 1
        yield unit.wrong(line, "no title; a lesson begins with one heading of the first level: `# Title`")
    for line, level, text in unit.headings[1:]:
        if level == 1:
            yield unit.wrong(line, f"a second title, {text!r}; only the first heading has one `#`")
    for (line, level, text), before in zip(unit.headings[1:], levels, strict=False):
        if level > before + 1:
            yield unit.wrong(line, f"the heading {text!r} skips a level: write it with {'#' * (before + 1)!r}")


def has_sections(unit: Unit) -> Iterator[Refused]:
    """The sections that every lesson has are there."""
    for section in SECTIONS:
        if not any(text.startswith(section) for _, _, text in unit.headings):
            yield unit.wrong(1, f"no section `## {section}`; every lesson has: {', '.join(SECTIONS)}")


def fewest_goals(exercises: int) -> int:
    """How many goals a unit with so many exercises has at least: with two exercises, two."""
    return min(FEWEST_GOALS, max(2, exercises))


def sets_goals(unit: Unit) -> Iterator[Refused]:
    """A lesson has a few goals; every one is assessed by an exercise, and every exercise has a goal."""
    goals, line = unit.lesson.objectives(), unit.lesson.line_of(f"## {GOALS}")
    fewest = fewest_goals(len(unit.exercises))
    if not fewest <= len(goals) <= MOST_GOALS:
        words = f"{len(goals)} goals below `## {GOALS}`, as `- words`; a unit with {len(unit.exercises)} exercises has"
        yield unit.wrong(line, f"{words} {fewest} to {MOST_GOALS}, each assessed by an exercise")
    for one in unit.exercises.values():
        if one.objective not in goals:
            words = f"its objective {one.objective!r} is none of the lesson's goals, which are: {goals}. Write the same, word for word"
            yield BadExercise(f"{one.place}: {words}")
    for goal in goals:
        if goal not in {one.objective for one in unit.exercises.values()}:
            words = f"no exercise assesses the goal {goal!r}; give one of them this `objective`, or take the goal out"
            yield unit.wrong(unit.lesson.line_of(f"- {goal}"), words)


def begins_once(unit: Unit) -> Iterator[Refused]:
    """The set-up is one short cell, the first, and starts this very unit."""
    setup = [cell for cell in unit.code if re.search(r"^start\(", cell.source, re.M)]
    if not setup or setup[0] is not unit.code[0]:
        line = setup[0].line if setup else (unit.code[0].line if unit.code else 1)
        yield unit.wrong(line, f'the first code cell is the set-up: imports, then start("{unit.name}")')
    for cell in setup[1:]:
        yield unit.wrong(cell.line, "a second cell calls start(...); only the set-up does")
    for cell in setup[:1]:
        lines = cell.source.splitlines()
        if len(lines) > SETUP_LINES:
            yield unit.wrong(cell.line, f"the set-up has {len(lines)} lines; it has at most {SETUP_LINES}")
        if f'start("{unit.name}")' not in cell.source:
            place = next(i for i, line in enumerate(lines) if line.startswith("start("))
            yield unit.wrong(cell.line + place, f'it starts another unit; write: start("{unit.name}")')


def is_short(unit: Unit) -> Iterator[Refused]:
    """Code cells are short, but those that learners write."""
    lengths = {
        cell.line: sum(not line.startswith("#") for line in cell.source.splitlines())
        for cell in unit.code
        if cell.role != "solution"
    }
    for line, count in lengths.items():
        if count > MOST_LINES:
            yield unit.wrong(line, f"a code cell of {count} lines; one has at most {MOST_LINES}: cut it in two")
    if lengths and (median := statistics.median(lengths.values())) > MEDIAN_LINES:
        longest = max(lengths, key=lambda line: lengths[line])
        words = f"half of the code cells have more than {MEDIAN_LINES} lines (the median is {median:g}); begin with this one"
        yield unit.wrong(longest, words)


def is_wrapped(unit: Unit) -> Iterator[Refused]:
    """Prose is wrapped at one width."""
    text = unit.path.read_text(encoding="utf-8")
    for number, (is_, to_be) in enumerate(zip(text.splitlines(), wrap_lesson(text).splitlines(), strict=False), 1):
        if is_ != to_be:
            yield unit.wrong(
                number, "prose is not wrapped at its width from here on; run: python -m autograder.authoring.wrap"
            )
            return


def folds_are_closed(unit: Unit) -> Iterator[Refused]:
    """What is folded has its end."""
    for cell in unit.texts:
        for tag in ("details", "summary"):
            if (opened := cell.source.count(f"<{tag}")) != (closed := cell.source.count(f"</{tag}>")):
                at = cell.line + next((i for i, line in enumerate(cell.source.splitlines()) if tag in line), 0)
                yield unit.wrong(at, f"{opened} <{tag}> and {closed} </{tag}>; each has its end in the same cell")


def folds_are_html(unit: Unit) -> Iterator[Refused]:
    """Where Markdown takes lines for HTML, up to the next blank one, nothing in them is written as Markdown."""
    from markdown_it import MarkdownIt

    parse = MarkdownIt("commonmark", {"html": True}).parse
    for cell in unit.texts:
        for token in parse(cell.source):
            if token.type == "html_block" and (found := _MARKUP.search(re.sub(r"<[^>]+>", "", token.content))):
                at = token.content[: token.content.index(found[0])].count("\n") + (token.map or [0])[0]
                words = f"{found[0]!r} stands among HTML and is shown as it is; write <code>, <em>, <a href>, or a blank line before it"
                yield unit.wrong(cell.line + at, words)


def minutes_of_sections(unit: Unit) -> dict[str, int]:
    """Section -> minutes, of the table at the lesson's beginning; {} without one."""
    table = _MINUTES.search("\n".join(cell.source for cell in unit.texts[:2]) + "\n")
    return (
        {name: int(minutes) for name, minutes in re.findall(r"^\| (.+) \| (\d+) \|$", table[1], re.M)} if table else {}
    )


def minutes_add_up(unit: Unit) -> Iterator[Refused]:
    """The minutes of the sections add up to the unit's, which its beginning and units.toml tell."""
    given, minutes = minutes_of_sections(unit), unit.entry.minutes
    if not given:
        words = "no table of minutes below the title: `| section | minutes |`, `|---|---|`, then a row a section: `| Recap | 5 |`"
        yield unit.wrong(unit.texts[0].line if unit.texts else 1, words)
        return
    place = f"{shown(UNITS)}:{line_of(UNITS, unit.name, 'minutes')}"
    if (total := sum(given.values())) != minutes:
        line = unit.lesson.line_of("|---|---|")
        yield unit.wrong(line, f"the minutes of the sections add up to {total}; {place} says {minutes}")
    if f"bout {minutes} minutes" not in " ".join(" ".join(cell.source.split()) for cell in unit.texts[:2]):
        words = f"the beginning does not say `About {minutes} minutes in all.`, which is what {place} says"
        yield unit.wrong(unit.texts[0].line, words)


def exercises_by_section(unit: Unit) -> dict[str, tuple[int, int]]:
    """Section -> its line and its exercises' minutes, without those that a person grades: there writing is all there is to do."""
    minutes = {one["id"]: 0 if one["by_hand"] else one["minutes"] for one in exercises_of(unit.lesson)}
    found: dict[str, tuple[int, int]] = {}
    section, at = "", 1
    for line, level, text in unit.headings:
        if level == 2:
            section, at = text, line
        if match := EXERCISE_HEADING.match(f"### {text}"):
            found[section] = (at, found.get(section, (at, 0))[1] + minutes[match["id"]])
    return found


def minutes_leave_room(unit: Unit) -> Iterator[Refused]:
    """Exercises leave two fifths of a section's minutes for reading."""
    given = minutes_of_sections(unit)
    for section, (line, minutes) in exercises_by_section(unit).items() if given else ():
        if section not in given:
            words = f"the section {section!r} has exercises, and no row in the table of minutes; the table has: {', '.join(given)}"
            yield unit.wrong(line, words)
        elif minutes > FOR_EXERCISES * given[section]:
            words = f"its exercises take {minutes} of the section's {given[section]} minutes; they may take {FOR_EXERCISES:.0%}"
            yield unit.wrong(line, f"{words}. Give the section {-(-minutes * 5 // 3)} minutes, and say so in the table")


def has_words(unit: Unit) -> Iterator[Refused]:
    """No picture goes out without words for who cannot see it."""
    for cell in unit.code:
        for number, line in enumerate(cell.source.splitlines(), cell.line):
            if "plt.show()" in line:
                yield unit.wrong(
                    number, 'plt.show() shows a picture without words; write: plot.show(figure, alt="...")'
                )
            elif re.search(r"\bplot\.show\(", line) and not re.search(r"\balt\s*=", cell.source):
                yield unit.wrong(
                    number, 'plot.show without words for who cannot see it; write: plot.show(figure, alt="...")'
                )
    for cell in unit.texts:
        for found in re.finditer(r"<img[^>]*>|!\[\s*\]\(", cell.source):
            if "alt=" not in found[0]:
                place = cell.line + cell.source[: found.start()].count("\n")
                yield unit.wrong(
                    place, 'an image without words; write ![what one sees](...) or <img alt="what one sees" ...>'
                )
