"""Banks: the questions that learners practise with, as packs that come with the course.

An exercise's practice (unit_NN_slug/practice.py) draws calls whose value one can work out in the head; the oracle says what they
give, and the mistakes what they would. The draw has a seed of its own, the same in every course, so that banks can be committed.
They must say nothing about hidden probes: the build refuses a practice that draws what hidden probes are drawn from, and on
whatever machine hidden packs are made, a call that is in a bank is left out of them (`packing.make_hidden_pack`).
"""

from __future__ import annotations

from pathlib import Path

from autograder.authoring.lesson import BadLesson, Lesson, called_id
from autograder.authoring.packing import as_call, describe_probe, make_pack
from autograder.common.keep import keeping
from autograder.course import ROOT
from autograder.exercise import BadExercise, Exercise, Probe, hidden_probes, practice_probes
from autograder.exercises import load_exercises, unit_folder
from course_utils.compare import same
from course_utils.packs import write_pack
from course_utils.recall import catalogue
from course_utils.words import MAX_LENGTH, write_call, write_value

#: Courses that do not exist: what their hidden probes would be, no bank may hold.
SECRETS = ("one course", "another course", "a third course")
FEWEST, MOST = 8, 40  # questions
#: Characters of a value that one can type, and so predict.
LONGEST = 80


def build_banks(unit: str, folder: Path = catalogue.BANKS) -> list[Path]:
    """Write the banks of a unit; remove those of exercises that have none. Raises BadExercise. Returns the paths."""
    with keeping((folder / unit).glob("*.json"), ROOT):
        exercises = [exercise for exercise in load_exercises(unit).values() if exercise.practice]
        written = [write_pack(make_bank(exercise), folder, indent=None) for exercise in exercises]
        for stale in set((folder / unit).glob("*.json")) - set(written):
            stale.unlink()
    return written


def check_practice(lesson: Lesson, exercises: dict[str, Exercise]) -> None:
    """Hold a lesson's cells with `practice("id")` against the exercises: each that has a practice has one, no other. Raises BadLesson."""
    asked: dict[str, int] = {}
    for cell in lesson.cells:
        id = called_id(cell.source, "practice") if cell.kind == "code" else None
        if id is None:
            continue
        if id in asked:
            raise BadLesson(lesson.path, cell.line, f"practice({id!r}) stands twice, first in line {asked[id]}")
        if id not in exercises or not exercises[id].practice:
            known = ", ".join(id for id, exercise in exercises.items() if exercise.practice) or "none"
            words = f"there is no practice for {id!r}; unit {lesson.unit} declares it for: {known}"
            raise BadLesson(lesson.path, cell.line, words)
        asked[id] = cell.line
    for id, exercise in exercises.items():
        if exercise.practice and id not in asked:
            raise BadLesson(lesson.path, 1, f'exercise {id!r} has a practice, and no cell that calls practice("{id}")')


def make_bank(exercise: Exercise) -> dict:
    """The bank of an exercise. Raises BadExercise for a practice with a question that does not belong there."""
    place = f"{unit_folder(exercise.unit)}/practice.py:1: {exercise.id}"
    probes = bank_probes(exercise)
    if not FEWEST <= len(probes) <= MOST:
        raise BadExercise(f"{place}: it has {len(probes)} different questions; a bank has {FEWEST} to {MOST}")
    require_apart(exercise, probes, place)
    pack = make_pack(exercise, probes)
    for probe, expected in zip(pack["probes"], pack["expected"], strict=True):
        told = write_value(expected["value"]) if expected.get("outcome") == "returned" else "an error"
        if "expect" in expected or len(told) > LONGEST or len(write_call("", probe)) > MAX_LENGTH:
            raise BadExercise(f"{place}: nobody can predict what {write_call(exercise.id, probe)} gives in a line")
    mistakes = [_told(one, pack["expected"]) for one in pack["mistakes"] if one["observations"]]
    wrong = [one for one in mistakes if any(seen["outcome"] != "skipped" for seen in one["observations"])]
    return {**pack, "rules": [], "mistakes": wrong}


def bank_probes(exercise: Exercise) -> list[Probe]:
    """The different calls that an exercise's practice draws."""
    return list({as_call(exercise, probe): probe for probe in practice_probes(exercise)}.values())


def require_apart(exercise: Exercise, probes: list[Probe], place: str) -> None:
    """Raise BadExercise, naming the call, where a question is an example, or a hidden probe of one of SECRETS."""
    asked = {as_call(exercise, probe): probe for probe in probes}
    examples = {as_call(exercise, probe) for probe in exercise.examples}
    hidden = {as_call(exercise, probe) for secret in SECRETS for probe in hidden_probes(exercise, secret)}
    for which, known in (("an example", examples), ("what a hidden probe may be", hidden)):
        if common := sorted(set(asked) & known):
            call = write_call(exercise.id, describe_probe(asked[common[0]]))
            raise BadExercise(f"{place}: {call} is {which}; {len(common)} of {len(probes)} questions are. Draw others")


def _told(mistake: dict, expected: list[dict]) -> dict:
    """A mistake without what it gives where that is right: there it explains nothing."""
    pairs = zip(mistake["observations"], expected, strict=True)
    return {**mistake, "observations": [{"outcome": "skipped"} if _agree(a, b) else a for a, b in pairs]}


def _agree(a: dict, b: dict) -> bool:
    """Whether two observations are the same to who predicts a value."""
    if a["outcome"] != b["outcome"]:
        return False
    return (
        a["error"] == b["error"]
        if a["outcome"] == "raised"
        else a["outcome"] != "returned" or same(a["value"], b["value"])
    )
