"""Compare what was observed of an answer with its pack, and reach a verdict. Data against data: nobody's code runs here."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from course_utils.chance import NOT_FROM_RNG
from course_utils.clues import clue, is_one_change
from course_utils.compare import Difference, difference, same
from course_utils.describe import Description
from course_utils.expect import SCORED, accuracy_of, score, unmet
from course_utils.messages import explanation, kind_of
from course_utils.observe import Observation
from course_utils.watch import broken_rule, undecided

#: The statuses. They are stored (in a learner's progress, in the journal of gradings): what is said of them is free, they stay.
RIGHT, WRONG, CRASHED, NOT_ATTEMPTED = "right", "wrong", "crashed", "not attempted yet"


@dataclass(frozen=True)
class Verdict:
    """What to tell about one answer; where it is not right, about the smallest probe on which it fails."""

    exercise: str
    status: str  # RIGHT, WRONG, CRASHED or NOT_ATTEMPTED
    passed: int = 0
    total: int = 0
    probe: dict | None = None  # the smallest failing probe
    parameters: tuple[str, ...] = ()
    yours: Description | None = None
    expected: Description | None = None
    words: str = ""
    score: str = ""  # what was reached beside what was asked, where an answer is scored
    differs: bool = True  # whether `yours` is another value than `expected`; else it is about how it went about it
    where: str = ""  # the place inside a container
    code: str = ""  # the learner's line that raised
    mistake: str = ""  # the name of the recognised mistake
    hint: str = ""  # what to say of it; of a guess, as a question
    guess: str = ""  # the name of a mistake that would explain what fails, and would fail elsewhere as well
    clue: str = ""  # where no mistake is recognised: what holds of all that fails, or of a line; for learners
    notes: list[str] = field(default_factory=list)
    rule: str = ""  # the words for a broken rule of the task
    undecided: str = ""  # why it could not be seen whether its rules are kept; that costs nothing
    unseen: int = 0  # of the probes, those that learners were not shown
    unseen_passed: int = 0
    outdated: str = ""  # that a later version of the answer was not understood, so that this is about the one before
    only_refuses: bool = False  # of those it passed none but such as ask for an error, and others ask for a value

    @property
    def share(self) -> float:
        """The share of probes passed, from 0 to 1; 0 for an answer that breaks a rule of its task.

        Of those that were not shown, where there are any and it is less: to know the examples by heart earns nothing, nor
        does refusing everything.
        """
        if self.rule or self.only_refuses or not self.total:
            return 0.0
        share = self.passed / self.total
        return min(share, self.unseen_passed / self.unseen) if self.unseen else share


def judge(pack: dict, observations: list[Observation], signs: Sequence[str] = ()) -> Verdict:
    """The verdict on an answer, from what was observed of it on the pack's probes, in their order.

    `signs`: what its own text shows (`course_utils.signs`), for an answer that no declared mistake explains.
    """
    settings, name = pack["settings"], pack["id"]
    failures = find_failures(pack, observations)
    passed, total = len(observations) - len(failures), len(observations)
    counts = _unseen(pack["expected"], failures, pack.get("shown", total))
    notes = _notes(observations, settings)
    if not failures and "shown" not in pack:
        notes[:0] = _scores(pack, observations)
    rule, words = broken_rule(pack["rules"], observations)
    counts["undecided"] = "" if rule else undecided(pack["rules"], observations)
    if rule or not failures:  # a broken rule comes first: what it broke may well be why the rest fails
        return Verdict(name, WRONG if rule else RIGHT, passed, total, words=words, notes=notes, rule=rule, **counts)
    tried = [i for i in failures if observations[i]["outcome"] != "skipped"] or list(failures)
    # a wrong value tells more than that an input is not refused, which comes last
    tried = [i for i in tried if not _is_refusal(pack["expected"][i])] or tried
    i = _smallest(pack, _telling(tried, observations))
    mistake = _recognise(pack, observations, failures, i)
    if mistake and mistake["observations"]:  # the hint is to be about the probe that is shown
        i = _smallest(
            pack, _telling([j for j in tried if _gives(mistake, j, pack, observations)] or tried, observations)
        )
    notes = _notes(observations, settings, i)
    seen, expected, failure = observations[i], pack["expected"][i], failures[i]
    crashed = seen["outcome"] in ("raised", "timed out") and not failure.symptom and not _refuses(seen)
    return Verdict(
        name,
        CRASHED if crashed else WRONG,
        passed,
        total,
        probe=pack["probes"][i],
        parameters=tuple(pack["parameters"]),
        yours=seen.get("value") if settings["kind"] != "model" else None,
        expected=expected.get("value"),
        differs=_differs(seen, expected, settings),
        words=failure.difference.words,
        score=failure.score,
        where=failure.difference.where,
        code=seen.get("error", {}).get("code", ""),
        notes=notes,
        **_help(pack, observations, failures, mistake, _facts(seen.get("error"), signs)),
        **counts,
    )


def _refuses(seen: Observation) -> bool:
    """Whether the answer's own `raise` or `assert` ended the call: it did not crash, it refused."""
    error = seen.get("error")
    return error is not None and kind_of(error) == "own" and error["types"][0] != "NotImplementedError"


def _telling(candidates: list[int], observations: list[Observation]) -> list[int]:
    """Those on which an input was changed, where there are any: that is to be known before anything that follows from it."""
    return [i for i in candidates if observations[i].get("mutated")] or candidates


def _smallest(pack: dict, candidates: list[int]) -> int:
    """The probe with the least to look at."""
    return min(candidates, key=lambda i: (_size(pack["probes"][i]), i))


def _facts(error: dict | None, signs: Sequence[str]) -> list[str]:
    """What an error means, and the signs; with an error about None the first sign at once, which may say where it comes from."""
    meaning = explanation(error)
    if error and signs and "NoneType" in error["message"]:
        return [f"{meaning} {signs[0]}".strip()]
    return [meaning, *signs]


def _help(pack: dict, observations: list[Observation], failures: dict, mistake: dict | None, facts: list[str]) -> dict:
    """What helps, as fields of a verdict: the mistake's hint; else facts, and a mistake that it may be, as a question.

    `facts`: what its error means, and what its text shows. Clues are for learners; feedback must not tell of hidden probes.
    """
    if mistake:
        more = _more_is_wrong(pack, observations, failures, mistake)
        return {"mistake": mistake["name"], "hint": mistake["hint"] + more}
    found: dict[str, str] = {}
    if guess := _guess(pack, observations, failures):
        likely, explains_all = guess
        asked = "Could it be this?" if explains_all else "Could this be a part of it?"
        if explains_all or not is_one_change(pack, observations, failures):
            found = {"guess": likely["name"], "hint": f"{asked} {likely['hint']}"}
    if "shown" not in pack:
        said = [next(filter(None, facts), ""), clue(pack, observations, failures)]
        found["clue"] = " ".join(filter(None, said))
    return found


@dataclass(frozen=True)
class Failure:
    """How one observation falls short of what its probe expects."""

    difference: Difference
    symptom: str = ""  # for expectations
    score: str = ""  # what was reached beside what was asked, where an answer is scored


def find_failures(pack: dict, observations: list[Observation]) -> dict[int, Failure]:
    """The probes on which an answer fails, by their place in the pack, and how."""
    failures = {}
    for i, (expected, seen) in enumerate(zip(pack["expected"], observations, strict=True)):
        if failure := _failure(seen, expected, pack["settings"], pack["probes"][i]):
            scored = failure.symptom in SCORED
            failures[i] = replace(failure, score=_score(seen, expected)) if scored else failure
    return failures


def _score(seen: Observation, expected: dict, reached: Callable = score) -> str:
    return reached(expected["expect"], seen["value"]) if "expect" in expected and "value" in seen else ""


def _scores(pack: dict, observations: list[Observation]) -> list[str]:
    """The first accuracy that an answer reached, for who was right and may want to know by how much."""
    pairs = zip(observations, pack["expected"], strict=True)
    return list(filter(None, (_score(seen, expected, accuracy_of) for seen, expected in pairs)))[:1]


def _differs(seen: Observation, expected: dict, settings: dict) -> bool:
    yours, asked = seen.get("value"), expected.get("value")
    return yours is not None and asked is not None and difference(yours, asked, settings) is not None


def _unseen(expected: list[dict], failures: dict, shown: int) -> dict[str, Any]:
    """How an answer did on the probes that learners were not shown: the last three fields of its verdict."""
    unseen = range(shown, len(expected))
    passed = [_is_refusal(expected[i]) for i in unseen if i not in failures]
    values_asked = not all(_is_refusal(expected[i]) for i in unseen)
    return {"unseen": len(unseen), "unseen_passed": len(passed), "only_refuses": values_asked and all(passed)}


def _is_refusal(expected: dict) -> bool:
    return expected.get("outcome") == "raised" or expected.get("expect", {}).get("expect") == "raises"


def _failure(seen: Observation, expected: dict, settings: dict, probe: dict) -> Failure | None:
    """How one observation falls short of what its probe expects, or None."""
    asked = probe.get("ask")
    if seen["outcome"] == "skipped":
        return Failure(Difference("Not tried: an earlier call did not come back."))
    if seen["outcome"] == "timed out":
        words = f"It did not come back within {seen['seconds']:g} seconds. Does its loop ever end?"
        if asked:
            words = f"It did not come back within {seen['seconds']:g} seconds: a smaller model, or fewer epochs, would."
        return Failure(Difference(words))
    if "expect" in expected:
        return _failure_to_expect(seen, expected["expect"], settings, asked)
    found = _behaviour(seen, expected, settings) or _outcome(seen, expected, settings, probe)
    return Failure(found) if found else None


def _failure_to_expect(seen: Observation, expectation: dict, settings: dict, asked: dict | None) -> Failure | None:
    wanted = expectation["type"] if expectation["expect"] == "raises" else None
    if seen["outcome"] == "raised":
        kinds = seen["error"]["types"]
        if wanted in kinds:
            return None
        about = _about_error(seen["error"])
        if wanted:
            return Failure(Difference(f"It should refuse this input by raising {wanted}. {about}"), "raises another")
        return Failure(Difference(about), "no model" if kinds[0] == "NotAModel" else "")
    if wanted:
        return Failure(Difference(f"It should refuse this input by raising {wanted}; it returned a value."), "accepts")
    if settings["kind"] == "function" and (found := _behaviour(seen, {}, settings)):
        return Failure(found, "shared" if settings["fresh"] and seen.get("shared") else "")
    if seen["value"]["type"] == "NoneType" and seen.get("printed"):
        return Failure(Difference(_PRINTED))
    missed = unmet(expectation, seen["value"], asked)
    return Failure(Difference(missed.words), missed.symptom) if missed else None


_PRINTED = "It printed its result and returned None. print(...) shows a value; return hands it back."


def _outcome(seen: Observation, expected: dict, settings: dict, probe: dict) -> Difference | None:
    if expected["outcome"] == "raised":
        wanted = expected["error"]["types"][0]
        if seen["outcome"] != "raised":
            return Difference(f"It should refuse this input by raising {wanted}; it returned a value.")
        if wanted not in seen["error"]["types"]:
            return Difference(f"It should refuse this input by raising {wanted}. {_about_error(seen['error'])}")
        return None
    if seen["outcome"] == "raised":
        return Difference(_about_refusal(seen["error"], probe) if _refuses(seen) else _about_error(seen["error"]))
    if seen["value"]["type"] == "NoneType" and expected["value"]["type"] != "NoneType" and seen.get("printed"):
        return Difference(_PRINTED)
    return difference(seen["value"], expected["value"], settings)


def _behaviour(seen: Observation, expected: dict, settings: dict) -> Difference | None:
    """What is wrong with how it went about it, whatever it returned."""
    if seen.get("moved"):
        words = "It leaves the program in another working directory: what runs next looks for its files in the wrong folder."
        return Difference(words)
    mutated = sorted(set(seen.get("mutated", ())) - set(expected.get("mutated", ())))
    if mutated:
        names = " and ".join(f"`{name}`" for name in mutated)
        return Difference(
            f"It changes its input {names}: the caller's own data is different afterwards. Work on a copy."
        )
    if settings["fresh"] and seen.get("shared"):
        names = " and ".join(f"`{name}`" for name in seen["shared"])
        if seen.get("value", {}).get("type") == "model":
            return Difference(f"It returns the very model {names} that it was given. A new one is asked for.")
        words = f"Its result is a view of {names}: changing one changes the other. A new array is asked for; .copy() makes one."
        return Difference(words)
    return None


def _about_refusal(error: dict, probe: dict) -> str:
    """That an input is refused which is to be accepted, and of which form it is."""
    message = " ".join(error["message"].split()).rstrip(".")
    raised = f"{error['types'][0]}: {message}" if message else error["types"][0]
    given = [*probe["args"], *probe["kwargs"].values()]
    shapes = [str(arg["value"].shape) for arg in given if arg["type"] == "array" and not arg.get("scalar")]
    form = f" Its shape is {shapes[0]}." if len(shapes) == 1 else ""
    return f"It refuses an input that is to be accepted ({raised}).{form}"


def _about_error(error: dict) -> str:
    kind, message = error["types"][0], " ".join(error["message"].split())
    if message == NOT_FROM_RNG:
        return f"{message[:1].upper()}{message[1:]}."
    said = f"It raised {kind}" + (f": {message.rstrip('.')}." if message else ".")
    advice = {
        "RecursionError": "It calls itself without end: which case stops it?",
        "SystemExit": "exit() and quit() end the program; return ends a function.",
        "UnboundLocalError": "A name assigned anywhere in a function is local to all of it.",
        "NotImplementedError": "Replace the line that raises it by your answer.",
        "EOFError": "Nobody is there to type when it is checked: take the values from the arguments.",
    }.get(kind, "")
    if kind == "NotImplementedError" and "symbolic" in message:
        advice = "NumPy needs numbers, and here there are none yet: keras.ops has the same functions."
    if kind == "NameError" and "is not defined" in message:
        missing = message.split("'")[1] if message.count("'") > 1 else ""
        advice = "Is it spelt as where it was defined, and has that cell been run?"
        if missing in sys.stdlib_module_names:
            advice = f"It is a module of Python's: `import {missing}` makes it known."
    if kind == "TypeError" and ("positional argument" in message or "keyword argument" in message):
        advice = "Compare the line that begins with `def` with how it is called here."
    if kind == "NotAModel":
        return message[:1].upper() + message[1:] + "."
    return f"{said} {advice}".rstrip()


def _notes(observations: list[Observation], settings: dict, shown: int | None = None) -> list[str]:
    """What is worth a word although it decides nothing; of what holds for single calls, only that of the one that is shown."""
    notes = []
    printed = next((o["printed"] for o in observations if o.get("printed")), None)
    if printed and not any(o.get("value", {}).get("type") == "NoneType" for o in observations):
        line = printed.strip().splitlines()[0][:80]
        notes.append(f"It prints while it works ({line!r}); an answer only needs to return.")
    warned = next((o["warnings"][0] for o in observations if o.get("warnings")), None)
    if warned:
        notes.append(f"Python warned: {warned}")
    told = observations if shown is None else observations[shown : shown + 1]
    if not settings["fresh"] and (shared := next((o["shared"] for o in told if o.get("shared")), None)):
        notes.append(f"Its result is a view of `{shared[0]}`: changing one changes the other.")
    return notes


def _recognise(pack: dict, observations: list[Observation], failures: dict[int, Failure], shown: int) -> dict | None:
    """The mistake that would have given exactly these observations, on the probes that are right as well.

    What should be refused may be another matter: an answer that is wrong in one way may refuse more, or less, than the mistake.
    """
    for failure in (failures[shown], *failures.values()):  # the hint is to be about the probe that is shown, if it can
        if failure.symptom and (
            found := next((m for m in pack["mistakes"] if m.get("symptom") == failure.symptom), None)
        ):
            return found
    values = [i for i, expected in enumerate(pack["expected"]) if not _is_refusal(expected)]
    if all(i in failures and _says_little(observations[i]) for i in values):
        return None
    explained = [*values, *failures] if not any(i in failures for i in values) else values
    return next(
        (
            m
            for wanted in (range(len(observations)), explained)
            for m in _mistakes_that_give(pack, observations, wanted)
        ),
        None,
    )


def _says_little(seen: Observation) -> bool:
    """Whether it is an error that many mistakes end in: its own, or one whose message is of no known kind."""
    return seen["outcome"] != "returned" and kind_of(seen.get("error", {"types": [""], "message": ""})) in _SAYS_LITTLE


_SAYS_LITTLE = ("own", "")


def _guess(pack: dict, observations: list[Observation], failures: dict[int, Failure]) -> tuple[dict, bool] | None:
    """A mistake that explains at least half of what fails, and is not wrong elsewhere more often than that; whether it explains all.

    It may be another one, or one of two: so it is asked about. What should be refused says nothing: many a mistake refuses nothing.
    """
    if not all(_is_refusal(pack["expected"][i]) for i in failures):
        for mistake in _mistakes_that_give(pack, observations, range(len(observations))):
            return mistake, True  # it is not stated, for it gives nothing but errors that say little
    telling = [i for i in failures if not _is_refusal(pack["expected"][i]) and not _says_little(observations[i])]
    others = [i for i in range(len(observations)) if i not in failures]
    best: tuple[int, int] | None = None
    found = None
    for mistake in (m for m in pack["mistakes"] if m["observations"]):
        explained = sum(_gives(mistake, i, pack, observations) for i in telling)
        if explained <= sum(_gives_something_else(mistake, i, pack, observations) for i in telling):
            continue  # what it gives there is wrong in its own way, and not in the answer's
        beyond = sum(not _gives(mistake, i, pack, observations) for i in others)
        if (
            2 * explained >= max(2, len(failures))
            and beyond <= explained
            and (best is None or (explained, -beyond) > best)
        ):
            best, found = (explained, -beyond), mistake
    return (found, bool(best and best[0] == len(failures))) if found else None


def _gives_something_else(mistake: dict, i: int, pack: dict, observations: list[Observation]) -> bool:
    """Whether a mistake gives on a probe what is neither right nor what the answer gave."""
    theirs = mistake["observations"][i]
    wrong = _failure(theirs, pack["expected"][i], pack["settings"], pack["probes"][i]) is not None
    return wrong and not _gives(mistake, i, pack, observations)


def _mistakes_that_give(pack: dict, observations: list[Observation], wanted: Iterable[int]) -> Iterator[dict]:
    """The mistakes that give, on all of these probes, what the answer gave."""
    for mistake in pack["mistakes"]:
        if mistake["observations"] and all(_gives(mistake, i, pack, observations) for i in wanted):
            yield mistake


def _gives(mistake: dict, i: int, pack: dict, observations: list[Observation]) -> bool:
    """Whether a mistake gives on a probe what the answer gave."""
    return gives_the_same(observations[i], mistake["observations"][i], pack["settings"])


def _more_is_wrong(pack: dict, observations: list[Observation], failures: Iterable[int], mistake: dict) -> str:
    """What to add to a hint that does not explain why a call that should be refused is not."""
    if not mistake["observations"]:  # it is recognised by a symptom
        return ""
    return (
        ""
        if all(_gives(mistake, i, pack, observations) for i in failures)
        else " Besides, some input is not refused as the task asks."
    )


def gives_the_same(a: Observation, b: Observation, settings: dict) -> bool:
    """Whether two observations are of one behaviour: equal values, or errors of one type with messages of one kind."""
    if a["outcome"] != b["outcome"] or bool(a.get("moved")) != bool(b.get("moved")):
        return False
    if set(a.get("mutated", ())) != set(b.get("mutated", ())):
        return False
    if settings["fresh"] and bool(a.get("shared")) != bool(b.get("shared")):
        return False
    if a["outcome"] == "raised":
        kinds = kind_of(a["error"]), kind_of(b["error"])
        alike = kinds[0] == kinds[1] or all(kind in _SAYS_LITTLE for kind in kinds)
        return a["error"]["types"][0] == b["error"]["types"][0] and alike
    if a["outcome"] != "returned":
        return True
    if a["value"]["type"] == "NoneType" and bool(a.get("printed")) != bool(b.get("printed")):
        return False
    return same(a["value"], b["value"], settings)


def _size(probe: dict) -> int:
    """How much there is to look at in a probe: the number of numbers, characters and items in its arguments."""
    return sum(_extent(arg) for arg in [*probe["args"], *probe["kwargs"].values()])


def _extent(described: Any) -> int:
    if described["type"] == "array":
        return int(described["value"].size)
    if described["type"] == "str":
        return len(described["value"])
    if described["type"] == "dict":
        return sum(_extent(key) + _extent(value) for key, value in described["items"])
    if described["type"] == "tree":
        return sum(map(len, described["files"]))
    return 1 + sum(_extent(item) for item in described.get("items", ()))
