"""Prove the graders of a unit: they accept every right answer, reject every mistake, and give it the intended hint."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from autograder.authoring.banks import SECRETS
from autograder.authoring.functions import lesson_functions
from autograder.authoring.lesson import lesson_path, read_lesson
from autograder.authoring.packing import make_hidden_pack, make_pack, observe_patiently
from autograder.declaring import shown
from autograder.exercise import Exercise, Mistake, hidden_probes
from autograder.exercises import load_exercises
from autograder.judged import earned_points
from autograder.limits import ANSWER_SECONDS
from autograder.proof.promises import unseen_kinds
from course_utils.describe import encode
from course_utils.judge import RIGHT, Verdict, judge
from course_utils.observe import observe
from course_utils.words import write_call

LEAST_MISTAKES = 3
LEAST_RIGHT_ANSWERS = 5  # besides the lesson's own
MOST_BY_HEART = 1 / 3  # of the points, to who knows the examples by heart: some exercises have few possible results


@dataclass
class Proof:
    """What was found about one exercise: counts, and a line for each shortcoming."""

    exercise: Exercise
    accepted: int = 0
    right_answers: int = 0
    rejected: int = 0
    mistakes: int = 0
    hints: int = 0
    shortcomings: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing falls short."""
        return not self.shortcomings


def prove(unit: str, progress: Callable[[list[Exercise]], Any] = iter) -> list[Proof]:
    """Prove every exercise of a unit. `progress` may wrap the list of exercises in a bar."""
    lesson = read_lesson(lesson_path(unit))
    functions = lesson_functions(lesson)
    return [
        prove_exercise(exercise, functions.get(exercise.id))
        for exercise in progress(list(load_exercises(unit).values()))
    ]


def prove_exercise(exercise: Exercise, lessons_own: Callable | None) -> Proof:
    """Prove one exercise; `lessons_own` is the lesson's solution, where it is a function."""
    proof = Proof(exercise)
    hidden = make_hidden_pack(exercise)
    packs = {"visible": first_probes(hidden, len(exercise.examples)), "hidden": hidden}
    _prove_right_answers(proof, packs, lessons_own)
    _prove_mistakes(proof, packs)
    _prove_trifles(proof, packs["hidden"])
    _prove_rules(proof, packs["visible"])
    docstring = getattr(lessons_own, "__doc__", None) or ""
    proof.shortcomings += [
        f"a hidden probe asks for what no example and no line of the docstring shows: {kind}"
        for kind in (unseen_kinds(hidden, docstring) if lessons_own else [])
    ]
    return proof


def _broken(mistake: Mistake, pack: dict) -> str:
    """What of a mistake is our own slip and no learner's, in words; empty where nothing is."""
    if pack["settings"]["kind"] != "function" or not pack["parameters"]:
        return ""  # the oracle of a metric, or of a model, stands for its evaluation, and takes what that takes
    parameters = list(inspect.signature(mistake.answer).parameters)
    if parameters[: len(pack["parameters"])] != pack["parameters"] and not {"args", "kwargs"} & set(parameters):
        return f"takes ({', '.join(parameters)}), and the answer ({', '.join(pack['parameters'])})"
    packed = next(one for one in pack["mistakes"] if one["name"] == mistake.name)
    raised = [seen["error"]["types"][0] for seen in packed["observations"] if seen["outcome"] == "raised"]
    if raised and raised == ["NameError"] * len(packed["observations"]):
        return "raises NameError, whatever it is given"
    return ""


def first_probes(pack: dict, count: int) -> dict:
    """A pack of its first `count` probes: the visible one, without asking oracle and mistakes a second time."""
    mistakes = [{**mistake, "observations": mistake["observations"][:count]} for mistake in pack["mistakes"]]
    return {**pack, "probes": pack["probes"][:count], "expected": pack["expected"][:count], "mistakes": mistakes}


def _prove_right_answers(proof: Proof, packs: dict, lessons_own: Callable | None) -> None:
    exercise = proof.exercise
    answers = dict(exercise.right_answers)
    if exercise.settings["kind"] != "model":
        if lessons_own is None:
            proof.shortcomings.append("the lesson's solution defines no function of this name")
        else:
            answers = {"the lesson's solution": lessons_own, **answers}
    else:  # a right answer makes a stand-in for a trained model; the lesson's own is proven where it is executed
        answers = {name: make() for name, make in answers.items()}
    if len(exercise.right_answers) < LEAST_RIGHT_ANSWERS:
        proof.shortcomings.append(
            f"{len(exercise.right_answers)} right answers besides the lesson's; {LEAST_RIGHT_ANSWERS} needed"
        )
    proof.right_answers = len(answers)
    for name, answer in answers.items():
        verdicts = _verdicts(answer, packs, observe)
        wrong = {which: v for which, v in verdicts.items() if v.status != RIGHT}
        proof.accepted += not wrong
        for which, verdict in wrong.items():
            proof.shortcomings.append(
                f"right answer `{name}` is rejected on the {which} probes{_where(exercise, name)}: {_say(verdict)}"
            )


def _where(exercise: Exercise, name: str) -> str:
    """The file and the line of a right answer, in brackets; "" of the lesson's solution."""
    code = getattr(exercise.right_answers.get(name), "__code__", None)
    return f" ({shown(code.co_filename)}:{code.co_firstlineno})" if code else ""


def _prove_mistakes(proof: Proof, packs: dict) -> None:
    exercise = proof.exercise
    if len(exercise.mistakes) < LEAST_MISTAKES:
        proof.shortcomings.append(f"{len(exercise.mistakes)} mistakes; {LEAST_MISTAKES} needed")
    proof.mistakes = len(exercise.mistakes)
    for mistake in exercise.mistakes:
        answer = mistake.answer() if exercise.settings["kind"] == "model" else mistake.answer
        if broken := _broken(mistake, packs["hidden"]):
            proof.shortcomings.append(f"mistake `{mistake.name}` {broken}")
        verdicts = _verdicts(answer, packs, observe_patiently)
        accepted = [which for which, verdict in verdicts.items() if verdict.status == RIGHT]
        proof.rejected += not accepted
        if accepted:
            which, place = " and the ".join(accepted), _place_of(mistake)
            remedy = _how_to_show(exercise, answer, verdicts)
            proof.shortcomings.append(f"mistake `{mistake.name}` is accepted on the {which} probes{place}: {remedy}")
        visible = verdicts["visible"]
        if (
            visible.rule
        ):  # it may have been meant to; if not, it is written with what learners may not use, and is wrong
            seen = observe_patiently(answer, packs["visible"])
            unruled = judge({**packs["visible"], "rules": []}, seen)
            visible = visible if unruled.status == RIGHT else unruled
        intended = mistake.name in (visible.mistake, visible.guess) or visible.rule != ""
        proof.hints += intended
        if not intended and "visible" not in accepted:
            got = f"the hint of `{visible.mistake}`" if visible.mistake else "no hint"
            apart = _tells_apart(exercise, mistake.name, visible.mistake or visible.guess, packs["hidden"])
            proof.shortcomings.append(
                f"mistake `{mistake.name}` gets {got}{_place_of(mistake)}: {_say(visible)}{apart}"
            )


def _place_of(mistake: Mistake) -> str:
    """Where a mistake is declared, in brackets."""
    code = getattr(inspect.unwrap(mistake.answer), "__code__", None)
    return f" ({shown(code.co_filename)}:{code.co_firstlineno})" if code else ""


def _how_to_show(exercise: Exercise, answer: Any, verdicts: dict[str, Verdict]) -> str:
    """What to do about a mistake that is accepted: the call that shows it, found among draws of `hidden`, as an example to paste."""
    verdict = verdicts["hidden"]
    for secret in SECRETS if verdict.status == RIGHT else ():
        pack = make_pack(exercise, hidden_probes(exercise, secret))
        verdict = judge(pack, observe_patiently(answer, pack))
        if verdict.status != RIGHT:
            break
    if verdict.status == RIGHT:
        return "no draw of `hidden` shows it either; give `examples` and `hidden` a call on which it is wrong, or is it a right answer?"
    call = write_call("probe", verdict.probe) if verdict.probe else "a call of `hidden`"
    return f"it is wrong on {call}; put that, or a smaller one like it, into `examples`"


def _tells_apart(exercise: Exercise, name: str, other: str, pack: dict) -> str:
    """The hidden call on which two mistakes differ, as an example to add; "" where there is none."""
    packed = {one["name"]: one["observations"] for one in pack["mistakes"]}
    if not packed.get(name) or not packed.get(other):
        return ""
    for place in range(len(exercise.examples), len(pack["probes"])):
        one, two = (json.dumps(encode(packed[which][place]), sort_keys=True, default=str) for which in (name, other))
        if one != two:
            return (
                f". They differ on {write_call('probe', pack['probes'][place])}: such an example would tell them apart"
            )
    return ""


def _prove_rules(proof: Proof, pack: dict) -> None:
    """Each rule is seen to be broken by an answer that breaks it: by a mistake, or by the rule's own `broken_by`."""
    exercise = proof.exercise
    if pack["settings"]["kind"] != "function":
        return
    left = set(range(len(exercise.rules)))
    for mistake in exercise.mistakes if left else ():
        left -= _rules_broken(mistake.answer, pack)
    for place in sorted(left):
        rule = exercise.rules[place]
        which = f"the rule {rule['said']!r}"
        breaks = getattr(rule, "broken_by", None)
        if breaks is None:
            proof.shortcomings.append(
                f"no mistake breaks {which}: declare one that does, or give the rule broken_by=, an answer that breaks it"
            )
        elif place not in _rules_broken(breaks, _with_time(pack), observe):
            proof.shortcomings.append(
                f"{which} is passed over in silence where its `broken_by` is called: does that call what the rule names?"
            )


def _with_time(pack: dict) -> dict:
    """The pack with time to import the library that a rule forbids."""
    return {**pack, "settings": {**pack["settings"], "time_limit": 6 * ANSWER_SECONDS}}


def _rules_broken(answer: Any, pack: dict, look: Callable = observe_patiently) -> set[int]:
    """The places of the rules that an answer is seen to break on the examples."""
    return {broken["rule"] for seen in look(answer, pack) for broken in seen.get("breaks", ())}


def _verdicts(answer: Any, packs: dict, look: Callable) -> dict[str, Verdict]:
    """The verdicts on the visible and the hidden pack, which begins with the visible probes: each is tried once."""
    seen = look(answer, packs["hidden"])
    return {which: judge(pack, seen[: len(pack["probes"])]) for which, pack in packs.items()}


def _prove_trifles(proof: Proof, pack: dict) -> None:
    """Answers that did no work: None, the first argument as it came, one right value for everything."""
    if pack["settings"]["kind"] == "model":
        return
    trifles = {"returns None": lambda *a, **k: None, "returns its first argument": lambda *a, **k: (*a, *k.values())[0]}
    for name, answer in trifles.items():
        if judge({**pack, "rules": []}, observe(answer, pack)).status == RIGHT:
            proof.shortcomings.append(f"an answer that {name} is accepted")
    if (share := max(_by_heart(pack))) > MOST_BY_HEART:
        proof.shortcomings.append(f"who knows the examples by heart, and else guesses, earns {share:.0%} of the points")


def _by_heart(pack: dict) -> Iterator[float]:
    """What share is earned by knowing what the examples give, and giving one of these results for all that is not shown."""
    shown = pack["shown"]
    known = [expected if "outcome" in expected else {"outcome": "skipped"} for expected in pack["expected"][:shown]]
    for guess in known:
        seen = [*known, *[guess] * (len(pack["expected"]) - shown)]
        yield earned_points(judge({**pack, "rules": []}, seen), pack) / pack["points"]


def _say(verdict: Verdict) -> str:
    call = write_call(verdict.exercise, verdict.probe) if verdict.probe else ""
    return " ".join(filter(None, [call, verdict.words]))[:300]
