"""A declaration with a slip in it is refused in a line that names the file, the exercise and what to write."""

from dataclasses import replace
from itertools import chain

import pytest

from autograder import exercises
from autograder.authoring.packing import make_visible_pack
from autograder.exercise import OTHER_LIBRARIES, BadExercise, probe
from autograder.exercises import load_exercises
from autograder.proof.prove import prove_exercise

GOOD = '''
from autograder.exercise import exercise, forbid_loops, mistake, probe, right_answer


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
'''


@pytest.fixture
def declare(tmp_path, monkeypatch):
    """Loads a unit whose declaration is GOOD with one text replaced by another."""
    monkeypatch.setattr(exercises, "FOLDER", tmp_path)
    monkeypatch.setattr(exercises.__spec__, "submodule_search_locations", [str(tmp_path)])
    monkeypatch.setattr(exercises, "__path__", [str(tmp_path)])
    count = iter(range(1000))

    def load(old="", new=""):
        unit = f"77_{next(count)}_{tmp_path.name}"
        assert old in GOOD
        (tmp_path / f"unit_{unit}.py").write_text(GOOD.replace(old, new))
        return load_exercises(unit)

    return load


def test_the_example_is_good(declare):
    assert list(declare()) == ["twice"]


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
    ],
)
def test_a_slip_is_told_with_its_place(declare, old, new, words):
    with pytest.raises(BadExercise, match=rf"unit_77_\d+_.*\.py:\d+: (.|\n)*({words})"):
        declare(old, new)


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


def test_no_other_library_means_the_same_in_every_unit():
    for exercise in chain.from_iterable(load_exercises(unit).values() for unit in exercises.units()):
        for rule in exercise.rules:
            if "no other library" in rule.get("said", ""):
                assert set(OTHER_LIBRARIES) <= set(rule["names"]), exercise.id
