"""The commands of `course.py` for those who write, try and release the course; the learner's edition has none of them.

Only the standard library is imported here: they are listed before there is an environment.
"""

from __future__ import annotations

import os
import re

from autograder.course import LESSONS, ROOT
from course_utils.installing.steps import Command, Step, python
from course_utils.refused import Refused

#: Looked over before every test, and by pre-commit (.pre-commit-config.yaml): style, types, and the files that GitHub reads.
LINT = (
    ("ruff", "check", "."),
    ("ruff", "format", "--check", "."),
    ("mypy",),
    ("check-jsonschema", "-q", "--builtin-schema", "vendor.github-workflows", "{workflows}"),
    ("check-jsonschema", "-q", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"),
)
#: What `quick` tries: what all share, and what a change breaks most often. Under two minutes on two cores.
QUICK = ("tests/project", "tests/lessons/test_lessons.py", "tests/lessons/test_glossary.py")
#: A cell's budget, seconds: twice what grading allows (nbgrader_config.py), since three lanes of tests run on two cores.
CELL_BUDGET = 240
LOCK = "requirements.lock"
EXTRAS = ("data", "course", "cpu", "instructor", "cluster", "dev", "site", "bench")


def nbval() -> list[str]:
    """nbval's options: stored outputs are compared to the letter where the data are the mirror's, with which they were made."""
    compared = "--nbval" if os.environ.get("COURSE_MIRROR") else "--nbval-lax"
    budget = f"--nbval-cell-timeout={CELL_BUDGET}"
    return [compared, "--nbval-current-env", budget, "--nbval-sanitize-with", "tests/nbval_sanitize.cfg"]


def _lint(_: list[str]) -> list[Command]:
    workflows = [path.relative_to(ROOT).as_posix() for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))]
    return [
        Command([part for word in words for part in (workflows if word == "{workflows}" else [word])]) for words in LINT
    ]


def _test(arguments: list[str]) -> list[Command]:
    """Everything; of one unit ("02"); or of the paths that are named. What follows goes to pytest."""
    unit = arguments.pop(0) if arguments and re.fullmatch(r"\d\d", arguments[0]) else ""
    paths = []
    while arguments and not arguments[0].startswith("-"):
        paths.append(arguments.pop(0))
    chosen = [*_of_unit(unit), *paths] if unit else paths or ["tests", "solutions"]
    tests = Command(["pytest", *chosen, "-n", "3", "--instafail", *nbval(), *arguments])
    return [*_lint([]), python("-m", "course_utils.data"), tests]


def _of_unit(unit: str) -> list[str]:
    """Tests of one unit have its number in their name or their parameter; those of grading have none of their own."""
    lessons = sorted(LESSONS.glob(f"{unit}_*.py"))
    if not lessons:
        raise Refused(f"There is no unit {unit}. Give its two digits: python course.py test 02")
    return [
        "tests",
        f"solutions/{lessons[0].stem}",
        "--ignore=tests/autograder/engine",
        "--ignore=tests/browser",
        "-k",
        f"{unit}_",
    ]


def _lock(_: list[str]) -> list[Command]:
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    resolve = [
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        *extras,
        "--universal",
        "--python-version",
        "3.11",
        "--upgrade",
    ]
    return [
        python("-m", "pip", "install", "-q", "uv"),
        python("-m", "autograder.common.keep", LOCK),
        python("-m", *resolve, "--no-header", "-q", "-o", LOCK),
    ]


def _zoo_table(arguments: list[str]) -> list[Command]:
    table = "data/cache/zoo/goemotions.md"
    folder = f"import pathlib; pathlib.Path({table!r}).parent.mkdir(parents=True, exist_ok=True)"
    compare = ["-m", "course_utils.zoo", "compare", "--data", "goemotions", "-o", table]
    return [python("-c", folder), python(*compare, *arguments)]


def _browser(arguments: list[str]) -> list[Command]:
    os.environ["COURSE_TEST_SLOW"] = "1"
    return [Command(["pytest", "tests/browser", "-m", "browser", *arguments])]


def _autograder(*words: str) -> Command:
    return Command(["autograder", *words])


OF_AUTHORS = {
    "test": Step(
        "lint, all tests, the proof of the graders, every solution and every released notebook; 02: of one unit alone",
        _test,
        "[UNIT] [PATH ...]",
    ),
    "quick": Step(
        "lint, and the quick tests of what is shared: under two minutes",
        lambda more: [*_lint([]), Command(["pytest", *QUICK, "-n", "2", *more])],
    ),
    "test-browser": Step("work through the units in a headless Chromium", _browser),
    "prove": Step(
        "show that every right answer is accepted and every mistake is rejected with its hint",
        lambda more: [_autograder("prove", *more)],
    ),
    "prove-all": Step(
        "the same, and that every mutant of every solution is rejected; half an hour",
        lambda _: [_autograder("prove"), _autograder("prove", "--mutants")],
    ),
    "build": Step("lessons/ -> solutions/ -> notebooks/", lambda more: [_autograder("build", *more)]),
    "release": Step(
        "write the learner's edition into dist/; what of it: release 01 02 --address https://.../course.zip",
        lambda more: [_autograder("release", *more)],
        "[UNIT ...]",
    ),
    "site": Step(
        "make pages of the course in dist/site, without solutions, in half a minute; what of them: site 01 02 --repository https://...",
        lambda more: [_autograder("site", *more)],
        "[UNIT ...]",
    ),
    "grade-demo": Step(
        "release three units, make a class of twelve, grade it, print the points",
        lambda more: [_autograder("grade-demo", *more)],
    ),
    "bench": Step(
        "measure what people wait for, beside stock nbgrader, and the zoo; half an hour and more; --only checks takes minutes",
        lambda more: [_autograder("bench", *more)],
    ),
    "zoo-table": Step(
        "train the zoo's table on GoEmotions anew, half an hour on two cores; after an interruption it goes on",
        _zoo_table,
    ),
    "lint": Step("look over the style of the code, its types, and the files that GitHub reads", _lint),
    "lock": Step(
        "renew requirements.lock from pyproject.toml (uv resolves for every system and Python at once)", _lock
    ),
}
