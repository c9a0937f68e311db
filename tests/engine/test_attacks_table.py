"""docs/attacks.md says what the engine gives attacks, and, when it was made, what stock nbgrader gave them."""

import os

import pytest

from autograder.engine.sandbox import missing
from tests.engine import attacks_table
from tests.engine.attacks import ATTACKS

pytestmark = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")


def told() -> dict[str, tuple[str, str]]:
    """(the engine's column, stock's column) of the page, by attempt."""
    rows = [
        line.strip("| ").split(" | ")
        for line in attacks_table.PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("| ")
    ]
    return {tries: (engine, stock) for tries, engine, stock in rows[1:]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class of attackers that has handed in."""
    made = tmp_path_factory.mktemp("attacks")
    attacks_table.make_class(made)
    return made


def test_the_page_lists_every_attack():
    assert list(told()) == [attack.tries for attack in ATTACKS]


@pytest.mark.skipif(not os.environ.get("COURSE_TEST_SLOW"), reason="a kernel for each attack; COURSE_TEST_SLOW=1")
def test_stock_gives_what_the_page_says(folder, tmp_path):
    given = attacks_table.grade_by_stock(folder, tmp_path / "stock")
    assert {attack.tries: given[attack.name] for attack in ATTACKS} == {
        tries: stock for tries, (_, stock) in told().items()
    }


def test_the_engine_gives_nothing(folder):
    given = attacks_table.grade_by_engine(folder)
    assert {attack.tries: given[attack.name] for attack in ATTACKS} == {
        tries: engine for tries, (engine, _) in told().items()
    }
    assert len(set(given.values())) == 1, given
    assert next(iter(given.values())).startswith("0 of ")
