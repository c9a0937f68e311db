"""Rules of how exercises are declared: a file each, short, hidden probes from the course's secret alone, rules that can be seen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from autograder.authoring.functions import lesson_functions
from autograder.authoring.light import TooHeavy, without_heavy_libraries
from autograder.authoring.packing import describe_probe
from autograder.authoring.rules.called import why_not
from autograder.authoring.rules.unit import Unit
from autograder.declaring import BadExercise, shown
from autograder.exercise import OTHER_LIBRARIES, Exercise
from autograder.exercises import unit_folder
from autograder.limits import MISTAKE_SECONDS
from course_utils.observe import observe
from course_utils.refused import Refused
from course_utils.watch import broken_rule

MOST_LINES = 250  # of a file of a unit's folder
DEEPEST_QUESTION = 70  # the line of a file by which the exercise's class begins
EXAMPLES_TRIED = 3  # on which the lesson's own solution is watched


def have_files(unit: Unit) -> Iterator[Refused]:
    """An exercise has a file of its name, and one in right_answers/."""
    if not unit.exercises:
        return
    folder = unit_folder(unit.name)
    beside = {path.stem for path in (folder / "right_answers").glob("*.py")} - {"__init__"}
    if not (folder / "shared.py").exists():
        yield BadExercise(
            f"{shown(folder / 'shared.py')}:1: there is no such file; it holds what several exercises use: their objectives"
        )
    for id in unit.exercises:
        if id not in beside:
            words = "there is no such file; every function in it whose name does not begin with _ is a right answer"
            yield BadExercise(f"{shown(folder / 'right_answers' / id)}.py:1: {words}")
    for name in sorted(beside - set(unit.exercises)):
        words = f"no exercise is called {name!r}; rename the file, or remove it"
        yield BadExercise(f"{shown(folder / 'right_answers' / name)}.py:1: {words}")


def are_short(unit: Unit) -> Iterator[Refused]:
    """A file is read at a glance, and the question comes first."""
    for path in sorted(unit_folder(unit.name).rglob("*.py")):
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES:
            words = f"{count} lines; a file has at most {MOST_LINES}. What several exercises use may go into shared.py"
            yield BadExercise(f"{shown(path)}:{MOST_LINES}: {words}")
    for one in unit.exercises.values():
        if one.line > DEEPEST_QUESTION:
            words = f"the class begins after line {DEEPEST_QUESTION}; the question comes first, what only functions call stands below it"
            yield BadExercise(f"{one.place}: {words}")


def draw_by_rng(unit: Unit) -> Iterator[Refused]:
    """`hidden` draws from the generator that it is given, and so from the course's secret: nothing else is the same in each grading."""
    for one in unit.exercises.values():
        tree = ast.parse(Path(one.file).read_text(encoding="utf-8"))
        for hidden in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "hidden"):
            for node in ast.walk(hidden):
                if isinstance(node, ast.Call) and (name := _draws(ast.unparse(node.func), node)):
                    words = f"`hidden` draws by {name}, another draw each time, or the same in every course; write {_by_rng(name)}"
                    yield BadExercise(f"{shown(one.file)}:{node.lineno}: {one.id}: {words}")


def _draws(name: str, call: ast.Call) -> str:
    """The name of what a call draws by, besides rng; "" where it draws nothing, or from a seed that rng may have given."""
    seeded = name.endswith("default_rng") or name.endswith(".RandomState") or name == "random.Random"
    if seeded:
        fixed = not call.args or all(isinstance(one, ast.Constant) for one in call.args)
        return name if fixed else ""
    return (
        name
        if name.startswith(("np.random.", "numpy.random.", "random.", "tf.random.", "keras.random.", "secrets."))
        else ""
    )


def _by_rng(name: str) -> str:
    new = {"rand": "random", "randn": "normal", "randint": "integers", "random_sample": "random", "uniform": "uniform"}
    last = name.rpartition(".")[2]
    return (
        f"rng.{new.get(last, last)}(...)"
        if not last[:1].isupper() and last not in ("default_rng", "seed")
        else "rng itself"
    )


def mean_the_same(unit: Unit) -> Iterator[Refused]:
    """ "No other library" means the same in every unit."""
    for one in unit.exercises.values():
        for rule in one.rules:
            if "no other library" in rule.get("said", "") and (left := set(OTHER_LIBRARIES) - set(rule["names"])):
                words = f"says {rule['said']!r} and leaves out {', '.join(sorted(left))}; write forbid_calls(*OTHER_LIBRARIES, ...)"
                yield BadExercise(f"{one.place}: a rule {words}")


def can_be_seen(unit: Unit) -> Iterator[Refused]:
    """What forbid_calls names is what can be seen when it is called."""
    defined = {
        node.name
        for cell in unit.code
        for node in _statements(cell.source)
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for one in unit.exercises.values():
        for rule in one.rules:
            for name in rule.get("names", ()):
                if words := why_not(name, defined):
                    yield BadExercise(f"{one.place}: forbid_calls({name!r}): {words}")


def _statements(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except SyntaxError:
        return []


def are_kept_by_the_lesson(unit: Unit) -> Iterator[Refused]:
    """The lesson's own solution keeps the rules of its exercise; where that takes TensorFlow, the build looks."""
    ruled = [one for one in unit.exercises.values() if one.rules and one.settings["kind"] == "function"]
    if not ruled:
        return
    with without_heavy_libraries():
        try:
            functions = lesson_functions(unit.lesson, light=True)
        except (Refused, TooHeavy):  # `tasks.examples_are_true` says so
            return
        for one in ruled:
            if one.id in functions and (words := _broken(one, functions[one.id])):
                cell = unit.lesson.cell_of(one.id, "solution")
                line = cell.line if cell else 1
                yield unit.wrong(line, f"the lesson's own solution breaks a rule of {one.id!r} ({one.place}): {words}")


def _broken(exercise: Exercise, answer: object) -> str:
    probes = [describe_probe(probe) for probe in exercise.examples[:EXAMPLES_TRIED]]
    settings = {**exercise.settings, "time_limit": MISTAKE_SECONDS}
    asked = {"probes": probes, "settings": settings, "rules": exercise.rules, "parameters": []}
    return broken_rule(exercise.rules, observe(answer, asked))[1]
