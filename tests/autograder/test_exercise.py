"""A declaration with a slip in it is refused in a line that names the file, the exercise and what to write."""

from dataclasses import replace

import pytest

from autograder import exercises
from autograder.authoring.packing import make_visible_pack
from autograder.exercise import BadExercise, exercise, mistake, probe
from autograder.exercises import load_exercises
from autograder.proof.prove import prove_exercise

GOOD = '''
from autograder.exercise import exercise, forbid_loops, mistake, probe


@exercise("twice", points=1, objective="double")
class Twice:
    """Twice a number."""

    def oracle(x):
        return 2 * x

    examples = [probe(3)]

    def hidden(rng):
        yield probe(4)

    @mistake("You squared it.")
    def squared(x):
        return x**2

    halved = mistake("You halved it.", lambda x: x / 2)
'''


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Loads a unit with one exercise, whose declaration is GOOD with one text replaced by another; `files` come besides."""
    monkeypatch.setattr(exercises, "FOLDER", tmp_path)
    monkeypatch.setattr(exercises.__spec__, "submodule_search_locations", [str(tmp_path)])
    monkeypatch.setattr(exercises, "__path__", [str(tmp_path)])
    count = iter(range(1000))

    def load(old="", new="", **files):
        unit = f"77_{next(count)}_{tmp_path.name}"
        assert old in GOOD
        made = {"__init__": 'EXERCISES = ["twice"]', "twice": GOOD.replace(old, new), **files}
        (tmp_path / f"unit_{unit}" / "right_answers").mkdir(parents=True)
        for name, text in made.items():
            if text is not None:
                (tmp_path / f"unit_{unit}" / f"{name}.py").write_text(text)
        return load_exercises(unit)

    return load


def test_the_example_is_good(declare):
    (id, twice), *others = declare().items()
    assert (id, others, twice.unit.partition("_")[0]) == ("twice", [], "77")
    assert [(mistake.name, mistake.hint, mistake.answer(6)) for mistake in twice.mistakes] == [
        ("squared", "You squared it.", 36),
        ("halved", "You halved it.", 3),
    ]


def test_right_answers_stand_beside(declare):
    beside = "from ..twice import probe\n\ndef added(x):\n    return _sum(x, x)\n\ndef _sum(a, b):\n    return a + b\n"
    twice = declare(**{"right_answers/twice": beside})["twice"]
    assert {name: answer(4) for name, answer in twice.right_answers.items()} == {"added": 8}


def test_mistakes_refuse_what_their_exercise_refuses_but_where_they_say_otherwise():
    def negative(x):
        if x < 0:
            raise ValueError("negative")

    @exercise("root", points=1, objective="roots", refuses=negative)
    class Root:
        """The root."""

        examples, hidden = [probe(4)], None

        same = mistake("That is x.", lambda x: x)
        same_of_all = mistake(same.hint + " And it refuses nothing.", same, refuses=None)

        @mistake("It is refused too early.", refuses=lambda x: negative(x - 1))
        def one_more(x):
            return x + 1

    def outcome(answer, x):
        try:
            return answer(x)
        except ValueError:
            return "refused"

    found = {one.name: [outcome(one.answer, x) for x in (-1, 0, 1)] for one in Root.mistakes}
    assert found == {"same": ["refused", 0, 1], "same_of_all": [-1, 0, 1], "one_more": ["refused", "refused", 2]}
    assert Root.mistakes[1].hint == "That is x. And it refuses nothing."


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('@mistake("You squared it.")', "@mistake", "needs its hint"),
        ('"You squared it."', '" "', "needs its hint"),
        ('    @mistake("You squared it.")\n', "", "is `squared` a @mistake"),
        ("examples = [probe(3)]", "examples = [[3]]", "made by probe"),
        ("hidden(rng)", "hidden()", "def hidden\\(rng\\)"),
        ("points=1, ", "", "points"),
        ("points=1", "point=1", "points|point"),
        ("points=1", 'points=1, rules=["for"]', "forbid_loops"),
        ("points=1", "points=1, tolerance=1", "the settings are"),
        ("return 2 * x", "return 2 *", "invalid syntax"),
        ("def squared(x)", "def oracle(x)", "declares `oracle` 2 times"),
        ("halved = ", "squared = ", "declares `squared` 2 times"),
        ('mistake("You halved it.", lambda', "(lambda", "is `halved` a @mistake"),
        ("lambda x: x / 2", "3", "a mistake is an answer"),
        ('@exercise("twice"', '@exercise("double"', "is to declare one exercise, 'twice', and declares 'double'"),
    ],
)
def test_a_slip_is_told_with_its_place(declare, old, new, words):
    with pytest.raises(BadExercise, match=rf"unit_77_\d+_.*twice\.py:\d+: (.|\n)*({words})"):
        declare(old, new)


@pytest.mark.parametrize(
    ("files", "place", "words"),
    [
        ({"twice": None}, "twice.py:1", "there is no such file, and EXERCISES lists 'twice'"),
        ({"thrice": GOOD}, "__init__.py:1", "EXERCISES does not list thrice"),
        ({"__init__": 'EXERCISES = ["twice", "twice"]'}, "__init__.py:1", "has twice more than once"),
        ({"__init__": ""}, "__init__.py:1", "EXERCISES does not list twice"),
        ({"right_answers/twice": "import nothing_of_this_name"}, "right_answers/twice.py:1", "nothing_of_this_name"),
        ({"right_answers/twice": "from ..shared import SIZE"}, "right_answers/twice.py:1", "shared"),
    ],
)
def test_a_file_that_is_missing_or_too_many_is_named(declare, files, place, words):
    with pytest.raises(BadExercise) as refused:
        declare(**files)
    told = str(refused.value).replace("\\", "/")
    assert f"/{place}: " in told
    assert words in told


def test_what_hidden_yields_are_probes(declare):
    twice = declare("yield probe(4)", "yield 4")["twice"]
    from autograder.exercise import hidden_probes

    with pytest.raises(BadExercise, match="twice: `hidden` yields what probe"):
        hidden_probes(twice, "a secret")


@pytest.mark.parametrize(
    ("new", "words"), [("def squared(self, x)", "takes \\(self, x\\)"), ("def squared(x, y=valeu)", None)]
)
def test_a_mistake_that_is_our_own_slip_is_no_mistake(declare, new, words):
    if words is None:
        with pytest.raises(BadExercise, match="NameError"):
            declare("def squared(x)", new)
        return
    proof = prove_exercise(declare("def squared(x)", new)["twice"], lambda x: x + x)
    assert any("takes (self, x), and the answer (x)" in line for line in proof.shortcomings)
    proof = prove_exercise(declare("return x**2", "return xx**2")["twice"], lambda x: x + x)
    assert any("raises NameError" in line for line in proof.shortcomings)


def test_an_oracle_that_changes_its_argument_is_refused(declare):
    tidies = declare("return 2 * x", "x.sort()\n        return x[0]")["twice"]
    with pytest.raises(BadExercise, match=r"twice: the oracle changes its argument `x` \(.*\) on twice\(\[3, 1\]\)"):
        make_visible_pack(replace(tidies, examples=[probe([3, 1])], mistakes=[]))
