"""What authors do wrong is told in a second, all of it at once, with its file, its line and the remedy; a new unit keeps every rule."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from autograder.authoring.rules.anatomy import sets_goals
from autograder.authoring.rules.called import why_not
from autograder.course import ROOT

UNIT = "15_moving_averages"

#: mistake of authors_mistakes.py -> words of what is told
TOLD = {
    "a goal that nothing assesses": "no exercise assesses the goal 'find all",
    "too few goals": "2 goals below `## You will be able to`",
    "no first hint": "exercise 'moving_average' has no 'Hint 1'",
    "Markdown among HTML": "'`four`' stands among HTML and is shown as it is",
    "no help by symptom": "exercise 'smooth' has no 'If you see'",
    "minutes that do not add up": "add up to 55; lessons/units.toml:4 says 50",
    "exercises that leave no time to read": "its exercises take 14 of the section's 15 minutes",
    "a section without minutes": "the section 'Forget quickly' has exercises, and no row",
    "no docstring": "smooth has no docstring",
    "an example that is not true": "and the solution gives array([0. , 2. , 3.5])",
    "an example that raises": "raises NameError: name 'smoth'",
    "a dead link": "98_nowhere.ipynb: there is no such file",
    "a link to no heading": "#nowhere: the lesson has no heading",
    "a picture without words": 'write: plot.show(figure, alt="...")',
    "an image without words": "an image without words",
    "other points in the heading": "says 3 points; the exercise gives 2",
    "a second check in the cell": "a second check(...) in the cell",
    "a print before the check": "`print('now')` stands beside check(...)",
    "no check": 'a solution cell with no check("id", ...) after it',
    "a solution without its end": "### BEGIN SOLUTION without an ### END SOLUTION",
    "a code cell that is no Python": "this is not Python: expected ':'",
    "a set-up of another unit": f'write: start("{UNIT}")',
    "a skipped level": "skips a level",
    "an option without feedback": "option B has no feedback",
    "too few terms in the list": "the list of terms has 7; it has 8 or more",
    "a term in the list that nobody knows": "the list has 'delay'",
    "a term without Korean": "the term 'lag' has no or unknown ko",
    "a term in simplified Chinese": "it is written in Traditional Chinese",
    "a term whose words are gone": "the words '**trend**' do not stand in the section 'A picture first'",
    "a term that is told twice": "twice: it stands in line 17 already",
    "a term of a section that is gone": "There is no such section",
    "a glossary that is no TOML": "this is not TOML",
    "no minutes in units.toml": "is '50'; write: minutes = 60",
    "no docstring of the exercise": "has no docstring that says what is asked",
    "a mistake without its hint": "a mistake needs its hint",
    "two slips in one exercise": "`hidden` takes the generator from which it draws",
    "an objective in other words": "is none of the lesson's goals",
    "an exercise that is not listed": "EXERCISES does not list smooth",
    "draws that are not the course's": "draws by np.random.randint",
    "a builtin that is named without its module": '"builtins.sum"',
    "a module that is mistyped": "did you mean 'scipy'?",
    "a function that NumPy has not": "did you mean 'convolve'?",
    "a bare method": '"builtins.list.append"',
    "a type, whose call leaves no trace": "leaves no trace",
    "a rule that the lesson's own solution breaks": "the lesson's own solution breaks a rule of 'moving_average'",
    "a rule that is not said": "does not say 'nothing of the kind'",
}
#: Where what is told is at another place than what was spoilt: the other side of a thing that stands twice.
ELSEWHERE = {"an objective in other words"}


def small_course(folder: Path) -> Path:
    """The kit's code in another folder, with one new unit and no other."""
    no_units = shutil.ignore_patterns("__pycache__", "hidden", "unit_[0-9]*", "examples", "banks", "*.ipynb")
    for name in ("autograder", "course_utils"):
        shutil.copytree(ROOT / name, folder / name, ignore=no_units)
    (folder / "lessons").mkdir()
    (folder / "data").mkdir()
    shutil.copy(ROOT / "data" / "manifest.toml", folder / "data")
    shutil.copy(ROOT / "course.toml", folder)
    done = command(folder, "-m", "autograder", "new", UNIT)
    assert done.returncode == 0, done.stderr
    return folder


def command(folder, *words):
    """`python ...` in the copy."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run([sys.executable, *words], cwd=folder, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return small_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def told(course):
    """What is told of each mistake; the script itself holds that nothing imports TensorFlow."""
    done = command(course, str(Path(__file__).with_name("authors_mistakes.py")))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_new_unit_keeps_every_rule(told):
    assert told["nothing"] == []
    assert set(told) - {"nothing"} == set(TOLD)


@pytest.mark.parametrize("mistake", TOLD)
def test_a_mistake_is_told_with_its_file_its_line_and_the_remedy(told, mistake):
    found = told[mistake]
    about = [line for line in found["told"] if TOLD[mistake] in line]
    assert len(about) == 1, found["told"]
    place, line, _ = about[0].split(":", 2)
    assert int(line) >= 1
    assert mistake in ELSEWHERE or Path(place).name in (found["where"], "outliers.py", f"{UNIT}.py")
    assert all("Error" not in line or mistake == "an example that raises" for line in found["told"])


def test_all_slips_of_a_declaration_are_told_at_once(told):
    lines = " ".join(told["two slips in one exercise"]["told"])
    for words in ("sets ['point']", "points is 0", "def hidden(rng)"):
        assert words in lines


def test_the_commands_tell_it_and_nothing_is_built(course):
    lesson = course / "lessons" / f"{UNIT}.py"
    before = lesson.read_text()
    lesson.write_text(
        before.replace("Hint 1</summary>The window", "Hint</summary>The window").replace(
            "(2 points, about 6", "(3 points, about 6"
        )
    )
    try:
        linted, built = (
            command(course, "-m", "autograder", "lint", "15"),
            command(course, "-m", "autograder", "build", "15"),
        )
    finally:
        lesson.write_text(before)
    assert (linted.returncode, built.returncode) == (1, 1)
    lines = linted.stdout.splitlines()
    assert lines[-1] == "2 to correct in 15"
    assert built.stderr.removeprefix("autograder: ").splitlines() == lines[:-1]
    assert not (course / "solutions").exists()


@pytest.mark.parametrize(
    "name",
    [
        "cv2",
        "np.convolve",
        "builtins.hash",
        "builtins.list.sort",
        "np.ndarray.sum",
        "sklearn",
        "own",
        "tf.nn.conv2d",
        "collections.Counter",
    ],
)
def test_what_can_be_seen_is_taken(name):
    assert why_not(name, {"own"}) == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("np.add", "leaves no trace"),
        ("list.sort", '"builtins.list.sort"'),
        ("pd.read_csv", "no module called 'pd'"),
        ("math.pi", "is not called"),
        ("corr2", "did you mean 'corr2d'"),
        ("np.", "names as they are written"),
    ],
)
def test_what_would_be_passed_over_in_silence_is_refused_with_the_remedy(name, words):
    assert words in why_not(name, {"corr2d"})


ADDED = """
import json
from autograder.authoring import rules
from autograder.proof.prove import prove
print(json.dumps([list(map(str, rules.problems("UNIT"))), {p.exercise.id: p.shortcomings for p in prove("UNIT")}]))
""".replace("UNIT", UNIT)


def written(folder):
    """Every file of a course, but what Python keeps for itself."""
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_one_more_exercise_keeps_every_rule_and_its_mistakes_run(course, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(course, folder)
    new = ("-m", "autograder", "new", "--exercise")
    done = [
        command(folder, *new, "weighted_sum", "numbers, more=2", "--unit", "15"),
        command(folder, *new, "once", "x", "--unit", "15", "--goal", "smooth a series of numbers with a window"),
    ]
    assert [one.returncode for one in done] == [0, 0], done
    problems, shortcomings = json.loads(command(folder, "-c", ADDED).stdout)
    assert problems == []
    assert shortcomings == {id: [] for id in ("moving_average", "smooth", "outliers", "weighted_sum", "once")}
    assert "once" not in (folder / "autograder/exercises" / f"unit_{UNIT}" / "shared.py").read_text().lower(), (
        "a goal that is there has its name already"
    )
    before = written(folder)
    for words, told in [
        (("once", "x", "--unit", "15"), "has an exercise 'once' already"),
        (("Twice", "x", "--unit", "15"), "is no name for an exercise"),
        (("twice", "*x", "--unit", "15"), "at least one parameter"),
        (("twice", "x y", "--unit", "15"), "is no signature"),
        (("twice", "--unit", "15"), "autograder new --exercise ID"),
    ]:
        refused = command(folder, *new, *words)
        assert refused.returncode != 0
        assert told in refused.stderr
    assert written(folder) == before
    lesson = folder / "lessons" / f"{UNIT}.py"
    goals = re.search(r"^# - smooth a series of numbers with a window\n(?:# - .*\n)+", lesson.read_text(), re.M)[0]
    lesson.write_text(lesson.read_text().replace(goals, "".join(goals.splitlines(keepends=True)[:2])))
    kept = ("--goal", "smooth a series of numbers with a window")
    assert "it has 3 at least; leave out --goal" in command(folder, *new, "twice", "x", "--unit", "15", *kept).stderr


@pytest.mark.parametrize(
    ("goals", "exercises", "is_told"),
    [(2, 2, False), (1, 2, True), (1, 1, True), (2, 3, True), (3, 2, False), (7, 7, True)],
)
def test_a_unit_with_two_exercises_may_have_two_goals(goals, exercises, is_told):
    names = [f"goal {i}" for i in range(goals)]
    lesson = SimpleNamespace(objectives=lambda: names, line_of=lambda words: 1)
    declared = {str(i): SimpleNamespace(objective=names[i % goals], place="x.py:1: x") for i in range(exercises)}
    unit = SimpleNamespace(lesson=lesson, exercises=declared, wrong=lambda line, words: words)
    assert any("goals below" in words for words in sets_goals(unit)) == is_told
