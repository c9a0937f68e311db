"""docs/attacks.md says what the engine gives attacks, and, when it was made, what stock nbgrader gave them."""

import os
import re

import pytest

from autograder.engine.run.sandbox import missing
from tests.autograder.engine import attacks_table
from tests.autograder.engine.attacks import ATTACKS
from tests.autograder.engine.attacks_beyond import BEYOND

namespaces = pytest.mark.skipif(bool(missing()), reason="this machine has no namespaces")


def told() -> dict[str, tuple[str, str]]:
    """(the engine's column, stock's column) of the page's first table, by attempt."""
    first = attacks_table.PAGE.read_text(encoding="utf-8").split(attacks_table.BEYOND_HEAD.strip().splitlines()[0])[0]
    rows = [line.strip("| ").split(" | ") for line in first.splitlines() if line.startswith("| ")]
    return {tries: (engine, stock) for tries, engine, stock in rows[1:]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class of attackers that has handed in."""
    made = tmp_path_factory.mktemp("attacks")
    attacks_table.make_class(made)
    return made


def test_the_page_lists_every_attack():
    assert list(told()) == [attack.tries for attack in ATTACKS]


def test_the_page_tells_what_is_tried_beyond_points():
    assert attacks_table.PAGE.read_text(encoding="utf-8").endswith(attacks_table.beyond_points())


@pytest.mark.parametrize("row", BEYOND, ids=lambda row: row.held_by)
def test_each_row_names_a_test_that_is_there(row):
    path, _, name = row.held_by.partition("::")
    source = (attacks_table.ROOT / "tests" / path).read_text(encoding="utf-8")
    assert re.search(rf"^def {name or 'test_'}", source, re.M)


@namespaces
@pytest.mark.skipif(not os.environ.get("COURSE_TEST_SLOW"), reason="a kernel for each attack; COURSE_TEST_SLOW=1")
def test_stock_gives_what_the_page_says(folder, tmp_path):
    given = attacks_table.grade_by_stock(folder, tmp_path / "stock")
    assert {attack.tries: given[attack.name] for attack in ATTACKS} == {
        tries: stock for tries, (_, stock) in told().items()
    }


@namespaces
def test_the_engine_gives_nothing(folder):
    given = attacks_table.grade_by_engine(folder)
    assert {attack.tries: given[attack.name] for attack in ATTACKS} == {
        tries: engine for tries, (engine, _) in told().items()
    }
    assert len(set(given.values())) == 1, given
    assert next(iter(given.values())).startswith("0 of ")
