"""What an exercise is: its points, probes, oracle, mistakes and other right answers, declared in one class.

@exercise("corr2d", points=3, objective="slide a kernel over an image")
class Corr2d:
    def oracle(x, k, stride=1, pad=0): ...          # the truth, computed independently of the lesson
    examples = [probe(IMAGE, KERNEL), ...]          # what learners see
    def hidden(rng): yield probe(...)               # what only the grader sees
    @mistake("Your kernel is flipped: ...")         # an answer that learners give, and a teacher's hint
    def flipped(x, k, stride=1, pad=0): ...
    small = mistake("You stop too early: ...", lambda x, k, stride=1, pad=0: ...)    # the same in one expression

Right answers that are written differently, to be accepted, stand beside the exercise in right_answers/corr2d.py (see
`autograder.exercises`), or in its class, each marked with @right_answer.
"""

from __future__ import annotations

import functools
import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any

import numpy as np

from autograder.declaring import BadExercise as BadExercise
from autograder.declaring import here, problems_of, shown
from autograder.limits import ANSWER_SECONDS


@dataclass(frozen=True)
class Probe:
    """One call of an answer: positional and keyword arguments, and what to expect where an oracle cannot say."""

    args: tuple
    kwargs: dict
    expect: dict | None = None  # an expectation of course_utils.expect, as plain data; None: ask the oracle
    ask: dict | None = None  # what is asked of the model that the answer returns: made by course_utils.values.ask


@dataclass(frozen=True)
class Mistake:
    """A wrong answer that real learners give (`answer`), and the hint a good teacher would add."""

    name: str
    hint: str
    answer: Callable
    symptom: str | None = None  # for expectations: the symptom by which it is recognised


@dataclass(frozen=True)
class Exercise:
    """One exercise, ready to be packed, proven and graded."""

    id: str
    unit: str
    points: float
    objective: str
    summary: str
    oracle: Callable | None
    examples: list[Probe]
    hidden: Callable[[np.random.Generator], Iterator[Probe]]
    mistakes: list[Mistake]
    right_answers: dict[str, Callable]
    settings: dict[str, Any] = field(default_factory=dict)
    rules: list[dict] = field(default_factory=list)
    file: str = ""
    line: int = 0
    practice: Callable[[np.random.Generator], Iterator[Probe]] | None = None  # calls to predict, from practice.py
    renamed_from: str | None = (
        None  # the id that it was released by; "": by none, whatever was released; None: not said
    )

    @property
    def place(self) -> str:
        """Where it is declared, for a message: its file, its line and its id."""
        return f"{shown(self.file)}:{self.line}: {self.id}"


#: What a declaration may set, with what holds when it does not. `course_utils.compare` and `.observe` read these.
SETTINGS = {
    "kind": "function",  # or "model": an object with `predict`; "metric": a function with which Keras evaluates
    "rtol": 1e-6,
    "atol": 1e-8,
    "dtype": "kind",  # "kind": any integer for an integer, any float for a float; "exact": as the oracle's
    "fresh": False,  # True: the result may not share memory with an argument
    "all_or_nothing": False,  # True: no partial credit (when a constant answer would earn some)
    "time_limit": ANSWER_SECONDS,
}


def probe(*args: Any, expect: dict | None = None, ask: dict | None = None, **kwargs: Any) -> Probe:
    """One call of the answer with these arguments, e.g. `probe(image, kernel, stride=2)`.

    Where the answer returns a Keras model, `ask=ask(...)` says which inputs it is shown and whether it is trained, and
    `expect=model(...)` what must hold of it: see `course_utils.values.ask` and `course_utils.expect.model`.
    """
    return Probe(args, kwargs, expect, ask)


@dataclass(frozen=True)
class _Declared:
    """What `mistake` makes, until its exercise gives it the name that it has in the class."""

    hint: str
    answer: Callable
    symptom: str | None
    refuses: Callable | EllipsisType | None
    problem: str = ""  # what is wrong with it, with its place


def mistake(
    hint: str | Callable,
    answer: Callable | _Declared | None = None,
    *,
    symptom: str | None = None,
    refuses: Callable | EllipsisType | None = ...,
) -> Any:
    """A wrong answer that deserves this hint: `name = mistake("...", lambda ...)`, or `@mistake("...")` above a function.

    `refuses` is called first: it takes what the answer takes, and raises ValueError where a right answer does. It is the
    exercise's own, unless another one, or None, is given here; so `unchecked = mistake(name.hint + "...", name, refuses=None)`
    is the mistake `name` of somebody who refuses nothing.
    """
    if not isinstance(hint, str) or not hint.strip():  # `@mistake` without brackets gives the function here
        words = f'{here(__file__)}: a mistake needs its hint: @mistake("...") above a function, or name = mistake("...", lambda ...)'
        told = _Declared("", _nothing, symptom, None, words)
        return told if answer is not None or callable(hint) else lambda answer: told

    said: str = hint

    def mark(answer: Any) -> _Declared:
        wrong = answer.answer if isinstance(answer, _Declared) else answer
        if not callable(wrong):
            words = f'{here(__file__)}: a mistake is an answer, a function: mistake("...", lambda ...)'
            return _Declared(said, _nothing, symptom, None, words)
        return _Declared(said, wrong, symptom, refuses)

    return mark if answer is None else mark(answer)


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Stands for the answer of a mistake that has none: its exercise is refused."""


def right_answer(answer: Callable) -> Callable:
    """Mark a function of an exercise's class as a right answer, written differently from the lesson's."""
    vars(answer)["_right_answer"] = True
    return answer


class Rule(dict):
    """A rule, as packs hold it; and an answer that breaks it, by which `prove` sees that it is not passed over in silence."""

    broken_by: Callable | None = None


def forbid_loops(
    hint: str = "The task asks for no Python loop: let NumPy do the looping.",
    *,
    said: str = "without any Python loop",
    broken_by: Callable | None = None,
) -> Rule:
    """A rule: none of the answer's own code loops while it is called; nor does `map`, `np.vectorize` or the like for it.

    `said`: the words by which the exercise's text, before its stub, tells learners of the rule. `broken_by`: see forbid_calls.
    """
    rule = Rule(rule="loops", hint=hint, said=said)
    rule.broken_by = broken_by
    return rule


#: What "plain Python and NumPy, no other library" leaves out: all that computes. What shows or measures (Matplotlib) may stay.
OTHER_LIBRARIES = (
    *("cv2", "scipy", "skimage", "PIL", "imageio", "sklearn", "pandas", "statsmodels", "sympy", "numba"),
    *("tensorflow", "keras", "torch", "torchvision", "jax"),
)


def forbid_calls(*names: str, hint: str, said: str, broken_by: Callable | None = None) -> Rule:
    """A rule: the answer's own code calls none of these (`"cv2"` forbids the module, `"np.convolve"` a function).

    A name that is no module may be a function of the learner's own, of another exercise. What a library calls does not
    count. A builtin is `"builtins.sorted"`, a method `"builtins.list.sort"` or `"np.ndarray.sort"`; what leaves no trace when
    it is called (`list`, a ufunc such as `np.add`) cannot be forbidden: `autograder lint` says so.
    `said`: the words by which the exercise's text, before its stub, tells learners of the rule. `broken_by`: an answer that
    breaks the rule, whatever it is called with: `prove` asks for one where no mistake of the exercise breaks it.
    """
    rule = Rule(rule="names", names=list(names), hint=hint, said=said)
    rule.broken_by = broken_by
    return rule


def exercise(
    id: str,
    *,
    points: float,
    objective: str,
    rules: Sequence[dict] = (),
    refuses: Callable | None = None,
    renamed_from: str | None = None,
    **settings: Any,
) -> Callable[[type], Exercise]:
    """Make an `Exercise` of the decorated class; its unit is the name of the folder, or module, that declares it.

    `refuses`: what raises ValueError where a right answer does; its mistakes call it first (see `mistake`).
    `renamed_from`: the id by which it was released to learners, where it has another one by now: what was handed in by that
    name counts for it.
    Raises BadExercise, naming the exercise, when the declaration is incomplete or sets what is not in SETTINGS.
    """
    place = f"{here(__file__)}: exercise {id!r}"

    def build(cls: type) -> Exercise:
        members = vars(cls)
        declared = {name: told for name, told in members.items() if isinstance(told, _Declared)}
        right = {name: f for name, f in members.items() if hasattr(f, "_right_answer")}
        problems = [told.problem for told in declared.values() if told.problem]
        if unknown := set(settings) - set(SETTINGS):
            problems.append(f"{place} sets {sorted(unknown)}; the settings are {sorted(SETTINGS)}")
        if not isinstance(rules, list | tuple) or not all(isinstance(rule, dict) for rule in rules):
            problems.append(f"{place}: rules are made by forbid_loops(...) and forbid_calls(...), in a list")
        if not isinstance(points, int | float) or not points > 0:
            problems.append(f"{place}: points is {points!r}; it is a number above 0")
        problems += problems_of(cls, id, Probe, {*right, *declared, "oracle", "hidden"})
        if problems:
            raise BadExercise(*problems)
        mistakes = [
            Mistake(
                name, told.hint, _after(refuses if told.refuses is ... else told.refuses, told.answer), told.symptom
            )
            for name, told in declared.items()
        ]
        return Exercise(
            id=id,
            unit=_unit_of(cls.__module__),
            points=points,
            objective=objective,
            summary=inspect.cleandoc(cls.__doc__ or "").splitlines()[0],
            oracle=members.get("oracle"),
            examples=list(members["examples"]),
            hidden=members["hidden"],
            mistakes=mistakes,
            right_answers=right,
            settings={**SETTINGS, **settings},
            rules=list(rules),
            file=inspect.getsourcefile(cls) or "",
            line=inspect.getsourcelines(cls)[1],
            renamed_from=renamed_from,
        )

    return build


def _unit_of(module: str) -> str:
    """The unit that a module belongs to: `02_slug` for `autograder.exercises.unit_02_slug.corr2d`."""
    parts = module.split(".")
    return next((part for part in reversed(parts) if part.startswith("unit_")), parts[-1]).removeprefix("unit_")


def _after(refuses: Callable | None, answer: Callable) -> Callable:
    """An answer that first refuses what `refuses` refuses."""
    if refuses is None:
        return answer

    @functools.wraps(answer)
    def refusing(*args: Any, **kwargs: Any) -> Any:
        refuses(*args, **kwargs)
        return answer(*args, **kwargs)

    return refusing


def practice_probes(exercise: Exercise) -> list[Probe]:
    """The calls that learners may practise: drawn from a seed of their own, the same in every course; [] where there are none."""
    if exercise.practice is None:
        return []
    seed = random.Random(f"practice/{exercise.unit}/{exercise.id}").getrandbits(64)
    drawn = list(exercise.practice(np.random.default_rng(seed)))
    if not all(isinstance(one, Probe) for one in drawn):
        raise BadExercise(f"{exercise.place}: its practice yields what probe(...) makes")
    return drawn


def hidden_probes(exercise: Exercise, secret: str) -> list[Probe]:
    """The exercise's hidden probes: drawn from a generator seeded by the course's secret and the exercise's name."""
    seed = random.Random(f"{secret}/{exercise.unit}/{exercise.id}").getrandbits(64)
    drawn = list(exercise.hidden(np.random.default_rng(seed)))
    if not all(isinstance(one, Probe) for one in drawn):
        raise BadExercise(f"{exercise.place}: `hidden` yields what probe(...) makes")
    return drawn
