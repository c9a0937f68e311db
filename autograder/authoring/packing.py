"""Make packs: run an exercise's oracle and mistakes over its probes and keep what they give, as data."""

from __future__ import annotations

import ast
import hashlib
import inspect
import json
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path

import autograder.exercises
import course_utils
from autograder.common.keep import keeping
from autograder.course import HIDDEN_PACKS, ROOT, course_secret
from autograder.exercise import BadExercise, Exercise, Mistake, Probe, hidden_probes, practice_probes
from autograder.exercises import load_exercises, unit_sources
from autograder.limits import ANSWER_SECONDS, MISTAKE_SECONDS
from course_utils import files, signs
from course_utils.describe import encode
from course_utils.messages import kind_of
from course_utils.observe import observe
from course_utils.packs import EXAMPLES, write_pack
from course_utils.values import describe_argument

Track = Callable[[list[Exercise]], Iterable[Exercise]]


def make_pack(exercise: Exercise, probes: list[Probe]) -> dict:
    """The pack of `exercise` for these probes. Raises BadExercise when the oracle itself fails on one."""
    pack = {
        "id": exercise.id,
        "unit": exercise.unit,
        "points": exercise.points,
        "objective": exercise.objective,
        "settings": exercise.settings,
        "rules": exercise.rules,
        "parameters": _parameters(exercise),
        "probes": [describe_probe(probe) for probe in probes],
    }
    if unneeded := _unneeded(exercise):
        pack["unneeded"] = unneeded
    if not probes:
        raise BadExercise(f"{exercise.place}: it has no probes")
    pack["expected"] = _expected(exercise, pack, probes)
    pack["mistakes"] = [_pack_mistake(m, pack) for m in exercise.mistakes]
    return pack


def describe_probe(probe: Probe) -> dict:
    """A probe as data: its arguments, and what is asked about a model."""
    return {
        "args": [describe_argument(arg) for arg in probe.args],
        "kwargs": {name: describe_argument(arg) for name, arg in probe.kwargs.items()},
        **({"ask": probe.ask} if probe.ask else {}),
    }


def make_visible_pack(exercise: Exercise) -> dict:
    """The pack that learners get."""
    return make_pack(exercise, exercise.examples)


def make_hidden_pack(exercise: Exercise) -> dict:
    """The pack that only the grader sees: visible examples and the probes drawn from the course's secret.

    What is drawn and happens to be an example, or a question of its practice, is left out: it would give points to who knows
    these by heart.
    """
    shown = {as_call(exercise, probe) for probe in [*exercise.examples, *practice_probes(exercise)]}
    drawn = [probe for probe in hidden_probes(exercise, course_secret()) if as_call(exercise, probe) not in shown]
    return {**make_pack(exercise, [*exercise.examples, *drawn]), "shown": len(exercise.examples)}


def as_call(exercise: Exercise, probe: Probe) -> str:
    """A text that two probes of an exercise share if they are the same call, however its arguments are written."""
    if exercise.oracle is not None and not probe.ask:
        bound = inspect.signature(exercise.oracle).bind(*probe.args, **probe.kwargs)
        bound.apply_defaults()
        probe = Probe(bound.args, bound.kwargs)
    return json.dumps(encode(describe_probe(probe)), sort_keys=True)


def build_visible_packs(unit: str, folder: Path = EXAMPLES) -> list[Path]:
    """Write the unit's visible packs; remove those of exercises that are no more. Returns the paths."""
    with keeping((folder / unit).glob("*.json"), ROOT):
        written = [write_pack(make_visible_pack(exercise), folder) for exercise in load_exercises(unit).values()]
        for stale in set((folder / unit).glob("*.json")) - set(written):
            stale.unlink()
    return written


def build_hidden_packs(unit: str, folder: Path = HIDDEN_PACKS, track: Track = list) -> list[Path]:
    """Write the unit's hidden packs on this machine; they are never committed. Returns the paths.

    `track` gives the exercises again, one by one, and may show how far this is.
    """
    exercises = track(list(load_exercises(unit).values()))
    return [write_pack(make_hidden_pack(exercise), folder) for exercise in exercises]


def hidden_packs_are_current(unit: str, folder: Path = HIDDEN_PACKS) -> bool:
    """Whether the unit's hidden packs on this machine were made from its present exercises and the present secret."""
    stamp = _stamp_path(unit, folder)
    return stamp.exists() and stamp.read_text() == _fingerprint(unit)


def refresh_hidden_packs(unit: str, folder: Path = HIDDEN_PACKS, track: Track = list) -> list[Path]:
    """Build the unit's hidden packs unless they are current. Returns the paths written."""
    if hidden_packs_are_current(unit, folder):
        return []
    written = build_hidden_packs(unit, folder, track)
    for stale in set((folder / unit).glob("*.json")) - set(written):
        stale.unlink()
    files.write(_stamp_path(unit, folder), _fingerprint(unit).encode())
    return written


def _stamp_path(unit: str, folder: Path) -> Path:
    return folder / unit / "made_from.sha256"


def _fingerprint(unit: str) -> str:
    """A digest of all that hidden packs are made from: the exercises, the code that packs them, the data, and the secret."""
    package = Path(autograder.exercises.__file__).parents[1]
    helper = Path(course_utils.__file__).parent
    declared = unit_sources(unit)
    sources = [
        *declared,
        *(package / name for name in ("exercise.py", "declaring.py", "authoring/packing.py")),
        *(
            helper / name
            for name in (
                *("describe.py", "limits.py", "kinds.py", "messages.py", "observe.py", "surroundings.py", "expect.py"),
                "signs.py",
                *("models.py", "pictures.py", "values.py"),
            )
        ),
    ]
    digest = hashlib.sha256(course_secret().encode())
    for source in sources:
        digest.update(source.read_bytes())
    digest.update(repr(_data_of([source.read_text(encoding="utf-8") for source in declared])).encode())
    return digest.hexdigest()


def _data_of(sources: list[str]) -> dict[str, dict]:
    """What files stand for each data set that exercises read: what is right on a substitute may be wrong on the original."""
    from autograder.authoring.data_sets import data_sets_of
    from course_utils.data import on_disk

    return {name: on_disk.files_of(name) for name in data_sets_of(sources, [])}


def _parameters(exercise: Exercise) -> list[str]:
    """The names of an answer's parameters: the oracle's, or a right answer's where expectations stand in for an oracle."""
    called = exercise.oracle
    if called is None and exercise.settings["kind"] == "function":
        called = next(iter(exercise.right_answers.values()), None)
    return list(inspect.signature(called).parameters) if called else []


def _unneeded(exercise: Exercise) -> list[str]:
    """The parameters that some right answer never reads: not to use them is no sign of a mistake."""
    unread: set[str] = set()
    for answer in exercise.right_answers.values():
        try:
            tree = ast.parse(textwrap.dedent(inspect.getsource(answer)))
        except (OSError, TypeError, SyntaxError):
            continue
        unread.update(*(signs.unread(node) for node in tree.body if isinstance(node, ast.FunctionDef)))
    return sorted(unread)


def _expected(exercise: Exercise, pack: dict, probes: list[Probe]) -> list[dict]:
    if all(probe.expect for probe in probes):
        return [{"expect": probe.expect} for probe in probes]
    if exercise.oracle is None:
        raise BadExercise(f"{exercise.place}: it has neither an oracle nor an expectation for every probe")
    asked = [packed for packed, probe in zip(pack["probes"], probes, strict=True) if not probe.expect]
    plain = {**pack["settings"], "kind": "function"}  # an oracle is a function, whatever an answer is
    answered = observe(exercise.oracle, _patient({**pack, "probes": asked, "settings": plain, "rules": []}, 60.0))
    _require_answers(exercise, asked, answered)
    told = iter(answered)
    return [{"expect": probe.expect} if probe.expect else _trim(next(told)) for probe in probes]


def _require_answers(exercise: Exercise, probes: list[dict], answered: list[dict]) -> None:
    """Raise BadExercise, naming the call, where the oracle itself gives nothing to compare with, or does what it should not."""
    for probe, seen in zip(probes, answered, strict=True):
        problem = {"timed out": "does not come back", "skipped": "was not tried"}.get(seen["outcome"], "")
        if seen["outcome"] == "raised" and seen["error"]["types"][0] != "ValueError":
            problem = f"raises {seen['error']['types'][0]}: {seen['error']['message']}"
        if seen["outcome"] == "returned" and seen["value"]["type"] == "object":
            problem = f"returns {seen['value']['text']}, which is not plain data"
        if seen.get("mutated"):
            problem = f"changes its argument `{seen['mutated'][0]}` (let it work on a copy: answers might do the same)"
        if problem:
            from course_utils.words import write_call

            raise BadExercise(f"{exercise.place}: the oracle {problem} on {write_call(exercise.id, probe)}")


def _pack_mistake(mistake: Mistake, pack: dict) -> dict:
    described = {"name": mistake.name, "hint": mistake.hint, "symptom": mistake.symptom}
    if mistake.symptom:
        return {**described, "observations": []}
    observations = observe_patiently(mistake.answer, {**pack, "rules": []})
    return {**described, "observations": [_trim(seen) for seen in observations]}


def observe_patiently(answer: Callable, pack: dict) -> list[dict]:
    """Observe with the time that `patience` gives: for answers of ours that are known to be quick or to hang."""
    return observe(answer, _patient(pack, patience(pack)))


def patience(pack: dict) -> float:
    """Seconds that a wrong answer of ours is waited for on each probe.

    Little, where an answer is quick: some never end on purpose. Whole where an exercise asks for more time than is usual: it
    has Keras build, trace or train something, and there a wrong answer takes as long as a right one.
    """
    limit = pack["settings"]["time_limit"]
    return limit if limit > ANSWER_SECONDS or any("ask" in probe for probe in pack["probes"]) else MISTAKE_SECONDS


def _patient(pack: dict, seconds: float) -> dict:
    return {**pack, "settings": {**pack["settings"], "time_limit": seconds}}


def _trim(seen: dict) -> dict:
    """An observation without what differs from machine to machine or would show a learner our code."""
    kept = {key: value for key, value in seen.items() if key not in ("warnings", "seconds")}
    if "error" in kept:
        kept["error"] = {"types": kept["error"]["types"], "message": "", "kind": kind_of(kept["error"])}
    return kept
