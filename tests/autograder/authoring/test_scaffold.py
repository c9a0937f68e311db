"""A new unit works as it comes, in a clean copy of the course, and takes nobody else's place."""

import os
import shlex
import shutil
import subprocess
import sys
import tomllib

import pytest

from autograder.authoring.lesson import lesson_units, read_lesson
from autograder.course import ROOT
from autograder.proof.mutation.mutants import mutants_of

UNIT = "99_moving_averages"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The course's sources in another folder, with the new unit in it."""
    folder = tmp_path_factory.mktemp("copy")
    for name in ("autograder", "course_utils", "lessons", "docs", "solutions"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "hidden", "*.ipynb"))
    for name in ("course.toml", "nbgrader_config.py", "README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    done = command(folder, "new", UNIT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(f"The guide: {folder / 'docs' / 'writing_a_unit.md'}\n")
    return folder


def command(folder, *words):
    """`autograder ...` of the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "autograder", *words], cwd=folder, env=environment, capture_output=True, text=True
    )


GUIDE = (ROOT / "docs" / "writing_a_unit.md").read_text(encoding="utf-8")


def commands_to_begin_with():
    """The commands of the guide's first block, in order, for unit 99; nothing is opened."""
    block = GUIDE.partition("```\n")[2].partition("```")[0]
    found = [shlex.split(line, comments=True)[1:] for line in block.splitlines()]
    return [[word.replace("15", "99") for word in words] + ["--page"] * (words[0] == "preview") for words in found]


def test_the_commands_that_the_guide_begins_with_do_what_it_says(copy):
    first, *others = commands_to_begin_with()
    assert first == ["new", UNIT]
    assert [words[0] for words in others] == ["new", "lint", "build", "prove", "preview"]
    said = {}
    for words in others:
        done = command(copy, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        said[words[0]] = done.stdout
    assert said["lint"] == "nothing to correct in 99\n"
    assert (copy / "notebooks" / UNIT / f"{UNIT}.ipynb").exists()
    for id in ("moving_average", "smooth", "outliers", "weighted_mean"):
        assert id in said["prove"]
        assert f"<code>{id}</code>" in (copy / "reports" / f"preview_{UNIT}.html").read_text(encoding="utf-8")


def test_the_entries_that_the_guide_shows_are_such_entries(copy):
    term, mutant = (tomllib.loads(block.partition("```")[0]) for block in GUIDE.split("```toml\n")[1:])
    glossary = tomllib.loads((copy / "lessons" / "glossary.toml").read_text(encoding="utf-8"))
    assert {**term["lag"], "unit": "99"} == glossary["lag"]
    (entry,) = mutant["smooth"]
    solution = read_lesson(copy / "lessons" / f"{UNIT}.py").cell_of("smooth", "solution").source
    made = mutants_of(solution.replace("(number - ", "(float(number) - "))
    assert (entry["was"], entry["becomes"]) in [(one.was, one.becomes) for one in made]
    assert entry["why"]


def test_it_has_the_anatomy_of_a_lesson(copy):
    text = (copy / "lessons" / f"{UNIT}.py").read_text()
    assert text.startswith("# %% [markdown]\n# # Moving averages\n")
    for part in (
        "You will be able to",
        "Hint 1",
        "Hint 2",
        "If you see",
        "## Recap",
        "## Further",
        "繁體中文",
        "한국어",
    ):
        assert part in text
    last = lesson_units()[-1]
    assert f"](../{last}/{last}.ipynb)" in text, "it says what comes before it"


def test_a_unit_is_never_overwritten_and_a_bad_name_is_refused_with_the_remedy(copy):
    lesson = copy / "lessons" / f"{UNIT}.py"
    lesson.write_text(lesson.read_text() + "\n# mine\n")
    for name, words in ((UNIT, "has the number 99 already"), ("2_x", "two digits"), ("../16_x", "two digits")):
        refused = command(copy, "new", name)
        assert refused.returncode == 1
        assert words in refused.stderr
        assert "Traceback" not in refused.stderr
    assert lesson.read_text().endswith("# mine\n")
    assert not (copy / "16_x.py").exists()


def test_the_guide_names_commands_that_exist():
    import re

    from autograder.cli import cli

    guide = (ROOT / "docs" / "writing_a_unit.md").read_text()
    named = set(re.findall(r"^autograder ([a-z-]+)|`autograder ([a-z-]+)", guide, re.M))
    assert {one or other for one, other in named} <= set(cli.commands)
    assert len(guide.splitlines()) < 110, "two screens"
