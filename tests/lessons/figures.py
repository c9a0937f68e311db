"""What an executed solution shows, for tests that ask for its figures."""

import re

import nbformat

from autograder.authoring.build import solution_path


def cells(unit):
    """The cells of the unit's solution."""
    return nbformat.read(solution_path(unit), as_version=4).cells


def shown(unit):
    """All that the cells of the unit's solution say, as text."""
    outputs = [o for cell in cells(unit) for o in cell.get("outputs", [])]
    return "\n".join(o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs)


def place(pattern, text):
    """The text that stands where the pattern has its group."""
    found = re.search(pattern, text)
    assert found, pattern
    return found[1]
